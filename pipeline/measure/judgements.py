"""Every ticket against every promise that applies to it, as columns.

A ticket is measured by the version in force when it was opened. It is counted once: where it kept its limit, when it
was stopped (or opened, where the agreement counts by opening); where it did not, in the moment the limit ran out.
A ticket still open inside its limit is pending and counts nowhere yet. What has no limit counts when it is resolved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from pipeline.measure.applying import Applying, Rule
from pipeline.measure.clock import Clock, Instants
from pipeline.measure.promises import Promise, month_of, period_of
from pipeline.measure.running import Running, Taken, pauses_of
from pipeline.measure.silences import silences
from pipeline.model.catalog import TIMED, MeasureName
from pipeline.model.exclusions import Exclusion
from pipeline.model.measures import Basis, basis_of, needs_limit, types_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.records import CHANGE_OUTCOMES, MISSING, TICKET_TYPES, YES, Coded, Tickets

Marks = npt.NDArray[np.bool_]


NO_LIMIT = np.iinfo(np.int64).max
"""What may be taken where only the time itself counts."""


class Verdict(IntEnum):
    """How a ticket stands against a promise: MET also means resolved at first contact, not reopened, scored, and so on.

    The customer agreed not to count what is EXCLUDED.
    """

    PENDING = 0
    MET = 1
    MISSED = 2
    UNMEASURED = 3
    EXCLUDED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """m pairs of a ticket and a promise, as columns of length m in order of promise, then ticket.

    `ticket` and `promise` are row numbers; `first[i]` to `first[i + 1]` are the pairs of promise i. `elapsed` and
    `paused` are service seconds, up to now for a ticket that is still open; for satisfaction `elapsed` is the score.
    `deadline` is the last instant at which stopping would have kept the limit, MISSING unless missed. `counted_at` is
    the instant whose period the pair counts in, MISSING while pending.
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
class _Way:
    """How the promises of some of the rules find their tickets: by which columns."""

    applying: Applying
    first: bool
    whole: bool

    def pairs(self, tickets: Tickets, opened: Instants) -> tuple[Instants, Instants]:
        """(row of a ticket, promise), in order of promise, then row."""
        columns: list[Coded[str]] = [tickets.customer, tickets.service]
        if not self.whole:
            columns.append(tickets.first_priority if self.first else tickets.priority)
        return self.applying.pairs(columns, opened)


Excluded = Mapping[str, Mapping[str, Sequence[Exclusion]]]
"""Customer -> number of a ticket -> what was agreed about it."""


def agreed_tickets(portfolio: Portfolio) -> Excluded:
    """What customers agreed not to count, by ticket."""
    agreed: dict[str, dict[str, list[Exclusion]]] = {}
    for one in portfolio.exclusions.values():
        if one.ticket:
            agreed.setdefault(one.customer, {}).setdefault(one.ticket, []).append(one)
    return agreed


Kind = tuple[MeasureName, str, frozenset[str]]
"""Measure, calendar and reasons for pauses of promises that are judged together."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The promises with what decides about a ticket as columns of one entry each, and `now` of each (see `judge`).

    `kind` numbers the `kinds` of promises that are judged together.
    """

    promises: Sequence[Promise]
    ways: Sequence[_Way]
    kinds: Sequence[Kind]
    kind: Instants
    about: npt.NDArray[np.bool_]
    responding: Marks
    restarting: Marks
    starting_over: Marks
    by_opening: Marks
    limit: Instants
    now: Instants
    excluded: Excluded

    @classmethod
    def of(cls, promises: Sequence[Promise], now: Mapping[str, int], excluded: Excluded | None = None) -> Terms:
        """`now` is, per SLA id, the instant up to which the records are known."""
        agreements, targets = [one.span.agreement for one in promises], [one.target for one in promises]
        limits = [one.allowed if needs_limit(one.target) else NO_LIMIT for one in promises]
        kinds = Coded.of(map(_kind, promises))
        return cls(
            promises,
            tuple(_ways(promises)),
            kinds.values,
            np.asarray(kinds.codes, np.int64),
            np.array([[kind in types_of(one) for kind in TICKET_TYPES] for one in targets], bool).reshape(
                len(promises), len(TICKET_TYPES)
            ),
            np.array([one.measure is MeasureName.RESPONSE_TIME for one in targets], bool),
            np.array([one.on_reopen == "restart" for one in targets], bool),
            np.array([one.on_priority_change == "restart" for one in targets], bool),
            np.array(
                [one.span.agreement.counted_by == "opened" and one.target.measure in TIMED for one in promises], bool
            ),
            np.array(limits, np.int64),
            np.array([now.get(one.id, MISSING) for one in agreements], np.int64),
            excluded or {},
        )


def _ways(promises: Sequence[Promise]) -> Iterator[_Way]:
    """Promises of the ticket's last priority, of the one that it was opened with, and of whatever priority."""
    kinds = [(one.target.on_priority_change == "continue", not one.target.priority) for one in promises]
    for first, whole in dict.fromkeys(kinds):
        yield _Way(Applying([_rule(one, first, whole) for one in promises]), first, whole)


def _rule(promise: Promise, first: bool, whole: bool) -> Rule:
    """Tickets of the same customer, service and priority, opened while the promise was in force."""
    target, span = promise.target, promise.span
    key = (span.agreement.customer, promise.terms.service, *([] if whole else [target.priority]))
    mine = (target.on_priority_change == "continue", not target.priority) == (first, whole)
    asked = mine and basis_of(target) in {Basis.TIMES, Basis.TICKETS}
    return key, span.start, span.stop if asked else span.start


def judge(tickets: Tickets, terms: Terms, clocks: Mapping[str, Clock]) -> Judgements:
    """All pairs of a ticket and a promise about tickets."""
    opened, responded, resolved, reopened, prioritized = (
        np.asarray(column, np.int64)
        for column in (tickets.opened, tickets.responded, tickets.resolved, tickets.reopened, tickets.prioritized)
    )
    ticket, promise = _pairs(tickets, terms, opened)
    size = len(ticket)
    result = Judgements(
        ticket,
        promise,
        np.searchsorted(promise, np.arange(len(terms.promises) + 1)),
        np.zeros(size, np.int8),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.full(size, MISSING, np.int64),
        np.full(size, MISSING, np.int64),
    )
    kind = terms.kind[promise]
    for number, (measure, calendar, reasons) in enumerate(terms.kinds):
        rows = np.flatnonzero(kind == number)
        if not rows.size:
            continue
        if measure not in TIMED:
            _judge_fact(measure, result, tickets, rows)
            continue
        who, which = ticket[rows], promise[rows]
        response, limit = terms.responding[which], terms.limit[which]
        stop = np.where(response, responded[who], resolved[who])
        running = stop == MISSING
        restart = terms.restarting[which] & ~response & (reopened[who] != MISSING)
        start = np.where(restart, reopened[who], opened[who])
        over = terms.starting_over[which] & (prioritized[who] != MISSING) & (running | (stop > prioritized[who]))
        start = np.where(over, np.maximum(start, prioritized[who]), start)
        known = np.where(running, np.maximum(terms.now[which], start), stop)
        if measure is MeasureName.UPDATE_INTERVAL:
            told = np.asarray(tickets.updates, np.int64)[who] != MISSING
            found = silences(tickets, who, (start, known), (clocks[calendar], reasons), limit)
        else:
            told = ~response | ~running | (resolved[who] == MISSING)
            found = _times(Running(clocks[calendar], start, known, *pauses_of(tickets, who, reasons)), limit, told)
        result.paused[rows], result.elapsed[rows] = found.paused, found.elapsed
        late = told & (found.deadline != MISSING)
        ended = ~running | (resolved[who] != MISSING)
        verdict = np.where(ended, np.where(told, Verdict.MET, Verdict.UNMEASURED), Verdict.PENDING)
        result.verdict[rows] = np.where(late, Verdict.MISSED, verdict)
        result.deadline[rows] = np.where(late, found.deadline, MISSING)
        counted = np.where(ended, np.where(told, known, resolved[who]), MISSING)
        result.counted_at[rows] = np.where(late, found.deadline, counted)
    _count_by_opening(result, tickets, terms, opened)
    _exclude(result, tickets, terms)
    return result


def _times(column: Running, limit: Instants, told: Marks) -> Taken:
    """What each ticket took; deadlines only where they are asked for."""
    paused = column.paused(column.stop)
    elapsed = column.clock.worked(column.stop) - column.clock.worked(column.start) - paused
    late = told & (elapsed > limit)
    deadline = np.full(len(elapsed), MISSING, np.int64)
    if late.any():
        deadline[late] = column.rows(late).deadline(limit[late])
    return Taken(elapsed, paused, deadline)


def _pairs(tickets: Tickets, terms: Terms, opened: Instants) -> tuple[Instants, Instants]:
    """(row of a ticket, promise that is about it), in order of promise, then row."""
    found = [way.pairs(tickets, opened) for way in terms.ways]
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    ticket, promise = (np.concatenate([one[part] for one in found]) for part in (0, 1))
    kinds = np.array([TICKET_TYPES.index(kind) for kind in tickets.type.values], np.int64)
    if ticket.size and not terms.about[:, kinds].all():
        about = terms.about[promise, kinds[np.asarray(tickets.type.codes, np.int64)[ticket]]]
        ticket, promise = ticket[about], promise[about]
    if len(found) > 1:
        order = np.argsort(promise, kind="stable")
        ticket, promise = ticket[order], promise[order]
    return ticket, promise


def _kind(promise: Promise) -> Kind:
    """Times are judged together by calendar and pauses, update intervals and facts apart."""
    measure = promise.target.measure
    alike = MeasureName.RESOLUTION_TIME if measure in TIMED - {MeasureName.UPDATE_INTERVAL} else measure
    return alike, promise.terms.calendar, promise.target.pause_on


def _judge_fact(measure: MeasureName, result: Judgements, tickets: Tickets, rows: Instants) -> None:
    """What the export tells of a ticket once it is resolved; work counts when it comes in."""
    who = result.ticket[rows]
    resolved = np.asarray(tickets.resolved, np.int64)[who]
    when, told, good, counts = resolved, np.ones(len(rows), bool), np.ones(len(rows), bool), resolved != MISSING
    if measure is MeasureName.FIRST_CONTACT_RESOLUTION:
        told, good = ~_is(tickets.first_contact, who, ""), _is(tickets.first_contact, who, YES)
    elif measure is MeasureName.REOPEN_RATE:
        reopens = np.asarray(tickets.reopens, np.int64)[who]
        told, good = reopens != MISSING, reopens <= 0
    elif measure is MeasureName.CHANGE_SUCCESS:
        successful, _, cancelled = CHANGE_OUTCOMES
        told, good = ~_is(tickets.outcome, who, ""), _is(tickets.outcome, who, successful)
        counts = counts & ~_is(tickets.outcome, who, cancelled)
    elif measure is MeasureName.SATISFACTION:
        score = np.asarray(tickets.score, np.int64)[who]
        counts = counts & (score != MISSING)
        result.elapsed[rows] = np.where(counts, score, 0)
    elif measure is MeasureName.WORKLOAD:
        when = np.asarray(tickets.opened, np.int64)[who]
        counts = np.ones(len(rows), bool)
    else:  # a backlog is counted at the end of each period, an outage has no tickets
        counts = np.zeros(len(rows), bool)
    verdict = np.where(told, np.where(good, Verdict.MET, Verdict.MISSED), Verdict.UNMEASURED)
    result.verdict[rows] = np.where(counts, verdict, Verdict.PENDING)
    result.counted_at[rows] = np.where(counts, when, MISSING)


def _is(column: Coded[str], who: Instants, value: str) -> Marks:
    """Which rows of the column say that."""
    same = np.array([one == value for one in column.values], bool)
    return same[np.asarray(column.codes, np.int64)[who]] if same.size else np.zeros(len(who), bool)


def _exclude(result: Judgements, tickets: Tickets, terms: Terms) -> None:
    """Set apart what the customer agreed not to count."""
    for customer, agreed in terms.excluded.items():
        for row in tickets.id.among(agreed):
            if tickets.customer[row] != customer:
                continue
            for pair in np.flatnonzero(result.ticket == row).tolist():
                target = terms.promises[int(result.promise[pair])].target
                if any(one.covers(target.id) for one in agreed[tickets.id[row]]):
                    result.verdict[pair] = Verdict.EXCLUDED


def _count_by_opening(result: Judgements, tickets: Tickets, terms: Terms, opened: Instants) -> None:
    """Where times count by opening, they count when opened if the outcome was known in that month's report.

    What is told of a ticket once it is resolved counts then, as its formula says. A time whose outcome only a later
    export tells counts when it was decided: no published report changes, and no ticket is lost between two months.
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
