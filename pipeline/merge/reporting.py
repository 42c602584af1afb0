"""Results to service reports: every figure, row and sentence that a report shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from pipeline.measure import promises
from pipeline.measure.attainment import MET, MISSED, NO_DATA, Result, rounds_of
from pipeline.measure.cases import TicketCase, ticket_cases
from pipeline.measure.measurement import HALF_YEAR, QUARTER, Measurement, SlaMonth
from pipeline.measure.measures import Measured
from pipeline.measure.promises import Promise
from pipeline.measure.settlement import settle
from pipeline.merge import amounts
from pipeline.merge.blocks import party, records_keeper, reference
from pipeline.merge.crediting import clause, credits_due
from pipeline.merge.drafting import target_name
from pipeline.merge.incidents import breaches, incomplete, majors, workload
from pipeline.merge.interruptions import exclusions, outages
from pipeline.merge.patterns import days, loads, spreads
from pipeline.merge.remarks import follow_ups, last_review, message, missed_targets, plan
from pipeline.merge.report import (
    DistributionBar,
    Period,
    ReportContext,
    ResultRow,
    Rows,
    SetAsideRow,
    SourceRow,
    Summary,
    TierRow,
    TrendPoint,
)
from pipeline.merge.satisfied import satisfaction
from pipeline.merge.scope import Scope
from pipeline.merge.surveying import answered
from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import Agreement, CreditTier
from pipeline.model.catalog import TIMED, Aggregate, MeasureName
from pipeline.model.measures import better_of, needs_limit, unit_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import TimeUnit
from pipeline.model.records import ALL_CUSTOMERS, RowKey, SetAside

MAINTENANCE, EXCLUDED = "agreed-maintenance", "excluded"
_COUNTED = frozenset({MeasureName.AVAILABILITY, MeasureName.BACKLOG, MeasureName.WORKLOAD})

_LETTERS = {QUARTER: "Q", HALF_YEAR: "H"}

TREND = 12
"""Months of history that a report shows."""


def report_context(portfolio: Portfolio, measurement: Measurement, month: SlaMonth, words: Words) -> ReportContext:
    """The report of one SLA on one period, with at most `TREND` months of history."""
    agreement, period, measured = month.span.agreement, month.period, measurement.measured
    history = [one for one in measurement.months[agreement.id] if one.period.month <= period.month][-TREND:]
    tickets = ticket_cases(measured, month)
    scope = Scope(portfolio, measured, month, words)
    review = last_review(scope)
    parts = [one for one in measurement.months[agreement.id] if period.has(one.period.month)]
    settlements = [(one, settle(measurement, one)) for one in parts]
    customer, shown = party(portfolio, agreement.customer, words), _period(period, agreement, words)
    return ReportContext(
        language=agreement.language,
        title=words.label("report.title", period=shown.label, customer=customer.short_name),
        number=f"{agreement.number}-{period_name(period)}",
        period=shown,
        agreement=reference(agreement, words),
        versions=_versions(month, tickets),
        provider=party(portfolio, agreement.provider, words),
        customer=customer,
        purpose=words.label("report.purpose", agreement=words(agreement.title), period=shown.label),
        audience=words.many(agreement.reporting.recipients),
        prepared_by=scope.holder("slm-administrator"),
        approved_by=scope.holder("slm-manager"),
        summary=_summary(month.results, words),
        results=tuple(result_row(scope, result, history) for result in month.results),
        breaches=tuple(breaches(scope, tickets)),
        major=tuple(majors(scope, tickets)),
        outages=tuple(outages(scope)),
        workload=tuple(workload(scope, parts)),
        distribution=tuple(_distribution(month.results, words)),
        trend_months=tuple(str(one.period.month) for one in history),
        credits=credits_due(scope, settlements),
        counting_rule=amounts.counting_rule(agreement, words),
        rows=_rows(measured, month),
        set_aside=tuple(
            SetAsideRow(
                one.place.file,
                one.place.line,
                one.place.column,
                one.record,
                words.label(f"aside.{one.code}", **dict(zip("abc", one.values, strict=False))),
            )
            for one in _aside(measured, month)
        ),
        incomplete=tuple(incomplete(scope, tickets)),
        sources=tuple(
            SourceRow(one.file, share)
            for one in measured.records.files
            if period.has(one.month) and (share := one.share(agreement.customer))
        ),
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
        exclusions=tuple(exclusions(scope, tickets)),
        days=tuple(days(scope)),
        spread=tuple(spreads(scope)),
        loads=tuple(loads(scope, history)),
        message=message(scope),
        misses=tuple(missed_targets(scope)),
        plan=plan(scope),
        review=words.date(review.day) if review else "",
        follow_ups=tuple(follow_ups(scope)),
        satisfaction=tuple(satisfaction(portfolio, agreement.id, scope.last_day, words)),
        termination_triggers=tuple(clause(scope, one) for one in settlements[-1][1].triggers),
    )


def period_name(period: promises.Period) -> str:
    """`2026-10`, `2026-Q3`, `2026-H1`, `2026`: how a report on the period is numbered and its files are named."""
    if period.months == 1:
        return str(period.month)
    letter = _LETTERS.get(period.months)
    return f"{period.month.year}-{letter}{period.month.month // period.months}" if letter else str(period.month.year)


def _period(period: promises.Period, agreement: Agreement, words: Words) -> Period:
    zone = ZoneInfo(agreement.timezone)
    start, end = (datetime.fromtimestamp(edge, zone) for edge in (period.start, period.stop))
    last = (end - timedelta(seconds=1)).date()
    whole = agreement.period_start_day == 1
    label = words.period(period.month, period.months) if whole else f"{words.date(start.date())} – {words.date(last)}"
    interval = words.label(
        "report.interval",
        start=words.date(start.date()),
        end=words.date(end.date()),
        timezone=words.timezone(agreement.timezone),
    )
    return Period(
        start=start.isoformat(),
        end=end.isoformat(),
        timezone=agreement.timezone,
        label=label,
        first_day=words.date(start.date()),
        last_day=words.date(last),
        interval=interval,
        months=period.months,
    )


def _versions(month: SlaMonth, tickets: Sequence[TicketCase]) -> tuple[str, ...]:
    """The versions that any figure was measured by."""
    used = {month.span.agreement.version}
    used |= {stand.promise.span.agreement.version for case in tickets for stand in case.stands if stand.counted}
    return tuple(str(version) for version in sorted(used))


def _summary(results: Sequence[Result], words: Words) -> Summary:
    counts = {status: sum(one.status == status for one in results) for status in (MET, MISSED, NO_DATA)}
    if counts[MISSED]:
        kind = "missed"
    elif not counts[MET]:
        kind = "no_data"
    else:
        kind = "met" if counts[NO_DATA] else "all_met"
    headline = words.label(f"report.headline.{kind}", met=counts[MET], missed=counts[MISSED], targets=len(results))
    return Summary(len(results), counts[MET], counts[MISSED], counts[NO_DATA], headline)


def _distribution(results: Sequence[Result], words: Words) -> Iterator[DistributionBar]:
    """Tickets within and over the limit, over all services, per measure and priority."""
    bars: dict[tuple[MeasureName, str], list[Result]] = {}
    for one in results:
        if one.promise.target.measure in TIMED and one.promise.limit:
            bars.setdefault((one.promise.target.measure, one.promise.target.priority), []).append(one)
    order = list(MeasureName)
    for _, found in sorted(bars.items(), key=lambda bar: (order.index(bar[0][0]), bar[0][1])):
        met, missed = sum(one.tally.met for one in found), sum(one.tally.missed for one in found)
        if met + missed:
            yield DistributionBar(target_name(found[0].promise.target, words), met, missed)


def _keys(month: SlaMonth) -> list[RowKey]:
    """The keys of export rows about this SLA, as far as they tell."""
    services = [terms.service for terms in month.span.agreement.services]
    customers = (month.span.agreement.customer, ALL_CUSTOMERS)
    months = [month.period.first.plus(at) for at in range(month.period.months)]
    return [(one, customer, service) for one in months for customer in customers for service in (*services, "")]


def _aside(measured: Measured, month: SlaMonth) -> list[SetAside]:
    keys = set(_keys(month))
    return [
        one
        for customer in (month.span.agreement.customer, ALL_CUSTOMERS)
        for one in measured.set_aside.get(customer, ())
        if (one.month, one.customer, one.service) in keys
    ]


def _rows(measured: Measured, month: SlaMonth) -> Rows:
    """Rows of the month's exports about this SLA; read is counted while reading, the others by what became of them."""
    keys = _keys(month)
    read = sum(measured.records.rows.get(key, 0) for key in keys)
    kept, replaced = (sum(of.get(key, 0) for key in keys) for of in (measured.kept, measured.records.replaced))
    return Rows(read, kept, len(_aside(measured, month)), replaced)


def result_row(scope: Scope, result: Result, history: Sequence[SlaMonth]) -> ResultRow:
    """A target with its figure and trend."""
    words, promise, target = scope.words, result.promise, result.promise.target
    trend = tuple(_point(one, promise, words) for one in history)
    return ResultRow(
        target=target.id,
        service=promise.terms.service,
        service_name=scope.service(promise.terms.service),
        measure=str(target.measure),
        measure_label=amounts.measure_name(target, words),
        priority=target.priority,
        unit=str(unit_of(target)),
        limit=words.limit(target.limit) if target.limit else "",
        goal=amounts.goal_number(promise),
        value=amounts.number(result.value, promise),
        count=result.count,
        met=result.tally.met if by_verdict(promise) else 0,
        missed=result.tally.missed,
        set_aside=result.set_aside,
        status=result.status,
        credit=result.credit,
        version=str(promise.span.agreement.version),
        goal_shown=amounts.bound(target, words),
        value_shown=amounts.shown(result.value, promise, words),
        status_label=words.label(f"status.{result.status}"),
        credit_shown=words.percent(result.credit) if result.credit else "",
        formula=amounts.formula(target, words),
        calendar=words(scope.portfolio.calendars[promise.terms.calendar].name),
        note=_note(scope, result),
        trend=trend,
        better=str(better_of(target)),
        aggregate=str(target.aggregate),
        goal_written=amounts.goal_words(target, words),
        excluded=result.tally.excluded,
        standard=amounts.standard(target, words),
        rules=amounts.rules(replace(target, minimum_sample=0) if result.small else target, words),
        percentile=target.percentile,
        minimum_sample=target.minimum_sample,
        allowed_s=promise.allowed if needs_limit(target) else 0,
        tiers=tuple(_tier(one, promise) for one in promise.terms.credits if one.target == target.id),
    )


def _tier(tier: CreditTier, promise: Promise) -> TierRow:
    """A credit tier in the target's unit."""
    value = tier.below if tier.time is None else Decimal(tier.time.seconds(promise.day))
    return TierRow(value, tier.above, tier.credit)


def _note(scope: Scope, result: Result) -> str:
    """What a reader of the figure should know besides."""
    words, notes = scope.words, []
    if result.tally.missed and result.promise.limit:
        notes.append(words.label("note.tickets", missed=result.tally.missed, count=result.count))
    target = result.promise.target
    if result.period.months > 1 and target.aggregate is Aggregate.COUNT and target.measure is not MeasureName.BACKLOG:
        notes.append(words.label("note.monthly"))
    if target.time_goal is not None and target.time_goal.unit is TimeUnit.DAY:
        goal, time = words.limit(target.time_goal), words.elapsed(int(result.promise.goal))
        notes.append(words.label("note.day_goal", goal=goal, time=time))
    if result.small:
        least = result.promise.target.minimum_sample
        sample = "note.small_sample.survey" if target.survey else "note.small_sample"
        notes.append(words.label(sample, count=result.count, least=least))
    if target.survey:
        notes += [answered(held, words) for _, held in rounds_of(scope.measured, result)]
    if result.tally.excluded:
        notes.append(words.label("note.excluded", count=result.tally.excluded))
    if result.promise.span != scope.month.span:
        notes.append(words.label("note.version", version=result.promise.span.agreement.version))
    if result.set_aside:
        notes.append(words.label("note.set_aside", count=result.set_aside))
    return words.joined(tuple(notes))


def _point(month: SlaMonth, promise: Promise, words: Words) -> TrendPoint:
    result = month.find(promise)
    name = str(month.period.month)
    if result is None:
        return TrendPoint(name, None, EMPTY, NO_DATA)
    found = result.promise
    return TrendPoint(
        name, amounts.number(result.value, found), amounts.brief(result.value, found, words), result.status
    )


def by_verdict(promise: Promise) -> bool:
    """Whether the tickets behind a figure were judged one by one."""
    return promise.target.aggregate in {Aggregate.SHARE, Aggregate.COUNT} and promise.target.measure not in _COUNTED
