"""The table of contents of a Word document, right when it is opened.

Only Word itself knows where its pages break, so a page number written here could be wrong, and a field that Word has
to update greets the reader with a question. The contents therefore name the numbered headings and link to them, without
page numbers; it is still a real TOC field, which whoever edits the file may update.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import lru_cache

from lxml import etree

from pipeline.render.package import W, words

_PARAGRAPH, _PROPERTIES, _STYLE, _VALUE = (f"{W}{name}" for name in ("p", "pPr", "pStyle", "val"))
PLACEHOLDER = "[[toc]]"
LEVELS = 2


def fill_contents(document: etree._Element, styles: bytes) -> None:
    """Replace the paragraph that says `[[toc]]` by one linked line per numbered heading of the first two levels."""
    if PLACEHOLDER not in words(document):
        return
    placeholder = next((one for one in document.iter(f"{W}p") if words(one).strip() == PLACEHOLDER), None)
    if placeholder is None:
        return
    names = style_ids(styles)
    headings = {names.get(f"heading {level}", ""): level for level in range(1, LEVELS + 1)}
    parent = placeholder.getparent()
    if parent is None:
        return
    position = parent.index(placeholder)
    models = {
        (level, numbered): _model(placeholder, names.get(f"toc {level}", ""), numbered=numbered)
        for level in headings.values()
        for numbered in (False, True)
    }
    lines = []
    for paragraph, level, number, shown, text in list(_numbered(document, headings)):
        bookmark = f"_Toc{number:08d}"
        _mark(paragraph, bookmark, number)
        lines.append(_line(models[level, bool(shown)], bookmark, shown, text))
    keep = [child for child in placeholder if child.tag == f"{W}r" and child.find(f"{W}fldChar") is not None]
    parent.remove(placeholder)
    if keep and lines:
        # the field characters that shared the placeholder's paragraph stay at the ends of the list
        for run in keep:
            kind = run.find(f"{W}fldChar").get(f"{W}fldCharType")  # type: ignore[union-attr]
            lines[-1].append(run) if kind == "end" else lines[0].insert(1, run)
    for offset, line in enumerate(lines):
        parent.insert(position + offset, line)


def _numbered(
    document: etree._Element, headings: Mapping[str, int]
) -> Iterator[tuple[etree._Element, int, int, str, str]]:
    """Each heading with its level, the number of its paragraph, its own number as shown, and its words."""
    counts, number = [0] * LEVELS, 0
    for style in document.iter(_PARAGRAPH, _STYLE):
        if style.tag == _PARAGRAPH:
            number += 1
            continue
        level = headings.get(style.get(_VALUE, ""))
        paragraph = None if level is None else _styled(style)
        if level is None or paragraph is None or not (text := words(paragraph).strip()):
            continue
        shown = ""
        if not _unnumbered(paragraph):
            counts[level - 1] += 1
            counts[level:] = [0] * (LEVELS - level)
            shown = ".".join(map(str, counts[:level]))
        yield paragraph, level, number, shown, text


@lru_cache(maxsize=64)
def style_ids(styles: bytes) -> Mapping[str, str]:
    """Style name in lower case -> style id; Word names its own styles in English whatever the language."""
    tree = etree.fromstring(styles)
    return {
        name.get(f"{W}val", "").lower(): style.get(f"{W}styleId", "")
        for style in tree.iter(f"{W}style")
        if (name := style.find(f"{W}name")) is not None
    }


def _styled(style: etree._Element) -> etree._Element | None:
    """The paragraph that a style is said to be of; none where it is said of a change."""
    properties = style.getparent()
    paragraph = None if properties is None or properties.tag != _PROPERTIES else properties.getparent()
    return paragraph if paragraph is not None and paragraph.tag == _PARAGRAPH else None


def _unnumbered(paragraph: etree._Element) -> bool:
    number = paragraph.find(f"{W}pPr/{W}numPr/{W}numId")
    return number is not None and number.get(f"{W}val") == "0"


def _mark(paragraph: etree._Element, bookmark: str, number: int) -> None:
    properties = next(paragraph.iterchildren(_PROPERTIES), None)
    start = etree.Element(f"{W}bookmarkStart", {f"{W}id": str(100000 + number), f"{W}name": bookmark})
    end = etree.Element(f"{W}bookmarkEnd", {f"{W}id": str(100000 + number)})
    paragraph.insert(0 if properties is None else 1, start)
    paragraph.append(end)


def _model(placeholder: etree._Element, style: str, *, numbered: bool) -> etree._Element:
    """A contents line without its words, in the shape of the placeholder and the style of a level."""
    line = etree.Element(_PARAGRAPH)
    properties = placeholder.find(_PROPERTIES)
    properties = deepcopy(properties) if properties is not None else etree.Element(_PROPERTIES)
    for old in properties.findall(_STYLE):
        properties.remove(old)
    if style:
        properties.insert(0, etree.Element(_STYLE, {_VALUE: style}))
    line.append(properties)
    link = etree.SubElement(line, f"{W}hyperlink", {f"{W}anchor": "", f"{W}history": "1"})
    for part in ("number", "tab", "text") if numbered else ("text",):
        run = etree.SubElement(link, f"{W}r")
        if part == "tab":
            etree.SubElement(run, f"{W}tab")
        else:
            etree.SubElement(run, f"{W}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    return line


def _line(model: etree._Element, bookmark: str, number: str, text: str) -> etree._Element:
    """A contents line, linked to its heading."""
    line = deepcopy(model)
    link = line[-1]
    link.set(f"{W}anchor", bookmark)
    for run, written in ((link[0], number), (link[-1], text)):
        run[0].text = written
    return line
