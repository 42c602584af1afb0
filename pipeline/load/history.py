"""The sources as they were at an earlier state of their git repository."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.load.rules import read_date

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class NoEarlierState(ValueError):  # noqa: N818 - a wish that cannot be granted, told as wrong usage
    """Why there is nothing to compare with; its message is for the user."""


@contextmanager
def sources_at(folder: Path, since: str) -> Iterator[Path]:
    """A temporary folder with what `folder` held at `since`: a revision, or a day (the last commit before its end).

    NoEarlierState where git has none.
    """
    done = _git(folder, "archive", "--format=zip", _commit(folder, since))  # within a folder, git packs that folder
    if done.returncode:
        msg = f"{folder} was not there yet at {since}"
        raise NoEarlierState(msg)
    with TemporaryDirectory(prefix="slm-") as name:
        past = Path(name) / "sources"
        past.mkdir()
        with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
            archive.extractall(past)
        yield past


def _commit(folder: Path, since: str) -> str:
    """The commit meant."""
    if shutil.which("git") is None:
        msg = "git is not installed; it keeps the earlier states of the sources"
        raise NoEarlierState(msg)
    if _git(folder, "rev-parse", "--show-prefix").returncode:
        msg = f"{folder} lies in no git repository, so there is no earlier state to compare with"
        raise NoEarlierState(msg)
    if since.startswith("-") or not since.strip() or not since.isprintable():
        msg = f"{since!r} is no revision; write a commit, a tag, a branch, or a day such as 2026-10-31"
        raise NoEarlierState(msg)
    if _DAY.fullmatch(since):
        try:
            read_date(since)
        except ValueError as mistake:
            raise NoEarlierState(str(mistake)) from None
        found = _git(folder, "rev-list", "-1", f"--before={since}T23:59:59", "HEAD", "--")
        missing = f"there is no commit up to the end of {since}"
    else:
        found = _git(folder, "rev-parse", "--verify", "--quiet", f"{since}^{{commit}}")
        missing = f"git knows no revision {since!r}"
    commit = found.stdout.decode().strip()
    if found.returncode or not commit:
        raise NoEarlierState(missing)
    return commit


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    # a hook that runs this program sets GIT_DIR and its like, which would lead to another repository than the folder's
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return subprocess.run(  # noqa: S603 - no shell, and what the user wrote is never an option
        ["git", "-C", str(folder), *arguments],  # noqa: S607 - git is where the user has it
        env=inherited,
        capture_output=True,
        check=False,
    )
