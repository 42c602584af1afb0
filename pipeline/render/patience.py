"""An end to what would never end: some drawings, and tables of very many columns, keep WeasyPrint busy forever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 180.0
"""Processor time of one rendering; what people write takes a hundredth of it."""

_AGAIN = 1.0
"""Seconds until the next reminder: libraries swallow exceptions at places."""


class OutOfPatienceError(Exception):
    """It took longer than anything that a template asks for in earnest."""

    def __str__(self) -> str:
        return f"it takes more than {SECONDS:g} seconds of processor time"


@contextmanager
def patience() -> Iterator[None]:
    """OutOfPatienceError after `SECONDS`; no end where the system has no such timer, or outside of the main thread."""
    timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not timed or signal.getitimer(signal.ITIMER_VIRTUAL)[0]:
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _lose)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _lose(_number: int, _frame: FrameType | None) -> None:
    raise OutOfPatienceError
