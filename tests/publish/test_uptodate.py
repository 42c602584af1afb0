"""What decides the bytes of `output/` is noticed when it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.options import Options
from pipeline.publish.uptodate import read_inputs


def test_a_ready_profile_that_changes_makes_everything_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = tmp_path / "pipeline" / "load" / "profiles" / "desk.yaml"
    profile.parent.mkdir(parents=True)
    monkeypatch.setattr("pipeline.publish.uptodate.ROOT", tmp_path)
    programs = set()
    for text in ("kind: import\n", "kind: import\ndescribes: tickets\n"):
        profile.write_text(text, encoding="utf-8")
        programs.add(read_inputs(Options(sources=tmp_path / "sources", templates=tmp_path / "templates"), "").program)
    assert len(programs) == 2
