"""Agreements (SLA, OLA, UC) and their versions: what was promised, and from when to when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from pipeline.model.canonical import Leaf
from pipeline.model.catalog import Target, Unit
from pipeline.model.parties import Contact
from pipeline.model.quantities import DateRange, Limit, Money, Text
from pipeline.model.recurrence import Recurrence
from pipeline.model.source import Source

ORGANIZATION = "organization"
"""The party id that stands for the provider itself."""

MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}
"""Frequency -> months from one time to the next."""

Step = tuple[str, ...]
"""A step of a support chain: the OLA or UC that takes over there; several are redundant, one of them suffices."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """`A/01`: letter = edition, number = modification; A/00 < A/01 < B/00."""

    edition: str
    modification: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read `A/01`; ValueError otherwise."""
        match = re.fullmatch(r"([A-Z])/(\d\d)", text)
        if match is None:
            msg = f"{text!r} is not a version; write an edition letter and two digits, such as A/00 or B/01"
            raise ValueError(msg)
        return cls(match[1], int(match[2]))

    def __str__(self) -> str:
        return f"{self.edition}/{self.modification:02d}"

    @property
    def slug(self) -> str:
        """The version as part of a file name."""
        return f"{self.edition}-{self.modification:02d}"


class Status(StrEnum):
    """Life cycle of a version; only what was signed is ever in force."""

    DRAFT = "draft"
    NEGOTIATING = "negotiating"
    SIGNED = "signed"
    TERMINATED = "terminated"


BINDING = frozenset({Status.SIGNED, Status.TERMINATED})
"""States of a text that is final; before them it is a draft, whatever it looks like."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A row of the revision record."""

    summary: Text
    responsible: str
    approver: str
    date: date


@dataclass(frozen=True, slots=True)
class CreditTier:
    """Below this value of that target, so many percent of the period's charge are credited.

    Where less is better it is above this value (`above`). `time` is the value where it was written as one.
    """

    target: str
    below: Decimal
    credit: Decimal
    above: bool = False
    unit: Unit = Unit.PERCENT
    time: Limit | None = None

    @property
    def value_text(self) -> str:
        """The value as it is written in sources: `99.9%`, `4 h`, `30`."""
        if self.time is not None:
            return str(self.time)
        return f"{self.below}%" if self.unit is Unit.PERCENT else f"{self.below}"


@dataclass(frozen=True, slots=True)
class MissClause:
    """What follows from missing a target in `months` of `of` contract months in a row, the last of them missed too.

    `credit` is a further credit in percent of the period's charge; without it the customer may terminate.
    """

    target: str
    months: int
    of: int
    credit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """The terms for one service within an agreement; `workload_limit` is incidents per month.

    `underpinned_by` is the support chain of this service, in the order in which work is handed on, where it is stated.
    """

    service: str
    level: str
    calendar: str
    scope: tuple[Text, ...]
    exceptions: tuple[Text, ...]
    workload_limit: int | None
    targets: tuple[Target, ...]
    credits: tuple[CreditTier, ...]
    underpinned_by: tuple[Step, ...] = ()
    repeated_miss: tuple[MissClause, ...] = ()
    termination_triggers: tuple[MissClause, ...] = ()

    def target(self, target_id: str) -> Target | None:
        """The target of that id, if promised."""
        return next((target for target in self.targets if target.id == target_id), None)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A recurring maintenance window agreed in advance, for those services (for all where none is named)."""

    when: Text
    purpose: Text
    window: Recurrence | None = None
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """One step of the escalation ladder."""

    after: Text
    provider: Text
    customer: Text


@dataclass(frozen=True, slots=True)
class Due:
    """So many days (or working days of the provider) after the end of the period."""

    days: int
    business: bool

    @classmethod
    def parse(cls, text: str) -> Due:
        """Read `5 business days` or `10 days`; ValueError otherwise."""
        match = re.fullmatch(r"(\d{1,3}) (business )?days?", text)
        if match is None:
            msg = f"{text!r} is not a term; write it as 5 business days or 10 days"
            raise ValueError(msg)
        return cls(int(match[1]), bool(match[2]))


@dataclass(frozen=True, slots=True)
class Reporting:
    """What is reported, how often, when due, by which channel and to whom."""

    frequency: str
    content: tuple[Text, ...]
    due: Due
    channel: Text
    recipients: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """How often the parties meet to review the agreement, and about what."""

    frequency: str
    content: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs for which side (`provider` or `customer`)."""

    party: str
    name: Text
    title: Text


@dataclass(frozen=True, slots=True)
class SupplierTerms:
    """What only a contract with a supplier says: its renewal, what it is to bring about, and its commercial terms."""

    renewal: Text
    utility: Text
    warranty: Text
    interfaces: tuple[Text, ...]
    commercial: tuple[Text, ...]


NO_SUPPLIER_TERMS = SupplierTerms(Text(), Text(), Text(), (), ())


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement. `period_start_day` is the day that contract months start on.

    `language` is the text that binds; translations are made in the languages of `also_in`. `tax` says whether
    the charge includes it. `content` is all that the source says, for comparing with what was signed.
    """

    kind: str
    id: str
    title: Text
    version: Version
    status: Status
    effective: DateRange
    terminated_on: date | None
    replaces: Version | None
    revision: Revision
    provider: str
    customer: str
    language: str
    timezone: str
    period_start_day: int
    counted_by: str
    objective: Text
    services: tuple[ServiceTerms, ...]
    dependencies: tuple[Text, ...]
    provider_duties: tuple[Text, ...]
    customer_duties: tuple[Text, ...]
    deliverables: tuple[Text, ...]
    contacts: tuple[Contact, ...]
    maintenance: tuple[Maintenance, ...]
    escalation: tuple[Escalation, ...]
    change: Text
    termination: Text
    charge: Money | None
    credit_cap: Decimal | None
    underpinned_by: tuple[str, ...]
    reporting: Reporting
    review: ReviewTerms
    signatories: tuple[Signatory, ...]
    source: Source = field(repr=False)
    also_in: tuple[str, ...] = ()
    supplier_terms: SupplierTerms | None = None
    tax: Text = field(default_factory=Text)
    content: Mapping[str, Leaf] = field(default_factory=dict, repr=False)
    credit_cap_year: Decimal | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that its documents are written in, the binding one first."""
        return (self.language, *self.also_in)

    @property
    def relies_on(self) -> tuple[str, ...]:
        """The OLAs and UCs that back it, whichever service they do it for."""
        stated = (support for terms in self.services for step in terms.underpinned_by for support in step)
        return tuple(dict.fromkeys((*self.underpinned_by, *stated)))

    @property
    def other_party(self) -> str:
        """The party that is not us: the customer of an SLA, the team or supplier behind an OLA or UC."""
        return self.customer if self.kind == "sla" else self.provider

    @property
    def number(self) -> str:
        """The id as documents print it: `SLA-HARBOUR-CORE`."""
        return self.id.upper()

    @property
    def label(self) -> str:
        """How people name this version: `sla-harbour-core@A/01`."""
        return f"{self.id}@{self.version}"

    def terms(self, service_id: str) -> ServiceTerms | None:
        """The terms for that service, if covered."""
        return next((terms for terms in self.services if terms.service == service_id), None)


@dataclass(frozen=True, slots=True)
class InForce:
    """A version and the days on which it binds."""

    agreement: Agreement
    days: DateRange


def in_force(versions: Sequence[Agreement]) -> tuple[InForce, ...]:
    """The days on which each signed version binds, in order of version.

    Validity ends early on the day a version is terminated, and on the day before a later signed version that names
    it in `replaces` starts. Versions that never bind are left out.
    """
    binding = [version for version in versions if version.status in BINDING]
    spans = []
    for version in binding:
        ends = [version.effective.end]
        if version.terminated_on is not None:
            ends.append(version.terminated_on)
        ends += [later.effective.start - timedelta(days=1) for later in binding if later.replaces == version.version]
        days = replace(version.effective, end=min(ends))
        if days.start <= days.end:
            spans.append(InForce(version, days))
    return tuple(spans)
