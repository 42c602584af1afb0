"""Text with a delimiter: CSV and its kin."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.load.formats.table import MAX_CELL, MAX_RECORD, Layout, Record, Table, Unreadable

ENCODINGS = ("utf-8", "gbk", "gb18030", "utf-16", "windows-1252")
DELIMITERS = (",", ";", "\t", "|")
_CHUNK = 1 << 20


def open_delimited(path: Path, layout: Layout) -> Table:
    """The rows below the header; a file in another encoding is refused before its first row."""
    _check_encoding(path, layout.encoding)
    records = _records(path, layout)
    line, header = next(records, (layout.header_row, []))
    return Table(tuple(name.strip() for name in header), records, header_line=line)


def _records(path: Path, layout: Layout) -> Iterator[Record]:
    """The header, then every row that is not empty, by the line that it starts on."""
    csv.field_size_limit(MAX_CELL)
    skipped = layout.header_row - 1
    with path.open(encoding=layout.encoding, newline="") as stream:
        lines = _lines(stream)
        for _ in range(skipped):
            next(lines, "")
        reader = csv.reader(lines, delimiter=layout.delimiter, strict=True)
        line = skipped + 1
        first = True
        try:
            for fields in reader:
                if fields or first:
                    yield line, fields
                first = False
                line = skipped + reader.line_num + 1
        except csv.Error as mistake:
            raise Unreadable("csv-syntax", f"not valid CSV: {mistake}", line=line) from None


def _lines(stream: Iterable[str]) -> Iterator[str]:
    """The lines without the byte order mark."""
    read = stream.readline  # type: ignore[attr-defined] # a text file has it
    line = read(MAX_RECORD + 1).removeprefix("\ufeff")
    number = 1
    while line:
        if len(line) > MAX_RECORD:
            raise Unreadable("huge-line", f"a line has more than {MAX_RECORD:,} characters", line=number)
        yield line
        line = read(MAX_RECORD + 1)
        number += 1


def _check_encoding(path: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    done = lines = 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as mistake:
                start = done - (len(mistake.object) - len(chunk)) + mistake.start
                raise _wrong_encoding(path, encoding, start, lines) from None
            except UnicodeError:  # UTF-16 without a mark that tells its order of bytes
                raise _wrong_encoding(path, encoding, 0, 0) from None
            if encoding == "utf-16":
                lines += text.count("\n")
            if not chunk:
                return
            done += len(chunk)


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
