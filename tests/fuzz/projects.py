"""Projects in which one file is somebody else's: a copy a process, and the file put back after each input."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from pipeline.load.kinds import KINDS
from pipeline.options import ROOT

PROJECTS = ROOT / "tests" / "projects"
DEMO = ROOT / "sources"


@cache
def folder(name: str) -> Path:
    """A folder of this process that is gone when it ends."""
    made = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def project(name: str) -> Path:
    """The sources of a project, to be changed."""
    return Path(shutil.copytree(PROJECTS / name / "sources", folder(name) / "sources"))


@cache
def templates() -> Path:
    """The templates, to be changed."""
    return Path(shutil.copytree(ROOT / "templates", folder("templates") / "templates"))


@contextmanager
def put(path: Path, content: bytes) -> Iterator[Path]:
    """The file with another content, until it is put back."""
    before = path.read_bytes() if path.is_file() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    try:
        yield path
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


def place(content: bytes) -> str:
    """Where a source belongs, going by what it says of itself; the policy where it says nothing."""
    found = {key.decode(): value.decode() for key, value in _SAID.findall(content)}
    kind = found.get("kind", "policy")
    form = KINDS[kind].place if kind in KINDS else "policy.yaml"
    return form.format(
        id=found.get("id", "x"),
        version=found.get("version", "A-00").replace("/", "-"),
        month=found.get("month", "2026-10"),
    )


_SAID = re.compile(rb"^(kind|id|version|month): *([a-z0-9-]{1,40}|[A-Z]/[0-9]{2})(?= *(?:#|\r?$))", re.MULTILINE)
