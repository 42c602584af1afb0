"""Two calendars side by side: whether one holds all hours of the other, and what a limit of one is in the other."""

from __future__ import annotations

from datetime import date
from functools import cached_property

import numpy as np

from pipeline.measure.clock import Clock, Instants, build_clock, instant
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import Target
from pipeline.model.measures import allowed
from pipeline.model.quantities import Limit


class Hours:
    """The hours asked for and those offered, compared second by second in the years around `day`.

    Only years whose holidays both calendars state are compared, since nobody knows the others.
    """

    def __init__(self, asked: Calendar, offered: Calendar, day: date) -> None:
        self.asked, self.offered = asked, offered
        years = {day.year - 1, day.year, day.year + 1}
        for one in (asked, offered):
            years = years & one.years if one.holidays else years
        first, last = min(years, default=day.year), max(years, default=day.year)
        self._first = instant(date(first, 1, 1), asked.timezone)
        self._last = instant(date(last + 1, 1, 1), asked.timezone)

    @cached_property
    def _clocks(self) -> tuple[Clock, Clock]:
        """Those of the hours asked for and of those offered."""
        return build_clock(self.asked, self._first, self._last), build_clock(self.offered, self._first, self._last)

    @cached_property
    def covered(self) -> bool:
        """Whether every asked service second is an offered one."""
        if self.asked is self.offered or self.offered.always:
            return True
        asked, offered = self._clocks
        starts, stops = _windows(asked, self._first, self._last)
        starts, stops = np.maximum(starts, self._first), np.minimum(stops, self._last)
        inside = stops > starts
        starts, stops = starts[inside], stops[inside]
        return bool(np.all(offered.worked(stops) - offered.worked(starts) == stops - starts))

    def asked_seconds(self, limit: Limit) -> int:
        """Service seconds of a limit asked for."""
        return limit.seconds(self.asked.day_seconds)

    def offered_seconds(self, limit: Limit) -> int:
        """Service seconds of a limit offered."""
        return limit.seconds(self.offered.day_seconds)

    def keeps(self, limit: Limit, offered: Target) -> bool:
        """Whether whoever keeps the offered limit keeps the one asked for as well.

        So it is if it is no longer, counted in seconds: in hours that hold all the asked ones, the asked clock never
        runs ahead. Without pauses it also is if no run of that many offered seconds holds more asked ones than the
        limit: 24 h around the clock never hold more than one business day. A pause may fall on the hours in which only
        the offered clock runs, so that argument does not hold with pauses.
        """
        if offered.limit is None:
            return False
        asked_for, promised = self.asked_seconds(limit), allowed(offered, self.offered.day_seconds)
        if promised <= asked_for or self.asked is self.offered:
            return promised <= asked_for
        return self.covered and not offered.pause_on and self._most_asked(promised) <= asked_for

    def _most_asked(self, promised: int) -> int:
        """The most asked seconds in any run of `promised` offered seconds; that many where none fits in the years."""
        asked, offered = self._clocks
        if self.asked.always:
            return promised
        windows = (*_windows(asked, self._first, self._last), *_windows(offered, self._first, self._last))
        edges = np.concatenate(windows)
        starts = np.concatenate([edges, _reached(offered, offered.worked(edges) - promised)])
        stops = _reached(offered, offered.worked(starts) + promised)
        known = (starts >= self._first) & (stops <= self._last)
        known &= offered.worked(stops) - offered.worked(starts) == promised
        runs = asked.worked(stops[known]) - asked.worked(starts[known])
        return int(runs.max()) if runs.size else promised


def _windows(clock: Clock, first: int, last: int) -> tuple[Instants, Instants]:
    """The windows of a clock; one without any runs all the time."""
    if clock.starts.size:
        return clock.starts, clock.stops
    return np.array([first], dtype=np.int64), np.array([last], dtype=np.int64)


def _reached(clock: Clock, worked: Instants) -> Instants:
    """The instants at which so many service seconds have been worked; no sense is to be made of more than there are."""
    if not clock.starts.size:
        return worked
    index = np.clip(np.searchsorted(clock.before, worked, side="left") - 1, 0, clock.starts.size - 1)
    return clock.starts[index] + worked - clock.before[index]
