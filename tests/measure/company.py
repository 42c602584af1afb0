"""A company to be measured as a test makes it up, and what the clocks on the wall show in each of its minutes.

Times are minutes from `base`; all that happens, happens on a full minute. Nothing here comes from `pipeline.measure`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

from pipeline.model.agreements import Agreement
from pipeline.model.calendars import Calendar, Window
from pipeline.model.exclusions import Exclusion
from pipeline.model.quantities import Limit, Month

FOREVER = 10**9
MARCH = Month(2026, 3)


@dataclass(frozen=True)
class Spell:
    """A pause; `stop` is FOREVER while it lasts."""

    start: int
    stop: int
    reason: str


@dataclass(frozen=True)
class Case:
    """A ticket; `told` is the month of the last export that tells of it."""

    id: str
    opened: int
    resolved: int | None = None
    responded: int | None = None
    reopened: int | None = None
    prioritized: int | None = None
    priority: str = "P1"
    first_priority: str = "P1"
    type: str = "incident"
    pauses: tuple[Spell, ...] = ()
    updates: tuple[int, ...] | None = None
    reopens: int | None = None
    first_contact: str = ""
    outcome: str = ""
    score: str = ""
    told: Month = MARCH


@dataclass(frozen=True)
class Fault:
    """An outage; `impact` in percent, `stop` None while it lasts."""

    id: str
    start: int
    stop: int | None
    category: str = "outage"
    component: str = ""
    impact: int = 100


@dataclass(frozen=True)
class Company:
    """Versions of one SLA for the service `desk`, and everything that happened."""

    base: datetime
    days: int
    versions: tuple[Agreement, ...]
    calendars: Mapping[str, Calendar]
    cases: tuple[Case, ...] = ()
    faults: tuple[Fault, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    months: tuple[Month, ...] = ()
    exported: frozenset[Month] = frozenset()

    @property
    def zone(self) -> str:
        """That of the agreement."""
        return self.versions[0].timezone


# -- clocks on the wall -------------------------------------------------------------------------------------------


@cache
def walls(base: datetime, days: int, timezone: str) -> tuple[tuple[date, int], ...]:
    """The date and the minute of the day that each minute shows."""
    zone, found = ZoneInfo(timezone), []
    for minute in range(days * 1440):
        shown = (base + timedelta(minutes=minute)).astimezone(zone)
        found.append((shown.date(), shown.hour * 60 + shown.minute))
    return tuple(found)


@cache
def begins(base: datetime, days: int, timezone: str) -> Mapping[date, int]:
    """The first minute of each day."""
    found: dict[date, int] = {}
    for at, (day, _) in enumerate(walls(base, days, timezone)):
        found.setdefault(day, at)
    return found


@cache
def dial(hours: tuple[Window, ...]) -> bytes:
    """Whether each minute of a day lies in those hours."""
    return bytes(any(begin <= minute < end for begin, end in hours) for minute in range(1440))


_SERVING: dict[object, bytes] = {}


def serving(company: Company, calendar: Calendar) -> bytes:
    """Whether each minute is service time: by the latest that the clock has shown that day."""
    written = [(str(day), hours) for day, hours in calendar.working_days.items()]
    key = company.base, company.days, calendar.timezone, calendar.week, str(sorted(calendar.days_off)), str(written)
    if key not in _SERVING:
        shown = walls(company.base, company.days, calendar.timezone)
        open_ = bytearray(len(shown))
        for day, minutes in groupby(range(len(shown)), key=lambda at: shown[at][0]):
            closed = () if day in calendar.days_off else calendar.week[day.weekday()]
            hours, latest = dial(calendar.working_days.get(day, closed)), 0
            for at in minutes:
                latest = max(latest, shown[at][1])
                open_[at] = hours[latest]
        _SERVING[key] = bytes(open_)
    return _SERVING[key]


def seconds(limit: Limit | None, calendar: Calendar) -> Fraction:
    """A span as written; a day is the longest of the week."""
    if limit is None:
        return Fraction(0)
    day = 60 * max(sum(end - begin for begin, end in hours) for hours in calendar.week)
    return Fraction(limit.amount) * {"s": 1, "min": 60, "h": 3600, "d": day}[str(limit.unit)]


def version_on(company: Company, day: date) -> Agreement | None:
    """The version in force on a day: one that replaces another ends it."""
    for one in reversed(company.versions):
        replaced = any(other.replaces == one.version and other.effective.start <= day for other in company.versions)
        if one.effective.start <= day <= one.effective.end and not replaced:
            return one
    return None


def days_of(agreement: Agreement, month: Month) -> tuple[date, date]:
    """First day of a contract month, and of the next."""

    def starts(year: int, number: int) -> date:
        return date(year + (number - 1) // 12, (number - 1) % 12 + 1, agreement.period_start_day)

    back = 0 if agreement.period_start_day == 1 else 1
    return starts(month.year, month.month - back), starts(month.year, month.month + 1 - back)
