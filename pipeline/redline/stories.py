"""Writes a planned text - body, running head or note - with what changed in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy

from lxml import etree

from pipeline.compare.names import W
from pipeline.redline.lines import State, merged, one_sided
from pipeline.redline.markup import BLOCKS, Pen, exact, make, same, shell, without
from pipeline.redline.pieces import pieces
from pipeline.redline.plan import Block, Pair, RowPair
from pipeline.redline.writing import NoteSeen, held, paragraph_properties, written


class Writer:
    """Writes stories with one pen; `beyond` lists what it could not express."""

    def __init__(self, pen: Pen, note_seen: NoteSeen) -> None:
        self.beyond: list[str] = []
        self._pen = pen
        self._note_seen = note_seen

    def write(self, pairs: Sequence[Pair]) -> Iterator[etree._Element]:
        """The blocks of the merged text."""
        shift = State.KEPT
        for pair in pairs:
            old, new = pair.old, pair.new
            if pair.ends_later and old and new:
                shift = State.ADDED if pairs[-1].old is None else State.DELETED
                yield self._paragraph(old, new, State.KEPT, mark=shift)
            elif pair.ends_earlier is not None:
                yield self._last(pair, pair.ends_earlier)
            elif old is None or new is None:
                yield from self._one_sided(old, new)
            elif old.is_paragraph:
                yield self._paragraph(old, new, State.KEPT, mark=State.KEPT)
            elif old.element.tag == f"{W}tbl":
                yield self._table(old.element, new.element, pair.rows)
            elif old.element.tag == f"{W}sdt":
                yield from held(new.element, list(self.write(pair.inner)), State.KEPT, self._pen)
            else:
                yield self._untracked(new.element, is_new=exact(old.element) != exact(new.element))

    def _one_sided(self, old: Block | None, new: Block | None) -> Iterator[etree._Element]:
        block = old or new
        if block is not None:
            yield from self.alone(block.element, State.DELETED if old else State.ADDED)

    def alone(self, element: etree._Element, state: State) -> Iterator[etree._Element]:
        """A block that is only in one of the texts."""
        if element.tag == f"{W}p":
            row = one_sided(pieces(element), state)
            old, new = (element, None) if state is State.DELETED else (None, element)
            yield self._put(element, paragraph_properties(_of(old), _of(new), state, self._pen), row)
        elif element.tag == f"{W}tbl":
            yield self._frame(element, [self._row_alone(row, state) for row in element.findall(f"{W}tr")])
        elif element.tag == f"{W}sdt":
            content = element.find(f"{W}sdtContent")
            inner = [] if content is None else [made for one in content for made in self.alone(one, state)]
            yield from held(element, inner, state, self._pen)
        elif element.tag in BLOCKS:
            yield self._untracked(element, is_new=True)

    def _untracked(self, element: etree._Element, *, is_new: bool) -> etree._Element:
        if is_new:
            self.beyond.append(etree.QName(element).localname)
        return deepcopy(element)

    def _paragraph(self, old: Block, new: Block, state: State, *, mark: State) -> etree._Element:
        row = merged(old.line, new.line) if state is State.KEPT else ()
        return self._put(
            new.element, paragraph_properties(_of(old.element), _of(new.element), mark, self._pen), row,
            section=_section(old.element, new.element, self._pen),
        )  # fmt: skip

    def _last(self, pair: Pair, whose: Block) -> etree._Element:
        """The last of several that came or went at the end of a cell: its end was that of another, or becomes it."""
        block = pair.old or pair.new or whose
        state = State.DELETED if pair.old else State.ADDED
        old, new = (block, whose) if pair.old else (whose, block)
        properties = paragraph_properties(_of(old.element), _of(new.element), State.KEPT, self._pen)
        return self._put(block.element, properties, one_sided(block.line, state))

    def _put(
        self,
        element: etree._Element,
        properties: etree._Element | None,
        row: Sequence[object],
        section: etree._Element | None = None,
    ) -> etree._Element:
        made = shell(element)
        if section is not None:
            properties = make("pPr") if properties is None else properties
            change = properties.find(f"{W}pPrChange")
            properties.insert(len(properties) if change is None else len(properties) - 1, section)
        if properties is not None:
            made.append(properties)
        made.extend(written(row, self._pen, self._note_seen))  # type: ignore[arg-type]
        return made

    # -- tables -------------------------------------------------------------------------------------------------------

    def _table(self, old: etree._Element, new: etree._Element, rows: Sequence[RowPair]) -> etree._Element:
        made = self._frame(new, [self._row(row) for row in rows])
        self._former(made.find(f"{W}tblPr"), old.find(f"{W}tblPr"), "tblPr")
        grid, before = made.find(f"{W}tblGrid"), old.find(f"{W}tblGrid")
        if grid is not None and before is not None and not same(grid, before):
            change = self._pen.former("tblGridChange", "tblGrid", before)
            for name in ("author", "date"):
                del change.attrib[f"{W}{name}"]
            grid.append(change)
        return made

    def _frame(self, table: etree._Element, rows: Sequence[etree._Element]) -> etree._Element:
        kept = {f"{W}tblPr", f"{W}tblGrid"}
        made = shell(table, (deepcopy(one) for one in table if one.tag in kept))
        self.beyond += [etree.QName(one).localname for one in table if one.tag not in {*kept, f"{W}tr"}]
        made.extend(rows)
        return made

    def _former(self, properties: etree._Element | None, old: etree._Element | None, name: str) -> None:
        """Record what properties were; those of a table always stand there, others are made where missing."""
        if properties is not None and not same(properties, old):
            properties.append(self._pen.former(f"{name}Change", name, old))

    def _row_alone(self, row: etree._Element, state: State) -> etree._Element:
        made = shell(row, (deepcopy(one) for one in row if one.tag == f"{W}tblPrEx"))
        properties = deepcopy(row.find(f"{W}trPr"))
        properties = make("trPr") if properties is None else properties
        properties.append(self._pen.mark(state.value))
        made.append(properties)
        for cell in row.findall(f"{W}tc"):
            inner = [one for block in cell if block.tag in BLOCKS for one in self.alone(block, state)]
            made.append(_cell(cell, inner))
        self._note_odd(row)
        return made

    def _row(self, pair: RowPair) -> etree._Element:
        if pair.old is None or pair.new is None:
            row = pair.old or pair.new
            return self._row_alone(row.element, State.DELETED if pair.old else State.ADDED)  # type: ignore[union-attr]
        old, new = pair.old.element, pair.new.element
        made = shell(new)
        for name in ("tblPrEx", "trPr"):
            properties, before = deepcopy(new.find(f"{W}{name}")), old.find(f"{W}{name}")
            if properties is None and exact(before):
                properties = make(name)
            if properties is not None:
                self._former(properties, before, name)
                made.append(properties)
        cells = zip(old.findall(f"{W}tc"), new.findall(f"{W}tc"), pair.cells, strict=True)
        for before, after, blocks in cells:
            cell = _cell(after, list(self.write(blocks)))
            properties = cell.find(f"{W}tcPr")
            if properties is None and exact(before.find(f"{W}tcPr")):
                properties = make("tcPr")
                cell.insert(0, properties)
            self._former(properties, before.find(f"{W}tcPr"), "tcPr")
            made.append(cell)
        self._note_odd(old)
        self._note_odd(new)
        return made

    def _note_odd(self, row: etree._Element) -> None:
        known = {f"{W}{name}" for name in ("tblPrEx", "trPr", "tc")}
        self.beyond += [etree.QName(one).localname for one in row if one.tag not in known]


def _cell(cell: etree._Element, inner: Sequence[etree._Element]) -> etree._Element:
    return shell(cell, [*(deepcopy(one) for one in cell if one.tag == f"{W}tcPr"), *inner])


def _of(paragraph: etree._Element | None) -> etree._Element | None:
    """The properties of a paragraph, empty ones where it has none; None where there is no paragraph."""
    if paragraph is None:
        return None
    found = paragraph.find(f"{W}pPr")
    return make("pPr") if found is None else found


def _section(old: etree._Element, new: etree._Element, pen: Pen) -> etree._Element | None:
    sections = [one.find(f"{W}pPr/{W}sectPr") for one in (old, new)]
    return section(sections[0], sections[1], pen)


def section(old: etree._Element | None, new: etree._Element | None, pen: Pen) -> etree._Element | None:
    """The properties of a section, with what they were; its running heads are merged by themselves."""
    if new is None:
        return None
    made = deepcopy(new)
    made.tail = None
    heads = ("headerReference", "footerReference")
    if not same(without(old, *heads), without(new, *heads)):
        made.append(pen.former("sectPrChange", "sectPr", without(old, *heads)))
    return made
