"""Content digests: what tells a build that nothing changed. Standard library only, to be quick."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
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


def of_all(digests: Mapping[str, str]) -> str:
    """One digest of a whole set of files, their names included."""
    return combined(part for item in sorted(digests.items()) for part in item)
