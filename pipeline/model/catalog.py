"""What is on offer: services and the levels they come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pipeline.model.quantities import Limit, Money, Text
from pipeline.model.source import Source


class MeasureName(StrEnum):
    """What a target is about; `model.measures` tells of each, `measure.MEASURES` computes it."""

    RESPONSE_TIME = "response_time"
    RESOLUTION_TIME = "resolution_time"
    AVAILABILITY = "availability"
    UPDATE_INTERVAL = "update_interval"
    REQUEST_FULFILMENT = "request_fulfilment"
    FIRST_CONTACT_RESOLUTION = "first_contact_resolution"
    REOPEN_RATE = "reopen_rate"
    CHANGE_SUCCESS = "change_success"
    MTTR = "mttr"
    MTBF = "mtbf"
    BACKLOG = "backlog"
    WORKLOAD = "workload"
    SATISFACTION = "satisfaction"


TIMED = frozenset(
    {
        MeasureName.RESPONSE_TIME,
        MeasureName.RESOLUTION_TIME,
        MeasureName.UPDATE_INTERVAL,
        MeasureName.REQUEST_FULFILMENT,
    }
)
"""Measures of a time for each ticket, which a limit may be set for."""

REOPENED = frozenset({MeasureName.RESOLUTION_TIME, MeasureName.REQUEST_FULFILMENT})
"""Measures whose clock a reopening may start again."""


class Aggregate(StrEnum):
    """How the figures of single tickets become one."""

    SHARE = "share"
    MEAN = "mean"
    MEDIAN = "median"
    PERCENTILE = "percentile"
    WORST = "worst"
    COUNT = "count"


class Unit(StrEnum):
    """What a figure is counted in."""

    PERCENT = "%"
    SECOND = "s"
    COUNT = "count"
    SCORE = "score"


class Better(StrEnum):
    """Whether a goal is a least or a most."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Target:
    """One quantified promise: what a measure comes to in a period, against a goal.

    `goal` is the number as written, in `goal_unit`; one written as a time (`4 h`) is `time_goal` too, since a day of it
    is the calendar's. `types` are the types of ticket that it is about, none for those of the measure. `components` are
    the parts that a service needs, in series; several in a step are redundant. `survey` is the series of surveys that
    satisfaction is taken from instead of from tickets, `question` the one of its questions that counts (none: overall).
    """

    id: str
    measure: MeasureName
    goal: Decimal
    priority: str = ""
    limit: Limit | None = None
    pause_on: frozenset[str] = frozenset()
    on_reopen: str = "continue"
    exclude: frozenset[str] = frozenset()
    aggregate: Aggregate = Aggregate.SHARE
    percentile: Decimal | None = None
    goal_unit: Unit = Unit.PERCENT
    time_goal: Limit | None = None
    grace: Limit | None = None
    minimum_sample: int = 0
    on_priority_change: str = "latest"
    types: frozenset[str] = frozenset()
    components: tuple[tuple[str, ...], ...] = ()
    survey: str = ""
    question: str = ""

    @property
    def goal_text(self) -> str:
        """The goal as it is written in sources: `95%`, `4 h`, `30`."""
        if self.time_goal is not None:
            return str(self.time_goal)
        return f"{self.goal}%" if self.goal_unit is Unit.PERCENT else f"{self.goal}"


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
