"""Documents with a revision record: catalogue, procedure and requirements; and what the catalogue lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.check.approvals import approval
from pipeline.model.portfolio import Portfolio
from pipeline.model.publications import Catalog, Issue
from pipeline.model.source import Source
from pipeline.problems import Problem, error


def check_publications(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Versions out of order or approved by the wrong person, services forgotten or listed twice."""
    problems: list[Problem] = []
    if portfolio.catalog is not None:
        problems += _issues(portfolio, "catalog", portfolio.catalog.issues, portfolio.catalog.source)
        problems += _listed(portfolio.catalog, portfolio)
    if portfolio.procedure is not None:
        problems += _issues(portfolio, "procedure", portfolio.procedure.issues, portfolio.procedure.source)
    for requirement in portfolio.requirements.values():
        problems += _issues(portfolio, "requirement", requirement.issues, requirement.source)
    return tuple(problems)


def _issues(portfolio: Portfolio, kind: str, issues: Sequence[Issue], source: Source) -> Iterator[Problem]:
    for index, (earlier, later) in enumerate(pairwise(issues), 1):
        if later.version <= earlier.version:
            message = f"{later.version} stands after {earlier.version}"
            place = source.at("revisions", index, "version")
            yield error(place, "versions-order", message, "list the versions from the oldest to the newest")
        if later.revision.date < earlier.revision.date:
            message = f"{later.version} is dated {later.revision.date}, before {earlier.version}"
            yield error(source.at("revisions", index, "date"), "dates-order", message)
    newest = len(issues) - 1
    yield from approval(portfolio, kind, issues[newest].revision, source, ("revisions", newest))


def _listed(catalog: Catalog, portfolio: Portfolio) -> Iterator[Problem]:
    for service in portfolio.services.values():
        if service.state != "retired" and service.id not in catalog.services:
            message = f"the service {service.id!r} is not listed in the catalogue"
            hint = "add it to the services there, or write state: retired in its file"
            yield error(catalog.source.at("services"), "service-unlisted", message, hint)
    for index, service_id in enumerate(catalog.services):
        if service_id in catalog.services[:index]:
            place = catalog.source.at("services", index)
            yield error(place, "duplicate-id", f"the service {service_id!r} is listed twice", "keep one of the two")
