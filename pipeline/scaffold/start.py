"""A new file among the sources: from a template, in its place, and never over another."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pipeline.load.blanks import blanks
from pipeline.load.characters import all_covered
from pipeline.load.kinds import KINDS
from pipeline.load.marked_yaml import parse
from pipeline.load.quoting import quoted
from pipeline.load.rules import read_identifier
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.problems import did_you_mean
from pipeline.render.templates import environment, render_file

FOLDER = "new"
Thing = TypeVar("Thing")


class CannotStart(ValueError):  # noqa: N818 - a wish that cannot be granted, told as wrong usage
    """Why no file can be written; its message is for the user."""


class Verbatim(str):
    """A piece of YAML that is not to be quoted."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A new source file and how many blanks it leaves."""

    path: Path
    blanks: int


def free(identifier: str, noun: str, taken: Container[str]) -> None:
    """Refuse what is no identifier, or somebody else's."""
    try:
        read_identifier(identifier)
    except ValueError as mistake:
        raise CannotStart(str(mistake)) from None
    if identifier in taken:
        msg = f"there is a {noun} {identifier} already"
        raise CannotStart(msg)
    if identifier == ORGANIZATION:
        msg = f"{ORGANIZATION} stands for ourselves; take another name"
        raise CannotStart(msg)


def known(identifier: str, noun: str, among: Mapping[str, Thing], portfolio: Portfolio) -> Thing:
    """What an id names."""
    if identifier in among:
        return among[identifier]
    if identifier in portfolio.unreadable:
        msg = f"the {noun} {identifier} has mistakes or blanks; slm check names them"
    else:
        msg = f"unknown {noun} {identifier!r}; {did_you_mean(identifier, among)}"
    raise CannotStart(msg)


def start(template: str, kind: str, values: Mapping[str, Any], options: Options) -> Written:
    """Fill a template and write it where its kind belongs."""
    filled = environment(options.templates).overlay(
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        autoescape=False,
        keep_trailing_newline=True,
        finalize=_final,
    )
    filled.filters = {**filled.filters, "verbatim": Verbatim}
    content = render_file(filled, f"{FOLDER}/{template}.yaml", values)
    return write(options.sources / KINDS[kind].place.format(id=values["id"], version="A-00"), content)


def _final(value: Any) -> Any:  # noqa: ANN401 - whatever the template prints
    return quoted(value) if isinstance(value, str) and not isinstance(value, Verbatim) else value


def write(path: Path, content: str) -> Written:
    """Write a new file."""
    value, source, _ = parse(content.encode(), path.name, all_covered)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(content)
    except FileExistsError:
        msg = f"{path} is there already, and nothing is written over it"
        raise CannotStart(msg) from None
    return Written(path, len(blanks(value, source)))
