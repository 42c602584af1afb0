"""`slm compare` of two PDFs: lines, objects, and the pages themselves side by side with the differences marked."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import slm
from pipeline.options import ROOT

STEM = "harbour-port/agreements/sla-harbour-core"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(slm, ["compare", *map(str, arguments), "--templates", str(ROOT / "templates")])


@pytest.fixture(scope="module")
def versions(demo_output: Path) -> tuple[Path, Path]:
    return demo_output / f"{STEM}_A-00.pdf", demo_output / f"{STEM}_A-01.pdf"


@pytest.fixture(scope="module")
def sheets(versions: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("sheets") / "sheets.pdf"
    result = run(*versions, "--pdf", file)
    assert (result.exit_code, result.stderr) == (0, f"written to {file}\n")
    return file.read_bytes()


def test_every_difference_is_a_line_with_its_page(versions: tuple[Path, Path]) -> None:
    lines = run(*versions).stdout.splitlines()
    assert lines[0] == f"{len(lines) - 1} differences"
    assert "  - page 4: “每月不超过 40 张工单” became “每月不超过 45 张工单”" in lines
    assert "  - page 13 → 14: “每期结束后 8 个工作日内” became “每期结束后 5 个工作日内”" in lines
    assert sum("版本 A/00" in line for line in lines) == 1  # the foot of every page


def test_objects_have_the_places_of_a_difference(versions: tuple[Path, Path]) -> None:
    found = [json.loads(line) for line in run(*versions, "--json").stdout.splitlines()]
    (fee,) = [one for one in found if one["before"] == "96,000.00"]
    assert (fee["kind"], fee["after"]) == ("changed", "148,000.00")
    (box,) = fee["new"]
    assert box["page"] == 13
    assert 0 < box["left"] < box["right"] < 596


def test_the_same_file_twice_does_not_differ(versions: tuple[Path, Path], tmp_path: Path) -> None:
    assert run(versions[0], versions[0]).stdout == "the files do not differ\n"
    assert run(versions[0], versions[0], "--json").stdout == ""
    file = tmp_path / "none.pdf"
    run(versions[0], versions[0], "--pdf", file)
    with pypdfium2.PdfDocument(file) as document:
        assert len(document) == 1
        assert "两份文件没有差异" in document[0].get_textpage().get_text_bounded()


def test_the_sheets_list_the_differences_and_hold_both_pages_as_they_are(sheets: bytes) -> None:
    with pypdfium2.PdfDocument(sheets) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
        sizes = [tuple(map(round, page.get_size())) for page in document]
    assert "96,000.00" in "".join(text for text, size in zip(texts, sizes, strict=True) if size != (1190, 842))
    (fees,) = [text for text, size in zip(texts, sizes, strict=True) if size == (1190, 842) and "96,000.00" in text]
    assert "148,000.00" in fees
    assert "第 13 页 sla-harbour-core_A-00.pdf" in fees.replace("\r\n", "\n")
    assert "第 14 页 sla-harbour-core_A-01.pdf" in fees.replace("\r\n", "\n")


def test_what_changed_is_marked_on_the_sheets_and_nothing_else(sheets: bytes) -> None:
    """The first sheet shows the covers: the line of the version is marked on both sides, the title on none."""
    with pypdfium2.PdfDocument(sheets) as document:
        at = next(number for number, page in enumerate(document) if round(page.get_size()[0]) == 1190)
        page = document[at]
        words = page.get_textpage()
        image = page.render(scale=2).to_pil().convert("RGB")

        def ground(text: str, nth: int) -> Any:
            search = words.search(text)
            index, _ = [search.get_next() for _ in range(nth + 1)][-1]
            left, _, _, top = words.get_charbox(index, loose=True)
            return image.getpixel((int(left * 2) + 1, int((842 - top) * 2) + 2))

        assert [ground("2025年1月1日 至", 0)[2] < 225, ground("2026年1月1日 至", 0)[0] < 225] == [True, True]
        assert [ground("东澜港口核心系统运维服务级别协议", nth) for nth in (0, 1)] == [(255, 255, 255)] * 2


def test_the_sheets_claim_nothing_and_take_no_links_fields_or_files_over(sheets: bytes) -> None:
    with pikepdf.open(io.BytesIO(sheets)) as document:
        assert "/Metadata" not in document.Root
        assert not document.attachments
        assert "/AcroForm" not in document.Root
        assert all("/Annots" not in page for page in document.pages)


def test_the_same_files_give_the_same_bytes(versions: tuple[Path, Path], sheets: bytes, tmp_path: Path) -> None:
    run(*versions, "--pdf", tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == sheets


def test_the_sheets_speak_the_language_asked_for(versions: tuple[Path, Path], tmp_path: Path) -> None:
    run(*versions, "--pdf", tmp_path / "en.pdf", "--language", "en")
    with pypdfium2.PdfDocument(tmp_path / "en.pdf") as document:
        assert "Comparison of two documents" in document[0].get_textpage().get_text_bounded()


@pytest.mark.parametrize("first", [True, False])
def test_a_pdf_that_cannot_be_read_is_one_line(versions: tuple[Path, Path], tmp_path: Path, first: bool) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7 and no more")
    result = run(*((bad, versions[0]) if first else (versions[0], bad)))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{bad}:1:1: error: the PDF is damaged\n"


def test_a_pipe_is_not_waited_for(versions: tuple[Path, Path], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    result = run(tmp_path / "pipe.pdf", versions[0])
    assert (result.exit_code, result.stderr) == (1, f"{tmp_path / 'pipe.pdf'}:1:1: error: this is no file\n")
