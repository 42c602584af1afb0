"""Every ticket against every time limit that applies to it, as columns.

A ticket is measured by the version in force when it was opened. It is counted once: where it kept its limit, when it
was stopped (or opened, where the agreement counts by opening); where it did not, in the moment the limit ran out.
A ticket still open inside its limit is pending and counts nowhere yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from pipeline.measure.clock import Clock, Instants, worked_once
from pipeline.measure.promises import Promise, month_of, period_of
from pipeline.model.agreements import Agreement
from pipeline.model.catalog import TIMED, MeasureName
from pipeline.model.records import MISSING, RESOLVED, Tickets


class Verdict(IntEnum):
    """How a ticket stands against a limit."""

    PENDING = 0
    MET = 1
    MISSED = 2
    UNMEASURED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """m pairs of a ticket and a promise, as columns of length m in order of promise, then ticket.

    `ticket` and `promise` are row numbers; `first[i]` to `first[i + 1]` are the pairs of promise i. `elapsed` and
    `paused` are service seconds, up to now for a ticket that is still open. `deadline` is the last instant at which
    stopping would have kept the limit, MISSING unless missed. `counted_at` is the instant whose period the pair counts
    in, MISSING while pending.
    """

    ticket: Instants
    promise: Instants
    first: Instants
    verdict: npt.NDArray[np.int8]
    elapsed: Instants
    paused: Instants
    deadline: Instants
    counted_at: Instants

    def of(self, promise: int) -> slice:
        """The pairs of one promise."""
        return slice(int(self.first[promise]), int(self.first[promise + 1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """k running times of one calendar and one set of pause reasons."""

    clock: Clock
    start: Instants
    stop: Instants
    pause_group: Instants
    pause_start: Instants
    pause_stop: Instants

    def paused(self, until: Instants) -> Instants:
        begin = np.maximum(self.pause_start, self.start[self.pause_group])
        end = np.minimum(self.pause_stop, until[self.pause_group])
        return worked_once(self.clock, self.pause_group, begin, end, len(self.start))

    def elapsed(self, until: Instants) -> Instants:
        return self.clock.worked(until) - self.clock.worked(self.start) - self.paused(until)

    def deadline(self, limit: Instants) -> Instants:
        """The last instant with elapsed <= limit, by bisection; elapsed never falls as time goes on."""
        low, high = self.start.copy(), self.stop.copy()
        while (high - low > 1).any():
            middle = (low + high) // 2
            kept = self.elapsed(middle) <= limit
            low, high = np.where(kept, middle, low), np.where(kept, high, middle)
        return low

    def rows(self, chosen: npt.NDArray[np.bool_]) -> _Column:
        """The same for some of the k rows."""
        number = np.cumsum(chosen) - 1
        kept = chosen[self.pause_group]
        return _Column(
            self.clock,
            self.start[chosen],
            self.stop[chosen],
            number[self.pause_group[kept]],
            self.pause_start[kept],
            self.pause_stop[kept],
        )


def judge(
    tickets: Tickets, promises: Sequence[Promise], clocks: Mapping[str, Clock], now: Mapping[str, int]
) -> Judgements:
    """All pairs of a ticket and a time limit. `now` is, per SLA id, the instant up to which the records are known."""
    ticket, promise = _pairs(tickets, promises)
    size = len(ticket)
    opened, responded, resolved, reopened = (
        np.frombuffer(column, dtype=np.int64) if len(column) else np.zeros(0, np.int64)
        for column in (tickets.opened, tickets.responded, tickets.resolved, tickets.reopened)
    )
    result = Judgements(
        ticket,
        promise,
        np.searchsorted(promise, np.arange(len(promises) + 1)),
        np.zeros(size, np.int8),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.full(size, MISSING, np.int64),
        np.full(size, MISSING, np.int64),
    )
    responding = np.array([one.target.measure is MeasureName.RESPONSE_TIME for one in promises], bool)
    restarting = np.array([one.target.on_reopen == "restart" for one in promises], bool)
    by_opening = np.array([one.span.agreement.counted_by == "opened" for one in promises], bool)
    limits = np.array([one.limit for one in promises], np.int64)
    horizon = np.array([now.get(one.span.agreement.id, MISSING) for one in promises], np.int64)
    kinds: dict[tuple[str, frozenset[str]], list[int]] = {}
    for index, one in enumerate(promises):
        kinds.setdefault((one.terms.calendar, one.target.pause_on), []).append(index)
    for (calendar, reasons), members in kinds.items():
        rows = np.flatnonzero(np.isin(promise, members))
        if not rows.size:
            continue
        who, which = ticket[rows], promise[rows]
        response = responding[which]
        restart = restarting[which] & ~response & (reopened[who] != MISSING)
        start = np.where(restart, reopened[who], opened[who])
        stop = np.where(response, responded[who], resolved[who])
        running = stop == MISSING
        known = np.where(running, np.maximum(horizon[which], start), stop)
        column = _Column(clocks[calendar], start, known, *_pauses(tickets, who, reasons))
        result.paused[rows] = column.paused(known)
        elapsed = column.elapsed(known)
        result.elapsed[rows] = elapsed
        missed = elapsed > limits[which]
        unmeasured = response & running & (resolved[who] != MISSING)
        verdict = np.where(missed, Verdict.MISSED, np.where(running, Verdict.PENDING, Verdict.MET))
        verdict = np.where(unmeasured, Verdict.UNMEASURED, verdict)
        result.verdict[rows] = verdict
        counted = np.where(unmeasured, resolved[who], known)
        late = verdict == Verdict.MISSED
        if late.any():
            deadline = column.rows(late).deadline(limits[which[late]])
            counted[late] = deadline
            result.deadline[rows[late]] = deadline
        for row in np.flatnonzero(by_opening[which]):
            counted[row] = _by_opening(promises[which[row]].span.agreement, tickets, int(who[row]), int(counted[row]))
        result.counted_at[rows] = np.where(verdict == Verdict.PENDING, MISSING, counted)
    return result


def _by_opening(agreement: Agreement, tickets: Tickets, row: int, decided: int) -> int:
    """When a ticket counts where tickets count by opening: then, if its outcome was known in that month's report.

    One whose outcome only a later export tells counts when it was decided: no published report changes, and no ticket
    is lost between two months.
    """
    opened = tickets.opened[row]
    month = month_of(agreement, opened)
    known = tickets.month[row] <= month or decided < period_of(agreement, month).stop
    return opened if known else decided


def _pairs(tickets: Tickets, promises: Sequence[Promise]) -> tuple[Instants, Instants]:
    """Tickets with the promises that apply: same customer, service and priority, and in force when it was opened."""
    applying: dict[tuple[str, str, str], list[tuple[int, int, int]]] = {}
    for index, one in enumerate(promises):
        if one.target.measure in TIMED:
            key = (one.span.agreement.customer, one.terms.service, one.target.priority)
            applying.setdefault(key, []).append((one.span.start, one.span.stop, index))
    keys = zip(tickets.customer, tickets.service, tickets.priority, strict=True)
    pairs = [
        (row, index)
        for row, (key, opened) in enumerate(zip(keys, tickets.opened, strict=True))
        for start, stop, index in applying.get(key, ())
        if start <= opened < stop
    ]
    columns = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    columns = columns[np.argsort(columns[:, 1], kind="stable")]
    return columns[:, 0].copy(), columns[:, 1].copy()


def _pauses(tickets: Tickets, who: Instants, reasons: frozenset[str]) -> tuple[Instants, Instants, Instants]:
    """The pauses that stop this clock, as (row of `who`, start, stop); a pause that lasts ends never."""
    stopping = reasons | {RESOLVED}
    chosen = np.array([reason in stopping for reason in tickets.pause_reason], bool)
    if not chosen.any():
        empty = np.zeros(0, np.int64)
        return empty, empty, empty
    owner = np.frombuffer(tickets.pause_ticket, dtype=np.int64)[chosen]
    start = np.frombuffer(tickets.pause_start, dtype=np.int64)[chosen]
    stop = np.frombuffer(tickets.pause_stop, dtype=np.int64)[chosen]
    stop = np.where(stop == MISSING, np.iinfo(np.int64).max, stop)
    # each row of `who` takes the run of pauses of its ticket
    first = np.searchsorted(owner, who, side="left")
    count = np.searchsorted(owner, who, side="right") - first
    group = np.repeat(np.arange(len(who)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    index = np.repeat(first, count) + offset
    return group.astype(np.int64), start[index], stop[index]
