"""How far ahead is looked for what falls due, and how days are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.model.quantities import Month


@dataclass(frozen=True, slots=True)
class Horizon:
    """A day, so many days after it, and the last month that there are exports of, if any."""

    today: date
    within: int
    newest: Month | None = None

    @property
    def last(self) -> date:
        """The last day that is looked at."""
        return self.today + timedelta(days=self.within)

    def passed(self, day: date) -> str:
        """How to say that something is due on that day."""
        return f"{'was' if day < self.today else 'is'} due on {day}"


def later(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    month = Month(day.year, day.month).plus(months)
    return date(month.year, month.month, min(day.day, month.days()))
