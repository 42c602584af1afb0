"""Small pieces of markup: names, exact comparison of elements, and the elements that say who changed something."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from pipeline.compare.names import SPACE, W
from pipeline.redline.results import Revision

BLOCKS = frozenset(f"{W}{name}" for name in ("p", "tbl", "sdt", "altChunk"))
HOLDERS = frozenset(f"{W}{name}" for name in ("hyperlink", "sdt", "bdo", "dir"))
"""What stands around runs within a paragraph."""
RANGES = frozenset(
    f"{W}{name}" for name in ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd")
)  # fmt: skip
DELETED = {f"{W}t": f"{W}delText", f"{W}instrText": f"{W}delInstrText"}
"""What words are called where they are deleted."""


def same(one: etree._Element | None, other: etree._Element | None) -> bool:
    """Whether two elements say the same; an empty one says nothing."""
    return exact(one) == exact(other)


def exact(element: etree._Element | None) -> str:
    """An element as text, equal for equal ones; empty where there is nothing in it."""
    if element is None or (not len(element) and not element.attrib and not (element.text or "").strip()):
        return ""
    return etree.tostring(element, method="c14n", exclusive=True, with_tail=False).decode()


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
    made = etree.Element(f"{W}{'delText' if deleted else 't'}", {SPACE: "preserve"})
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
        made = etree.Element(
            f"{W}{name}", {f"{W}id": str(self._number()), f"{W}author": self._author, f"{W}date": self._date}
        )
        return made

    def range(self, name: str) -> tuple[etree._Element, etree._Element]:
        """The start and end of a stretch, such as the one that holds the edge of a content control."""
        start = self.mark(f"{name}Start")
        return start, etree.Element(f"{W}{name}End", {f"{W}id": start.get(f"{W}id", "")})

    def former(self, name: str, holder: str, old: etree._Element | None) -> etree._Element:
        """A change of looks: what they were."""
        made = self.mark(name)
        made.append(etree.Element(f"{W}{holder}") if old is None else deepcopy(old))
        made[0].tail = None
        return made

    def _number(self) -> int:
        self._next += 1
        return self._next - 1
