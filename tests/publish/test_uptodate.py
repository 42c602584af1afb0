"""What decides the bytes of `output/` is noticed when it changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.options import ROOT, Options
from pipeline.publish.uptodate import RENDERING, read_inputs

SHOWS = {"pipeline/problems.py", "pipeline/measure/attainment.py"}
"""Names and places only: a change of theirs shows in the documents."""

SHEETS = ("pipeline/recount/", "pipeline/pages/")
"""What comparisons are drawn from, which are made on demand."""


def test_a_ready_profile_that_changes_makes_everything_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = tmp_path / "pipeline" / "load" / "profiles" / "desk.yaml"
    profile.parent.mkdir(parents=True)
    monkeypatch.setattr("pipeline.publish.uptodate.ROOT", tmp_path)
    programs = set()
    for text in ("kind: import\n", "kind: import\ndescribes: tickets\n"):
        profile.write_text(text, encoding="utf-8")
        programs.add(read_inputs(Options(sources=tmp_path / "sources", templates=tmp_path / "templates"), "").program)
    assert len(programs) == 2


def test_all_code_that_makes_files_from_documents_counts_as_such() -> None:
    used = {
        found.replace(".", "/") + ".py"
        for path in (ROOT / "pipeline" / "render").rglob("*.py")
        for found in re.findall(r"^\s*from (pipeline\.[\w.]+) import", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert "pipeline/merge/plain.py" in used
    assert {path for path in used if not path.startswith((*RENDERING, *SHEETS))} <= {*SHOWS, "pipeline/render.py"}


@pytest.mark.parametrize(
    ("file", "again"), [("render/pdf.py", True), ("portal/home.py", False), ("measure/clock.py", False)]
)
def test_documents_are_made_again_only_for_code_that_makes_files(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    code = tmp_path / "pipeline" / file
    code.parent.mkdir(parents=True)
    monkeypatch.setattr("pipeline.publish.uptodate.ROOT", tmp_path)
    found = []
    for text in ("", "# another\n"):
        code.write_text(text, encoding="utf-8")
        found.append(read_inputs(Options(sources=tmp_path / "sources", templates=tmp_path / "templates"), ""))
    before, after = found
    assert before.program != after.program
    assert (before.rendering != after.rendering) is again
