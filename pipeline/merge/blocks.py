"""Parts that several kinds of document show; every value is ready to print in the document's language."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import ORGANIZATION, Agreement, Revision, Version
from pipeline.model.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class PartyBlock:
    """A party as documents introduce it; `phone` and `email` are those of its first contact."""

    id: str
    name: str
    short_name: str
    address: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A row of the revision record."""

    version: str
    summary: str
    responsible: str
    approver: str
    date: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Someone with a function."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class AgreementRef:
    """Which agreement version a document is about."""

    id: str
    number: str
    version: str
    title: str
    effective_from: str
    effective_until: str


def party(portfolio: Portfolio, party_id: str, words: Words) -> PartyBlock:
    """A party by its id; ORGANIZATION is the provider itself."""
    if party_id == ORGANIZATION:
        own = portfolio.organization
        return PartyBlock(
            ORGANIZATION, words(own.name), words(own.short_name), words(own.address), own.phone, own.email
        )
    found = portfolio.party(party_id)
    contact = found.contacts[0]
    return PartyBlock(
        found.id, words(found.name), words(found.short_name), words(found.address), contact.phone, contact.email
    )


def person(portfolio: Portfolio, person_id: str, words: Words) -> PersonRow:
    """A person of the provider."""
    found = portfolio.organization.people[person_id]
    return PersonRow(words(found.name), words(found.title))


def revision_row(
    portfolio: Portfolio, version: Version, revision: Revision, words: Words, *, approved: bool = True
) -> RevisionRow:
    """A row of a revision record; what nobody has approved yet must not look as if someone had, and on which day."""
    people = portfolio.organization.people
    return RevisionRow(
        str(version),
        words(revision.summary),
        words(people[revision.responsible].name),
        words(people[revision.approver].name) if approved else words.label("revision.pending"),
        words.date(revision.date) if approved else EMPTY,
    )


def reference(agreement: Agreement, words: Words) -> AgreementRef:
    """The version that a document is about."""
    return AgreementRef(
        agreement.id,
        agreement.number,
        str(agreement.version),
        words(agreement.title),
        words.date(agreement.effective.start),
        words.date(agreement.effective.end),
    )


def records_keeper(portfolio: Portfolio, words: Words) -> str:
    """The department that keeps the records."""
    return words(portfolio.organization.departments[portfolio.organization.records_keeper])
