"""Running times: what the clock of a calendar counts from a start to a stop, without the pauses that stop it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.measure.clock import Clock, Instants, worked_once
from pipeline.model.records import MISSING, RESOLVED, Tickets


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """k running times of one calendar and one set of pause reasons."""

    clock: Clock
    start: Instants
    stop: Instants
    pause_group: Instants
    pause_start: Instants
    pause_stop: Instants

    def paused(self, until: Instants) -> Instants:
        """Service seconds of pauses up to each instant."""
        begin = np.maximum(self.pause_start, self.start[self.pause_group])
        end = np.minimum(self.pause_stop, until[self.pause_group])
        return worked_once(self.clock, self.pause_group, begin, end, len(self.start))

    def elapsed(self, until: Instants) -> Instants:
        """Service seconds that counted up to each instant."""
        return self.clock.worked(until) - self.clock.worked(self.start) - self.paused(until)

    def deadline(self, limit: Instants) -> Instants:
        """The last instant with elapsed <= limit, by bisection; elapsed never falls as time goes on."""
        low, high = self.start.copy(), self.stop.copy()
        while (high - low > 1).any():
            middle = (low + high) // 2
            kept = self.elapsed(middle) <= limit
            low, high = np.where(kept, middle, low), np.where(kept, high, middle)
        return low

    def rows(self, chosen: npt.NDArray[np.bool_]) -> Running:
        """The same for some of the k rows."""
        number = np.cumsum(chosen) - 1
        kept = chosen[self.pause_group]
        return Running(
            self.clock,
            self.start[chosen],
            self.stop[chosen],
            number[self.pause_group[kept]],
            self.pause_start[kept],
            self.pause_stop[kept],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """n columns in service seconds, and the last instant at which stopping would have kept the limit.

    The deadline is MISSING where the limit was kept.
    """

    elapsed: Instants
    paused: Instants
    deadline: Instants


def pauses_of(tickets: Tickets, who: Instants, reasons: frozenset[str]) -> tuple[Instants, Instants, Instants]:
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
