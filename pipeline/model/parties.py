"""Who promises, who receives, who supports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline.model.quantities import Text
from pipeline.model.source import Source


@dataclass(frozen=True, slots=True)
class Person:
    """A named person of the provider."""

    id: str
    name: Text
    title: Text
    department: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to turn to for what; `language` is that of mails to them, where it is not the agreement's."""

    purpose: Text
    name: Text
    phone: str
    email: str
    hours: Text
    language: str = ""


@dataclass(frozen=True, slots=True)
class Tenure:
    """A role that somebody held until a day."""

    role: str
    person: str
    until: date


@dataclass(frozen=True, slots=True)
class Organization:
    """The service provider: its departments, its people and the roles they hold (role id -> person id).

    `former` tells who held a role before, so that what they approved then stays approved.
    """

    name: Text
    short_name: Text
    address: Text
    phone: str
    email: str
    departments: Mapping[str, Text]
    people: Mapping[str, Person]
    roles: Mapping[str, str]
    records_keeper: str
    source: Source = field(repr=False)
    former: tuple[Tenure, ...] = ()

    def held(self, person: str, role: str, day: date) -> bool:
        """Whether a person holds a role, or still held it on that day."""
        return self.roles.get(role) == person or any(
            (one.role, one.person) == (role, person) and day <= one.until for one in self.former
        )


_ABOUT_AGREEMENTS = ("agreement", "contract", "协议", "合同", "商务")


@dataclass(frozen=True, slots=True)
class Party:
    """A customer, an internal team or a supplier; `language` is the one its documents are written in."""

    kind: str
    id: str
    name: Text
    short_name: Text
    address: Text
    language: str
    contacts: tuple[Contact, ...]
    source: Source = field(repr=False)

    @property
    def contact_for_agreements(self) -> Contact:
        """Whom to tell of changes and ask for signatures: the contact for agreements, else the first."""
        for contact in self.contacts:
            purposes = (contact.purpose.plain, *contact.purpose.translations.values())
            if any(word in purpose.lower() for word in _ABOUT_AGREEMENTS for purpose in purposes):
                return contact
        return self.contacts[0]
