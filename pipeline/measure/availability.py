"""Availability from outages: the share of the agreed service time in which the service was up.

available = (service time - excluded - down) / (service time - excluded), where overlapping outages count once, and
excluded time (agreed maintenance, say) leaves the denominator as well.

At any moment the strongest outage of a component counts. Components in series are as bad as the worst of them; of
redundant ones the best counts, so that the service is down only while all of them are. An outage of no component, or of
one that the promise does not name, is one of the whole service. A partial outage counts by its impact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from pipeline.measure.clock import Clock, Instants
from pipeline.measure.promises import Period, Promise
from pipeline.model.records import FULL_IMPACT, MISSING, Outages


@dataclass(frozen=True, slots=True)
class Uptime:
    """Service seconds of a period: agreed (without the excluded), down (by impact), and excluded."""

    agreed: int
    down: Fraction
    excluded: int


@dataclass(frozen=True, slots=True)
class Interruption:
    """A time without a moment of full service, from `start` to `stop`; `seconds` of it count.

    It begins and ends with time that is not excluded; what is excluded in between counts no seconds.
    """

    start: int
    stop: int
    seconds: int


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """A time cut where an outage begins or ends: k pieces between k + 1 edges."""

    edges: Instants
    seconds: Instants
    down: Instants
    excluded: npt.NDArray[np.bool_]


def outage_rows(outages: Outages) -> dict[tuple[str, str], list[int]]:
    """(customer, service) -> row numbers; outages of all customers are under ALL_CUSTOMERS."""
    rows: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(outages.customer, outages.service, strict=True)):
        rows.setdefault(key, []).append(row)
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class Downtime:
    """The outages that concern a promise (`rows`), and those of them that do not count."""

    outages: Outages
    rows: Sequence[int]
    excluded: Sequence[int]
    promise: Promise
    clock: Clock

    def uptime(self, period: Period) -> Uptime:
        """Service seconds up and down in the part of the period in which the promise was in force."""
        span = self.promise.span
        start, stop = max(period.start, span.start), min(period.stop, span.stop)
        if start >= stop:
            return Uptime(0, Fraction(0), 0)
        pieces = self._pieces(start, stop)
        left_out = int(pieces.seconds[pieces.excluded].sum())
        down = int((pieces.seconds * pieces.down)[~pieces.excluded].sum())
        return Uptime(self.clock.between(start, stop) - left_out, Fraction(down, FULL_IMPACT), left_out)

    def interruptions(self, until: int) -> Iterator[Interruption]:
        """Every interruption that took service time, in order; one that goes on ends after `until`."""
        outages = self.outages
        ends = [outages.stop[row] for row in self.rows if outages.stop[row] != MISSING]
        start, stop = min([until, *(outages.start[row] for row in self.rows)]), max([until, *ends]) + 1
        pieces = self._pieces(start, stop)
        hit = pieces.down > 0
        begins = np.flatnonzero(hit & ~np.concatenate([[False], hit[:-1]]))
        closes = np.flatnonzero(hit & ~np.concatenate([hit[1:], [False]]))
        counted = np.where(pieces.excluded, 0, pieces.seconds)
        for first, last in zip(begins.tolist(), closes.tolist(), strict=True):
            seconds = int(counted[first : last + 1].sum())
            if seconds:
                counting = first + np.flatnonzero(~pieces.excluded[first : last + 1])
                yield Interruption(int(pieces.edges[counting[0]]), int(pieces.edges[counting[-1] + 1]), seconds)

    def _pieces(self, start: int, stop: int) -> _Pieces:
        """The time from `start` to `stop`, with how much of the service was out in each piece."""
        outages = self.outages
        begins = {row: min(max(outages.start[row], start), stop) for row in self.rows}
        ends = {
            row: stop if outages.stop[row] == MISSING else min(max(outages.stop[row], start), stop) for row in self.rows
        }
        edges = np.unique(np.array([start, stop, *begins.values(), *ends.values()], np.int64))
        first = {row: int(np.searchsorted(edges, begins[row])) for row in self.rows}
        last = {row: int(np.searchsorted(edges, ends[row])) for row in self.rows}
        components = self.promise.target.components
        named = {name for step in components for name in step}

        def out(chosen: Sequence[int]) -> Instants:
            """How much of the service those outages take, piece by piece."""
            weight = {name: np.zeros(len(edges) - 1, np.int64) for name in (*named, "")}
            for row in chosen:
                part = outages.component[row] if outages.component[row] in named else ""
                piece = slice(first[row], last[row])
                weight[part][piece] = np.maximum(weight[part][piece], outages.impact[row])
            steps = [np.minimum.reduce([weight[name] for name in step]) for step in components]
            taken: Instants = np.maximum.reduce([weight[""], *steps])
            return taken

        worked = self.clock.worked(edges)
        return _Pieces(edges, np.diff(worked), out(self.rows), out(self.excluded) > 0)
