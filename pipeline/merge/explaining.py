"""A ticket's courses in words: a sheet that a customer can follow, and the same for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from pipeline.measure.clock import local_day
from pipeline.measure.explanation import OPEN, Course, Pause, Story
from pipeline.measure.judgements import Verdict
from pipeline.measure.promises import Period
from pipeline.merge import amounts
from pipeline.merge.blocks import party
from pipeline.merge.drafting import target_name
from pipeline.merge.explanation import (
    EVENT,
    QUIET,
    Column,
    Row,
    Section,
    Sheet,
)
from pipeline.merge.timelines import FEW, WHOLE, WINDOWS, Moments, Timeline
from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import ORGANIZATION, Agreement
from pipeline.model.portfolio import Portfolio
from pipeline.model.records import MISSING, SetAside

LINES = 6
"""Lines of an export that are named one by one."""

STATUS = {
    Verdict.MET: "met",
    Verdict.MISSED: "missed",
    Verdict.PENDING: "pending",
    Verdict.UNMEASURED: "unmeasured",
    Verdict.EXCLUDED: "excluded",
}


def verdict_label(verdict: Verdict, words: Words) -> str:
    """A verdict in a word that fits a column."""
    return words.label("explain.left_out" if verdict is Verdict.EXCLUDED else f"status.{STATUS[verdict]}")


def ticket_sheets(story: Story, portfolio: Portfolio, words: Words) -> tuple[Sheet, ...]:
    """The sheet of one ticket: with every window, then with ever more of them in one row."""
    writer = _Writer(story, portfolio, words)
    return tuple(dict.fromkeys(writer.sheet(level) for level in range(WINDOWS, WHOLE + 1)))


def period_label(agreement: Agreement, period: Period, words: Words) -> str:
    """`2026年10月`; the first and last day where contract months do not start on the 1st."""
    if agreement.period_start_day == 1:
        return words.month(period.month)
    days = period.month.contract_days(agreement.period_start_day)
    return f"{words.date(days.start)} – {words.date(days.end)}"


def aside_reason(aside: SetAside, words: Words) -> str:
    """Why a row was set aside."""
    return words.label(f"aside.{aside.code}", **dict(zip("abc", aside.values, strict=False)))


class _Writer:
    """The parts of a ticket's sheet."""

    def __init__(self, story: Story, portfolio: Portfolio, words: Words) -> None:
        self.story, self.portfolio, self.words = story, portfolio, words
        self.timelines = tuple(
            Timeline(course, moments_of(story), portfolio.calendars[course.promise.terms.calendar], words)
            for course in story.courses
        )

    def sheet(self, level: int) -> Sheet:
        """The sheet at one level of detail."""
        words, story = self.words, self.story
        headline, status = self._headline()
        return Sheet(
            language=words.language,
            title=f"{words.label('explain.ticket.title')} {story.ticket}",
            document=words.label("explain.ticket.title"),
            number=story.ticket,
            provider=party(self.portfolio, ORGANIZATION, words),
            customer=self._customer(),
            headline=headline,
            verdict=status,
            facts=tuple(self._facts()),
            sections=(*self._results(), *self._courses(level), self._data()),
        )

    def _customer(self) -> str:
        known = self.portfolio.customers.get(self.story.customer)
        return self.words(known.name) if known else self.story.customer

    def _headline(self) -> tuple[str, str]:
        words, story = self.words, self.story
        missed = [one for one in story.courses if one.verdict is Verdict.MISSED]
        if missed:
            late = [
                words.label(
                    "explain.headline.late",
                    target=self._target(one),
                    over=words.elapsed(one.elapsed - one.promise.limit),
                )
                for one in missed
            ]
            return words.label("list.separator").join(late), "missed"
        if not story.courses:
            return words.label(f"explain.headline.{story.unmeasured}"), "no-data"
        for verdict in (Verdict.UNMEASURED, Verdict.PENDING, Verdict.EXCLUDED):
            if any(one.verdict is verdict for one in story.courses):
                return words.label(f"explain.headline.{STATUS[verdict]}"), STATUS[verdict]
        return words.label("explain.headline.met", count=len(story.courses)), "met"

    def _target(self, course: Course) -> str:
        return target_name(course.promise.target, self.words)

    def _facts(self) -> Iterator[tuple[str, str]]:
        story, label = self.story, self.words.label
        yield label("explain.customer"), self._customer()
        if story.row is None:
            return
        tickets, row = story.tickets, story.row
        yield label("explain.service"), self.words(self.portfolio.services[tickets.service[row]].name)
        yield label("explain.priority"), tickets.priority[row]
        yield label("explain.summary"), tickets.summary[row] or EMPTY
        zone = timezone_of(story, self.portfolio)
        for name in ("opened", "responded", "resolved", "reopened"):
            moment = getattr(moments_of(story), name)
            if moment != MISSING:
                yield label(f"explain.{name}"), f"{datetime.fromtimestamp(moment, ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"
        yield label("explain.timezone"), zone

    def _results(self) -> Iterator[Section]:
        words, story = self.words, self.story
        label = words.label
        if not story.courses:
            if story.row is not None:
                note = label(f"explain.unmeasured.{story.unmeasured}", priority=story.tickets.priority[story.row])
                yield Section(label("explain.section.results"), (note,))
            return
        columns = (
            Column(label("explain.target"), 17),
            Column(label("explain.limit"), 12),
            Column(label("explain.windows"), 15, right=True),
            Column(label("explain.minus_pauses"), 14, right=True),
            Column(label("explain.elapsed"), 15, right=True),
            Column(label("explain.deadline"), 16),
            Column(label("explain.verdict"), 11),
        )
        rows = tuple(self._result(timeline) for timeline in self.timelines)
        rules = [label("explain.rule")]
        rules += [self._silence(one, silence) for one in self.timelines if (silence := one.course.silence) is not None]
        rules += [
            f"{self._target(one)}: {rule}" for one in story.courses for rule in amounts.rules(one.promise.target, words)
        ]
        notes = (*self._versions(), *map(self._why, self.timelines), *rules)
        yield Section(label("explain.section.results"), notes, columns, rows)

    def _result(self, timeline: Timeline) -> Row:
        course, words = timeline.course, self.words
        limit = course.promise.target.limit
        counted = course.verdict is not Verdict.UNMEASURED
        seconds = (course.window_seconds, course.paused, course.elapsed)
        status = STATUS[course.verdict]
        cells = (
            self._target(course),
            words.limit(limit) if limit else "",
            *(words.elapsed(one) if counted else EMPTY for one in seconds),
            timeline.moment(course.deadline) or EMPTY,
            verdict_label(course.verdict, words),
        )
        return Row(cells, status=status)

    def _silence(self, timeline: Timeline, silence: tuple[int, int, int]) -> str:
        """Which silence was the longest: it is what counts, not all the time that the ticket was open."""
        first, last, seconds = silence
        return self.words.label(
            "explain.silence",
            target=self._target(timeline.course),
            first=timeline.moment(first),
            last=timeline.moment(last),
            elapsed=self.words.elapsed(seconds),
        )

    def _versions(self) -> Iterator[str]:
        """Which version applies to which targets, and why."""
        words = self.words

        def version(timeline: Timeline) -> tuple[str, str, str]:
            agreement = timeline.course.promise.span.agreement
            return agreement.id, str(agreement.version), timeline.calendar.id

        for _, group in groupby(self.timelines, key=version):
            found = list(group)
            span = found[0].course.promise.span
            first, last = (local_day(at, span.agreement.timezone) for at in (span.start, span.stop - 1))
            yield words.label(
                "explain.applied",
                target=words.listed(tuple(self._target(one.course) for one in found)),
                agreement=span.agreement.id,
                version=span.agreement.version,
                first=words.date(first),
                last=words.date(last),
                calendar=words(found[0].calendar.name),
            )

    def _why(self, timeline: Timeline) -> str:
        """In which period the ticket counts for the target, and why."""
        course, words = timeline.course, self.words
        if course.period is None:
            return words.label(f"explain.why.{OPEN}", target=self._target(course), at=timeline.moment(course.stop))
        return words.label(
            f"explain.why.{course.why}",
            target=self._target(course),
            period=period_label(course.promise.span.agreement, course.period, words),
            at=timeline.moment(course.counted_at),
        )

    def _courses(self, level: int) -> Iterator[Section]:
        for timeline in self.timelines:
            target = self._target(timeline.course)
            title = self.words.label("explain.section.course", target=target)
            yield Section(title, (), timeline.columns, timeline.rows(level))
            many = level == WHOLE and len(_touching(timeline.course)) > FEW
            pauses = tuple(self._reasons(timeline) if many else self._pauses(timeline))
            if pauses:
                title = self.words.label("explain.section.pauses", target=target)
                yield Section(title, (), self._pause_columns(), pauses)

    def _pause_columns(self) -> tuple[Column, ...]:
        label = self.words.label
        return (
            Column(label("explain.pause"), 34),
            Column(label("explain.reason"), 15),
            Column(label("explain.in_service"), 15, right=True),
            Column(label("explain.taken"), 15, right=True),
            Column(label("explain.remark"), 21),
        )

    def _pauses(self, timeline: Timeline) -> Iterator[Row]:
        """Pauses while the ticket ran, those that stop nothing included."""
        words = self.words
        for one in _touching(timeline.course):
            between = f"{timeline.moment(one.start)} – {timeline.moment(one.stop)}"
            seconds = words.elapsed(one.service), words.elapsed(one.taken)
            cells = (between, words.label(f"pause.{one.reason}"), *seconds, self._remark(one))
            yield Row(cells, "" if one.taken else QUIET)

    def _reasons(self, timeline: Timeline) -> Iterator[Row]:
        """The pauses of each reason together."""
        words = self.words
        reasons: dict[str, list[Pause]] = {}
        for one in _touching(timeline.course):
            reasons.setdefault(one.reason, []).append(one)
        for reason, found in reasons.items():
            seconds = (sum(one.service for one in found), sum(one.taken for one in found))
            between = words.label("explain.pauses", count=len(found))
            cells = (between, words.label(f"pause.{reason}"), *map(words.elapsed, seconds))
            yield Row((*cells, "" if found[0].agreed else self._remark(found[0])), "" if seconds[1] else QUIET)

    def _remark(self, pause: Pause) -> str:
        """Why not all of a pause, or none of it, is taken off."""
        if not pause.agreed:
            return self.words.label("explain.remark.not_agreed")
        if not pause.service:
            return self.words.label("explain.remark.outside")
        if pause.taken < pause.service:
            return self.words.label("explain.remark.overlap")
        return self.words.label("explain.remark.lasts") if pause.stop == MISSING else ""

    def _data(self) -> Section:
        """The rows of the exports, those of one file and one fate together."""
        words, story = self.words, self.story
        used = None if story.row is None else story.tickets.place[story.row]
        aside = {(one.place.file, one.place.line): aside_reason(one, words) for one in story.set_aside}
        history = self.portfolio.profiles[story.profile].shape == "event-log"
        told = []
        for place in story.rows:
            if used is not None and (place.file, place.line) == (used.file, used.line):
                fate = words.label("explain.row.used")
            else:
                fate = words.label("explain.row.history" if history else "explain.row.superseded")
            told.append((place.file, aside.get((place.file, place.line), fate), place.line))
        rows = []
        for (file, fate), group in groupby(told, key=lambda one: one[:2]):
            lines = [str(line) for _, _, line in group]
            shown = lines if len(lines) <= LINES else [*lines[:LINES], "…", lines[-1]]
            rows.append(Row((f"{file}:{','.join(shown)}", fate), EVENT if fate in aside.values() else ""))
        columns = (Column(words.label("explain.row"), 60), Column(words.label("explain.row.fate"), 40))
        return Section(words.label("explain.section.data"), (), columns, tuple(rows))


def _touching(course: Course) -> tuple[Pause, ...]:
    """The pauses that lie, at least in part, between the start and the stop of the clock."""
    return tuple(
        one for one in course.pauses if one.start < course.stop and (one.stop == MISSING or one.stop > course.start)
    )


def moments_of(story: Story) -> Moments:
    """The moments of a ticket that was not set aside."""
    if story.row is None:
        return Moments(MISSING, MISSING, MISSING, MISSING)
    tickets, row = story.tickets, story.row
    return Moments(
        *(int(column[row]) for column in (tickets.opened, tickets.responded, tickets.resolved, tickets.reopened))
    )


def timezone_of(story: Story, portfolio: Portfolio) -> str:
    """The time zone of the agreement, else that of the tool."""
    if story.courses:
        return story.courses[0].promise.span.agreement.timezone
    return portfolio.profiles[story.profile].timezone
