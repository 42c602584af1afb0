"""One JSON document, such as the answer of a tool's API; its records are a list somewhere in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson

from pipeline.load.formats.named import Named, named_table
from pipeline.load.formats.table import Layout, Table, Unreadable

MAX_DOCUMENT = 2**30
"""Bytes; one record may be as large as the document."""


def open_json(path: Path, layout: Layout) -> Table:
    """The objects of the list that `records` leads to."""
    return named_table(records_at(path, layout.records), layout)


def records_at(path: Path, where: str) -> Iterator[Named]:
    """The objects of the list at a path with dots (empty: the document itself), numbered from 1."""
    found = 0
    for value in items(path, f"{where}.item" if where else "item"):
        found += 1
        if not isinstance(value, dict):
            raise Unreadable("json-record", f"record {found} is no object", line=found)
        yield found, value
    if not found and not _has_list(path, where):
        message = f"there is no list at {where!r}" if where else "the document is no list of records"
        raise Unreadable("json-records", message, "name the path to the list in {profile}, for example records: result")


def items(path: Path, prefix: str) -> Iterator[Any]:
    """Whatever lies at a path of `ijson`; Unreadable where the document is none."""
    if path.stat().st_size > MAX_DOCUMENT:
        raise Unreadable("too-large", "a JSON document of over 1 GiB", "export it in parts, or as JSON lines")
    try:
        with path.open("rb") as stream:
            if stream.read(3) != b"\xef\xbb\xbf":
                stream.seek(0)
            yield from ijson.items(stream, prefix)
    except (ijson.JSONError, UnicodeDecodeError, RecursionError) as mistake:
        message = " ".join(str(mistake).split())
        raise Unreadable("json-syntax", f"not valid JSON: {message[:120]}") from None
    except ValueError as mistake:
        if isinstance(mistake, Unreadable):
            raise
        raise Unreadable("json-syntax", "the JSON has a number that is none") from None


def _has_list(path: Path, where: str) -> bool:
    return any(isinstance(value, list) for value in items(path, where))
