"""Small pieces of markup: names, exact comparison of elements, and the elements that say who changed something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy

from lxml import etree

from pipeline.compare.names import SPACE, VML, W
from pipeline.redline.results import Revision

BLOCKS = frozenset(f"{W}{name}" for name in ("p", "tbl", "sdt", "altChunk"))
HOLDERS = frozenset(f"{W}{name}" for name in ("hyperlink", "sdt", "bdo", "dir"))
"""What stands around runs within a paragraph."""
RANGES = frozenset(
    f"{W}{name}" for name in ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd")
)  # fmt: skip
OFFICE = "{urn:schemas-microsoft-com:office:office}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
FAR = 1_000_000
"""Added to ids of the old file where those of both stand in one part."""
FAR_NOTE = 10_000
"""The same for notes, whose ids end at 32,767."""
DELETED = {f"{W}t": f"{W}delText", f"{W}instrText": f"{W}delInstrText"}
"""What words are called where they are deleted."""


def same(one: etree._Element | None, other: etree._Element | None) -> bool:
    """Whether two elements say the same; an empty one says nothing."""
    return exact(one) == exact(other)


def exact(element: etree._Element | None) -> str:
    """An element as text, equal for equal ones; empty where there is nothing in it."""
    if element is None or (not len(element) and not element.attrib and not (element.text or "").strip()):
        return ""
    return _exact(element)


def is_drawn(element: etree._Element) -> bool:
    """Whether an element is a drawing's: its ids only tell it from others of its file."""
    return element.tag == DRAWN or element.tag.startswith((VML, OFFICE))


def unnumbered(element: etree._Element) -> str:
    """An element as text, without what only tells drawings apart."""
    drawn = [one for one in element.iter(etree.Element) if is_drawn(one)]
    if not drawn:
        return exact(element)
    made = deepcopy(element)
    for one in [one for one in made.iter(etree.Element) if is_drawn(one)]:
        for name in ("id", "type"):
            one.attrib.pop(name, "")
    return exact(made)


def _exact(element: etree._Element) -> str:
    # prefixes and the room between elements differ from program to program
    inner = "".join([_exact(child) for child in element if isinstance(child.tag, str)])
    text = element.text or ""
    said = repr(sorted(element.attrib.items())) if element.attrib else ""
    return f"<{element.tag}{said}>{text if not inner or text.strip() else ''}{inner}</>"


def spaces(element: etree._Element) -> dict[str, str]:
    """The prefixes that an element knows, without one for no prefix."""
    return {prefix: name for prefix, name in element.nsmap.items() if prefix} | {"w": W[1:-1]}


def shell(element: etree._Element, inner: Iterable[etree._Element] = ()) -> etree._Element:
    """An element with the attributes of another one, and contents of its own."""
    made = etree.Element(
        element.tag, {str(key): str(said) for key, said in element.attrib.items()}, nsmap=spaces(element)
    )
    made.extend(inner)
    return made


def make(name: str, attributes: Mapping[str, str] | None = None) -> etree._Element:
    """An element of the word-processing vocabulary, with attributes of it."""
    named = {f"{W}{key}": value for key, value in (attributes or {}).items()}
    return etree.Element(f"{W}{name}", named, nsmap={"w": W[1:-1]})


def without(element: etree._Element | None, *names: str) -> etree._Element | None:
    """A copy without some of its children."""
    if element is None:
        return None
    made = deepcopy(element)
    made.tail = None
    for child in [one for one in made if one.tag in {f"{W}{name}" for name in names}]:
        made.remove(child)
    return made


def words(text: str, *, deleted: bool = False) -> etree._Element:
    """Words within a run."""
    made = make("delText" if deleted else "t")
    made.set(SPACE, "preserve")
    made.text = text
    return made


class Pen:
    """Makes the elements that record a change, all by one author on one day."""

    def __init__(self, revision: Revision, first: int) -> None:
        self._author = revision.author
        self._date = f"{revision.day.isoformat()}T00:00:00Z"
        self._next = first

    def mark(self, name: str) -> etree._Element:
        """A change of the kind `name`."""
        return make(name, {"id": str(self._number()), "author": self._author, "date": self._date})

    def range(self, name: str) -> tuple[etree._Element, etree._Element]:
        """The start and end of a stretch, such as the one that holds the edge of a content control."""
        start = self.mark(f"{name}Start")
        return start, make(f"{name}End", {"id": start.get(f"{W}id", "")})

    def former(self, name: str, holder: str, old: etree._Element | None) -> etree._Element:
        """A change of looks: what they were."""
        return shell(self.mark(name), [make(holder) if old is None else deepcopy(old)])

    def _number(self) -> int:
        self._next += 1
        return self._next - 1
