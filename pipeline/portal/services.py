"""The services that customers may know of, and who has agreed on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.merge.catalog import ServicePage, service_page
from pipeline.model.catalog import Service
from pipeline.model.portfolio import Portfolio
from pipeline.portal.page import Page
from pipeline.portal.rows import AgreementRow
from pipeline.portal.telling import Telling
from pipeline.portal.views import ServiceView

_KINDS = ("sla", "ola", "uc")


def catalogued(portfolio: Portfolio) -> tuple[Service, ...]:
    """The services of the catalogue and those agreed on, in its order; without a catalogue all that are offered."""
    listed = portfolio.catalog.services if portfolio.catalog else tuple(portfolio.services)
    agreed = [terms.service for found in portfolio.agreements.values() for one in found for terms in one.services]
    every = (portfolio.services[key] for key in dict.fromkeys((*listed, *agreed)))
    return tuple(one for one in every if one.state != "retired" or one.id in agreed)


def service_of(telling: Telling, service: Service) -> ServicePage:
    """A service in words."""
    return service_page(telling.portfolio, service, telling.words)


def users(portfolio: Portfolio, service: str) -> tuple[str, ...]:
    """The agreements with a version that covers a service."""
    return tuple(
        identifier
        for identifier, versions in portfolio.agreements.items()
        if any(one.terms(service) is not None for one in versions)
    )


def by_kind(rows: Iterable[AgreementRow]) -> tuple[AgreementRow, ...]:
    """Agreements with customers first, each kind by party."""
    return tuple(sorted(rows, key=lambda row: (_KINDS.index(row.kind), row.party.words, row.number)))


def service_pages(telling: Telling, rows: dict[str, AgreementRow]) -> Iterator[Page]:
    """A page a service."""
    words = telling.words
    for one in catalogued(telling.portfolio):
        agreed = by_kind(rows[key] for key in users(telling.portfolio, one.id))
        view = ServiceView(service_of(telling, one))
        keywords = " ".join((one.id, *one.name.translations.values(), words(one.description)))
        path, group = f"services/{one.id}.html", words.label("portal.group.service")
        yield Page(path, "service", "services", words(one.name), view, group, keywords, agreed)
