"""Keeping the memory of a long reading small: what a piece took goes back to the system before the next."""

from __future__ import annotations

import ctypes
import resource
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import pyarrow as pa

MUCH = 512 * 1024
"""KiB; a process that never held so much may keep what it has, since giving back and asking again take time."""


def use_one_allocator() -> None:
    """Have columns in the memory that everything else is in: a second allocator keeps a reserve of its own."""
    pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """Give back what is free, which the allocator would keep in pieces."""
    trim = _trim()
    if trim is not None and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MUCH:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    """The call of the GNU library that gives free memory back; others have none, or do so by themselves."""
    with suppress(OSError, AttributeError, TypeError):
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
        return found
    return None
