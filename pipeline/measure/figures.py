"""How one figure of a report came about: the tickets and outages behind it, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from pipeline.measure.attainment import Measured, Result, outages_of, rows_set_aside, same_target
from pipeline.measure.availability import uptime
from pipeline.measure.clock import worked_once
from pipeline.measure.credits import capped
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.promises import Period, Promise
from pipeline.model.agreements import CreditTier
from pipeline.model.catalog import TIMED
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

    Of its `service` seconds, `counted` are its own; the others lie in an outage that was counted before, or in excluded
    time. `excluded` outages shorten the agreed time instead.
    """

    row: int
    promise: Promise
    start: int
    stop: int
    excluded: bool
    service: int
    counted: int


@dataclass(frozen=True, slots=True)
class Served:
    """The service seconds of one version in the period: all, excluded, and down."""

    promise: Promise
    start: int
    stop: int
    service: int
    excluded: int
    down: int


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
    known = not timed and result.value is not None
    served = tuple(one for index in counted for one in _served(measured, index, period)) if known else ()
    outages = tuple(one for each in served for one in _outages(measured, each)) if known else ()
    found = Figure(
        result=result,
        month=month,
        tickets=tuple(sorted(inside, key=lambda one: one.row)),
        pending=sum(one.verdict is Verdict.PENDING and _open_in(measured, one, period) for one in shares),
        served=served,
        outages=outages,
        set_aside=rows_set_aside(measured, promise, period),
        tiers=tuple(
            (tier, result.value is not None and result.value < tier.below)
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
        clock = measured.clocks[promise.terms.calendar]
        found = uptime(measured.records.outages, outages_of(measured, promise), promise, clock, period)
        yield Served(promise, start, stop, found.agreed + found.excluded, found.excluded, found.down)


def _outages(measured: Measured, served: Served) -> Iterator[OutageShare]:
    """The outages that touch the time, excluded ones first: each takes the seconds that none before it took."""
    outages, promise = measured.records.outages, served.promise
    clock = measured.clocks[promise.terms.calendar]
    rows = [
        (outages.category[row] not in promise.target.exclude, row)
        for row in outages_of(measured, promise)
        if outages.start[row] < served.stop and (outages.stop[row] == MISSING or outages.stop[row] > served.start)
    ]
    starts: list[int] = []
    stops: list[int] = []
    covered = 0
    for counts, row in sorted(rows):
        starts.append(max(outages.start[row], served.start))
        stops.append(served.stop if outages.stop[row] == MISSING else min(outages.stop[row], served.stop))
        group = np.zeros(len(starts), np.int64)
        now = int(worked_once(clock, group, np.array(starts, np.int64), np.array(stops, np.int64), 1)[0])
        own = clock.between(starts[-1], stops[-1])
        yield OutageShare(row, promise, starts[-1], stops[-1], not counts, own, now - covered)
        covered = now


def _add_up(figure: Figure) -> None:
    """AssertionError where the parts do not come to the figure that was reported."""
    tally = figure.result.tally
    verdicts = Counter(one.verdict for one in figure.tickets)
    parts = verdicts[Verdict.MET], verdicts[Verdict.MISSED], verdicts[Verdict.UNMEASURED]
    down = sum(one.down for one in figure.served)
    agreed = sum(one.service - one.excluded for one in figure.served)
    ticketed = figure.result.promise.target.measure in TIMED
    whole = (tally.met, tally.missed, tally.unmeasured) if ticketed else (tally.total - tally.kept, tally.total, 0)
    if (parts if ticketed else (down, agreed, 0)) != whole:
        msg = f"{figure.result.promise.target.id}: {parts}, {down} of {agreed} s do not come to {tally}"
        raise AssertionError(msg)
    for excluded, seconds in ((True, sum(one.excluded for one in figure.served)), (False, down)):
        shares = sum(one.counted for one in figure.outages if one.excluded is excluded)
        if shares != seconds:
            msg = f"{figure.result.promise.target.id}: outages of {shares} s do not come to {seconds} s"
            raise AssertionError(msg)
