"""Writing `output/`: everything is staged first, then moved into place file by file, the manifest last.

A file is visible under its final name only when it is whole, and a build with problems moves nothing.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.publish.digests import digest
from pipeline.publish.manifest import NAME, Manifest

STAGING = ".staging"


def _is_running(pid: str) -> bool:
    """Whether the build that a staging folder belongs to may still need it."""
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


class Staging:
    """A folder inside `output/` for files that are not published yet; it is gone when the block ends."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self._folder = output / f"{STAGING}-{os.getpid()}"
        self._names: list[str] = []
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        self._made = [folder for folder in (self.output, *self.output.parents) if not folder.exists()]
        for left in self.output.glob(f"{STAGING}-*"):
            if not _is_running(left.name.rpartition("-")[2]):
                shutil.rmtree(left, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def add(self, name: str, content: bytes) -> str:
        """Stage a file under its name in `output/`, unless it is there with these bytes already; its digest."""
        if not self._is_there(name, content):
            self._write(name, content)
            self._names.append(name)
        return digest(content)

    def publish(self, manifest: Manifest) -> int:
        """Move what was staged into place, then the manifest; the number of documents' files that changed."""
        self._check_place(NAME)
        changed = self.move()
        content = manifest.content()
        if not self._is_there(NAME, content):
            self._write(NAME, content)
            self._move(NAME)
        return changed

    def move(self) -> int:
        """Move what was staged into place, in the order in which it was added; the number of files."""
        for name in self._names:  # before anything moves, so that nothing is published by halves
            self._check_place(name)
        for name in self._names:
            self._move(name)
        return len(self._names)

    def _check_place(self, name: str) -> None:
        if (self.output / name).is_dir():
            raise IsADirectoryError(errno.EISDIR, "a folder is where a file belongs", str(self.output / name))

    def _write(self, name: str, content: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _move(self, name: str) -> None:
        target = self.output / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (self._folder / name).replace(target)

    def _is_there(self, name: str, content: bytes) -> bool:
        try:
            return (self.output / name).read_bytes() == content
        except OSError:
            return False

    def __exit__(
        self, kind: type[BaseException] | None, mistake: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        for folder in self._made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
