"""What an agreement template may see."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.merge.blocks import PartyBlock, PersonRow, RevisionRow


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A quantified promise: `limit`, `pauses` and `excluded` are empty where they do not apply.

    `reopen` goes on after the pauses, or opens the sentence where there are none.
    """

    number: str
    id: str
    measure: str
    priority: str
    limit: str
    goal: str
    pauses: str
    excluded: str
    reopen: str


@dataclass(frozen=True, slots=True)
class CreditRow:
    """A credit tier."""

    target: str
    below: str
    credit: str


@dataclass(frozen=True, slots=True)
class ServiceBlock:
    """One service of the agreement; `workload` is empty where no limit is agreed."""

    number: int
    name: str
    objective: str
    level: str
    level_summary: str
    calendar: str
    frequency: str
    delivery: str
    content: tuple[str, ...]
    scope: tuple[str, ...]
    exceptions: tuple[str, ...]
    workload: str
    targets: tuple[TargetRow, ...]
    credits: tuple[CreditRow, ...]


@dataclass(frozen=True, slots=True)
class HoursRow:
    """The windows of a group of days."""

    days: str
    windows: str


@dataclass(frozen=True, slots=True)
class CalendarBlock:
    """Service hours in words."""

    name: str
    timezone: str
    hours: tuple[HoursRow, ...]
    day: str
    holidays: str


@dataclass(frozen=True, slots=True)
class PriorityRow:
    """A priority explained."""

    id: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One impact and the priority at each urgency."""

    impact: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """How a measure is counted."""

    name: str
    unit: str
    formula: str
    source: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Whom to turn to for what."""

    purpose: str
    name: str
    phone: str
    email: str
    hours: str


@dataclass(frozen=True, slots=True)
class MaintenanceRow:
    """An agreed maintenance window."""

    when: str
    purpose: str


@dataclass(frozen=True, slots=True)
class EscalationRow:
    """One step of the escalation ladder."""

    level: int
    after: str
    provider: str
    customer: str


@dataclass(frozen=True, slots=True)
class SupportRow:
    """An SLA that relies on this OLA or UC; a UC names neither its title nor its customer."""

    id: str
    version: str
    title: str
    customer: str
    validity: str


@dataclass(frozen=True, slots=True)
class AgreementContext:
    """An agreement version as its Word template sees it; `charge`, `tax` and `credit_cap` may be empty.

    `number` is the id as documents print it. `charge_in_capitals` is for Chinese texts in yuan. `customer_contacts` are
    those that the customer of an SLA has named.

    `watermark` is empty once the text is final. `renewal` to `commercial` are those of a UC. `fingerprint` is the
    SHA-256 of the content in hexadecimal, `fingerprint_short` its beginning as people read it out.
    """

    language: str
    kind: str
    id: str
    number: str
    title: str
    version: str
    status: str
    status_label: str
    signed: bool
    effective_from: str
    effective_until: str
    version_date: str
    provider: PartyBlock
    customer: PartyBlock
    revisions: tuple[RevisionRow, ...]
    objective: str
    services: tuple[ServiceBlock, ...]
    calendars: tuple[CalendarBlock, ...]
    priorities: tuple[PriorityRow, ...]
    urgencies: tuple[str, ...]
    matrix: tuple[MatrixRow, ...]
    measures: tuple[MeasureRow, ...]
    counting_rule: str
    period_rule: str
    dependencies: tuple[str, ...]
    provider_duties: tuple[str, ...]
    customer_duties: tuple[str, ...]
    deliverables: tuple[str, ...]
    contacts: tuple[ContactRow, ...]
    customer_contacts: tuple[ContactRow, ...]
    maintenance: tuple[MaintenanceRow, ...]
    escalation: tuple[EscalationRow, ...]
    reporting_frequency: str
    reporting_content: tuple[str, ...]
    reporting_due: str
    reporting_channel: str
    reporting_recipients: tuple[str, ...]
    review_frequency: str
    review_content: tuple[str, ...]
    charge: str
    charge_in_capitals: str
    tax: str
    has_credits: bool
    has_repeated: bool
    credit_cap: str
    credit_year: str
    change: str
    termination: str
    termination_triggers: tuple[str, ...]
    provider_signatories: tuple[PersonRow, ...]
    customer_signatories: tuple[PersonRow, ...]
    records_keeper: str
    retention_years: int
    supports: tuple[SupportRow, ...]
    renewal: str
    outcome_utility: str
    outcome_warranty: str
    interfaces: tuple[str, ...]
    commercial: tuple[str, ...]
    translation_note: str
    watermark: str
    fingerprint: str = ""
    fingerprint_short: str = ""
