"""An export as blocks of columns, and where each field of our model lies among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.load.characters import Glyphs
from pipeline.load.exports import Export
from pipeline.load.formats import FORMATS, format_of
from pipeline.load.formats.blocks import Block, blocks_of, rows_of
from pipeline.load.formats.table import Layout, Table, Unreadable
from pipeline.load.instants import ISO
from pipeline.load.rows import Row
from pipeline.model.records import ImportProfile, Origin
from pipeline.problems import Place, Problem, did_you_mean, error, warning


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """An export that is being read: its profile for this format, its columns, and where each field lies among them."""

    export: Export
    profile: ImportProfile
    table: Table
    positions: Mapping[str, int]
    glyphs: Glyphs
    problems: list[Problem]

    @property
    def origin(self) -> Origin:
        """The file as the place of tickets."""
        column = self.positions.get("ticket", 0) + 1 if self.table.gridded else 1
        return Origin(self.export.file, self.export.month, column)

    def blocks(self, *, everything: bool = False) -> Iterator[Block]:
        """The columns that the profile names, or all of them."""
        width = len(self.table.header)
        wanted = range(width) if everything else sorted(set(self.positions.values()))
        if self.table.blocks is not None:
            return self.table.blocks(wanted)
        return blocks_of(self.table.rows, width, wanted)

    def row(self, line: int, cells: Sequence[str]) -> Row:
        """A row by its cells, one for each column that the file has there."""
        return Row(
            profile=self.profile,
            month=self.export.month,
            file=self.export.file,
            line=line,
            fields=cells,
            positions=self.positions,
            width=len(self.table.header),
            glyphs=self.glyphs,
            problems=self.problems,
            gridded=self.table.gridded,
        )

    def row_of(self, block: Block, at: int) -> Row:
        """One of the rows of a block; columns that were not read are empty."""
        cells = [""] * len(self.table.header)
        for position, column in block.cells.items():
            cells[position] = column[at].as_py()
        return self.row(int(block.lines[at]), cells)

    def cells(self, field: str, block: Block) -> pa.Array:
        """The cells of a field as `Row.raw` gives them: trimmed, empty where missing, the profile's constant."""
        profile = self.profile
        if field in profile.constants or field not in self.positions:
            return pa.repeat(profile.constants.get(field, ""), len(block)).cast(pa.string())
        cells = pc.utf8_trim_whitespace(block.cells[self.positions[field]])
        missing = sorted(profile.missing - {""})
        if missing:
            cells = pc.if_else(pc.is_in(cells, pa.array(missing, pa.string())), "", cells)
        return cells


def read_blocks(
    export: Export, glyphs: Glyphs, problems: list[Problem], *, everything: bool = False
) -> Iterator[tuple[Opened, Block]]:
    """An export in blocks of columns: those that its profile names, or everything.

    Problems that make the whole file unusable are added to `problems`.
    """
    form = FORMATS[format_of(export.path.name, export.profile.format)]
    profile = as_typed(export.profile) if form.typed else export.profile
    layout = Layout(
        encoding=profile.encoding,
        delimiter=profile.delimiter,
        sheet=profile.sheet,
        header_row=profile.header_row,
        records=profile.records,
        columns=tuple(profile.columns.values()),
    )
    try:
        table = form.open(export.path, layout)
        positions = _positions(table, export, problems)
        if positions is None:
            return
        opened = Opened(export, profile, table, positions, glyphs, problems)
        for block in opened.blocks(everything=everything):
            yield opened, block
    except Unreadable as mistake:
        place = Place(export.file, mistake.line, mistake.column)
        hint = mistake.hint.replace("{profile}", export.profile.source.file)
        problems.append(error(place, mistake.code, mistake.message, hint))
        return
    for name in sorted(table.unseen):
        message = f"no record has {name!r}"
        problems.append(warning(Place(export.file), "column-missing", message, did_you_mean(name, table.names)))


def read_rows(export: Export, glyphs: Glyphs, problems: list[Problem]) -> Iterator[Row]:
    """The same row by row."""
    for opened, block in read_blocks(export, glyphs, problems, everything=True):
        yield from (opened.row(line, cells) for line, cells in rows_of([block]))


def as_typed(profile: ImportProfile) -> ImportProfile:
    """The profile for a format with types, which writes times and numbers in its own way."""
    formats = profile.date_formats if ISO in profile.date_formats else (*profile.date_formats, ISO)
    return replace(profile, date_formats=formats, decimal=".")


def _positions(table: Table, export: Export, problems: list[Problem]) -> Mapping[str, int] | None:
    """Field -> index of its column; None, with problems, when a column is missing or named twice."""
    columns = export.profile.columns
    names = list(table.names or table.header)
    mistakes = []
    if table.gridded and not any(table.header):
        message, hint = "the file has no header row", ""
        if export.profile.header_row > 1:
            hint = f"{export.profile.source.file} says header_row: {export.profile.header_row}"
        mistakes.append(error(Place(export.file), "csv-empty", message, hint))
    else:
        for name in columns.values():
            if name not in table.header:
                message = f"the column {name!r} is missing"
                mistakes.append(
                    error(Place(export.file, table.header_line), "column-missing", message, did_you_mean(name, names))
                )
            elif names.count(name) > 1:
                second = names.index(name, names.index(name) + 1) + 1
                place = Place(export.file, table.header_line, second)
                mistakes.append(error(place, "column-twice", f"the column {name!r} appears twice"))
    problems += mistakes
    return None if mistakes else {field: table.header.index(name) for field, name in columns.items()}
