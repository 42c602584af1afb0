"""User mistakes are values: every stage returns them beside its result."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

SHOWN = 12
"""How many allowed words a hint lists."""


class Severity(StrEnum):
    """An error stops publishing; a warning does so only under `--strict`."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in what the user wrote: a path (or an option) as the user knows it, line and column counted from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        if (
            self.file.startswith(("--", "ID@", "TICKET")) or self.file == "SLA"
        ):  # what stood on the command line has no lines
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: what is wrong (`message`) and what to write instead (`hint`)."""

    place: Place
    severity: Severity
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.place}: {self.severity}: {self.message}{hint}"


def error(place: Place, code: str, message: str, hint: str = "") -> Problem:
    """A mistake that makes the result wrong or impossible."""
    return Problem(place, Severity.ERROR, code, in_one_line(message), in_one_line(hint))


def warning(place: Place, code: str, message: str, hint: str = "") -> Problem:
    """A mistake that the user should know of but that spoils no figure."""
    return Problem(place, Severity.WARNING, code, in_one_line(message), in_one_line(hint))


def in_one_line(text: str) -> str:
    """A text as a terminal can show it: it may quote line ends, orders to the terminal, or half a character."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or unicodedata.category(one) == "Zs" else ascii(one)[1:-1] for one in text)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether anything in `problems` forbids publishing."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """A hint naming the nearest allowed words, or all of them when they are few."""
    known = sorted(set(allowed))
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    if not known:
        return ""
    shown = [one if one.isprintable() else repr(one) for one in known[:SHOWN]]  # a column may be called anything
    return "known: " + ", ".join(shown) + (", …" if len(known) > SHOWN else "")
