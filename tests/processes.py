"""What runs on this machine, as Linux shows it: for tests of programs that start others."""

from __future__ import annotations

from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that the main thread of a process started."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # it ended
        return []


def descendants(pid: int) -> list[int]:
    """Those, and what they started themselves."""
    return [each for child in children(pid) for each in (child, *descendants(child))]


def command(pid: int) -> str:
    """How a process was started; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def resident(pid: int) -> int:
    """Its memory, in MiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 // 2**20
