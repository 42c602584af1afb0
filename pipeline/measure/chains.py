"""Support chains: which OLA and UC versions stand behind a service of an SLA, on which days, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from pipeline.model.agreements import Agreement, InForce, ServiceTerms, Step, in_force
from pipeline.model.catalog import Aggregate, MeasureName, Target
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import DateRange
from pipeline.model.source import Path

Spans = Mapping[str, tuple[InForce, ...]]
"""Agreement id -> when each of its versions is in force; those without a binding version have none."""


class Support(NamedTuple):
    """An OLA or UC version and its terms for the service."""

    agreement: Agreement
    terms: ServiceTerms


@dataclass(frozen=True, slots=True)
class Chain:
    """What backs a service on these days, in the order in which work is handed on; several in a step are redundant.

    `absent` are supports of steps that nobody is in force for then, `foreign` those named for a service that they do
    not cover. Without steps (and neither of these) nobody was named.
    """

    days: DateRange
    steps: tuple[tuple[Support, ...], ...]
    absent: tuple[str, ...]
    foreign: tuple[Agreement, ...]


class Part(StrEnum):
    """What a link does for a promise."""

    KEEPS = "keeps"
    """It promises the same measure for the same priority."""
    HANDS_ON = "hands-on"
    """It promises no resolution of its own: it holds a ticket for its response time, then hands it on."""
    MISSING = "missing"
    """It promises the measure, but not for this priority."""
    NONE = "none"
    """It says nothing about the measure."""


@dataclass(frozen=True, slots=True)
class Link:
    """A support and what it does for one promise; `target` is the one that backs it, if any."""

    agreement: Agreement
    terms: ServiceTerms
    part: Part
    target: Target | None = None

    @property
    def takes_part(self) -> bool:
        """Whether there is a figure of its own to reckon with."""
        return self.target is not None


def links_of(chain: Chain, promise: Target) -> tuple[tuple[Link, ...], ...]:
    """What each support does for a promise; who hands on needs somebody to hand on to."""
    steps = [tuple(_link(support, promise) for support in step) for step in chain.steps]
    keeping = [index for index, step in enumerate(steps) if any(one.part is Part.KEEPS for one in step)]
    last = max(keeping, default=-1)
    return tuple(
        tuple(
            replace(one, part=Part.NONE, target=None) if one.part is Part.HANDS_ON and index >= last else one
            for one in step
        )
        for index, step in enumerate(steps)
    )


def _link(support: Support, promise: Target) -> Link:
    targets = support.terms.targets
    same = _matching(targets, promise.measure, promise.priority)
    if same is not None:
        return Link(*support, Part.KEEPS, same)
    if any(target.measure is promise.measure for target in targets):
        return Link(*support, Part.MISSING)
    if promise.measure is MeasureName.RESOLUTION_TIME:
        response = _matching(targets, MeasureName.RESPONSE_TIME, promise.priority)
        if response is not None:
            return Link(*support, Part.HANDS_ON, response)
    return Link(*support, Part.NONE)


CHAINED = frozenset({MeasureName.RESPONSE_TIME, MeasureName.RESOLUTION_TIME, MeasureName.REQUEST_FULFILMENT})
"""Measures whose times add up along a chain."""


def carried_by_others(target: Target) -> bool:
    """Whether figures of OLAs and UCs can be reckoned together into the target's: times with a limit, and uptime."""
    limited = target.measure in CHAINED and target.limit is not None and target.aggregate is Aggregate.SHARE
    return limited or target.measure is MeasureName.AVAILABILITY


def _matching(targets: Sequence[Target], measure: MeasureName, priority: str) -> Target | None:
    """A timed target without a limit is a mistake that is reported elsewhere; nothing can be reckoned with it."""
    for target in targets:
        if carried_by_others(target) and (target.measure, target.priority) == (measure, priority):
            return target
    return None


def spans_of(portfolio: Portfolio) -> Spans:
    """When each version of every agreement is in force."""
    return {identifier: in_force(versions) for identifier, versions in portfolio.agreements.items()}


def named(portfolio: Portfolio, agreement: Agreement, terms: ServiceTerms) -> tuple[Step, ...]:
    """The steps behind a service: those stated for it, else each of the SLA's supports that covers it, in series.

    Ids that nobody knows, or whose files have mistakes, are left out; other checks report them.
    """
    known = portfolio.agreements.keys() - portfolio.unreadable
    if terms.underpinned_by:
        steps = (tuple(one for one in step if one in known) for step in terms.underpinned_by)
        return tuple(step for step in steps if step)
    return tuple(
        (identifier,)
        for identifier in agreement.underpinned_by
        if identifier in known and _covers(portfolio.agreements[identifier], terms.service)
    )


def _covers(versions: Sequence[Agreement], service: str) -> bool:
    return any(version.terms(service) is not None for version in versions)


def chains_of(portfolio: Portfolio, spans: Spans, span: InForce, terms: ServiceTerms) -> Iterator[Chain]:
    """The chain behind a service for each run of days on which the same versions are in force."""
    steps = named(portfolio, span.agreement, terms)
    supports = [one for step in steps for identifier in step for one in spans[identifier]]
    for days in _runs(span.days, [one.days for one in supports]):
        found: list[tuple[Support, ...]] = []
        absent: list[str] = []
        foreign: list[Agreement] = []
        for step in steps:
            present = [one.agreement for identifier in step for one in spans[identifier] if days.start in one.days]
            if not present:
                absent += step
            covering = [(one, one.terms(terms.service)) for one in present]
            foreign += [one for one, its in covering if its is None]
            backed = tuple(Support(one, its) for one, its in covering if its is not None)
            found += [backed] if backed else []
        yield Chain(days, tuple(found), tuple(absent), tuple(foreign))


def _runs(days: DateRange, others: Sequence[DateRange]) -> Iterator[DateRange]:
    """The days, cut where one of the others begins or ends."""
    cuts = {days.start, days.end + timedelta(days=1)}
    cuts |= {cut for one in others for cut in (one.start, one.end + timedelta(days=1)) if cut in days}
    for start, after in pairwise(sorted(cuts)):
        yield DateRange(start, after - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Lapse:
    """Days on which an SLA binds us but none of these supports does; `path` is where the SLA names them."""

    sla: Agreement
    supports: tuple[str, ...]
    days: tuple[DateRange, ...]
    path: Path


def lapses_of(portfolio: Portfolio, spans: Spans, span: InForce) -> Iterator[Lapse]:
    """Supports of an SLA that start later or end earlier than it does."""
    known = portfolio.agreements.keys() - portfolio.unreadable
    agreement = span.agreement
    entries: dict[Step, Path] = {
        (one,): ("underpinned_by", index) for index, one in enumerate(agreement.underpinned_by)
    }
    for index, terms in enumerate(agreement.services):
        for position, step in enumerate(terms.underpinned_by):
            entries.setdefault(step, ("services", index, "underpinned_by", position))
    for step, path in entries.items():
        if known.issuperset(step):
            found = tuple(_uncovered(span.days, [one.days for identifier in step for one in spans[identifier]]))
            if found:
                yield Lapse(agreement, step, found, path)


def _uncovered(days: DateRange, covering: Sequence[DateRange]) -> Iterator[DateRange]:
    start: date = days.start
    for one in sorted(covering):
        if one.start > start:
            yield DateRange(start, min(one.start - timedelta(days=1), days.end))
        start = max(start, one.end + timedelta(days=1))
        if start > days.end:
            return
    yield DateRange(start, days.end)
