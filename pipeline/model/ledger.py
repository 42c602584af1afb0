"""What was issued: each letter that was sent, to whom, with which documents, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """What became of a letter; of an `uncertain` one nobody knows whether it arrived."""

    SENT = "sent"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    FAILED = "failed"


DISPOSED = "disposed"
INTENT = "intent"
"""Events of the ledger beside the states: before a letter is handed over, and after a copy was deleted."""


@dataclass(frozen=True, slots=True, order=True)
class Copy:
    """A file as it was issued: its path in `output/` and its digest, which make it what it is, and its retention."""

    path: str
    sha256: str
    retain_until: date = field(compare=False)

    @property
    def kept_as(self) -> str:
        """Where its bytes are kept, below the records: the digest tells a corrected version from the one before."""
        stem, dot, ending = self.path.rpartition(".")
        return f"{stem}.{self.sha256[:12]}{dot}{ending}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with documents to one person; `corrects` is the letter before, where its documents were other ones.

    `keeper` is the department that keeps the records, as the organization has it at the time.
    """

    id: str
    party: str
    kind: str
    agreement: str
    version: str
    to: str
    name: str
    message_id: str
    corrects: str
    keeper: str
    documents: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter, what became of it, and the day (UTC) and reason of that."""

    letter: Letter
    state: State
    day: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The letters by id, in order, and the copies that were disposed of, by `Copy.kept_as`.

    `size` is the number of bytes that hold whole lines, `head` the digest of the last one: where the next line goes.
    """

    posted: Mapping[str, Posted] = field(default_factory=dict)
    disposed: frozenset[str] = frozenset()
    size: int = 0
    head: str = ""

    @property
    def reached(self) -> Sequence[Posted]:
        """Letters that arrived, or may have."""
        return [one for one in self.posted.values() if one.state in {State.SENT, State.UNCERTAIN}]

    @property
    def copies(self) -> Mapping[str, Copy]:
        """Every document that was issued and not disposed of, by where it is kept."""
        found = {copy.kept_as: copy for one in self.reached for copy in one.letter.documents}
        return {path: copy for path, copy in found.items() if path not in self.disposed}
