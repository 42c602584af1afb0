"""WeasyPrint with quicker functions makes the same bytes as WeasyPrint alone."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pikepdf
import pytest

from pipeline.options import ROOT
from pipeline.render import engine
from pipeline.render.pdf import render_pdf
from pipeline.render.templates import TemplateMistake
from tests.tools import looks
from tests.tools.checkers import pdf_text

CSS = """
@page { size: A5; margin: 2cm; @bottom-center { content: counter(page) ' / ' counter(pages) } }
@page :first { @top-left { content: 'confidential' } @top-right { content: element(head) } }
body { font-family: 'SLM Sans'; font-size: 9pt; hyphens: auto }
.head { position: running(head) }
table { width: 100%; border-collapse: collapse } td, th { border: 0.5pt solid #999999; padding: 1mm 2% }
table + table { border-collapse: separate; border-spacing: 1mm; table-layout: fixed }
td:nth-child(3) { text-align: right; font-weight: 700; font-variant-numeric: tabular-nums }
tr:nth-child(even) { background: #eef2f7 }
.just { text-align: justify; letter-spacing: 0.2pt; width: calc(50% + 1cm) }
.narrow { width: 2cm; overflow-wrap: anywhere; border: 1pt solid #1f3a5f; border-radius: 2mm; box-sizing: border-box }
.left { float: left; width: 30%; margin-inline-end: 2mm } .clear { clear: both }
.line { display: inline-block; min-width: 3cm; border-bottom: 1pt solid black; text-decoration: underline }
.pinned { position: absolute; right: 0; color: #b3261e }
h2::before { counter-increment: section; content: counter(section) '. '; color: #1f3a5f }
.note::after { content: '*'; vertical-align: super; font-size: 6pt }
p.small:first-line { font-weight: 700 } p.small { font-size: 7pt; white-space: pre-wrap; tab-size: 6 }
a::after { content: leader('.') target-counter(attr(href), page) }
li:last-child { color: #2e6da4 } p:not(.small) + p.next { text-indent: 3mm }
section:empty { height: 2mm; background: #eef2f7 }
[data-kind|=sla] > b, p:lang(en) i, p:has(> u) i { color: #b3261e } b:first-of-type { font-size: 11pt }
"""
WORDS = "服务级别协议规定可用率不低于 99.95%，网络运维团队须在 30 分钟内响应；the provider restores service. "
ROWS = "".join(
    f'<tr><td>INC-{row:04d}</td><td lang="en">termination after notice {row % 3}</td><td>{row % 4}</td></tr>'
    for row in range(40)
)
LINES = """<svg width="90" height="30" viewBox="0 0 90 30">
<path d="M3 4.50V20H80m1 -7h4v4h-4z" fill="none" stroke="#9aa3ad"/>
<path d="M1 1l9 9h-2em" stroke="#24303f" stroke-dasharray="2 3"/></svg>"""
BODY = f"""
<p class="head">Running head 页眉</p><p><a href="#last">最后一节</a></p><h1>Report 报告</h1><h2>One 一</h2>
<p>{WORDS * 4}</p><p class="just" lang="en">{"Every target is measured by the service clock. " * 6}</p>
<div class="left">{WORDS}</div><p>{WORDS}<span class="line">签字</span> <b>{WORDS}</b></p><div class="clear"></div>
<h2>Two 二</h2><table><thead><tr><th>No.</th><th>Summary</th><th>P</th></tr></thead>{ROWS}</table>
<table>{ROWS[: len(ROWS) // 4].rpartition("<tr>")[0]}</table>
<div class="narrow">SLA-HARBOUR-CORE-{"0123456789" * 4}</div><p class="pinned">草案</p>
{"".join(f'<p style="width: {width / 4}px">{WORDS[:22]}</p>' for width in range(1000, 400, -1))}
<ul><li>one<ol><li style="color: #b3261e; margin-left: 5%">two</li></ol></li></ul>
<section></section><section><p data-kind="sla-a">a <b>kind</b> <b>more</b></p><p lang="en" class="next"><i>en</i></p>
</section><p data-kind="ola"><b>other</b></p><p class="next"><i>plain</i></p><p><i>has</i><u>one</u></p>{LINES}{LINES}
<p class="small">a\tb\n  c <i class="note">noted</i>\n{WORDS}</p><h2 id="last">Three 三</h2><p dir="rtl">{WORDS}</p>
"""
CHART = """
<svg xmlns="http://www.w3.org/2000/svg" width="300" height="90" viewBox="0 0 300 90" font-family="SLM Sans">
<rect x="10" y="10" width="200" height="20" fill="#1f3a5f"/>
<text x="150" y="50" font-size="9" text-anchor="middle" font-weight="700">达成率 99.95%</text>
<text x="290" y="70" font-size="9" text-anchor="end">July<tspan x="290" dy="12">2026</tspan></text>
<text x="10 20 30" y="85" font-size="9">abc</text></svg>
"""
WITHOUT = """
import sys
from pathlib import Path
from pipeline.render import engine
from pipeline.render.pdf import render_pdf
engine.install = lambda: False
sys.stdout.buffer.write(render_pdf(sys.stdin.read(), "pdf/test.html", Path(sys.argv[1])))
"""


def page(body: str) -> str:
    return f'<html lang="zh-CN"><head><title>t</title><style>{CSS}</style></head><body>{body}</body></html>'


def quick(html: str) -> bytes:
    return render_pdf(html, "pdf/test.html", ROOT / "templates")


def plain(html: str) -> bytes:
    """What WeasyPrint makes when it is left as it is."""
    command = [sys.executable, "-c", WITHOUT, str(ROOT / "templates")]
    return subprocess.run(command, input=html.encode(), capture_output=True, check=True, cwd=ROOT).stdout


def test_the_quicker_functions_are_in_force_with_the_release_that_is_installed() -> None:
    assert engine.install(), f"pipeline/render/engine is not written for WeasyPrint {metadata.version('weasyprint')}"


def test_another_release_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WRITTEN_FOR", "1.0")
    assert not engine.install.__wrapped__()


def test_pages_are_the_same_bytes_as_without_them_the_first_time_and_from_memory() -> None:
    expected = plain(page(BODY))
    assert quick(page(BODY)) == expected
    shorter = page(BODY.replace("规定", "约定"))
    assert quick(shorter) == plain(shorter)
    assert quick(page(BODY)) == expected


def forms(file: Path) -> int:
    with pikepdf.open(file) as pdf:
        return sum(isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Form" for one in pdf.objects)


def test_words_of_a_chart_are_the_same_and_need_no_object_of_their_own(tmp_path: Path) -> None:
    html = page(f"<p>{CHART}</p>")
    one, other = tmp_path / "quick.pdf", tmp_path / "plain.pdf"
    one.write_bytes(quick(html))
    other.write_bytes(plain(html))
    assert "达成率 99.95%" in pdf_text(one)
    assert pdf_text(one).split() == pdf_text(other).split()
    assert forms(one) < forms(other)


def test_a_line_of_a_chart_stands_where_its_letters_stood() -> None:
    html = page(f"<p>{CHART}</p>")
    (one,), (other,) = looks.pages(quick(html)), looks.pages(plain(html))
    assert looks.differences([one], [other]) == []


def test_a_faulty_style_sheet_is_complained_of_each_time() -> None:
    html = page("<p>faulty</p>").replace("</style>", "p { colour: red }</style>")
    for _ in range(2):
        with pytest.raises(TemplateMistake, match="colour"):
            quick(html)


def test_a_style_sheet_that_changed_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "pdf").mkdir()
    html = page("<p>words</p>").replace("</style>", '</style><link rel="stylesheet" href="own.css">')
    made = []
    for colour in ("#b3261e", "#1f3a5f", "#b3261e"):
        (tmp_path / "pdf" / "own.css").write_text(f"p {{ color: {colour} }}", encoding="utf-8")
        made.append(render_pdf(html, "pdf/test.html", tmp_path))
    assert made[0] == made[2] != made[1]


def test_a_style_sheet_within_another_does_not_leak_into_the_next_page(tmp_path: Path) -> None:
    (tmp_path / "pdf").mkdir()
    (tmp_path / "pdf" / "inner.css").write_text("p { color: #b3261e }", encoding="utf-8")
    (tmp_path / "pdf" / "outer.css").write_text('@import "inner.css"; b { color: #1f3a5f }', encoding="utf-8")
    made = {}
    for name in ("inner", "outer", "inner again"):
        link = f'</style><link rel="stylesheet" href="{name.split()[0]}.css">'
        html = page("<p>words <b>more</b></p>").replace("</style>", link)
        made[name] = render_pdf(html, "pdf/test.html", tmp_path)
    assert made["inner"] == made["inner again"] != made["outer"]
