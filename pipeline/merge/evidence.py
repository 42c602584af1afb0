"""What each figure is added up from, row by row, so that anybody can add it up again.

A target may be there twice, when versions of the agreement gave its id to two things: `figures_row` is the row of the
sheet of figures that a row belongs to.

Every row brings a part of the numerator and of the denominator of its target: a share is 100 x sum / sum, a mean
sum / sum, a number the sum of the numerators; a median, a percentile or the worst is chosen from the numerators.

Of longer periods a row is a month, `record` its name, and a number is that of a month on average. The months' own
reports tell the tickets behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain, repeat
from math import lcm

from pipeline.measure.attainment import Result
from pipeline.measure.figures import Figure, RoundShare, TicketShare, by_month, rounds
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.measures import Measured
from pipeline.measure.promises import Promise
from pipeline.merge.explaining import verdict_label
from pipeline.merge.words import Words, exact
from pipeline.model.catalog import TIMED, Aggregate, Better, MeasureName, Unit
from pipeline.model.measures import DEFINITIONS, VALUED, Basis, better_of, needs_limit, unit_of
from pipeline.model.records import SCORE_STEP

KEYS = (
    "figures_row",
    "service_id",
    "target",
    "version",
    "record",
    "finding",
    "elapsed_s",
    "limit_s",
    "numerator",
    "denominator",
)

NUMBERS = frozenset({MeasureName.BACKLOG, MeasureName.WORKLOAD})
"""Measures of which none is a number too."""

Row = tuple[str, str, str, str, str, int | None, int | None, int | Decimal, int | Decimal]


def evidence(measured: Measured, figure: Figure, words: Words) -> Iterator[Row]:
    """The tickets and interruptions behind a figure of a month, in order of time; or the scores of a survey."""
    if figure.result.promise.target.survey:
        yield from _of_rounds(figure.result.promise, figure.rounds, words)
    elif DEFINITIONS[figure.result.promise.target.measure].basis is Basis.OUTAGES:
        yield from _of_outages(measured, figure, words)
    else:
        yield from (_of_ticket(measured, one, words) for one in figure.tickets)


def evidence_by_month(measured: Measured, result: Result, months: Sequence[SlaMonth], words: Words) -> Iterator[Row]:
    """The months behind a figure of a longer period; or the scores of a survey."""
    promise, target = result.promise, result.promise.target
    if target.survey:
        yield from _of_rounds(promise, rounds(measured, result), words)
        return
    step = SCORE_STEP if unit_of(target) is Unit.SCORE else 1
    every = target.aggregate in {Aggregate.MEDIAN, Aggregate.PERCENTILE, Aggregate.WORST}
    for one in by_month(measured, result, months):
        sums = [(one.tally.kept, one.tally.met if target.measure in NUMBERS else one.tally.total)]
        if every and DEFINITIONS[target.measure].basis is not Basis.OUTAGES:
            values = sorted(chain.from_iterable(part.tolist() for part in one.tally.values))
            if target.aggregate is Aggregate.WORST:
                worst = values[:1] if better_of(target) is Better.HIGHER else values[-1:]
                sums = [(value, one.tally.total) for value in worst]
            else:
                sums = [(value, 1) for value in values]
        for kept, whole in sums:
            yield _row(promise, str(one.month), words.label("evidence.month"), (exact(Fraction(kept) / step), whole))


def _of_ticket(measured: Measured, share: TicketShare, words: Words) -> Row:
    promise = share.promise
    target, timed = promise.target, promise.target.measure in TIMED
    counts = share.verdict in {Verdict.MET, Verdict.MISSED} or (
        target.measure is MeasureName.BACKLOG and share.verdict is Verdict.PENDING
    )
    numerator: int | Decimal = 0
    if target.aggregate in VALUED:
        step = SCORE_STEP if unit_of(target) is Unit.SCORE else 1
        numerator = exact(Fraction(share.elapsed, step)) if counts else 0
    elif target.measure in NUMBERS:
        numerator = int(counts)
    else:
        numerator = int(share.verdict is (Verdict.MISSED if better_of(target) is Better.LOWER else Verdict.MET))
    return (
        promise.terms.service,
        target.id,
        str(promise.span.agreement.version),
        measured.records.tickets.id[share.row],
        verdict_label(share.verdict, words),
        share.elapsed if timed and share.verdict is not Verdict.UNMEASURED else None,
        promise.allowed if timed and needs_limit(target) else None,
        numerator,
        int(counts),
    )


def _of_outages(measured: Measured, figure: Figure, words: Words) -> Iterator[Row]:
    """Service time of each version, less what outages take; of the other measures the interruptions themselves."""
    target, outages = figure.result.promise.target, measured.records.outages
    share = target.measure is MeasureName.AVAILABILITY
    if target.measure is not MeasureName.MTTR:
        for one in figure.served:
            agreed = one.service, one.service if share else 0
            yield _row(one.promise, "", words.label("evidence.service_time"), agreed)
        for outage in figure.outages:
            taken, found = -exact(outage.counted), "excluded" if outage.excluded else "down"
            record = outages.id[outage.row]
            sums = taken, taken if share and outage.excluded else 0
            yield _row(outage.promise, record, words.label(f"evidence.{found}"), sums)
    if not share:
        seconds = target.measure is MeasureName.MTTR
        for number, interruption in enumerate(figure.interruptions, 1):
            each = interruption.seconds if seconds else 0, 1
            yield _row(figure.result.promise, str(number), words.label("evidence.interruption"), each)


def _of_rounds(promise: Promise, held: Sequence[RoundShare], words: Words) -> Iterator[Row]:
    """Every score, the lowest first, so that no row tells whose it is; all weigh the same whole number.

    The mean of several questions may be a fraction that no decimal writes: weights make it whole.
    """
    weight = lcm(*(score.denominator for one in held for score, _ in one.counts))
    for one in held:
        finding = words.label("evidence.score", closes=words.date(one.held.closes))
        for score, count in one.counts:
            yield from repeat(_row(promise, "", finding, (int(score * weight), weight)), count)


def _row(promise: Promise, record: str, finding: str, sums: tuple[int | Decimal, int | Decimal]) -> Row:
    version = str(promise.span.agreement.version)
    return (promise.terms.service, promise.target.id, version, record, finding, None, None, *sums)
