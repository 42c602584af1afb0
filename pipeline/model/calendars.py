"""Service hours: when the clock of an agreement runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipeline.model.quantities import Text
from pipeline.model.source import Source

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SATURDAY = 5
CHINA = "CN"
"""Mainland China as a region of public holidays."""

Window = tuple[int, int]
"""Minutes from midnight, local time, half open: (540, 720) is 09:00-12:00; 1440 is the end of the day."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Service hours in local time.

    `week` holds the windows of each weekday (Monday first). Days in `days_off` have none; days in `working_days`
    have the windows given there. Both already contain the public holidays and make-up working days of `holidays`
    (a region) for the years in `years`; a day of another year cannot be asked for when `holidays` is set. `asked` are
    the years that the source names, where it names any. `extends` is the calendar that this one adds days to.
    """

    id: str
    name: Text
    timezone: str
    week: tuple[tuple[Window, ...], ...]
    holidays: str
    years: frozenset[int]
    days_off: Mapping[date, Text]
    working_days: Mapping[date, tuple[Window, ...]]
    source: Source = field(repr=False)
    asked: range | None = None
    extends: str = ""

    def windows(self, day: date) -> tuple[Window, ...]:
        """The service windows of a local day."""
        if day in self.working_days:
            return self.working_days[day]
        if day in self.days_off:
            return ()
        return self.week[day.weekday()]

    @property
    def day_seconds(self) -> int:
        """Service seconds of one service day: what `1 d` means (the longest weekday's; unequal ones are refused)."""
        return 60 * max(sum(stop - start for start, stop in windows) for windows in self.week)

    @property
    def always(self) -> bool:
        """Around the clock, every day."""
        return not self.days_off and not self.working_days and all(windows == ((0, 1440),) for windows in self.week)


def business_days_after(day: date, count: int, calendar: Calendar | None) -> date:
    """So many working days after `day`; without a calendar those from Monday to Friday."""
    if calendar is not None and not any(calendar.week):
        return day + timedelta(days=count)
    while count > 0:
        day += timedelta(days=1)
        count -= bool(calendar.windows(day)) if calendar is not None else day.weekday() < SATURDAY
    return day
