"""Service improvement plans (SIP): what is to become better, by whom, until when, and how one will see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pipeline.model.agreements import Version
from pipeline.model.catalog import Unit
from pipeline.model.publications import Issue
from pipeline.model.quantities import Limit, Text
from pipeline.model.reviews import OPEN_STATES, Action
from pipeline.model.source import Source

ORIGINS = ("review", "breach", "survey", "audit")
"""What gives rise to an improvement."""

USUAL_MONTHS = 3
"""Months before and after the completion that are compared, where nothing else is said."""


class ImprovementState(StrEnum):
    """How far an improvement has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    REJECTED = "rejected"


ENDED = frozenset({ImprovementState.COMPLETED, ImprovementState.REJECTED})


@dataclass(frozen=True, slots=True)
class Origin:
    """Why there is a plan: a review, a breach, a survey or an audit, by its id, month or number, and in words."""

    kind: str
    reference: str
    note: Text


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure to reach, in the unit of its target."""

    amount: Decimal
    unit: Unit
    time: Limit | None


@dataclass(frozen=True, slots=True)
class Aim:
    """The target of the plan's agreement that is to become better; `goal` is None where the agreed one will do.

    The figures of so many `months` before the completion are compared with those of as many after it.
    """

    service: str
    target: str
    months: int
    goal: Goal | None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who gave leave to carry the plan out (or turned it down), and when."""

    person: str
    day: date
    note: Text


@dataclass(frozen=True, slots=True)
class Improvement:
    """A service improvement plan for a `service` of the catalogue or for a `process`.

    `agreement` is the one that it is about, empty where it is about none. `issues` run from the oldest version.
    """

    id: str
    title: Text
    state: ImprovementState
    agreement: str
    service: str
    process: Text
    owner: str
    origin: Origin
    approval: Approval | None
    description: Text
    business_case: Text
    expected: Text
    cost: Text
    aim: Aim | None
    planned: date
    completed: date | None
    actions: tuple[Action, ...]
    evidence: tuple[Text, ...]
    issues: tuple[Issue, ...]
    source: Source = field(repr=False)

    @property
    def version(self) -> Version:
        """The newest version of its document."""
        return self.issues[-1].version

    @property
    def told(self) -> date:
        """The day that the file speaks of."""
        return self.issues[-1].revision.date

    @property
    def open_actions(self) -> tuple[Action, ...]:
        """What is still to be done."""
        return tuple(one for one in self.actions if one.state in OPEN_STATES)

    def overdue(self, today: date) -> bool:
        """Whether it should have been carried out before that day."""
        return self.state not in ENDED and self.planned < today
