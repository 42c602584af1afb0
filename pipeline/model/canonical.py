"""The content of a source as a flat map of what it says, so that two states of it can be compared key by key."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pipeline.model.source import Path

_NAMES = ("id", "service")
"""Keys by which the entries of a list are known, so that putting one in front changes none of the others."""


Leaf = tuple[str, Path]
"""A value and its place in the file."""


def leaves(spec: Mapping[str, Any], leave_out: Collection[str]) -> dict[str, Leaf]:
    """Every value of a source but those under the top-level keys to leave out, in the order written.

    Their keys name them by ids: `services/network/targets/uptime/goal`.
    """
    kept = {key: value for key, value in spec.items() if key not in leave_out}
    return dict(_walk(kept, (), ()))


def _walk(value: object, names: tuple[str, ...], path: Path) -> Iterator[tuple[str, Leaf]]:
    if isinstance(value, Mapping):
        for key, nested in value.items():
            yield from _walk(nested, (*names, key), (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, nested in enumerate(value):
            yield from _walk(nested, (*names, _name(nested, index)), (*path, index))
    else:
        yield "/".join(names), (str(value).strip(), path)


def _name(item: object, index: int) -> str:
    """What an entry of a list is called: its id, or its number from 1."""
    if isinstance(item, Mapping):
        return next((str(item[key]) for key in _NAMES if key in item), str(index + 1))
    return str(index + 1)
