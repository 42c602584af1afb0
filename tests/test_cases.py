"""Bad input, case by case: one line a mistake, all mistakes at once, exit code 1, no traceback, `output/` untouched.

A case is a folder in `cases/`: `edit.yaml` says what is done to a copy of `projects/small`, `expected.txt` holds what
the user then reads on stderr, and the exit code. `UPDATE_CASES=1 pytest tests/test_cases.py` writes the latter anew.

    run: check --strict                       # default: build
    sources/policy.yaml:                      # a file, or a list of edits to it
      replace: "P1"                           # must occur exactly once
      by: "P9"

Other edits: `write` (with `times`), `append`, `prepend`, `encode`, `line_ends`, `rename`, `link`, `delete`; `part`
names the file inside a Word template. Where `templates/` is edited, the case has its own copy of it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from pipeline.cli import slm
from pipeline.options import ROOT

CASES = Path(__file__).parent / "cases"
SMALL = Path(__file__).parent / "projects" / "small"
NAMES = sorted(path.name for path in CASES.iterdir())


def prepare(case: str, folder: Path) -> list[str]:
    """The small project as the case has it, beside an `output/` that must survive; gives the command line."""
    edits: dict[str, Any] = yaml.safe_load((CASES / case / "edit.yaml").read_text(encoding="utf-8"))
    run = shlex.split(edits.pop("run", "build"))
    shutil.copytree(SMALL, folder, dirs_exist_ok=True)
    (folder / "output" / "bay-port").mkdir(parents=True)
    (folder / "output" / "bay-port" / "signed.txt").write_text("keep me", encoding="utf-8")
    if any(file.startswith("templates/") for file in edits):
        shutil.copytree(ROOT / "templates", folder / "templates")
        run += ["--templates", str(folder / "templates")]
    for file, wanted in edits.items():
        for one in wanted if isinstance(wanted, list) else [wanted]:
            edit(folder / file, **one)
    return [*run, "--sources", "sources", *(["--output", "output"] if run[0] == "build" else [])]


def edit(path: Path, part: str = "", **how: Any) -> None:
    """Do to a file what a case says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if "rename" in how:
        (path.parent / how["rename"]).parent.mkdir(parents=True, exist_ok=True)
        path.rename(path.parent / how["rename"])
    elif "link" in how:
        path.unlink(missing_ok=True)
        path.symlink_to(how["link"])
    elif "delete" in how:
        path.unlink()
    elif part:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts[part] = edited(parts[part].decode(), **how)
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
    else:
        text = "" if "write" in how else path.read_bytes().decode()
        path.write_bytes(edited(text, **how))


def edited(
    text: str,
    *,
    write: str = "",
    times: int = 1,
    replace: str = "",
    by: str = "",
    append: str = "",
    prepend: str = "",
    encode: str = "utf-8",
    line_ends: str = "\n",
) -> bytes:
    """A file's text after an edit."""
    if replace:
        assert text.count(replace) == 1, f"{replace!r} occurs {text.count(replace)} times"
        text = text.replace(replace, by)
    text = prepend + (text or write * times) + append
    return text.replace("\n", line_ends).encode(encode)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("case", NAMES)
def test_every_mistake_is_one_line_with_its_place(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = prepare(case, tmp_path)
    before = contents(tmp_path / "output")
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(slm, command)

    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert contents(tmp_path / "output") == before
    shown = f"{result.stderr}exit {result.exit_code}\n"
    expected = CASES / case / "expected.txt"
    if os.environ.get("UPDATE_CASES"):
        expected.write_text(shown, encoding="utf-8")
    assert shown == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "case", ["five-mistakes-in-three-files", "gbk-instead-of-utf-8", "two-hundred-thousand-brackets"]
)
def test_a_process_of_its_own_says_the_same(case: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline", *prepare(case, tmp_path)]
    before = contents(tmp_path / "output")

    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )

    assert done.stdout == b""
    assert f"{done.stderr.decode()}exit {done.returncode}\n" == (CASES / case / "expected.txt").read_text("utf-8")
    assert contents(tmp_path / "output") == before


def test_the_project_that_cases_spoil_has_no_problem_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SMALL)
    result = CliRunner().invoke(slm, ["check", "--strict", "--sources", "sources"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "7 documents could be built\n"
