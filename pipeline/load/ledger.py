"""`records/ledger.jsonl`: what was sent, a line an event; each line carries the digest of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.model.ledger import DISPOSED, INTENT, Copy, Ledger, Letter, Posted, State
from pipeline.problems import Place, Problem, error

FOLDER = "records"
NAME = "ledger.jsonl"

_DAMAGED = "restore it from a backup or the history: without it nobody knows what was sent"


def read_ledger(sources: Path) -> tuple[Ledger, tuple[Problem, ...]]:
    """The ledger; empty where nothing was sent yet. A last line without an end was cut off and never counted."""
    path = sources / FOLDER / NAME
    content = path.read_bytes() if path.is_file() else b""
    whole = content[: content.rfind(b"\n") + 1]
    reading = _Reading()
    for number, line in enumerate(whole.splitlines(), 1):
        message = reading.take(line)
        if message:
            place = Place(f"sources/{FOLDER}/{NAME}", number)
            return Ledger(), (error(place, "ledger-damaged", message, _DAMAGED),)
    posted = {letter.id: _posted(letter, reading.attempts[letter.id]) for letter in reading.letters.values()}
    return Ledger(posted, frozenset(reading.disposed), len(whole), reading.head), ()


class _Reading:
    """The events so far: letters by id, the outcome of each attempt to send one, copies disposed of."""

    def __init__(self) -> None:
        self.letters: dict[str, Letter] = {}
        self.attempts: dict[str, list[tuple[State, date, str]]] = {}
        self.disposed: set[str] = set()
        self.head = ""

    def take(self, line: bytes) -> str:
        """Take the next line in; what is wrong with it, or nothing."""
        try:
            event = json.loads(line)
            if event["previous"] != self.head:
                return "a line before this one was changed or removed"
            self._take(event)
        except (ValueError, KeyError, TypeError, IndexError):
            return "this is no line that slm dispatch writes"
        self.head = hashlib.sha256(line).hexdigest()
        return ""

    def _take(self, event: Mapping[str, Any]) -> None:
        day = date.fromisoformat(event["at"][:10])
        if event["event"] == DISPOSED:
            self.disposed |= {str(path) for path in event["copies"]}
        elif event["event"] == INTENT:
            letter = _letter(event)
            self.disposed -= {copy.kept_as for copy in letter.documents}
            self.letters[letter.id] = letter
            self.attempts.setdefault(letter.id, []).append((State.UNCERTAIN, day, ""))
        else:
            self.attempts[event["id"]][-1] = (State(event["event"]), day, str(event["reason"]))


def _letter(event: Mapping[str, Any]) -> Letter:
    named = ("id", "party", "kind", "agreement", "version", "to", "name", "message_id", "corrects", "keeper")
    return Letter(
        **{name: str(event[name]) for name in named},
        documents=tuple(
            Copy(str(one["path"]), str(one["sha256"]), date.fromisoformat(one["retain_until"]))
            for one in event["documents"]
        ),
    )


def _posted(letter: Letter, attempts: list[tuple[State, date, str]]) -> Posted:
    """Sent is sent; and what may have arrived once stays uncertain, however a later attempt ended."""
    for state in (State.SENT, State.UNCERTAIN):
        for one in reversed(attempts):
            if one[0] is state:
                return Posted(letter, *one)
    return Posted(letter, *attempts[-1])
