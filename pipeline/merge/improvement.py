"""What the templates of an improvement plan and of the improvement register may see: internal documents."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.merge.blocks import PartyBlock, PersonRow, RevisionRow


@dataclass(frozen=True, slots=True)
class TaskRow:
    """An action and where it stands; `state` is an id, `origin` the review or plan that it was agreed in."""

    id: str
    action: str
    owner: str
    due: str
    state: str
    state_label: str
    overdue: bool
    note: str
    party: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class EffectMonth:
    """The target in one month; `when` is before or after, `mark` a sign where it was missed."""

    when: str
    when_label: str
    month: str
    value: str
    mark: str


@dataclass(frozen=True, slots=True)
class EffectBlock:
    """The plan's target before and after; `outcome` is an id, figures are empty where there is none yet."""

    service: str
    target: str
    agreed: str
    goal: str
    before: str
    before_period: str
    after: str
    after_period: str
    change: str
    outcome: str
    outcome_label: str
    months: tuple[EffectMonth, ...]


@dataclass(frozen=True, slots=True)
class ApprovedRow:
    """Who approved (or turned down) what, and when."""

    name: str
    title: str
    date: str
    note: str


@dataclass(frozen=True, slots=True)
class ImprovementContext:
    """A service improvement plan; `approved` and `effect` are None where there are none."""

    language: str
    id: str
    title: str
    subject: str
    version: str
    version_date: str
    state: str
    state_label: str
    overdue: bool
    provider: PartyBlock
    party: str
    agreement: str
    subject_label: str
    concerns: str
    subject_owner: PersonRow
    owner: PersonRow
    origin: str
    origin_note: str
    approved: ApprovedRow | None
    description: str
    business_case: str
    expected: str
    cost: str
    planned: str
    completed: str
    effect: EffectBlock | None
    actions: tuple[TaskRow, ...]
    evidence: tuple[str, ...]
    revisions: tuple[RevisionRow, ...]
    records_keeper: str
    retention_years: int


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan in the register."""

    id: str
    title: str
    concerns: str
    party: str
    owner: str
    origin: str
    planned: str
    completed: str
    state: str
    state_label: str
    overdue: bool
    progress: str
    before: str
    goal: str
    after: str
    effect: str


@dataclass(frozen=True, slots=True)
class RegisterContext:
    """All plans and actions by state, what is overdue first; `headline` says what matters most."""

    language: str
    id: str
    title: str
    provider: PartyBlock
    date: str
    purpose: str
    headline: str
    plans_open: int
    plans_overdue: int
    actions_open: int
    actions_overdue: int
    plans: tuple[PlanRow, ...]
    open_actions: tuple[TaskRow, ...]
    closed_actions: tuple[TaskRow, ...]
    records_keeper: str
    retention_years: int
