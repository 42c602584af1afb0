"""Everything under `sources/` but the exports, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model.agreements import Agreement, Version
from pipeline.model.alerts import AlertRules
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import Service
from pipeline.model.commentary import Commentary
from pipeline.model.exclusions import Exclusion
from pipeline.model.improvements import Improvement
from pipeline.model.parties import Organization, Party
from pipeline.model.procedure import Procedure
from pipeline.model.publications import Catalog
from pipeline.model.quantities import LANGUAGES, Month, Text
from pipeline.model.records import ImportProfile
from pipeline.model.register import Registration
from pipeline.model.requirements import Requirement
from pipeline.model.reviews import Review
from pipeline.model.source import Source
from pipeline.model.surveys import Survey
from pipeline.problems import Severity


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority and what it means to the customer."""

    id: str
    name: Text
    description: Text


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules that hold for every agreement.

    `matrix` maps impact -> urgency -> priority id, `approvals` a kind of document -> the roles that may approve it.
    `languages` are those of what is published for all; none means those that agreements are written in.
    Of fewer people than `smallest_group` no survey tells anything apart from others, so that nobody is recognized.
    `business_days` is the calendar of the provider's working days, empty for Monday to Friday. `internal_roles` are the
    roles at reviews of OLAs and UCs, where they are others than at those with customers.
    """

    priorities: tuple[Priority, ...]
    impacts: Mapping[str, Text]
    urgencies: Mapping[str, Text]
    matrix: Mapping[str, Mapping[str, str]]
    review_chair: str
    review_roles: tuple[str, ...]
    retention_years: int
    underpinning: Severity
    source: Source = field(repr=False)
    approvals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    smallest_group: int = 5
    alerts: AlertRules = field(default_factory=AlertRules)
    business_days: str = ""
    review_frequency: str = "yearly"
    internal_roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def roles_at(self, kind: str) -> tuple[str, ...]:
        """The roles that have to be at a review of a kind of agreement."""
        return self.internal_roles.get(kind, self.review_roles)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The whole service portfolio; mappings are keyed by id, agreement versions are in ascending order.

    `unreadable` holds the ids of files that had mistakes, so that a reference to one is not called unknown as well.
    """

    organization: Organization
    policy: Policy
    calendars: Mapping[str, Calendar]
    services: Mapping[str, Service]
    customers: Mapping[str, Party]
    teams: Mapping[str, Party]
    suppliers: Mapping[str, Party]
    agreements: Mapping[str, tuple[Agreement, ...]]
    profiles: Mapping[str, ImportProfile]
    reviews: Mapping[str, Review]
    unreadable: frozenset[str]
    register: Mapping[tuple[str, Version], Registration] = field(default_factory=dict)
    catalog: Catalog | None = None
    procedure: Procedure | None = None
    requirements: Mapping[str, Requirement] = field(default_factory=dict)
    exclusions: Mapping[str, Exclusion] = field(default_factory=dict)
    commentaries: Mapping[Month, Commentary] = field(default_factory=dict)
    surveys: Mapping[str, Survey] = field(default_factory=dict)
    improvements: Mapping[str, Improvement] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of documents that belong to no agreement: the catalogue, the procedure, internal reports."""
        written = {language for versions in self.agreements.values() for one in versions for language in one.languages}
        wanted = self.policy.languages or written or LANGUAGES
        return tuple(language for language in LANGUAGES if language in wanted)

    def calendar_sources(self, identifier: str) -> tuple[Source, ...]:
        """The file of a calendar and those of the calendars that it extends."""
        found = self.calendars[identifier]
        return (found.source, *(self.calendar_sources(found.extends) if found.extends in self.calendars else ()))

    def registration(self, agreement: Agreement) -> Registration | None:
        """What was signed under that number and version, if it was registered."""
        return self.register.get((agreement.id, agreement.version))

    def party(self, party_id: str) -> Party:
        """A customer, team or supplier."""
        return next(
            parties[party_id] for parties in (self.customers, self.teams, self.suppliers) if party_id in parties
        )
