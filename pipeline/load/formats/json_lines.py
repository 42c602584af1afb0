"""JSON lines: an object a line, nested values by names with dots (`fields.priority.name`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.load.formats.named import Named, named_table
from pipeline.load.formats.table import MAX_RECORD, Layout, Table, Unreadable


def open_json_lines(path: Path, layout: Layout) -> Table:
    """An object a line; empty lines do not count."""
    return named_table(_objects(path), layout)


def _objects(path: Path) -> Iterator[Named]:
    with path.open("rb") as stream:
        line = 0
        while raw := stream.readline(MAX_RECORD + 1):
            line += 1
            if len(raw) > MAX_RECORD:
                raise Unreadable("huge-line", f"a line has more than {MAX_RECORD:,} bytes", line=line)
            try:
                written = raw.decode("utf-8-sig" if line == 1 else "utf-8").strip()
                # numbers stay as they were written
                value = json.loads(written, parse_float=str, parse_int=str, parse_constant=str) if written else None
            except UnicodeDecodeError as mistake:
                raise Unreadable("encoding", "JSON lines are UTF-8", "", line, mistake.start + 1) from None
            except json.JSONDecodeError as mistake:
                raise Unreadable("json-syntax", f"not valid JSON: {mistake.msg}", "", line, mistake.colno) from None
            except RecursionError:
                raise Unreadable("json-syntax", "the JSON is nested too deeply", line=line) from None
            if isinstance(value, dict):
                yield line, value
            elif written:
                message = "every line must hold one JSON object"
                hint = "a whole document of JSON is read with format: json" if line == 1 else ""
                raise Unreadable("json-syntax", message, hint, line)
