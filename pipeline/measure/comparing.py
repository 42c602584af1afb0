"""The same tickets and outages under the terms that were agreed and under others, month by month.

The changed versions stand as a further SLA beside the agreed ones: both are measured in one pass and in one way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from pipeline.measure.attainment import MET, NO_DATA, Result
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.measure.measures import Measured, Tally, figure
from pipeline.measure.promises import Promise, month_of
from pipeline.measure.settlement import Settlement, settle
from pipeline.model.agreements import Agreement
from pipeline.model.catalog import Aggregate, Better
from pipeline.model.measures import better_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import MISSING

CHANGED = "+"
"""What the id of the further SLA ends with: no id that anybody writes does."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A target of a service over the months, as agreed and as changed; None where it was not measured in a month."""

    service: str
    target: str
    before: tuple[Result | None, ...]
    after: tuple[Result | None, ...]

    @property
    def differs(self) -> bool:
        """Whether any month comes to something else."""
        return any(_gist(one) != _gist(other) for one, other in zip(self.before, self.after, strict=True))


@dataclass(frozen=True, slots=True)
class Due:
    """One month of the agreement, and what is credited for it."""

    month: SlaMonth
    settlement: Settlement


@dataclass(frozen=True, slots=True)
class Judged:
    """How a ticket stands against a target; it counts in `month`, in none as long as nothing is decided."""

    promise: Promise
    verdict: Verdict
    elapsed: int
    month: Month | None


@dataclass(frozen=True, slots=True)
class Flip:
    """A ticket (`row` among the tickets) that one side judges otherwise, or counts in another month, or not at all."""

    row: int
    service: str
    target: str
    before: Judged | None
    after: Judged | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything of the months, in their order; a month in which no version was in force has no credits."""

    months: tuple[Month, ...]
    targets: tuple[Compared, ...]
    before: tuple[Due | None, ...]
    after: tuple[Due | None, ...]
    flips: tuple[Flip, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A target over all months: in how many it was measured and met, the poorest month, and the figure of them all.

    There is no such figure where numbers are counted, since the goal is one of a month; neither where the target was
    added up in another way in some of the months, of which none is the poorest then.
    """

    measured: int
    met: int
    poorest: Result | None
    overall: Fraction | None


def side_by_side(portfolio: Portfolio, sla: str, changed: Sequence[Agreement]) -> Portfolio:
    """A portfolio of that SLA alone, with its versions as changed beside it."""
    other = tuple(replace(one, id=sla + CHANGED) for one in changed)
    return replace(portfolio, agreements={sla: portfolio.agreements[sla], sla + CHANGED: other})


def compare(measurement: Measurement, sla: str, months: Sequence[Month]) -> Comparison:
    """What those months come to on both sides."""
    before, after = (_dues(measurement, identifier, months) for identifier in (sla, sla + CHANGED))
    return Comparison(
        tuple(months), tuple(_compared(before, after)), before, after, tuple(_flips(measurement.measured, sla, months))
    )


def summary(results: Sequence[Result | None]) -> Summary:
    """One side of a target."""
    measured = [one for one in results if one is not None and one.status != NO_DATA]
    known = [one for one in results if one is not None]

    def value(one: Result) -> Fraction:
        higher = better_of(one.promise.target) is Better.HIGHER
        return (one.value or Fraction(0)) * (1 if higher else -1)

    ways = {(one.promise.target.measure, one.promise.target.aggregate, one.promise.target.percentile) for one in known}
    overall = None
    if len(ways) == 1 and known[0].promise.target.aggregate is not Aggregate.COUNT:
        overall = figure(known[-1].promise.target, sum((one.tally for one in known), Tally(0, 0)))
    return Summary(
        measured=len(measured),
        met=sum(one.status == MET for one in measured),
        poorest=min(measured, key=value, default=None) if len(ways) == 1 else None,
        overall=overall,
    )


def _gist(result: Result | None) -> tuple[object, ...]:
    if result is None:
        return ()
    tally = result.tally
    return result.value, result.status, result.credit, result.promise.goal, tally.met, tally.missed, tally.total


def _dues(measurement: Measurement, identifier: str, months: Sequence[Month]) -> tuple[Due | None, ...]:
    found = {one.period.month: one for one in measurement.months.get(identifier, ())}
    return tuple(Due(found[month], settle(measurement, found[month])) if month in found else None for month in months)


def _compared(before: Sequence[Due | None], after: Sequence[Due | None]) -> Iterator[Compared]:
    """The targets in the order of the newest version."""
    sides = [[_results(due) for due in side] for side in (before, after)]
    keys = dict.fromkeys(key for side in sides for found in reversed(side) for key in found)
    for key in keys:
        yield Compared(*key, *(tuple(found.get(key) for found in side) for side in sides))


def _results(due: Due | None) -> dict[tuple[str, str], Result]:
    """By service and target; of two of one id the first is that of the version in force at the end."""
    found: dict[tuple[str, str], Result] = {}
    for one in due.month.results if due is not None else ():
        found.setdefault((one.promise.terms.service, one.promise.target.id), one)
    return found


def _flips(measured: Measured, sla: str, months: Sequence[Month]) -> Iterator[Flip]:
    """In order of the tickets, then of the targets."""
    names: dict[tuple[str, str], int] = {}
    for identifier in (sla, sla + CHANGED):
        for index in measured.rows_of.get(identifier, ()):
            promise = measured.promises[index]
            names.setdefault((promise.terms.service, promise.target.id), len(names))
    known = list(names)
    (codes, pairs), (others, partners) = (_coded(measured, identifier, names) for identifier in (sla, sla + CHANGED))
    verdict, counted = measured.judgements.verdict, measured.judgements.counted_at
    every = np.union1d(codes, others)
    mine, theirs = (_found(every, sorted_codes, at) for sorted_codes, at in ((codes, pairs), (others, partners)))
    alike = (mine >= 0) & (theirs >= 0)
    alike &= (verdict[mine] == verdict[theirs]) & (counted[mine] == counted[theirs])
    wanted = frozenset(months)
    for at in np.flatnonzero(~alike).tolist():
        row, name = divmod(int(every[at]), len(names))
        one, other = (_judged(measured, int(side[at])) for side in (mine, theirs))
        if _stand(one) != _stand(other) and {side.month for side in (one, other) if side is not None} & wanted:
            yield Flip(row, *known[name], one, other)


def _stand(judged: Judged | None) -> tuple[object, ...]:
    return () if judged is None else (judged.verdict, judged.month)


Numbers = npt.NDArray[np.int64]


def _coded(measured: Measured, identifier: str, names: dict[tuple[str, str], int]) -> tuple[Numbers, Numbers]:
    """Ticket and target as one number, ascending, and the pair of each."""
    rows = measured.rows_of.get(identifier, range(0))
    promises = [measured.promises[index] for index in rows]
    name = np.array([names[one.terms.service, one.target.id] for one in promises], np.int64)
    found = measured.judgements
    pairs = np.arange(found.first[rows.start], found.first[rows.stop]) if len(rows) else np.zeros(0, np.int64)
    codes = found.ticket[pairs] * len(names) + name[found.promise[pairs] - rows.start]
    order = np.argsort(codes, kind="stable")
    return codes[order], pairs[order]


def _found(every: Numbers, codes: Numbers, pairs: Numbers) -> Numbers:
    """The pair of each code, -1 where there is none."""
    found = np.full(len(every), -1, np.int64)
    found[np.searchsorted(every, codes)] = pairs
    return found


def _judged(measured: Measured, pair: int) -> Judged | None:
    if pair < 0:
        return None
    found = measured.judgements
    promise, counted = measured.promises[int(found.promise[pair])], int(found.counted_at[pair])
    month = None if counted == MISSING else month_of(promise.span.agreement, counted)
    return Judged(promise, Verdict(int(found.verdict[pair])), int(found.elapsed[pair]), month)
