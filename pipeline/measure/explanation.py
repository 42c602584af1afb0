"""How one ticket's figures came about: every stretch of service time, every pause, and what follows from them.

The stretches are cut day by day from the calendar, not taken from the clock that measured the ticket; they must come
to the same seconds, and `course_of` refuses to tell anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np

from pipeline.measure.clock import Clock, instant, local_day
from pipeline.measure.judgements import Judgements, Terms, Verdict, judge
from pipeline.measure.promises import Period, Promise, month_of, period_of
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import TIMED, MeasureName
from pipeline.model.measures import needs_limit
from pipeline.model.records import MISSING, RESOLVED, SetAside, Tickets
from pipeline.problems import Place

ENDLESS = 2**62
LOOK_AHEAD = 4 * 366
"""Days after its stop that are searched for the moment in which a ticket's limit would have run out."""

STOPPED, RAN_OUT, OPENED, DECIDED, OPEN, UNANSWERED, LEFT_OUT = (
    "stopped", "ran-out", "opened", "decided", "open", "unanswered", "left-out",
)  # fmt: skip
"""Why a ticket counts in its period (or in none yet); documents say it in the words of `explain.why.<code>`."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of service time [start, stop), in which the clock either ran or was stopped by that pause (its number)."""

    start: int
    stop: int
    pause: int | None

    @property
    def seconds(self) -> int:
        """Its length."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause as recorded; `stop` is MISSING while it lasts.

    `agreed` tells whether its reason stops this clock, `service` how much of it lay in service time while the ticket
    ran, and `taken` what was taken off for it: overlaps of several pauses are taken off once, for the one that began
    first.
    """

    start: int
    stop: int
    reason: str
    agreed: bool
    service: int
    taken: int


@dataclass(frozen=True, slots=True)
class Course:
    """A ticket against one promise: the clock runs in the stretches of [start, stop) that no pause covers.

    Where the longest silence counts, `silence` is it: its start, its end, and the service seconds between.
    `running` says that the ticket was not stopped yet at `stop`, the instant up to which records are known. `deadline`
    is the last instant that keeps the limit, None where nobody can tell yet. `period` is the one it counts in.
    """

    promise: Promise
    start: int
    stop: int
    running: bool
    stretches: tuple[Stretch, ...]
    pauses: tuple[Pause, ...]
    verdict: Verdict
    deadline: int | None
    counted_at: int | None
    period: Period | None
    why: str
    silence: tuple[int, int, int] | None = None

    @property
    def window_seconds(self) -> int:
        """Service time from start to stop."""
        return sum(one.seconds for one in self.stretches)

    @property
    def paused(self) -> int:
        """Service time taken off for pauses."""
        return sum(one.taken for one in self.pauses)

    @property
    def elapsed(self) -> int:
        """Service time that counts."""
        return self.silence[2] if self.silence is not None else self.run

    @property
    def run(self) -> int:
        """Service time in which the clock ran."""
        return sum(one.seconds for one in self.stretches if one.pause is None)


NO_SLA, NO_LIMIT, ASIDE = "no-sla", "no-limit", "aside"
"""Why a ticket has no course: nothing covers its service, nothing limits its priority, or it could not be read."""


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket and all that is known of it: its `row` among the tickets, None where it was set aside.

    `rows` are the places of the exports that speak of it, oldest month first. `unmeasured` is why there are no courses.
    """

    ticket: str
    profile: str
    customer: str
    tickets: Tickets
    row: int | None
    courses: tuple[Course, ...]
    rows: tuple[Place, ...]
    set_aside: tuple[SetAside, ...]
    unmeasured: str


def courses(
    tickets: Tickets, row: int, terms: Terms, clocks: Mapping[str, Clock], calendars: Mapping[str, Calendar]
) -> tuple[Course, ...]:
    """One ticket against every limit that applies to it, in the order of the agreements."""
    found = judge(tickets, terms, clocks)
    pairs = [(pair, terms.promises[int(found.promise[pair])]) for pair in np.flatnonzero(found.ticket == row).tolist()]
    return tuple(
        course_of(tickets, found, pair, terms, calendars[promise.terms.calendar])
        for pair, promise in pairs
        if promise.target.measure in TIMED and needs_limit(promise.target)
    )


def course_of(tickets: Tickets, found: Judgements, pair: int, terms: Terms, calendar: Calendar) -> Course:
    """One pair of a ticket and a limit; AssertionError where the stretches do not add up to what was judged."""
    row, index = int(found.ticket[pair]), int(found.promise[pair])
    promise, verdict = terms.promises[index], Verdict(int(found.verdict[pair]))
    start, ended = _ends(tickets, row, promise)
    stop = max(int(terms.now[index]), start) if ended == MISSING else ended
    recorded = _recorded(tickets, row)
    stopping = promise.target.pause_on | {RESOLVED}
    stretches = tuple(_stretches(calendar, recorded, stopping, start, stop))
    pauses = tuple(
        Pause(
            begin,
            end,
            reason,
            reason in stopping,
            sum(b - a for a, b in _service(calendar, max(begin, start), min(_end(end), stop))),
            sum(one.seconds for one in stretches if one.pause == number),
        )
        for number, (begin, end, reason) in enumerate(recorded)
    )
    counted_at = int(found.counted_at[pair])
    silence, since = None, start
    if promise.target.measure is MeasureName.UPDATE_INTERVAL:
        silences = tuple(_silences(tickets, row, calendar, stopping, (start, stop)))
        silence = max(silences, key=lambda one: one[2])
        since = next((one[0] for one in silences if one[2] > promise.allowed), silence[0])
    course = Course(
        promise=promise,
        start=start,
        stop=stop,
        running=ended == MISSING,
        stretches=stretches,
        pauses=pauses,
        verdict=verdict,
        deadline=_deadline(calendar, recorded, stopping, (since, stop), promise.allowed),
        counted_at=None if counted_at == MISSING else counted_at,
        period=_period(promise, counted_at),
        why=_why(verdict, counted_at, int(tickets.opened[row]), promise),
        silence=silence,
    )
    judged = int(found.elapsed[pair]), int(found.paused[pair])
    if (course.elapsed, course.paused) != judged or course.run + course.paused != course.window_seconds:
        msg = f"{tickets.id[row]}: {course.elapsed} s and {course.paused} s paused, but judged by {judged}"
        raise AssertionError(msg)
    if verdict is Verdict.MISSED and course.deadline != int(found.deadline[pair]):
        msg = f"{tickets.id[row]}: the limit ran out at {course.deadline}, but was judged by {found.deadline[pair]}"
        raise AssertionError(msg)
    return course


def _ends(tickets: Tickets, row: int, promise: Promise) -> tuple[int, int]:
    """When the clock began, and when it was stopped for good (MISSING where it was not)."""
    start, stop = _first_and_last(tickets, row, promise)
    prioritized = int(tickets.prioritized[row])
    over = promise.target.on_priority_change == "restart" and prioritized != MISSING
    if over and (stop == MISSING or stop > prioritized):
        start = max(start, prioritized)
    return start, stop


def _first_and_last(tickets: Tickets, row: int, promise: Promise) -> tuple[int, int]:
    """The same before a change of priority is looked at."""
    if promise.target.measure is MeasureName.RESPONSE_TIME:
        return int(tickets.opened[row]), int(tickets.responded[row])
    reopened = int(tickets.reopened[row])
    restart = promise.target.on_reopen == "restart" and reopened != MISSING
    return reopened if restart else int(tickets.opened[row]), int(tickets.resolved[row])


def _silences(
    tickets: Tickets, row: int, calendar: Calendar, stopping: frozenset[str], ends: tuple[int, int]
) -> Iterator[tuple[int, int, int]]:
    """The times between two signs of life, with the service seconds of each in which the clock ran."""
    start, stop = ends
    recorded = _recorded(tickets, row)
    signs = {start, int(tickets.responded[row]), *(begin for begin, _, reason in recorded if reason == RESOLVED)}
    signs |= {int(at) for owner, at in zip(tickets.update_ticket, tickets.update_at, strict=True) if int(owner) == row}
    moments = [*sorted(one for one in signs if one == start or start < one < stop), stop]
    for begin, end in pairwise(moments):
        run = _stretches(calendar, recorded, stopping, begin, end)
        yield begin, end, sum(one.seconds for one in run if one.pause is None)


def _recorded(tickets: Tickets, row: int) -> tuple[tuple[int, int, str], ...]:
    """The pauses of a ticket as (start, stop, reason), in order of time."""
    owner = np.asarray(tickets.pause_ticket, np.int64)
    first, last = int(np.searchsorted(owner, row, side="left")), int(np.searchsorted(owner, row, side="right"))
    rows = range(first, last)
    return tuple(
        sorted((int(tickets.pause_start[at]), int(tickets.pause_stop[at]), tickets.pause_reason[at]) for at in rows)
    )


def _end(stop: int) -> int:
    return ENDLESS if stop == MISSING else stop


def _service(calendar: Calendar, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The service windows of the calendar within [start, stop), each cut to it."""
    if start >= stop:
        return
    day, end = local_day(start, calendar.timezone), local_day(stop, calendar.timezone)
    while day <= end:
        for opens, closes in calendar.windows(day):
            begin = max(instant(day, calendar.timezone, opens), start)
            finish = min(instant(day, calendar.timezone, closes), stop)
            if begin < finish:
                yield begin, finish
        day += timedelta(days=1)


def _stretches(
    calendar: Calendar, recorded: Sequence[tuple[int, int, str]], stopping: frozenset[str], start: int, stop: int
) -> Iterator[Stretch]:
    """The windows within [start, stop), cut wherever a pause begins or ends that stops the clock."""
    agreed = [(number, begin, _end(end)) for number, (begin, end, reason) in enumerate(recorded) if reason in stopping]
    cuts = sorted({cut for _, begin, end in agreed for cut in (begin, end)})
    for begin, finish in _service(calendar, start, stop):
        edges = [begin, *(cut for cut in cuts if begin < cut < finish), finish]
        for first, last in pairwise(edges):
            yield Stretch(first, last, next((number for number, a, b in agreed if a <= first < b), None))


def _deadline(
    calendar: Calendar,
    recorded: Sequence[tuple[int, int, str]],
    stopping: frozenset[str],
    ends: tuple[int, int],
    limit: int,
) -> int | None:
    """The last instant at which stopping keeps the limit; None where a pause lasts or nobody knows the holidays."""
    start, stop = ends
    left, first = limit, local_day(start, calendar.timezone)
    for ahead in range((local_day(stop, calendar.timezone) - first).days + LOOK_AHEAD):
        day = first + timedelta(days=ahead)
        if calendar.holidays and day.year not in calendar.years:
            return None
        begin = max(start, instant(day, calendar.timezone))
        end = instant(day + timedelta(days=1), calendar.timezone)
        for stretch in _stretches(calendar, recorded, stopping, begin, end):
            if stretch.pause is None and stretch.seconds > left:
                return stretch.start + left
            left -= stretch.seconds if stretch.pause is None else 0
    return None


def _period(promise: Promise, counted_at: int) -> Period | None:
    if counted_at == MISSING:
        return None
    agreement = promise.span.agreement
    return period_of(agreement, month_of(agreement, counted_at))


def _why(verdict: Verdict, counted_at: int, opened: int, promise: Promise) -> str:
    if verdict is Verdict.EXCLUDED:
        return LEFT_OUT
    if verdict is Verdict.PENDING:
        return OPEN
    if promise.span.agreement.counted_by == "opened":
        return OPENED if counted_at == opened else DECIDED
    if verdict is Verdict.UNMEASURED:
        return UNANSWERED
    return STOPPED if verdict is Verdict.MET else RAN_OUT
