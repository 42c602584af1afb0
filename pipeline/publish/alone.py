"""One program at a time writes into `output/`; the kernel keeps the lock, so that none is left of a killed program."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STAGING = ".staging"
"""How the folders begin in which what is to be published is collected; the process that does so follows."""

_LOOKS = 5
_BETWEEN = 0.05  # seconds: who only asks whether somebody writes holds the lock for a moment


class Busy(Exception):  # noqa: N818 - it names a state, and no mistake of this program
    """Somebody else writes into the folder of documents; its argument is the line that says so."""


@contextmanager
def alone(output: Path) -> Iterator[None]:
    """Nobody else publishes into an existing folder meanwhile; Busy where somebody does so already.

    The folder itself is locked, so that there is no lock file to be left, copied or published.
    """
    descriptor = os.open(output, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for _ in range(_LOOKS):
            with suppress(BlockingIOError, FileNotFoundError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(os.fstat(descriptor), output.stat()):  # a failed build takes its folder with it
                    break
            time.sleep(_BETWEEN)
        else:
            raise _busy(output)
        yield
    finally:
        os.close(descriptor)


def ensure_free(output: Path) -> None:
    """Busy where somebody writes into the folder: what is read there may be of two builds."""
    try:
        descriptor = os.open(output, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:  # whatever is wrong with it, nobody publishes there
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _busy(output) from None
    finally:
        os.close(descriptor)


def _busy(output: Path) -> Busy:
    running = sorted(pid for left in output.glob(f"{STAGING}-*") if is_running(pid := left.name.rpartition("-")[2]))
    who = f" (process {running[0]})" if running else ""
    return Busy(f"another build is writing {output.name}/{who}: wait until it has ended")


def is_running(pid: str) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(int(pid), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
