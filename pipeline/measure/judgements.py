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

from pipeline.measure.applying import Applying, Rule
from pipeline.measure.clock import Clock, Instants, worked_once
from pipeline.measure.promises import Promise, month_of, period_of
from pipeline.model.catalog import TIMED, MeasureName
from pipeline.model.records import MISSING, RESOLVED, Tickets

Marks = npt.NDArray[np.bool_]


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


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The promises with what decides about a ticket as columns of one entry each, and `now` of each (see `judge`)."""

    promises: Sequence[Promise]
    applying: Applying
    responding: Marks
    restarting: Marks
    by_opening: Marks
    limit: Instants
    now: Instants

    @classmethod
    def of(cls, promises: Sequence[Promise], now: Mapping[str, int]) -> Terms:
        """`now` is, per SLA id, the instant up to which the records are known."""
        agreements = [one.span.agreement for one in promises]
        return cls(
            promises,
            Applying([_rule(one) for one in promises]),
            np.array([one.target.measure is MeasureName.RESPONSE_TIME for one in promises], bool),
            np.array([one.target.on_reopen == "restart" for one in promises], bool),
            np.array([one.counted_by == "opened" for one in agreements], bool),
            np.array([one.limit for one in promises], np.int64),
            np.array([now.get(one.id, MISSING) for one in agreements], np.int64),
        )


def _rule(promise: Promise) -> Rule:
    """Tickets of the same customer, service and priority, opened while the promise was in force."""
    key = (promise.span.agreement.customer, promise.terms.service, promise.target.priority)
    timed = promise.target.measure in TIMED
    return key, promise.span.start, promise.span.stop if timed else promise.span.start


def judge(tickets: Tickets, terms: Terms, clocks: Mapping[str, Clock]) -> Judgements:
    """All pairs of a ticket and a time limit."""
    opened, responded, resolved, reopened = (
        np.asarray(column, np.int64)
        for column in (tickets.opened, tickets.responded, tickets.resolved, tickets.reopened)
    )
    ticket, promise = terms.applying.pairs((tickets.customer, tickets.service, tickets.priority), opened)
    size, promises = len(ticket), terms.promises
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
    kinds: dict[tuple[str, frozenset[str]], list[int]] = {}
    for index, one in enumerate(promises):
        kinds.setdefault((one.terms.calendar, one.target.pause_on), []).append(index)
    kind_of = np.zeros(len(promises), np.int64)
    for number, members in enumerate(kinds.values()):
        kind_of[members] = number
    kind = kind_of[promise]
    for number, (calendar, reasons) in enumerate(kinds):
        rows = np.flatnonzero(kind == number)
        if not rows.size:
            continue
        who, which = ticket[rows], promise[rows]
        response, limit = terms.responding[which], terms.limit[which]
        restart = terms.restarting[which] & ~response & (reopened[who] != MISSING)
        start = np.where(restart, reopened[who], opened[who])
        stop = np.where(response, responded[who], resolved[who])
        running = stop == MISSING
        known = np.where(running, np.maximum(terms.now[which], start), stop)
        column = _Column(clocks[calendar], start, known, *_pauses(tickets, who, reasons))
        paused = column.paused(known)
        elapsed = column.clock.worked(known) - column.clock.worked(start) - paused
        result.paused[rows], result.elapsed[rows] = paused, elapsed
        missed = elapsed > limit
        unmeasured = response & running & (resolved[who] != MISSING)
        verdict = np.where(missed, Verdict.MISSED, np.where(running, Verdict.PENDING, Verdict.MET))
        verdict = np.where(unmeasured, Verdict.UNMEASURED, verdict)
        result.verdict[rows] = verdict
        counted = np.where(unmeasured, resolved[who], known)
        late = verdict == Verdict.MISSED
        if late.any():
            deadline = column.rows(late).deadline(limit[late])
            counted[late] = deadline
            result.deadline[rows[late]] = deadline
        result.counted_at[rows] = np.where(verdict == Verdict.PENDING, MISSING, counted)
    _count_by_opening(result, tickets, terms, opened)
    return result


def _count_by_opening(result: Judgements, tickets: Tickets, terms: Terms, opened: Instants) -> None:
    """Where tickets count by opening, they count when opened if the outcome was known in that month's report.

    One whose outcome only a later export tells counts when it was decided: no published report changes, and no ticket
    is lost between two months.
    """
    pairs = np.flatnonzero(terms.by_opening[result.promise] & (result.counted_at != MISSING))
    if not pairs.size:
        return
    ways: dict[tuple[str, int], list[int]] = {}
    for index in np.unique(result.promise[pairs]).tolist():
        agreement = terms.promises[index].span.agreement
        ways.setdefault((agreement.timezone, agreement.period_start_day), []).append(index)
    told = np.array([12 * month.year + month.month for month in tickets.month.values], np.int64)
    told = told[np.asarray(tickets.month.codes)] if told.size else told
    for members in ways.values():
        rows = pairs[np.isin(result.promise[pairs], members)]
        who, agreement = result.ticket[rows], terms.promises[members[0]].span.agreement
        begun, decided = opened[who], result.counted_at[rows]
        first, last = month_of(agreement, int(begun.min())), month_of(agreement, int(begun.max()))
        number = 12 * first.year + first.month
        count = 12 * last.year + last.month - number + 1
        edges = np.array([period_of(agreement, first.plus(at)).start for at in range(count + 1)], np.int64)
        at = np.searchsorted(edges, begun, side="right") - 1
        known = (told[who] <= number + at) | (decided < edges[at + 1])
        result.counted_at[rows] = np.where(known, begun, decided)


def _pauses(tickets: Tickets, who: Instants, reasons: frozenset[str]) -> tuple[Instants, Instants, Instants]:
    """The pauses that stop this clock, as (row of `who`, start, stop); a pause that lasts ends never."""
    stopping = reasons | {RESOLVED}
    stops = np.array([reason in stopping for reason in tickets.pause_reason.values], bool)
    chosen = stops[np.asarray(tickets.pause_reason.codes)] if stops.size else stops
    if not chosen.any():
        empty = np.zeros(0, np.int64)
        return empty, empty, empty
    owner = np.asarray(tickets.pause_ticket, np.int64)[chosen]
    start = np.asarray(tickets.pause_start, np.int64)[chosen]
    stop = np.asarray(tickets.pause_stop, np.int64)[chosen]
    stop = np.where(stop == MISSING, np.iinfo(np.int64).max, stop)
    # each row of `who` takes the run of pauses of its ticket
    first = np.searchsorted(owner, who, side="left")
    count = np.searchsorted(owner, who, side="right") - first
    group = np.repeat(np.arange(len(who)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    index = np.repeat(first, count) + offset
    return group.astype(np.int64), start[index], stop[index]
