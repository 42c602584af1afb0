"""How long a chain of time limits takes at worst, seen by the clock of the one to whom it was promised.

A limit of L service seconds in calendar C turns the moment t at which work is handed over into the moment F(t) by
which it is handed on. Limits one after another are F2(F1(t)); the promise sees W(F2(F1(t))) - W(t), where W counts the
service seconds of its own calendar. As t grows this is linear but for jumps and bends at the edges of the calendars'
windows, pulled back through the limits: the greatest value is found there or, since it only jumps up, right after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from pipeline.measure.clock import Clock, Instants, build_clock, instant
from pipeline.model.calendars import Calendar
from pipeline.model.quantities import DateRange

_DAY = 86400
_WEEK = 7 * _DAY
_SLACK = 120 * _DAY
"""How far clocks reach beyond the last start, at least: past any run of holidays."""


@dataclass(frozen=True, slots=True)
class Leg:
    """So many service seconds in a calendar; not `counted` where the promise's clock stands still meanwhile."""

    calendar: str
    seconds: int
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Worst:
    """The greatest time taken, in the promise's service seconds, and for which start; None where all take the same."""

    seconds: int
    moment: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Profile:
    """Starts in ascending order and the service seconds that the promise's clock shows at the end of each.

    `at_once` is the time taken from the start itself, `elapsed` that from right after it where that is longer.
    """

    starts: Instants
    at_once: Instants
    elapsed: Instants


class Delays:
    """Worst times within a portfolio's calendars; what was worked out once is kept.

    `days` are those on which anything may start, `cuts` the instants that `worst` will be asked for. Starts and ends
    are looked at only in years whose holidays all calendars concerned state, since nobody knows the others, unless
    there are no such days.
    """

    def __init__(self, calendars: Mapping[str, Calendar], days: DateRange, cuts: Iterable[int]) -> None:
        self._calendars = calendars
        self._cuts = np.unique(np.array([moment - back for moment in cuts for back in (0, 1)], dtype=np.int64))
        self._found: dict[tuple[str, tuple[Leg, ...], int, int], Worst] = {}
        self._alike = _alike(calendars.values())
        self._clocks: dict[tuple[str, int], Clock] = {}
        self._profiles: dict[tuple[str, tuple[Leg, ...], bool], _Profile] = {}
        self._first = min(instant(days.start, one.timezone) for one in calendars.values()) - 2 * _DAY
        self._last = max(instant(days.end, one.timezone) for one in calendars.values()) + 2 * _DAY

    def worst(self, promised_in: str, legs: Iterable[Leg], start: int, stop: int) -> Worst:
        """The worst case over all service moments of calendar `promised_in` in the instants [start, stop)."""
        asked = self._alike[promised_in]
        path = _joined(Leg(self._alike[leg.calendar], leg.seconds, leg.counted) for leg in legs)
        if all(leg.calendar == asked and leg.counted for leg in path):
            return Worst(sum(leg.seconds for leg in path))
        if not any(leg.counted for leg in path):
            return Worst(0)
        key = (asked, path, start, stop)
        if key not in self._found:
            several = (self._within(asked, path, start, stop, strict=strict) for strict in (True, False))
            every = Worst(sum(leg.seconds for leg in path if leg.counted))
            self._found[key] = next((found for found in several if found is not None), every)
        return self._found[key]

    def _within(self, asked: str, path: tuple[Leg, ...], start: int, stop: int, *, strict: bool) -> Worst | None:
        key = (asked, path, strict)
        if key not in self._profiles:
            self._profiles[key] = self._profile(asked, path, strict=strict)
        profile = self._profiles[key]
        low, high = np.searchsorted(profile.starts, [start, stop])
        starts, at_once, elapsed = profile.starts[low:high], profile.at_once[low:high], profile.elapsed[low:high]
        if not elapsed.size:
            return None
        most = int(elapsed.max())
        if int(elapsed.min()) == most:
            return Worst(most)
        attained = at_once == most
        for where in (attained & (starts % 60 == 0), attained, elapsed == most):
            if where.any():
                return Worst(most, int(starts[where].min()))
        return Worst(most)

    def _profile(self, asked: str, path: tuple[Leg, ...], *, strict: bool) -> _Profile:
        first, last = self._first, self._last
        if strict:
            known = self._known(asked, path)
            first, last = max(first, known[0]), min(last, known[1])
        own = _edges(self._clock(asked, path))
        points = own
        for leg in reversed(path):
            clock = self._clock(leg.calendar, path)
            edges = _edges(clock)
            points = _distinct(
                np.concatenate([own, edges, *_pulled_back(clock, np.concatenate([points, edges]), leg.seconds)])
            )
        points = _distinct(np.concatenate([points[(points >= first) & (points < last)], self._cuts]))
        return self._evaluated(asked, path, points, strict=strict)

    def _evaluated(self, asked: str, path: tuple[Leg, ...], starts: Instants, *, strict: bool) -> _Profile:
        """The time taken from each start or from right after it, whichever is longer.

        Right after a start the time is carried on from the two seconds behind it, which lie on a line with it where
        windows and limits are of whole minutes.
        """
        at_once, behind, further = (self._taken(asked, path, starts + ahead, strict=strict) for ahead in range(3))
        whole = all(leg.seconds % 60 == 0 for leg in path)
        just_after = np.where((behind >= 0) & (further >= 0) & whole, 2 * behind - further, behind)
        longest = np.maximum(at_once, just_after)
        known = longest >= 0
        return _Profile(starts[known], at_once[known], longest[known])

    def _taken(self, asked: str, path: tuple[Leg, ...], starts: Instants, *, strict: bool) -> Instants:
        """The time taken from each start; less than 0 outside of service time, or where the end is not known."""
        own = self._clock(asked, path)
        known = (own.worked(starts + 1) > own.worked(starts)) | (own.worked(starts) > own.worked(starts - 1))
        moments, elapsed = starts, np.zeros_like(starts)
        for leg in path:
            clock = self._clock(leg.calendar, path)
            goal = clock.worked(moments) + leg.seconds
            reached = _earliest(clock, goal)
            known &= clock.worked(reached) == goal
            if leg.counted:
                elapsed = elapsed + own.worked(reached) - own.worked(moments)
            moments = reached
        if strict:
            first, last = self._known(asked, path)
            known &= (starts >= first) & (moments <= last)
        return np.where(known, elapsed, -1)

    def _known(self, asked: str, path: tuple[Leg, ...]) -> tuple[int, int]:
        """The instants between which the holidays of all calendars are stated."""
        first, last = self._first - _WEEK, self._last + 100 * _SLACK
        for identifier in {asked, *(leg.calendar for leg in path)}:
            calendar = self._calendars[identifier]
            if calendar.holidays and calendar.years:
                first = max(first, instant(date(min(calendar.years), 1, 1), calendar.timezone))
                last = min(last, instant(date(max(calendar.years) + 1, 1, 1), calendar.timezone))
        return first, last

    def _clock(self, identifier: str, path: tuple[Leg, ...]) -> Clock:
        """The clock of a calendar, far enough for every leg of the path to end."""
        needed = 0
        for leg in path:
            weekly = sum(60 * (stop - begin) for day in self._calendars[leg.calendar].week for begin, stop in day)
            needed += (leg.seconds // weekly + 1) * _WEEK
        reach = _SLACK
        while reach < needed * 3 // 2:
            reach *= 2
        key = (identifier, reach)
        if key not in self._clocks:
            self._clocks[key] = build_clock(self._calendars[identifier], self._first, self._last + reach)
        return self._clocks[key]

    def covered(self, asked: str, offered: str, start: int, stop: int) -> tuple[int, int]:
        """Of the service seconds of one calendar in [start, stop), how many there are and how many the other has."""
        path = (Leg(self._alike[offered], 0), Leg(self._alike[asked], 0))
        own, other = self._clock(path[1].calendar, path), self._clock(path[0].calendar, path)
        known = self._known(self._alike[asked], path)
        if known[0] < stop and start < known[1]:
            start, stop = max(start, known[0]), min(stop, known[1])
        begins, ends = (own.starts, own.stops) if own.starts.size else (np.array([start]), np.array([stop]))
        begins, ends = np.clip(begins, start, stop), np.clip(ends, start, stop)
        common = other.worked(ends) - other.worked(begins)
        return int((ends - begins).sum()), int(common.sum())


def horizon(days: Iterable[DateRange]) -> DateRange:
    """The days to look at: calendars repeat, so that two years of the latest agreement tell enough."""
    ranges = list(days)
    first, latest = min(one.start for one in ranges), max(one.start for one in ranges)
    return DateRange(first, min(max(one.end for one in ranges), latest + timedelta(days=731)))


def _alike(calendars: Iterable[Calendar]) -> dict[str, str]:
    """Calendar id -> the first one with the same hours."""
    seen: list[Calendar] = []
    found = {}
    for one in calendars:
        same = next((other for other in seen if _same_hours(one, other)), None)
        if same is None:
            seen.append(one)
        found[one.id] = same.id if same else one.id
    return found


def _same_hours(one: Calendar, other: Calendar) -> bool:
    if one.always or other.always:
        return one.always and other.always
    return (one.timezone, one.week, one.holidays, one.years, one.days_off.keys(), one.working_days) == (
        other.timezone, other.week, other.holidays, other.years, other.days_off.keys(), other.working_days
    )  # fmt: skip


def _joined(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """Neighbours in the same calendar as one leg: it makes no difference, and there is less to work out."""
    path: list[Leg] = []
    for leg in legs:
        if path and (path[-1].calendar, path[-1].counted) == (leg.calendar, leg.counted):
            path[-1] = Leg(leg.calendar, path[-1].seconds + leg.seconds, leg.counted)
        else:
            path.append(leg)
    return tuple(path)


def _distinct(instants: Instants) -> Instants:
    """In ascending order, each once; sorting numbers beats numpy.unique, which hashes them."""
    ordered = np.sort(instants)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if ordered.size else ordered


def _edges(clock: Clock) -> Instants:
    return np.concatenate([clock.starts, clock.stops])


def _earliest(clock: Clock, worked: Instants) -> Instants:
    """The first instants at which so many service seconds have been worked."""
    return _at(clock, worked, "left")


def _at(clock: Clock, worked: Instants, side: str) -> Instants:
    if not clock.starts.size:
        return worked
    index = np.searchsorted(clock.before, worked, side="left" if side == "left" else "right") - 1
    index = np.clip(index, 0, clock.starts.size - 1)
    return clock.starts[index] + worked - clock.before[index]


def _pulled_back(clock: Clock, points: Instants, seconds: int) -> tuple[Instants, Instants]:
    """The first and the last moments from which a leg ends at each point."""
    before: npt.NDArray[np.int64] = clock.worked(points) - seconds
    before = before[before >= 0] if clock.starts.size else before
    return _at(clock, before, "left"), _at(clock, before, "right")
