"""Text with a delimiter: CSV and its kin."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from pipeline.load.formats.blocks import Block, pieces, read_blocks, rows_of
from pipeline.load.formats.table import MAX_CELL, MAX_COLUMNS, Layout, Table, Unreadable

ENCODINGS = ("utf-8", "gbk", "gb18030", "utf-16", "windows-1252")
DELIMITERS = (",", ";", "\t", "|")
_CHUNK = 1 << 20
_LONGEST_HEADER = 2 * MAX_CELL


def open_delimited(path: Path, layout: Layout) -> Table:
    """The rows below the header."""
    parts = _parts(path, layout)
    line, piece = next(parts, (layout.header_row, b""))
    header, lines, length = _header(piece, line, layout.delimiter)
    if len(header) > MAX_COLUMNS:
        message = f"the table has more than {MAX_COLUMNS:,} columns"
        raise Unreadable("too-large", message, "leave the columns that are not needed out of the export", line)

    def blocks(wanted: Sequence[int]) -> Iterator[Block]:
        rest = chain([(line + lines, piece[length:])], parts)
        return read_blocks(rest, layout.delimiter, len(header), wanted)

    rows = (row for row in rows_of(blocks(range(len(header)))))
    return Table(tuple(name.strip() for name in header), rows, header_line=line, blocks=blocks)


def _header(piece: bytes, line: int, delimiter: str) -> tuple[list[str], int, int]:
    """The first record, its length in lines, and in bytes."""
    text = piece[:_LONGEST_HEADER].decode(errors="ignore")
    lines = io.StringIO(text, newline="")
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as mistake:
        raise Unreadable("csv-syntax", f"not valid CSV: {mistake}", line=line) from None
    return header, reader.line_num, len(text[: lines.tell()].encode())


def _parts(path: Path, layout: Layout) -> Iterator[tuple[int, bytes]]:
    """The file from the header on, in UTF-8 and in pieces, each with its first line number."""
    skipped = layout.header_row - 1
    with path.open("rb") as file:
        stream = _InUtf8(path, file, layout.encoding)
        stream.skip(skipped)
        for line, piece in pieces(stream):
            yield line + skipped, piece


class _InUtf8:
    """A file as UTF-8 without a byte order mark; Unreadable where it is in another encoding than stated."""

    def __init__(self, path: Path, file: BinaryIO, encoding: str) -> None:
        self._path = path
        self._file = file
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._done = self._lines = 0
        self._held = b""

    def read(self, size: int, /) -> bytes:
        """About so many bytes; none at the end."""
        if held := self._held:
            self._held = b""
            return held
        while chunk := self._file.read(size):
            if read := self._decoded(chunk, final=False):
                return read
        return self._decoded(b"", final=True)

    def skip(self, lines: int) -> None:
        """Leave the first lines out."""
        while lines and (read := self.read(_CHUNK)):
            parts = read.split(b"\n", lines)
            lines -= len(parts) - 1
            self._held = parts[-1] if not lines else b""

    def _decoded(self, chunk: bytes, *, final: bool) -> bytes:
        start = self._done
        self._done += len(chunk)
        if self._encoding == "utf-8" and start == 0:
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
        try:
            if self._encoding == "utf-8":
                return self._checked(chunk, final=final)
            text = self._decoder.decode(chunk, final=final)
        except UnicodeDecodeError as mistake:
            at = start - (len(mistake.object) - len(chunk)) + mistake.start
            raise _wrong_encoding(self._path, self._encoding, at, self._lines) from None
        except UnicodeError:  # UTF-16 without a mark that tells its order of bytes
            raise _wrong_encoding(self._path, self._encoding, 0, 0) from None
        self._lines += text.count("\n")
        return text.removeprefix("\ufeff").encode() if start == 0 else text.encode()

    def _checked(self, chunk: bytes, *, final: bool) -> bytes:
        """UTF-8 up to the last whole character: checked by pyarrow, which is ten times faster than decoding it."""
        held, _ = self._decoder.getstate()
        whole = held + chunk
        cut = len(whole) if final else _last_whole(whole)
        try:
            pa.array([whole[:cut]], pa.binary()).cast(pa.string())
        except pa.ArrowInvalid:
            self._decoder.decode(chunk, final=final)
        self._decoder.setstate((whole[cut:], 0))
        return whole[:cut]


def _last_whole(content: bytes) -> int:
    """Where the last character that is whole ends."""
    for back in range(1, min(4, len(content)) + 1):
        lead = content[-back]
        if lead & 0xC0 != 0x80:  # noqa: PLR2004 - the byte that begins a character
            length = 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4  # noqa: PLR2004
            return len(content) - back if length > back else len(content)
    return len(content)


def _wrong_encoding(path: Path, encoding: str, start: int, lines: int) -> Unreadable:
    """Points at the first wrong byte."""
    column = 1
    with path.open("rb") as stream:
        head = stream.read(4)
        if encoding != "utf-16":
            stream.seek(0)
            lines, column, left = 0, 1, start
            while left:
                part = stream.read(min(left, _CHUNK))
                left -= len(part)
                lines += part.count(b"\n")
                column = len(part) - part.rfind(b"\n") if b"\n" in part else column + len(part)
    likely = "utf-8"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        likely = "utf-16"
    elif encoding == "utf-8":
        likely = "gb18030"
    hint = f"write its encoding into {{profile}}, for example encoding: {likely}"
    return Unreadable("encoding", f"the file is not {encoding.upper()}", hint, lines + 1, column)
