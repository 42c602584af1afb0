"""What the template of a review pack may see: what those invited need to read before the meeting."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.merge.blocks import AgreementRef, PartyBlock, PersonRow
from pipeline.merge.improvement import PlanRow, TaskRow
from pipeline.merge.minutes import QualityRow
from pipeline.merge.report import ResultRow, SatisfactionRow


@dataclass(frozen=True, slots=True)
class InvitedRow:
    """Someone who is invited, and in which function."""

    name: str
    title: str
    email: str
    function: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting as a calendar takes it in: UTC seconds, texts in the language of the pack."""

    key: str
    start: int
    stop: int
    summary: str
    description: str
    location: str
    organizer: InvitedRow
    invited: tuple[InvitedRow, ...]


@dataclass(frozen=True, slots=True)
class MissedRow:
    """A target that was missed in a month of the period; `cause` and `action` are what was reported then."""

    month: str
    service: str
    target: str
    goal: str
    value: str
    cause: str
    action: str


@dataclass(frozen=True, slots=True)
class TermRow:
    """What a team or a supplier promises us: for reviews of agreements that are not measured here."""

    service: str
    target: str
    goal: str


@dataclass(frozen=True, slots=True)
class PackContext:
    """A planned review with all that is known before it; a customer's holds nothing of OLAs, UCs or other customers.

    `results` and `trend_months` are what charts are drawn from, `measured` is the same as a table.
    """

    language: str
    id: str
    title: str
    kind: str
    agreement: AgreementRef
    provider: PartyBlock
    other: PartyBlock
    other_label: str
    date: str
    time: str
    location: str
    period: str
    chair: PersonRow
    recorder: PersonRow
    invited_provider: tuple[InvitedRow, ...]
    invited_other: tuple[InvitedRow, ...]
    agenda: tuple[str, ...]
    headline: str
    late: int
    last_review: str
    last_decisions: tuple[str, ...]
    open_actions: tuple[TaskRow, ...]
    closed_actions: tuple[TaskRow, ...]
    plans: tuple[PlanRow, ...]
    as_of: str
    months: tuple[str, ...]
    trend_months: tuple[str, ...]
    results: tuple[ResultRow, ...]
    measured: tuple[QualityRow, ...]
    missed: tuple[MissedRow, ...]
    terms: tuple[TermRow, ...]
    satisfaction: str
    surveys: tuple[SatisfactionRow, ...]
    suggestions: tuple[str, ...]
    meeting: Meeting
    records_keeper: str
    retention_years: int
