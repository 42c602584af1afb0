"""Every id that a source names exists."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.model.agreements import ORGANIZATION, Agreement
from pipeline.model.catalog import Service, Target
from pipeline.model.commentary import Commentary
from pipeline.model.improvements import Improvement
from pipeline.model.portfolio import Portfolio
from pipeline.model.procedure import Procedure
from pipeline.model.publications import Issue
from pipeline.model.records import (
    ALL_CUSTOMERS,
    CHANGE_OUTCOMES,
    NO,
    OUTAGE_CATEGORIES,
    TICKET_TYPES,
    YES,
    ImportProfile,
)
from pipeline.model.requirements import Requirement
from pipeline.model.reviews import Review
from pipeline.model.source import Path, Source
from pipeline.model.surveys import Survey
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
    for profile in portfolio.profiles.values():
        yield from _profile(profile, portfolio)
    yield from _exclusions(portfolio)
    yield from _follow_up(portfolio)
    for requirement in portfolio.requirements.values():
        yield from _requirement(requirement, portfolio)
    yield from _publications(portfolio)
    for entry in portfolio.register.values():
        yield entry.source, (*entry.path, "by"), "person", entry.by, portfolio.organization.people


def _follow_up(portfolio: Portfolio) -> Iterator[Reference]:
    for review in portfolio.reviews.values():
        yield from _review(review, portfolio)
    for commentary in portfolio.commentaries.values():
        yield from _commentary(commentary, portfolio)
    for survey in portfolio.surveys.values():
        yield from _survey(survey, portfolio)
    for improvement in portfolio.improvements.values():
        yield from _improvement(improvement, portfolio)


def _exclusions(portfolio: Portfolio) -> Iterator[Reference]:
    for exclusion in portfolio.exclusions.values():
        yield exclusion.source, ("customer",), "customer", exclusion.customer, portfolio.customers
        known = _promised(exclusion.customer, portfolio)
        for index, target in enumerate(exclusion.targets):
            yield exclusion.source, ("targets", index), "target", target, known


def _commentary(commentary: Commentary, portfolio: Portfolio) -> Iterator[Reference]:
    slas = {identifier for identifier, versions in portfolio.agreements.items() if versions[0].kind == "sla"}
    for identifier, remarks in commentary.agreements.items():
        yield commentary.source, ("agreements", identifier, "@key"), "SLA", identifier, slas
        known = {
            action.id
            for review in portfolio.reviews.values()
            if review.agreement == identifier
            for action in (*review.previous_actions, *review.actions)
        }
        known |= {
            action.id
            for plan in portfolio.improvements.values()
            if plan.agreement == identifier
            for action in plan.actions
        }
        for index, progress in enumerate(remarks.actions):
            place = ("agreements", identifier, "actions", index, "id")
            yield commentary.source, place, "action of a review", progress.action, known
        terms = [terms for version in portfolio.agreements.get(identifier, ()) for terms in version.services]
        for index, one in enumerate(remarks.misses):
            path = ("agreements", identifier, "misses", index)
            targets = {target.id for found in terms if found.service == one.service for target in found.targets}
            yield commentary.source, (*path, "service"), "service", one.service, {found.service for found in terms}
            yield commentary.source, (*path, "target"), "target", one.target, targets


def _promised(customer: str, portfolio: Portfolio) -> Collection[str]:
    """The ids of all targets that a customer was ever promised."""
    theirs = [one for versions in portfolio.agreements.values() for one in versions if one.customer == customer]
    return {target.id for one in theirs for terms in one.services for target in terms.targets}


def _publications(portfolio: Portfolio) -> Iterator[Reference]:
    catalog, procedure = portfolio.catalog, portfolio.procedure
    if catalog is not None:
        yield from _issues(catalog.issues, catalog.source, portfolio)
        for index, service in enumerate(catalog.services):
            yield catalog.source, ("services", index), "service", service, portfolio.services
    if procedure is not None:
        yield from _issues(procedure.issues, procedure.source, portfolio)
        yield from _procedure(procedure, portfolio)


def _issues(issues: Sequence[Issue], source: Source, portfolio: Portfolio) -> Iterator[Reference]:
    for index, issue in enumerate(issues):
        for key, person in (("responsible", issue.revision.responsible), ("approver", issue.revision.approver)):
            yield source, ("revisions", index, key), "person", person, portfolio.organization.people


def _procedure(procedure: Procedure, portfolio: Portfolio) -> Iterator[Reference]:
    source, roles = procedure.source, [role.id for role in procedure.roles]
    for role in (portfolio.policy.review_chair, *portfolio.policy.review_roles):
        # the procedure prints who takes part in a review, so it has to say what each is called
        yield source, ("roles",), "role of policy.yaml", role, roles
    for index, meeting in enumerate(procedure.meetings):
        for position, role in enumerate(meeting.roles):
            yield source, ("meetings", index, "roles", position), "role", role, roles
    for index, activity in enumerate(procedure.activities):
        for position, role in enumerate(activity.responsible):
            yield source, ("activities", index, "responsible", position), "role", role, roles
        for position, step in enumerate(activity.steps):
            for role in step.raci:
                yield source, ("activities", index, "steps", position, "raci", role, "@key"), "role", role, roles
    activities = [activity.id for activity in procedure.activities]
    for index, record in enumerate(procedure.records):
        yield source, ("records", index, "activity"), "activity", record.activity, activities


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
        "type": TICKET_TYPES,
        "first_contact": (YES, NO),
        "outcome": CHANGE_OUTCOMES,
    }
    for field, known in tables.items():
        for written, identifier in profile.values.get(field, {}).items():
            path = ("values", field, written)
            marks = profile.source.marks
            if ("extends",) in marks and path not in marks:  # of the profile that this one extends, made for anybody
                continue
            if (field, identifier) != ("customer", ALL_CUSTOMERS):
                yield profile.source, path, field, identifier, known
        if field in profile.constants:
            yield profile.source, ("constants", field), field, profile.constants[field], known


def _organization(portfolio: Portfolio) -> Iterator[Reference]:
    organization = portfolio.organization
    for index, person in enumerate(organization.people.values()):
        path = ("people", index, "department")
        yield organization.source, path, "department", person.department, organization.departments
    for role, person_id in organization.roles.items():
        yield organization.source, ("roles", role), "person", person_id, organization.people
    for index, tenure in enumerate(organization.former):
        yield organization.source, ("former_roles", index, "role"), "role", tenure.role, organization.roles
        yield organization.source, ("former_roles", index, "person"), "person", tenure.person, organization.people
    keeper = organization.records_keeper
    yield organization.source, ("records_keeper",), "department", keeper, organization.departments


def _policy(portfolio: Portfolio) -> Iterator[Reference]:
    policy, roles = portfolio.policy, portfolio.organization.roles
    priorities = [priority.id for priority in policy.priorities]
    yield policy.source, ("review", "chair"), "role", policy.review_chair, roles
    for index, role in enumerate(policy.review_roles):
        yield policy.source, ("review", "required_roles", index), "role", role, roles
    for kind, needed in policy.internal_roles.items():
        for index, role in enumerate(needed):
            yield policy.source, ("review", f"{kind}_roles", index), "role", role, roles
    if policy.business_days:
        yield policy.source, ("business_days",), "calendar", policy.business_days, portfolio.calendars
    for kind, approving in policy.approvals.items():
        for index, role in enumerate(approving):
            yield policy.source, ("approvals", kind, index), "role", role, roles
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
            yield from _asked(source, (*path, "targets", position), target, portfolio)
        for position, tier in enumerate(terms.credits):
            yield source, (*path, "credits", position, "target"), "target", tier.target, targets
        for key, clauses in (
            ("repeated_miss", terms.repeated_miss),
            ("termination_triggers", terms.termination_triggers),
        ):
            for position, clause in enumerate(clauses):
                yield source, (*path, key, position, "target"), "target", clause.target, targets
    for index, window in enumerate(agreement.maintenance):
        for position, service in enumerate(window.services):
            yield source, ("maintenance", index, "services", position), "service", service, portfolio.services
    yield from _supports(agreement, portfolio)


def _asked(source: Source, path: Path, target: Target, portfolio: Portfolio) -> Iterator[Reference]:
    """The survey that a target is measured by, and its question."""
    if target.survey:
        yield source, (*path, "survey"), "survey", target.survey, portfolio.surveys
    if target.question and target.survey in portfolio.surveys:
        questions = [one.id for one in portfolio.surveys[target.survey].questions]
        yield source, (*path, "question"), f"question of {target.survey}", target.question, questions


def _survey(survey: Survey, portfolio: Portfolio) -> Iterator[Reference]:
    slas = {identifier for identifier, versions in portfolio.agreements.items() if versions[0].kind == "sla"}
    source, questions = survey.source, [one.id for one in survey.questions]
    yield source, ("agreement",), "SLA", survey.agreement, slas
    for index, question in enumerate(survey.questions):
        if question.service:
            yield source, ("questions", index, "service"), "service", question.service, portfolio.services
    if survey.overall:
        yield source, ("overall",), "question", survey.overall, questions
    for key in ("questions", "comments") if survey.layout else ():
        for question in getattr(survey.layout, key):
            yield source, ("table", key, question, "@key"), "question", question, questions


def _supports(agreement: Agreement, portfolio: Portfolio) -> Iterator[Reference]:
    """The OLAs and UCs that an agreement names, for all of its services or for one."""
    source = agreement.source
    supports = {
        identifier for identifier, versions in portfolio.agreements.items() if versions[0].kind in {"ola", "uc"}
    }
    for index, identifier in enumerate(agreement.underpinned_by):
        yield source, ("underpinned_by", index), "OLA or UC", identifier, supports
    for index, terms in enumerate(agreement.services):
        path = ("services", index)
        for position, step in enumerate(terms.underpinned_by):
            for nested, identifier in enumerate(step):
                # the mark of the id itself is found either way: a step of one has nothing nested
                within = (*path, "underpinned_by", position, "any_of", nested)
                yield source, within, "OLA or UC", identifier, supports


def _review(review: Review, portfolio: Portfolio) -> Iterator[Reference]:
    people = portfolio.organization.people
    yield review.source, ("agreement",), "agreement", review.agreement, portfolio.agreements
    yield review.source, ("chair",), "person", review.chair, people
    yield review.source, ("recorder",), "person", review.recorder, people
    for key, side, persons in (
        ("present", "provider", review.present_provider),
        ("present", "team", review.present_team),
        ("absent", "provider", review.absent_provider),
        ("absent", "team", review.absent_team),
    ):
        for index, person in enumerate(persons):
            yield review.source, (key, side, index), "person", person, people


def _requirement(requirement: Requirement, portfolio: Portfolio) -> Iterator[Reference]:
    source = requirement.source
    slas = {identifier for identifier, versions in portfolio.agreements.items() if versions[0].kind == "sla"}
    priorities = [priority.id for priority in portfolio.policy.priorities]
    yield source, ("customer",), "customer", requirement.customer, portfolio.customers
    yield source, ("received_by",), "person", requirement.received_by, portfolio.organization.people
    if requirement.agreement:
        yield source, ("agreement",), "SLA", requirement.agreement, slas
    yield from _issues(requirement.issues, source, portfolio)
    for index, item in enumerate(requirement.items):
        if item.service:
            yield source, ("items", index, "service"), "service", item.service, portfolio.services
        if item.calendar:
            yield source, ("items", index, "calendar"), "calendar", item.calendar, portfolio.calendars
        for position, target in enumerate(item.targets):
            if target.priority:
                path = ("items", index, "targets", position, "priority")
                yield source, path, "priority", target.priority, priorities


def _improvement(plan: Improvement, portfolio: Portfolio) -> Iterator[Reference]:
    source, people = plan.source, portfolio.organization.people
    yield source, ("owner",), "person", plan.owner, people
    yield from _issues(plan.issues, source, portfolio)
    if plan.approval is not None:
        yield source, ("approval", "by"), "person", plan.approval.person, people
    if plan.service:
        yield source, ("service",), "service", plan.service, portfolio.services
    if plan.agreement:
        yield source, ("agreement",), "agreement", plan.agreement, portfolio.agreements
    if plan.origin.kind == "review":
        yield source, ("source", "reference"), "review", plan.origin.reference, portfolio.reviews
    if plan.aim is not None and plan.agreement in portfolio.agreements:
        covered = [terms for version in portfolio.agreements[plan.agreement] for terms in version.services]
        yield source, ("target", "service"), "service", plan.aim.service, [terms.service for terms in covered]
        known = [target.id for terms in covered if terms.service == plan.aim.service for target in terms.targets]
        if known:
            yield source, ("target", "target"), "target", plan.aim.target, known
