"""The command line: exit codes, and no traceback whatever happens."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.options import ROOT


def slm(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [[], ["build"], ["check"], ["doctor"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    done = slm(*command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: slm")


@pytest.mark.parametrize(
    "arguments",
    [
        ["bild"],
        ["build", "contracts"],
        ["check", "--month", "2026-13"],
        ["check", "--sources", "nowhere"],
        ["build", "--workers", "-1"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = slm(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: slm")


def test_check_says_what_could_be_built_and_warns_of_rows_set_aside() -> None:
    done = slm("check")
    assert (done.returncode, done.stdout) == (0, "46 documents could be built\n")
    assert done.stderr.splitlines() == [
        "sources/metrics/2026-10/tickets.csv:148:4: warning: set aside: 优先级 is missing",
        "sources/metrics/2026-10/tickets.csv:163:7: warning: set aside: 解决时间 is before 受理时间",
        "sources/surveys/harbour-2025-12.csv:20:5: warning: set aside: 二、故障响应速度 is '6'; scores are 1 – 5",
    ]


def test_strict_makes_warnings_count() -> None:
    assert slm("check", "--strict").returncode == 1


def test_problems_come_as_json_lines_with_the_same_facts() -> None:
    lines = [json.loads(line) for line in slm("check", "--json").stderr.splitlines()]
    assert lines[0] == {
        "file": "sources/metrics/2026-10/tickets.csv",
        "line": 148,
        "column": 4,
        "severity": "warning",
        "code": "set-aside",
        "message": "set aside: 优先级 is missing",
        "hint": "",
    }


def test_missing_fonts_are_the_environment_s_fault_and_name_the_remedy(tmp_path: Path) -> None:
    done = slm("check", SLM_FONTS=str(tmp_path))
    assert done.returncode == 3
    assert done.stderr.startswith("slm: the fonts are not prepared; run: ")
    assert done.stderr.count("\n") == 1


def test_an_output_that_cannot_be_written_is_one_line_and_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = slm("build", "sla", "--output", str(tmp_path / "file" / "output"))
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("slm: the environment: ")


def test_doctor_lists_what_is_needed_and_finds_it_here() -> None:
    done = slm("doctor")
    assert done.returncode == 0, done.stdout
    for name in ("python", "libpango-1.0.so.0", "libharfbuzz-subset.so.0", "packages", "fonts"):
        assert f"ok      {name}: " in done.stdout


def test_a_progress_bar_is_shown_to_people_only(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "pipeline", "build", "reports", "--workers", "1", "--output"]
    quiet = subprocess.run([*arguments, str(tmp_path / "a")], cwd=ROOT, capture_output=True, check=True)
    assert b"\x1b[" not in quiet.stderr
    try:
        ours, theirs = pty.openpty()
    except OSError as missing:
        pytest.skip(f"no terminals on this machine: {missing}")
    watched = subprocess.Popen([*arguments, str(tmp_path / "b")], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    assert watched.wait() == 0
    assert b"documents" in seen
    assert b"\x1b[" in seen


def test_every_kind_of_document_can_be_named_on_the_command_line() -> None:
    from pipeline.commands.build import KINDS
    from pipeline.merge.documents import DOCUMENTS

    assert sorted(KINDS) == sorted(DOCUMENTS)
