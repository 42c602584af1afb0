"""Whether a path leads to where it seems to lie, whatever links are on the way."""

from __future__ import annotations

from pathlib import Path


def leads_inside(path: Path, root: Path) -> bool:
    """Whether the path exists and lies below `root` when every link on the way was followed."""
    try:
        return path.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a link to nothing, a link to itself, a NUL character
        return False


def is_file_inside(path: Path, root: Path) -> bool:
    """Whether the same holds for a file with content: a pipe is waited for, and a device read, without end."""
    return leads_inside(path, root) and path.is_file()
