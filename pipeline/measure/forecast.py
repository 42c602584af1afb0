"""What the running period of an SLA will come to: how much each target can still take, and where it is heading.

Everything is exact. `gone` of `whole` service seconds of the period lie behind; both count only the time in which the
target is in force. The rules, by what a target's figure is made of (its `Basis`):

share      expected = floor(decided x whole / gone) tickets by the end of the period (decided, while gone is 0);
           allowed = expected x (100% - goal), or expected x goal where the goal is a most;
           left = floor(allowed) - misses: so many of the tickets to come may be missed, all others on time.
           The goal can still be kept at the expected volume if and only if left >= 0.
           needed = on-time tickets that would bring the figure back to its goal, without another miss.
count      allowed = goal, left = floor(goal) - counted; projected = counted x whole / gone.
stock      allowed = goal, left = floor(goal) - open now; projected = open now.
downtime   allowed = (service time of the whole period - excluded so far) x (100% - goal), in seconds;
           left = allowed - down so far. The goal can be kept if and only if left >= 0.
value      the figure so far against the goal; there is no budget to divide.

used = spent / allowed; burn = used / (gone / whole): above 1 the budget runs out before the period does. Unless stated
above the projected figure is the one so far, since a rate that goes on does not change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from pipeline.measure.attainment import MET, MISSED, Result, same_target
from pipeline.measure.breaching import OpenTicket, open_tickets
from pipeline.measure.measurement import Measurement
from pipeline.measure.measures import Measured
from pipeline.measure.promises import Period, Span, period_of
from pipeline.model.alerts import AlertRules
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import Aggregate, Better, MeasureName
from pipeline.model.measures import DEFINITIONS, VALUED, better_of, reaches
from pipeline.model.measures import Basis as Origin


class Basis(StrEnum):
    """What a target's figure is made of."""

    SHARE = "share"
    COUNT = "count"
    STOCK = "stock"
    DOWNTIME = "downtime"
    VALUE = "value"


class Standing(StrEnum):
    """How a target stands, from good to bad; NO_DATA and EARLY say that nobody can tell (yet)."""

    NO_DATA = "no-data"
    EARLY = "early"
    OK = "ok"
    BUDGET = "budget-used"
    LIKELY = "likely-miss"
    LOST = "cannot-keep"


@dataclass(frozen=True, slots=True)
class Budget:
    """What the period allows, and what was spent of it, in tickets or seconds; `left` is below 0 when overspent."""

    allowed: Fraction
    spent: Fraction
    left: Fraction

    @property
    def used(self) -> Fraction | None:
        """The part that was spent; None where nothing was allowed and something was spent."""
        if self.allowed > 0:
            return self.spent / self.allowed
        return None if self.spent else Fraction(0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """One target in the running period; `gone` and `whole` in service seconds.

    `expected` are the tickets expected by its end (of a share), `needed` the on-time tickets that would bring it back
    to its goal: None where no number would, or the target is no share.
    """

    result: Result
    basis: Basis
    gone: int
    whole: int
    expected: int | None
    budget: Budget | None
    needed: int | None
    projected: Fraction | None
    standing: Standing

    @property
    def elapsed(self) -> Fraction:
        """The part of the period's service time that is gone; all of it where there is none."""
        return Fraction(self.gone, self.whole) if self.whole else Fraction(1)

    @property
    def burn(self) -> Fraction | None:
        """How fast the budget is spent: at 1 it lasts exactly to the end of the period."""
        used = self.budget.used if self.budget is not None and self.basis is not Basis.STOCK else None
        return used / self.elapsed if used is not None and self.elapsed else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """An SLA in its running period as known at `at`; `span` is the version that the period's report will be about."""

    span: Span
    period: Period
    at: int
    targets: tuple[Outlook, ...]
    tickets: tuple[OpenTicket, ...]


def forecasts(
    measurement: Measurement, at: int, calendars: Mapping[str, Calendar], rules: AlertRules
) -> tuple[Forecast, ...]:
    """Every SLA whose running period was measured up to `at`."""
    measured = measurement.measured
    return tuple(
        Forecast(
            month.span,
            (period := period_of(month.span.agreement, month.period.month)),
            at,
            tuple(outlook(measured, result, period, rules) for result in month.results),
            open_tickets(measured, month, calendars, rules),
        )
        for identifier in sorted(measurement.months)
        for month in measurement.months[identifier]
    )


def outlook(measured: Measured, result: Result, period: Period, rules: AlertRules) -> Outlook:
    """One target: `result` is what it came to so far, `period` the whole one."""
    basis = _basis(result)
    gone = _service_time(measured, result, period.start, result.period.stop)
    whole = _service_time(measured, result, period.start, period.stop)
    tally, target, goal = result.tally, result.promise.target, result.promise.goal
    expected = needed = budget = None
    projected = result.value
    if basis is Basis.SHARE:
        tolerated = goal / 100 if better_of(target) is Better.LOWER else 1 - goal / 100
        expected = result.count * whole // gone if gone else result.count
        budget = share_budget(tally.missed, expected, tolerated)
        needed = _needed(tally.missed, result.count, tolerated)
    elif basis in {Basis.COUNT, Basis.STOCK} and result.value is not None:
        budget = Budget(goal, result.value, floor(goal) - result.value)
        if basis is Basis.COUNT:
            projected = result.value * whole / gone if gone else None
    elif basis is Basis.DOWNTIME and tally.total:
        allowed = (tally.total + whole - gone) * (1 - goal / 100)
        down = Fraction(tally.total) - tally.kept
        budget = Budget(allowed, down, allowed - down)
    found = Outlook(result, basis, gone, whole, expected, budget, needed, projected, Standing.OK)
    over = result.period.stop >= period.stop
    return replace(found, standing=_at_the_end(result) if over else _standing(found, rules))


def share_budget(missed: int, expected: int, tolerated: Fraction) -> Budget:
    """Tickets that may be missed of those expected in all, of which a part is `tolerated`."""
    allowed = expected * tolerated
    return Budget(allowed, Fraction(missed), Fraction(floor(allowed) - missed))


def _basis(result: Result) -> Basis:
    target = result.promise.target
    if target.measure is MeasureName.BACKLOG:
        return Basis.STOCK
    if target.measure is MeasureName.AVAILABILITY:
        return Basis.DOWNTIME
    if target.aggregate is Aggregate.COUNT:
        return Basis.COUNT
    return Basis.VALUE if target.aggregate in VALUED else Basis.SHARE


def _service_time(measured: Measured, result: Result, start: int, stop: int) -> int:
    """Service seconds of [start, stop) in which a version that has the target is in force."""
    found = 0
    for index in measured.rows_of[result.promise.span.agreement.id]:
        promise = measured.promises[index]
        begin, end = max(start, promise.span.start), min(stop, promise.span.stop)
        if begin < end and same_target(promise, result.promise):
            found += measured.clocks[promise.terms.calendar].between(begin, end)
    return found


def _needed(missed: int, decided: int, tolerated: Fraction) -> int | None:
    if missed <= tolerated * decided:
        return 0
    return ceil(missed / tolerated) - decided if tolerated else None


def _at_the_end(result: Result) -> Standing:
    """What the report says."""
    return {MET: Standing.OK, MISSED: Standing.LOST}.get(result.status, Standing.NO_DATA)


def _standing(one: Outlook, rules: AlertRules) -> Standing:
    """The gravest that is certain enough: what rests on a rate needs records and time, what is exact does not."""
    result, target = one.result, one.result.promise.target
    if result.value is None and not result.small:
        return Standing.NO_DATA
    if result.small or (one.expected is not None and one.expected < target.minimum_sample):
        return Standing.EARLY
    exact = one.basis in {Basis.COUNT, Basis.STOCK, Basis.DOWNTIME}
    enough = one.gone >= one.whole or (
        100 * one.elapsed >= rules.least_elapsed and (_uncounted(one) or result.count >= rules.least_tickets)
    )
    overspent = one.budget is not None and one.budget.left < 0 and one.basis is not Basis.STOCK
    worst = target.aggregate is Aggregate.WORST and result.status == MISSED
    if worst or (overspent and (exact or enough)):
        return Standing.LOST
    misses = one.projected is not None and not reaches(one.projected, result.promise.goal, better_of(target))
    if enough and misses:
        return Standing.LIKELY
    used = one.budget.used if one.budget is not None else Fraction(0)
    if (exact or enough) and (used is None or 100 * used >= rules.budget_used):
        return Standing.BUDGET
    return Standing.OK if enough or (exact and not misses) else Standing.EARLY


def _uncounted(one: Outlook) -> bool:
    """Whether no number of tickets is behind the figure: outages are seldom, and a backlog counts itself."""
    return one.basis is Basis.STOCK or DEFINITIONS[one.result.promise.target.measure].basis is Origin.OUTAGES
