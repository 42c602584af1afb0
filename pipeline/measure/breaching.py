"""Tickets that are about to break a limit, and those that did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.measure.clock import Instants, build_clock, local_day
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.measures import Measured
from pipeline.measure.promises import Promise
from pipeline.measure.running import Running, pauses_of
from pipeline.measure.silences import silent_for
from pipeline.model.alerts import AlertRules
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import TIMED, MeasureName
from pipeline.model.measures import needs_limit
from pipeline.model.records import MISSING

_WEEK = 7 * 86400
_REACH = 2 * 366 * 86400
"""No limit is longer than a year; a calendar that is closed for two ends no clock."""

_NOBODY: Instants = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket against one limit at `at`: service seconds taken and left (below 0 once it is late).

    `deadline` is the last instant at which stopping keeps the limit, if the clock runs on (for one that is `paused`, if
    it ran on from now); None where it lies in a year whose holidays nobody knows. A late ticket may be closed, if it
    counts in the period.
    """

    promise: Promise
    row: int
    elapsed: int
    left: int
    paused: bool
    late: bool
    open: bool
    deadline: int | None


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Tickets (`who`) against one promise; `taken` is what the limit is compared with now."""

    promise: Promise
    who: Instants
    taken: Instants
    verdict: npt.NDArray[np.int8]
    deadline: Instants
    counted: npt.NDArray[np.bool_]
    open: npt.NDArray[np.bool_]
    paused: npt.NDArray[np.bool_]


def open_tickets(
    measured: Measured, month: SlaMonth, calendars: Mapping[str, Calendar], rules: AlertRules
) -> tuple[OpenTicket, ...]:
    """Those late by their deadline, open ones first, then those about to be: open, with little of their time left.

    Little is at most the policy's share of what the ticket may take, grace included. What the customer agreed not to
    count is left out.
    """
    found: list[OpenTicket] = []
    for index in measured.rows_of[month.span.agreement.id]:
        target = measured.promises[index].target
        if target.measure in TIMED and needs_limit(target):
            pairs = _pairs(measured, index, month)
            found += _late(pairs)
            found += _due(pairs, month.period.stop, calendars, rules)
    return tuple(sorted(found, key=lambda one: (not one.late, not one.open, one.deadline or _REACH << 20, one.row)))


def _pairs(measured: Measured, index: int, month: SlaMonth) -> _Pairs:
    columns, tickets, promise = measured.judgements, measured.records.tickets, measured.promises[index]
    chosen, (start, at) = columns.of(index), (month.period.start, month.period.stop)
    who, elapsed, counted = columns.ticket[chosen], columns.elapsed[chosen], columns.counted_at[chosen]
    response = promise.target.measure is MeasureName.RESPONSE_TIME
    resolved = np.asarray(tickets.resolved, np.int64)[who] != MISSING
    ended = resolved | (np.asarray(tickets.responded, np.int64)[who] != MISSING) if response else resolved
    now, reasons = np.full(len(who), at, np.int64), promise.target.pause_on
    if promise.target.measure is MeasureName.UPDATE_INTERVAL:
        begun = np.asarray(tickets.opened, np.int64)[who]
        changed = np.asarray(tickets.prioritized, np.int64)[who]
        begun = np.maximum(begun, changed) if promise.target.on_priority_change == "restart" else begun
        silent = silent_for(tickets, who, (begun, now), (measured.clocks[promise.terms.calendar], reasons))
        elapsed = np.where(ended | (columns.verdict[chosen] == Verdict.MISSED), elapsed, silent)
    group, begin, end = pauses_of(tickets, who, reasons)
    paused = np.zeros(len(who), bool)
    paused[group[(begin < at) & (end > at)]] = True
    inside = (counted >= start) & (counted < at)
    return _Pairs(
        promise, who, elapsed, columns.verdict[chosen], columns.deadline[chosen], inside, ~ended, paused & ~ended
    )


def _late(pairs: _Pairs) -> Iterator[OpenTicket]:
    late = (pairs.verdict == Verdict.MISSED) & (pairs.open | pairs.counted)
    for at in np.flatnonzero(late).tolist():
        taken = int(pairs.taken[at])
        yield OpenTicket(
            promise=pairs.promise,
            row=int(pairs.who[at]),
            elapsed=taken,
            left=pairs.promise.allowed - taken,
            paused=bool(pairs.paused[at]),
            late=True,
            open=bool(pairs.open[at]),
            deadline=int(pairs.deadline[at]),
        )


def _due(pairs: _Pairs, at: int, calendars: Mapping[str, Calendar], rules: AlertRules) -> Iterator[OpenTicket]:
    left = pairs.promise.allowed - pairs.taken
    near = left * 100 <= float(rules.time_left * pairs.promise.allowed)
    rows = np.flatnonzero((pairs.verdict == Verdict.PENDING) & pairs.open & near)
    if not rows.size:
        return
    ends = _deadlines(calendars[pairs.promise.terms.calendar], at, left[rows])
    for row, deadline in zip(rows.tolist(), ends, strict=True):
        yield OpenTicket(
            promise=pairs.promise,
            row=int(pairs.who[row]),
            elapsed=int(pairs.taken[row]),
            left=int(left[row]),
            paused=bool(pairs.paused[row]),
            late=False,
            open=True,
            deadline=deadline,
        )


def _deadlines(calendar: Calendar, at: int, left: Instants) -> list[int | None]:
    """The last instants by which no more than so many service seconds from `at` on are worked."""
    reach = _WEEK
    while (clock := build_clock(calendar, at, at + reach)).between(at, at + reach) <= int(left.max()):
        reach *= 2
        if reach > _REACH:
            return [None] * len(left)
    start = np.full(len(left), at, np.int64)
    ends = Running(clock, start, start + reach, _NOBODY, _NOBODY, _NOBODY).deadline(left).tolist()
    known = calendar.years if calendar.holidays else None
    return [end if known is None or local_day(end, calendar.timezone).year in known else None for end in ends]
