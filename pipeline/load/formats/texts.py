"""Values of typed formats as the texts that a profile reads: exact, and the same from every format."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

_WHOLE = 2**53
"""Up to here a float tells whole numbers apart."""


def text(value: Any) -> str:  # noqa: ANN401 - cells are of any type
    """A value as text: whole numbers without a point, times in ISO 8601, nothing as the empty text."""
    if isinstance(value, str):
        return value
    write = next((write for kind, write in _WRITERS if isinstance(value, kind)), str)
    return write(value)


def _float(value: float) -> str:
    if value != value:  # noqa: PLR0124 - what a table has for "nothing" is not equal to itself
        return ""
    if value.is_integer() and abs(value) <= _WHOLE:
        return str(int(value))
    return format(Decimal(repr(value)), "f")


_WRITERS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (type(None), lambda _: ""),
    (bool, lambda value: "true" if value else "false"),
    (float, _float),
    (Decimal, lambda value: format(value, "f")),
    ((date, time), lambda value: value.isoformat()),  # a datetime is a date
    (timedelta, lambda value: format(Decimal(value // timedelta(microseconds=1)) / 1_000_000, "f")),
    (bytes, lambda value: value.decode(errors="replace")),
    ((Mapping, list, tuple), lambda value: json.dumps(value, ensure_ascii=False, default=text)),
)
"""How a value is written; the first type that fits holds."""


def at_path(value: Any, name: str) -> Any:  # noqa: ANN401 - JSON values are of any type
    """What a name with dots leads to: keys of maps, and positions in lists counted from 0; None where it ends."""
    if isinstance(value, Mapping) and name in value:
        return value[name]
    for step in name.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, Sequence) and not isinstance(value, str) and step.isdigit():
            value = value[int(step)] if len(step) < 9 and int(step) < len(value) else None  # noqa: PLR2004 - no list is longer
        else:
            return None
    return value


def paths(value: Any, prefix: str = "") -> list[str]:  # noqa: ANN401 - as above
    """The names that lead to the plain values of a record."""
    if isinstance(value, Mapping):
        return [path for key, nested in value.items() for path in paths(nested, f"{prefix}.{key}" if prefix else key)]
    if isinstance(value, list) and value and isinstance(value[0], (Mapping, list)):
        return paths(value[0], f"{prefix}.0")
    return [prefix]
