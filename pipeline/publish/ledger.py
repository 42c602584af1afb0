"""Writing the records: events at the end of the ledger, and the bytes of what was issued.

Each is on disk before the next step is taken.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.model.ledger import DISPOSED, INTENT, Copy, Ledger, Letter, State


@contextmanager
def alone(records: Path) -> Iterator[None]:
    """Nobody else sends or disposes meanwhile: what is read is what is written after."""
    records.mkdir(parents=True, exist_ok=True)
    with (records / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Writer:
    """Appends to a ledger as it was read, under `alone`; what a crash left of a line is cut off first."""

    def __init__(self, path: Path, ledger: Ledger, now: datetime) -> None:
        self._path, self._head, self._size = path, ledger.head, ledger.size
        self._at = now.isoformat()

    def intent(self, letter: Letter) -> None:
        """Say that a letter is about to be handed over; from here until its outcome it is uncertain."""
        values = asdict(letter)
        values["documents"] = [
            {"path": one.path, "sha256": one.sha256, "retain_until": one.retain_until.isoformat()}
            for one in letter.documents
        ]
        self._append({"event": INTENT, **values})

    def outcome(self, letter: Letter, state: State, reason: str) -> None:
        """Say what became of it."""
        self._append({"event": str(state), "id": letter.id, "reason": reason})

    def disposed(self, copies: Iterable[Copy]) -> None:
        """Say which copies are about to be deleted."""
        self._append({"event": DISPOSED, "copies": [one.kept_as for one in copies]})

    def _append(self, event: dict[str, Any]) -> None:
        line = json.dumps({**event, "at": self._at, "previous": self._head}, ensure_ascii=False).encode()
        new = not self._path.exists()
        with self._path.open("ab") as file:
            file.truncate(self._size)
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if new:
            _sync_folder(self._path.parent)
        self._head = hashlib.sha256(line).hexdigest()
        self._size += len(line) + 1


def keep(records: Path, copy: Copy, content: bytes) -> None:
    """Keep the bytes of an issued document; they are there whole or not at all."""
    path = records / copy.kept_as
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == copy.sha256:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.new")
    with staged.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A name is only safe when its folder is on disk as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
