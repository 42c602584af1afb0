"""Reads one part of a document as its reader does: paragraph by paragraph, table by table."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.compare import drawings
from pipeline.compare.looks import Backdrop, Look, Styles
from pipeline.compare.names import MC, THROUGH, W, switched, value, whole
from pipeline.compare.numbering import Numbering
from pipeline.compare.package import Package
from pipeline.compare.paragraphs import Paragraphs
from pipeline.compare.passages import Box, Cell, Paragraph, Passage, Row, Story, Table, joined, labelled
from pipeline.compare.writer import Fields


class Reader(Paragraphs):
    """Reads a part."""

    def __init__(self, package: Package, part: str, styles: Styles, numbering: Numbering) -> None:
        super().__init__(package, part, styles, numbering)
        self._tables = 0

    def read(self, container: etree._Element) -> Story:
        """All that stands in a body, a running head, a note or a box."""
        for block in self._blocks(container):
            self._add(block)
        return self.story

    def _add(self, block: etree._Element) -> None:
        if block.tag == f"{W}p":
            made = self.paragraph(block, Backdrop())
            if made is not None and (made.passage.text or made.passage.fields):
                self.story.blocks.append(made)
            return
        if block.tag in {f"{W}altChunk", f"{W}subDoc"}:
            self.story.objects.append(etree.QName(block).localname)
            return
        self._tables += 1
        above = self.story.blocks[-1] if self.story.blocks else None
        caption = ""
        if isinstance(above, Paragraph) and above.caption:
            caption = above.label or above.passage.text
        rows = tuple(self._row(row, block, number) for number, row in enumerate(self._parts(block, f"{W}tr")))
        self.story.blocks.append(Table(rows, caption or str(self._tables)))

    def _blocks(self, container: etree._Element) -> Iterator[etree._Element]:
        """Paragraphs and tables, whatever is wrapped around them."""
        for child in container:
            if child.tag in {f"{W}p", f"{W}tbl", f"{W}altChunk"}:
                yield child
            elif child.tag == f"{MC}AlternateContent":
                chosen = drawings.branch(child)
                yield from () if chosen is None else self._blocks(chosen)
            elif child.tag == f"{W}sdt":
                self.note_binding(child)
                yield from (one for inner in child.findall(f"{W}sdtContent") for one in self._blocks(inner))
            elif child.tag in THROUGH:
                yield from self._blocks(child)

    def _parts(self, container: etree._Element, tag: str) -> Iterator[etree._Element]:
        """Rows of a table or cells of a row, whatever is wrapped around them."""
        for child in container:
            if child.tag == tag:
                yield child
            elif child.tag == f"{W}sdt":
                self.note_binding(child)
                yield from (one for inner in child.findall(f"{W}sdtContent") for one in self._parts(inner, tag))
            elif child.tag in THROUGH:
                yield from self._parts(child, tag)

    def _row(self, row: etree._Element, table: etree._Element, number: int) -> Row:
        cells, column = [], whole(value(row.find(f"{W}trPr/{W}gridBefore")))
        for cell in self._parts(row, f"{W}tc"):
            backdrop = self._styles.backdrop(table, row, cell, first=number == 0)
            cells.append(Cell(column, joined(list(self._in_cell(cell, backdrop)))))
            column += max(whole(value(cell.find(f"{W}tcPr/{W}gridSpan")), 1), 1)
        return Row(tuple(cells), header=bool(switched(row.find(f"{W}trPr"), "tblHeader")))

    def _in_cell(self, cell: etree._Element, backdrop: Backdrop) -> Iterator[Passage]:
        for block in self._blocks(cell):
            if block.tag == f"{W}tbl":
                for row in self._parts(block, f"{W}tr"):
                    for inner in self._parts(row, f"{W}tc"):
                        yield from self._in_cell(inner, self._styles.backdrop(block, row, inner, first=False))
            elif block.tag == f"{W}p":
                made = self.paragraph(block, backdrop)
                if made is not None:
                    yield labelled(made.passage, made.label)
            else:
                self.story.objects.append(etree.QName(block).localname)

    def box(self, content: etree._Element, look: Look) -> None:
        """Read what floats over the text."""
        held, self._fields = self._fields, Fields(self.story)
        for block in list(self._blocks(content)):
            if block.tag == f"{W}p":
                made = self.paragraph(block, Backdrop(look=look))
                found = [] if made is None else [labelled(made.passage, made.label)]
            elif block.tag == f"{W}tbl":
                rows = [self._row(row, block, 1) for row in self._parts(block, f"{W}tr")]
                found = [cell.passage for row in rows for cell in row.cells]
            else:
                found = []
                self.story.objects.append(etree.QName(block).localname)
            self.story.boxes += [Box(one, len(self.story.blocks)) for one in found if one.text]
        self._fields = held
