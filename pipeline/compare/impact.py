"""Changes of the sources to what has to happen: which agreements, reviews and parties each of them affects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.compare.duties import Alive, Duty, about, alive, next_version
from pipeline.compare.portfolios import Change
from pipeline.model.agreements import BINDING, ORGANIZATION, Agreement, ServiceTerms, Status
from pipeline.model.parties import Person
from pipeline.model.portfolio import Portfolio
from pipeline.model.requirements import RequirementStatus
from pipeline.model.reviews import Review

CATALOGUE, PROCEDURE = "service catalogue", "management procedure"
AGREEMENTS = ("sla", "ola", "uc")
PARTIES = ("customer", "team", "supplier")
_PRINTED = ("priorities", "impacts", "urgencies", "matrix")
_SAID_OF_US = ("name", "short_name", "address", "phone", "email", "records_keeper")
_OF_THE_PROCESS = ("roles", "records_keeper", "review_chair", "review_roles", "approvals", "retention_years")
_AFTER_SIGNING = ("status", "terminated_on")

KEPT = "the signed text stays as it is"
RESEND = "make builds it anew; send the new draft"


@dataclass(frozen=True, slots=True)
class _Case:
    """A change, and the states before and after it."""

    change: Change
    old: Portfolio
    new: Portfolio
    living: tuple[Alive, ...]

    @property
    def first(self) -> str:
        """The first step, such as `levels`."""
        return self.change.steps[0] if self.change.steps else ""

    @property
    def weighty(self) -> bool:
        """Whether it changes what is promised, not only how something is called or described."""
        change = self.change
        if change.kind == "service":
            return not change.steps or self.first == "state" or bool({"targets", "calendar"} & {*change.steps[2:3]})
        if change.kind == "calendar":
            return self.first != "name"
        if change.kind in PARTIES or change.kind == "organization":
            return self.first == "name"
        return change.kind != "policy" or self.first in _PRINTED

    def duty(self, one: Alive, action: str) -> Duty:
        """A duty about an agreement that the change touches."""
        return about(one.agreement, one.state, str(self.change), action, file=self.change.file)

    def ours(self, subject: str, action: str) -> Duty:
        """A duty that concerns nobody but us."""
        return Duty(ORGANIZATION, subject, "", str(self.change), action, self.change.file)


def duties(changes: Sequence[Change], old: Portfolio, new: Portfolio, today: date) -> tuple[Duty, ...]:
    """What each change asks for, in the order of parties and subjects."""
    living = tuple(alive(new, today))
    found: dict[Duty, None] = {}
    for change in changes:
        case = _Case(change, old, new, living)
        for rule in RULES:
            found |= dict.fromkeys(rule(case))
    return tuple(sorted(found))


def _agreements(case: _Case) -> Iterator[Duty]:
    """Agreements that rest on what changed, and those that underpin them."""
    if case.change.kind in AGREEMENTS:
        return
    touches = _touches(case)
    for one in (one for one in case.living if touches(one.agreement)):
        if one.agreement.kind == "sla" or case.change.kind in {*PARTIES, "organization"}:
            yield case.duty(one, _change_of_text(case, one))
        elif case.weighty:
            carried = ", ".join(sla.agreement.label for sla in _relying(case, one.agreement.id)) or "what relies on it"
            yield case.duty(one, f"check that it still carries {carried}; {_change_of_text(case, one)}")
        if one.agreement.kind == "sla" and case.weighty and case.change.kind in {"service", "calendar", "policy"}:
            yield from _supports(case, one.agreement, touches)


def _touches(case: _Case) -> Callable[[Agreement], bool]:
    """Which agreements say, or are measured by, what changed."""
    change, first = case.change, case.first
    if change.kind in {"service", "calendar"}:
        return lambda one: any(True for _ in _terms(case, one))
    if change.kind in PARTIES:
        return lambda one: one.other_party == change.id
    if change.kind == "policy" and first == "priorities":
        return lambda one: any(target.priority == change.steps[1] for terms in one.services for target in terms.targets)
    if change.kind == "organization" and first in {"people", "roles"}:
        person = _person(case)
        return lambda one: person is not None and _names(one, person)
    printed = {"policy": (*_PRINTED, "retention_years"), "organization": _SAID_OF_US}
    return lambda _: first in printed.get(change.kind, ())


def _terms(case: _Case, agreement: Agreement) -> Iterator[ServiceTerms]:
    """The terms that rest on a changed service, level or calendar; all of them for other changes."""
    change = case.change
    level = change.steps[1] if change.kind == "service" and case.first == "levels" else ""
    for terms in agreement.services:
        if change.kind == "service" and (terms.service != change.id or level not in {"", terms.level}):
            continue
        if change.kind != "calendar" or terms.calendar == change.id:
            yield terms


def _person(case: _Case) -> Person | None:
    """The person who changed, or who held the role before."""
    if len(case.change.steps) < 2:  # noqa: PLR2004 - the list, and whom in it
        return None
    before, name = case.old.organization, case.change.steps[1]
    return before.people.get(before.roles.get(name, "") if case.first == "roles" else name)


def _names(agreement: Agreement, person: Person) -> bool:
    """Whether the text names that person."""
    revision, names = agreement.revision, {person.name.plain, *person.name.translations.values()}
    return (
        any(contact.email == person.email for contact in agreement.contacts)
        or any(names & {one.name.plain, *one.name.translations.values()} - {""} for one in agreement.signatories)
        or (agreement.status not in BINDING and person.id in {revision.responsible, revision.approver})
    )


def _change_of_text(case: _Case, one: Alive) -> str:
    """What becomes of the text of an agreement that a change touches."""
    if not one.signed:
        return RESEND
    following = next_version(one.agreement, case.new)
    if case.change.kind == "calendar" and case.weighty:
        return (
            f"{KEPT}, but its figures are measured by the new hours: agree and sign a new version ({following}), "
            "or give the new hours a calendar of their own"
        )
    if case.weighty:
        return f"{KEPT}; agree and sign a new version where the change is to hold for it: {following}"
    if case.change.kind in PARTIES:
        return f"{KEPT}; the next version takes it up"
    return f"{KEPT}; tell the other side where it matters to them, the next version takes it up"


def _supports(case: _Case, sla: Agreement, touches: Callable[[Agreement], bool]) -> Iterator[Duty]:
    """OLAs and UCs behind an SLA that the change does not touch by itself."""
    services = {terms.service for terms in _terms(case, sla)}
    for one in case.living:
        support = one.agreement
        if (
            support.id in sla.relies_on
            and not touches(support)
            and services & {terms.service for terms in support.services}
        ):
            yield case.duty(one, f"check that it still carries {sla.label} (slm check)")


def _relying(case: _Case, identifier: str) -> Iterator[Alive]:
    return (one for one in case.living if identifier in one.agreement.relies_on)


def _versions(case: _Case) -> Iterator[Duty]:
    """An agreement that was itself written, changed or taken away."""
    change = case.change
    if change.kind not in AGREEMENTS:
        return
    was, now = (_version(portfolio, change.id) for portfolio in (case.old, case.new))
    if now is None:
        if was is not None:
            yield about(was, "removed", str(change), "put its file back if it was ever signed", file=change.file)
        return
    state = next((one.state for one in case.living if one.agreement is now), str(now.status))
    yield about(now, state, str(change), _next_step(case, was, now), file=change.file)
    if case.first not in {"", "status", "terminated_on", "effective", "services", "underpinned_by", "maintenance"}:
        return
    if now.kind == "sla":
        yield from _supports(case, now, lambda _: False)
    for one in _relying(case, now.id):
        yield case.duty(one, f"check that {now.label} still carries it (slm check)")


def _version(portfolio: Portfolio, label: str) -> Agreement | None:
    versions = portfolio.agreements.get(label.partition("@")[0], ())
    return next((version for version in versions if version.label == label), None)


def _next_step(case: _Case, was: Agreement | None, now: Agreement) -> str:
    """What the life cycle asks for next."""
    before = was.status if was is not None else None
    if before in BINDING and now.status in BINDING and case.first not in _AFTER_SIGNING:
        return f"a signed text never changes: put it back, and {next_version(now, case.new)}"
    if now.status is Status.TERMINATED:
        return "tell the other side; see which OLAs and UCs are no longer needed"
    if now.status is Status.SIGNED:
        registered = case.new.registration(now) is not None
        return "send the signed copies" if registered else f"register it: slm register sign {now.label} --date … --by …"
    if before is None or case.first == "status":
        return "make builds it; send it, agree on it and have it signed"
    return RESEND


def _catalogue(case: _Case) -> Iterator[Duty]:
    """The catalogue is published anew; an approved service is a trigger of the procedure."""
    change, catalog = case.change, case.new.catalog
    used = {level.calendar for service in case.new.services.values() for level in service.levels}
    if change.kind in {"service", "catalog"} or (change.kind == "calendar" and change.id in used):
        if catalog and (case.old.catalog is None or case.old.catalog.issues[-1].version != catalog.issues[-1].version):
            action = f"send its version {catalog.issues[-1].version} to the customers"
        else:
            action = "publish a new version: add a revision to catalog.yaml, then make catalog"
        yield case.ours(CATALOGUE, action)
    service = case.new.services.get(change.id) if change.kind == "service" else None
    if service is not None and service.state == "offered" and case.first in {"", "state"}:
        action = "a service was approved (SLM1): have it underpinned (slm new agreement ola|uc …), then offer it (SLM3)"
        yield case.ours(f"service {service.id}", action)


def _process(case: _Case) -> Iterator[Duty]:
    """The procedure states roles, keeping and approvals; people have services and reviews to look after."""
    change = case.change
    if change.kind == "procedure" or (change.kind in {"organization", "policy"} and case.first in _OF_THE_PROCESS):
        yield case.ours(PROCEDURE, "make builds it anew; tell everybody who holds a role")
    person = _person(case) if change.kind == "organization" and case.first == "people" else None
    if person is not None and person.id not in case.new.organization.people:
        for service in case.new.services.values():
            if service.owner == person.id:
                yield case.ours(f"service {service.id}", "name another owner")


def _reviews(case: _Case) -> Iterator[Duty]:
    """Planned reviews: their agenda, and who is invited."""
    change, touches, person = case.change, _touches(case), None
    if change.kind == "organization":
        person = _person(case)
    for review in case.new.reviews.values():
        versions = case.new.agreements.get(review.agreement, ())
        if not versions:
            continue
        subject, state = f"review {review.id}", f"{review.status} for {review.day}"
        action = ""
        if change.kind == "review" and change.id == review.id:
            action = (
                "make review-packs; tell all who take part"
                if review.status == "planned"
                else "make minutes; have them confirmed"
            )
        elif review.status == "planned" and person is not None and person.id in _invited(review):
            action = "see who takes the place at the table"
        elif review.status == "planned" and case.weighty and change.kind in {"service", "calendar", "sla"}:
            about_it = change.id.partition("@")[0] == review.agreement or any(map(touches, versions))
            action = "put it on the agenda" if about_it else ""
        if action:
            yield Duty(versions[-1].other_party, subject, state, str(change), action, change.file)


def _requirements(case: _Case) -> Iterator[Duty]:
    """What customers asked for is held against the catalogue as it is now."""
    change = case.change
    for one in case.new.requirements.values():
        asked = {item.service for item in one.items} | {item.calendar for item in one.items}
        still_open = one.status in {RequirementStatus.RECEIVED, RequirementStatus.ANALYSED}
        if change.kind == "requirement" and change.id == one.id:
            action = (
                "make builds its analysis anew; settle it with the customer" if still_open else "make builds it anew"
            )
        elif change.kind in {"service", "calendar"} and case.weighty and change.id in asked and still_open:
            action = "compare it with the catalogue again: make builds its analysis anew"
        else:
            continue
        yield Duty(one.customer, f"requirement {one.id}", str(one.status), str(change), action, change.file)


def _improvements(case: _Case) -> Iterator[Duty]:
    """A plan that changed is told to those who carry it out; the other party learns of it in the next report."""
    change = case.change
    plan = case.new.improvements.get(change.id) if change.kind == "improvement" else None
    if plan is not None:
        yield case.ours(f"improvement {plan.id}", f"make improvements; tell {plan.owner}")


def _invited(review: Review) -> set[str]:
    return {review.chair, review.recorder, *review.present_provider}


RULES: tuple[Callable[[_Case], Iterator[Duty]], ...] = (
    _agreements,
    _versions,
    _catalogue,
    _process,
    _reviews,
    _improvements,
    _requirements,
)
"""What a change can ask for; each rule sees every change."""
