"""An export as blocks of columns: its encoding, its header, and where each field of our model lies."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.load.blocks import MAX_FIELD, Block, SyntaxMistakeError, pieces, read_blocks
from pipeline.load.characters import Glyphs
from pipeline.load.exports import Export
from pipeline.load.rows import Row
from pipeline.model.records import Origin
from pipeline.problems import Place, Problem, did_you_mean, error


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """An export that is being read: its columns, and where each field lies among them."""

    export: Export
    header: tuple[str, ...]
    positions: Mapping[str, int]
    glyphs: Glyphs
    problems: list[Problem]

    @property
    def origin(self) -> Origin:
        """The file as the place of tickets."""
        return Origin(self.export.file, self.export.month, self.positions.get("ticket", 0) + 1)

    def row(self, line: int, cells: Sequence[str]) -> Row:
        """A row by its cells, one for each column that the file has there."""
        export, width = self.export, len(self.header)
        return Row(
            export.profile, export.month, export.file, line, cells, self.positions, width, self.glyphs, self.problems
        )

    def row_of(self, block: Block, at: int) -> Row:
        """One of the rows of a block; columns that were not read are empty."""
        cells = [""] * len(self.header)
        for position, column in block.cells.items():
            cells[position] = column[at].as_py()
        return self.row(int(block.lines[at]), cells)

    def cells(self, field: str, block: Block) -> pa.Array:
        """The cells of a field as `Row.raw` gives them: trimmed, empty where missing, the profile's constant."""
        profile = self.export.profile
        if field in profile.constants or field not in self.positions:
            return pa.repeat(profile.constants.get(field, ""), len(block)).cast(pa.string())
        cells = pc.utf8_trim_whitespace(block.cells[self.positions[field]])
        missing = sorted(profile.missing - {""})
        if missing:
            cells = pc.if_else(pc.is_in(cells, pa.array(missing, pa.string())), "", cells)
        return cells


def read_tables(
    export: Export, glyphs: Glyphs, problems: list[Problem], *, everything: bool = False
) -> Iterator[tuple[Table, Block]]:
    """An export in blocks of the columns that its profile names; problems that make the file unusable are added."""
    try:
        with export.path.open("rb") as file:
            parts = _decoded(file, export.profile.encoding)
            line, piece = next(parts, (1, b""))
            header, lines, length = _header(piece, export.profile.delimiter)
            positions = _positions(header, export, problems)
            if positions is None:
                return
            table = Table(export, tuple(header), positions, glyphs, problems)
            wanted = range(len(header)) if everything else sorted(set(positions.values()))
            rest = chain([(line + lines, piece[length:])], parts)
            for block in read_blocks(rest, export.profile.delimiter, len(header), wanted):
                yield table, block
    except _EncodingMistakeError as mistake:
        problems.append(_not_encoded(export, *mistake.args))
    except SyntaxMistakeError as mistake:
        line, what = mistake.args
        problems.append(error(Place(export.file, line), "csv-syntax", f"not valid CSV: {what}"))


class _EncodingMistakeError(ValueError):
    """The file is in another encoding: the line that shows it, and the bytes before."""


def _decoded(file: BinaryIO, encoding: str) -> Iterator[tuple[int, bytes]]:
    """The pieces of a file in UTF-8, without a byte order mark."""
    for line, raw in pieces(file):
        piece = raw.removeprefix(codecs.BOM_UTF8) if encoding == "utf-8" and line == 1 else raw
        try:
            yield line, _in_utf8(piece, encoding)
        except UnicodeDecodeError as mistake:
            raise _EncodingMistakeError(line, piece[: mistake.start]) from None


def _in_utf8(piece: bytes, encoding: str) -> bytes:
    """The same text in UTF-8; UnicodeDecodeError where it is not in that encoding."""
    if encoding != "utf-8":
        return piece.decode(encoding).encode()
    try:
        pa.array([piece], pa.binary()).cast(pa.string())  # several times faster than `decode`, but says not where
    except pa.ArrowInvalid:
        piece.decode()
    return piece


def _header(piece: bytes, delimiter: str) -> tuple[list[str], int, int]:
    """The first record, its length in lines, and in bytes."""
    text = piece[: 4 * MAX_FIELD].decode(errors="ignore")
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as mistake:
        raise SyntaxMistakeError(1, str(mistake)) from None
    return header, reader.line_num, len(text[: lines.tell()].encode())


def _not_encoded(export: Export, line: int, before: bytes) -> Problem:
    encoding = export.profile.encoding
    place = Place(export.file, line + before.count(b"\n"), len(before) - before.rfind(b"\n"))
    hint = f"write its encoding into {export.profile.source.file}, for example encoding: "
    hint += "gb18030" if encoding == "utf-8" else "utf-8"
    return error(place, "encoding", f"the file is not {encoding.upper()}", hint)


def _positions(header: Sequence[str], export: Export, problems: list[Problem]) -> Mapping[str, int] | None:
    """Field -> index of its column; None, with problems, when a column is missing or named twice."""
    names = [name.strip() for name in header]
    mistakes = []
    if not any(names):
        mistakes.append(error(Place(export.file), "csv-empty", "the file has no header row"))
    else:
        for name in export.profile.columns.values():
            if name not in names:
                mistakes.append(
                    error(
                        Place(export.file),
                        "column-missing",
                        f"the column {name!r} is missing",
                        did_you_mean(name, names),
                    )
                )
            elif names.count(name) > 1:
                second = names.index(name, names.index(name) + 1) + 1
                place = Place(export.file, 1, second)
                mistakes.append(error(place, "column-twice", f"the column {name!r} appears twice"))
    problems += mistakes
    return None if mistakes else {field: names.index(name) for field, name in export.profile.columns.items()}
