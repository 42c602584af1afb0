"""Whether a file can lie where it belongs in `output/`, known before anything moves."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path


def check_place(output: Path, name: str) -> None:
    """IsADirectoryError or NotADirectoryError where something of another kind is in the way that holds something."""
    path = output / name
    if path.is_dir() and not path.is_symlink() and any(path.iterdir()):
        raise IsADirectoryError(errno.EISDIR, "a folder is where a file belongs", str(path))
    for folder in path.parents:
        if folder == output:
            return
        if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "a file is where a folder belongs", str(folder))


def make_room(output: Path, name: str) -> None:
    """Make the folders that a file lies in, which may be written; an empty one in its own place gives way."""
    path = output / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))
    if not path.is_symlink():
        with suppress(FileNotFoundError, NotADirectoryError):
            path.rmdir()
