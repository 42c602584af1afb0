"""A paragraph as a row of pieces: words, signs, whole fields, and what stands around some of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from lxml import etree

from pipeline.compare.names import W, value
from pipeline.redline.markup import HOLDERS, RANGES, exact, unnumbered, without

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*%?|[^\W\d_\u2e80-\uffff]+|.", re.DOTALL)
"""A number, a word of letters, else a character: Chinese has no words that a program could be sure of."""
_NOTES = (f"{W}footnoteReference", f"{W}endnoteReference")
_SKIPPED = (f"{W}pPr", f"{W}sdtPr", f"{W}sdtEndPr")


class Kind(Enum):
    """What a piece is."""

    WORDS = auto()
    SIGN = auto()
    WHOLE = auto()
    RANGE = auto()
    HOLDER = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part of a line that is changed as one; pieces with equal keys say the same, whatever they look like.

    `elements` are what it is made of: nothing for words, what stands in the run for a sign, whole runs for a field.
    """

    kind: Kind
    key: str
    text: str = ""
    looks: etree._Element | None = None
    elements: tuple[etree._Element, ...] = ()
    inner: tuple[Piece, ...] = ()

    @property
    def note(self) -> str:
        """The id of the note that it refers to."""
        return value(self.elements[0], "id") if self.elements and self.elements[0].tag in _NOTES else ""


def pieces(holder: etree._Element) -> tuple[Piece, ...]:
    """What stands in a paragraph, or in what is around some of its runs."""
    return tuple(_pieces([one for one in holder if isinstance(one.tag, str) and one.tag not in _SKIPPED]))


def _pieces(children: Sequence[etree._Element]) -> Iterator[Piece]:
    index = 0
    while index < len(children):
        child = children[index]
        closed = _field_end(children, index)
        if closed:
            index = closed
            runs = tuple(children[children.index(child) : closed])
            yield Piece(Kind.WHOLE, "field " + "".join(unnumbered(run) for run in runs), elements=runs)
            continue
        index += 1
        if child.tag == f"{W}r":
            yield from _of_run(child)
        elif child.tag in RANGES:
            yield Piece(Kind.RANGE, exact(child), elements=(child,))
        elif child.tag in HOLDERS:
            yield _holder(child)
        else:
            yield Piece(Kind.WHOLE, unnumbered(child), elements=(child,))


def _field_end(children: Sequence[etree._Element], start: int) -> int:
    """Behind the end of the field that begins here; 0 where none does, or where it ends in another paragraph."""
    depth = 0
    for index in range(start, len(children)):
        mark = children[index].find(f"{W}fldChar") if children[index].tag == f"{W}r" else None
        kind = value(mark, "fldCharType")
        depth += {"begin": 1, "end": -1}.get(kind, 0)
        if depth <= 0:
            return index + 1 if index > start else 0
        if children[index].tag != f"{W}r":
            return 0
    return 0


def _of_run(run: etree._Element) -> Iterator[Piece]:
    looks = run.find(f"{W}rPr")
    content = run[-1] if len(run) else None
    if content is None or content is looks:
        return
    if content.tag == f"{W}commentReference":
        yield Piece(Kind.RANGE, exact(run), elements=(run,))
    elif content.tag == f"{W}t":
        for token in _TOKEN.findall(content.text or ""):
            yield Piece(Kind.WORDS, token, token, looks)
    elif content.tag in _NOTES:
        yield Piece(Kind.SIGN, content.tag, looks=looks, elements=(content,))
    else:
        yield Piece(Kind.SIGN, unnumbered(content), looks=looks, elements=(content,))


def _holder(element: etree._Element) -> Piece:
    if element.tag == f"{W}sdt":
        content = element.find(f"{W}sdtContent")
        return Piece(
            Kind.HOLDER, control_key(element), elements=(element,), inner=() if content is None else pieces(content)
        )
    key = element.tag + repr(sorted(element.attrib.items()))
    return Piece(Kind.HOLDER, key, elements=(element,), inner=pieces(element))


def control_key(control: etree._Element) -> str:
    """What tells a content control from others: all its properties but its number."""
    return "sdt " + exact(without(control.find(f"{W}sdtPr"), "id"))


def spoken(row: Sequence[Piece]) -> str:
    """What a line says, to find its counterpart; what is no words stands there as one sign."""
    said = []
    for piece in row:
        if piece.kind is Kind.HOLDER:
            said.append(spoken(piece.inner))
        elif piece.kind is Kind.WORDS:
            said.append(piece.text)
        elif piece.kind is not Kind.RANGE:
            said.append("\ufffc")
    return "".join(said)
