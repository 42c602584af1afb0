"""Figures added up again from their evidence, and credits from the rules; exact until they are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor

from pipeline.recount.data import Credits, Part, Target

STORED = Decimal("0.000001")
"""How exact the data are."""

NUMBERED = frozenset({"workload", "backlog"})
"""Measures of which none is a number too."""

_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_HOUR, _MINUTE = 3600, 60


@dataclass(frozen=True, slots=True)
class Sum:
    """A target added up: its value (None where nothing was measured), and the tickets within and over their limit."""

    value: Fraction | None
    count: int
    met: int
    missed: int
    status: str
    credit: Decimal


def add_up(target: Target, parts: Sequence[Part]) -> Sum:
    """What the evidence of a month comes to, by the rules that the report's data state."""
    numerator, whole = sum(one.numerator for one in parts), sum(one.denominator for one in parts)
    counted = [one for one in parts if one.denominator and one.elapsed is not None]
    late = sum(one.limit is not None and one.elapsed is not None and one.elapsed > one.limit for one in counted)
    value: Fraction | None = None
    if target.aggregate == "count":
        value = Fraction(numerator) if whole or target.measure in NUMBERED else None
    elif whole:
        value = _value(target, parts, Fraction(numerator), Fraction(whole))
    tickets = [one for one in parts if one.denominator]
    timed = bool(counted)
    bad = sum(one.numerator == (1 if target.better == "lower" else 0) for one in tickets)
    missed = late if timed else 0 if target.unit in {"s", "score"} else bad
    if value is not None and len(tickets) < target.minimum_sample:
        value = None
    status = "no-data" if value is None else "met" if _kept(value, target) else "missed"
    return Sum(value, len(tickets), len(tickets) - missed, missed, status, _credit(target, value))


def add_months(target: Target, parts: Sequence[Part]) -> Sum:
    """What the months of a longer period come to: a number on average, and no credit, which is due by the month.

    A row without a record is a score of a survey, of its own.
    """
    numerator, whole = sum(one.numerator for one in parts), sum(one.denominator for one in parts)
    value: Fraction | None = None
    if target.aggregate == "count":
        value = Fraction(numerator) / len(parts) if whole or (parts and target.measure in NUMBERED) else None
    elif whole:
        value = _value(target, parts, Fraction(numerator), Fraction(whole))
    count = sum(int(one.denominator) if one.record else 1 for one in parts if one.denominator)
    judged = target.unit in {"%", "count"} and target.measure not in {"availability", *NUMBERED}
    missed = int(numerator if target.better == "lower" else whole - numerator) if judged else 0
    if value is not None and count < target.minimum_sample:
        value = None
    status = "no-data" if value is None else "met" if _kept(value, target) else "missed"
    return Sum(value, count, count - missed, missed, status, Decimal(0))


def _value(target: Target, parts: Sequence[Part], numerator: Fraction, whole: Fraction) -> Fraction:
    if target.aggregate == "share":
        return 100 * numerator / whole
    if target.aggregate == "mean":
        return numerator / whole
    values = sorted(one.numerator for one in parts if one.denominator)
    if target.aggregate == "worst":
        return values[0] if target.better == "higher" else values[-1]
    if target.aggregate == "median":
        return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
    rank = ceil(Fraction(target.percentile or 0) * len(values) / 100)
    return values[max(rank, 1) - 1]


def _kept(value: Fraction, target: Target) -> bool:
    goal = Fraction(target.goal)
    return value >= goal if target.better == "higher" else value <= goal


def _credit(target: Target, value: Fraction | None) -> Decimal:
    if value is None:
        return Decimal(0)
    due = [one.credit for one in target.tiers if (value > one.value if one.above else value < one.value)]
    return max(due, default=Decimal(0))


def credits_of(told: Credits, earned: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal | None]:
    """Before caps, after them, and in money: of one month by its rules, of several by adding up the months."""
    if told.months:
        total = sum((credit for _, credit, _, _ in told.months), Decimal(0))
        amounts = [amount for _, _, amount, _ in told.months if amount is not None]
        return told.uncapped, total, sum(amounts, Decimal(0)) if amounts else None
    uncapped = sum((*earned, *told.repeated), Decimal(0))
    total = uncapped if told.cap is None else min(uncapped, told.cap)
    if told.year_cap is not None:
        total = max(Decimal(0), min(total, told.year_cap - told.year_used))
    if told.charge is None:
        return uncapped, total, None
    return uncapped, total, (told.charge * total / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def same_as_stored(value: Fraction | None, stored: Decimal | None) -> bool:
    """Whether a value in the data is the exact one, to the decimals that data have."""
    if value is None or stored is None:
        return value is None and stored is None
    return abs(value - Fraction(stored)) <= Fraction(STORED)


def shows(text: str, value: Fraction | None, target: Target) -> bool:
    """Whether a printed figure is the exact one, rounded to the goal's decimals and not across the goal."""
    numbers = [Decimal(one.replace(",", "")) for one in _NUMBER.findall(text)]
    if value is None or not numbers:
        return value is None and not numbers
    if target.unit == "s":
        hours, minutes, seconds = (Decimal(0), Decimal(0), *numbers)[-3:]
        printed = hours * _HOUR + minutes * _MINUTE + seconds
    else:
        (printed,) = numbers[:1]
    if len(numbers) > (3 if target.unit == "s" else 1):
        return False
    decimals = _decimals(printed) if target.unit != "s" else 0
    if target.unit == "%" and decimals != max(_decimals(Decimal(one)) for one in _NUMBER.findall(target.goal_written)):
        return False
    scaled = value * 10**decimals
    nearest = floor(scaled + Fraction(1, 2))
    goal = Fraction(target.goal)
    allowed = {nearest} if _same_side(Fraction(nearest, 10**decimals), value, goal, target) else set()
    if not allowed:
        allowed = {floor(scaled), ceil(scaled)}
    return Fraction(printed) * 10**decimals in allowed and _same_side(Fraction(printed), value, goal, target)


def _same_side(printed: Fraction, value: Fraction, goal: Fraction, target: Target) -> bool:
    if target.better == "higher":
        return (printed >= goal) == (value >= goal)
    return (printed <= goal) == (value <= goal)


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def seconds_in(text: str) -> int | None:
    """`3 h 05 min 20 s` in seconds, in any language that puts hours first."""
    numbers = [int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", text)]
    if not 1 <= len(numbers) <= len(("h", "min", "s")):
        return None
    hours, minutes, seconds = (0, 0, *numbers)[-3:]
    return hours * _HOUR + minutes * _MINUTE + seconds


def money_in(text: str) -> Decimal | None:
    """`CNY 4,100.00` as a number."""
    found = _NUMBER.findall(text)
    return Decimal(found[0].replace(",", "")) if len(found) == 1 else None
