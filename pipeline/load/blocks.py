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
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv as arrow_csv

PIECE = 1 << 24
"""Bytes read at a time."""

MAX_FIELD = 1_000_000

_THREAD = 4 * MAX_FIELD
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
    odd: tuple[tuple[int, list[str]], ...] = ()

    def __len__(self) -> int:
        return len(self.lines)


class SyntaxMistakeError(ValueError):
    """The file is no CSV: the line, and what is wrong with it."""


def pieces(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The file in pieces that end with a record, each with its first line number.

    A line end inside quotes ends no record: as long as the quotes of a piece do not pair up, it goes on.
    """
    line, held = 1, b""
    while read := file.read(PIECE):
        held += read
        end = held.rfind(b"\n") + 1
        piece = held[:end]
        if end and (b'"' not in piece or piece.count(b'"') % 2 == 0):
            held = held[end:]
            yield line, piece
            line += piece.count(b"\n") + _bare_returns(piece)
    if held:
        yield line, held


def read_blocks(
    parts: Iterable[tuple[int, bytes]], delimiter: str, width: int, wanted: Sequence[int]
) -> Iterator[Block]:
    """Pieces in UTF-8, each with its first line number, as columns; SyntaxMistakeError where they are no CSV.

    `width` is the number of columns, `wanted` the positions to keep. A piece that does not read may go on in the next:
    quotes that pair up are not always those of one field.
    """
    line, held, mistake = 0, b"", None
    for first, piece in parts:
        line, held = (line, held + piece) if held else (first, piece)
        try:
            block = _read_block(held, line, delimiter, width, wanted)
        except SyntaxMistakeError as found:
            mistake = found
        else:
            held = b""
            yield block
    if held and mistake is not None:
        raise mistake


def _read_block(piece: bytes, first: int, delimiter: str, width: int, wanted: Sequence[int]) -> Block:
    """A piece whose first line has that number as columns."""
    quoted = _QUOTED_LINE.findall(piece) if b'"' in piece else []
    bare = _QUOTED_LINE.sub(b"", piece) if quoted else piece
    if any(line.count(b'"') % 2 for line in quoted) or _bare_returns(piece):
        return _read_rows(piece.decode(), first, delimiter, width, wanted)
    fast = _read_bare(bare, delimiter, width, wanted)
    if fast is None:
        return _read_rows(piece.decode(), first, delimiter, width, wanted)
    if not quoted:
        return Block(fast, first + np.arange(_rows(fast), dtype=np.int64))
    try:
        rest = _read_rows(b"".join(quoted).decode(), 0, delimiter, width, wanted)
    except SyntaxMistakeError:
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
    if b"\0" in bare or longest > MAX_FIELD:
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
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[list[str]] = [[] for _ in wanted]
    lines: list[int] = []
    odd: list[tuple[int, list[str]]] = []
    line = first
    try:
        for fields in reader:
            if len(fields) == width:
                lines.append(line)
                for column, at in zip(columns, wanted, strict=True):
                    column.append(fields[at])
            elif fields:
                odd.append((line, fields))
            line = first + reader.line_num
    except csv.Error as mistake:
        raise SyntaxMistakeError(line, str(mistake)) from None
    cells = {at: pa.array(column, pa.string()) for at, column in zip(wanted, columns, strict=True)}
    return Block(cells, np.array(lines, np.int64), tuple(odd))
