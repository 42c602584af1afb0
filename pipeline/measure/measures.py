"""How each measure is computed: `MEASURES` maps its name to what it is and what tallies it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

import numpy as np

from pipeline.measure.availability import Downtime, Interruption
from pipeline.measure.clock import Clock, instant
from pipeline.measure.judgements import Judgements, Verdict
from pipeline.measure.promises import Period, Promise, month_of
from pipeline.measure.tallies import Counts, Edges, Load, LoadKey, Values
from pipeline.model.catalog import Aggregate, Better, MeasureName, Target, Unit
from pipeline.model.exclusions import Exclusion
from pipeline.model.measures import DEFINITIONS, VALUED, better_of, unit_of
from pipeline.model.quantities import Month
from pipeline.model.records import ALL_CUSTOMERS, SCORE_STEP, Records, RowKey, SetAside
from pipeline.model.surveys import Round, Survey


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """All that a measure may look at.

    `verdicts` counts, per period (start and stop), the verdicts on each promise, `values` and `backlogs` hold what
    some promises need besides, `loads` the tickets that came and went; `records` and `judgements` hold the tickets
    that were kept to be shown. `rows_of` gives the row numbers of an SLA's promises, `ticket_rows` those of the
    tickets that it covers; `left_out` what was agreed about an outage, `surveys` are those that targets name; `kept`
    counts the records that became a ticket or an outage.
    """

    records: Records
    verdicts: Mapping[Edges, Counts]
    values: Mapping[tuple[Edges, int], Values]
    backlogs: Mapping[tuple[Edges, int], int]
    loads: Mapping[LoadKey, Load]
    promises: tuple[Promise, ...]
    rows_of: Mapping[str, range]
    judgements: Judgements
    ticket_rows: Mapping[str, Sequence[int]]
    clocks: Mapping[str, Clock]
    outage_rows: Mapping[tuple[str, str], Sequence[int]]
    outage_months: frozenset[Month]
    left_out: Mapping[int, Sequence[Exclusion]]
    surveys: Mapping[str, Survey]
    set_aside: Mapping[str, Sequence[SetAside]]
    kept: Mapping[RowKey, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """`kept` of `total` (tickets, or service seconds), and the tickets behind it.

    `kept` is the sum of what a mean is made of, or the number itself where the target counts. `values` are those that a
    median, a percentile or the worst is chosen from. `excluded` tickets count nowhere.
    """

    kept: int | Fraction
    total: int
    met: int = 0
    missed: int = 0
    unmeasured: int = 0
    excluded: int = 0
    values: tuple[Counts, ...] = field(default=(), compare=False)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.kept + other.kept,
            self.total + other.total,
            self.met + other.met,
            self.missed + other.missed,
            self.unmeasured + other.unmeasured,
            self.excluded + other.excluded,
            self.values + other.values,
        )


def judged(measured: Measured, index: int, period: Period) -> Tally:
    """Tickets that kept the promise, of all that were decided in the period; of a rate to be low, those that did not.

    A timed ticket is decided when it is stopped or runs out of time.
    """
    target, edges = measured.promises[index].target, (period.start, period.stop)
    counts = measured.verdicts[edges][index]
    met, missed, unmeasured, excluded = (
        int(counts[kind]) for kind in (Verdict.MET, Verdict.MISSED, Verdict.UNMEASURED, Verdict.EXCLUDED)
    )
    if target.aggregate in VALUED:
        values = measured.values.get((edges, index), Values())
        return Tally(values.total, values.count, values.count, 0, unmeasured, excluded, tuple(values.parts))
    kept = missed if better_of(target) is Better.LOWER else met
    return Tally(kept, met + missed, met, missed, unmeasured, excluded)


def asked(measured: Measured, index: int, period: Period) -> Tally:
    """The scores of those who answered the rounds that closed in the period; without a round there is nothing."""
    promise = measured.promises[index]
    scores, aside = [], 0
    for survey, held in rounds_in(measured, promise, period):
        aside += len(held.set_aside)
        scores += [
            score for one in held.answers if (score := survey.asked_for(one, promise.target.question)) is not None
        ]
    return Tally(SCORE_STEP * sum(scores, Fraction(0)), len(scores), met=len(scores), unmeasured=aside)


def rounds_in(measured: Measured, promise: Promise, period: Period) -> Iterator[tuple[Survey, Round]]:
    """The rounds of the promise's survey that closed in the period, by the first moment of that day."""
    survey = measured.surveys.get(promise.target.survey)
    for held in survey.held if survey is not None else ():
        if survey is not None and _inside(instant(held.closes, promise.span.agreement.timezone), promise, period):
            yield survey, held


def opened(measured: Measured, index: int, period: Period) -> Tally:
    """Tickets opened in the period; none is a number too."""
    counts = measured.verdicts[period.start, period.stop][index]
    count = int(counts[Verdict.MET])
    in_force = _in_force(measured.promises[index], period)
    return Tally(count, int(in_force or count > 0), met=count, excluded=int(counts[Verdict.EXCLUDED]))


def waiting(measured: Measured, index: int, period: Period) -> Tally:
    """Tickets open at the end of the period; none is a number too."""
    count = measured.backlogs.get(((period.start, period.stop), index), 0)
    return Tally(count, int(_in_force(measured.promises[index], period) or count > 0), met=count)


def available(measured: Measured, index: int, period: Period) -> Tally:
    """Seconds up, of the agreed service seconds; nothing is known without the exports of its months."""
    promise = measured.promises[index]
    if not outages_known(measured, promise, period):
        return Tally(0, 0)
    time = downtime(measured, promise).uptime(period)
    return Tally(time.agreed - time.down, time.agreed)


def restored(measured: Measured, index: int, period: Period) -> Tally:
    """Service seconds of the interruptions that ended in the period, and how many there were."""
    promise = measured.promises[index]
    if not outages_known(measured, promise, period):
        return Tally(0, 0)
    found = ended_in(measured, promise, period)
    return Tally(sum(one.seconds for one in found), len(found), met=len(found))


def running(measured: Measured, index: int, period: Period) -> Tally:
    """Service seconds without interruption, and how many interruptions began in the period."""
    promise = measured.promises[index]
    if not outages_known(measured, promise, period):
        return Tally(0, 0)
    time, began = downtime(measured, promise).uptime(period), began_in(measured, promise, period)
    return Tally(time.agreed - time.down, len(began), met=len(began))


def ended_in(measured: Measured, promise: Promise, period: Period) -> tuple[Interruption, ...]:
    """Interruptions that ended in the period."""
    every = downtime(measured, promise).interruptions(period.stop)
    return tuple(one for one in every if _inside(one.stop, promise, period))


def began_in(measured: Measured, promise: Promise, period: Period) -> tuple[Interruption, ...]:
    """Interruptions that began in the period."""
    every = downtime(measured, promise).interruptions(period.stop)
    return tuple(one for one in every if _inside(one.start, promise, period))


def downtime(measured: Measured, promise: Promise) -> Downtime:
    """The outages behind a promise."""
    rows, excluded = outages_of(measured, promise), excluded_outages(measured, promise)
    return Downtime(measured.records.outages, rows, excluded, promise, measured.clocks[promise.terms.calendar])


def _inside(moment: int, promise: Promise, period: Period) -> bool:
    """Whether an instant lies in the part of the period in which the promise was in force."""
    return max(period.start, promise.span.start) <= moment < min(period.stop, promise.span.stop)


def _in_force(promise: Promise, period: Period) -> bool:
    return promise.span.start < period.stop and promise.span.stop > period.start


def outages_known(measured: Measured, promise: Promise, period: Period) -> bool:
    """Whether the exports of outages are there for all of the period in which the SLA was in force.

    Those of months that begin after the end of a period that was cut are not missing.
    """
    agreement = promise.span.agreement
    begun = min(measured.promises[index].span.start for index in measured.rows_of[agreement.id])
    first = max(period.first, month_of(agreement, begun))
    if agreement.period_start_day > 1:
        first = first.plus(-1)
    months = (first.plus(at) for at in range(period.month.since(first) + 1))
    needed = (one for one in months if instant(one.first_day(), agreement.timezone) < period.stop)
    return all(one in measured.outage_months for one in needed)


def outages_of(measured: Measured, promise: Promise) -> tuple[int, ...]:
    """Row numbers of the outages that concern a promise, in order of time."""
    return tuple(
        sorted(
            row
            for customer in (promise.span.agreement.customer, ALL_CUSTOMERS)
            for row in measured.outage_rows.get((customer, promise.terms.service), ())
        )
    )


def excluded_outages(measured: Measured, promise: Promise) -> tuple[int, ...]:
    """Those of them that do not count: by their category, or since the customer approved it."""
    outages, customer = measured.records.outages, promise.span.agreement.customer
    return tuple(
        row
        for row in outages_of(measured, promise)
        if outages.category[row] in promise.target.exclude
        or any(one.customer == customer and one.covers(promise.target.id) for one in measured.left_out.get(row, ()))
    )


def figure(target: Target, tally: Tally) -> Fraction | None:
    """What a tally comes to in the target's unit, exactly; None where nothing was measured.

    The median of an even number of values is the mean of the two in the middle; a percentile is the nearest rank: the
    smallest value that at least so many percent of the values do not exceed.
    """
    if not tally.total:
        return None
    if target.aggregate in {Aggregate.SHARE, Aggregate.COUNT}:
        return Fraction(tally.kept) * (Fraction(100, tally.total) if target.aggregate is Aggregate.SHARE else 1)
    step = SCORE_STEP if unit_of(target) is Unit.SCORE else 1
    if target.aggregate is Aggregate.MEAN:
        return Fraction(tally.kept, tally.total * step)
    return _chosen(target, np.sort(np.concatenate(tally.values)), step)


def _chosen(target: Target, numbers: Counts, step: int) -> Fraction:
    """The one of the values, in ascending order, that the aggregate asks for."""
    if target.aggregate is Aggregate.WORST:
        return Fraction(int(numbers[0 if better_of(target) is Better.HIGHER else -1]), step)
    if target.aggregate is Aggregate.MEDIAN:
        middle = [int(numbers[(len(numbers) - 1) // 2]), int(numbers[len(numbers) // 2])]
        return Fraction(sum(middle), 2 * step)
    rank = ceil(Fraction(target.percentile or 0) / 100 * len(numbers))
    return Fraction(int(numbers[max(rank, 1) - 1]), step)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: unit and which way is better (of the usual aggregate), labels of formula and source, and its tally.

    `formula` is the label of the sentence that agreements and reports print; `source` that of the standard and clause
    that asks for the measure.
    """

    name: MeasureName
    unit: Unit
    better: Better
    formula: str
    source: str
    tally: Callable[[Measured, int, Period], Tally]


_TALLIES: Mapping[MeasureName, Callable[[Measured, int, Period], Tally]] = {
    MeasureName.RESPONSE_TIME: judged,
    MeasureName.RESOLUTION_TIME: judged,
    MeasureName.AVAILABILITY: available,
    MeasureName.UPDATE_INTERVAL: judged,
    MeasureName.REQUEST_FULFILMENT: judged,
    MeasureName.FIRST_CONTACT_RESOLUTION: judged,
    MeasureName.REOPEN_RATE: judged,
    MeasureName.CHANGE_SUCCESS: judged,
    MeasureName.MTTR: restored,
    MeasureName.MTBF: running,
    MeasureName.BACKLOG: waiting,
    MeasureName.WORKLOAD: opened,
    MeasureName.SATISFACTION: judged,
}

MEASURES: Mapping[MeasureName, Measure] = {
    name: Measure(name, one.unit, one.better, one.formula, one.source, _TALLIES[name])
    for name, one in DEFINITIONS.items()
}
"""Every measure that an agreement may promise; CONTRIBUTING.md says how to add one."""


def tally(measured: Measured, index: int, period: Period) -> Tally:
    """What a promise came to in a period: from a survey where one is agreed, else as its measure does."""
    target = measured.promises[index].target
    return (asked if target.survey else MEASURES[target.measure].tally)(measured, index, period)
