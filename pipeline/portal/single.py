"""Pages about one agreement or one party."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.model.agreements import ORGANIZATION, Agreement
from pipeline.model.parties import Contact, Party
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Text
from pipeline.portal.edition import status_of
from pipeline.portal.page import Page
from pipeline.portal.rows import ActionRow, AgreementRow, ContactLine, DueRow, Fact
from pipeline.portal.telling import (
    Telling,
    agreement_row,
    month_names,
    report_rows,
    reviews,
    service_results,
    surveys,
    version_rows,
)
from pipeline.portal.views import AgreementView, PartyView

_REPORTS = 12
"""Reports of each SLA that a party's page lists; the agreement's page has all."""


def agreement_pages(telling: Telling, tasks: Sequence[ActionRow]) -> Iterator[Page]:
    """A page an agreement."""
    words = telling.words
    mine: dict[str, list[ActionRow]] = {}
    for row in tasks:
        mine.setdefault(row.agreement.path if row.agreement else "", []).append(row)
    for identifier, versions in telling.portfolio.agreements.items():
        one, link = telling.edition.current(identifier), telling.agreement(identifier)
        month, months = telling.edition.newest(identifier), telling.months(identifier)
        view = AgreementView(
            number=one.number,
            mark=telling.mark(status_of(month)) if month else None,
            counts=telling.counts(month) if month else "",
            period=words.month(month.period.month) if month else "",
            facts=tuple(_facts(telling, one)),
            months=month_names([point.period.month for point in months]),
            results=tuple(service_results(telling, month)) if month else (),
            versions=tuple(version_rows(telling, identifier)),
            reports=tuple(report_rows(telling, identifier)) if one.kind == "sla" else (),
            reviews=reviews(telling, (identifier,)),
            actions=tuple(mine.get(link.path, ())),
        )
        other = _parties(telling.portfolio)[versions[0].other_party]
        keywords = " ".join((identifier, *_every(one.title), *_every(other.short_name), *_every(other.name)))
        group = words.label(f"portal.kind.{one.kind}")
        path = f"agreements/{identifier}.html"
        yield Page(path, "agreement", "agreements", link.words, view, group, keywords)


def party_pages(
    telling: Telling, rows: Mapping[str, AgreementRow], tasks: Sequence[ActionRow], found: Sequence[DueRow]
) -> Iterator[Page]:
    """A page a customer, team or supplier."""
    words = telling.words
    own: dict[str, list[str]] = {}
    for identifier, versions in telling.portfolio.agreements.items():
        own.setdefault(versions[0].other_party, []).append(identifier)
    concern: dict[str, list[DueRow]] = {}
    for due in found:
        concern.setdefault(due.party.path, []).append(due)
    mine: dict[str, list[ActionRow]] = {}
    for row in tasks:
        mine.setdefault(row.party.path, []).append(row)
    for identifier, party in _parties(telling.portfolio).items():
        agreements = own.get(identifier, [])
        path = telling.party(identifier).path
        slas = [key for key in agreements if telling.portfolio.agreements[key][0].kind == "sla"]
        view = PartyView(
            facts=(
                Fact(words.label("portal.party.name"), words(party.name)),
                Fact(words.label("portal.party.address"), words(party.address)),
            ),
            contacts=tuple(_contact(one, telling) for one in party.contacts),
            agreements=tuple(rows[key] for key in agreements),
            reports=tuple(row for key in slas for row in list(report_rows(telling, key))[:_REPORTS]),
            reviews=reviews(telling, agreements),
            surveys=tuple(surveys(telling, slas)),
            actions=tuple(mine.get(path, ())),
            due=tuple(concern.get(path, ())),
        )
        keywords = " ".join((identifier, *_every(party.name), *_every(party.short_name)))
        group = words.label(f"portal.group.{party.kind}")
        section = "customers" if party.kind == "customer" else "agreements"
        yield Page(f"parties/{identifier}.html", "party", section, words(party.short_name), view, group, keywords)


def _contact(one: Contact, telling: Telling) -> ContactLine:
    words = telling.words
    return ContactLine(words(one.purpose), words(one.name), one.phone, one.email)


def _parties(portfolio: Portfolio) -> Mapping[str, Party]:
    return {**portfolio.customers, **portfolio.teams, **portfolio.suppliers}


def _every(text: Text) -> tuple[str, ...]:
    return tuple(filter(None, (text.plain, *text.translations.values())))


def _facts(telling: Telling, one: Agreement) -> Iterator[Fact]:
    """What an agreement is in a few lines; those behind it are told of only where they may be."""
    words, portfolio = telling.words, telling.portfolio
    yield Fact(words.label("portal.fact.party"), "", (telling.party(one.other_party),))
    if one.kind != "sla" and one.customer != ORGANIZATION and one.customer in portfolio.customers:
        yield Fact(words.label("portal.group.customer"), "", (telling.party(one.customer),))
    row = agreement_row(telling, one.id)
    yield Fact(words.label("portal.fact.version"), words.label("portal.version", version=row.version, state=row.state))
    yield Fact(words.label("portal.fact.validity"), row.validity)
    yield Fact(words.label("portal.fact.services"), "", tuple(telling.service(terms.service) for terms in one.services))
    yield Fact(words.label("portal.fact.reporting"), words.label(f"frequency.{one.reporting.frequency}"))
    yield Fact(words.label("portal.fact.review"), words.label(f"frequency.{one.review.frequency}"))
    behind = tuple(telling.agreement(key) for key in one.relies_on if key in portfolio.agreements)
    if behind:
        yield Fact(words.label("portal.fact.behind"), "", behind)
    if one.kind == "sla":
        return
    others = portfolio.agreements
    ahead = tuple(telling.agreement(key) for key in others if one.id in telling.edition.current(key).relies_on)
    if ahead:
        yield Fact(words.label("portal.fact.ahead"), "", ahead)
