"""What the templates of a requirement analysis and of a change request may see."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.merge.blocks import PartyBlock, PersonRow, RevisionRow


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One thing asked for beside what the proposed level offers; `result` says in words what is missing."""

    name: str
    asked: str
    offered: str
    met: bool
    result: str


@dataclass(frozen=True, slots=True)
class ItemBlock:
    """An item with its comparison; `level`, `present` and `difference` are empty where there is none.

    `verdict` is present, new, other or beyond. `gaps` are the rows that are not met.
    """

    number: int
    id: str
    wanted: str
    service: str
    level: str
    present: str
    verdict: str
    verdict_label: str
    conclusion: str
    rows: tuple[ComparedRow, ...]
    gaps: tuple[ComparedRow, ...]
    decision: str


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level on offer against all items of its service; `mark` tells the present and the proposed one."""

    name: str
    hours: str
    charge: str
    met: str
    missing: str
    mark: str


@dataclass(frozen=True, slots=True)
class LevelTable:
    """All levels of one service that was asked for; `items` are the numbers of the items."""

    service: str
    items: str
    levels: tuple[LevelRow, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """What a service costs at the present level and at the one proposed."""

    service: str
    present: str
    before: str
    proposed: str
    after: str
    difference: str


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """A document that the requirement touches, and what has to happen to it."""

    kind: str
    number: str
    party: str
    services: str
    action: str


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """Who signs, and as what."""

    function: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class OptionRow:
    """A way to go about a change; `cost` is empty where nobody has stated it."""

    number: int
    name: str
    cost: str
    assessment: str


@dataclass(frozen=True, slots=True)
class RequirementContext:
    """The analysis of a requirement; `change_request` is the number of the request it led to, or empty."""

    language: str
    id: str
    title: str
    subject: str
    version: str
    version_date: str
    status: str
    status_label: str
    provider: PartyBlock
    customer: PartyBlock
    date: str
    asked_by: PersonRow
    received_by: PersonRow
    agreement: str
    change_request: str
    background: str
    headline: str
    items: tuple[ItemBlock, ...]
    tables: tuple[LevelTable, ...]
    charges: tuple[ChargeRow, ...]
    charge_difference: str
    impact: tuple[ImpactRow, ...]
    analysis: tuple[str, ...]
    decisions: tuple[str, ...]
    approvals: tuple[ApprovalRow, ...]
    revisions: tuple[RevisionRow, ...]
    records_keeper: str
    retention_years: int


@dataclass(frozen=True, slots=True)
class ChangeRequestContext:
    """A request to the change and release process; `needed_by` and `decision` may be empty."""

    language: str
    number: str
    title: str
    subject: str
    requirement: str
    version: str
    version_date: str
    provider: PartyBlock
    customer: PartyBlock
    date: str
    asked_by: PersonRow
    submitted_by: PersonRow
    addressed_to: PersonRow
    needed_by: str
    agreement: str
    background: str
    reason: str
    items: tuple[ItemBlock, ...]
    impact: tuple[ImpactRow, ...]
    risks: tuple[str, ...]
    options: tuple[OptionRow, ...]
    decision: str
    approvals: tuple[ApprovalRow, ...]
    revisions: tuple[RevisionRow, ...]
    records_keeper: str
    retention_years: int
