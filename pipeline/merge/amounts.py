"""Goals and figures of targets in words and for machines: percentages, times, numbers, scores."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from pipeline.measure.promises import Promise
from pipeline.merge.words import EMPTY, Words, exact, figure
from pipeline.model.agreements import Agreement
from pipeline.model.catalog import TIMED, Aggregate, Better, MeasureName, Target, Unit
from pipeline.model.measures import DEFINITIONS, VALUED, better_of, unit_of
from pipeline.model.quantities import Limit, decimals, display_share

_SCORE_DECIMALS = Decimal("0.00")
_RATES = frozenset({MeasureName.REOPEN_RATE, MeasureName.CHANGE_SUCCESS})
"""Measures whose count is no number of late tickets."""

_SIGNS = {Better.HIGHER: "≥", Better.LOWER: "≤"}


def goal_words(target: Target, words: Words, kind: str = "sla") -> str:
    """`95%`, `4 小时`, `30 tickets`, in words that suit a kind of agreement."""
    return amount_words(target.goal, target.time_goal, target, words, kind)


def amount_words(amount: Decimal, time: Limit | None, target: Target, words: Words, kind: str = "sla") -> str:
    """A figure of a target as it was written; `time` where it was written as one."""
    if time is not None:
        return words.limit(time)
    unit = unit_of(target)
    if unit is Unit.COUNT:
        return _count(words.number(amount), target, words, kind, one=amount == 1)
    if unit is Unit.SCORE:
        return words.label("figure.score", score=words.number(amount))
    return words.percent(amount)


def _count(shown: str, target: Target, words: Words, kind: str, *, one: bool) -> str:
    """`1 ticket`, `3 changes`."""
    key = f"count.{_counted(target)}.{'one' if one else 'other'}"
    return words.of_kind(key, kind, count=shown)


def _counted(target: Target) -> str:
    """What a target counts."""
    return "change" if target.measure is MeasureName.CHANGE_SUCCESS else "ticket"


def bound(target: Target, words: Words, kind: str = "sla") -> str:
    """`≥ 95%`, `≤ 4 h`."""
    return f"{_SIGNS[better_of(target)]} {goal_words(target, words, kind)}"


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
    unit = unit_of(promise.target)
    if unit is Unit.SECOND:
        return words.elapsed(int(_rounded(value, promise, other)))
    told = brief(value, promise, words, other)
    if unit is Unit.SCORE:
        return words.label("figure.score", score=told)
    return _count(told, promise.target, words, "sla", one=value == 1) if unit is Unit.COUNT else told


def brief(value: Fraction | None, promise: Promise, words: Words, other: Fraction | None = None) -> str:
    """The same for narrow columns: times as `3:05:20`, numbers and scores without their unit."""
    if value is None:
        return EMPTY
    unit = unit_of(promise.target)
    if unit is Unit.COUNT and value.denominator == 1:
        return words.number(int(value))
    rounded = _rounded(value, promise, other)
    if unit is Unit.SECOND:
        minutes, seconds = divmod(int(rounded), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return f"{rounded}%" if unit is Unit.PERCENT else words.number_as_written(rounded, decimals(rounded))


def _rounded(value: Fraction, promise: Promise, other: Fraction | None) -> Decimal:
    """To the decimals of the goal, scores to two more, times to the second."""
    goal = goal_number(promise)
    if other is not None and other != promise.goal:
        goal = exact(other).normalize()
    if unit_of(promise.target) is Unit.SCORE:
        goal += _SCORE_DECIMALS
    return display_share(exact(value), goal, most=better_of(promise.target) is Better.LOWER)


def measure_name(target: Target, words: Words) -> str:
    """`解决时间`, `解决时间（第 95 百分位）`: the measure, and how it is added up where that is not the usual way."""
    asked = ".survey" if target.survey else ""
    measure = words.label(f"measure.{target.measure}{asked}")
    if target.aggregate is Aggregate.COUNT and target.measure in _RATES:
        return words.label(f"measure.{target.measure}.number")
    if target.aggregate is DEFINITIONS[target.measure].aggregates[0]:
        return measure
    return words.label("aggregate.name", measure=measure, aggregate=aggregate_name(target, words))


def aggregate_name(target: Target, words: Words) -> str:
    """`中位数`, `95th percentile`."""
    if target.aggregate is Aggregate.PERCENTILE:
        return words.label("aggregate.percentile", percentile=words.number(target.percentile or Decimal(0)))
    return words.of_kind(f"aggregate.{target.aggregate}", target.measure)


def formula(target: Target, words: Words, kind: str = "sla") -> str:
    """How the figure is computed, in a sentence that suits a kind of agreement."""
    if target.survey:
        return words.label("measure.satisfaction.survey.formula")
    definition = DEFINITIONS[target.measure]
    if target.aggregate is definition.aggregates[0]:
        return words.of_kind(definition.formula, kind)
    if target.aggregate is Aggregate.COUNT and target.measure in _RATES:
        return words.of_kind(f"measure.{target.measure}.count", kind)
    value = words.of_kind(f"measure.{target.measure}.value", kind)
    if target.aggregate is Aggregate.PERCENTILE:
        percentile = words.number(target.percentile or Decimal(0))
        return words.of_kind("aggregate.percentile.formula", kind, value=value, percentile=percentile)
    if target.aggregate is Aggregate.WORST and unit_of(target) is Unit.SCORE:
        return words.of_kind("aggregate.worst.satisfaction.formula", kind, value=value)
    return words.of_kind(f"aggregate.{target.aggregate}.formula", kind, value=value)


def counting_rule(agreement: Agreement, words: Words, kind: str = "sla") -> str:
    """In which month a ticket counts, in words that suit a kind of agreement."""
    promised = (target for terms in agreement.services for target in terms.targets)
    values = any(one.measure in TIMED and one.aggregate in VALUED for one in promised)
    rules = (f"counting.{agreement.counted_by}", *(("counting.values",) if values else ()))
    return words.label("text.follow").join(words.of_kind(rule, kind) for rule in rules)


def standard(target: Target, words: Words) -> str:
    """The standard and clause that asks for the measure."""
    return words.label(DEFINITIONS[target.measure].source)


def source(target: Target, words: Words, kind: str = "sla") -> str:
    """Where the data come from, as a kind of agreement words it."""
    return words.of_kind(f"measure.{target.measure}{'.survey' if target.survey else ''}.source", kind)


def unit_words(target: Target, words: Words, kind: str = "sla") -> str:
    """What the figure is counted in."""
    unit = unit_of(target)
    if unit is Unit.COUNT and _counted(target) == "change":
        return words.label("figure.unit.count.change")
    return words.of_kind(f"figure.unit.{unit.name.lower()}", kind)


def rules(target: Target, words: Words, kind: str = "sla") -> tuple[str, ...]:
    """What else was agreed on how the target is counted; nothing where all is as usual."""
    found = []
    if target.grace is not None:
        found.append(words.label("rule.grace", grace=words.limit(target.grace)))
    if target.survey:
        asked = "question" if target.question else "overall"
        found.append(words.label(f"rule.survey.{asked}", survey=target.survey, question=target.question))
    if target.minimum_sample:
        sample = "rule.minimum_sample.survey" if target.survey else "rule.minimum_sample"
        found.append(words.of_kind(sample, kind, count=target.minimum_sample))
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
