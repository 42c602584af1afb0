"""What a drawing shows: words in boxes, pictures, and things that a comparison of words cannot look into."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.compare.names import DRAWING, MC, VML, R, W
from pipeline.compare.package import Relation

_KNOWN = frozenset(
    {
        "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
        "http://schemas.microsoft.com/office/word/2010/wordprocessingCanvas",
        "http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing",
        "http://schemas.microsoft.com/office/word/2010/wordml",
        "http://schemas.microsoft.com/office/word/2012/wordml",
        "http://schemas.microsoft.com/office/drawing/2010/main",
    }
)
"""What every Word since 2010 understands, and shows in place of the fallback."""
_FOREIGN = ("chart", "relIds", "OLEObject", "control", "movie", "contentPart", "model3d")
_SHAPES = frozenset(
    {f"{VML}{name}" for name in ("shape", "rect", "roundrect", "oval", "line", "polyline", "curve", "arc")}
    | {"{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}wsp"}
)


def branch(alternatives: etree._Element) -> etree._Element | None:
    """The one of several renderings that Word shows."""
    for choice in alternatives.findall(f"{MC}Choice"):
        needed = [choice.nsmap.get(prefix, "") for prefix in choice.get("Requires", "").split()]
        if needed and all(name in _KNOWN for name in needed):
            return choice
    return alternatives.find(f"{MC}Fallback")


def shown(drawing: etree._Element) -> Iterator[etree._Element]:
    """The elements of a drawing, of alternatives only the one that is shown; boxes are given, not entered."""
    for child in drawing:
        if child.tag == f"{MC}AlternateContent":
            chosen = branch(child)
            if chosen is not None:
                yield from shown(chosen)
            continue
        yield child
        if child.tag != f"{W}txbxContent":
            yield from shown(child)


def words_of(alternative: etree._Element) -> str:
    """The words of one alternative, to see whether all say the same."""
    return "".join("".join(text.text or "" for text in alternative.iter(f"{W}t")).split())


def pictures(element: etree._Element, relations: dict[str, Relation]) -> Iterator[Relation]:
    """What an element of a drawing shows from another part."""
    names = (f"{R}embed", f"{R}link") if element.tag == f"{DRAWING}blip" else (f"{R}id", f"{R}pict", f"{R}href")
    if element.tag in {f"{DRAWING}blip", f"{VML}imagedata", f"{VML}fill"}:
        yield from (relations[found] for name in names if (found := element.get(name, "")) in relations)


def art_words(element: etree._Element) -> str:
    """The words of a watermark or of other words that are drawn."""
    return (element.get("string") or "").strip() if element.tag == f"{VML}textpath" else ""


def foreign(element: etree._Element) -> str:
    """The name of a thing whose words lie elsewhere: a chart, an embedded file, a control; empty for anything else."""
    name = etree.QName(element).localname
    return name if name in _FOREIGN else ""


def is_bare_shape(element: etree._Element) -> bool:
    """Whether an element is a shape without words or picture, which can cover what lies behind it."""
    if element.tag not in _SHAPES:
        return False
    return not any(
        etree.QName(inner).localname in {"textbox", "txbx", "imagedata", "textpath", "blip"}
        for inner in element.iter("*")
    )


def is_concealed(element: etree._Element) -> bool:
    """Whether a shape is switched off."""
    style = (element.get("style") or "").replace(" ", "").lower()
    return "visibility:hidden" in style or (
        etree.QName(element).localname == "docPr" and element.get("hidden") in {"1", "true"}
    )
