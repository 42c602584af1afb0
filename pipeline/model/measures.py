"""What can be promised: of each measure its unit, which way is better, and which keys a target of it may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from pipeline.model.catalog import TIMED, Aggregate, Better, MeasureName, Target, Unit
from pipeline.model.quantities import Limit


class Basis(StrEnum):
    """What a measure is computed from."""

    TIMES = "times"
    TICKETS = "tickets"
    OUTAGES = "outages"
    SURVEYS = "surveys"


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure as agreements may promise it; `aggregates` begin with the one that applies where none is stated.

    `unit` and `better` are those of that first one. `formula` and `source` are the labels that say how it is computed
    and which clause of which standard asks for it. `types` are the types of ticket that it is about.
    """

    name: MeasureName
    basis: Basis
    unit: Unit
    better: Better
    aggregates: tuple[Aggregate, ...]
    types: frozenset[str] = frozenset()

    @property
    def formula(self) -> str:
        """The label that says how it is computed."""
        return f"measure.{self.name}.formula"

    @property
    def source(self) -> str:
        """The label that names standard and clause."""
        return f"measure.{self.name}.standard"


_TIME = (
    Aggregate.SHARE,
    Aggregate.MEAN,
    Aggregate.MEDIAN,
    Aggregate.PERCENTILE,
    Aggregate.WORST,
    Aggregate.COUNT,
)
_SHARE, _RATE, _MEAN, _COUNT = (
    (Aggregate.SHARE,),
    (Aggregate.SHARE, Aggregate.COUNT),
    (Aggregate.MEAN,),
    (Aggregate.COUNT,),
)
_CALLS = frozenset({"incident", "request"})
_INCIDENTS, _REQUESTS, _CHANGES = frozenset({"incident"}), frozenset({"request"}), frozenset({"change"})


def _definitions() -> tuple[Definition, ...]:
    name, higher, lower = MeasureName, Better.HIGHER, Better.LOWER
    times, tickets, outages = Basis.TIMES, Basis.TICKETS, Basis.OUTAGES
    percent, second, count = Unit.PERCENT, Unit.SECOND, Unit.COUNT
    return (
        Definition(name.RESPONSE_TIME, times, percent, higher, _TIME, _CALLS),
        Definition(name.RESOLUTION_TIME, times, percent, higher, _TIME, _CALLS),
        Definition(name.AVAILABILITY, outages, percent, higher, _SHARE),
        Definition(name.UPDATE_INTERVAL, times, percent, higher, _TIME, _CALLS),
        Definition(name.REQUEST_FULFILMENT, times, percent, higher, _TIME, _REQUESTS),
        Definition(name.FIRST_CONTACT_RESOLUTION, tickets, percent, higher, _SHARE, _CALLS),
        Definition(name.REOPEN_RATE, tickets, percent, lower, _RATE, _CALLS),
        Definition(name.CHANGE_SUCCESS, tickets, percent, higher, _RATE, _CHANGES),
        Definition(name.MTTR, outages, second, lower, _MEAN),
        Definition(name.MTBF, outages, second, higher, _MEAN),
        Definition(name.BACKLOG, tickets, count, lower, _COUNT, _CALLS),
        Definition(name.WORKLOAD, tickets, count, lower, _COUNT, _CALLS),
        Definition(
            name.SATISFACTION,
            tickets,
            Unit.SCORE,
            higher,
            (Aggregate.MEAN, Aggregate.MEDIAN, Aggregate.WORST),
            _CALLS,
        ),
    )


DEFINITIONS: Mapping[MeasureName, Definition] = {one.name: one for one in _definitions()}
"""Every measure; `measure.MEASURES` computes each."""

VALUED = frozenset({Aggregate.MEAN, Aggregate.MEDIAN, Aggregate.PERCENTILE, Aggregate.WORST})
"""Aggregates of the times or scores themselves, whatever the limit."""


def basis_of(target: Target) -> Basis:
    """What the target's figure is computed from."""
    return Basis.SURVEYS if target.survey else DEFINITIONS[target.measure].basis


def unit_of(target: Target) -> Unit:
    """What the target's figure, and so its goal, is counted in."""
    if target.aggregate is Aggregate.COUNT:
        return Unit.COUNT
    if target.measure in TIMED and target.aggregate in VALUED:
        return Unit.SECOND
    return DEFINITIONS[target.measure].unit


def better_of(target: Target) -> Better:
    """Whether the goal is a least or a most: few late tickets, short times, high shares and scores."""
    if target.aggregate is Aggregate.COUNT or unit_of(target) is not DEFINITIONS[target.measure].unit:
        return Better.LOWER
    return DEFINITIONS[target.measure].better


def needs_limit(target: Target) -> bool:
    """Whether single tickets are judged by a limit."""
    return target.measure in TIMED and target.aggregate not in VALUED


def types_of(target: Target) -> frozenset[str]:
    """The types of ticket that the target is about."""
    return target.types or DEFINITIONS[target.measure].types


def goal_of(target: Target, day_seconds: int) -> Fraction:
    """The goal in the target's unit; times in service seconds."""
    if target.time_goal is not None:
        return target.time_goal.exact(day_seconds)
    return Fraction(target.goal)


def allowed(target: Target, day_seconds: int) -> int:
    """Service seconds that a ticket may take: the limit and the grace; 0 where there is no limit."""

    def exact(limit: Limit | None) -> Fraction:
        return limit.exact(day_seconds) if limit is not None else Fraction(0)

    return int(exact(target.limit) + exact(target.grace))


def reaches(value: Fraction, goal: Fraction, better: Better) -> bool:
    """Whether a figure keeps a goal; both are exact, and a figure equal to the goal keeps it."""
    return value >= goal if better is Better.HIGHER else value <= goal
