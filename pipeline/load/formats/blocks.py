"""CSV as columns of cells, a piece of the file at a time, so that memory does not grow with its size.

A million rows cost more than a second as Python lists; so lines without quotes go through pyarrow, which then has
nothing to interpret but separators, and only the others through `csv`, whose reading is the one that counts. Whatever
pyarrow might see differently (a row of another length, an empty line, a bare carriage return) is left to `csv` as well.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv as arrow_csv

from pipeline.load.formats.table import MAX_CELL, MAX_RECORD, Record, Unreadable

PIECE = 1 << 23
"""Bytes read at a time."""

MOST_HELD = 4 * PIECE
"""Bytes after which a piece ends at a line, whatever its quotes."""

BATCH = 50_000
"""Rows of a block where a format has no columns."""

_THREAD = 4 * MAX_CELL
"""Bytes that one thread reads: no row of that width is longer."""

_QUOTED_LINE = re.compile(rb'[^\n"]*"[^\n]*(?:\n|\Z)')
_BARE_RETURN = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """n rows: the cells of each column asked for, by position, and the lines that the rows begin in.

    `odd` are further rows, with more or fewer cells than the header.
    """

    cells: Mapping[int, pa.Array]
    lines: npt.NDArray[np.int64]
    odd: tuple[Record, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)


class Readable(Protocol):
    """What pieces are read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def pieces(file: Readable) -> Iterator[tuple[int, bytes]]:
    """The file in pieces that end with a record, each with its first line number.

    A line end inside quotes ends no record: as long as the quotes of a piece do not pair up, it goes on.
    """
    line, held = 1, b""
    while read := file.read(PIECE):
        held += read
        end = held.rfind(b"\n") + 1
        piece = held[:end]
        if len(held) - end > MAX_RECORD:
            message = f"a line has more than {MAX_RECORD:,} characters"
            raise Unreadable("huge-line", message, line=line + piece.count(b"\n") + _bare_returns(piece))
        if end and (b'"' not in piece or piece.count(b'"') % 2 == 0 or end > MOST_HELD):
            held = held[end:]
            yield line, piece
            line += piece.count(b"\n") + _bare_returns(piece)
    if held:
        yield line, held


def read_blocks(
    parts: Iterable[tuple[int, bytes]], delimiter: str, width: int, wanted: Sequence[int]
) -> Iterator[Block]:
    """Pieces in UTF-8, each with its first line number, as columns; Unreadable where they are no CSV.

    `width` is the number of columns, `wanted` the positions to keep. A piece that does not read may go on in the next:
    quotes that pair up are not always those of one field.
    """
    line, held = 0, b""
    mistake: Unreadable | None = None
    for first, piece in parts:
        line, held = (line, held + piece) if held else (first, piece)
        try:
            block = _read_block(held, line, delimiter, width, wanted)
        except Unreadable as found:
            mistake = found
        else:
            held = b""
            yield block
            mistake = None
        if mistake is not None and len(held) > MOST_HELD:
            break
    if mistake is not None:
        raise mistake


def _read_block(piece: bytes, first: int, delimiter: str, width: int, wanted: Sequence[int]) -> Block:
    """A piece whose first line has that number as columns."""
    quoted = _QUOTED_LINE.findall(piece) if b'"' in piece else []
    bare = _QUOTED_LINE.sub(b"", piece) if quoted else piece
    if any(line.count(b'"') % 2 for line in quoted) or _bare_returns(piece) or not wanted:
        return _read_rows(piece.decode(), first, delimiter, width, wanted)
    fast = _read_bare(bare, delimiter, width, wanted)
    if fast is None:
        return _read_rows(piece.decode(), first, delimiter, width, wanted)
    if not quoted:
        return Block(fast, first + np.arange(_rows(fast), dtype=np.int64))
    try:
        rest = _read_rows(b"".join(quoted).decode(), 0, delimiter, width, wanted)
    except Unreadable:
        rest = None
    if rest is None or len(rest) + len(rest.odd) != len(quoted):
        return _read_rows(piece.decode(), first, delimiter, width, wanted)
    numbers = _quoted_lines(piece)
    plain = np.setdiff1d(np.arange(len(numbers) + _rows(fast), dtype=np.int64), numbers, assume_unique=True)
    place = np.concatenate([plain, numbers[rest.lines]])
    order = np.argsort(place, kind="stable")
    taken = pa.array(order)
    cells = {at: pa.concat_arrays([fast[at], rest.cells[at]]).take(taken) for at in wanted}
    odd = tuple((first + int(numbers[line]), fields) for line, fields in rest.odd)
    return Block(cells, first + place[order], odd)


def _rows(columns: Mapping[int, pa.Array]) -> int:
    return len(next(iter(columns.values())))


def _bare_returns(piece: bytes) -> int:
    """Carriage returns that end a line by themselves, as `csv` sees it."""
    return len(_BARE_RETURN.findall(piece)) if b"\r" in piece else 0


def _quoted_lines(piece: bytes) -> npt.NDArray[np.int64]:
    """The numbers, from 0, of the lines of a piece that have quotes in them."""
    content = np.frombuffer(piece, np.uint8)
    ends = np.flatnonzero(content == ord("\n"))
    return np.unique(np.searchsorted(ends, np.flatnonzero(content == ord('"')))).astype(np.int64)


def _read_bare(bare: bytes, delimiter: str, width: int, wanted: Sequence[int]) -> dict[int, pa.Array] | None:
    """Lines without quotes as columns; None where any of them is not simply one row of that width."""
    if not bare:
        return {at: pa.array([], pa.string()) for at in wanted}
    ends = np.flatnonzero(np.frombuffer(bare, np.uint8) == ord("\n"))
    rows = len(ends) + (not bare.endswith(b"\n"))
    longest = np.diff(ends, prepend=-1, append=len(bare)).max()
    if b"\0" in bare or longest > MAX_CELL:
        return None
    names = [str(at) for at in range(width)]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(bare),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_THREAD),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[str(at) for at in wanted],
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != rows:
        return None
    return {at: table.column(str(at)).combine_chunks() for at in wanted}


def _read_rows(text: str, first: int, delimiter: str, width: int, wanted: Sequence[int]) -> Block:
    """The same by `csv`, which knows all about quotes."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)

    def rows() -> Iterator[Record]:
        line = first
        try:
            for fields in reader:
                if fields:
                    yield line, fields
                line = first + reader.line_num
        except csv.Error as mistake:
            raise Unreadable("csv-syntax", f"not valid CSV: {mistake}", line=line) from None

    return block_of(rows(), width, wanted)


def block_of(rows: Iterable[Record], width: int, wanted: Sequence[int]) -> Block:
    """Rows as columns."""
    columns: list[list[str]] = [[] for _ in wanted]
    lines: list[int] = []
    odd: list[Record] = []
    for line, fields in rows:
        if len(fields) == width:
            lines.append(line)
            for column, at in zip(columns, wanted, strict=True):
                column.append(fields[at])
        else:
            odd.append((line, fields))
    cells = {at: pa.array(column, pa.string()) for at, column in zip(wanted, columns, strict=True)}
    return Block(cells, np.array(lines, np.int64), tuple(odd))


def blocks_of(rows: Iterator[Record], width: int, wanted: Sequence[int]) -> Iterator[Block]:
    """The records of a format that has no columns of its own, some at a time."""
    some: list[Record] = []
    mistake: Unreadable | None = None
    try:
        for row in rows:
            some.append(row)
            if len(some) == BATCH:
                yield block_of(some, width, wanted)
                some = []
    except Unreadable as found:
        mistake = found
    if some:
        yield block_of(some, width, wanted)
    if mistake is not None:
        raise mistake


def rows_of(blocks: Iterable[Block]) -> Iterator[Record]:
    """Blocks of whole rows, row by row, in order of their lines."""
    for block in blocks:
        columns = zip(*(block.cells[at].to_pylist() for at in sorted(block.cells)), strict=True)
        rows: list[Record] = [*zip(block.lines.tolist(), map(list, columns), strict=True), *block.odd]
        yield from sorted(rows, key=lambda row: row[0]) if block.odd else rows
