"""How one figure of a report came about: the tickets and outages behind it, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from pipeline.measure.attainment import Result, rows_set_aside, same_target
from pipeline.measure.availability import Uptime
from pipeline.measure.credits import capped, is_due
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.measures import Measured, downtime, excluded_outages
from pipeline.measure.promises import Period, Promise
from pipeline.model.agreements import CreditTier
from pipeline.model.catalog import TIMED, MeasureName
from pipeline.model.records import MISSING, SetAside


@dataclass(frozen=True, slots=True)
class TicketShare:
    """A ticket that counts in the figure (`row` is its row among the tickets), by the version that applies to it."""

    row: int
    promise: Promise
    verdict: Verdict
    elapsed: int
    paused: int
    deadline: int | None
    counted_at: int


@dataclass(frozen=True, slots=True)
class OutageShare:
    """An outage within the part [start, stop) of the period that the version covers.

    Of its `service` seconds, `counted` are its own, by its impact; the others lie in an outage that was counted before,
    in excluded time, or where a redundant component served. `excluded` outages shorten the agreed time instead.
    """

    row: int
    promise: Promise
    start: int
    stop: int
    excluded: bool
    service: int
    counted: Fraction


@dataclass(frozen=True, slots=True)
class Served:
    """The service seconds of one version in the period: all, excluded, and down."""

    promise: Promise
    start: int
    stop: int
    service: int
    excluded: int
    down: Fraction


@dataclass(frozen=True, slots=True)
class Figure:
    """A result with all that it was made from; `earned` and `total` are the credits of the whole agreement.

    `tiers` are the credit tiers of the target, each with whether the value lies below it.
    """

    result: Result
    month: SlaMonth
    tickets: tuple[TicketShare, ...]
    pending: int
    served: tuple[Served, ...]
    outages: tuple[OutageShare, ...]
    set_aside: tuple[SetAside, ...]
    tiers: tuple[tuple[CreditTier, bool], ...]
    earned: Decimal
    total: Decimal


def figures(measured: Measured, month: SlaMonth, target: str) -> tuple[Figure, ...]:
    """That target of every service of the agreement that has it."""
    earned, total = capped((one.credit for one in month.results), month.span.agreement.credit_cap)
    return tuple(
        _figure(measured, month, result, earned, total)
        for result in month.results
        if result.promise.target.id == target
    )


def _figure(measured: Measured, month: SlaMonth, result: Result, earned: Decimal, total: Decimal) -> Figure:
    promise, period = result.promise, result.period
    timed = promise.target.measure in TIMED
    counted = [index for index in measured.rows_of[month.span.agreement.id] if _same(measured, index, promise)]
    shares = [share for index in counted for share in _tickets(measured, index)] if timed else []
    inside = tuple(one for one in shares if period.start <= one.counted_at < period.stop)
    known = promise.target.measure is MeasureName.AVAILABILITY and result.value is not None
    served = tuple(one for index in counted for one in _served(measured, index, period)) if known else ()
    outages = tuple(one for each in served for one in _outages(measured, each, period)) if known else ()
    found = Figure(
        result=result,
        month=month,
        tickets=tuple(sorted(inside, key=lambda one: one.row)),
        pending=sum(one.verdict is Verdict.PENDING and _open_in(measured, one, period) for one in shares),
        served=served,
        outages=outages,
        set_aside=rows_set_aside(measured, promise, period),
        tiers=tuple(
            (tier, result.value is not None and is_due(tier, promise, result.value))
            for tier in promise.terms.credits
            if tier.target == promise.target.id
        ),
        earned=earned,
        total=total,
    )
    _add_up(found)
    return found


def _same(measured: Measured, index: int, promise: Promise) -> bool:
    return same_target(measured.promises[index], promise)


def _tickets(measured: Measured, index: int) -> Iterator[TicketShare]:
    columns = measured.judgements
    pairs = columns.of(index)
    for pair in range(pairs.start, pairs.stop):
        deadline = int(columns.deadline[pair])
        yield TicketShare(
            row=int(columns.ticket[pair]),
            promise=measured.promises[index],
            verdict=Verdict(int(columns.verdict[pair])),
            elapsed=int(columns.elapsed[pair]),
            paused=int(columns.paused[pair]),
            deadline=None if deadline == MISSING else deadline,
            counted_at=int(columns.counted_at[pair]),
        )


def _open_in(measured: Measured, share: TicketShare, period: Period) -> bool:
    return bool(measured.records.tickets.opened[share.row] < period.stop)


def _served(measured: Measured, index: int, period: Period) -> Iterator[Served]:
    promise = measured.promises[index]
    start, stop = max(period.start, promise.span.start), min(period.stop, promise.span.stop)
    if start < stop:
        found = downtime(measured, promise).uptime(period)
        yield Served(promise, start, stop, found.agreed + found.excluded, found.excluded, found.down)


def _outages(measured: Measured, served: Served, period: Period) -> Iterator[OutageShare]:
    """The outages that touch the time, excluded ones first: each takes the seconds that none before it took."""
    outages, promise = measured.records.outages, served.promise
    whole, excluded = downtime(measured, promise), frozenset(excluded_outages(measured, promise))
    rows = [
        (row not in excluded, row)
        for row in whole.rows
        if outages.start[row] < served.stop and (outages.stop[row] == MISSING or outages.stop[row] > served.start)
    ]
    taken: list[int] = []
    before = Uptime(0, Fraction(0), 0)
    for counts, row in sorted(rows):
        start = max(outages.start[row], served.start)
        stop = served.stop if outages.stop[row] == MISSING else min(outages.stop[row], served.stop)
        taken.append(row)
        now = replace(whole, rows=tuple(taken), excluded=tuple(one for one in taken if one in excluded)).uptime(period)
        counted = now.down - before.down if counts else Fraction(now.excluded - before.excluded)
        yield OutageShare(row, promise, start, stop, not counts, whole.clock.between(start, stop), counted)
        before = now


def _add_up(figure: Figure) -> None:
    """AssertionError where the parts do not come to the figure that was reported."""
    tally, measure = figure.result.tally, figure.result.promise.target.measure
    if measure in TIMED:
        verdicts = Counter(one.verdict for one in figure.tickets)
        kinds = Verdict.MET, Verdict.MISSED, Verdict.UNMEASURED, Verdict.EXCLUDED
        parts: tuple[object, ...] = tuple(verdicts[kind] for kind in kinds)
        whole: tuple[object, ...] = tally.met, tally.missed, tally.unmeasured, tally.excluded
    elif measure is MeasureName.AVAILABILITY and figure.served:
        agreed = sum(one.service - one.excluded for one in figure.served)
        parts, whole = (sum(one.down for one in figure.served), agreed), (tally.total - tally.kept, tally.total)
    else:
        parts = whole = ()
    if parts != whole:
        msg = f"{figure.result.promise.target.id}: {parts} do not come to {whole}"
        raise AssertionError(msg)
    down = sum((one.down for one in figure.served), Fraction(0))
    for excluded, seconds in ((True, sum(one.excluded for one in figure.served)), (False, down)):
        shares = sum(one.counted for one in figure.outages if one.excluded is excluded)
        if shares != seconds:
            msg = f"{figure.result.promise.target.id}: outages of {shares} s do not come to {seconds} s"
            raise AssertionError(msg)
