"""Drawings in Word documents: a paragraph that says `[[picture:NAME]]` gives way to the picture of that name.

Word 2013 and LibreOffice show no SVG, so a drawing is rendered to PNG: by WeasyPrint with our fonts and by PDFium at a
fixed resolution, which gives the same bytes every time.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lxml import etree

from pipeline.problems import Place, did_you_mean, error
from pipeline.render.package import RELATION, W, add_part, relate, words
from pipeline.render.pdf import render_pdf
from pipeline.render.templates import TemplateMistake

DPI = 220
EMU = 36000
"""English Metric Units to a millimetre: what Word measures pictures in."""

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_START = "[[picture:"
_PLACEHOLDER = re.compile(r"\[\[picture:([a-z][a-z0-9-]*)\]\]")
_FIRST_ID = 7001
"""Number of the first picture among the drawings of a document, which Word wants to be unique."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with the size it is shown at; `alt` says in words what it shows."""

    content: bytes
    width_mm: float
    height_mm: float
    alt: str


NO_PICTURES: Mapping[str, Picture] = {}


@lru_cache(maxsize=8)
def drawn(svg: str, size_mm: tuple[float, float], name: str, folder: Path) -> bytes:
    """A drawing as PNG; `name` is the template that it was drawn with, for messages."""
    import pypdfium2  # noqa: PLC0415 - only documents with drawings need it

    width, height = size_mm
    uri = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
    page = (
        f"@page {{size: {width}mm {height}mm; margin: 0}} body {{margin: 0}} img {{display: block; width: {width}mm}}"
    )
    html = f'<html lang="en"><title>{name}</title><style>{page}</style><img alt="{name}" src="{uri}">'
    with pypdfium2.PdfDocument(render_pdf(html, name, folder)) as document:
        image = document[0].render(scale=DPI / 72).to_pil().convert("RGB")
    buffer = io.BytesIO()
    # a drawing has few colours: a palette makes it a third of the size, and `kmeans` keeps greys grey
    image.quantize(256, kmeans=1).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def place_pictures(
    document: etree._Element, parts: dict[str, bytes], pictures: Mapping[str, Picture], file: str
) -> None:
    """Put each picture where the document asks for it; TemplateMistake for a name that is not there."""
    for number, (paragraph, name) in enumerate(_placeholders(document)):
        if name not in pictures:
            message = f"there is no picture {name!r} for this document"
            raise TemplateMistake(error(Place(file), "template", message, did_you_mean(name, pictures)))
        part = f"word/media/{name}.png"
        add_part(parts, part, pictures[name].content, "image/png")
        relation = relate(parts, "word/document.xml", part, "image")
        for child in list(paragraph):
            if child.tag != f"{W}pPr":
                paragraph.remove(child)
        paragraph.append(_inline(pictures[name], name, relation, _FIRST_ID + number))


def _placeholders(document: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    if _START not in words(document):
        return
    for paragraph in list(document.iter(f"{W}p")):
        found = _PLACEHOLDER.fullmatch(words(paragraph).strip())
        if found:
            yield paragraph, found[1]


def _inline(picture: Picture, name: str, relation: str, number: int) -> etree._Element:
    width, height = (str(round(one * EMU)) for one in (picture.width_mm, picture.height_mm))
    run = etree.Element(f"{W}r", nsmap={"w": W[1:-1], "r": RELATION})
    inline = etree.SubElement(
        etree.SubElement(run, f"{W}drawing"),
        f"{{{_DRAWING}/wordprocessingDrawing}}inline",
        dict.fromkeys(("distT", "distB", "distL", "distR"), "0"),
        nsmap={"wp": f"{_DRAWING}/wordprocessingDrawing", "a": f"{_DRAWING}/main", "pic": f"{_DRAWING}/picture"},
    )
    described = {"id": str(number), "name": name, "descr": picture.alt}
    _child(inline, "wordprocessingDrawing", "extent", cx=width, cy=height)
    _child(inline, "wordprocessingDrawing", "docPr", **described)
    frame = _child(inline, "wordprocessingDrawing", "cNvGraphicFramePr")
    _child(frame, "main", "graphicFrameLocks", noChangeAspect="1")
    data = _child(_child(inline, "main", "graphic"), "main", "graphicData", uri=f"{_DRAWING}/picture")
    shown = _child(data, "picture", "pic")
    names = _child(shown, "picture", "nvPicPr")
    _child(names, "picture", "cNvPr", **described)
    _child(names, "picture", "cNvPicPr")
    fill = _child(shown, "picture", "blipFill")
    _child(fill, "main", "blip").set(f"{{{RELATION}}}embed", relation)
    _child(_child(fill, "main", "stretch"), "main", "fillRect")
    shape = _child(shown, "picture", "spPr")
    place = _child(shape, "main", "xfrm")
    _child(place, "main", "off", x="0", y="0")
    _child(place, "main", "ext", cx=width, cy=height)
    _child(_child(shape, "main", "prstGeom", prst="rect"), "main", "avLst")
    return run


def _child(parent: etree._Element, vocabulary: str, tag: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_DRAWING}/{vocabulary}}}{tag}", attributes)
