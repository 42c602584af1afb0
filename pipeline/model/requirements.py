"""What a customer asked for (SLM2), before anything is agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pipeline.model.agreements import Version
from pipeline.model.catalog import Target
from pipeline.model.publications import Issue
from pipeline.model.quantities import Text
from pipeline.model.reviews import Attendee
from pipeline.model.source import Source


class RequirementStatus(StrEnum):
    """How far a requirement has come."""

    RECEIVED = "received"
    ANALYSED = "analysed"
    AGREED = "agreed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Point:
    """A wish that no figure decides; `verdict` is `within`, `beyond` or empty while nobody has judged it."""

    text: Text
    verdict: str
    decision: Text


@dataclass(frozen=True, slots=True)
class RequirementItem:
    """One thing asked for, within a catalogue service; `service` is empty where the catalogue has nothing like it.

    `calendar` is empty where no hours are asked for, `workload` (incidents per month) None where no number is.
    """

    id: str
    wanted: Text
    service: str
    calendar: str
    targets: tuple[Target, ...]
    workload: int | None
    others: tuple[Point, ...]
    decision: Text


@dataclass(frozen=True, slots=True)
class Option:
    """A way to go about a change, what it costs (empty where nobody has said), and how it is judged."""

    name: Text
    cost: Text
    assessment: Text


@dataclass(frozen=True, slots=True)
class ChangeCase:
    """What people add to a change request; the rest of it is computed. `needed_by` is when the decision is needed."""

    reason: Text
    risks: tuple[Text, ...]
    options: tuple[Option, ...]
    needed_by: date | None
    decision: Text


@dataclass(frozen=True, slots=True)
class Requirement:
    """A customer's requirement; `agreement` is the SLA that it is to change, `issues` run from the oldest version."""

    id: str
    title: Text
    status: RequirementStatus
    customer: str
    language: str
    day: date
    asked_by: Attendee
    received_by: str
    agreement: str
    background: Text
    items: tuple[RequirementItem, ...]
    analysis: tuple[Text, ...]
    decisions: tuple[Text, ...]
    change: ChangeCase | None
    issues: tuple[Issue, ...]
    source: Source = field(repr=False)

    @property
    def version(self) -> Version:
        """The newest version of its documents."""
        return self.issues[-1].version
