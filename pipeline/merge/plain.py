"""Contexts as JSON has them, and agreement contexts back from there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Context = TypeVar("Context")


def plain(value: Any) -> Any:  # noqa: ANN401 - any part of a context
    """A context as JSON has it; a Decimal becomes the number it shows."""
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def canonical(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """The one way to write a JSON value down that digests are taken of."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def restored(now: Context, recorded: Mapping[str, Any]) -> Context:
    """A context of texts as it was recorded; a field that was not known then is as it is now."""
    hints = get_type_hints(type(now))
    known = {name: _value(hint, recorded[name]) for name, hint in hints.items() if name in recorded}
    return type(now)(**{name: known.get(name, getattr(now, name)) for name in hints})


def _value(hint: Any, value: Any) -> Any:  # noqa: ANN401 - driven by the types of the context
    """A part as its type wants it; what an earlier program did not write is empty."""
    if isinstance(hint, UnionType):
        return None if value is None else _value(get_args(hint)[0], value)
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], one) for one in value or ())
    if is_dataclass(hint):
        known = value if isinstance(value, dict) else {}
        return hint(**{name: _value(one, known.get(name)) for name, one in get_type_hints(hint).items()})  # type: ignore[operator]
    return hint() if value is None else value
