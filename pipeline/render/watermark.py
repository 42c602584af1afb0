"""Watermarks as wide as their words: Word stretches a watermark's text over the size that its shape was drawn with."""

from __future__ import annotations

import re
import unicodedata

from lxml import etree

V = "{urn:schemas-microsoft-com:vml}"
_HEIGHT = 130.0
_WIDEST = 470.0
"""Points; the diagonal of an A4 page leaves about this much between its margins."""
_LATIN = 0.8


def fit_watermarks(header: etree._Element) -> None:
    """Give each watermark of a header the size that keeps the proportions of its letters."""
    for text in header.iter(f"{V}textpath"):
        shape, words = text.getparent(), text.get("string", "")
        if shape is None or not shape.get("id", "").startswith("PowerPlusWaterMarkObject") or not words.strip():
            continue
        letters = sum(1.0 if unicodedata.east_asian_width(one) in "WF" else _LATIN for one in words)
        width = min(_HEIGHT * letters, _WIDEST)
        for name, size in (("width", width), ("height", width / letters)):
            shape.set("style", re.sub(rf"(^|;){name}:[^;]*", rf"\g<1>{name}:{size:.1f}pt", shape.get("style", "")))
