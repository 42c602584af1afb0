"""Templates that somebody edited badly, and Word files that come back from strangers."""

from __future__ import annotations

from datetime import date
from functools import cache
from unittest.mock import patch

from pipeline.build import gather
from pipeline.load.labels import load_labels
from pipeline.merge.document import Document
from pipeline.merge.words import Labels
from pipeline.options import ROOT, Options
from pipeline.problems import Problem
from pipeline.redline import Revision
from pipeline.redlines import compare_files, redline_files
from pipeline.render import fonts, patience, renderers
from pipeline.render.renderers import Job, Rendered, Workshop, render_job
from pipeline.verify import verify
from tests.compare.documents import agreement, pack, parts
from tests.compare.tampering import SMALL_TAMPERING
from tests.fuzz.projects import PROJECTS, folder, put, templates

_REVISION = Revision("高磊", date(2026, 6, 18), "A/01 → B/00")
_SMALL = Options(sources=PROJECTS / "small" / "sources")
PATIENCE = 1.0
"""Seconds, instead of minutes, that a template is given here."""

MAIN = "word/document.xml"


@cache
def _documents() -> tuple[dict[str, Document], Labels]:
    documents, labels, problems = gather(_SMALL)
    assert documents, problems
    return {document.kind: document for document in documents}, labels


def _rendered(kind: str, *endings: str) -> Rendered:
    """A document of the small project with the templates as they lie there now."""
    documents, labels = _documents()
    renderers._workshops[templates()] = Workshop(templates(), labels)
    with patch.object(patience, "SECONDS", PATIENCE):
        return render_job(Job(documents[kind], templates(), labels, endings))


def word_template(content: bytes) -> tuple[Problem, ...]:
    """The template of SLAs."""
    with put(templates() / "docx/sla.zh-CN.docx", content):
        return _rendered("sla", ".docx").problems


def word_template_to_pages(content: bytes) -> tuple[Problem, ...]:
    """The same, down to its pages."""
    with put(templates() / "docx/sla.zh-CN.docx", content):
        return _rendered("sla", ".docx", ".pdf").problems


def page_template(content: bytes) -> tuple[Problem, ...]:
    """The template of the overview."""
    with put(templates() / "pdf/overview.html", content):
        return _rendered("overview", ".pdf").problems


def drawing(content: bytes) -> tuple[Problem, ...]:
    """The template of a chart, drawn into a page."""
    page = b'<html lang="zh-CN"><head><title>x</title></head><body><img alt="x" src="../svg/trend.svg"></body></html>'
    with put(templates() / "svg/trend.svg", content), put(templates() / "pdf/overview.html", page):
        return _rendered("overview", ".pdf").problems


def locale(content: bytes) -> tuple[Problem, ...]:
    """The words of documents."""
    with put(templates() / "locales/en.yaml", content):
        return load_labels(templates(), fonts.uncovered)[1]


def returned(content: bytes) -> tuple[Problem, ...]:
    """A file beside the one that was sent: compared, as tracked changes either way, and asked for its fingerprint."""
    there = folder("returned")
    with put(there / "sent.docx", agreement()) as sent, put(there / "copy.docx", content) as copy:
        problems = compare_files(sent, copy)[1]
        problems += redline_files(sent, copy, _REVISION).problems
        problems += redline_files(copy, sent, _REVISION).problems
        return problems + verify(copy, _SMALL)[1]


def page_seeds() -> list[bytes]:
    """A page that uses what pages use, and the real one."""
    short = (
        '<html lang="zh-CN"><head><title>{{ title }}</title><style>p { color: #123 }</style></head><body>'
        '{% import "pdf/parts.html" as parts %}{% if title %}<h1>{{ title | upper }}</h1>{% else %}-{% endif %}'
        '<table><tr>{% for one in [1, 2] %}<td colspan="2">{{ one }}</td>{% endfor %}</tr></table>'
        '<p style="width: 3cm">{{ labels["figure.ratio"] }}</p></body></html>'
    )
    return [short.encode(), (ROOT / "templates/pdf/overview.html").read_bytes()]


def word_seeds() -> list[bytes]:
    """A short template, and the real one."""
    text = str(parts()[MAIN])
    start, end = text.index("<w:body>") + len("<w:body>"), text.index("<w:sectPr>")
    tags = (
        "<w:p><w:r><w:t>{{ title }}</w:t></w:r></w:p><w:p><w:r><w:t>{%p if title %}</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>{{ provider.name }}</w:t></w:r></w:p><w:p><w:r><w:t>{%p endif %}</w:t></w:r></w:p>"
        '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="2400"/></w:tblGrid>'
        "<w:tr><w:tc><w:tcPr><w:tcW w:w='2400' w:type='dxa'/></w:tcPr><w:p><w:r><w:t>{%tr for one in services %}</w:t>"
        "</w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:gridSpan w:val='1'/></w:tcPr><w:p><w:r><w:t>{{ one.name }}"
        "</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>{%tr endfor %}</w:t></w:r></w:p></w:tc></w:tr>"
        "</w:tbl>"
    )
    short = pack({**parts(), MAIN: text[:start] + tags + text[end:]})
    return [short, (ROOT / "templates/docx/sla.zh-CN.docx").read_bytes()]


def returned_seeds() -> list[bytes]:
    """The agreement as it was sent, and some of the ways of tampering with it."""
    sent = agreement()
    return [sent, *(tamper(sent) for tamper, *_ in list(SMALL_TAMPERING.values())[::6])]
