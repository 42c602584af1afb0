"""Links, pipes and devices among sources and templates: nothing outside is read, nothing is waited for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import slm
from pipeline.options import ROOT

SMALL = ROOT / "tests" / "projects" / "small" / "sources"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small company with a survey, its templates, and secrets beside them."""
    made = tmp_path / "project"
    shutil.copytree(SMALL, made / "sources")
    shutil.copytree(ROOT / "templates", made / "templates")
    (made / "outside").mkdir()
    (made / "outside" / "secret.txt").write_text("CANARY-OF-OUTSIDE", encoding="utf-8")
    return made


def check(project: Path, *more: str) -> tuple[int, str]:
    arguments = ["check", "--sources", f"{project}/sources", "--templates", f"{project}/templates", *more]
    done = CliRunner().invoke(slm, arguments, catch_exceptions=False)
    assert "CANARY" not in done.output
    return done.exit_code, done.output


def moved_out(path: Path, project: Path) -> None:
    """The file or folder as before, but outside, with a link in its place."""
    there = project / "outside" / path.name
    shutil.move(path, there)
    path.symlink_to(there)


def to_itself(path: Path, project: Path) -> None:  # noqa: ARG001 - one of several
    path.unlink()
    path.symlink_to(path)


def to_nothing(path: Path, project: Path) -> None:
    path.unlink()
    path.symlink_to(project / "sources" / "nothing")


def to_a_device(path: Path, project: Path) -> None:  # noqa: ARG001 - as above
    path.unlink()
    path.symlink_to("/dev/zero")


def a_pipe(path: Path, project: Path) -> None:  # noqa: ARG001 - as above
    path.unlink()
    os.mkfifo(path)


def a_folder(path: Path, project: Path) -> None:  # noqa: ARG001 - as above
    path.unlink()
    path.mkdir()


CHANGES: tuple[Callable[[Path, Path], None], ...] = (moved_out, to_itself, to_nothing, to_a_device, a_pipe, a_folder)
FILES = {
    "sources/organization.yaml": {"missing-file", "outside-link", "file-name"},
    "sources/calendars/*.yaml": {"outside-link", "file-name"},
    "sources/metrics/*/*.csv": {"outside-link", "file-name", "folder"},
    "templates/locales/en.yaml": {"outside-link", "missing-file"},
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("pattern", FILES)
def test_what_is_no_file_of_its_own_is_told_and_not_opened(
    project: Path, pattern: str, change: Callable[[Path, Path], None]
) -> None:
    path = max(project.glob(pattern))
    change(path, project)
    code, said = check(project)
    lines = [line for line in said.splitlines() if path.name in line]
    assert code == 1
    assert any(": error: " in line for line in lines), said
    assert any(words in said for words in ("leads outside", "is missing", "no file", "a folder lies")), said


@pytest.mark.parametrize("name", ["calendars", "parties", "parties/customers", "catalog"])
@pytest.mark.parametrize("kind", ["outside", "itself", "nothing", "above"])
def test_a_link_to_a_folder_is_told_and_not_walked_through(project: Path, name: str, kind: str) -> None:
    folder = project / "sources" / name
    if kind == "outside":
        moved_out(folder, project)
    else:
        shutil.rmtree(folder)
        folder.symlink_to({"itself": folder, "nothing": project / "nothing", "above": project / "sources"}[kind])
    code, said = check(project)
    assert code == 1
    assert f"sources/{name}:1:1: error: links to folders, or to nothing, are not followed" in said


def test_a_month_that_is_a_link_is_told(project: Path) -> None:
    month = max((project / "sources" / "metrics").iterdir())
    moved_out(month, project)
    code, said = check(project)
    assert code == 1
    assert f"sources/metrics/{month.name}:1:1: error: links to folders are not followed" in said


def test_a_link_within_the_sources_is_followed(project: Path) -> None:
    path = max((project / "sources" / "metrics").glob("*/*.csv"))
    kept = path.with_name(".kept")
    path.rename(kept)
    path.symlink_to(kept)
    before = check(project)
    path.unlink()
    kept.rename(path)
    assert check(project) == before
    assert before[0] == 0


def build(project: Path, *kinds: str) -> tuple[int, str]:
    places = ["--sources", f"{project}/sources", "--templates", f"{project}/templates", "--output", f"{project}/output"]
    done = CliRunner().invoke(slm, ["build", *kinds, *places, "--workers", "1"], catch_exceptions=False)
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("name", "kind"), [("docx/sla.zh-CN.docx", "sla"), ("pdf/report.html", "reports"), ("pdf/report.css", "reports")]
)
def test_a_template_that_is_a_link_to_elsewhere_makes_no_document(project: Path, name: str, kind: str) -> None:
    moved_out(project / "templates" / name, project)
    code, said = build(project, kind)
    assert code == 1
    assert "outside of the templates" in said
    assert not (project / "output" / "manifest.json").exists()
