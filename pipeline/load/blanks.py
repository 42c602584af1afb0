"""Blanks that a new source leaves to its writer, such as `<fill in the customer's name>`: found where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.model.source import Path, Source
from pipeline.problems import Problem, error

_BLANK = re.compile(r"<fill in ([^<>]+)>")


def blank(prompt: str) -> str:
    """The mark of something left to fill in."""
    return f"<fill in {prompt}>"


def blanks(value: Any, source: Source) -> dict[Path, Problem]:  # noqa: ANN401 - YAML values are of any type
    """The blanks of a source by path: one problem each, whatever else would be wrong with the mark as a value."""
    return {
        path: error(source.at(*path), "blank", f"blank left to fill in: {prompt}", "write it in place of <…>")
        for path, prompt in _prompts(value, ())
    }


def _prompts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        for key, nested in value.items():
            yield from _prompts(nested, (*path, key))
    elif isinstance(value, list):
        for index, nested in enumerate(value):
            yield from _prompts(nested, (*path, index))
    elif isinstance(value, str):
        found = _BLANK.search(value)
        if found is not None:
            yield path, " ".join(found[1].split())
