"""What each target of an SLA came to in a period."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from pipeline.measure.availability import uptime
from pipeline.measure.clock import Clock
from pipeline.measure.credits import credit
from pipeline.measure.judgements import Judgements, Verdict
from pipeline.measure.promises import Period, Promise, Span
from pipeline.model.catalog import MeasureName
from pipeline.model.quantities import Month
from pipeline.model.records import ALL_CUSTOMERS, Records, RowKey, SetAside

MET, MISSED, NO_DATA = "met", "missed", "no-data"


Counts = npt.NDArray[np.int64]
"""Promises x verdicts."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """All that a measure may look at.

    `verdicts` counts, per period (start and stop), the verdicts on each promise; `records` and `judgements` hold the
    tickets that were kept to be shown. `rows_of` gives the row numbers of an SLA's promises, `ticket_rows` those of a
    customer's tickets; `kept` counts the records that became a ticket or an outage.
    """

    records: Records
    verdicts: Mapping[tuple[int, int], Counts]
    promises: tuple[Promise, ...]
    rows_of: Mapping[str, range]
    judgements: Judgements
    ticket_rows: Mapping[str, Sequence[int]]
    clocks: Mapping[str, Clock]
    outage_rows: Mapping[tuple[str, str], Sequence[int]]
    outage_months: frozenset[Month]
    set_aside: Mapping[str, Sequence[SetAside]]
    kept: Mapping[RowKey, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """`kept` of `total` (tickets, or service seconds), and the tickets behind it."""

    kept: int
    total: int
    met: int = 0
    missed: int = 0
    unmeasured: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.kept + other.kept,
            self.total + other.total,
            self.met + other.met,
            self.missed + other.missed,
            self.unmeasured + other.unmeasured,
        )


@dataclass(frozen=True, slots=True)
class Result:
    """One target in one period; `value` is an exact percentage, None where nothing was measured."""

    promise: Promise
    period: Period
    tally: Tally
    set_aside: int
    value: Fraction | None
    status: str
    credit: Decimal

    @property
    def count(self) -> int:
        """Tickets judged."""
        return self.tally.met + self.tally.missed


def within_limit(measured: Measured, index: int, period: Period) -> Tally:
    """Tickets stopped within the limit, of all that were stopped or ran out of time in the period."""
    counts = measured.verdicts[period.start, period.stop][index]
    met, missed, unmeasured = (int(counts[kind]) for kind in (Verdict.MET, Verdict.MISSED, Verdict.UNMEASURED))
    return Tally(met, met + missed, met, missed, unmeasured)


def available(measured: Measured, index: int, period: Period) -> Tally:
    """Seconds up, of the agreed service seconds; nothing is known without the exports of its months."""
    promise = measured.promises[index]
    needed = {period.month} if promise.span.agreement.period_start_day == 1 else {period.month.plus(-1), period.month}
    if not needed <= measured.outage_months:
        return Tally(0, 0)
    rows = outages_of(measured, promise)
    time = uptime(measured.records.outages, rows, promise, measured.clocks[promise.terms.calendar], period)
    return Tally(time.agreed - time.down, time.agreed)


def outages_of(measured: Measured, promise: Promise) -> tuple[int, ...]:
    """Row numbers of the outages that concern a promise, in order of time."""
    return tuple(
        sorted(
            row
            for customer in (promise.span.agreement.customer, ALL_CUSTOMERS)
            for row in measured.outage_rows.get((customer, promise.terms.service), ())
        )
    )


MEASURES: Mapping[MeasureName, Callable[[Measured, int, Period], Tally]] = {
    MeasureName.RESPONSE_TIME: within_limit,
    MeasureName.RESOLUTION_TIME: within_limit,
    MeasureName.AVAILABILITY: available,
}
"""Measure -> tally of the promise with that row number in a period."""


def results(measured: Measured, span: Span, spans: Sequence[Span], period: Period) -> tuple[Result, ...]:
    """Every target of `span` in the period, then targets that only earlier versions had and that still counted.

    Tickets opened under another version of `spans` were judged by that version; they count for the target of the same
    service, id, measure and priority here.
    """
    found: dict[TargetKey, Promise] = {}
    tallies: dict[TargetKey, Tally] = {}
    rows = measured.rows_of[span.agreement.id]
    for version in (span, *(one for one in reversed(spans) if one != span)):
        for index in rows:
            promise = measured.promises[index]
            if promise.span != version:
                continue
            key = _key(promise)
            tally = MEASURES[promise.target.measure](measured, index, period)
            if version == span or tally.total or tally.unmeasured:
                found.setdefault(key, promise)
                tallies[key] = tallies.get(key, Tally(0, 0)) + tally
    return tuple(_result(measured, promise, period, tallies[key]) for key, promise in found.items())


def _result(measured: Measured, promise: Promise, period: Period, tally: Tally) -> Result:
    target = promise.target
    value = Fraction(100 * tally.kept, tally.total) if tally.total else None
    status = NO_DATA if value is None else MET if value >= Fraction(target.goal) else MISSED
    return Result(
        promise=promise,
        period=period,
        tally=tally,
        set_aside=tally.unmeasured + len(rows_set_aside(measured, promise, period)),
        value=value,
        status=status,
        credit=credit(promise.terms, target, value),
    )


def rows_set_aside(measured: Measured, promise: Promise, period: Period) -> tuple[SetAside, ...]:
    """Ticket rows of the month that would have counted for this target, as far as they tell."""
    priority = promise.target.priority
    return tuple(
        aside
        for aside in measured.set_aside.get(promise.span.agreement.customer, ())
        if aside.describes == "tickets"
        and aside.month == period.month
        and aside.service in {promise.terms.service, ""}
        and priority
        and aside.priority in {priority, ""}
    )


def find(found: Sequence[Result], promise: Promise) -> Result | None:
    """The result of the same service and target id in another month."""
    return next((one for one in found if _key(one.promise) == _key(promise)), None)


def same_target(one: Promise, other: Promise) -> bool:
    """Whether two versions mean the same target."""
    return _key(one) == _key(other)


TargetKey = tuple[str, str, str, str]


def _key(promise: Promise) -> TargetKey:
    """What makes a target the same one in another version: service, id, and what it is about."""
    target = promise.target
    return promise.terms.service, target.id, target.measure, target.priority
