"""What holding a report against its data comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RefusedError(Exception):
    """A file that is no report, or nothing that should be read; its message says why in a line."""


class Standing(StrEnum):
    """How a figure stands: printed, in the data, and added up again."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure: what is printed, what the data say, and what adding up gave; empty where there is nothing."""

    about: str
    standing: Standing
    printed: str
    data: str
    recounted: str


@dataclass(frozen=True, slots=True)
class Recount:
    """A report and how each of its figures stands; `unproven` says in codes what no data inside it can prove."""

    number: str
    title: str
    language: str
    findings: tuple[Finding, ...]
    unproven: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return all(one.standing is not Standing.DIFFERS for one in self.findings)


def found(about: str, printed: str, data: str, recounted: str, *, agrees: bool) -> Finding:
    """A figure that was added up again."""
    return Finding(about, Standing.AGREES if agrees else Standing.DIFFERS, printed, data, recounted)
