"""Service time: how long the clock of a calendar has run, for whole columns of instants.

An elapsed service time is `worked(stop) - worked(start) - worked(pauses)`, where `worked(t)` counts the service
seconds up to t. Windows are kept as UTC instants, so that daylight saving time comes out right. Instants are whole
UTC seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from pipeline.model.calendars import Calendar
from pipeline.problems import Problem, error

Instants = npt.NDArray[np.int64]
_FAR = 1 << 62
_DAY = 86400
_MOST_STRETCHES = 1 << 20
_STRIDE = 1 << 40  # further apart than any two instants, so that groups do not touch when shifted by it


@dataclass(frozen=True, eq=False)
class Clock:
    """The service windows of a calendar as UTC instants, with the service seconds worked before each.

    `starts`, `stops` and `before` have one entry per window, ascending. Around-the-clock calendars need no windows:
    their three columns are empty.
    """

    starts: Instants
    stops: Instants
    before: Instants

    def worked(self, instants: Instants) -> Instants:
        """Service seconds from the clock's beginning up to each instant; same shape as the argument."""
        if not self.starts.size:
            return instants
        index = self._begun(instants)
        shift, most = self._steps
        seconds: Instants = np.minimum(instants + shift[index], most[index])
        return seconds

    def _begun(self, instants: Instants) -> Instants:
        """How many windows have begun by each instant: looked up by stretches of time, not searched for."""
        if self._stretches is None:
            found: Instants = np.searchsorted(self.starts, instants, side="right")
            return found
        bits, before, following = self._stretches
        stretch = (np.clip(instants, self.starts[0], self.starts[-1]) - self.starts[0]) >> bits
        begun: Instants = before[stretch] + (instants >= following[stretch])
        return begun

    @cached_property
    def _stretches(self) -> tuple[int, Instants, Instants] | None:
        """Time in stretches of 2**bits seconds, in each of which at most one window begins.

        Of each: how many windows began before it, and when the next one does. None where it would take too many.
        """
        bits = int(np.diff(self.starts).min(initial=_DAY)).bit_length() - 1
        if bits < 0 or (count := int((self.starts[-1] - self.starts[0]) >> bits) + 1) > _MOST_STRETCHES:
            return None
        before = np.searchsorted(self.starts, self.starts[0] + (np.arange(count) << bits))
        return bits, before, self.starts[before]

    @cached_property
    def _steps(self) -> tuple[Instants, Instants]:
        """By how many windows have begun: what makes service seconds of an instant, and the most they come to.

        Before the first window the most is 0, whatever the instant.
        """
        shift = np.concatenate([[_FAR], self.before - self.starts])
        most = np.concatenate([[0], self.before + self.stops - self.starts])
        return shift, most

    def between(self, start: int, stop: int) -> int:
        """Service seconds in [start, stop)."""
        both = self.worked(np.array([start, stop], dtype=np.int64))
        return int(both[1] - both[0])


@lru_cache(maxsize=100_000)
def instant(day: date, timezone: str, minutes: int = 0) -> int:
    """UTC seconds of a local wall clock time, `minutes` after midnight of `day`.

    A time that daylight saving repeats is its first occurrence; one that it skips is the instant of the change.
    """
    zone = ZoneInfo(timezone)
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - zone added below
    seconds = int(wall.replace(tzinfo=zone).timestamp())
    if datetime.fromtimestamp(seconds, zone).replace(tzinfo=None) == wall:
        return seconds
    before = int(wall.replace(tzinfo=zone, fold=1).timestamp())
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    while seconds - before > 1:
        middle = (before + seconds) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            seconds = middle
    return seconds


def local_day(seconds: int, timezone: str) -> date:
    """The local day of an instant."""
    return datetime.fromtimestamp(seconds, ZoneInfo(timezone)).date()


def build_clock(calendar: Calendar, first: int, last: int) -> Clock:
    """A clock that is right from instant `first` to instant `last`."""
    starts: list[int] = []
    stops: list[int] = []
    if not calendar.always:
        day = local_day(first, calendar.timezone) - timedelta(days=1)
        end = local_day(last, calendar.timezone) + timedelta(days=1)
        while day <= end:
            for start, stop in calendar.windows(day):
                starts.append(instant(day, calendar.timezone, start))
                stops.append(instant(day, calendar.timezone, stop))
            day += timedelta(days=1)
        if not starts:  # an empty window, since no window at all would mean around the clock
            starts, stops = [first], [first]
    begin, close = np.array(starts, dtype=np.int64), np.array(stops, dtype=np.int64)
    before = np.concatenate([[0], np.cumsum(close - begin)[:-1]]) if starts else begin
    return Clock(begin, close, before.astype(np.int64))


def build_clocks(calendars: Iterable[Calendar], first: int, last: int) -> tuple[dict[str, Clock], tuple[Problem, ...]]:
    """A clock per calendar; a year whose holidays the calendar does not state is an error."""
    clocks = {}
    problems = []
    for calendar in calendars:
        clocks[calendar.id] = build_clock(calendar, first, last)
        needed = range(local_day(first, calendar.timezone).year, local_day(last - 1, calendar.timezone).year + 1)
        missing = sorted(set(needed) - calendar.years) if calendar.holidays else []
        if missing:
            problems.append(_unknown_year(calendar, missing[0], needed))
    return clocks, tuple(problems)


def _unknown_year(calendar: Calendar, year: int, needed: range) -> Problem:
    """The records reach a year whose holidays the calendar does not ask for, or nobody has published yet."""
    if calendar.asked and year not in calendar.asked:
        low, high = min(*calendar.asked, *needed), max(*calendar.asked, *needed)
        message = f"the records reach into {year}, for which {calendar.id} states no holidays"
        return error(
            calendar.source.at("years"), "year-missing", message, f"write years: {{from: {low}, until: {high}}}"
        )
    message = f"the records reach into {year}, whose public holidays ({calendar.holidays}) are not published yet"
    hint = (
        "once they are announced, update the holiday library; or list that year's days under days_off: and "
        f"working_days:, and add the line listed_years: [{year}]"
    )
    return error(calendar.source.at("holidays"), "holidays-unknown", message, hint)


def worked_once(clock: Clock, group: Instants, start: Instants, stop: Instants, groups: int) -> Instants:
    """Service seconds covered by intervals, per group, counting overlaps once.

    `group`, `start` and `stop` have one entry per interval; groups are numbered from 0 to `groups` - 1, which is the
    length of the result. Empty and negative intervals count nothing.
    """
    useful = stop > start
    if not useful.all():
        group, start, stop = group[useful], start[useful], stop[useful]
    total = np.zeros(groups, dtype=np.int64)
    if (group[1:] > group[:-1]).all():  # one interval a group, as most tickets have it: nothing overlaps
        total[group] = clock.worked(stop) - clock.worked(start)
        return total
    order = np.lexsort((start, group))
    group, start, stop = group[order], start[order], stop[order]
    shift = group * _STRIDE
    reached = np.maximum.accumulate(stop + shift)
    earlier = np.concatenate([[np.iinfo(np.int64).min], reached[:-1]])
    begin = np.maximum(start, np.where(earlier > start + shift, earlier - shift, start))
    np.add.at(total, group, np.where(stop > begin, clock.worked(stop) - clock.worked(begin), 0))
    return total
