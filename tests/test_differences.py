"""`slm compare` of two PDFs: of reports figures and why, then the pages side by side, with the differences marked."""

from __future__ import annotations

import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import slm
from pipeline.model.quantities import Month
from pipeline.options import ROOT, Options
from tests.conftest import run_build

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


# -- reports ----------------------------------------------------------------------------------------------------------

REPORT = "harbour-port/reports/sla-harbour-core_2026-10.pdf"


def built(sources: Path, output: Path, month: Month) -> Path:
    run_build(Options(sources=sources, output=output, month=month, kinds=("reports",), customer="harbour-port"))
    return output / f"harbour-port/reports/sla-harbour-core_{month}.pdf"


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """October once more: a late ticket was in time, another one was late, one more came, an outage took longer."""
    folder = tmp_path_factory.mktemp("corrected")
    sources = Path(shutil.copytree(ROOT / "sources", folder / "sources"))
    tickets, outages = (sources / f"metrics/2026-10/{name}.csv" for name in ("tickets", "outages"))
    text = tickets.read_text("utf-8")
    (late,) = (line for line in text.splitlines() if line.startswith("INC20261021-0001,"))
    (quick,) = (line for line in text.splitlines() if line.startswith("INC20261016-0002,"))
    more = quick.replace("INC20261016-0002", "INC20261016-0999")
    text = text.replace(late, late.replace("2026-10-22 11:49:44", "2026-10-22 08:49:44"))
    text = text.replace(quick, quick.replace("2026-10-16 15:49:36", "2026-10-16 19:49:36") + "\n" + more)
    tickets.write_text(text, "utf-8")
    text = outages.read_text("utf-8")
    assert text.count("2026-10-16 15:46:00") == 1
    outages.write_text(text.replace("2026-10-16 15:46:00", "2026-10-16 15:52:00"), "utf-8")
    return built(sources, folder / "output", Month(2026, 10))


def figures_of(result: Result) -> list[str]:
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.partition("\n\n")[0].splitlines()


def test_two_builds_of_a_report_tell_which_tickets_and_outages_changed_a_figure(
    demo_output: Path, corrected: Path
) -> None:
    lines = figures_of(run(demo_output / REPORT, corrected, "--language", "en"))
    assert lines[0] == "SLA-HARBOUR-CORE-2026-10: two builds of one report"
    assert lines[1:4] == [
        "Export corrected: sources/metrics/2026-10/outages.csv",
        "Export corrected: sources/metrics/2026-10/tickets.csv",
        "Rows: 83 read (2 set aside) → 84 read (2 set aside)",
    ]
    by_figure = dict(_grouped(lines[4:]))
    assert by_figure["网络运维 P3 解决时间: 94% (未达成) → 100% (达成)"] == [
        "late before, in time now: INC20261021-0001 (25 h 58 min 34 s → 22 h 58 min 34 s)"
    ]
    assert by_figure["网络运维 P1 解决时间: 100% (达成) → 50% (未达成)"] == [
        "in time before, late now: INC20261016-0002 (16 min 35 s → 4 h 16 min 35 s)",
        "counted now, in time: INC20261016-0999 (16 min 35 s)",
    ]
    assert by_figure["网络运维 可用率: 99.97% (达成) → 99.96% (达成)"] == [
        "interruptions of another length: OUT202610-02 (14 min 00 s → 20 min 00 s)"
    ]
    assert "网络运维 P1 响应时间: 100% (达成) → 100% (达成)" in by_figure
    assert all(by_figure.values())  # a reason for each
    assert lines.index("Credits: 0% ¥0.00 → 3% ¥5,640.00") == 4


def _grouped(lines: list[str]) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("  "):
            found[-1][1].append(line.strip())
        elif not line.startswith("Credits"):
            found.append((line, []))
    return found


def test_reports_on_two_months_tell_what_was_late_and_down_in_each(demo_output: Path, tmp_path: Path) -> None:
    july = built(ROOT / "sources", tmp_path / "output", Month(2026, 6))
    lines = figures_of(run(july, demo_output / REPORT))
    assert lines[0] == "SLA-HARBOUR-CORE-2026-06 与 SLA-HARBOUR-CORE-2026-10：两个报告期"
    assert lines[1] == "适用的协议版本：A/01 → B/00"
    by_figure = dict(_grouped(lines[2:]))
    (resolution,) = (reasons for figure, reasons in by_figure.items() if figure.startswith("网络运维 P3 解决时间"))
    assert "后一期超时：INC20261021-0001（25 小时 58 分 34 秒）" in resolution
    (goal,) = (reasons for figure, reasons in by_figure.items() if figure.startswith("网络运维 可用率"))
    assert "目标值：99.9% → 99.95%" in goal
    (limit,) = (reasons for figure, reasons in by_figure.items() if figure.startswith("网络运维 P1 解决时间"))
    assert "时限：4 小时 00 分 00 秒 → 3 小时 00 分 00 秒" in limit
    assert any(figure.startswith("应用支持 P4 解决时间：新增") for figure in by_figure)


def test_the_figures_are_on_the_sheets_and_among_the_objects_too(
    demo_output: Path, corrected: Path, tmp_path: Path
) -> None:
    result = run(demo_output / REPORT, corrected, "--json", "--pdf", tmp_path / "sheets.pdf")
    told = json.loads(result.stdout.splitlines()[0])
    assert (told["finding"], told["same_period"]) == ("figures", True)
    (one,) = [one for one in told["figures"] if one["new"]["id"] == "p3-resolution" and one["old"]["shown"] == "94%"]
    assert one["reasons"][0]["cases"][0] == {"record": "INC20261021-0001", "before": 93514, "after": 82714}
    with pypdfium2.PdfDocument(tmp_path / "sheets.pdf") as document:
        first = "".join(document[0].get_textpage().get_text_bounded().split())
    assert "由超时变为按时：INC20261021-0001" in first


def test_reports_on_two_agreements_are_compared_as_pages_only(demo_output: Path) -> None:
    other = demo_output / "renhe-hospital/reports/sla-renhe-clinical_2026-10.pdf"
    assert run(demo_output / REPORT, other).stdout.splitlines()[0].endswith(" differences")
