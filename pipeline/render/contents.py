"""The table of contents of a Word document, right when it is opened.

Only Word itself knows where its pages break, so a page number written here could be wrong, and a field that Word has
to update greets the reader with a question. The contents therefore name the numbered headings and link to them, without
page numbers; it is still a real TOC field, which whoever edits the file may update.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache

from lxml import etree

from pipeline.render.package import W, words

_PROPERTIES, _STYLE, _VALUE = f"{W}pPr", f"{W}pStyle", f"{W}val"
PLACEHOLDER = "[[toc]]"
LEVELS = 2


def fill_contents(document: etree._Element, styles: bytes) -> None:
    """Replace the paragraph that says `[[toc]]` by one linked line per numbered heading of the first two levels."""
    placeholder = next((one for one in document.iter(f"{W}p") if words(one).strip() == PLACEHOLDER), None)
    if placeholder is None:
        return
    names = style_ids(styles)
    headings = {names.get(f"heading {level}", ""): level for level in range(1, LEVELS + 1)}
    parent = placeholder.getparent()
    if parent is None:
        return
    position = parent.index(placeholder)
    counts = [0] * LEVELS
    lines = []
    for number, paragraph in enumerate(document.iter(f"{W}p"), 1):
        level = headings.get(_style(paragraph))
        if level is None or not (text := words(paragraph).strip()):
            continue
        shown = ""
        if not _unnumbered(paragraph):
            counts[level - 1] += 1
            counts[level:] = [0] * (LEVELS - level)
            shown = ".".join(map(str, counts[:level]))
        bookmark = f"_Toc{number:08d}"
        _mark(paragraph, bookmark, number)
        lines.append(_line(placeholder, names.get(f"toc {level}", ""), bookmark, shown, text))
    keep = [child for child in placeholder if child.tag == f"{W}r" and child.find(f"{W}fldChar") is not None]
    parent.remove(placeholder)
    if keep and lines:
        # the field characters that shared the placeholder's paragraph stay at the ends of the list
        for run in keep:
            kind = run.find(f"{W}fldChar").get(f"{W}fldCharType")  # type: ignore[union-attr]
            lines[-1].append(run) if kind == "end" else lines[0].insert(1, run)
    for offset, line in enumerate(lines):
        parent.insert(position + offset, line)


@lru_cache(maxsize=64)
def style_ids(styles: bytes) -> Mapping[str, str]:
    """Style name in lower case -> style id; Word names its own styles in English whatever the language."""
    tree = etree.fromstring(styles)
    return {
        name.get(f"{W}val", "").lower(): style.get(f"{W}styleId", "")
        for style in tree.iter(f"{W}style")
        if (name := style.find(f"{W}name")) is not None
    }


def _style(paragraph: etree._Element) -> str:
    for properties in paragraph.iterchildren(_PROPERTIES):
        for style in properties.iterchildren(_STYLE):
            return style.get(_VALUE, "")
    return ""


def _unnumbered(paragraph: etree._Element) -> bool:
    number = paragraph.find(f"{W}pPr/{W}numPr/{W}numId")
    return number is not None and number.get(f"{W}val") == "0"


def _mark(paragraph: etree._Element, bookmark: str, number: int) -> None:
    start = etree.Element(f"{W}bookmarkStart", {f"{W}id": str(100000 + number), f"{W}name": bookmark})
    end = etree.Element(f"{W}bookmarkEnd", {f"{W}id": str(100000 + number)})
    paragraph.insert(0 if paragraph.find(f"{W}pPr") is None else 1, start)
    paragraph.append(end)


def _line(model: etree._Element, style: str, bookmark: str, number: str, text: str) -> etree._Element:
    """A contents line in the shape of the placeholder, linked to its heading."""
    line = etree.Element(f"{W}p")
    properties = model.find(f"{W}pPr")
    properties = deepcopy(properties) if properties is not None else etree.Element(f"{W}pPr")
    for old in properties.findall(f"{W}pStyle"):
        properties.remove(old)
    if style:
        properties.insert(0, etree.Element(f"{W}pStyle", {f"{W}val": style}))
    line.append(properties)
    link = etree.SubElement(line, f"{W}hyperlink", {f"{W}anchor": bookmark, f"{W}history": "1"})
    for part in filter(None, (number, "\t" if number else "", text)):
        run = etree.SubElement(link, f"{W}r")
        if part == "\t":
            etree.SubElement(run, f"{W}tab")
        else:
            words = etree.SubElement(run, f"{W}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
            words.text = part
    return line
