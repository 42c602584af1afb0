"""Which documents there are: every context with its place in `output/` and what it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.merge.agreement import AgreementContext, agreement_context
from pipeline.merge.minutes import MinutesContext, minutes_context
from pipeline.merge.report import ReportContext
from pipeline.merge.reporting import report_context
from pipeline.merge.tables import Table, report_tables
from pipeline.merge.words import Labels, Words
from pipeline.model.agreements import Agreement
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.source import Source

Context = AgreementContext | ReportContext | MinutesContext


@dataclass(frozen=True, slots=True)
class Document:
    """A document to render; its files are `stem` with the endings of its kind.

    `day` is the document's own date, which its properties carry; it is kept until `retain_until`. `sources` are the
    files that it was made from.
    """

    kind: str
    stem: str
    language: str
    agreement: str
    version: str
    day: date
    retain_until: date
    context: Context
    sources: tuple[str, ...]
    tickets: Table | None = None
    sheets: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents are asked for; nothing in `customer` means all."""

    month: Month | None
    customer: str = ""


def _slas(portfolio: Portfolio, wanted: Wanted) -> Iterator[tuple[Agreement, ...]]:
    for versions in portfolio.agreements.values():
        if versions[0].kind == "sla" and wanted.customer in {"", versions[0].customer}:
            yield versions


def slas(portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted) -> Iterator[Document]:
    """Every version of every SLA."""
    del measurement
    for versions in _slas(portfolio, wanted):
        for agreement in versions:
            earlier = [one for one in versions if one.version <= agreement.version]
            yield Document(
                kind="sla",
                stem=f"{agreement.customer}/agreements/{agreement.id}_{agreement.version.slug}",
                language=agreement.language,
                agreement=agreement.id,
                version=str(agreement.version),
                day=agreement.revision.date,
                retain_until=_retained(portfolio, agreement.effective.end),
                context=agreement_context(portfolio, agreement, Words(agreement.language, labels[agreement.language])),
                sources=_files(portfolio, agreement, *(one.source for one in earlier)),
            )


def reports(
    portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The service report of every SLA in force in the month."""
    if measurement is None or wanted.month is None:
        return
    for versions in _slas(portfolio, wanted):
        for month in measurement.months.get(versions[0].id, ()):
            if month.period.month != wanted.month:
                continue
            agreement = month.span.agreement
            words = Words(agreement.language, labels[agreement.language])
            last_day = wanted.month.contract_days(agreement.period_start_day).end
            context = report_context(portfolio, measurement, month, words)
            tickets, sheets = report_tables(measurement.measured, month, context, words)
            yield Document(
                kind="report",
                stem=f"{agreement.customer}/reports/{agreement.id}_{wanted.month}",
                language=agreement.language,
                agreement=agreement.id,
                version=str(agreement.version),
                day=last_day,
                retain_until=_retained(portfolio, last_day),
                context=context,
                sources=_files(portfolio, agreement, *(one.source for one in versions), exports=_exports(measurement)),
                tickets=tickets,
                sheets=sheets,
            )


def minutes(
    portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The minutes of every review held on months up to the one wanted."""
    for review in portfolio.reviews.values():
        versions = portfolio.agreements[review.agreement]
        if review.status != "held" or wanted.customer not in {"", versions[0].customer}:
            continue
        if wanted.month is not None and review.last > wanted.month:
            continue
        agreement = versions[-1]
        months: tuple[SlaMonth, ...] = measurement.months.get(review.agreement, ()) if measurement else ()
        words = Words(agreement.language, labels[agreement.language])
        context = minutes_context(portfolio, review, months, words)
        yield Document(
            kind="minutes",
            stem=f"{agreement.customer}/reviews/{review.id}",
            language=agreement.language,
            agreement=agreement.id,
            version=context.agreement.version,
            day=review.day,
            retain_until=_retained(portfolio, review.day),
            context=context,
            sources=_files(portfolio, agreement, review.source, *(one.source for one in versions)),
        )


def _retained(portfolio: Portfolio, day: date) -> date:
    """The same day after the years that the policy keeps records for (28 February for the 29th)."""
    year = day.year + portfolio.policy.retention_years
    return day.replace(year=year, day=min(day.day, Month(year, day.month).days()))


def _files(portfolio: Portfolio, agreement: Agreement, *more: Source, exports: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The source files behind a document of this agreement."""
    services = [portfolio.services[terms.service].source for terms in agreement.services]
    calendars = [portfolio.calendars[terms.calendar].source for terms in agreement.services]
    party = portfolio.party(agreement.customer).source
    shared = [portfolio.organization.source, portfolio.policy.source]
    files = {one.file for one in (*shared, party, *services, *calendars, *more)}
    return tuple(sorted(files | set(exports)))


def _exports(measurement: Measurement) -> tuple[str, ...]:
    return tuple(one.file for one in measurement.measured.records.files)


Maker = Callable[[Portfolio, Measurement | None, Labels, Wanted], Iterator[Document]]

DOCUMENTS: Mapping[str, Maker] = {"sla": slas, "reports": reports, "minutes": minutes}
"""Name of a build target -> the documents it makes."""
