"""Who is meant by a name in an agreement: texts that were signed name people, and only contacts have addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model.agreements import Agreement
from pipeline.model.parties import Contact, Party, Person
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Text
from pipeline.problems import Problem, error

_HEAD = re.compile(r"[^（(，,；;/、]+")


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a mail goes to, in which language."""

    name: str
    address: str
    language: str


def readers(agreement: Agreement, portfolio: Portfolio) -> tuple[tuple[Addressee, ...], tuple[Problem, ...]]:
    """The recipients of the reporting clause with their addresses; a name without exactly one address is a problem."""
    party = portfolio.party(agreement.other_party)
    known: list[Contact | Person] = list(party.contacts)
    if agreement.kind != "sla":  # what a team or supplier owes us is read by our own people
        known += portfolio.organization.people.values()
    found: dict[str, Addressee] = {}
    problems: list[Problem] = []
    for index, recipient in enumerate(agreement.reporting.recipients):
        meant = _meant(recipient, known)
        if len({one.email.casefold() for one in meant}) == 1:
            one = addressee(meant[0], agreement)
            found.setdefault(one.address.casefold(), one)
            continue
        name = recipient.in_language(agreement.language)
        message = f"{len(meant) or 'no'} contacts of {party.id} go by the name of {name!r}"
        hint = f"contacts in {party.source.file} must tell who that is, by the same name, and the mail address"
        place = agreement.source.at("reporting", "recipients", index)
        problems.append(error(place, "recipient-address", message, hint))
    return tuple(found.values()), tuple(problems)


def signer(agreement: Agreement, party: Party) -> Addressee:
    """Whom an agreement is sent to for signature."""
    return addressee(party.contact_for_agreements, agreement)


def addressee(one: Contact | Person, agreement: Agreement) -> Addressee:
    """Somebody with an address, in the language of their own or else of the agreement."""
    language = (one.language if isinstance(one, Contact) else "") or agreement.language
    return Addressee(called(one.name.in_language(language)), one.email, language)


def called(name: str) -> str:
    """The name without the office behind it, in brackets or after a comma: `沈秋（运行科科长）` is 沈秋."""
    match = _HEAD.match(name)
    return match[0].strip() if match else name


def _meant(recipient: Text, known: Sequence[Contact | Person]) -> list[Contact | Person]:
    """Those of the very name, else those of the name without office."""
    names = _spellings(recipient)
    exact = [one for one in known if names & _spellings(one.name)]
    heads = {called(name) for name in names}
    return exact or [one for one in known if heads & {called(name) for name in _spellings(one.name)}]


def _spellings(text: Text) -> set[str]:
    return {one for one in (text.plain, *text.translations.values()) if one}
