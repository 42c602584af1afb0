"""What a reader sees of a document: passages of text with their looks, in tables, boxes, notes and running heads."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.compare.looks import Look

OPEN, CLOSE = "\ue000", "\ue001"
"""Around the name of something that a program fills in, such as a page number."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a passage that has a name: the tag of a signature field, or the address of a link."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that stand together; `looks` has one entry a character."""

    text: str
    looks: tuple[Look, ...] = ()
    fields: tuple[Span, ...] = ()
    stamps: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What is compared: equal for texts that Unicode holds for the same."""
        return unicodedata.normalize("NFC", self.text)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph outside of tables, with the number a program shows before it."""

    passage: Passage
    label: str = ""
    level: int = 0
    caption: bool = False

    @property
    def key(self) -> str:
        """What aligns it."""
        return self.passage.key


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, its paragraphs one below the other, standing in the columns from `column` on."""

    column: int
    passage: Passage


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; a header names the columns of the others."""

    cells: tuple[Cell, ...]
    header: bool = False

    @property
    def key(self) -> str:
        """What aligns it; cells are told apart, so that words cannot wander from one to the next."""
        return "\x1f".join(cell.passage.key for cell in self.cells)

    @property
    def text(self) -> str:
        """How it is quoted."""
        return " | ".join(cell.passage.text for cell in self.cells if cell.passage.text)


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `caption` is how the text names it: its number, or its place among the tables."""

    rows: tuple[Row, ...]
    caption: str

    @property
    def key(self) -> str:
        """What aligns it."""
        return "\x1d".join(row.key for row in self.rows)

    @property
    def text(self) -> str:
        """How it is quoted."""
        return "; ".join(row.text for row in self.rows)


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or another drawn thing; `block` says in which block of its story it stands."""

    digest: str
    block: int


@dataclass(frozen=True, slots=True)
class Box:
    """A paragraph that floats over the text: in a text box, or drawn as a watermark."""

    passage: Passage
    block: int

    @property
    def key(self) -> str:
        """What aligns it."""
        return self.passage.key


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address outside of the document."""

    words: str
    address: str


@dataclass(slots=True)
class Story:
    """One continuous text: the body, a running head, a note, or the boxes that float over one of these."""

    blocks: list[Block] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    drawn_from: list[str] = field(default_factory=list)


def passages(blocks: Sequence[Block]) -> Iterator[Passage]:
    """Every passage of a story, in reading order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.passage
        else:
            yield from (cell.passage for row in block.rows for cell in row.cells)


def joined(parts: Sequence[Passage]) -> Passage:
    """Passages one below the other, as in a cell; empty ones leave no trace."""
    text, looks, fields, stamps = "", list[Look](), list[Span](), list[str]()
    for part in parts:
        stamps += part.stamps
        if not part.text and not part.fields:
            continue
        if text:
            text += "\n"
            looks.append(Look.PLAIN)
        fields += [Span(one.start + len(text), one.end + len(text), one.name) for one in part.fields]
        text += part.text
        looks += part.looks
    return Passage(text, tuple(looks), tuple(fields), tuple(stamps))


def labelled(passage: Passage, label: str) -> Passage:
    """A passage with the number before it, where the two are compared as one."""
    if not label or not passage.text:
        return passage
    shift = len(label) + 1
    return Passage(
        f"{label} {passage.text}",
        (Look.PLAIN,) * shift + passage.looks,
        tuple(Span(one.start + shift, one.end + shift, one.name) for one in passage.fields),
        passage.stamps,
    )
