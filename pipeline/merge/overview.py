"""The month of all customers on a few pages, for the SLM manager: an internal document, never one of a customer's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.measure.attainment import MET, MISSED, NO_DATA
from pipeline.measure.clock import local_day
from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.measure.settlement import settle
from pipeline.merge.blocks import PartyBlock, party, records_keeper
from pipeline.merge.crediting import amount_of, credits_due
from pipeline.merge.document import Document, Wanted, files_behind, retained
from pipeline.merge.incidents import workload
from pipeline.merge.remarks import follow_ups, missed_targets
from pipeline.merge.report import MissRow
from pipeline.merge.scope import Scope
from pipeline.merge.tables import LISTED, Table, listing
from pipeline.merge.words import Labels, Words
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Money, Month

RUNNING_OUT = 90
"""An SLA that ends within so many days after the month is marked."""


@dataclass(frozen=True, slots=True)
class SlaRow:
    """An SLA in the month; `over` counts services over their workload limit, `overdue` actions of reviews and plans.

    `credit` is in percent of the month's charge, `amount` in money where a charge is agreed; `ends` is empty where the
    SLA does not end soon.
    """

    agreement: str
    version: str
    customer: str
    title: str
    targets: int
    met: int
    missed: int
    no_data: int
    late: int
    credit: Decimal
    credit_shown: str
    amount: Decimal | None
    currency: str
    amount_shown: str
    over: int
    overdue: int
    may_terminate: bool
    ends: str
    status: str


@dataclass(frozen=True, slots=True)
class MissedRow:
    """A target missed in the month, and how many months running it has been."""

    customer: str
    agreement: str
    miss: MissRow
    running: int


@dataclass(frozen=True, slots=True)
class OverviewContext:
    """All SLAs in force in the month: those in trouble first, then by customer.

    Of longer tables the PDF shows `at_most` rows. `amounts` are the sums of the month, one for each currency.
    """

    language: str
    title: str
    provider: PartyBlock
    month: str
    period: str
    headline: str
    missed: int
    slas: tuple[SlaRow, ...]
    misses: tuple[MissedRow, ...]
    amounts: tuple[str, ...]
    at_most: int
    records_keeper: str
    retention_years: int


def overviews(
    portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The overview of the month in every language; about all customers, so there is none of one."""
    if measurement is None or wanted.month is None or wanted.customer:
        return
    months = [one for found in measurement.months.values() for one in found if one.period.month == wanted.month]
    if not months:
        return
    day = wanted.month.contract_days(1).end
    sources = {
        name
        for one in months
        for name in files_behind(
            portfolio,
            one.span.agreement,
            *(version.source for version in portfolio.agreements[one.span.agreement.id]),
            *(review.source for review in portfolio.reviews.values()),
            *(exclusion.source for exclusion in portfolio.exclusions.values()),
            *(words.source for words in portfolio.commentaries.values()),
            exports=tuple(file.file for file in measurement.measured.records.files),
        )
    }
    for language in portfolio.languages:
        words = Words(language, labels[language])
        context = overview_context(portfolio, measurement, months, wanted.month, words)
        yield Document(
            kind="overview",
            stem=f"internal/overview_{wanted.month}.{language}",
            language=language,
            agreement="",
            version=str(wanted.month),
            day=day,
            retain_until=retained(portfolio, day),
            context=context,
            sources=tuple(sorted(sources)),
            sheets=_sheets(context, words),
        )


def overview_context(
    portfolio: Portfolio, measurement: Measurement, months: list[SlaMonth], month: Month, words: Words
) -> OverviewContext:
    """The SLAs of a month, each as its own report tells of it."""
    scopes = [Scope(portfolio, measurement.measured, one, words) for one in months]
    rows = sorted((_row(scope, measurement) for scope in scopes), key=_trouble)
    misses = [
        MissedRow(
            customer=party(portfolio, scope.month.span.agreement.customer, words).short_name,
            agreement=scope.month.span.agreement.id,
            miss=one,
            running=_running(measurement, scope.month, one.service, one.target),
        )
        for scope in scopes
        for one in missed_targets(scope)
    ]
    missed = sum(bool(one.missed) for one in rows)
    kind = "missed" if missed else "met"
    return OverviewContext(
        language=words.language,
        title=words.label("overview.title", period=words.month(month)),
        provider=party(portfolio, ORGANIZATION, words),
        month=str(month),
        period=words.month(month),
        headline=words.label(f"overview.headline.{kind}", slas=len(rows), missed=missed),
        missed=missed,
        slas=tuple(rows),
        misses=tuple(sorted(misses, key=lambda one: (-one.running, one.customer, one.agreement))),
        amounts=tuple(words.money(one) for one in _sums(rows)),
        at_most=LISTED,
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
    )


_SLAS = {
    "customer": "report.customer", "title": "column.title", "agreement": "alignment.agreement",
    "version": "column.version", "met": "status.met", "missed": "status.missed", "no_data": "status.no-data",
    "late": "overview.late", "credit": "column.credit", "amount": "report.credits.amount",
    "currency": "column.currency", "may_terminate": "overview.may_terminate", "over": "column.over",
    "overdue": "column.overdue", "ends": "column.ends",
}  # fmt: skip
_MISSES = {
    "customer": "report.customer", "agreement": "alignment.agreement", "miss.service_name": "column.service",
    "miss.target": "column.target", "miss.target_name": "report.target", "miss.goal_shown": "chart.goal",
    "miss.value_shown": "report.value", "running": "overview.running", "miss.cause": "report.cause",
    "miss.action": "report.action", "miss.owner": "report.owner", "miss.due": "register.due",
}  # fmt: skip
"""Field of a row -> label of its column in the workbook."""


def _sheets(context: OverviewContext, words: Words) -> tuple[Table, ...]:
    """Everything, for sorting and filtering."""
    return (
        listing(words, "overview.section.slas", _SLAS, context.slas),
        listing(words, "overview.section.misses", _MISSES, context.misses),
    )


def _sums(rows: Iterable[SlaRow]) -> Iterator[Money]:
    """The credits of the month in each currency."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in rows:
        if one.amount:
            sums[one.currency] += one.amount
    for currency, amount in sorted(sums.items()):
        yield Money(amount, currency)


def _trouble(row: SlaRow) -> tuple[bool, int, Decimal, str, str]:
    return not row.may_terminate, -row.missed, -row.credit, row.customer, row.agreement


def _row(scope: Scope, measurement: Measurement) -> SlaRow:
    month, words = scope.month, scope.words
    agreement, settlement = month.span.agreement, settle(measurement, month)
    counts = {status: sum(one.status == status for one in month.results) for status in (MET, MISSED, NO_DATA)}
    credit, charge = credits_due(scope, [(month, settlement)]), agreement.charge
    rows = scope.measured.rows_of[agreement.id]
    last = local_day(max(scope.measured.promises[row].span.stop for row in rows) - 1, agreement.timezone)
    left = (last - local_day(month.period.stop - 1, agreement.timezone)).days
    return SlaRow(
        agreement=agreement.id,
        version=str(agreement.version),
        customer=party(scope.portfolio, agreement.customer, words).short_name,
        title=words(agreement.title),
        targets=len(month.results),
        met=counts[MET],
        missed=counts[MISSED],
        no_data=counts[NO_DATA],
        late=sum(one.tally.missed for one in month.results if one.promise.limit),
        credit=credit.total,
        credit_shown=credit.total_shown if credit.total else "",
        amount=amount_of(month, settlement),
        currency=charge.currency if charge else "",
        amount_shown=credit.amount_shown if credit.total else "",
        over=sum(one.status == "over" for one in workload(scope, [month])),
        overdue=sum(one.overdue for one in follow_ups(scope)),
        may_terminate=bool(settlement.triggers),
        ends=words.date(last) if left <= RUNNING_OUT else "",
        status=MISSED if counts[MISSED] else MET if counts[MET] else NO_DATA,
    )


def _running(measurement: Measurement, month: SlaMonth, service: str, target: str) -> int:
    """For how many months, this one included, the target was missed without a month in which it was not."""
    count = 0
    promises = [one.promise for one in month.results]
    promise = next(one for one in promises if (one.terms.service, one.target.id) == (service, target))
    for one in reversed(measurement.months[month.span.agreement.id]):
        if one.period.month > month.period.month:
            continue
        found = one.find(promise)
        if found is None or found.status != MISSED:
            break
        count += 1
    return count
