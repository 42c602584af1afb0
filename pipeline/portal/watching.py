"""Notices that sources or templates were saved, and builds again; the server hears what came of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SECONDS = 0.4
"""Between two looks; what was saved is built once two looks agree, since editors save in several steps."""

GRACE = 3.0
"""Seconds that a build has to end in once it is asked to."""

Snapshot = dict[str, tuple[int, int]]


def snapshot(folders: Sequence[Path]) -> Snapshot:
    """Time and size of every file that decides what is built; hidden ones and the records of mails do not."""
    return {
        entry.path: (found.st_mtime_ns, found.st_size)
        for folder in folders
        for entry in _files(str(folder), str(folder / "records"))
        if (found := _stat(entry)) is not None
    }


def _files(folder: str, left_out: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:  # it went while we looked
        return
    for entry in found:
        if entry.name.startswith((".", "~$")) or entry.path == left_out:
            continue
        if entry.is_dir():
            yield from _files(entry.path, left_out)
        else:
            yield entry


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class Built:
    """How a build ended, and all that it said."""

    ok: bool
    said: str


class Watcher:
    """Builds when something was saved, in processes of their own, so that a build can be broken off at any time."""

    def __init__(
        self, folders: Sequence[Path], commands: Sequence[Sequence[str]], told: Callable[[Built], None]
    ) -> None:
        self._folders, self._commands, self._told = folders, commands, told
        self._running: subprocess.Popen[bytes] | None = None
        self.stopped = threading.Event()

    def run(self) -> None:
        """Build at once and then after every change, until it is stopped."""
        built: Snapshot | None = None
        while not self.stopped.is_set():
            seen = snapshot(self._folders)
            if seen != built:
                self.stopped.wait(SECONDS)
                if snapshot(self._folders) != seen:
                    continue
                built = seen
                made = self._build(seen)
                if made is not None:
                    self._told(made)
            self.stopped.wait(SECONDS)

    def stop(self) -> None:
        """Break off what is being built; what is published is whole all the same."""
        self.stopped.set()
        if self._running is not None:
            _break_off(self._running)

    def _build(self, seen: Snapshot) -> Built | None:
        """Run the commands up to one that fails; None where it was stopped, or where more was saved meanwhile."""
        with tempfile.TemporaryFile() as said:
            for command in self._commands:
                started = subprocess.Popen(  # noqa: S603 - this program itself
                    [sys.executable, "-m", "pipeline", *command],
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # with the processes that it starts itself
                )
                self._running = started
                while started.poll() is None:
                    if self.stopped.wait(SECONDS) or snapshot(self._folders) != seen:
                        _break_off(started)
                        return None
                if started.returncode:
                    break
            said.seek(0)
            return Built(started.returncode == 0, said.read().decode(errors="replace"))


def _break_off(process: subprocess.Popen[bytes]) -> None:
    """Ask a build to end, so that it clears up behind itself; end it, where it does not hear."""
    for asked in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, asked)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
