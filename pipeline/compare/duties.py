"""What somebody has to do, and which agreements are still of any effect on a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.model.agreements import ORGANIZATION, Agreement, Status, in_force
from pipeline.model.portfolio import Portfolio


@dataclass(frozen=True, slots=True, order=True)
class Duty:
    """Something to do about `subject`, in `state`, which concerns `party`; `file` is the source that gave rise to it.

    `day` is the day that it is due on, none where it is due now. `agreement` and `version` are empty where the subject
    is none. `kind` and `key` (what it is about: an action, a period) stay the same when its day is moved.
    """

    party: str
    subject: str
    state: str
    because: str
    action: str
    file: str = ""
    day: str = ""
    agreement: str = ""
    version: str = ""
    kind: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Alive:
    """A version that binds now or later, or is being negotiated, and how to say so."""

    agreement: Agreement
    state: str
    signed: bool


def alive(portfolio: Portfolio, today: date) -> Iterator[Alive]:
    """The versions that a change can still matter to."""
    for versions in portfolio.agreements.values():
        days = {span.agreement.version: span.days for span in in_force(versions)}
        for version in versions:
            if version.status in {Status.DRAFT, Status.NEGOTIATING}:
                yield Alive(version, str(version.status), signed=False)
            elif version.version in days and days[version.version].end >= today:
                start, end = days[version.version].start, days[version.version].end
                yield Alive(version, f"signed, from {start}" if start > today else f"in force until {end}", signed=True)


def about(
    one: Agreement,
    state: str,
    because: str,
    action: str,
    *,
    file: str = "",
    day: str = "",
    kind: str = "",
    key: str = "",
) -> Duty:
    """A duty about a version of an agreement."""
    version = str(one.version)
    return Duty(one.other_party, one.label, state, because, action, file, day, one.id, version, kind, key)


def next_version(agreement: Agreement, portfolio: Portfolio) -> str:
    """How to come to the version after a signed one: the draft that there is, or the command that writes one."""
    newest = portfolio.agreements[agreement.id][-1]
    if newest.version > agreement.version and newest.status in {Status.DRAFT, Status.NEGOTIATING}:
        return f"go on with {newest.label}"
    return f"slm new version {agreement.id}"


def name_of(party_id: str, portfolio: Portfolio) -> tuple[str, str, str]:
    """A party's name, and the name and mail address of whom to tell; ours is the service level manager."""
    if party_id == ORGANIZATION:
        ours = portfolio.organization
        manager = ours.people.get(ours.roles.get("slm-manager", ""))
        name = ours.name.in_language("zh-CN")
        return (name, manager.name.in_language("zh-CN"), manager.email) if manager else (name, "", ours.email)
    for parties in (portfolio.customers, portfolio.teams, portfolio.suppliers):
        if party_id in parties:
            party = parties[party_id]
            contact = party.contact_for_agreements
            return party.name.in_language(party.language), contact.name.in_language(party.language), contact.email
    return "", "", ""
