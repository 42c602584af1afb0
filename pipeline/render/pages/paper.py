"""Sections of a Word text as CSS pages: size, margins, headers and footers, watermarks."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from lxml import etree

from pipeline.render.fonts import FAMILY, FULL_FAMILY
from pipeline.render.package import whole
from pipeline.render.pages.blocks import Blocks
from pipeline.render.pages.css import pt
from pipeline.render.pages.looks import twips
from pipeline.render.pages.numbering import VAL, W
from pipeline.render.pages.word_file import DOCUMENT, R, WordFile, text_of

_TEXT_PATH = "{urn:schemas-microsoft-com:vml}textpath"
_EDGES = (("header", "top"), ("footer", "bottom"))
_WATERMARK = "#e1e5eb"


@dataclass(slots=True, eq=False)
class Section:
    """A stretch of the text with a paper of its own; `running` are its headers and footers by kind and page."""

    name: str
    properties: etree._Element | None
    content: list[etree._Element] = field(default_factory=list)
    running: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def first_differs(self) -> bool:
        """Whether its first page has a header and footer of its own."""
        return self.properties is not None and self.properties.find(f"{W}titlePg") is not None

    @property
    def continuous(self) -> bool:
        """Whether it goes on where the one before ended, on the same page."""
        kind = None if self.properties is None else self.properties.find(f"{W}type")
        return kind is not None and kind.get(VAL) == "continuous"

    @property
    def columns(self) -> int:
        """In how many columns its text runs."""
        found = None if self.properties is None else self.properties.find(f"{W}cols")
        return 1 if found is None else whole(found.get(f"{W}num"), 1)


def read_sections(file: WordFile) -> list[Section]:
    """The sections of a text; headers and footers hold on until a later one names others."""
    document = file.tree(DOCUMENT)
    body = None if document is None else document.find(f"{W}body")
    sections: list[Section] = []
    content: list[etree._Element] = []
    running: dict[tuple[str, str], str] = {}
    for one in () if body is None else body:
        end = one if one.tag == f"{W}sectPr" else one.find(f"{W}pPr/{W}sectPr")
        if one.tag != f"{W}sectPr":
            content.append(one)
        if end is None:
            continue
        for kind, _ in _EDGES:
            for reference in end.findall(f"{W}{kind}Reference"):
                page = reference.get(f"{W}type", "default")
                running[kind, page] = file.target(DOCUMENT, reference.get(f"{R}id"))
        sections.append(Section(f"section-{len(sections) + 1}", end, content, dict(running)))
        content = []
    if content:
        sections.append(Section(f"section-{len(sections) + 1}", None, content, dict(running)))
    return sections


def page_rules(file: WordFile, section: Section, *, first: bool) -> Iterator[str]:
    """The pages of a section as CSS; `first` for the section that begins the document."""
    properties = section.properties
    size, margins = (None if properties is None else properties.find(f"{W}{name}") for name in ("pgSz", "pgMar"))
    rules = []
    if size is not None:
        rules.append(f"size: {pt(twips(size, 'w'))} {pt(twips(size, 'h'))};")
    if margins is not None:
        edges = [pt(abs(twips(margins, side))) for side in ("top", "right", "bottom", "left")]
        rules.append(f"margin: {' '.join(edges)};")
    named = "@page" if first else f"@page {section.name}"
    yield f"{named} {{ {' '.join(rules)} {_running(file, section, 'default')} }}"
    if section.first_differs:
        page = "@page :first" if first else f"@page :nth(1 of {section.name})"
        yield f"{page} {{ {_running(file, section, 'first')} }}"


def _running(file: WordFile, section: Section, page: str) -> str:
    margins = None if section.properties is None else section.properties.find(f"{W}pgMar")
    rules, watermark = [], ""
    for kind, edge in _EDGES:
        part = section.running.get((kind, page), "")
        distance = f"padding-{edge}: {pt(twips(margins, kind) or 36)};"
        content = f"element({running_name(section, kind, page)})" if part in file.parts else "none"
        rules.append(f"@{edge}-center {{ content: {content}; width: 100%; vertical-align: {edge}; {distance} }}")
        watermark = watermark or _watermark(file, part)
    picture = f'url("{watermark}")' if watermark else "none"
    return f"background: {picture} no-repeat center; {' '.join(rules)}"


def running_name(section: Section, kind: str, page: str) -> str:
    """What a header or footer is called in CSS."""
    return f"{section.name}-{kind}-{page}"


def running_elements(file: WordFile, section: Section) -> Iterator[etree._Element]:
    """The headers and footers of a section, to stand before its text."""
    for (kind, page), part in section.running.items():
        tree = file.tree(part)
        if tree is None or page not in {"default", "first"} or (page == "first" and not section.first_differs):
            continue
        style = f"position: running({running_name(section, kind, page)})"
        made = etree.Element("div", {"class": f"running running-{kind}", "style": style})
        blocks = Blocks(file, part)
        blocks.write(made, (one for one in tree if text_of(one) or one.tag == f"{W}tbl" or not _has_watermark(one)))
        yield made


def _has_watermark(element: etree._Element) -> bool:
    return any(one.get("string") for one in element.iter(_TEXT_PATH))


def _watermark(file: WordFile, part: str) -> str:
    """The big grey words behind a page, as a picture that carries itself."""
    tree = file.tree(part)
    paths = [] if tree is None else tree.iter(_TEXT_PATH)
    words = next((words for path in paths if (words := path.get("string", "").strip())), "")
    if not words:
        return ""
    wide = sum(1.0 if character > "\u2e80" else 0.62 for character in words)
    size = min(520 / max(wide, 1), 150)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="560pt" height="560pt" viewBox="0 0 560 560">'
        f'<text x="280" y="{280 + size * 0.35:.1f}" transform="rotate(-45 280 280)" text-anchor="middle"'
        f' font-family="{FAMILY}, {FULL_FAMILY}" font-weight="700" font-size="{size:.1f}" fill="{_WATERMARK}">'
        f"{escape(words)}</text></svg>"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
