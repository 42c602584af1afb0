"""Decides which paragraph, table, row or control of the old text became which of the new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.compare.align import align, alike
from pipeline.compare.names import W, value
from pipeline.redline.markup import BLOCKS, exact
from pipeline.redline.pieces import Piece, control_key, pieces, spoken

_SAME_FIRST = 2.0
"""Rows named alike belong together, whatever else they say."""
_ALIKE = 0.4
_MOST_PAIRS = 60_000
"""A redline takes the time that a check of a stranger's file may not."""
_NO_FIRST = 0.5
"""Rows without a name are paired where nothing else is."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A paragraph, table or content control; `line` is that of a paragraph."""

    element: etree._Element
    key: str
    text: str
    line: tuple[Piece, ...] = ()

    @property
    def is_paragraph(self) -> bool:
        """Whether it can end a cell."""
        return self.element.tag == f"{W}p"


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of a table, with what it says in all, in its first cell, and how it is divided."""

    element: etree._Element
    key: str
    first: str
    shape: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RowPair:
    """A row and what it became; `cells` only where both are divided alike."""

    old: Row | None
    new: Row | None
    cells: tuple[tuple[Pair, ...], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A block and what it became, with what they hold.

    `ends_later`: the paragraph that ends here in one text ends with the last of the following one-sided ones in the
    other; `ends_earlier` marks that last one, with the paragraph whose end it has.
    """

    old: Block | None
    new: Block | None
    rows: tuple[RowPair, ...] = ()
    inner: tuple[Pair, ...] = ()
    ends_later: bool = False
    ends_earlier: Block | None = None


_Pairs = list[tuple[Block | None, Block | None]]


@dataclass(slots=True)
class Reader:
    """Reads blocks once, however often they are asked for."""

    _known: dict[int, Block] = field(default_factory=dict)

    def blocks(self, container: etree._Element) -> list[Block]:
        """What stands in a body, a cell, a running head, a note or a control."""
        return [self.block(one) for one in container if one.tag in BLOCKS]

    def block(self, element: etree._Element) -> Block:
        """A block by its element."""
        if id(element) not in self._known:
            self._known[id(element)] = self._read(element)
        return self._known[id(element)]

    def _read(self, element: etree._Element) -> Block:
        if element.tag == f"{W}p":
            line = pieces(element)
            text = spoken(line)
            style = value(element.find(f"{W}pPr/{W}pStyle"))
            return Block(element, f"{style}\x1f{text}", text, line)
        if element.tag == f"{W}tbl":
            text = "\n".join(self.row(row).key for row in element.findall(f"{W}tr"))
            return Block(element, f"tbl\x1f{text}", text)
        if element.tag == f"{W}sdt":
            content = element.find(f"{W}sdtContent")
            text = "" if content is None else "\n".join(one.text for one in self.blocks(content))
            return Block(element, f"{control_key(element)}\x1f{text}", text)
        return Block(element, exact(element), "")

    def row(self, element: etree._Element) -> Row:
        """A row by its element."""
        cells = element.findall(f"{W}tc")
        texts = ["\n".join(one.text for one in self.blocks(cell)) for cell in cells]
        edges = [exact(element.find(f"{W}trPr/{W}{name}")) for name in ("gridBefore", "gridAfter")]
        shape = (*edges, *(_shape(cell) for cell in cells))
        return Row(element, "\x1e".join(texts), texts[0] if texts else "", shape)


def _shape(cell: etree._Element) -> str:
    properties = cell.find(f"{W}tcPr")
    if properties is None:
        return "1"
    merge = properties.find(f"{W}vMerge")
    vertical = "" if merge is None else value(merge, default="continue")
    return f"{value(properties.find(f'{W}gridSpan'), default='1')} {vertical} {exact(properties.find(f'{W}hMerge'))}"


def planned(reader: Reader, old: Sequence[Block], new: Sequence[Block], *, fixed_end: bool = False) -> tuple[Pair, ...]:
    """Pairs in reading order; with `fixed_end` the last block of the one is what the last of the other became."""
    pairs = _aligned(old, new)
    later: tuple[Block, ...] = ()
    if old and new and old[-1].is_paragraph and new[-1].is_paragraph and None in pairs[-1]:
        pairs, later = _with_end(pairs, old, new, fixed_end=fixed_end)
    made = [_paired(reader, one, other) for one, other in pairs]
    if later:
        at = next(index for index, (one, other) in enumerate(pairs) if (one, other) == later)
        base = made[at]
        missing = base.old if pairs[-1][0] is None else base.new
        made[at] = Pair(base.old, base.new, ends_later=True)
        made[-1] = Pair(made[-1].old, made[-1].new, ends_earlier=missing)
    return tuple(made)


def _aligned(old: Sequence[Block], new: Sequence[Block]) -> _Pairs:
    """What became of each block; where too much changed to say, what is not alike is no pair."""
    found: _Pairs = []
    for one, other in align(old, new, lambda block: block.key, _likeness, _MOST_PAIRS):
        if one is not None and other is not None and _likeness(one, other) < _ALIKE:
            found += [(one, None), (None, other)]
        else:
            found.append((one, other))
    return found


def _with_end(
    pairs: _Pairs, old: Sequence[Block], new: Sequence[Block], *, fixed_end: bool
) -> tuple[_Pairs, tuple[Block, ...]]:
    """The pairs such that the last paragraphs belong together: the end of the last one can neither come nor go."""
    start = next((index + 1 for index in range(len(pairs) - 1, -1, -1) if None not in pairs[index]), 0)
    tail = pairs[start:]
    gone = [one for one, _ in tail if one is not None]
    come = [other for _, other in tail if other is not None]
    if gone and come:
        rest = [pair for pair in tail if pair[0] is not gone[-1] and pair[1] is not come[-1]]
        return [*pairs[:start], *rest, (gone[-1], come[-1])], ()
    one, other = pairs[start - 1] if start else (None, None)
    if not fixed_end and one and other and one.is_paragraph and all(block.is_paragraph for block in (*gone, *come)):
        return pairs, (one, other)
    return [*_aligned(old[:-1], new[:-1]), (old[-1], new[-1])], ()


def _likeness(one: Block, other: Block) -> float:
    if one.element.tag != other.element.tag:
        return 0.0
    if one.element.tag == f"{W}sdt":
        return float(control_key(one.element) == control_key(other.element))
    if one.element.tag == f"{W}tbl":
        head, heads = one.text.partition("\n")[0], other.text.partition("\n")[0]
        return max(alike(one.text, other.text), 0.6 if head == heads else 0.0)
    return alike(one.text, other.text) if one.element.tag == f"{W}p" else 0.0


def _paired(reader: Reader, old: Block | None, new: Block | None) -> Pair:
    if old is None or new is None or old.is_paragraph:
        return Pair(old, new)
    if old.element.tag == f"{W}tbl":
        before, after = ([reader.row(row) for row in one.element.findall(f"{W}tr")] for one in (old, new))
        pairs = align(before, after, lambda row: row.key, _row_likeness)
        return Pair(old, new, rows=tuple(_paired_rows(reader, pairs)))
    contents = [one.element.find(f"{W}sdtContent") for one in (old, new)]
    blocks = [[] if one is None else reader.blocks(one) for one in contents]
    return Pair(old, new, inner=planned(reader, *blocks))


def _row_likeness(one: Row, other: Row) -> float:
    likeness = alike(one.key, other.key)
    if one.first != other.first:
        return likeness
    return _SAME_FIRST + likeness if one.first else max(likeness, _NO_FIRST)


def _paired_rows(reader: Reader, pairs: Sequence[tuple[Row | None, Row | None]]) -> Iterator[RowPair]:
    for old, new in pairs:
        if old is None or new is None:
            yield RowPair(old, new)
        elif old.shape != new.shape:
            yield RowPair(old, None)
            yield RowPair(None, new)
        else:
            cells = zip(old.element.findall(f"{W}tc"), new.element.findall(f"{W}tc"), strict=True)
            yield RowPair(
                old, new, tuple(planned(reader, reader.blocks(one), reader.blocks(other)) for one, other in cells)
            )


def paragraphs(pairs: Sequence[Pair]) -> Iterator[tuple[etree._Element, etree._Element]]:
    """Every paragraph that became another, at any depth."""
    for pair in pairs:
        if pair.old is not None and pair.new is not None and pair.old.is_paragraph:
            yield pair.old.element, pair.new.element
        yield from paragraphs(pair.inner)
        for row in pair.rows:
            for cell in row.cells:
                yield from paragraphs(cell)
