"""Pictures in a Word text as HTML that carries them; a signature line becomes the link that stands for its field."""

from __future__ import annotations

import re

from lxml import etree

from pipeline.render.pages.css import Css, declarations, pt
from pipeline.render.pages.field_links import line_link
from pipeline.render.pages.looks import number
from pipeline.render.pages.word_file import R, WordFile

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SVG = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}"
_V = "{urn:schemas-microsoft-com:vml}"
_EMU = 12700
_WORDLESS = {"zh-CN": "图"}
_FULL = "background-size: 100% 100%"


def picture(file: WordFile, part: str, source: etree._Element) -> etree._Element | None:
    """A drawing or an older shape; None for one that is no picture, or of a kind that pages cannot show."""
    blip, shape = source.find(f".//{_A}blip"), source.find(f".//{_V}imagedata/..")
    if blip is not None:
        return _drawing(file, part, source, blip)
    return None if shape is None else _shape(file, part, shape)


def _drawing(file: WordFile, part: str, source: etree._Element, blip: etree._Element) -> etree._Element | None:
    vector = blip.find(f".//{_SVG}svgBlip")
    shown = file.picture(part, None if vector is None else vector.get(f"{R}embed"))
    shown = shown or file.picture(part, blip.get(f"{R}embed"))
    extent, about = source.find(f".//{_WP}extent"), source.find(f".//{_WP}docPr")
    css = {}
    if extent is not None:
        sides = (("width", "cx"), ("height", "cy"))
        css = {side: pt(number(extent.get(name, "0")) / _EMU) for side, name in sides}
    said = "" if about is None else about.get("descr") or about.get("title") or ""
    return _image(file, shown, said, css)


def _shape(file: WordFile, part: str, shape: etree._Element) -> etree._Element | None:
    data = shape.find(f"{_V}imagedata")
    shown = file.picture(part, None if data is None else data.get(f"{R}id"))
    sides = re.findall(r"(width|height)\s*:\s*([\d.]+)pt", shape.get("style", ""))
    css = {side: pt(number(length)) for side, length in sides}
    link = line_link(shape)
    if link is None:
        return _image(file, shown, shape.get("alt", ""), css)
    # only a background: the form field says in words what it is
    background = f"; background: url({shown}) no-repeat; {_FULL}" if shown else ""
    link.set("style", declarations(css) + background)
    return link


def _image(file: WordFile, shown: str, said: str, css: Css) -> etree._Element | None:
    if not shown:
        return None
    said = said or _WORDLESS.get(file.language, "Figure")
    return etree.Element("img", {"src": shown, "alt": said, "style": declarations(css)})
