"""A command that meets a fault at its n-th step: `python -m tests.faults.strike FAULT STEP FOLDER ARGUMENTS...`.

A step is a change of files below the folder: opening one to write, making or removing one, moving one into place.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fails(code: int) -> Callable[[], None]:
    def fail() -> None:
        raise OSError(code, os.strerror(code))

    return fail


FAULTS = {"kill": _killed, "full": _fails(errno.ENOSPC), "read-only": _fails(errno.EROFS), "broken": _fails(errno.EIO)}


def _path(event: str, given: tuple[Any, ...]) -> object:
    """The file that is about to change; nothing where none is."""
    match event:
        case "open":
            path, _, flags = given
            return path if isinstance(flags, int) and flags & _WRITES else None
        case "os.rename":
            return given[1]
        case "os.mkdir" | "os.rmdir" | "os.remove":
            return given[0]
        case _:
            return None


def arm(fault: str, step: int, folder: str) -> None:
    """Let the fault come at that step, and stay; on a full disk files can still be removed."""
    steps = 0
    spared = {"os.rmdir", "os.remove"} if fault == "full" else set()

    def hook(event: str, given: tuple[Any, ...]) -> None:
        nonlocal steps
        path = _path(event, given)
        if not isinstance(path, str | os.PathLike) or not os.fspath(path).startswith(folder):
            return
        steps += 1
        if steps >= step and event not in spared:
            FAULTS[fault]()

    sys.addaudithook(hook)


if __name__ == "__main__":
    chosen, at, below, *arguments = sys.argv[1:]
    arm(chosen, int(at), below)
    sys.argv = ["slm", *arguments]
    from pipeline.cli import main

    main()
