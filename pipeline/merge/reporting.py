"""Results to service reports: every figure, row and sentence that a report shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from pipeline.measure import promises
from pipeline.measure.attainment import MET, MISSED, NO_DATA, Result, find
from pipeline.measure.cases import Stand, TicketCase, outage_cases, ticket_cases
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.measure.measures import Measured
from pipeline.measure.promises import Promise
from pipeline.measure.settlement import Repeated, Settlement, settle
from pipeline.measure.windows import within_window
from pipeline.merge import amounts
from pipeline.merge.blocks import party, person, records_keeper, reference
from pipeline.merge.drafting import missed_often, target_name
from pipeline.merge.report import (
    BreachRow,
    ClauseRow,
    CreditSummary,
    DistributionBar,
    ExclusionRow,
    MajorRow,
    OutageRow,
    Period,
    ReportContext,
    ResultRow,
    Rows,
    SetAsideRow,
    SourceRow,
    Summary,
    TrendPoint,
    WorkloadRow,
)
from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import Agreement
from pipeline.model.catalog import TIMED, Aggregate, MeasureName
from pipeline.model.exclusions import Exclusion
from pipeline.model.measures import better_of, unit_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Money
from pipeline.model.records import ALL_CUSTOMERS, FULL_IMPACT, MISSING, RowKey, SetAside

MAINTENANCE, EXCLUDED = "agreed-maintenance", "excluded"
_COUNTED = frozenset({MeasureName.AVAILABILITY, MeasureName.BACKLOG, MeasureName.WORKLOAD})

TREND = 12
"""Months of history that a report shows."""


def report_context(portfolio: Portfolio, measurement: Measurement, month: SlaMonth, words: Words) -> ReportContext:
    """The report of one SLA on one period, with at most `TREND` months of history."""
    agreement, period, measured = month.span.agreement, month.period, measurement.measured
    history = [one for one in measurement.months[agreement.id] if one.period.month <= period.month][-TREND:]
    tickets = ticket_cases(measured, month)
    writer = _Writer(portfolio, measured, month, words)
    settlement = settle(measurement, month)
    customer, shown = party(portfolio, agreement.customer, words), _period(period, agreement, words)
    return ReportContext(
        language=agreement.language,
        title=words.label("report.title", period=shown.label, customer=customer.short_name),
        number=f"{agreement.number}-{period.month}",
        period=shown,
        agreement=reference(agreement, words),
        versions=_versions(month, tickets),
        provider=party(portfolio, agreement.provider, words),
        customer=customer,
        purpose=words.label("report.purpose", agreement=words(agreement.title), period=shown.label),
        audience=words.many(agreement.reporting.recipients),
        prepared_by=writer.holder("slm-administrator"),
        approved_by=writer.holder("slm-manager"),
        summary=_summary(month.results, words),
        results=tuple(writer.result(result, history) for result in month.results),
        breaches=tuple(writer.breaches(tickets)),
        major=tuple(writer.majors(tickets)),
        outages=tuple(writer.outages()),
        workload=tuple(writer.workload(tickets)),
        distribution=tuple(_distribution(month.results, words)),
        trend_months=tuple(str(one.period.month) for one in history),
        credits=writer.credits(settlement),
        counting_rule=words.label(f"counting.{agreement.counted_by}"),
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
        incomplete=tuple(writer.incomplete(tickets)),
        sources=tuple(SourceRow(one.file, one.sha256) for one in measured.records.files if one.month == period.month),
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
        exclusions=tuple(writer.exclusions(tickets)),
        termination_triggers=tuple(map(writer.clause, settlement.triggers)),
    )


def _period(period: promises.Period, agreement: Agreement, words: Words) -> Period:
    zone = ZoneInfo(agreement.timezone)
    start, end = (datetime.fromtimestamp(edge, zone) for edge in (period.start, period.stop))
    last = (end - timedelta(seconds=1)).date()
    whole = agreement.period_start_day == 1
    label = words.month(period.month) if whole else f"{words.date(start.date())} – {words.date(last)}"
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
    return [(month.period.month, customer, service) for customer in customers for service in (*services, "")]


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
    return Rows(read, sum(measured.kept.get(key, 0) for key in keys), len(_aside(measured, month)))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Rows of the report's tables."""

    portfolio: Portfolio
    measured: Measured
    month: SlaMonth
    words: Words

    def holder(self, role: str) -> str:
        """Who holds a role."""
        return person(self.portfolio, self.portfolio.organization.roles[role], self.words).name

    def service(self, identifier: str) -> str:
        """A service's name."""
        return self.words(self.portfolio.services[identifier].name)

    def moment(self, instant: int) -> str:
        """A time in the agreement's zone, empty where missing."""
        return "" if instant == MISSING else self.words.moment(instant, self.month.span.agreement.timezone)

    def result(self, result: Result, history: Sequence[SlaMonth]) -> ResultRow:
        """A target with its figure and trend."""
        words, promise, target = self.words, result.promise, result.promise.target
        trend = tuple(_point(one, promise, words) for one in history)
        return ResultRow(
            target=target.id,
            service=promise.terms.service,
            service_name=self.service(promise.terms.service),
            measure=str(target.measure),
            measure_label=amounts.measure_name(target, words),
            priority=target.priority,
            unit=str(unit_of(target)),
            limit=words.limit(target.limit) if target.limit else "",
            goal=amounts.goal_number(promise),
            value=amounts.number(result.value, promise),
            count=result.count,
            met=result.tally.met if _by_verdict(promise) else 0,
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
            calendar=words(self.portfolio.calendars[promise.terms.calendar].name),
            note=self._note(result),
            trend=trend,
            better=str(better_of(target)),
            aggregate=str(target.aggregate),
            goal_written=amounts.goal_words(target, words),
            excluded=result.tally.excluded,
            standard=amounts.standard(target, words),
            rules=amounts.rules(target, words),
        )

    def _note(self, result: Result) -> str:
        """What a reader of the figure should know besides."""
        words, notes = self.words, []
        if result.tally.missed and result.promise.limit:
            notes.append(words.label("note.tickets", missed=result.tally.missed, count=result.count))
        if result.small:
            least = result.promise.target.minimum_sample
            notes.append(words.label("note.small_sample", count=result.count, least=least))
        if result.tally.excluded:
            notes.append(words.label("note.excluded", count=result.tally.excluded))
        if result.promise.span != self.month.span:
            notes.append(words.label("note.version", version=result.promise.span.agreement.version))
        if result.set_aside:
            notes.append(words.label("note.set_aside", count=result.set_aside))
        return words.joined(tuple(notes))

    def breaches(self, cases: Sequence[TicketCase]) -> Iterator[BreachRow]:
        """Every ticket that missed a limit, as often as it missed one."""
        tickets, words = self.measured.records.tickets, self.words
        for case in cases:
            for stand in case.stands:
                if not stand.counted or stand.verdict is not Verdict.MISSED or stand.elapsed is None:
                    continue
                promise = stand.promise
                limit = promise.target.limit
                yield BreachRow(
                    ticket=tickets.id[case.row],
                    service=self.service(promise.terms.service),
                    priority=promise.target.priority,
                    target=promise.target.id,
                    measure_label=amounts.measure_name(promise.target, words),
                    opened=self.moment(tickets.opened[case.row]),
                    elapsed=words.elapsed(stand.elapsed),
                    limit=words.limit(limit) if limit else "",
                    over=words.elapsed(stand.elapsed - promise.limit),
                    summary=tickets.summary[case.row],
                    cause=tickets.cause[case.row],
                    action=tickets.action[case.row],
                )

    def incomplete(self, cases: Sequence[TicketCase]) -> Iterator[SetAsideRow]:
        """Tickets that are measured, but not for every target: they lack a time."""
        tickets = self.measured.records.tickets
        for case in cases:
            for stand in case.stands:
                if stand.counted and stand.verdict is Verdict.UNMEASURED:
                    place = tickets.place[case.row]
                    reason = self.words.label("aside.no-response", a=target_name(stand.promise.target, self.words))
                    yield SetAsideRow(place.file, place.line, place.column, tickets.id[case.row], reason)

    def majors(self, cases: Sequence[TicketCase]) -> Iterator[MajorRow]:
        """Incidents of the highest priority."""
        tickets = self.measured.records.tickets
        highest = self.portfolio.policy.priorities[0].id
        for case in cases:
            if tickets.priority[case.row] == highest:
                response, resolution = (
                    self._time(case.stand(measure))
                    for measure in (MeasureName.RESPONSE_TIME, MeasureName.RESOLUTION_TIME)
                )
                yield MajorRow(
                    ticket=tickets.id[case.row],
                    service=self.service(tickets.service[case.row]),
                    opened=self.moment(tickets.opened[case.row]),
                    response=response[0],
                    response_status=response[1],
                    resolution=resolution[0],
                    resolution_status=resolution[1],
                    summary=tickets.summary[case.row],
                    cause=tickets.cause[case.row],
                    action=tickets.action[case.row],
                )

    def _time(self, stand: Stand | None) -> tuple[str, str]:
        if stand is None or stand.elapsed is None or stand.verdict is Verdict.PENDING:
            return "", ""
        statuses = {Verdict.MET: MET, Verdict.EXCLUDED: EXCLUDED}
        return self.words.elapsed(stand.elapsed), statuses.get(stand.verdict, MISSED)

    def outages(self) -> Iterator[OutageRow]:
        """Interruptions that touch the period."""
        outages = self.measured.records.outages
        for case in outage_cases(self.measured, self.month):
            row = case.row
            yield OutageRow(
                outage=outages.id[row],
                service=self.service(outages.service[row]),
                category=self.words.label(f"outage.{outages.category[row]}"),
                started=self.moment(outages.start[row]),
                ended=self.moment(outages.stop[row]),
                duration=self.words.elapsed(case.seconds),
                counted=case.counted,
                cause=outages.cause[row],
                action=outages.action[row],
                component=outages.component[row],
                impact="" if outages.impact[row] == FULL_IMPACT else f"{_percent(outages.impact[row])}%",
                window=self._window(row),
                reason="" if case.counted else self._reason(row),
            )

    def _window(self, row: int) -> str:
        """The agreed window that maintenance lies in, in words."""
        outages, agreement = self.measured.records.outages, self.month.span.agreement
        if outages.category[row] != MAINTENANCE or outages.stop[row] == MISSING:
            return ""
        found = within_window(agreement, outages.service[row], outages.start[row], outages.stop[row])
        return self.words(found.when) if found else self.words.label("report.window.none")

    def _reason(self, row: int) -> str:
        """Why an outage does not count: what was agreed about it, or its category."""
        outages, customer = self.measured.records.outages, self.month.span.agreement.customer
        agreed = [one for one in self.measured.left_out.get(row, ()) if one.customer == customer]
        if agreed:
            return self.words(agreed[0].reason)
        return self.words.label(f"outage.{outages.category[row]}") if outages.category[row] != "outage" else ""

    def credits(self, settlement: Settlement) -> CreditSummary:
        """What is due for the period, and under which caps."""
        words, agreement, year = self.words, self.month.span.agreement, settlement.year
        amount = None
        if agreement.charge is not None:
            cents = (agreement.charge.amount * settlement.total / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
            amount = Money(cents, agreement.charge.currency)
        return CreditSummary(
            uncapped=settlement.uncapped,
            cap=agreement.credit_cap,
            total=settlement.total,
            total_shown=words.percent(settlement.total),
            cap_shown=words.percent(agreement.credit_cap) if agreement.credit_cap is not None else "",
            charge_shown=words.money(agreement.charge) if agreement.charge else "",
            amount_shown=words.money(amount) if amount else "",
            year_cap=year.limit if year else None,
            year_used=year.used if year else Decimal(0),
            year_since=words.date(year.since) if year else "",
            year_cap_shown=words.percent(year.limit) if year else "",
            year_left_shown=words.percent(max(year.limit - year.used, Decimal(0))) if year else "",
            repeated=tuple(map(self.clause, settlement.repeated)),
        )

    def clause(self, found: Repeated) -> ClauseRow:
        """A clause on repeated misses that applies."""
        words, promise, credit = self.words, found.result.promise, found.clause.credit or Decimal(0)
        return ClauseRow(
            target=promise.target.id,
            service=promise.terms.service,
            service_name=self.service(promise.terms.service),
            target_name=target_name(promise.target, words),
            rule=missed_often(found.clause, words),
            months=tuple(map(str, found.missed)),
            credit=credit,
            credit_shown=words.percent(credit) if credit else "",
        )

    def exclusions(self, cases: Sequence[TicketCase]) -> Iterator[ExclusionRow]:
        """What the customer agreed not to count, of the tickets and outages that this report is about."""
        tickets, outages = self.measured.records.tickets, self.measured.records.outages
        customer = self.month.span.agreement.customer
        services = {tickets.id[case.row]: tickets.service[case.row] for case in cases}
        rows = {case.row for case in outage_cases(self.measured, self.month)}
        down = {outages.id[row]: outages.service[row] for row in rows if row in self.measured.left_out}
        for one in sorted(self.portfolio.exclusions.values(), key=lambda one: (one.date, one.id)):
            if one.customer == customer and one.ticket in services:
                yield self._exclusion(one, "ticket", services[one.ticket])
            elif one.customer == customer and one.outage in down:
                yield self._exclusion(one, "outage", down[one.outage])

    def _exclusion(self, one: Exclusion, kind: str, service: str) -> ExclusionRow:
        words = self.words
        return ExclusionRow(
            id=one.id,
            record=one.ticket or one.outage,
            kind=words.label(f"excluded.{kind}"),
            service=self.service(service),
            targets=words.listed(one.targets) or words.label("excluded.all"),
            reason=words(one.reason),
            approved_by=words(one.approved_by),
            date=words.date(one.date),
        )

    def workload(self, cases: Sequence[TicketCase]) -> Iterator[WorkloadRow]:
        """Tickets opened, resolved and left open, per service."""
        tickets, period = self.measured.records.tickets, self.month.period
        for terms in self.month.span.agreement.services:
            rows = [case.row for case in cases if tickets.service[case.row] == terms.service]
            opened = sum(period.start <= tickets.opened[row] < period.stop for row in rows)
            resolved = sum(period.start <= tickets.resolved[row] < period.stop for row in rows)
            left = sum(tickets.resolved[row] == MISSING or tickets.resolved[row] >= period.stop for row in rows)
            limit = terms.workload_limit
            status = "no-limit" if limit is None else "within" if opened <= limit else "over"
            label = self.words.label(f"workload.{status}")
            yield WorkloadRow(self.service(terms.service), opened, resolved, left, limit, status, label)


def _point(month: SlaMonth, promise: Promise, words: Words) -> TrendPoint:
    result = find(month.results, promise)
    name = str(month.period.month)
    if result is None:
        return TrendPoint(name, None, EMPTY, NO_DATA)
    found = result.promise
    return TrendPoint(
        name, amounts.number(result.value, found), amounts.shown(result.value, found, words), result.status
    )


def _by_verdict(promise: Promise) -> bool:
    """Whether the tickets behind a figure were judged one by one."""
    return promise.target.aggregate in {Aggregate.SHARE, Aggregate.COUNT} and promise.target.measure not in _COUNTED


def _percent(impact: int) -> Decimal:
    return (Decimal(100) * impact / FULL_IMPACT).normalize() + Decimal(0)
