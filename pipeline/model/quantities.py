"""Exact quantities: time limits, percentages, money, months, and texts in several languages."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

LANGUAGES = ("zh-CN", "en")
"""Languages that documents are written in."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that a customer reads: one string for every language (`plain`), or one per language."""

    plain: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.plain or self.translations)

    def in_language(self, language: str) -> str:
        """The text for a reader of `language`; `check` has reported a missing translation before this is asked."""
        return self.translations.get(language) or self.plain or next(iter(self.translations.values()), "")


class TimeUnit(StrEnum):
    """Units that a limit may be written in; a day is the calendar's own service day, never 24 h."""

    SECOND = "s"
    MINUTE = "min"
    HOUR = "h"
    DAY = "d"


_SECONDS = {TimeUnit.SECOND: 1, TimeUnit.MINUTE: 60, TimeUnit.HOUR: 3600}
_LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)")


@dataclass(frozen=True, slots=True)
class Limit:
    """A span of service time as written (`15 min`, `2 d`)."""

    amount: Decimal
    unit: TimeUnit

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Read `15 min`; ValueError when the unit is missing or the span is not a positive number of whole seconds."""
        match = _LIMIT.fullmatch(text.strip())
        if match is None:
            msg = f"{text!r} is not a time limit; write a number and a unit: 30 s, 15 min, 4 h or 2 d"
            raise ValueError(msg)
        limit = cls(Decimal(match[1]), TimeUnit(match[2]))
        if limit.amount <= 0:
            msg = f"{text!r}: a time limit is greater than zero"
            raise ValueError(msg)
        if limit.unit is not TimeUnit.DAY and limit.exact(0).denominator > 1:
            msg = f"{text!r} is not a whole number of seconds"
            raise ValueError(msg)
        return limit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"

    def exact(self, day_seconds: int) -> Fraction:
        """Service seconds; a part of a day may come to parts of a second."""
        return Fraction(self.amount) * _SECONDS.get(self.unit, day_seconds)

    def seconds(self, day_seconds: int) -> int:
        """Whole service seconds; `day_seconds` is the length of the calendar's service day."""
        return int(self.exact(day_seconds))


def parse_percent(text: str) -> Decimal:
    """Read `99.9%` as Decimal('99.9'); ValueError when the sign is missing or the value is outside 0..100."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", text.strip())
    if match is None:
        msg = f"{text!r} is not a percentage; write it with its sign: 99.9%"
        raise ValueError(msg)
    value = Decimal(match[1])
    if value > 100:  # noqa: PLR2004 - a share of a whole
        msg = f"{text!r} is over 100%"
        raise ValueError(msg)
    return value


def decimals(number: Decimal) -> int:
    """How many decimals a number was written with."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def display_share(value: Decimal, goal: Decimal, *, most: bool = False) -> Decimal:
    """Round half up to the goal's decimals, but never across the goal: 99.949 is not shown as 99.95 for 99.95.

    Where the goal is a most (`most`), 5.04 is not shown as 5.0 for 5.0.
    """
    step = Decimal(1).scaleb(-decimals(goal))
    shown = value.quantize(step, ROUND_HALF_UP)
    if (value <= goal < shown) if most else (value < goal <= shown):
        return value.quantize(step, ROUND_FLOOR)
    if (shown <= goal < value) if most else (shown < goal <= value):
        return value.quantize(step, ROUND_CEILING)
    return shown


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its ISO 4217 currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, named like its folder under `metrics/` (`2026-10`)."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `2026-10`; ValueError otherwise."""
        match = re.fullmatch(r"([12][0-9]{3})-(0[1-9]|1[0-2])", text)
        if match is None:
            msg = f"{text!r} is not a month; write it as 2026-10"
            raise ValueError(msg)
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def plus(self, months: int) -> Month:
        """The month so many later (or earlier)."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def since(self, other: Month) -> int:
        """How many months later than another."""
        return 12 * (self.year - other.year) + self.month - other.month

    def first_day(self) -> date:
        """The first of the calendar month."""
        return date(self.year, self.month, 1)

    def contract_days(self, starts_on_day: int) -> DateRange:
        """The contract month of this name: the one whose last day lies in the calendar month.

        So the exports of the month (and of the one before) cover it. `starts_on_day` is at most 28.
        """
        start = date(self.year, self.month, starts_on_day)
        if starts_on_day == 1:
            return DateRange(start, date(self.year, self.month, self.days()))
        before = self.plus(-1)
        return DateRange(date(before.year, before.month, starts_on_day), start - timedelta(days=1))

    def days(self) -> int:
        """Days in the calendar month."""
        return calendar.monthrange(self.year, self.month)[1]


@dataclass(frozen=True, slots=True, order=True)
class DateRange:
    """Days from `start` to `end`, both included, as contracts write validity."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def overlap(self, other: DateRange) -> DateRange | None:
        """The common days, if any."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return DateRange(start, end) if start <= end else None
