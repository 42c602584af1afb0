"""What is on offer: services and the levels they come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pipeline.model.quantities import Limit, Money, Text
from pipeline.model.source import Source


class MeasureName(StrEnum):
    """What a target is about; `measure.MEASURES` computes each."""

    RESPONSE_TIME = "response_time"
    RESOLUTION_TIME = "resolution_time"
    AVAILABILITY = "availability"


TIMED = frozenset({MeasureName.RESPONSE_TIME, MeasureName.RESOLUTION_TIME})
"""Measures that need a priority and a time limit."""


@dataclass(frozen=True, slots=True)
class Target:
    """One quantified promise: so many percent (`goal`) within `limit`, or so many percent of the time."""

    id: str
    measure: MeasureName
    goal: Decimal
    priority: str = ""
    limit: Limit | None = None
    pause_on: frozenset[str] = frozenset()
    on_reopen: str = "continue"
    exclude: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Level:
    """A service level on offer, such as gold."""

    id: str
    name: Text
    summary: Text
    calendar: str
    charge: Money
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A catalogue entry, in the customer's words."""

    id: str
    name: Text
    description: Text
    objective: Text
    audience: Text
    content: tuple[Text, ...]
    frequency: Text
    delivery: Text
    deliverables: tuple[Text, ...]
    owner: str
    state: str
    request: Text
    supporting: tuple[str, ...]
    levels: tuple[Level, ...]
    source: Source = field(repr=False)

    def level(self, level_id: str) -> Level | None:
        """The level of that id, if offered."""
        return next((level for level in self.levels if level.id == level_id), None)
