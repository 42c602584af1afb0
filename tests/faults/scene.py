"""A folder of documents from before an edit, and the one that an undisturbed build makes of it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.options import ROOT, Options
from pipeline.publish.digests import digest
from pipeline.publish.manifest import NAME
from pipeline.records import Wrong, audit
from tests.conftest import run_build

KINDS = ("reports", "requirements")
CUSTOMER = "nordwind-asia"


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@dataclass(frozen=True, slots=True)
class Scene:
    """Sources in which a ticket of the customer was corrected, `output/` before that, and what is in it after."""

    sources: Path
    before: Path
    old: Mapping[str, bytes]
    new: Mapping[str, bytes]

    def output(self, tmp_path: Path, *, first: bool = False) -> Path:
        """A folder to build into: as it was before the edit, or none at all yet."""
        output = tmp_path / "output"
        return output if first else Path(shutil.copytree(self.before, output))

    def options(self, output: Path, workers: int = 1) -> Options:
        """The build that makes `new`."""
        return Options(sources=self.sources, output=output, kinds=KINDS, customer=CUSTOMER, workers=workers)

    def arguments(self, output: Path, workers: int = 1) -> list[str]:
        """The same on the command line."""
        chosen = ["--customer", CUSTOMER, "--workers", str(workers)]
        return ["build", *KINDS, *chosen, "--sources", str(self.sources), "--output", str(output)]

    def check(self, output: Path) -> None:
        """What every fault must leave: whole files, a manifest that is true, and a next build that ends the same."""
        self.check_left(output)
        outcome = run_build(self.options(output))
        assert [one for one in outcome.problems if one.severity == "error"] == []
        assert files_of(output) == self.new
        assert audit(self.options(output)).findings == ()

    def check_left(self, output: Path) -> None:
        """Whole files under their names, and nothing said of them that is not so."""
        if not output.exists():
            return
        left = {name: content for name, content in files_of(output).items() if not name.startswith(".staging-")}
        for name, content in left.items():
            assert name == NAME or content in {self.old.get(name), self.new.get(name)}, name
        if NAME in left:
            told = json.loads(left[NAME])
            assert {one["path"]: one["sha256"] for one in told["documents"]}.items() <= {
                name: digest(content) for name, content in left.items()
            }.items()
            body, _, _ = left[NAME].rpartition(b',\n"sha256": ')
            assert told["sha256"] == hashlib.sha256(body).hexdigest()
        assert {one.wrong for one in audit(self.options(output)).findings} <= {Wrong.UNKNOWN}


def slm(*arguments: str | Path, **how: object) -> subprocess.CompletedProcess[str]:
    """A command as a user starts it."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload,no-any-return]


def edit(sources: Path) -> None:
    """Correct a ticket of the customer, and a sentence of what it asked for."""
    for file, old, new in (
        ("metrics/2026-10/tickets.csv", "Address conflict after", "Address conflict since"),
        ("requirements/nordwind-extended-hours.yaml", "Server support in the hours", "Support of servers in the hours"),
    ):
        path = sources / file
        text = path.read_bytes().decode()
        assert old in text
        path.write_bytes(text.replace(old, new).encode())


def set_up(folder: Path) -> Scene:
    """Build before and after."""
    sources = folder / "sources"
    shutil.copytree(ROOT / "sources", sources)
    made = Scene(sources, folder / "before", {}, {})
    run_build(made.options(folder / "before"))
    shutil.copytree(folder / "before", folder / "after")
    edit(sources)
    outcome = run_build(made.options(folder / "after"))
    made = replace(made, old=files_of(folder / "before"), new=files_of(folder / "after"))
    assert outcome.rendered == 2
    assert sum(made.old[name] != made.new[name] for name in made.new) > 4
    return made
