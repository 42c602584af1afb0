"""Content digests: what tells a build that nothing changed. Standard library only, to be quick."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def combined(parts: Iterable[str]) -> str:
    """One digest of several texts, their borders included."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode(errors="surrogateescape")  # a file name need not be UTF-8
        total.update(f"{len(raw)}:".encode())
        total.update(raw)
    return total.hexdigest()


def folder_digests(folder: Path, prefix: str, pattern: str = "*") -> dict[str, str]:
    """`prefix/path` -> digest of every file in a folder, in a fixed order; hidden files do not count."""
    found = {}
    for path in sorted(folder.rglob(pattern)):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith((".", "~$", "__pycache__")) for part in relative.parts):
            found[f"{prefix}/{relative.as_posix()}"] = digest(path.read_bytes())
    return found


Stamp = tuple[int, int, int, int]
"""What the file system notes with every write, whatever the clock says: file, size, and two times."""


def folder_stamps(folder: Path, prefix: str) -> dict[str, Stamp]:
    """`prefix/path` -> stamp of every file in a folder; hidden files do not count."""
    return dict(_stamps(str(folder), prefix))


def _stamps(folder: str, prefix: str) -> Iterator[tuple[str, Stamp]]:
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:  # none there, or it went while we looked
        return
    for entry in found:
        if entry.name.startswith((".", "~$", "__pycache__")):
            continue
        name = f"{prefix}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _stamps(entry.path, name)
            continue
        try:
            now = entry.stat()
        except OSError:
            continue
        yield name, (now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)


def of_all(digests: Iterable[tuple[str, str]]) -> str:
    """One digest of a whole set of files, given by name and digest."""
    return combined(part for item in sorted(digests) for part in item)
