"""Pages look as they did when somebody last looked at them (see `tests/tools/looks.py`)."""

from __future__ import annotations

import csv
import shutil
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pipeline.build import gather
from pipeline.explain import Question, explain, page_of
from pipeline.options import ROOT, Options
from pipeline.render.pdf import render_pdf
from pipeline.render.renderers import Job, render_job
from tests.tools import looks

BEGINNING = (0, 1, 2, -1)
PRINTED = {
    "sla.en": "nordwind-asia/agreements/sla-nordwind-office_A-00.pdf",
    "sla.zh-CN": "nordwind-asia/agreements/sla-nordwind-office_A-00.zh-CN.pdf",
    "ola.zh-CN": "infrastructure-team/agreements/ola-infrastructure_A-00.pdf",
    "uc.en": "hengyuan-telecom/agreements/uc-hengyuan-lines_A-00.en.pdf",
    "minutes.zh-CN": "harbour-port/reviews/harbour-2026-07.pdf",
    "catalog.en": "catalog/service-catalog.en.pdf",
    "catalog.zh-CN": "catalog/service-catalog.zh-CN.pdf",
    "procedure.zh-CN": "procedure/slm-procedure.zh-CN.pdf",
    "alignment.en": "internal/alignment.en.pdf",
    "report.zh-CN": "harbour-port/reports/sla-harbour-core_2026-10.pdf",
}


@pytest.mark.parametrize("name", PRINTED)
def test_a_document_looks_as_it_did(demo_output: Path, name: str) -> None:
    looks.assert_looks(name, (demo_output / PRINTED[name]).read_bytes(), BEGINNING)


def unchanged(row: dict[str, str]) -> dict[str, str] | None:
    return row


def late(row: dict[str, str]) -> dict[str, str] | None:
    """A ticket that was answered two days later, and resolved six."""
    for key, days in (("响应时间", 2), ("解决时间", 6)):
        if row[key]:
            row[key] = f"{datetime.fromisoformat(row[key]) + timedelta(days=days):%Y-%m-%d %H:%M:%S}"
    return row


def nothing(_row: dict[str, str]) -> dict[str, str] | None:
    return None


MONTHS = {"all-met": unchanged, "bad": late, "empty": nothing}
KEPT = [
    ("goal: 99.9%", "goal: 99.0%"),
    ("below: 99.9%", "below: 99.0%"),
    ("below: 99.0%, credit: 10%", "below: 98.0%, credit: 10%"),
]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("month", MONTHS)
def test_a_report_on_a_good_a_bad_and_an_empty_month_looks_as_it_did(
    demo_sources: Path, month: str, language: str
) -> None:
    path = demo_sources / "agreements/sla-nordwind-office/A-00.yaml"
    text = path.read_text(encoding="utf-8").replace("\nlanguage: en\n", f"\nlanguage: {language}\n")
    for old, new in KEPT if month == "all-met" else []:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    for name in ("tickets", "outages"):
        file = demo_sources / f"metrics/2026-10/{name}.csv"
        with file.open(encoding="utf-8", newline="") as old_rows:
            reader = csv.DictReader(old_rows)
            heads, rows = list(reader.fieldnames or ()), list(reader)
        changed = [MONTHS[month](row) if name == "tickets" or month == "empty" else row for row in rows]
        with file.open("w", encoding="utf-8", newline="") as new_rows:
            writer = csv.DictWriter(new_rows, heads)
            writer.writeheader()
            writer.writerows(row for row in changed if row is not None)
    options = Options(sources=demo_sources, kinds=("reports",), customer="nordwind-asia")
    documents, labels, problems = gather(options)
    assert [str(one) for one in problems if one.severity == "error"] == []
    (document,) = [one for one in documents if one.stem.endswith("_2026-10")]
    rendered = render_job(Job(document, options.templates, labels, (".pdf",)))
    looks.assert_looks(f"report-{month}.{language}", rendered.files[".pdf"])


def test_an_explanation_looks_as_it_did() -> None:
    options = Options(sources=ROOT / "sources")
    answer = explain(options, Question("uptime", "sla-nordwind-office", "network-operations"))
    assert answer.labels is not None
    content, problems = page_of(answer.explanations[0], options, answer.labels)
    assert problems == ()
    looks.assert_looks("explain.en", content)


# -- what would be noticed --------------------------------------------------------------------------------------------

WORDS = "服务级别 Service level 99.95% " * 12
CSS = "@page { size: A4; margin: 2cm } body { font-family: 'Noto Sans SC'; font-size: 10pt } i { color: #b3261e }"


@cache
def made(*, css: str = "", more: str = "", colour: str = "#1f3a5f", words: str = WORDS) -> bytes:
    block = f'<div style="background: {colour}; color: white; padding: 6pt">{words[:60]}</div>'
    body = f"<h1>报告</h1><p>{words}</p>{block}<p><i>未达成 missed</i> {words}</p>{more}"
    html = f'<html lang="zh-CN"><head><title>t</title><style>{CSS}{css}</style></head><body>{body}</body></html>'
    return render_pdf(html, "pdf/test.html", ROOT / "templates")


CHANGES: dict[str, dict[str, str]] = {
    "a block moved by a millimetre": {"css": "div { position: relative; top: 1mm }"},
    "letters that became boxes": {"words": "□" * len(WORDS)},
    "a colour that was lost": {"colour": "#666666"},
    "red words that turned black": {"css": "i { color: #000000 }"},
    "a line that is missing": {"css": "i { visibility: hidden }"},
    "a page more": {"more": '<p style="break-before: page">end</p>'},
    "another size of letters": {"css": "p { font-size: 10.5pt }"},
    "landscape": {"css": "@page { size: A4 landscape }"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_reader_would_notice_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(looks, "STORED", tmp_path)
    monkeypatch.setenv("UPDATE_PAGES", "1")
    looks.assert_looks("page", made())
    monkeypatch.delenv("UPDATE_PAGES")
    looks.assert_looks("page", made())
    with pytest.raises(AssertionError, match="page looks different") as raised:
        looks.assert_looks("page", made(**CHANGES[name]))
    folder = Path(str(raised.value).partition("See ")[2].partition(";")[0])
    assert {one.name for one in folder.iterdir()} == {"actual.png", "expected.png", "differences.png"}
    shutil.rmtree(folder)


def test_letters_that_are_smoothed_in_another_way_are_not(tmp_path: Path) -> None:
    (page,) = looks.pages(made())
    generator = np.random.default_rng(7)
    grainy = np.clip(page.astype(int) + generator.integers(-24, 25, page.shape), 0, 255).astype(np.uint8)
    assert looks.differences([grainy], [page]) == []
    looks.picture([page]).save(tmp_path / "page.png")
    assert looks.differences([page], looks.stored(tmp_path / "page.png")) == []


def test_pages_of_several_sizes_come_back_from_one_picture(tmp_path: Path) -> None:
    both = [*looks.pages(made()), *looks.pages(made(css="@page { size: A4 landscape }"))]
    looks.picture(both).save(tmp_path / "pages.png")
    back = looks.stored(tmp_path / "pages.png")
    assert [one.shape for one in back] == [one.shape for one in both]
    assert looks.differences(back, both) == []


def test_a_page_that_nobody_stored_is_no_success(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(looks, "STORED", tmp_path)
    monkeypatch.delenv("UPDATE_PAGES", raising=False)
    with pytest.raises(AssertionError, match="UPDATE_PAGES=1 and look at it"):
        looks.assert_looks("unknown", made())
