"""XES, the exchange format of process mining: a record an event, the attributes of its case as `case:NAME`."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from lxml import etree

from pipeline.load.formats.named import Named, named_table
from pipeline.load.formats.table import Layout, Table, Unpacked, Unreadable

MAX_EVENTS = 1_000_000
"""Events of one case."""

_PLAIN = {"string", "date", "int", "float", "boolean", "id"}


def open_xes(path: Path, layout: Layout) -> Table:
    """The events of all traces; what the log declares for all of them (`global`) is no data."""
    return named_table(_events(path), layout, dict.get)


def _events(path: Path) -> Iterator[Named]:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream = Unpacked(cast("IO[bytes]", gzip.GzipFile(fileobj=raw)), path.stat().st_size) if packed else raw
        try:
            yield from _traces(cast("IO[bytes]", stream))
        except etree.XMLSyntaxError as mistake:
            line, column = mistake.position
            message = f"not valid XES: {str(mistake.msg)[:120]}"
            raise Unreadable("xes-syntax", message, line=max(line, 1), column=max(column, 1)) from None
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise Unreadable("xes-packed", "the packed file is damaged or incomplete", "export it again") from None


def _traces(stream: IO[bytes]) -> Iterator[Named]:
    context = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    root = _root(next(context)[1])
    events = 0
    for action, element in context:
        if action == "start" or not isinstance(element.tag, str):
            continue
        name = etree.QName(element).localname
        events += name == "event"
        if events > MAX_EVENTS:
            raise Unreadable("too-large", f"a case has more than {MAX_EVENTS:,} events", line=_line(element))
        if element.getparent() is root:
            if name == "trace":
                yield from _trace(element)
            events = 0
            element.clear()
            while element.getprevious() is not None:  # so that the log never lies in memory as a whole
                del root[0]


def _root(element: etree._Element) -> etree._Element:
    if element.getroottree().docinfo.doctype:  # type: ignore[attr-defined] # the stubs lack it
        raise Unreadable("xes-doctype", "the file declares a document type, which XES has none of")
    if etree.QName(element).localname != "log":
        raise Unreadable("xes-syntax", "not an XES file: it holds no <log>", line=_line(element))
    return element


def _line(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 1


def _trace(trace: etree._Element) -> Iterator[Named]:
    case = {f"case:{name}": value for name, value in _attributes(trace).items()}
    for event in trace:
        if isinstance(event.tag, str) and etree.QName(event).localname == "event":
            yield _line(event), case | _attributes(event)


def _attributes(element: etree._Element) -> dict[str, str]:
    return {
        child.get("key", ""): child.get("value", "")
        for child in element
        if isinstance(child.tag, str) and etree.QName(child).localname in _PLAIN
    }
