"""The parts that schemas are built from, and how those parts become values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pipeline.load.rules import read_goal, read_window
from pipeline.model.calendars import WEEKDAYS
from pipeline.model.catalog import Aggregate, MeasureName, Target, Unit
from pipeline.model.measures import DEFINITIONS
from pipeline.model.parties import Contact
from pipeline.model.quantities import Limit, Money, Text
from pipeline.model.records import OUTAGE_CATEGORIES, PAUSE_REASONS, TICKET_TYPES
from pipeline.model.recurrence import LAST, Recurrence

Schema = dict[str, Any]
Spec = Mapping[str, Any]

FREQUENCIES = ("monthly", "quarterly", "half-yearly", "yearly")
NO_TEXT = Text()
_REMEMBERED = 2**16


def written(rule: str, *, required: bool = True) -> Schema:
    """A string that the named rule reads."""
    return {"type": "string", "check_with": rule, "required": required}


def text(*, required: bool = True) -> Schema:
    """A text that a customer reads: a string, or a map from language to string."""
    return {"type": "text", "check_with": "text", "required": required}


def word(*, required: bool = True) -> Schema:
    """A string shown as it is."""
    return {"type": "string", "check_with": "plain", "required": required}


def choice(*allowed: str, required: bool = True) -> Schema:
    """One of a few words."""
    return {"type": "string", "allowed": list(allowed), "required": required}


def many(item: Schema, *, required: bool = False, least: int = 0) -> Schema:
    """A list of `item`."""
    return {"type": "list", "schema": item, "required": required, "minlength": least}


def record(fields: Schema, *, required: bool = False) -> Schema:
    """A nested map with those fields."""
    return {"type": "dict", "schema": fields, "required": required}


def keyed(values: Schema, *, keys: Schema | None = None, required: bool = False) -> Schema:
    """A map from identifiers (or `keys`) to `values`."""
    return {"type": "dict", "keysrules": keys or written("identifier"), "valuesrules": values, "required": required}


IDENTIFIER = written("identifier")
TEXTS = many(text())
MONEY = {"amount": {"type": "number", "required": True, "min": 0}, "currency": written("currency")}

GOAL: Schema = {"type": "goal", "check_with": "goal", "required": True}
"""A figure in the unit of its target: `95%`, `4 h`, `30`."""

CONTACT = record(
    {
        "purpose": text(),
        "name": text(),
        "phone": word(),
        "email": written("email"),
        "hours": text(),
    }
)
STEP: Schema = {
    "type": "step",
    "check_with": "step",
    "schema": {"any_of": {"type": "list", "schema": IDENTIFIER, "required": True, "minlength": 2}},
}
"""A step of a support chain: the id of an agreement, or `any_of` several. Components of a service are written alike."""

TARGET = record(
    {
        "id": IDENTIFIER,
        "measure": choice(*MeasureName),
        "priority": written("priority", required=False),
        "limit": written("limit", required=False),
        "goal": GOAL,
        "aggregate": choice(*Aggregate, required=False),
        "percentile": {"type": "number", "check_with": "percentile"},
        "grace": written("limit", required=False),
        "minimum_sample": {"type": "integer", "min": 2, "max": 1_000_000},
        "pause_on": many(choice(*PAUSE_REASONS)),
        "on_reopen": choice("continue", "restart", required=False),
        "on_priority_change": choice("latest", "restart", "continue", required=False),
        "types": many(choice(*TICKET_TYPES)),
        "components": many(STEP, least=1),
        "survey": written("identifier", required=False),
        "question": written("identifier", required=False),
        "exclude": many(choice(*OUTAGE_CATEGORIES[1:])),
    }
)

RECURRENCE: Schema = {
    **record(
        {
            "weekday": choice(*WEEKDAYS, required=False),
            "nth": {"type": "integer", "min": LAST, "max": 5},
            "day": {"type": "integer", "min": 1, "max": 31},
            "months": many({"type": "integer", "min": 1, "max": 12}),
            "hours": written("window"),
        }
    ),
    "check_with": "recurrence",
}
"""When a window comes back."""


def as_text(value: str | Mapping[str, str] | None) -> Text:
    """A text as written: one string, or one per language."""
    if value is None:
        return NO_TEXT
    if isinstance(value, str):
        return _plain(value.strip())
    return _translated(tuple((language, words.strip()) for language, words in value.items()))


# Agreements repeat each other's texts, limits and targets: one of each is enough.


@lru_cache(maxsize=_REMEMBERED)
def _plain(words: str) -> Text:
    return Text(plain=words)


@lru_cache(maxsize=_REMEMBERED)
def _translated(translations: tuple[tuple[str, str], ...]) -> Text:
    return Text(translations=dict(translations))


@lru_cache(maxsize=_REMEMBERED)
def _limit(written: str) -> Limit:
    return Limit.parse(written)


def as_texts(values: Sequence[Any] | None) -> tuple[Text, ...]:
    """A list of texts."""
    return tuple(as_text(value) for value in values or ())


def as_money(spec: Spec | None) -> Money | None:
    """An amount, if one is written."""
    return Money(Decimal(spec["amount"]), spec["currency"]) if spec else None


def as_recurrence(spec: Spec | None) -> Recurrence | None:
    """When a window comes back, if that is stated."""
    if spec is None:
        return None
    return Recurrence(
        hours=read_window(spec["hours"]),
        weekday=WEEKDAYS.index(spec["weekday"]) if "weekday" in spec else None,
        nth=spec.get("nth", 0),
        day=spec.get("day", 0),
        months=frozenset(spec.get("months", ())),
    )


def as_contacts(specs: Sequence[Spec]) -> tuple[Contact, ...]:
    """A list of contacts."""
    return tuple(
        Contact(
            purpose=as_text(spec["purpose"]),
            name=as_text(spec["name"]),
            phone=spec["phone"],
            email=spec["email"],
            hours=as_text(spec["hours"]),
            language=spec.get("language", ""),
        )
        for spec in specs
    )


def as_targets(specs: Sequence[Spec]) -> tuple[Target, ...]:
    """A list of targets."""
    return tuple(_same(_target(spec)) for spec in specs)


@lru_cache(maxsize=_REMEMBERED)
def _known(_written: str, target: Target) -> Target:
    return target


def _same(target: Target) -> Target:
    """The target met first of those written alike; 95 and 95.0 are equal, but not written alike."""
    return _known(repr(target), target)


def _target(spec: Spec) -> Target:
    measure = MeasureName(spec["measure"])
    goal, unit, time = as_figure(spec["goal"])
    percentile = Decimal(spec["percentile"]) if "percentile" in spec else None
    usual = Aggregate.PERCENTILE if percentile is not None else DEFINITIONS[measure].aggregates[0]
    return Target(
        id=spec["id"],
        measure=measure,
        goal=goal,
        priority=spec.get("priority", ""),
        limit=_limit(spec["limit"]) if "limit" in spec else None,
        pause_on=frozenset(spec.get("pause_on", ())),
        on_reopen=spec.get("on_reopen", "continue"),
        exclude=frozenset(spec.get("exclude", ())),
        aggregate=Aggregate(spec["aggregate"]) if "aggregate" in spec else usual,
        percentile=percentile,
        goal_unit=unit,
        time_goal=time,
        grace=_limit(spec["grace"]) if "grace" in spec else None,
        minimum_sample=spec.get("minimum_sample", 0),
        on_priority_change=spec.get("on_priority_change", "latest"),
        types=frozenset(spec.get("types", ())),
        components=as_steps(spec.get("components", ())),
        survey=spec.get("survey", ""),
        question=spec.get("question", ""),
    )


def as_steps(specs: Sequence[Any]) -> tuple[tuple[str, ...], ...]:
    """Steps of a chain: an id, or `any_of` several."""
    return tuple((step,) if isinstance(step, str) else tuple(step["any_of"]) for step in specs)


def as_figure(written: str | int | Decimal) -> tuple[Decimal, Unit, Limit | None]:
    """A figure with the unit it is written in, and as a time where it is one."""
    figure = read_goal(written)
    if isinstance(figure, Limit):
        return figure.amount, Unit.SECOND, figure
    return figure, Unit.PERCENT if isinstance(written, str) else Unit.COUNT, None
