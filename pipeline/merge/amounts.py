"""Goals and figures of targets in words and for machines: percentages, times, numbers, scores."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from pipeline.measure.promises import Promise
from pipeline.merge.words import EMPTY, Words, exact, figure
from pipeline.model.catalog import TIMED, Aggregate, Better, Target, Unit
from pipeline.model.measures import DEFINITIONS, better_of, unit_of
from pipeline.model.quantities import Limit, decimals, display_share

_SCORE_DECIMALS = Decimal("0.00")
_SIGNS = {Better.HIGHER: "≥", Better.LOWER: "≤"}


def goal_words(target: Target, words: Words) -> str:
    """`95%`, `4 小时`, `30`."""
    return amount_words(target.goal, target.goal_unit, target.time_goal, words)


def amount_words(amount: Decimal, unit: Unit, time: Limit | None, words: Words) -> str:
    """A figure as it was written."""
    if time is not None:
        return words.limit(time)
    return words.percent(amount) if unit is Unit.PERCENT else words.number(amount)


def bound(target: Target, words: Words) -> str:
    """`≥ 95%`, `≤ 4 h`."""
    return f"{_SIGNS[better_of(target)]} {goal_words(target, words)}"


def goal_number(promise: Promise) -> Decimal:
    """The goal in the target's unit, times in seconds, with the decimals that it was written with."""
    return Decimal(int(promise.goal)) if promise.target.time_goal is not None else promise.target.goal


def number(value: Fraction | None, promise: Promise) -> Decimal | None:
    """A figure for machines: six decimals, and never rounded across the goal."""
    return figure(value, goal_number(promise), most=better_of(promise.target) is Better.LOWER)


def shown(value: Fraction | None, promise: Promise, words: Words, other: Fraction | None = None) -> str:
    """A figure for people, never rounded across the goal (or an `other` one than agreed); times to the second."""
    if value is None:
        return EMPTY
    goal, unit = goal_number(promise), unit_of(promise.target)
    if other is not None and other != promise.goal:
        goal = exact(other).normalize()
    most = better_of(promise.target) is Better.LOWER
    if unit is Unit.SCORE:
        goal += _SCORE_DECIMALS
    if unit is Unit.COUNT and value.denominator == 1:
        return words.number(int(value))
    rounded = display_share(exact(value), goal, most=most)
    if unit is Unit.SECOND:
        return words.elapsed(int(rounded))
    return f"{rounded}%" if unit is Unit.PERCENT else words.number_as_written(rounded, decimals(rounded))


def measure_name(target: Target, words: Words) -> str:
    """`解决时间`, `解决时间（第 95 百分位）`: the measure, and how it is added up where that is not the usual way."""
    measure = words.label(f"measure.{target.measure}{'.survey' if target.survey else ''}")
    if target.aggregate is DEFINITIONS[target.measure].aggregates[0]:
        return measure
    return words.label("aggregate.name", measure=measure, aggregate=aggregate_name(target, words))


def aggregate_name(target: Target, words: Words) -> str:
    """`中位数`, `95th percentile`."""
    if target.aggregate is Aggregate.PERCENTILE:
        return words.label("aggregate.percentile", percentile=words.number(target.percentile or Decimal(0)))
    return words.label(f"aggregate.{target.aggregate}")


def formula(target: Target, words: Words, kind: str = "sla") -> str:
    """How the figure is computed, in a sentence that suits a kind of agreement."""
    if target.survey:
        return words.label("measure.satisfaction.survey.formula")
    definition = DEFINITIONS[target.measure]
    if target.aggregate is definition.aggregates[0]:
        return words.of_kind(definition.formula, kind)
    if target.aggregate is Aggregate.COUNT and target.measure not in TIMED:
        return words.label(f"measure.{target.measure}.count")
    percentile = words.number(target.percentile or Decimal(0))
    value = words.label(f"measure.{target.measure}.value")
    if target.aggregate is Aggregate.PERCENTILE:
        return words.label("aggregate.percentile.formula", value=value, percentile=percentile)
    return words.label(f"aggregate.{target.aggregate}.formula", value=value)


def standard(target: Target, words: Words) -> str:
    """The standard and clause that asks for the measure."""
    return words.label(DEFINITIONS[target.measure].source)


def source(target: Target, words: Words, kind: str = "sla") -> str:
    """Where the data come from, as a kind of agreement words it."""
    return words.of_kind(f"measure.{target.measure}{'.survey' if target.survey else ''}.source", kind)


def unit_words(target: Target, words: Words) -> str:
    """What the figure is counted in."""
    return words.label(f"figure.unit.{unit_of(target).name.lower()}")


def rules(target: Target, words: Words) -> tuple[str, ...]:
    """What else was agreed on how the target is counted; nothing where all is as usual."""
    found = []
    if target.grace is not None:
        found.append(words.label("rule.grace", grace=words.limit(target.grace)))
    if target.survey:
        kind = "question" if target.question else "overall"
        found.append(words.label(f"rule.survey.{kind}", survey=target.survey, question=target.question))
    if target.minimum_sample:
        sample = "rule.minimum_sample.survey" if target.survey else "rule.minimum_sample"
        found.append(words.label(sample, count=target.minimum_sample))
    if target.on_priority_change != "latest":
        found.append(words.label(f"rule.priority.{target.on_priority_change}"))
    if target.types:
        kinds = words.listed(tuple(words.label(f"ticket.{kind}") for kind in sorted(target.types)))
        found.append(words.label("rule.types", types=kinds))
    if target.components:
        steps = tuple(words.label("rule.any_of").join(step) for step in target.components)
        found.append(words.label("rule.components", components=words.listed(steps)))
    return tuple(found)


def reached(value: Fraction, promise: Promise, words: Words) -> str:
    """`≥ 99.97%`: another goal for a target than the one agreed, with all of its decimals."""
    unit, amount = unit_of(promise.target), exact(value).normalize()
    sign = _SIGNS[better_of(promise.target)]
    if unit is Unit.SECOND:
        return f"{sign} {words.elapsed(int(value))}"
    written = words.number(amount)
    return f"{sign} {written}%" if unit is Unit.PERCENT else f"{sign} {written}"
