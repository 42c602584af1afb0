"""Targets are complete and credits follow them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from pipeline.model.agreements import Agreement, CreditTier, ServiceTerms
from pipeline.model.catalog import REOPENED, TIMED, Aggregate, Better, MeasureName, Target, Unit
from pipeline.model.measures import DEFINITIONS, Basis, basis_of, better_of, needs_limit, types_of, unit_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import TimeUnit
from pipeline.model.source import Path, Source
from pipeline.problems import Problem, error

SUPPLIER_TERMS = ("renewal", "outcome", "interfaces", "commercial")


def check_targets(portfolio: Portfolio) -> tuple[Problem, ...]:
    """What is wrong with the targets of each service level, agreement and requirement."""
    problems: list[Problem] = []
    for service in portfolio.services.values():
        for index, level in enumerate(service.levels):
            problems += _targets(service.source, ("levels", index, "targets"), level.targets)
    for versions in portfolio.agreements.values():
        for agreement in versions:
            for index, terms in enumerate(agreement.services):
                problems += _targets(agreement.source, ("services", index, "targets"), terms.targets)
                problems += _credits(agreement, index, terms)
    for requirement in portfolio.requirements.values():
        for index, item in enumerate(requirement.items):
            problems += _targets(requirement.source, ("items", index, "targets"), item.targets)
    return tuple(problems)


def check_supplier_terms(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Renewal, outcome and the like belong to a UC, and a UC needs them."""
    problems: list[Problem] = []
    for versions in portfolio.agreements.values():
        for agreement in versions:
            said = {key.split("/")[0] for key in agreement.content}
            for key in SUPPLIER_TERMS:
                if agreement.kind == "uc" and key not in said:
                    message = f"a contract with a supplier needs {key}"
                    problems.append(error(agreement.source.at("kind"), "missing-key", message, f"add {key}: …"))
                elif agreement.kind != "uc" and key in said:
                    message = f"{key} does not apply to an {agreement.kind}"
                    problems.append(error(agreement.source.at(key), "unknown-key", message, "take it out"))
    return tuple(problems)


def check_exclusions(portfolio: Portfolio) -> tuple[Problem, ...]:
    """An exclusion is about a ticket or about an outage, and was approved by the time it is written down."""
    problems = []
    for one in portfolio.exclusions.values():
        if bool(one.ticket) == bool(one.outage):
            message = "an exclusion names either a ticket or an outage"
            problems.append(error(one.source.at("id"), "exclusion-record", message, "write ticket: … or outage: …"))
    return tuple(problems)


def _targets(source: Source, path: Path, targets: Sequence[Target]) -> Iterator[Problem]:
    for index, target in enumerate(targets):
        place = source.at(*path, index)
        asked = bool(target.survey) and target.measure is MeasureName.SATISFACTION
        allowed = (Aggregate.MEAN,) if asked else DEFINITIONS[target.measure].aggregates
        if target.aggregate not in allowed:
            message = f"{target.measure}{' of a survey' if asked else ''} has no {target.aggregate}"
            where = "aggregate" if target.percentile is None else "percentile"
            yield error(source.at(*path, index, where), "target-aggregate", message, f"write {' or '.join(allowed)}")
            continue
        if (target.percentile is None) == (target.aggregate is Aggregate.PERCENTILE):
            message = "percentile goes with aggregate: percentile, and with nothing else"
            yield error(place, "target-incomplete", message, "add percentile: 95")
        yield from _goal(source, (*path, index), target)
        if target.measure in NEEDS_PRIORITY and not target.priority:
            yield error(place, "target-incomplete", f"{target.measure} needs a priority", "add priority: P1")
        if needs_limit(target) and target.limit is None:
            yield error(place, "target-incomplete", f"{target.measure} needs a limit", "add limit: 4 h")
        for key, present in _excess(target):
            if present:
                message = f"{key} does not apply to {_called(target, key)}"
                hint = "use pause_on" if key == "exclude" and target.measure in TIMED else "take it out"
                yield error(source.at(*path, index, key), "target-excess", message, hint)
    yield from _overlaps(source, path, targets)


NEEDS_PRIORITY = frozenset({MeasureName.RESPONSE_TIME, MeasureName.RESOLUTION_TIME, MeasureName.UPDATE_INTERVAL})


def _goal(source: Source, path: Path, target: Target) -> Iterator[Problem]:
    """The goal is written in the unit of what the target comes to."""
    wanted = unit_of(target)
    number = {Unit.COUNT, Unit.SCORE}
    if target.goal_unit is wanted or (target.goal_unit in number and wanted in number):
        if wanted is Unit.COUNT and target.goal % 1:
            yield error(source.at(*path, "goal"), "target-goal", f"goal: {target.goal} is not a whole number")
        return
    words = {
        Unit.PERCENT: ("a percentage", "write it with its sign: 99.9%"),
        Unit.SECOND: ("a time", "write it like 4 h"),
        Unit.COUNT: ("a number", "write it like 30"),
        Unit.SCORE: ("a score", "write it like 4.5"),
    }
    what, hint = words[wanted]
    yield error(source.at(*path, "goal"), "target-goal", f"goal: {target.goal_text!r} is not {what}", hint)


def _excess(target: Target) -> Iterator[tuple[str, bool]]:
    """Keys that a target has although they do not apply to it."""
    basis, limited = basis_of(target), needs_limit(target)
    timed, outages = basis is Basis.TIMES, basis is Basis.OUTAGES
    ticketless = outages or basis is Basis.SURVEYS
    yield "survey", bool(target.survey) and target.measure is not MeasureName.SATISFACTION
    yield "question", bool(target.question) and not target.survey
    yield "priority", bool(target.priority) and ticketless
    yield "limit", target.limit is not None and not limited
    yield "pause_on", bool(target.pause_on) and not timed
    yield "on_reopen", target.on_reopen != "continue" and target.measure not in REOPENED
    yield "on_priority_change", target.on_priority_change != "latest" and not (timed and target.priority)
    yield "grace", target.grace is not None and not limited
    yield "types", bool(target.types) and ticketless
    yield "exclude", bool(target.exclude) and not outages
    yield "components", bool(target.components) and not outages
    yield "minimum_sample", bool(target.minimum_sample) and (target.aggregate is Aggregate.COUNT or _uptime(target))


def _uptime(target: Target) -> bool:
    return target.measure is MeasureName.AVAILABILITY


def _called(target: Target, key: str) -> str:
    """The measure; with its aggregate where that is why a key does not apply."""
    if key in {"limit", "grace", "minimum_sample"} and target.aggregate is not Aggregate.SHARE:
        return f"the {target.aggregate} of {target.measure}"
    return str(target.measure)


def _overlaps(source: Source, path: Path, targets: Sequence[Target]) -> Iterator[Problem]:
    """What would judge a ticket twice, or in two ways."""
    requests = [one for one in targets if one.measure is MeasureName.REQUEST_FULFILMENT]
    modes: dict[MeasureName, str] = {}
    for index, target in enumerate(targets):
        twice = target.measure is MeasureName.RESOLUTION_TIME and "request" in types_of(target)
        if twice and any(one.priority in {"", target.priority} for one in requests):
            message = f"requests of {target.priority} are judged by request_fulfilment as well"
            yield error(source.at(*path, index), "target-overlap", message, "add types: [incident]")
        if target.measure in TIMED and target.priority:
            mode = modes.setdefault(target.measure, target.on_priority_change)
            if mode != target.on_priority_change:
                message = f"on_priority_change is {mode} for another priority of {target.measure}"
                place = source.at(*path, index, "on_priority_change")
                yield error(place, "target-overlap", message, "write the same for all: a ticket counts for one of them")


def _credits(agreement: Agreement, index: int, terms: ServiceTerms) -> Iterator[Problem]:
    source = agreement.source
    for position, tier in enumerate(terms.credits):
        target = terms.target(tier.target)
        key = "above" if tier.above else "below"
        path = ("services", index, "credits", position)
        stated = {at[len(path)] for _, at in agreement.content.values() if at[: len(path)] == path}
        if len(stated & {"below", "above"}) != 1:
            yield error(source.at(*path), "credit-tier", "a credit needs either below or above", "add below: 99.9%")
            continue
        if target is None:
            continue
        if tier.above != (better_of(target) is Better.LOWER):
            other = "below" if tier.above else "above"
            message = f"of {target.id} {'more' if tier.above else 'less'} is better"
            yield error(source.at(*path, key), "credit-tier", message, f"write {other}: {target.goal_text}")
        elif tier.unit is not target.goal_unit:
            message = f"{key}: {tier.value_text!r} is not written in the unit of the goal, {target.goal_text}"
            yield error(source.at(*path, key), "credit-tier", message)
        elif _paid_although_met(tier, target):
            message = f"a credit {key} {tier.value_text} would be paid although the goal of {target.goal_text} is met"
            yield error(source.at(*path, key), "credit-above-goal", message)
    yield from _clauses(source, index, terms)
    if (terms.credits or terms.repeated_miss) and agreement.charge is None:
        message = "credits are a share of the charge, which is not stated"
        place = source.at("services", index, "credits" if terms.credits else "repeated_miss")
        yield error(place, "credit-without-charge", message, "add charge: {amount: …, currency: CNY}")


def _paid_although_met(tier: CreditTier, target: Target) -> bool:
    """Times in days are compared with times in days only: how long one is, the calendar says."""
    value, goal = (Fraction(one) for one in (tier.below, target.goal))
    if tier.time is not None and target.time_goal is not None:
        if tier.time.unit is not target.time_goal.unit and TimeUnit.DAY in {tier.time.unit, target.time_goal.unit}:
            return False
        value, goal = tier.time.exact(1), target.time_goal.exact(1)
    return value < goal if tier.above else value > goal


def _clauses(source: Source, index: int, terms: ServiceTerms) -> Iterator[Problem]:
    """A clause cannot ask for more months than it looks at."""
    for key, clauses in (("repeated_miss", terms.repeated_miss), ("termination_triggers", terms.termination_triggers)):
        for position, clause in enumerate(clauses):
            if clause.months > clause.of:
                place = source.at("services", index, key, position, "months")
                yield error(place, "clause-months", f"{clause.months} of {clause.of} months cannot be missed")
