"""`slm redline` and `slm compare` of versions by name, or of two files: one line a mistake, and no file with one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import slm
from pipeline.options import ROOT

FOLDERS = ["--sources", str(ROOT / "sources"), "--templates", str(ROOT / "templates")]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(slm, ["redline", *map(str, arguments)])


def test_two_versions_by_name_carry_author_day_and_reason_of_the_revision_record(tmp_path: Path) -> None:
    file = tmp_path / "redline.docx"
    result = run("sla-harbour-core@A/01", "sla-harbour-core@B/00", "--output", file, *FOLDERS)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("redline.docx\n")
    with zipfile.ZipFile(file) as archive:
        body, comments = (archive.read(f"word/{name}.xml").decode() for name in ("document", "comments"))
    assert 'w:author="高磊" w:date="2026-06-18T00:00:00Z"' in body
    assert "A/01 → B/00" in comments
    assert "换版：纳入码头操作系统应用支持" in comments


def test_the_same_versions_give_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / "one.docx", tmp_path / "other.docx"]
    for file in files:
        run("sla-renhe-clinical@A/00", "sla-renhe-clinical@A/01", "--output", file, *FOLDERS)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_two_files_are_redlined_with_the_author_and_day_named(demo_output: Path, tmp_path: Path) -> None:
    folder, file = demo_output / "harbour-port" / "agreements", tmp_path / "redline.docx"
    names = [folder / f"sla-harbour-core_{one}.docx" for one in ("A-00", "A-01")]
    result = run(*names, "--author", "Gao Lei", "--date", "2026-01-05", "--reason", "Why", "--output", file)
    assert result.exit_code == 0
    with zipfile.ZipFile(file) as archive:
        assert b'w:author="Gao Lei" w:date="2026-01-05T00:00:00Z"' in archive.read("word/document.xml")
        assert b"Why" in archive.read("word/comments.xml")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["sla-harbour-cor@A/01", "sla-harbour-cor@B/00"], 1,
         "ID@VERSION: error: unknown agreement 'sla-harbour-cor'; did you mean 'sla-harbour-core'?\n"),
        (["sla-harbour-core@A/01", "sla-harbour-core@B/09"], 1,
         "ID@VERSION: error: sla-harbour-core has no version B/09; known: A/00, A/01, B/00\n"),
        (["sla-renhe-clinical@A/00", "sla-renhe-clinical@A/01", "--language", "en"], 1,
         "--language: error: sla-renhe-clinical@A/00 is not made in en; made in: zh-CN\n"),
        (["sla-harbour-core@A/01", "sla-renhe-clinical@A/01"], 2, "are two agreements; name two versions of one"),
        (["sla-harbour-core", "sla-harbour-core@B/00"], 2, "or two .docx files"),
        (["a.docx", "b.docx"], 2, "two files need --author and --date"),
        (["sla-harbour-core@A/01", "sla-harbour-core@B/00", "--author", "x"], 2, "of versions the revision record"),
        (["gone.docx", "gone.docx", "--author", "x", "--date", "2026-01-01"], 1,
         "gone.docx:1:1: error: this is no file\n"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_leaves_no_file(arguments: list[str], code: int, said: str, tmp_path: Path) -> None:
    file = tmp_path / "redline.docx"
    result = run(*arguments, "--output", file, *FOLDERS)
    assert result.exit_code == code
    assert said in result.stderr
    assert not file.exists()


def told(*arguments: str | Path) -> Result:
    return CliRunner().invoke(slm, ["compare", *map(str, arguments)])


def test_two_word_files_are_compared_passage_by_passage(demo_output: Path) -> None:
    folder = demo_output / "harbour-port" / "agreements"
    result = told(*(folder / f"sla-harbour-core_{one}.docx" for one in ("A-00", "A-01")))
    assert (result.exit_code, result.stderr) == (0, "")
    assert (
        '  - 2.2 服务范围, 表 1, row 1, column 工作量上限: "每月不超过 40 张工单" became "每月不超过 45 张工单"\n'
        in result.stdout
    )
    count = int(result.stdout.split(" ", 1)[0])
    assert count == result.stdout.count("\n  - ") > 40


def test_the_same_text_in_two_word_files_is_said_to_be_the_same(demo_output: Path) -> None:
    file = demo_output / "harbour-port" / "agreements" / "sla-harbour-core_A-00.docx"
    assert told(file, file).stdout == "the text is the same\n"
    assert told(file, file, "--json").stdout == ""


@pytest.mark.parametrize("first", [True, False])
def test_a_word_file_that_cannot_be_read_is_one_line(demo_output: Path, tmp_path: Path, first: bool) -> None:
    bad, good = tmp_path / "bad.docx", demo_output / "harbour-port" / "agreements" / "sla-harbour-core_A-00.docx"
    bad.write_bytes(b"PK no zip")
    result = told(*((bad, good) if first else (good, bad)))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{bad}:1:1: error: ")
    assert result.stderr.count("\n") == 1
