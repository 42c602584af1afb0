"""What makes a file read differently from what its words say: markup for some programs only, styles that hide, covers.

Neither Word nor LibreOffice writes any of this when it saves an agreement again, so its mere presence is a difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from pipeline.compare.looks import FAINTEST, contrast
from pipeline.compare.names import MC, W, value, whole
from pipeline.compare.package import Package
from pipeline.compare.results import Difference, Kind, Part, Where

WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_LARGEST = 2_400_000
"""EMU, 360,000 to the centimetre: company seals are 4 to 6 cm wide."""
_TINY = 8
"""Half points."""
_PLACES = frozenset({f"{W}r", f"{W}p", f"{W}body", f"{W}tc", f"{W}hdr", f"{W}ftr", f"{W}sdtContent"})
"""Where a reader of words looks at alternatives."""


def disguises(sent: Package, returned: Package) -> Iterator[Difference]:
    """A difference for each kind of disguise that the returned file has more of than the one that was sent."""
    for finding in disguises_of(returned) - disguises_of(sent):
        kind, detail = finding
        yield Difference(kind, Part.FILE, Where(), detail=detail)


def disguises_of(package: Package) -> Counter[tuple[Kind, str]]:
    """How often each disguise stands in one part, at most: a part that is there twice disguises nothing more."""
    found: Counter[tuple[Kind, str]] = Counter()
    for name, tree in package.xml.items():
        if not name.endswith(".rels"):
            found |= Counter(disguise for element in tree.iter() for disguise in _of(element))
    return found


def _of(element: etree._Element) -> Iterator[tuple[Kind, str]]:
    if f"{MC}ProcessContent" in element.attrib:
        yield Kind.OBJECT, "words in markup that only some programs show"
    if element.tag == f"{MC}AlternateContent":
        parent = element.getparent()
        if parent is not None and parent.tag.startswith(W) and parent.tag not in _PLACES:
            yield Kind.OBJECT, "alternatives of which each program shows another"
    elif element.tag == f"{W}tblStylePr" and value(element, "type") != "firstRow":
        if _hides(element):
            yield Kind.HIDDEN, "a table style that hides words"
    elif element.tag == f"{WP}anchor" and _covers(element):
        yield Kind.PICTURE, "a picture larger than a seal, floating over the text"
    elif element.tag == f"{W}rtl" and value(element, default="true").lower() not in {"0", "false", "off"}:
        yield Kind.HIDDEN, "words written from right to left"


def _hides(conditional: etree._Element) -> bool:
    properties: Mapping[str, etree._Element] = {one.tag: one for one in conditional.iter() if isinstance(one.tag, str)}
    if any(f"{W}{name}" in properties for name in ("vanish", "hidden", "strike", "dstrike")):
        return True
    size = whole(value(properties.get(f"{W}sz")), 21)
    colour, fill = value(properties.get(f"{W}color"), default="auto"), value(properties.get(f"{W}shd"), "fill", "auto")
    behind = "FFFFFF" if fill == "auto" else fill
    return size <= _TINY or (colour != "auto" and contrast(colour.upper(), behind.upper()) < FAINTEST)


def _covers(anchor: etree._Element) -> bool:
    extent = anchor.find(f"{WP}extent")
    sizes = [] if extent is None else [whole(extent.get("cx", "0")), whole(extent.get("cy", "0"))]
    return any(size > _LARGEST for size in sizes)
