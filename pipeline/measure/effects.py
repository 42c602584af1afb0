"""What an improvement did to its target: exact figures of the months before and after it was carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from pipeline.measure.attainment import Result
from pipeline.measure.clock import instant
from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.measure.measures import Tally, figure
from pipeline.measure.promises import Promise, month_of
from pipeline.model.catalog import Better
from pipeline.model.improvements import Aim, Improvement
from pipeline.model.measures import better_of, reaches
from pipeline.model.quantities import Month


class Outcome(StrEnum):
    """What comparing before and after comes to."""

    REACHED = "reached"
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    WAITING = "waiting"
    """Not carried out yet, or no month after it was measured."""


@dataclass(frozen=True, slots=True)
class Part:
    """Months of the target, each with its result where there is one, and what they come to together."""

    months: tuple[tuple[Month, Result | None], ...]
    value: Fraction | None
    missed: int


@dataclass(frozen=True, slots=True)
class Effect:
    """The target as last agreed, the goal of the plan in its unit, and the figures before and after.

    The month that the work was completed in belongs to neither.
    """

    promise: Promise
    goal: Fraction
    before: Part
    after: Part
    outcome: Outcome


def effect(measurement: Measurement | None, plan: Improvement) -> Effect | None:
    """What became of the target that a plan aims at; None where it aims at none, or nothing was measured."""
    months = measurement.months.get(plan.agreement, ()) if measurement else ()
    if plan.aim is None or not months:
        return None
    promise = _promise(months, plan.aim)
    if promise is None:
        return None
    agreement = promise.span.agreement
    names = [one.period.month for one in months]
    if plan.completed is None:
        earlier, later = names[-plan.aim.months :], []
    else:
        within = month_of(agreement, instant(plan.completed, agreement.timezone))
        earlier = [one for one in names if one < within][-plan.aim.months :]
        later = [one for one in names if one > within][: plan.aim.months]
    before, after = (_part(months, chosen, promise) for chosen in (earlier, later))
    goal = _goal(plan.aim, promise)
    return Effect(promise, goal, before, after, _outcome(promise, goal, before, after))


def _promise(months: Sequence[SlaMonth], aim: Aim) -> Promise | None:
    """The target by the newest version that has it."""
    for month in reversed(months):
        for result in month.results:
            if (result.promise.terms.service, result.promise.target.id) == (aim.service, aim.target):
                return result.promise
    return None


def _goal(aim: Aim, promise: Promise) -> Fraction:
    if aim.goal is None:
        return promise.goal
    if aim.goal.time is not None:
        return Fraction(aim.goal.time.seconds(promise.day))
    return Fraction(aim.goal.amount)


def _part(months: Sequence[SlaMonth], chosen: Sequence[Month], promise: Promise) -> Part:
    by_month = {one.period.month: one for one in months}
    rows: list[tuple[Month, Result | None]] = []
    together = Tally(0, 0)
    missed = 0
    for name in chosen:
        found = by_month[name].find(promise)
        rows.append((name, found))
        if found is not None:
            together += found.tally
            missed += found.tally.missed
    return Part(tuple(rows), figure(promise.target, together), missed)


def _outcome(promise: Promise, goal: Fraction, before: Part, after: Part) -> Outcome:
    better = better_of(promise.target)
    if after.value is None:
        return Outcome.WAITING
    if reaches(after.value, goal, better):
        return Outcome.REACHED
    if before.value is None or after.value == before.value:
        return Outcome.SAME
    return Outcome.BETTER if (after.value > before.value) == (better is Better.HIGHER) else Outcome.WORSE


def change(one: Effect) -> Fraction | None:
    """By how much the figure changed, in the unit of the target."""
    if one.before.value is None or one.after.value is None:
        return None
    return one.after.value - one.before.value
