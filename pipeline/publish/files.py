"""Writing `output/`: everything is staged first, then moved into place file by file, the manifest last.

A file is visible under its final name only when it is whole, and a build with problems moves nothing. One program at a
time does so, and the manifest is true at every moment: while files are moved, it does not speak of them.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.publish.alone import STAGING, alone
from pipeline.publish.digests import digest
from pipeline.publish.manifest import NAME, Manifest
from pipeline.publish.places import check_place, make_room


class Staging:
    """A folder inside `output/` for files that are not published yet; it is gone when the block ends.

    Busy where another program has one.
    """

    def __init__(self, output: Path) -> None:
        self.output = output
        self._folder = output / f"{STAGING}-{os.getpid()}"
        self._names: list[str] = []
        self._made: list[Path] = []
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self._made = [folder for folder in (self.output, *self.output.parents) if not folder.exists()]
        self.output.mkdir(parents=True, exist_ok=True)
        self._held.enter_context(alone(self.output))
        try:
            for left in self.output.glob(f"{STAGING}-*"):  # of programs that were killed, since nobody else writes
                shutil.rmtree(left, ignore_errors=True)
            self._folder.mkdir(parents=True)
        except BaseException:
            self._held.close()
            raise
        return self

    def add(self, name: str, content: bytes) -> str:
        """Stage a file under its name in `output/`, unless it is there with these bytes already; its digest."""
        if not self._is_there(name, content):
            self._write(name, content)
            self._names.append(name)
        return digest(content)

    def publish(self, manifest: Manifest) -> int:
        """Move what was staged into place, then the manifest; the number of documents' files that changed."""
        check_place(self.output, NAME)
        content = manifest.content()
        listed = (self.output / NAME).exists()
        meanwhile = f"{NAME}.meanwhile"
        if self._names and listed:
            self._write(meanwhile, manifest.without(self._names).content())
        if self._names or not self._is_there(NAME, content):
            self._write(NAME, content)
        self._prepare()
        if self._names and listed:
            (self._folder / meanwhile).replace(self.output / NAME)
        changed = self._move_all()
        if (self._folder / NAME).exists():
            self._move(NAME)
        return changed

    def move(self, digests: str = "") -> int:
        """Move what was staged into place, in the order in which it was added; the number of files.

        `digests` is the file that speaks of the others: while they are moved it is not there, and it does not count.
        """
        self._prepare()
        told = digests in self._names
        if told:
            (self.output / digests).unlink(missing_ok=True)
        return self._move_all() - told

    def _prepare(self) -> None:
        """All that can stand in the way, before anything moves, so that nothing is published by halves."""
        for name in self._names:
            check_place(self.output, name)
        for name in self._names:
            make_room(self.output, name)

    def _move_all(self) -> int:
        for name in self._names:
            self._move(name)
        return len(self._names)

    def _write(self, name: str, content: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _move(self, name: str) -> None:
        (self._folder / name).replace(self.output / name)

    def _is_there(self, name: str, content: bytes) -> bool:
        path = self.output / name
        try:
            return not path.is_symlink() and path.read_bytes() == content
        except OSError:
            return False

    def __exit__(
        self, kind: type[BaseException] | None, mistake: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        for folder in self._made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        self._held.close()
