"""What files cost, and how that compares: `python benchmarks/rendering.py`.

Word files are held against docxtpl called for each document, with the same words, and their pages against LibreOffice;
pages of reports against WeasyPrint, Typst and Chromium as anybody would call them, with the Noto fonts of the system,
each in a process of its own, in turns. Seconds are those of the processor, so that other work counts little.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import unquote

if not __package__:  # run as a script: Python then looks for modules beside this file only
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.kinds import Spent, by_kind, print_by_kind
from pipeline.build import gather
from pipeline.merge.document import Document
from pipeline.merge.report import ReportContext
from pipeline.options import ROOT, Options
from pipeline.render import renderers
from pipeline.render.charts import charts
from pipeline.render.docx import Properties, render_docx
from pipeline.render.renderers import Job, Workshop, variables, warm_up, word_template

ROUNDS = 7
TABLE_ROWS = 30
CHARTS = 3
AGREEMENTS = 4
PEERS = ("ours", "weasyprint", "weasyprint-tagged", "typst", "chromium")
FONT = "Noto Sans CJK SC"

PAGE = """{% extends "pdf/base.html" %}{% block stylesheet %}report.css{% endblock %}{% block content %}
<h1>{{ title }}</h1>
{% for chart in drawn %}<h2>{{ chart.title }}</h2><p><img src="{{ chart.uri }}" alt="{{ chart.title }}"></p>{% endfor %}
<table class="rows"><thead><tr>{% for head in heads %}<th scope="col">{{ head }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in table %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody></table>
{% endblock %}"""


def cost(run: Callable[[], object]) -> float:
    """What a call took."""
    began = processor()
    run()
    return processor() - began


def processor() -> float:
    """The seconds that all threads of this process, and the programs that it called, have taken so far."""
    called = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + called.ru_utime + called.ru_stime


def in_turns(**named: Callable[[], object]) -> dict[str, float]:
    """The median of each; one round before them is not counted."""
    rounds = [{name: cost(run) for name, run in named.items()} for _ in range(ROUNDS + 1)][1:]
    return {name: statistics.median(one[name] for one in rounds) for name in named}


def bench_word(document: Document, workshop: Workshop) -> None:
    """One Word file by the template compiled once, and by docxtpl from the file of the template."""
    from docx import Document as Reader  # noqa: PLC0415 - only this measurement needs it
    from docxtpl import DocxTemplate  # noqa: PLC0415 - as above

    path = workshop.folder / "docx" / word_template(document)
    seen = dict(variables(document.context))
    properties = Properties(document.context.title, "", document.language, document.day.isoformat())
    usual = workshop.environment.overlay(trim_blocks=False, lstrip_blocks=False)

    turns = count()

    def new() -> dict[str, object]:
        """No two files are the same, so that no memory of the one before helps more than it does in a build."""
        return seen | {"title": f"{document.context.title} {next(turns) // 2}"}

    def ours() -> bytes:
        return render_docx(workshop.word(path.name), new(), properties)

    def theirs() -> bytes:
        template = DocxTemplate(path)
        template.render(new(), jinja_env=usual, autoescape=True)
        content = io.BytesIO()
        template.save(content)
        return content.getvalue()

    def words(content: bytes) -> list[str]:
        """Without the contents and the places to sign, which docxtpl leaves as they are in the template."""
        read = Reader(io.BytesIO(content))
        cells = (cell.text for table in read.tables for row in table.rows for cell in row.cells)
        shown = (one.text for one in read.paragraphs if "TOC" not in str(one.style and one.style.name).upper())
        texts = ("".join(text.split()) for text in (*shown, *cells))
        return [text for text in texts if text and "[[sign:" not in text and "签字：" not in text]

    own, other = (words(make()) for make in (ours, theirs))
    spent = in_turns(ours=ours, theirs=theirs)
    same = "the same words" if own == other else f"OTHER WORDS: {sorted(set(own) ^ set(other))[:3]}"
    print(f"word: {document.stem}: {1000 * spent['ours']:.1f} ms; docxtpl {1000 * spent['theirs']:.1f} ms: ", end="")
    print(f"{spent['theirs'] / spent['ours']:.1f} times as long; {same}")


def bench_word_pages(documents: Sequence[Document], workshop: Workshop) -> None:
    """Word files with their pages, and the pages of the same files by LibreOffice, started once for all of them."""
    office = shutil.which("soffice")
    if office is None:
        print("word to pdf: LibreOffice is not installed")
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = [f"{number}.docx" for number in range(len(documents))]
        for name, document in zip(names, documents, strict=True):
            (folder / name).write_bytes(workshop.word_file(document))
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", scratch, *names]

        def ours() -> None:
            for document in documents:
                renderers.render_job(Job(replace(document), workshop.folder, workshop.labels))

        def theirs() -> None:
            subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - the office's own command

        spent = in_turns(ours=ours, theirs=theirs)
    own, other = (1000 * spent[name] / len(documents) for name in ("ours", "theirs"))
    print(f"word and pdf: {len(documents)} SLAs: {own:.1f} ms each; LibreOffice, pdf only: {other:.1f} ms: ", end="")
    print(f"{other / own:.1f} times as long")


def report_page(
    document: Document, workshop: Workshop
) -> tuple[str, Sequence[str], Sequence[Sequence[str]], list[str]]:
    """A report with so many rows and charts: as a page, and its head, rows and charts for other tools."""
    labels = workshop.labels[document.language]
    if not isinstance(document.context, ReportContext):
        sys.exit(f"{document.stem} is no report")
    drawn = charts(document.context, labels, workshop.environment)[:CHARTS]
    heads = ("No.", "工单", "服务", "目标", "标准", "实际", "说明")
    rows = [
        (
            f"{row + 1}",
            f"INC2026{row:04d}",
            ("网络运维", "数据库运维", "应用支持")[row % 3],
            f"P{row % 4 + 1} 解决时间",
            f"不超过 {row % 4 * 4 + 2} 小时",
            f"{row * 37 % 19}.{row % 10} 小时",
            f"第 {row + 1} 次故障在非工作时间受理, 次日恢复",
        )
        for row in range(TABLE_ROWS)
    ]
    page = workshop.environment.from_string(PAGE)
    html = page.render({**variables(document.context), "labels": labels, "drawn": drawn, "heads": heads, "table": rows})
    return html, heads, rows, [_svg(one.uri) for one in drawn]


def _svg(uri: str) -> str:
    kind, _, data = uri.partition(",")
    return base64.b64decode(data).decode() if kind.endswith("base64") else unquote(data)


def typst_source(heads: Sequence[str], rows: Sequence[Sequence[str]], drawn: int) -> str:
    """The same words and charts for Typst."""
    charts_shown = "".join(f'#image("chart-{number}.svg", width: 100%)\n' for number in range(drawn))
    cells = "".join(f"[{cell}]," for row in (heads, *rows) for cell in row)
    return (
        '#set document(title: "report")\n'
        f'#set page(paper: "a4", margin: 2cm, numbering: "1 / 1")\n#set text(font: "{FONT}", size: 9pt, lang: "zh")\n'
        f"= 服务级别报告\n{charts_shown}"
        f"#table(columns: (auto, auto, auto, auto, auto, auto, 1fr), {cells})\n"
    )


def bench_pages(document: Document, workshop: Workshop) -> None:
    """A report of one table and three charts, by each."""
    html, heads, rows, drawn = report_page(document, workshop)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number, svg in enumerate(drawn):
            (folder / f"chart-{number}.svg").write_text(svg.replace("SLM Sans", FONT), encoding="utf-8")
        (folder / "page.typ").write_text(typst_source(heads, rows, len(drawn)), encoding="utf-8")
        plain = html.replace("SLM Sans", FONT).replace("SLM%20Sans", FONT.replace(" ", "%20"))
        fonts = f'<style>html, body {{ font-family: "{FONT}" }}</style></head>'
        (folder / "plain.html").write_text(plain.replace("</head>", fonts), encoding="utf-8")
        (folder / "ours.html").write_text(html, encoding="utf-8")
        base = str(workshop.folder)
        peers = {name: _Peer(name, folder, base) for name in PEERS}
        rounds = [{name: peer.once() for name, peer in peers.items()} for _ in range(ROUNDS + 1)][1:]
        for peer in peers.values():
            peer.end()
    own = statistics.median(one["ours"][0] for one in rounds if one["ours"])
    for name in peers:
        if not all(one[name] for one in rounds):
            print(f"page: {name} is not installed")
            continue
        seconds = statistics.median(one[name][0] for one in rounds)
        ratio, size = seconds / own, rounds[0][name][1] / 1000
        print(f"page: {name:18} {1000 * seconds:7.1f} ms, {size:6.1f} kB, {ratio:5.2f} times as long as ours")


class _Peer:
    """A process that makes the page when it is asked to."""

    def __init__(self, name: str, folder: Path, base: str) -> None:
        command = [sys.executable, __file__, "--peer", name, str(folder), base]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("FONTCONFIG")}
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean
        )

        self._times = 0

    def once(self) -> tuple[float, ...]:
        """Seconds and bytes; nothing from a tool that is not installed."""
        if self._process.stdin is None or self._process.stdout is None or self._process.poll() is not None:
            return ()
        try:
            self._process.stdin.write(f"{self._times}\n")
            self._times += 1
            self._process.stdin.flush()
            seconds, size = json.loads(self._process.stdout.readline() or "[]") or (0.0, 0)
        except BrokenPipeError:
            return ()
        return (seconds, size) if size else ()

    def end(self) -> None:
        """Let the process go."""
        self._process.communicate()


def serve(name: str, folder: Path, base: Path) -> None:
    """Make a page of new tickets for each number from the standard input, and tell what it cost."""
    source, make = _makers(folder, base)[name]
    page = (folder / source).read_text(encoding="utf-8")
    for line in sys.stdin:
        turn = line.strip()
        new = page.replace("INC2026", f"INC{turn}-").replace("次故障", f"次故障({turn})")
        began = processor()
        content = make(new)
        print(json.dumps([processor() - began, len(content)]), flush=True)


def _makers(folder: Path, base: Path) -> Mapping[str, tuple[str, Callable[[str], bytes]]]:
    """Which file each makes a page of, and how."""

    def ours(page: str) -> bytes:
        from pipeline.render.pdf import render_pdf  # noqa: PLC0415 - each process loads its own tool only

        return render_pdf(page, "pdf/report.html", base)

    def weasyprint(page: str, **options: object) -> bytes:
        import weasyprint  # noqa: PLC0415 - as above

        return bytes(weasyprint.HTML(string=page, base_url=f"{base.as_uri()}/pdf/").write_pdf(**options))

    def typst(page: str) -> bytes:
        import typst  # noqa: PLC0415 - as above

        (folder / "now.typ").write_text(page, encoding="utf-8")
        return bytes(typst.compile(str(folder / "now.typ")))

    def chromium(page: str) -> bytes:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if program is None:
            sys.exit()
        (folder / "now.html").write_text(page.replace("<head>", f'<head><base href="{base.as_uri()}/pdf/">'), "utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        command = [program, *options, f"--print-to-pdf={folder / 'now.pdf'}", (folder / "now.html").as_uri()]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the browser's own command
        return (folder / "now.pdf").read_bytes()

    tagged = partial(weasyprint, pdf_tags=True, pdf_variant="pdf/ua-1")
    return {
        "ours": ("ours.html", ours),
        "weasyprint": ("plain.html", weasyprint),
        "weasyprint-tagged": ("plain.html", tagged),
        "typst": ("page.typ", typst),
        "chromium": ("plain.html", chromium),
    }


def main() -> None:
    """Read what to measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.peer:
        serve(chosen.peer[0], Path(chosen.peer[1]), Path(chosen.peer[2]))
        return
    options = Options(sources=ROOT / "sources")
    documents, labels, _ = gather(options)
    workshop = warm_up(options.templates, labels)
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    for kind in ("sla", "minutes"):
        bench_word(next(one for one in documents if one.kind == kind), workshop)
    bench_word_pages([one for one in documents if one.kind == "sla"][:AGREEMENTS], workshop)
    bench_pages(next(one for one in documents if one.kind == "report"), workshop)
    spent: Spent = defaultdict(list)
    with by_kind(spent):
        for document in documents:
            renderers.render_job(Job(document, options.templates, labels))
    print(f"every document of the demonstration, {len(documents)} documents:")
    print_by_kind(spent)


if __name__ == "__main__":
    main()
