"""What the generator knows of the demonstration company: service hours, promises, and how each customer goes on."""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import chinese_calendar
import yaml

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "sources"
STORY = ROOT / "benchmarks" / "story.yaml"
LAST_MONTH = (2026, 10)
CALENDAR_YEARS = (2025, 2026)
MINUTE, HOUR, DAY = 60, 3600, 86400
RESPONSE, RESOLUTION = "response_time", "resolution_time"
PRIORITIES = ("P1", "P2", "P3", "P4")

Month = tuple[int, int]


def written(month: Month) -> str:
    """`2026-10`."""
    return f"{month[0]:04d}-{month[1]:02d}"


def months(count: int) -> list[Month]:
    """So many months up to the last one of the story."""
    last = LAST_MONTH[0] * 12 + LAST_MONTH[1] - 1
    return [(index // 12, index % 12 + 1) for index in range(last - count + 1, last + 1)]


def midnight(day: date) -> int:
    """Local seconds since 1970."""
    return (day - date(1970, 1, 1)).days * DAY


def month_bounds(month: Month) -> tuple[int, int]:
    """First instant of the month and of the next."""
    year, number = month
    return midnight(date(year, number, 1)), midnight(date(year + number // 12, number % 12 + 1, 1))


@lru_cache(maxsize=1000)
def day_text(day: int) -> str:
    """`2026-10-08` from days since 1970."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def moment(seconds: int) -> str:
    """`2026-10-08 10:00:00`."""
    day, rest = divmod(seconds, DAY)
    minutes, second = divmod(rest, MINUTE)
    hour, minute = divmod(minutes, 60)
    return f"{day_text(day)} {hour:02d}:{minute:02d}:{second:02d}"


def instant(text: str) -> int:
    """The reverse of `moment`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def read(path: Path) -> Any:  # noqa: ANN401 - YAML values are of any type
    """A YAML file with every scalar as text."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CBaseLoader)  # noqa: S506 - the base loader makes text only


@dataclass(frozen=True, slots=True)
class Clock:
    """Service time in local seconds since 1970; no windows means around the clock."""

    starts: tuple[int, ...]
    stops: tuple[int, ...]
    before: tuple[int, ...]

    def after(self, start: int, seconds: int) -> int:
        """The instant at which so many service seconds have passed since `start`."""
        if not self.starts or seconds <= 0:
            return start + max(seconds, 0)
        index = bisect(self.starts, start) - 1
        worked = self.before[index] + min(start, self.stops[index]) - self.starts[index] + seconds
        index = bisect_left(self.before, worked) - 1
        return self.starts[index] + worked - self.before[index]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was promised for a service: limits in service seconds and reasons to pause, P1 first; 0 is no limit."""

    service: str
    clock: Clock
    response: tuple[int, ...]
    resolution: tuple[int, ...]
    pause_on: tuple[tuple[str, ...], ...]


def _working(calendar: Mapping[str, Any], day: date) -> bool:
    if "workdays" not in calendar["hours"]:
        return True
    free = {entry["date"] for entry in calendar.get("days_off", ())}
    return chinese_calendar.is_workday(day) and day.isoformat() not in free


def _windows(calendar: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The service windows of a working day, in seconds from midnight."""
    hours = calendar["hours"]
    spans = []
    for window in hours.get("workdays") or hours["every_day"]:
        start, stop = (int(time[:2]) * HOUR + int(time[3:]) * MINUTE for time in window.split("-"))
        spans.append((start, stop))
    return spans


def build_clock(calendar: Mapping[str, Any]) -> Clock:
    """The service windows of a calendar file."""
    windows = _windows(calendar)
    if windows == [(0, DAY)]:
        return Clock((), (), ())
    starts, stops = [], []
    day = date(CALENDAR_YEARS[0], 1, 1)
    while day.year <= CALENDAR_YEARS[1]:
        if _working(calendar, day):
            starts += [midnight(day) + start for start, _ in windows]
            stops += [midnight(day) + stop for _, stop in windows]
        day += timedelta(days=1)
    lengths = [stop - start for start, stop in zip(starts, stops, strict=True)]
    return Clock(tuple(starts), tuple(stops), (0, *accumulate(lengths[:-1])))


class Portfolio:
    """What the generator needs to know of `sources/`."""

    def __init__(self, sources: Path) -> None:
        calendars = [read(path) for path in sorted((sources / "calendars").glob("*.yaml"))]
        self.calendars = {calendar["id"]: calendar for calendar in calendars}
        self.clocks = {name: build_clock(calendar) for name, calendar in self.calendars.items()}
        values = read(sources / "imports" / "servicedesk.yaml")["values"]
        self.names = {ours: theirs for table in values.values() for theirs, ours in table.items()}
        paths = sorted((sources / "agreements").glob("sla-*/*.yaml"))
        self.agreements = [agreement for agreement in map(read, paths) if agreement["status"] == "signed"]
        self._terms: dict[tuple[str, Month], tuple[Terms, ...]] = {}

    def terms(self, customer: str, month: Month) -> tuple[Terms, ...]:
        """What binds on the first day of the month (versions of the demonstration change on that day)."""
        key = (customer, month)
        if key not in self._terms:
            day = f"{written(month)}-01"
            binding = [
                agreement
                for agreement in self.agreements
                if agreement["customer"] == customer
                and agreement["effective"]["from"] <= day <= agreement["effective"]["until"]
            ]
            replaced = {agreement.get("replaces") for agreement in binding}
            (agreement,) = (agreement for agreement in binding if agreement["version"] not in replaced)
            self._terms[key] = tuple(self._service(entry) for entry in agreement["services"])
        return self._terms[key]

    def _service(self, entry: Mapping[str, Any]) -> Terms:
        calendar = self.calendars[entry["calendar"]]
        timed = {(target["measure"], target.get("priority")): target for target in entry["targets"]}

        def limits(measure: str) -> Iterator[int]:
            for priority in PRIORITIES:
                target = timed.get((measure, priority))
                yield _seconds(target["limit"], calendar) if target else 0

        pauses = (tuple(timed.get((RESOLUTION, priority), {}).get("pause_on", ())) for priority in PRIORITIES)
        clock = self.clocks[calendar["id"]]
        return Terms(entry["service"], clock, tuple(limits(RESPONSE)), tuple(limits(RESOLUTION)), tuple(pauses))


def _seconds(limit: str, calendar: Mapping[str, Any]) -> int:
    amount, unit = limit.split()
    service_day = sum(stop - start for start, stop in _windows(calendar))
    return int(float(amount) * {"min": MINUTE, "h": HOUR, "d": service_day}[unit])


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides a customer's tickets; `terms_of` is whose agreement binds, `block` keeps ticket numbers apart."""

    customer: str
    terms_of: str
    name: str
    block: str
    pace: Mapping[str, float]
    season: Mapping[str, float]
    priorities: Mapping[str, Sequence[float]]
    places: Sequence[str]
    faults: Mapping[str, Sequence[str]]
    requests: Mapping[str, Sequence[str]]
    late: Mapping[str, Mapping[str, Sequence[Sequence[str]]]]
    major: Mapping[str, Sequence[Sequence[str]]]
    names: Mapping[str, str]


def build_plan(story: Mapping[str, Any], customer: str, block: str, portfolio: Portfolio) -> Plan:
    """The plan of a customer of the story."""
    told = story["customers"][customer]
    language = "en" if told["places"][0].isascii() else "zh-CN"
    return Plan(
        customer=customer,
        terms_of=customer,
        name=portfolio.names.get(customer, customer),
        block=block,
        pace={service: float(count) for service, count in told["pace"].items()},
        season={month: float(factor) for month, factor in told["season"].items()},
        priorities={service: tuple(map(float, shares)) for service, shares in story["priorities"].items()},
        places=told["places"],
        faults={service: phrases["faults"] for service, phrases in told["phrases"].items()},
        requests={service: phrases["requests"] for service, phrases in told["phrases"].items()},
        late=story["late"][language],
        major=story["major"][language],
        names=portfolio.names,
    )
