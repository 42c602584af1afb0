"""Compares two tables row by row and cell by cell, and names the place of a cell as a reader would."""

from __future__ import annotations

from dataclasses import replace

from pipeline.compare.align import align, alike
from pipeline.compare.passages import Cell, Passage, Row, Table
from pipeline.compare.results import Difference, Kind, Part, Where
from pipeline.compare.signatures import form, read_form
from pipeline.compare.wording import UNSEEN, Findings, compare_passages, in_one_line, readable

_MANY_ROWS = 300
"""In a table with more rows, one is named by its first cell alone."""


def compare_tables(old: Table, new: Table, part: Part, where: Where, found: Findings) -> None:
    """Add to `found` what differs in a table that stands at `where`."""
    part = Part.TABLE if part is Part.BODY else part
    for one, other in align(old.rows, new.rows, lambda row: row.key, _row_likeness):
        if one is None and other is not None and other.text:
            place = replace(where, row=_row_name(new, other))
            looks = [look for cell in other.cells for look in cell.passage.looks]
            unseen = bool(looks) and all(look & UNSEEN for look in looks)
            kind = Kind.HIDDEN if unseen else Kind.ADDED
            found.differences.append(Difference(kind, part, place, after=readable(other.text), detail="row"))
        elif one is not None and other is None and one.text:
            place = replace(where, row=_row_name(old, one))
            found.differences.append(Difference(Kind.REMOVED, part, place, before=readable(one.text), detail="row"))
        elif one is not None and other is not None:
            for cell, became in _cell_pairs(one, other):
                at = cell or became
                if at is None:
                    continue
                place = cell_place(old, one, at, where)
                nothing = Passage("")
                before, after = cell.passage if cell else nothing, became.passage if became else nothing
                compare_passages(before, after, part, place, found)


def _cell_pairs(old: Row, new: Row) -> list[tuple[Cell | None, Cell | None]]:
    if len(old.cells) == len(new.cells):
        return list(zip(old.cells, new.cells, strict=True))
    return align(
        old.cells,
        new.cells,
        lambda cell: cell.passage.key,
        lambda one, other: alike(one.passage.text, other.passage.text),
    )


def _row_likeness(old: Row, new: Row) -> float:
    if len(old.cells) == len(new.cells):
        shapes = [(form(one.passage), other.passage) for one, other in zip(old.cells, new.cells, strict=True)]
        if any(shape for shape, _ in shapes) and all(
            read_form(shape, passage) is not None for shape, passage in shapes if shape
        ):
            rest = [
                one.passage.key == other.passage.key
                for one, other, (shape, _) in zip(old.cells, new.cells, shapes, strict=True)
                if shape is None
            ]
            return 1.0 if all(rest) else 0.6
        same = sum(one.passage.key == other.passage.key for one, other in zip(old.cells, new.cells, strict=True))
        return max(alike(old.text, new.text), same / max(len(old.cells), 1))
    return alike(old.text, new.text)


def cell_place(table: Table, row: Row, cell: Cell, where: Where) -> Where:
    """Row and column of a cell, by the words at their heads."""
    header = table.rows[0].cells if table.rows and table.rows[0].header and row is not table.rows[0] else ()
    column = next((one.passage.text for one in header if one.column == cell.column), "")
    return replace(where, row=_row_name(table, row) if len(row.cells) > 1 else "", column=in_one_line(column))


def _row_name(table: Table, row: Row) -> str:
    """As many cells as tell the row apart from the others of its table."""
    for count in range(1, 4 if len(table.rows) <= _MANY_ROWS else 2):
        name = [in_one_line(cell.passage.text) for cell in row.cells[:count]]
        if (
            len(table.rows) > _MANY_ROWS
            or sum([in_one_line(cell.passage.text) for cell in one.cells[:count]] == name for one in table.rows) <= 1
        ):
            break
    return " ".join(entry for entry in name if entry)


def is_same_form(old: Table, new: Table) -> bool:
    """Whether two tables are one form, however much was filled in."""
    if len(old.rows) != len(new.rows):
        return False
    cells = [
        pair
        for one, other in zip(old.rows, new.rows, strict=True)
        for pair in zip(one.cells, other.cells, strict=False)
    ]
    shapes = [(shape, other.passage) for one, other in cells if (shape := form(one.passage)) is not None]
    return bool(shapes) and all(read_form(shape, passage) is not None for shape, passage in shapes)
