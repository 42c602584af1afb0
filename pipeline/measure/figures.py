"""How one figure of a report came about: the tickets and outages behind it, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeline.measure.attainment import Result, rounds_of, rows_set_aside, same_target
from pipeline.measure.availability import Interruption, Uptime
from pipeline.measure.credits import is_due
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.measures import (
    Measured,
    Tally,
    began_in,
    downtime,
    ended_in,
    excluded_outages,
    outages_known,
    tally,
)
from pipeline.measure.promises import Period, Promise
from pipeline.measure.settlement import Settlement
from pipeline.measure.surveys import outcome
from pipeline.measure.tallies import open_before
from pipeline.model.agreements import CreditTier
from pipeline.model.catalog import Aggregate, MeasureName
from pipeline.model.measures import Basis, basis_of
from pipeline.model.quantities import Month
from pipeline.model.records import MISSING, SCORE_STEP, SetAside
from pipeline.model.surveys import Round, Survey


@dataclass(frozen=True, slots=True)
class TicketShare:
    """A ticket that counts in the figure (`row` is its row among the tickets), by the version that applies to it."""

    row: int
    promise: Promise
    verdict: Verdict
    elapsed: int
    paused: int
    deadline: int | None
    counted_at: int | None


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
class RoundShare:
    """A round of a survey that counts in the figure: the scores given, each with how often."""

    survey: Survey
    held: Round
    counts: tuple[tuple[Fraction, int], ...]

    @classmethod
    def of(cls, survey: Survey, held: Round, question: str) -> RoundShare:
        """The scores that the target is about."""
        item = None if not question else outcome(survey, held).item("question", question)
        figures = outcome(survey, held).overall if item is None else item.figures
        return cls(survey, held, figures.counts)

    @property
    def n(self) -> int:
        """Scores."""
        return sum(count for _, count in self.counts)

    @property
    def total(self) -> Fraction:
        """Their sum."""
        return sum((value * count for value, count in self.counts), Fraction(0))


@dataclass(frozen=True, slots=True)
class Figure:
    """A result with all that it was made from, and what the whole agreement credits in the period.

    `interruptions` are those whose restoration (or beginning) the measure counts. `tiers` are the credit tiers of the
    target, each with whether the value reaches it.
    """

    result: Result
    month: SlaMonth
    tickets: tuple[TicketShare, ...]
    pending: int
    served: tuple[Served, ...]
    outages: tuple[OutageShare, ...]
    interruptions: tuple[Interruption, ...]
    rounds: tuple[RoundShare, ...]
    set_aside: tuple[SetAside, ...]
    tiers: tuple[tuple[CreditTier, bool], ...]
    settlement: Settlement


def rounds(measured: Measured, result: Result) -> tuple[RoundShare, ...]:
    """The rounds of a survey that count in a figure."""
    question = result.promise.target.question
    return tuple(RoundShare.of(survey, held, question) for survey, held in rounds_of(measured, result))


def figures(measured: Measured, month: SlaMonth, target: str, settlement: Settlement) -> tuple[Figure, ...]:
    """That target of every service of the agreement that has it."""
    return tuple(
        _figure(measured, month, result, settlement) for result in month.results if result.promise.target.id == target
    )


def every_figure(measured: Measured, month: SlaMonth, settlement: Settlement) -> Iterator[Figure]:
    """Those of all targets of a month, in the order of its results; of longer periods, `by_month` tells."""
    yield from (_figure(measured, month, result, settlement) for result in month.results)


@dataclass(frozen=True, slots=True)
class MonthShare:
    """What one of the months of a longer period brings to a figure, under all versions of the agreement."""

    month: Month
    tally: Tally


def by_month(measured: Measured, result: Result, months: Sequence[SlaMonth]) -> tuple[MonthShare, ...]:
    """The months that a figure of a longer period is added up from; of what waits at its end, the last one alone.

    None where interruptions are not known of all its months. A month in which no version was in force has no report of
    its own; what was still decided in such months is told of the last of them.
    """
    promise, period, reported = result.promise, result.period, result.tally
    if basis_of(promise.target) is Basis.OUTAGES and not outages_known(measured, promise, period):
        return ()
    known = {one.period.month: one.period for one in months}
    first = max(period.first, min(known))
    inside = list(map(first.plus, range(period.month.since(first) + 1)))
    without = [month for month in inside if month not in known]
    if promise.target.measure is MeasureName.BACKLOG or (without and reported.values):
        return (MonthShare(period.month, reported),)
    rows = [one for one in measured.rows_of[promise.span.agreement.id] if _same(measured, one, promise)]
    found = {month: _sum(tally(measured, row, known[month]) for row in rows) for month in inside if month in known}
    told = _sum(found.values())
    rest = Tally(
        reported.kept - told.kept, reported.total - told.total, reported.met - told.met, reported.missed - told.missed
    )
    if without:
        found[without[-1]] = rest
    elif rest.kept or rest.met or rest.missed:
        msg = f"{promise.target.id}: months of {told} do not come to {reported}"
        raise AssertionError(msg)
    return tuple(MonthShare(month, found.get(month, Tally(0, 0))) for month in inside)


def _sum(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, start=Tally(0, 0))


def _figure(measured: Measured, month: SlaMonth, result: Result, settlement: Settlement) -> Figure:
    promise, period, measure = result.promise, result.period, result.promise.target.measure
    counted = [index for index in measured.rows_of[month.span.agreement.id] if _same(measured, index, promise)]
    basis = basis_of(promise.target)
    ticketed = basis in {Basis.TIMES, Basis.TICKETS}
    shares = [share for index in counted for share in _tickets(measured, index)] if ticketed else []
    if measure is MeasureName.BACKLOG:
        waiting = open_before(measured.records.tickets, period.stop)
        inside = [one for one in shares if one.verdict is not Verdict.EXCLUDED and waiting[one.row]]
    else:
        inside = [one for one in shares if one.counted_at is not None and period.start <= one.counted_at < period.stop]
    known = basis is Basis.OUTAGES and outages_known(measured, promise, period)
    served = tuple(one for index in counted for one in _served(measured, index, period)) if known else ()
    outages = tuple(one for each in served for one in _outages(measured, each, period))
    if measure is MeasureName.AVAILABILITY:
        interruptions: tuple[Interruption, ...] = ()
    else:
        chosen = ended_in if measure is MeasureName.MTTR else began_in
        interruptions = tuple(one for each in served for one in chosen(measured, each.promise, period))
    figure = Figure(
        result=result,
        month=month,
        tickets=tuple(sorted(inside, key=lambda one: one.row)),
        pending=sum(one.verdict is Verdict.PENDING and _open_in(measured, one, period) for one in shares),
        served=served,
        outages=outages,
        interruptions=interruptions,
        rounds=rounds(measured, result),
        set_aside=rows_set_aside(measured, promise, period),
        tiers=tuple(
            (tier, result.value is not None and is_due(tier, promise, result.value))
            for tier in promise.terms.credits
            if tier.target == promise.target.id
        ),
        settlement=settlement,
    )
    _add_up(figure)
    return figure


def _same(measured: Measured, index: int, promise: Promise) -> bool:
    return same_target(measured.promises[index], promise)


def _tickets(measured: Measured, index: int) -> Iterator[TicketShare]:
    columns = measured.judgements
    pairs = columns.of(index)
    for pair in range(pairs.start, pairs.stop):
        deadline, counted_at = int(columns.deadline[pair]), int(columns.counted_at[pair])
        yield TicketShare(
            row=int(columns.ticket[pair]),
            promise=measured.promises[index],
            verdict=Verdict(int(columns.verdict[pair])),
            elapsed=int(columns.elapsed[pair]),
            paused=int(columns.paused[pair]),
            deadline=None if deadline == MISSING else deadline,
            counted_at=None if counted_at == MISSING else counted_at,
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
    told, reported = _told(figure), _reported(figure)
    if told != reported:
        msg = f"{figure.result.promise.target.id}: {told} do not come to {reported}"
        raise AssertionError(msg)
    for excluded in (True, False):
        seconds = sum((Fraction(one.excluded) if excluded else one.down for one in figure.served), Fraction(0))
        shares = sum((one.counted for one in figure.outages if one.excluded is excluded), Fraction(0))
        if shares != seconds:
            msg = f"{figure.result.promise.target.id}: outages of {shares} s do not come to {seconds} s"
            raise AssertionError(msg)


def _told(figure: Figure) -> tuple[object, ...]:
    """What the tickets and outages listed come to."""
    target = figure.result.promise.target
    up = sum((one.service - one.excluded - one.down for one in figure.served), Fraction(0))
    if target.measure is MeasureName.AVAILABILITY:
        return up, sum(one.service - one.excluded for one in figure.served)
    if target.measure in {MeasureName.MTTR, MeasureName.MTBF}:
        restoring = sum(one.seconds for one in figure.interruptions)
        return restoring if target.measure is MeasureName.MTTR else up, len(figure.interruptions)
    if target.measure is MeasureName.BACKLOG:
        return (len(figure.tickets),)
    if basis_of(target) is Basis.SURVEYS:
        return SCORE_STEP * sum((one.total for one in figure.rounds), Fraction(0)), sum(one.n for one in figure.rounds)
    verdicts = Counter(one.verdict for one in figure.tickets)
    met, missed, unmeasured, left_out = (
        verdicts[kind] for kind in (Verdict.MET, Verdict.MISSED, Verdict.UNMEASURED, Verdict.EXCLUDED)
    )
    if target.measure is MeasureName.WORKLOAD:
        return met, left_out
    taken = sum(one.elapsed for one in figure.tickets if one.verdict is Verdict.MET)
    return met, missed, unmeasured, left_out, taken if target.aggregate is Aggregate.MEAN else 0


def _reported(figure: Figure) -> tuple[object, ...]:
    """The same of the figure in the report."""
    tally, target = figure.result.tally, figure.result.promise.target
    if basis_of(target) in {Basis.OUTAGES, Basis.SURVEYS}:
        return tally.kept, tally.total
    if target.measure is MeasureName.BACKLOG:
        return (tally.kept,)
    if target.measure is MeasureName.WORKLOAD:
        return tally.kept, tally.excluded
    taken = tally.kept if target.aggregate is Aggregate.MEAN else 0
    return tally.met, tally.missed, tally.unmeasured, tally.excluded, taken
