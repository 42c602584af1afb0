"""What a redline is made of and what comes of it: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.problems import Problem


@dataclass(frozen=True, slots=True)
class Revision:
    """Who changed a document, when and why: the entry of its revision record."""

    author: str
    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Redlined:
    """A Word file with tracked changes; empty, with errors, where there is none to be had.

    `additions` and `deletions` count stretches of text, `formats` changes of looks.
    """

    content: bytes
    problems: tuple[Problem, ...]
    additions: int = 0
    deletions: int = 0
    formats: int = 0
