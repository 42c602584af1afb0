"""Excel workbooks (.xlsx): typed cells of one sheet, below any title rows."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import python_calamine

from pipeline.load.formats.table import Layout, Record, Table, Unreadable, allowed, check_cells, too_large
from pipeline.load.formats.texts import text
from pipeline.problems import did_you_mean

MAX_CELLS = 20_000_000
"""Cells of the rectangle that a sheet spans; the library holds all of them."""

_CHUNK = 1 << 18
_RATIO = 100
"""What sheets unpack to: they repeat themselves."""
_REACH = re.compile(rb"\br\s*=\s*[\"']\$?([A-Za-z]{1,3})\$?[0-9]")
_FAR_ROWS = re.compile(rb"\br\s*=\s*[\"']\$?[A-Za-z]{0,3}\$?0*([0-9]{5,})")
_NEAR = 10_000
"""Rows that need no search: up to four digits."""

_OLE = b"\xd0\xcf\x11\xe0"
_HEADER = 30


def open_workbook(path: Path, layout: Layout) -> Table:
    """The rows of a sheet that are not empty, as wide as the header; cells without a heading are left out."""
    _check_package(path)
    sheet = _sheet(path, layout.sheet)
    rows = _rows(sheet)
    header: list[str] = []
    for number, cells in rows:
        if number >= layout.header_row:
            header = cells if number == layout.header_row else []
            break
    while header and not header[-1].strip():
        header.pop()
    return Table(tuple(name.strip() for name in header), _below(rows, len(header)), header_line=layout.header_row)


def first_rows(path: Path, count: int) -> Iterator[tuple[str, list[list[str]]]]:
    """The sheets of a workbook in order, with their first rows."""
    _check_package(path)
    for name in _opened(path).sheet_names:
        yield name, [cells for _, cells in islice(_rows(_sheet(path, name)), count)]


def _below(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[Record]:
    for number, cells in rows:
        within = cells[:width] + [""] * (width - len(cells))
        if any(cell.strip() for cell in within):
            yield number, check_cells(within, number)


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - as above
    """Every row by its number in the sheet, from column A on."""
    if sheet.start is None:
        return
    left = [""] * sheet.start[1]  # the library begins with row 1, but with the first column that is filled
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, left + [text(cell) for cell in row]


def _opened(path: Path) -> Any:  # noqa: ANN401 - a workbook of the library
    return _asked(lambda: python_calamine.CalamineWorkbook.from_path(str(path)))


def _sheet(path: Path, name: str) -> Any:  # noqa: ANN401 - a sheet of the library
    workbook = _opened(path)
    names = workbook.sheet_names
    if name and name not in names:
        raise Unreadable("sheet-missing", f"there is no sheet {name!r}", did_you_mean(name, names))
    if not names:
        raise Unreadable("sheet-missing", "the workbook has no sheet")
    return _asked(lambda: workbook.get_sheet_by_name(name or names[0]))


def _asked(library: Callable[[], Any]) -> Any:  # noqa: ANN401 - as above
    """What the library answers; Unreadable where it gives up, be it by a failed assertion of its own."""
    try:
        return library()
    except (python_calamine.CalamineError, OSError, ValueError) as mistake:
        raise _unreadable(str(mistake)) from None
    except BaseException as mistake:
        if type(mistake).__name__ == "PanicException":
            why = "its parts contradict each other"
            raise _unreadable(why) from None
        raise


def _unreadable(why: str) -> Unreadable:
    return Unreadable("xlsx-file", f"not a readable .xlsx file: {why.splitlines()[0][:120] if why else 'damaged'}")


def _check_package(path: Path) -> None:
    """Unreadable for what is no package, or unpacks or spans too much: the library itself would take it all."""
    with path.open("rb") as stream:
        if stream.read(4) == _OLE:
            message = "an old .xls file, or one with a password"
            raise Unreadable("xlsx-file", message, "save it as .xlsx without a password")
    try:
        with ZipFile(path) as package:
            members = package.infolist()
        left = allowed(path.stat().st_size, _RATIO)
        for member in members:
            if member.filename.lower().endswith((".xml", ".rels")):
                left -= _check_member(path, member, left)
    except (BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, UnicodeDecodeError) as mistake:
        raise _unreadable(str(mistake)) from None


def _check_member(path: Path, member: ZipInfo, most: int) -> int:
    """Its size; what the package says of the size may be a lie, hence counted."""
    size = 0
    columns: set[bytes] = set()
    last = _NEAR
    overlap = b""
    sheet = "worksheets/" in member.filename
    for chunk in _unpacked(path, member):
        size += len(chunk)
        if size > most:
            raise too_large()
        if len(chunk) == _CHUNK and b"<" not in chunk:
            raise Unreadable("huge-cell", "a cell holds far more text than Excel allows", "leave it out of the export")
        if sheet:
            seen = overlap + chunk
            columns.update(_REACH.findall(seen))
            last = max([last, *(int(number[:9]) for number in _FAR_ROWS.findall(seen))])
            overlap = seen[-40:]
    widest = max(map(_column_number, columns), default=1)
    if last * widest > MAX_CELLS:
        message = f"the sheet spans {last:,} rows and {widest:,} columns"
        raise Unreadable("too-large", message, "delete stray cells far off the table, or save it as CSV")
    return size


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _unpacked(path: Path, member: ZipInfo) -> Iterator[bytes]:
    with path.open("rb") as stream:
        if member.header_offset < 0:
            raise BadZipFile("damaged")
        stream.seek(member.header_offset)
        name, extra = struct.unpack("<26x2H", stream.read(_HEADER))
        stream.seek(name + extra, 1)
        left = member.compress_size
        if member.compress_type == ZIP_STORED:
            while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
                left -= len(chunk)
                yield chunk
            return
        if member.compress_type != ZIP_DEFLATED:
            msg = "packed in a way that Excel does not use"
            raise NotImplementedError(msg)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        while left > 0 and (raw := stream.read(min(left, _CHUNK))):
            left -= len(raw)
            while raw:
                yield inflater.decompress(raw, _CHUNK)
                raw = inflater.unconsumed_tail
        while chunk := inflater.decompress(inflater.unconsumed_tail, _CHUNK):
            yield chunk
