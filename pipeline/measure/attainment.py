"""What each target of an SLA came to in a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pipeline.measure.credits import NOTHING, credit
from pipeline.measure.measures import Measured, Tally, figure, rounds_in, tally
from pipeline.measure.promises import Period, Promise, Span, month_of
from pipeline.model.catalog import Aggregate, MeasureName
from pipeline.model.measures import Basis, basis_of, better_of, reaches
from pipeline.model.records import SetAside
from pipeline.model.surveys import Round, Survey

MET, MISSED, NO_DATA = "met", "missed", "no-data"


@dataclass(frozen=True, slots=True)
class Result:
    """One target in one period; `value` is exact and in the target's unit, None where nothing was measured.

    Over several months numbers are those of a month on average, and there are no credits, which are due by the month.
    `small` tells that there were tickets, but fewer than the smallest sample agreed: then there is no value either.
    """

    promise: Promise
    period: Period
    tally: Tally
    set_aside: int
    value: Fraction | None
    status: str
    credit: Decimal
    small: bool = False

    @property
    def count(self) -> int:
        """Tickets judged."""
        return self.tally.met + self.tally.missed


def results(measured: Measured, span: Span, spans: Sequence[Span], period: Period) -> dict[TargetKey, Result]:
    """Every target of `span` in the period, then targets that only earlier versions had and that still counted.

    Tickets opened under another version of `spans` were judged by that version; they count for the target of the same
    service, id, measure, priority and aggregate here.
    """
    found: dict[TargetKey, Promise] = {}
    tallies: dict[TargetKey, Tally] = {}
    rows = measured.rows_of[span.agreement.id]
    for version in (span, *(one for one in reversed(spans) if one != span)):
        for index in rows:
            promise = measured.promises[index]
            if promise.span != version:
                continue
            key = key_of(promise)
            found_here = tally(measured, index, period)
            tallies[key] = tallies.get(key, Tally(0, 0)) + found_here
            if version == span or found_here.total or found_here.unmeasured or found_here.excluded:
                found.setdefault(key, promise)
    begun = month_of(span.agreement, min(one.start for one in spans))
    months = period.month.since(max(period.first, begun)) + 1
    return {key: _result(measured, promise, period, tallies[key], months) for key, promise in found.items()}


def _result(measured: Measured, promise: Promise, period: Period, tally: Tally, months: int) -> Result:
    target = promise.target
    value = figure(target, tally)
    if value is not None and target.aggregate is Aggregate.COUNT and target.measure is not MeasureName.BACKLOG:
        value /= months  # a number is agreed for a month
    small = value is not None and tally.met + tally.missed < target.minimum_sample
    if small:
        value = None
    kept = value is not None and reaches(value, promise.goal, better_of(target))
    return Result(
        promise=promise,
        period=period,
        tally=tally,
        set_aside=tally.unmeasured + len(rows_set_aside(measured, promise, period)),
        value=value,
        status=NO_DATA if value is None else MET if kept else MISSED,
        credit=credit(promise, value) if period.months == 1 else NOTHING,
        small=small,
    )


def rows_set_aside(measured: Measured, promise: Promise, period: Period) -> tuple[SetAside, ...]:
    """Ticket rows of the month that would have counted for this target, as far as they tell."""
    target = promise.target
    if basis_of(target) in {Basis.OUTAGES, Basis.SURVEYS}:
        return ()
    return tuple(
        aside
        for aside in measured.set_aside.get(promise.span.agreement.customer, ())
        if aside.describes == "tickets"
        and period.has(aside.month)
        and aside.service in {promise.terms.service, ""}
        and (not target.priority or aside.priority in {target.priority, ""})
    )


def rounds_of(measured: Measured, result: Result) -> tuple[tuple[Survey, Round], ...]:
    """The rounds of a survey that a result comes from, whichever version of the promise they count under."""
    promise = result.promise
    return tuple(
        found
        for index in measured.rows_of[promise.span.agreement.id]
        if promise.target.survey and same_target(measured.promises[index], promise)
        for found in rounds_in(measured, measured.promises[index], result.period)
    )


def same_target(one: Promise, other: Promise) -> bool:
    """Whether two versions mean the same target."""
    return key_of(one) == key_of(other)


TargetKey = tuple[str, ...]


def key_of(promise: Promise) -> TargetKey:
    """What makes a target the same one in another version: service, id, what it is about and how it is added up."""
    target = promise.target
    rank = str(target.percentile or "")
    asked = target.survey, target.question
    return promise.terms.service, target.id, target.measure, target.priority, target.aggregate, rank, *asked
