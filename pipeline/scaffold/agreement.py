"""New agreements: what the catalogue, the party and the organization say already, and blanks for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.model.agreements import in_force
from pipeline.model.catalog import Level, Service, Target
from pipeline.model.measures import DEFINITIONS
from pipeline.model.parties import Contact, Party
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Text
from pipeline.options import Options
from pipeline.scaffold.start import CannotStart, Verbatim, Written, free, known, start

PARTIES = {"sla": "customer", "ola": "team", "uc": "supplier"}
_AUTHORS = {"sla": "slm-administrator", "ola": "slm-administrator", "uc": "supplier-manager"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new agreement is to be about: services with the level of each, in order."""

    kind: str
    id: str
    party: str
    services: tuple[tuple[str, str], ...]


def new_agreement(draft: Draft, portfolio: Portfolio, options: Options) -> Written:
    """The first version of an SLA, OLA or UC, with the targets and hours of the catalogue's levels."""
    free(draft.id, "agreement", ())
    if draft.id in portfolio.agreements:
        msg = f"{draft.id} is there already; its next version: slm new version {draft.id}"
        raise CannotStart(msg)
    kinds = {"sla": portfolio.customers, "ola": portfolio.teams, "uc": portfolio.suppliers}
    party = known(draft.party, PARTIES[draft.kind], kinds[draft.kind], portfolio)
    chosen: list[tuple[Service, Level]] = []
    for service_id, level_id in draft.services:
        service = known(service_id, "service", portfolio.services, portfolio)
        chosen.append((service, known(level_id, "level", {one.id: one for one in service.levels}, portfolio)))
    values = _Values(draft, portfolio, party, chosen).all()
    return start(f"{draft.kind}.{party.language}", draft.kind, values, options)


@dataclass(frozen=True, slots=True)
class _Values:
    """What the template of an agreement may use, in the language of the other party."""

    draft: Draft
    portfolio: Portfolio
    party: Party
    chosen: Sequence[tuple[Service, Level]]

    def text(self, text: Text) -> str:
        return text.in_language(self.party.language)

    def all(self) -> dict[str, Any]:
        organization, roles = self.portfolio.organization, self.portfolio.organization.roles
        author = roles.get(_AUTHORS[self.draft.kind], roles.get("slm-administrator", ""))
        approvers = self.portfolio.policy.approvals.get(self.draft.kind, ("slm-owner",))
        approver = next((roles[role] for role in approvers if roles.get(role, author) != author), "")
        calendars = [self.portfolio.calendars[level.calendar] for _, level in self.chosen]
        return {
            "id": self.draft.id,
            "party": self.draft.party,
            "party_name": self.text(self.party.name),
            "party_short": self.text(self.party.short_name),
            "party_contacts": [self.contact(one) for one in self.party.contacts],
            "our_short": self.text(organization.short_name),
            "our_phone": organization.phone,
            "our_email": organization.email,
            "language": self.party.language,
            "timezone": calendars[0].timezone,
            "hours": self.text(calendars[0].name),
            "responsible": author,
            "approver": approver,
            "service_names": [self.text(service.name) for service, _ in self.chosen],
            "services": [self.terms(service, level) for service, level in self.chosen],
            "deliverables": list(
                dict.fromkeys(self.text(one) for service, _ in self.chosen for one in service.deliverables)
            ),
            "supports": self.supports(),
            "administrator": self.person("slm-administrator"),
            "manager": self.person("slm-manager"),
            "incidents": self.person("incident-manager"),
            "owner": self.person("slm-owner"),
            "suppliers": self.person("supplier-manager"),
            **self.charge(),
        }

    def contact(self, contact: Contact) -> dict[str, str]:
        return {
            "purpose": self.text(contact.purpose),
            "name": self.text(contact.name),
            "phone": contact.phone,
            "email": contact.email,
            "hours": self.text(contact.hours),
        }

    def person(self, role: str) -> dict[str, str]:
        """Whoever holds the role; blanks where nobody does."""
        person = self.portfolio.organization.people.get(self.portfolio.organization.roles.get(role, ""))
        if person is None:
            return {key: f"<fill in the {key} of the {role}>" for key in ("name", "title", "phone", "email")}
        name, title = self.text(person.name), self.text(person.title)
        return {"name": name, "title": title, "phone": person.phone, "email": person.email}

    def terms(self, service: Service, level: Level) -> dict[str, Any]:
        return {
            "id": service.id,
            "name": self.text(service.name),
            "level": level.id,
            "calendar": level.calendar,
            "scope": [self.text(one) for one in service.content],
            "targets": [_target(target) for target in level.targets],
        }

    def supports(self) -> list[str]:
        """The OLAs and UCs that cover one of the services, by their newest binding version."""
        wanted = {service.id for service, _ in self.chosen}
        newest = [spans[-1].agreement for spans in map(in_force, self.portfolio.agreements.values()) if spans]
        backing = [one for one in newest if one.kind != "sla" and wanted & {terms.service for terms in one.services}]
        return [one.id for one in backing]

    def charge(self) -> dict[str, Any]:
        """What the levels cost together, where they are priced in one currency."""
        charges = [level.charge for _, level in self.chosen]
        if len({charge.currency for charge in charges}) > 1:
            return {"amount": Verbatim("<fill in the charge a month>"), "currency": charges[0].currency}
        total = sum((charge.amount for charge in charges), Decimal(0))
        return {"amount": Verbatim(total), "currency": charges[0].currency}


def _target(target: Target) -> Verbatim:
    """A target as it is written in one line."""
    parts = {
        "id": target.id,
        "measure": str(target.measure),
        "priority": target.priority,
        "limit": str(target.limit) if target.limit else "",
        "goal": target.goal_text,
        "percentile": str(target.percentile or ""),
        "aggregate": str(target.aggregate) if _unusual(target) else "",
        "grace": str(target.grace) if target.grace else "",
        "minimum_sample": str(target.minimum_sample or ""),
        "pause_on": _listed(target.pause_on),
        "on_reopen": target.on_reopen if target.on_reopen != "continue" else "",
        "on_priority_change": target.on_priority_change if target.on_priority_change != "latest" else "",
        "types": _listed(target.types),
        "exclude": _listed(target.exclude),
        "components": _steps(target.components),
    }
    return Verbatim("{" + ", ".join(f"{key}: {value}" for key, value in parts.items() if value) + "}")


def _unusual(target: Target) -> bool:
    """Whether the aggregate has to be stated."""
    return target.percentile is None and target.aggregate is not DEFINITIONS[target.measure].aggregates[0]


def _listed(values: Iterable[str]) -> str:
    return f"[{', '.join(sorted(values))}]" if values else ""


def _steps(steps: Sequence[Sequence[str]]) -> str:
    shown = [step[0] if len(step) == 1 else "{any_of: [" + ", ".join(step) + "]}" for step in steps]
    return f"[{', '.join(shown)}]" if shown else ""
