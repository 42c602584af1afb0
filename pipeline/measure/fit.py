"""Whether the catalogue can give a customer what was asked for: item by item, against every level on offer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache, cached_property

from pipeline.measure.hours import Hours
from pipeline.model.agreements import Agreement, ServiceTerms, in_force
from pipeline.model.catalog import REOPENED, Level, Service, Target
from pipeline.model.measures import better_of, goal_of, reaches
from pipeline.model.portfolio import Portfolio
from pipeline.model.requirements import Requirement, RequirementItem

HoursOf = Callable[[str, str], Hours]
"""The hours of a calendar asked for beside those of one offered, by their ids."""

OFFERED = "offered"
"""The state of a service that can be ordered."""


class Lack(StrEnum):
    """In what an offered target falls short of the one asked for."""

    TARGET = "target"
    LIMIT = "limit"
    GOAL = "goal"
    EXCLUDE = "exclude"
    PAUSE = "pause"
    REOPEN = "reopen"


class Verdict(StrEnum):
    """What becomes of an item: kept at the present level, taken at a level, moved to another level, or a change."""

    PRESENT = "present"
    NEW = "new"
    OTHER = "other"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class TargetFit:
    """A target asked for beside the one of a level; None where the level promises nothing of the kind."""

    asked: Target
    offered: Target | None
    lacks: tuple[Lack, ...]
    shortfall: Fraction


@dataclass(frozen=True, slots=True)
class ItemFit:
    """An item against one level; `covered` tells whether the level's hours hold all the hours asked for."""

    item: RequirementItem
    covered: bool
    targets: tuple[TargetFit, ...]

    @property
    def meets(self) -> bool:
        """Whether everything about the item that can be computed is met."""
        return self.covered and not any(target.lacks for target in self.targets)

    @property
    def distance(self) -> tuple[int, Fraction]:
        """How far the level is from the item: so many things missed, and by how much in all."""
        missed = sum(1 for target in self.targets if target.lacks) + (not self.covered)
        return missed, sum((target.shortfall for target in self.targets), Fraction(0))


@dataclass(frozen=True, slots=True)
class LevelFit:
    """All items of a service against one level of it."""

    level: Level
    items: tuple[ItemFit, ...]

    @property
    def meets(self) -> bool:
        """Whether the level meets all items."""
        return all(item.meets for item in self.items)

    @property
    def distance(self) -> tuple[int, Fraction, Decimal]:
        """What sorts levels by nearness, the cheapest of equals first."""
        each = [item.distance for item in self.items]
        return sum(one[0] for one in each), sum((one[1] for one in each), Fraction(0)), self.level.charge.amount


@dataclass(frozen=True)
class ServiceFit:
    """A catalogue service against all items that name it; `levels` is empty while it is not on offer.

    `agreement` and `terms` are what the customer has today, None where the service is new to them.
    """

    service: Service
    levels: tuple[LevelFit, ...]
    agreement: Agreement | None
    terms: ServiceTerms | None

    @cached_property
    def present(self) -> LevelFit | None:
        """The level that the customer has today."""
        return next((one for one in self.levels if self.terms and one.level.id == self.terms.level), None)

    @cached_property
    def cheapest(self) -> LevelFit | None:
        """The cheapest level that meets every item."""
        meeting = [one for one in self.levels if one.meets]
        return min(meeting, key=lambda one: one.level.charge.amount, default=None)

    @cached_property
    def proposed(self) -> LevelFit | None:
        """The level to agree on: the present one where it does, else the cheapest that does, else the nearest."""
        if self.present is not None and self.present.meets:
            return self.present
        return self.cheapest or min(self.levels, key=lambda one: one.distance, default=None)


@dataclass(frozen=True, slots=True)
class RequirementFit:
    """A requirement against the catalogue: one entry per catalogue service named, in the order of the items."""

    requirement: Requirement
    services: tuple[ServiceFit, ...]

    def of(self, item: RequirementItem) -> ServiceFit | None:
        """The comparison of the service that an item names."""
        return next((one for one in self.services if one.service.id == item.service), None)

    def verdict(self, item: RequirementItem) -> Verdict:
        """What becomes of an item, judged by the level proposed for its service and by what people decided."""
        found = self.of(item)
        if found is None or found.proposed is None or any(point.verdict == "beyond" for point in item.others):
            return Verdict.BEYOND
        if not next(one for one in found.proposed.items if one.item is item).meets:
            return Verdict.BEYOND
        if found.terms is None:
            return Verdict.NEW
        return Verdict.PRESENT if found.proposed is found.present else Verdict.OTHER

    @property
    def beyond(self) -> tuple[RequirementItem, ...]:
        """The items that the catalogue cannot give."""
        return tuple(item for item in self.requirement.items if self.verdict(item) is Verdict.BEYOND)


def fit(portfolio: Portfolio, requirement: Requirement) -> RequirementFit:
    """The comparison; the references of the requirement exist."""
    named = dict.fromkeys(item.service for item in requirement.items if item.service)

    @cache
    def hours(asked: str, offered: str) -> Hours:
        return Hours(portfolio.calendars[asked], portfolio.calendars[offered], requirement.day)

    return RequirementFit(requirement, tuple(_service(portfolio, requirement, one, hours) for one in named))


def _service(portfolio: Portfolio, requirement: Requirement, service_id: str, hours: HoursOf) -> ServiceFit:
    service = portfolio.services[service_id]
    items = [item for item in requirement.items if item.service == service_id]
    levels = tuple(
        LevelFit(level, tuple(_item(item, level, hours) for item in items))
        for level in (service.levels if service.state == OFFERED else ())
    )
    for versions in portfolio.agreements.values():
        for span in in_force(versions):
            terms = span.agreement.terms(service_id)
            theirs = (span.agreement.kind, span.agreement.customer) == ("sla", requirement.customer)
            if terms is not None and theirs and requirement.day in span.days:
                return ServiceFit(service, levels, span.agreement, terms)
    return ServiceFit(service, levels, None, None)


def _item(item: RequirementItem, level: Level, hours: HoursOf) -> ItemFit:
    if not item.calendar:
        return ItemFit(item, covered=True, targets=())
    both = hours(item.calendar, level.calendar)
    return ItemFit(item, both.covered, tuple(_target(asked, level.targets, both) for asked in item.targets))


def _target(asked: Target, offered: Sequence[Target], hours: Hours) -> TargetFit:
    """The nearest of the level's targets with the same measure, aggregate and priority."""
    alike = [one for one in offered if _about(one) == _about(asked)]
    if not alike:
        return TargetFit(asked, None, (Lack.TARGET,), Fraction(1))
    return min((_compare(asked, one, hours) for one in alike), key=lambda one: (len(one.lacks), one.shortfall))


def _about(target: Target) -> tuple[object, ...]:
    return target.measure, target.priority, target.aggregate, target.percentile


def _compare(asked: Target, offered: Target, hours: Hours) -> TargetFit:
    lacks = []
    shortfall = Fraction(0)
    if asked.limit is not None and offered.limit is not None and not hours.keeps(asked.limit, offered):
        lacks.append(Lack.LIMIT)
        shortfall += Fraction(hours.offered_seconds(offered.limit), hours.asked_seconds(asked.limit))
    wanted, given = goal_of(asked, hours.asked.day_seconds), goal_of(offered, hours.offered.day_seconds)
    if not reaches(given, wanted, better_of(asked)):
        lacks.append(Lack.GOAL)
        shortfall += abs(wanted - given)
    if not offered.exclude <= asked.exclude:
        lacks.append(Lack.EXCLUDE)
    if not offered.pause_on <= asked.pause_on:
        lacks.append(Lack.PAUSE)
    if asked.measure in REOPENED and (asked.on_reopen, offered.on_reopen) == ("continue", "restart"):
        lacks.append(Lack.REOPEN)
    return TargetFit(asked, offered, tuple(lacks), shortfall)
