"""Explanations as records: what `slm explain --json` prints."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from pipeline.measure.explanation import Course, Story
from pipeline.measure.figures import Figure
from pipeline.merge import amounts
from pipeline.merge.explaining import STATUS, aside_reason, moments_of, timezone_of
from pipeline.merge.explanation import (
    AsideRecord,
    CourseRecord,
    FigureRecord,
    InterruptionRecord,
    OutageShareRecord,
    PauseRecord,
    PlaceRecord,
    RoundRecord,
    StretchRecord,
    TicketRecord,
    TicketShareRecord,
    TierRecord,
)
from pipeline.merge.tables import iso
from pipeline.merge.words import Words, exact
from pipeline.model.catalog import Unit
from pipeline.model.measures import unit_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.records import MISSING, SCORE_STEP, Outages, SetAside, Tickets


def ticket_record(story: Story, portfolio: Portfolio, words: Words) -> TicketRecord:
    """A ticket with every window and pause."""
    tickets, row, moments = story.tickets, story.row, moments_of(story)
    zone = ZoneInfo(timezone_of(story, portfolio))
    return TicketRecord(
        ticket=story.ticket,
        profile=story.profile,
        customer=story.customer,
        service="" if row is None else tickets.service[row],
        priority="" if row is None else tickets.priority[row],
        summary="" if row is None else tickets.summary[row],
        opened=iso(moments.opened, zone),
        responded=iso(moments.responded, zone),
        resolved=iso(moments.resolved, zone),
        reopened=iso(moments.reopened, zone),
        rows=tuple(PlaceRecord(one.file, one.line, one.column) for one in story.rows),
        set_aside=tuple(_aside(one, words) for one in story.set_aside),
        unmeasured=story.unmeasured,
        results=tuple(_course(one) for one in story.courses),
    )


def _aside(aside: SetAside, words: Words) -> AsideRecord:
    return AsideRecord(aside.place.file, aside.place.line, aside.place.column, aside_reason(aside, words))


def _course(course: Course) -> CourseRecord:
    promise, period = course.promise, course.period
    agreement = promise.span.agreement
    zone = ZoneInfo(agreement.timezone)

    def written(moment: int | None) -> str:
        return "" if moment is None else iso(moment, zone)

    return CourseRecord(
        agreement=agreement.id,
        version=str(agreement.version),
        in_force_from=written(promise.span.start),
        in_force_until=written(promise.span.stop),
        service=promise.terms.service,
        target=promise.target.id,
        measure=str(promise.target.measure),
        priority=promise.target.priority,
        calendar=promise.terms.calendar,
        timezone=agreement.timezone,
        limit=str(promise.target.limit or ""),
        limit_s=promise.limit,
        start=written(course.start),
        stop=written(course.stop),
        running=course.running,
        windows_s=course.window_seconds,
        paused_s=course.paused,
        elapsed_s=course.elapsed,
        verdict=STATUS[course.verdict],
        deadline=written(course.deadline),
        counted_at=written(course.counted_at),
        counts_in=str(period.month) if period else "",
        why=course.why,
        windows=tuple(
            StretchRecord(
                written(one.start),
                written(one.stop),
                one.seconds,
                "" if one.pause is None else course.pauses[one.pause].reason,
            )
            for one in course.stretches
        ),
        pauses=tuple(
            PauseRecord(written(one.start), written(one.stop), one.reason, one.agreed, one.service, one.taken)
            for one in course.pauses
        ),
    )


def figure_record(found: Figure, tickets: Tickets, outages: Outages, words: Words) -> FigureRecord:
    """A figure with every ticket and outage behind it."""
    result, promise, agreement = found.result, found.result.promise, found.month.span.agreement
    zone, target, year = ZoneInfo(agreement.timezone), promise.target, found.settlement.year
    return FigureRecord(
        agreement=agreement.id,
        version=str(promise.span.agreement.version),
        month=str(result.period.month),
        start=iso(result.period.start, zone),
        end=iso(result.period.stop, zone),
        timezone=agreement.timezone,
        service=promise.terms.service,
        target=target.id,
        measure=str(target.measure),
        aggregate=str(target.aggregate),
        unit=unit_of(target).value,
        priority=target.priority,
        formula=amounts.formula(target, words),
        calendar=promise.terms.calendar,
        limit=str(target.limit or ""),
        goal=amounts.goal_number(promise),
        kept=exact(Fraction(result.tally.kept, SCORE_STEP if unit_of(target) is Unit.SCORE else 1)),
        total=result.tally.total,
        value=amounts.number(result.value, promise),
        shown=amounts.shown(result.value, promise, words),
        status=result.status,
        met=result.tally.met,
        missed=result.tally.missed,
        unmeasured=result.tally.unmeasured,
        set_aside=result.set_aside,
        pending=found.pending,
        service_s=sum(one.service for one in found.served),
        excluded_s=sum(one.excluded for one in found.served),
        down_s=exact(sum((one.down for one in found.served), Fraction(0))),
        tiers=tuple(TierRecord(tier.below, tier.above, tier.credit, applies) for tier, applies in found.tiers),
        credit=result.credit,
        all_credits=found.settlement.uncapped,
        credit_cap=agreement.credit_cap,
        year_cap=year.limit if year else None,
        year_used=year.used if year else Decimal(0),
        credited=found.settlement.total,
        tickets=tuple(
            TicketShareRecord(
                ticket=tickets.id[one.row],
                file=tickets.place[one.row].file,
                line=tickets.place[one.row].line,
                version=str(one.promise.span.agreement.version),
                opened=iso(int(tickets.opened[one.row]), zone),
                elapsed_s=one.elapsed,
                paused_s=one.paused,
                limit_s=one.promise.limit,
                verdict=STATUS[one.verdict],
                deadline=iso(MISSING if one.deadline is None else one.deadline, zone),
                counted_at=iso(MISSING if one.counted_at is None else one.counted_at, zone),
            )
            for one in found.tickets
        ),
        outages=tuple(
            OutageShareRecord(
                outage=outages.id[one.row],
                file=outages.place[one.row].file,
                line=outages.place[one.row].line,
                version=str(one.promise.span.agreement.version),
                category=outages.category[one.row],
                start=iso(one.start, zone),
                stop=iso(one.stop, zone),
                excluded=one.excluded,
                service_s=one.service,
                counted_s=exact(one.counted),
            )
            for one in found.outages
        ),
        rounds=tuple(
            RoundRecord(
                one.survey.id,
                one.held.closes.isoformat(),
                one.held.invited,
                one.n,
                exact(one.total),
                one.held.file or one.survey.source.file,
            )
            for one in found.rounds
        ),
        interruptions=tuple(
            InterruptionRecord(iso(one.start, zone), iso(one.stop, zone), one.seconds) for one in found.interruptions
        ),
        rows_set_aside=tuple(_aside(one, words) for one in found.set_aside),
    )
