"""Rows of the portal in the words of one language: agreements and their figures, reports, reviews, surveys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.measure.attainment import MET, MISSED, NO_DATA
from pipeline.measure.measurement import SlaMonth
from pipeline.merge.blocks import party
from pipeline.merge.drafting import target_name
from pipeline.merge.reporting import TREND, period_name, result_row
from pipeline.merge.scope import Scope
from pipeline.merge.words import Words
from pipeline.model.agreements import ORGANIZATION, Agreement, Status, in_force
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.reviews import Review
from pipeline.portal.edition import Edition, status_of
from pipeline.portal.rows import (
    AgreementRow,
    Link,
    Mark,
    ReportRow,
    ResultLine,
    ReviewRow,
    ServiceResults,
    Strip,
    SurveyRow,
    VersionRow,
)
from pipeline.portal.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Telling:
    """An edition in one language."""

    edition: Edition
    words: Words

    @property
    def portfolio(self) -> Portfolio:
        """What may be told of."""
        return self.edition.portfolio

    @property
    def shelf(self) -> Shelf:
        """The documents there are."""
        return self.edition.shelf

    def page(self, path: str) -> str:
        """A page of this language, from the root of the site."""
        return f"{self.words.language}/{path}"

    def agreement(self, identifier: str) -> Link:
        """The page of an agreement."""
        title = self.words(self.edition.current(identifier).title)
        return Link(self.page(f"agreements/{identifier}.html"), title)

    def party(self, identifier: str) -> Link:
        """The page of a party; of ourselves there is none."""
        name = party(self.portfolio, identifier, self.words).short_name
        return Link("" if identifier == ORGANIZATION else self.page(f"parties/{identifier}.html"), name)

    def service(self, identifier: str) -> Link:
        """The page of a service."""
        return Link(self.page(f"services/{identifier}.html"), self.words(self.portfolio.services[identifier].name))

    def mark(self, status: str) -> Mark:
        """A status as readers see it."""
        return Mark(status, self.words.label(f"status.{status}"))

    def months(self, agreement: str) -> tuple[SlaMonth, ...]:
        """The last months of an SLA."""
        return self.edition.months(agreement)[-TREND:]

    def strip(self, statuses: Sequence[str]) -> Strip:
        """Months side by side, and their number by status in words."""
        return Strip(
            tuple(statuses), self.words.label("portal.strip", count=len(statuses), parts=self._parts(statuses))
        )

    def counts(self, month: SlaMonth) -> str:
        """How many targets were missed, met, or had nothing to measure."""
        statuses = [one.status for one in month.results]
        return self.words.label("portal.counts", targets=len(statuses), parts=self._parts(statuses))

    def _parts(self, statuses: Sequence[str]) -> str:
        counts = {status: statuses.count(status) for status in (MISSED, MET, NO_DATA)}
        told = [self.words.label(f"portal.count.{status}", count=count) for status, count in counts.items() if count]
        return self.words.listed(tuple(told))


def agreement_row(telling: Telling, identifier: str) -> AgreementRow:
    """An agreement in a line."""
    words, one = telling.words, telling.edition.current(identifier)
    month, months = telling.edition.newest(identifier), telling.months(identifier)
    return AgreementRow(
        kind=one.kind,
        kind_label=words.label(f"portal.kind.{one.kind}"),
        agreement=telling.agreement(identifier),
        number=one.number,
        party=telling.party(one.other_party),
        version=str(one.version),
        state=state(one, telling),
        validity=validity(one, telling),
        mark=telling.mark(status_of(month)) if month else None,
        counts=telling.counts(month) if month else "",
        strip=telling.strip([status_of(one) for one in months]) if months else None,
    )


def state(one: Agreement, telling: Telling) -> str:
    """What a version is today: in force, to come, ended, replaced, or how far the text has come."""
    if one.status not in {Status.SIGNED, Status.TERMINATED}:
        return telling.words.label(f"portal.state.{one.status}")
    spans = in_force(telling.portfolio.agreements[one.id])
    days = next((span.days for span in spans if span.agreement.version == one.version), None)
    if days is None:
        kind = "replaced"
    elif telling.edition.today < days.start:
        kind = "coming"
    elif telling.edition.today <= days.end:
        kind = "in-force"
    elif one.status is Status.TERMINATED:
        kind = "terminated"
    else:
        kind = "replaced" if days.end < one.effective.end else "ended"
    return telling.words.label(f"portal.state.{kind}")


def validity(one: Agreement, telling: Telling) -> str:
    """The days on which a version binds, or is to."""
    spans = in_force(telling.portfolio.agreements[one.id])
    days = next((span.days for span in spans if span.agreement.version == one.version), one.effective)
    words = telling.words
    return words.label("date.range", first=words.date(days.start), last=words.date(days.end))


def comparison_path(old: Agreement, new: Agreement) -> str:
    """Where the page lies that compares two versions."""
    return f"compare/{new.id}_{old.version.slug}_{new.version.slug}.html"


def version_rows(telling: Telling, identifier: str) -> Iterator[VersionRow]:
    """The versions, the newest first, each with the way to what changed since the one before it."""
    words, versions = telling.words, telling.portfolio.agreements[identifier]
    current = telling.edition.current(identifier)
    for at, one in reversed(list(enumerate(versions))):
        stem = f"{one.other_party}/agreements/{one.id}_{one.version.slug}"
        name = f"{one.number} {one.version}"
        compared = None
        if at:
            said = words.label("portal.compare", version=versions[at - 1].version)
            compared = Link(telling.page(comparison_path(versions[at - 1], one)), said, name)
        yield VersionRow(
            version=str(one.version),
            state=state(one, telling),
            current=one is current,
            validity=validity(one, telling),
            summary=words(one.revision.summary),
            documents=telling.shelf.links(stem, words, name),
            compared=compared,
        )


def report_rows(telling: Telling, identifier: str) -> Iterator[ReportRow]:
    """The reports of an SLA, the newest first: every month measured, and what else was published."""
    one = telling.edition.current(identifier)
    folder = f"{one.other_party}/reports"
    rows = {month.period.month: report_row(telling, month) for month in telling.months(identifier)}
    measured = {period_name(month.period) for month in telling.months(identifier)}
    others = [
        (stem, stem.rpartition("_")[2])
        for stem in telling.shelf.stems(folder, f"{identifier}_")
        if stem.rpartition("_")[2] not in measured
    ]
    found = [(str(month), row) for month, row in rows.items()]
    for stem, period in others:
        documents = telling.shelf.links(stem, telling.words, f"{one.number} {period}")
        row = ReportRow(period, telling.agreement(identifier), telling.party(one.other_party), None, "", documents)
        found.append((_rank(period), row))
    yield from (row for _, row in sorted(found, key=lambda pair: pair[0], reverse=True))


def _rank(period: str) -> str:
    """Where a quarter, half-year or year stands among months: right after the one that it ends with."""
    year, _, part = period.partition("-")
    lengths = {"Q": 3, "H": 6}
    if not part:
        return f"{year}-12~"
    return f"{year}-{int(part[1:]) * lengths[part[0]]:02}~" if part[0] in lengths else period


def report_row(telling: Telling, month: SlaMonth) -> ReportRow:
    """The report of an SLA on a period."""
    one, period = month.span.agreement, period_name(month.period)
    stem = f"{one.other_party}/reports/{one.id}_{period}"
    return ReportRow(
        period=telling.words.period(month.period.month, month.period.months),
        agreement=telling.agreement(one.id),
        party=telling.party(one.other_party),
        mark=telling.mark(status_of(month)),
        counts=telling.counts(month),
        documents=telling.shelf.links(stem, telling.words, f"{one.number} {period}"),
    )


def service_results(telling: Telling, month: SlaMonth) -> Iterator[ServiceResults]:
    """Every target of an SLA in a month, service by service, as its report tells of it."""
    measurement = telling.edition.measurement
    if measurement is None:
        return
    scope = Scope(telling.portfolio, measurement.measured, month, telling.words)
    history = [one for one in telling.months(month.span.agreement.id) if one.period.month <= month.period.month]
    found: dict[str, list[ResultLine]] = {}
    for result in month.results:
        row = result_row(scope, result, history)
        line = ResultLine(
            target=target_name(result.promise.target, telling.words),
            goal=row.goal_shown,
            value=row.value_shown,
            mark=telling.mark(row.status),
            note=row.note,
            strip=telling.strip([point.status for point in row.trend]),
            history=tuple((point.shown, point.status) for point in row.trend),
        )
        found.setdefault(row.service, []).append(line)
    yield from (ServiceResults(telling.service(service), tuple(lines)) for service, lines in found.items())


def month_names(months: Sequence[Month]) -> tuple[str, ...]:
    """Months as narrow headings."""
    return tuple(str(month) for month in months)


def review_row(telling: Telling, review: Review) -> ReviewRow:
    """A meeting with its minutes, or the pack for it."""
    words, held = telling.words, review.status == "held"
    one = telling.portfolio.agreements[review.agreement][-1]
    stem = f"{one.other_party}/reviews/{review.id}"
    documents = telling.shelf.links(stem, words, words.label("portal.minutes", name=review.id))
    documents += telling.shelf.links(f"{stem}_pack", words, words.label("portal.pack", name=review.id))
    return ReviewRow(
        date=words.date(review.day),
        name=review.id,
        agreement=telling.agreement(review.agreement),
        party=telling.party(one.other_party),
        held=held,
        state=words.label(f"portal.review.{'held' if held else 'planned'}"),
        period=words.label("date.range", first=words.month(review.first), last=words.month(review.last)),
        documents=documents,
    )


def reviews(telling: Telling, agreements: Sequence[str]) -> tuple[ReviewRow, ...]:
    """The meetings on those agreements, the newest first."""
    found = [one for one in telling.portfolio.reviews.values() if one.agreement in agreements]
    return tuple(review_row(telling, one) for one in sorted(found, key=lambda one: (one.day, one.id), reverse=True))


def surveys(telling: Telling, agreements: Sequence[str]) -> Iterator[SurveyRow]:
    """The rounds of surveys that were answered, the newest first."""
    words = telling.words
    for survey in telling.portfolio.surveys.values():
        if survey.agreement not in agreements:
            continue
        customer = telling.portfolio.agreements[survey.agreement][-1].other_party
        for held in reversed(survey.held):
            documents = telling.shelf.links(f"{customer}/surveys/{survey.id}_{held.month}", words, survey.id)
            yield SurveyRow(words(survey.title), words.month(held.month), documents)
