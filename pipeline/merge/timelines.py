"""The course of one limit as rows: every window of service time, or whole days where the sheet has no room for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from pipeline.measure.clock import instant, local_day
from pipeline.measure.explanation import Course, Stretch
from pipeline.measure.judgements import Verdict
from pipeline.merge.explanation import EVENT, PLAIN, QUIET, SUM, Column, Row
from pipeline.merge.words import Words
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import MeasureName
from pipeline.model.records import MISSING, RESOLVED

WINDOWS, DAYS, RUNS, WHOLE = range(4)
"""How much a row holds: a window, a day, days in a row that are alike, or everything."""

ALIKE = 3
"""Days in a row that are folded into one."""

FEW = 6
"""Rows that are not worth folding into one."""


@dataclass(frozen=True, slots=True)
class Moments:
    """When the ticket was opened, answered, resolved and reopened; MISSING where it was not."""

    opened: int
    responded: int
    resolved: int
    reopened: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A row with where it stands in time; seconds are None where nothing is counted."""

    at: int
    order: int
    time: str
    what: str
    counted: int | None = None
    paused: int | None = None
    kind: str = PLAIN


@dataclass(frozen=True, slots=True)
class Timeline:
    """Writes the course of one limit in the words of one language, in the agreement's time zone."""

    course: Course
    moments: Moments
    calendar: Calendar
    words: Words

    @property
    def columns(self) -> tuple[Column, ...]:
        """The headings."""
        label = self.words.label
        return (
            Column(label("explain.time"), 26),
            Column(label("explain.what"), 30),
            Column(label("explain.counted"), 15, right=True),
            Column(label("explain.paused"), 14, right=True),
            Column(label("explain.total"), 15, right=True),
        )

    def rows(self, level: int) -> tuple[Row, ...]:
        """The rows in order of time, and the sums."""
        lines = sorted([*self._events(), *self._counted(level), *self._days_off()], key=lambda one: (one.at, one.order))
        found, total = [], 0
        for line in lines:
            total += line.counted or 0
            shown = [self._elapsed(line.counted), self._elapsed(line.paused)]
            shown += [self.words.elapsed(total) if line.counted else ""]
            found.append(Row((line.time, line.what, *shown), line.kind))
        course = self.course
        sums = (self.words.elapsed(course.run), self.words.elapsed(course.paused), "")
        found.append(Row((self.words.label("explain.sum"), self._equation(), *sums), SUM))
        return tuple(found)

    def _equation(self) -> str:
        return self.words.label("explain.sum.of", windows=self.words.elapsed(self.course.window_seconds))

    def _elapsed(self, seconds: int | None) -> str:
        return self.words.elapsed(seconds) if seconds else ""

    def _local(self, moment: int) -> datetime:
        return datetime.fromtimestamp(moment, ZoneInfo(self.course.promise.span.agreement.timezone))

    def moment(self, moment: int | None) -> str:
        """`2026-10-08 14:30:07`, empty where missing."""
        return "" if moment is None or moment == MISSING else f"{self._local(moment):%Y-%m-%d %H:%M:%S}"

    def _between(self, start: int, stop: int) -> str:
        """`2026-10-08 09:00:00 – 12:00:00`, with the second day where it is another."""
        begin, end = self._local(start), self._local(stop)
        same = begin.date() == end.date()
        return (
            f"{begin:%Y-%m-%d %H:%M:%S} – {end:%H:%M:%S}"
            if same
            else f"{begin:%Y-%m-%d %H:%M:%S} – {end:%m-%d %H:%M:%S}"
        )

    def _clock(self, moment: int) -> str:
        """`09:00`, `09:20:11`."""
        local = self._local(moment)
        return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"

    def _events(self) -> Iterator[_Line]:
        course, moments = self.course, self.moments
        response = course.promise.target.measure is MeasureName.RESPONSE_TIME
        found = [("opened", moments.opened), ("responded", moments.responded)]
        if not response:
            solved = [one for one in course.pauses if one.reason == RESOLVED]
            found += [(name, at) for one in solved for name, at in (("resolved", one.start), ("reopened", one.stop))]
            if moments.reopened not in {one.stop for one in solved}:
                found.append(("reopened", moments.reopened))
            found.append(("restarted" if course.start != moments.opened else "", course.start))
            found.append(("resolved", moments.resolved))
        if course.verdict is Verdict.MISSED and course.deadline is not None:
            found.append(("ran-out", course.deadline))
        if course.running:
            found.append(("known", course.stop))
        for order, (name, at) in enumerate(dict.fromkeys(found)):
            if name and at != MISSING and at <= max(course.stop, course.start):
                place = -1 if at < course.stop or name == "opened" else 1
                yield _Line(
                    at, place * (20 - order), self.moment(at), self.words.label(f"explain.event.{name}"), kind=EVENT
                )

    def _what(self, stretch: Stretch) -> str:
        if stretch.pause is None:
            return self.words.label("explain.running")
        return self.words.label("explain.pausing", reason=self._reason(stretch))

    def _reason(self, stretch: Stretch) -> str:
        return "" if stretch.pause is None else self.words.label(f"pause.{self.course.pauses[stretch.pause].reason}")

    def _counted(self, level: int) -> Iterator[_Line]:
        stretches = self.course.stretches
        if level == WINDOWS:
            for one in stretches:
                counted, paused = (one.seconds, None) if one.pause is None else (None, one.seconds)
                yield _Line(one.start, 0, self._between(one.start, one.stop), self._what(one), counted, paused)
            return
        by_day = groupby(stretches, key=lambda one: self._local(one.start).date())
        days = [(day, list(found)) for day, found in by_day]
        if level == WHOLE and len(days) > FEW:
            first, last = days[0][0], days[-1][0]
            what = self.words.label("explain.days", days=len(days))
            course = self.course
            yield _Line(stretches[0].start, 0, f"{first} – {last}", what, course.run, course.paused)
        else:
            yield from self._folded(days, level)

    def _folded(self, days: Sequence[tuple[date, list[Stretch]]], level: int) -> Iterator[_Line]:
        """A row for each day, or for each run of days that are worked alike and without a pause."""

        def alike(item: tuple[date, list[Stretch]]) -> tuple[object, ...]:
            day, found = item
            if level == DAYS or any(one.pause is not None for one in found):
                return (day,)
            return tuple((f"{self._local(one.start):%H:%M:%S}", one.seconds) for one in found)

        for _, run in groupby(days, key=alike):
            group = list(run)
            for part in [group] if len(group) >= ALIKE else [[item] for item in group]:
                found = [one for _, those in part for one in those]
                counted = sum(one.seconds for one in found if one.pause is None)
                paused = sum(one.seconds for one in found if one.pause is not None)
                first, last = part[0][0], part[-1][0]
                if len(part) > 1:
                    time = f"{first} – {last}"
                    what = self.words.label(
                        "explain.days.each", days=len(part), each=self.words.elapsed(counted // len(part))
                    )
                else:
                    time, what = str(first), self._hours(found)
                yield _Line(found[0].start, 0, time, what, counted, paused)

    def _hours(self, stretches: Sequence[Stretch]) -> str:
        """The hours of one day in which the clock ran, and what it was stopped for."""
        running = [one for one in stretches if one.pause is None]
        shown = [f"{self._clock(one.start)}–{self._clock(one.stop)}" for one in running]
        shown += dict.fromkeys(self._what(one) for one in stretches if one.pause is not None)
        return self.words.listed(tuple(shown))

    def _days_off(self) -> Iterator[_Line]:
        """Public holidays and other days off on which there would have been service otherwise."""
        calendar = self.calendar
        day, last = (local_day(at, calendar.timezone) for at in (self.course.start, self.course.stop))
        runs: list[tuple[list[date], str]] = []
        while day <= last:
            if calendar.windows(day):
                runs.append(([], ""))
            elif day in calendar.days_off and calendar.week[day.weekday()]:
                name = self.words(calendar.days_off[day])
                if not runs or runs[-1][1] != name:
                    runs.append(([], name))
                runs[-1][0].append(day)
            day += timedelta(days=1)
        for days, name in runs:
            if days:
                time = str(days[0]) if len(days) == 1 else f"{days[0]} – {days[-1]}"
                at = max(instant(days[0], calendar.timezone), self.course.start)
                yield _Line(at, 0, time, self.words.label("explain.day_off", reason=name), kind=QUIET)
