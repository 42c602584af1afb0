"""Every id that a source names exists."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pipeline.model.agreements import ORGANIZATION, Agreement
from pipeline.model.catalog import Service
from pipeline.model.portfolio import Portfolio
from pipeline.model.records import ALL_CUSTOMERS, OUTAGE_CATEGORIES, ImportProfile
from pipeline.model.reviews import Review
from pipeline.model.source import Path, Source
from pipeline.problems import Problem, did_you_mean, error

Reference = tuple[Source, Path, str, str, Collection[str]]
"""Where it stands (source, path), what kind of thing it names, the id, and the ids there are."""


def check_references(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Unknown ids, with the nearest known one."""
    return tuple(
        error(source.at(*path), "unknown-id", f"unknown {noun} {identifier!r}", did_you_mean(identifier, known))
        for source, path, noun, identifier, known in _references(portfolio)
        if identifier not in known and identifier not in portfolio.unreadable
    )


def _references(portfolio: Portfolio) -> Iterator[Reference]:
    yield from _organization(portfolio)
    yield from _policy(portfolio)
    for service in portfolio.services.values():
        yield from _service(service, portfolio)
    for versions in portfolio.agreements.values():
        for agreement in versions:
            yield from _agreement(agreement, portfolio)
    for review in portfolio.reviews.values():
        yield from _review(review, portfolio)
    for profile in portfolio.profiles.values():
        yield from _profile(profile, portfolio)


def _service(service: Service, portfolio: Portfolio) -> Iterator[Reference]:
    yield service.source, ("owner",), "person", service.owner, portfolio.organization.people
    for index, supporting in enumerate(service.supporting):
        yield service.source, ("supporting", index), "service", supporting, portfolio.services
    for index, level in enumerate(service.levels):
        yield service.source, ("levels", index, "calendar"), "calendar", level.calendar, portfolio.calendars


def _profile(profile: ImportProfile, portfolio: Portfolio) -> Iterator[Reference]:
    tables: dict[str, Collection[str]] = {
        "customer": portfolio.customers,
        "service": portfolio.services,
        "priority": [priority.id for priority in portfolio.policy.priorities],
        "category": OUTAGE_CATEGORIES,
    }
    for field, known in tables.items():
        for written, identifier in profile.values.get(field, {}).items():
            if (field, identifier) != ("customer", ALL_CUSTOMERS):
                yield profile.source, ("values", field, written), field, identifier, known
        if field in profile.constants:
            yield profile.source, ("constants", field), field, profile.constants[field], known


def _organization(portfolio: Portfolio) -> Iterator[Reference]:
    organization = portfolio.organization
    for index, person in enumerate(organization.people.values()):
        path = ("people", index, "department")
        yield organization.source, path, "department", person.department, organization.departments
    for role, person_id in organization.roles.items():
        yield organization.source, ("roles", role), "person", person_id, organization.people
    keeper = organization.records_keeper
    yield organization.source, ("records_keeper",), "department", keeper, organization.departments


def _policy(portfolio: Portfolio) -> Iterator[Reference]:
    policy, roles = portfolio.policy, portfolio.organization.roles
    priorities = [priority.id for priority in policy.priorities]
    yield policy.source, ("review", "chair"), "role", policy.review_chair, roles
    for index, role in enumerate(policy.review_roles):
        yield policy.source, ("review", "required_roles", index), "role", role, roles
    for impact, row in policy.matrix.items():
        yield policy.source, ("matrix", impact, "@key"), "impact", impact, policy.impacts
        for urgency, priority in row.items():
            yield policy.source, ("matrix", impact, urgency, "@key"), "urgency", urgency, policy.urgencies
            yield policy.source, ("matrix", impact, urgency), "priority", priority, priorities


def _agreement(agreement: Agreement, portfolio: Portfolio) -> Iterator[Reference]:
    source, people = agreement.source, portfolio.organization.people
    providers: dict[str, Collection[str]] = {
        "sla": {ORGANIZATION},
        "ola": portfolio.teams,
        "uc": portfolio.suppliers,
    }
    customers = portfolio.customers if agreement.kind == "sla" else {ORGANIZATION}
    noun = {"sla": "provider", "ola": "team", "uc": "supplier"}[agreement.kind]
    yield source, ("provider",), noun, agreement.provider, providers[agreement.kind]
    yield source, ("customer",), "customer", agreement.customer, customers
    yield source, ("revision", "responsible"), "person", agreement.revision.responsible, people
    yield source, ("revision", "approver"), "person", agreement.revision.approver, people
    supports = {
        identifier for identifier, versions in portfolio.agreements.items() if versions[0].kind in {"ola", "uc"}
    }
    for index, identifier in enumerate(agreement.underpinned_by):
        yield source, ("underpinned_by", index), "OLA or UC", identifier, supports
    priorities = [priority.id for priority in portfolio.policy.priorities]
    for index, terms in enumerate(agreement.services):
        path = ("services", index)
        yield source, (*path, "service"), "service", terms.service, portfolio.services
        yield source, (*path, "calendar"), "calendar", terms.calendar, portfolio.calendars
        if terms.service in portfolio.services:
            levels = [level.id for level in portfolio.services[terms.service].levels]
            yield source, (*path, "level"), "level", terms.level, levels
        targets = [target.id for target in terms.targets]
        for position, target in enumerate(terms.targets):
            if target.priority:
                yield source, (*path, "targets", position, "priority"), "priority", target.priority, priorities
        for position, tier in enumerate(terms.credits):
            yield source, (*path, "credits", position, "target"), "target", tier.target, targets


def _review(review: Review, portfolio: Portfolio) -> Iterator[Reference]:
    people = portfolio.organization.people
    yield review.source, ("agreement",), "agreement", review.agreement, portfolio.agreements
    yield review.source, ("chair",), "person", review.chair, people
    yield review.source, ("recorder",), "person", review.recorder, people
    for key, persons in (("present", review.present_provider), ("absent", review.absent_provider)):
        for index, person in enumerate(persons):
            yield review.source, (key, "provider", index), "person", person, people
