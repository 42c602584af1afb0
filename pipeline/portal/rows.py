"""What lists and tables of the portal show, in words ready to print; paths are those from the root of the site."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.merge.improvement import PlanRow, TaskRow


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go; `hint` says for whom cannot see the place of the link what it is about."""

    path: str
    words: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A status: its id, which decides sign and colour, and the words for it."""

    status: str
    words: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The status of the last months, oldest first, and the same in words."""

    cells: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement in its version of today; an OLA or UC has no mark and no strip.

    `agreement` is None where a customer has none.
    """

    kind: str
    kind_label: str
    agreement: Link | None
    number: str
    party: Link
    version: str
    state: str
    validity: str
    mark: Mark | None
    counts: str
    strip: Strip | None


@dataclass(frozen=True, slots=True)
class SlaLine:
    """An SLA in the month, with what is to be minded of it."""

    agreement: Link
    party: Link
    mark: Mark
    counts: str
    strip: Strip
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissLine:
    """A target missed in the month, and for how many months running."""

    agreement: Link
    party: str
    service: str
    target: str
    goal: str
    value: str
    running: str
    cause: str
    action: str


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A target in the newest month, and month by month."""

    target: str
    goal: str
    value: str
    mark: Mark
    note: str
    strip: Strip
    history: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ServiceResults:
    """The targets of a service."""

    service: Link
    lines: tuple[ResultLine, ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of an agreement with its documents and what changed since the one before it."""

    version: str
    state: str
    current: bool
    validity: str
    summary: str
    documents: tuple[Link, ...]
    compared: Link | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The report on a period; no mark where the period was not measured now."""

    period: str
    agreement: Link
    party: Link
    mark: Mark | None
    counts: str
    documents: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of reports."""

    month: Link
    mark: Mark
    slas: int
    missed: int
    no_data: int


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review meeting, held or planned."""

    date: str
    name: str
    agreement: Link
    party: Link
    held: bool
    state: str
    period: str
    documents: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """A round of a satisfaction survey with its report."""

    name: str
    period: str
    documents: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action and whom it concerns; `agreement` is None for plans about none."""

    task: TaskRow
    agreement: Link | None
    party: Link


@dataclass(frozen=True, slots=True)
class ImprovementRow:
    """An improvement plan with its documents."""

    plan: PlanRow
    documents: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class DueRow:
    """Something that is due: on which day, what, and about what."""

    day: str
    overdue: bool
    state: str
    what: str
    detail: str
    about: Link | None
    party: Link


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service of the catalogue in a line."""

    service: Link
    description: str
    state: str
    hours: str
    levels: str
    agreements: int


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with what it stands for: words, or links."""

    label: str
    words: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactLine:
    """Whom to turn to for what."""

    purpose: str
    name: str
    phone: str
    email: str
