"""Which documents there are: `DOCUMENTS` names what can be built and who makes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.merge.aligning import alignments
from pipeline.merge.catalog import catalogs
from pipeline.merge.contracts import olas, slas, ucs
from pipeline.merge.document import Document, Maker, Wanted, files_behind, retained
from pipeline.merge.improvement_register import improvements
from pipeline.merge.inviting import review_packs
from pipeline.merge.minutes import minutes_context
from pipeline.merge.overview import overviews
from pipeline.merge.procedure import procedures
from pipeline.merge.reporting import period_name, report_context
from pipeline.merge.requirements import requirements
from pipeline.merge.survey_tables import survey_tables
from pipeline.merge.surveying import survey_context, version_at
from pipeline.merge.tables import report_tables
from pipeline.merge.words import Labels, Words
from pipeline.model.agreements import Agreement
from pipeline.model.portfolio import Portfolio


def _slas(portfolio: Portfolio, wanted: Wanted) -> Iterator[tuple[Agreement, ...]]:
    for versions in portfolio.agreements.values():
        if versions[0].kind == "sla" and wanted.customer in {"", versions[0].customer}:
            yield versions


def reports(
    portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The service report of every SLA in force in the month, and those of the quarter and year that the month ends."""
    if measurement is None or wanted.month is None:
        return
    for versions in _slas(portfolio, wanted):
        identifier = versions[0].id
        for month in (*measurement.months.get(identifier, ()), *measurement.longer.get(identifier, ())):
            if month.period.month != wanted.month:
                continue
            agreement = month.span.agreement
            words = Words(agreement.language, labels[agreement.language])
            last_day = wanted.month.contract_days(agreement.period_start_day).end
            context = report_context(portfolio, measurement, month, words)
            tickets, sheets = report_tables(measurement, month, context, words)
            yield Document(
                kind="report",
                stem=f"{agreement.customer}/reports/{agreement.id}_{period_name(month.period)}",
                language=agreement.language,
                agreement=agreement.id,
                version=str(agreement.version),
                day=last_day,
                retain_until=retained(portfolio, last_day),
                context=context,
                sources=files_behind(
                    portfolio,
                    agreement,
                    *(one.source for one in versions),
                    *(one.source for one in portfolio.exclusions.values() if one.customer == agreement.customer),
                    *(one.source for one in portfolio.reviews.values() if one.agreement == agreement.id),
                    *(one.source for one in portfolio.improvements.values() if one.agreement == agreement.id),
                    *(one.source for at, one in portfolio.commentaries.items() if month.period.has(at)),
                    exports=_exports(measurement),
                ),
                tickets=tickets,
                sheets=sheets,
                flags=tuple(f"termination-trigger:{one.service}/{one.target}" for one in context.termination_triggers),
            )


def minutes(
    portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The minutes of every review held on months up to the one wanted."""
    for review in portfolio.reviews.values():
        versions = portfolio.agreements[review.agreement]
        if review.status != "held" or wanted.customer not in {"", versions[0].other_party}:
            continue
        if wanted.month is not None and review.last > wanted.month:
            continue
        agreement = versions[-1]
        months: tuple[SlaMonth, ...] = measurement.months.get(review.agreement, ()) if measurement else ()
        words = Words(agreement.language, labels[agreement.language])
        context = minutes_context(portfolio, review, months, words)
        yield Document(
            kind="minutes",
            stem=f"{agreement.other_party}/reviews/{review.id}",
            language=agreement.language,
            agreement=agreement.id,
            version=context.agreement.version,
            day=review.day,
            retain_until=retained(portfolio, review.day),
            context=context,
            sources=files_behind(portfolio, agreement, review.source, *(one.source for one in versions)),
        )


def satisfaction(
    portfolio: Portfolio, _measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The satisfaction report of every round that closed up to the month wanted."""
    for survey in portfolio.surveys.values():
        for held in survey.held:
            agreement = version_at(portfolio, survey, held)
            if wanted.customer not in {"", agreement.customer}:
                continue
            if wanted.month is not None and held.month > wanted.month:
                continue
            words = Words(agreement.language, labels[agreement.language])
            context = survey_context(portfolio, survey, held, words)
            files = tuple(one.file for one in survey.held if one.file and one.closes <= held.closes)
            yield Document(
                kind="satisfaction",
                stem=f"{agreement.customer}/surveys/{survey.id}_{held.month}",
                language=agreement.language,
                agreement=agreement.id,
                version=str(agreement.version),
                day=held.closes,
                retain_until=retained(portfolio, held.closes),
                context=context,
                sources=files_behind(portfolio, agreement, survey.source, exports=files),
                sheets=survey_tables(context, words),
            )


def _exports(measurement: Measurement) -> tuple[str, ...]:
    return tuple(one.file for one in measurement.measured.records.files)


DOCUMENTS: Mapping[str, Maker] = {
    "sla": slas,
    "ola": olas,
    "uc": ucs,
    "reports": reports,
    "minutes": minutes,
    "satisfaction": satisfaction,
    "review-packs": review_packs,
    "improvements": improvements,
    "requirements": requirements,
    "catalog": catalogs,
    "procedure": procedures,
    "alignment": alignments,
    "overview": overviews,
}
"""Name of a build target -> the documents it makes."""
