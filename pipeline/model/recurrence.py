"""Windows that come back every week or month, such as those agreed for maintenance."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.model.calendars import Window
from pipeline.model.quantities import DateRange

LAST = -1
"""The last such weekday of a month."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Hours on a weekday (Monday is 0) or on a `day` of the month, local time.

    `nth` picks one such weekday of the month (LAST for the last, 0 for every week); `months` restricts it to those,
    where any are named.
    """

    hours: Window
    weekday: int | None = None
    nth: int = 0
    day: int = 0
    months: frozenset[int] = frozenset()

    def falls_on(self, day: date) -> bool:
        """Whether the window comes on that local day."""
        if self.months and day.month not in self.months:
            return False
        if self.day:
            return day.day == self.day
        if day.weekday() != self.weekday:
            return False
        if self.nth == LAST:
            return day.day > calendar.monthrange(day.year, day.month)[1] - 7
        return self.nth in {0, (day.day + 6) // 7}

    def days(self, within: DateRange) -> Iterator[date]:
        """The local days on which it comes."""
        day = within.start
        while day <= within.end:
            if self.falls_on(day):
                yield day
            day += timedelta(days=1)
