"""How values of the model are written in a comparison, and by which name the entries of a list are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.model.agreements import CreditTier, Due, MissClause, Version
from pipeline.model.calendars import Window
from pipeline.model.catalog import Target
from pipeline.model.parties import Contact
from pipeline.model.quantities import DateRange, Limit, Money, Month, Text

_LEAVES = (str, int, Decimal, date, Text, Limit, Money, Version, DateRange, Due, Month, frozenset, type(None))
_PERCENTAGES = ("credit", "credit_cap", "credit_cap_year")
_NAMED_BY = ("id", "service", "version", "name", "title", "summary", "purpose", "when", "after", "action")
NOT_COMPARED = ("source", "content", "path")
WRITTEN: Mapping[type, Mapping[str, str]] = {
    Target: {"goal": "goal_text", "goal_unit": "", "time_goal": ""},
    CreditTier: {"below": "value_text", "unit": "", "time": ""},
}
"""Fields that say one thing together: under the first the whole is compared, the others are passed over."""


def is_leaf(value: object) -> bool:
    """Whether a value is compared as a whole."""
    return isinstance(value, _LEAVES)


def is_percentage(field: str) -> bool:
    """Whether a number of that name is a share."""
    return field in _PERCENTAGES


def shown(value: Any, field: str = "") -> str:  # noqa: ANN401 - any value of the model
    """A value as people write it; entries of lists by what names them."""
    written = next((write for kind, write in _WRITTEN if isinstance(value, kind)), None)
    if written is not None:
        return written(value)
    if is_leaf(value):
        return f"{value}%" if is_percentage(field) else str(value)
    if is_dataclass(value):
        names = [one.name for one in fields(value)]
        return next((shown(getattr(value, name)) for name in _NAMED_BY if name in names), "")
    return ", ".join(shown(item) for item in value)


def _target(target: Target) -> str:
    parts = (target.measure, target.priority, shown(target.limit), target.goal_text)
    return " ".join(part for part in parts if part)


def _several(values: frozenset[Any]) -> str:
    """A set in order; consecutive years as a span."""
    ordered = sorted(values)
    if len(ordered) > 1 and all(isinstance(one, int) for one in ordered) and ordered[-1] - ordered[0] < len(ordered):
        return f"{ordered[0]}-{ordered[-1]}"
    return ", ".join(map(str, ordered))


_WRITTEN: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (type(None), lambda _: ""),
    (bool, lambda value: "yes" if value else "no"),
    (Text, lambda value: value.plain or " / ".join(value.translations.values())),
    (Money, lambda value: f"{value.amount} {value.currency}"),
    (DateRange, lambda value: f"{value.start} to {value.end}"),
    (Due, lambda value: f"{value.days} {'business ' if value.business else ''}days"),
    (frozenset, _several),
    (Target, _target),
)


def hours(windows: Sequence[Window]) -> str:
    """`09:00-12:00, 13:30-18:00`."""
    return ", ".join(f"{_clock(start)}-{_clock(stop)}" for start, stop in windows) or "closed"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def entries(values: Mapping[Any, Any] | Sequence[Any]) -> dict[str, Any]:
    """The entries of a list by name, never by position, so that one put in front changes none of the others."""
    if isinstance(values, Mapping):
        return {str(key): value for key, value in values.items()}
    named: dict[str, Any] = {}
    for value in values:
        name = _name(value)
        while name in named:
            name += " (again)"
        named[name] = value
    return named


def _name(value: Any) -> str:  # noqa: ANN401 - any value of the model
    if isinstance(value, CreditTier):
        return f"{value.target} {'above' if value.above else 'below'} {value.value_text}"
    if isinstance(value, MissClause):
        return f"{value.target} missed {value.months} of {value.of}"
    if isinstance(value, Contact):
        return value.email
    return shown(getattr(value, "id", None) or getattr(value, "service", None) or value)
