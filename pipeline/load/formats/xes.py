"""XES, the exchange format of process mining: a record an event, the attributes of its case as `case:NAME`."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping
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
            message = f"not valid XES: {_said(mistake)}"
            raise Unreadable("xes-syntax", message, line=max(line, 1), column=max(column, 1)) from None
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise Unreadable("xes-packed", "the packed file is damaged or incomplete", "export it again") from None


def _said(mistake: etree.XMLSyntaxError) -> str:
    """The parser's words without advice for programmers."""
    return re.sub(r",? (try|use) XML_PARSE_HUGE( option)?", "", " ".join(str(mistake.msg).split()))[:120]


class _Lines:
    """A stream read a line at a time: the parser's newest event lies in line `number`.

    The parser itself loses count at 65,535 lines.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._chunk = b""
        self._at = 0
        self._next = 1
        self.number = 1

    def read(self, size: int) -> bytes:
        """The rest of a line, as far as it has been read from the file; nothing at the end."""
        if self._at == len(self._chunk):
            self._chunk, self._at = self._stream.read(size), 0
        begin, end = self._at, self._chunk.find(b"\n", self._at) + 1
        self.number = self._next
        self._next += end > 0
        self._at = end or len(self._chunk)
        return self._chunk[begin : self._at]


def _traces(stream: IO[bytes]) -> Iterator[Named]:
    lines = _Lines(stream)
    context = etree.iterparse(
        cast("IO[bytes]", lines),
        events=("start", "end"),
        tag=("{*}log", "{*}trace", "{*}event"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    root = _root(context)
    begun: dict[etree._Element, int] = {}
    for action, element in context:
        name = etree.QName(element).localname
        if action == "start":
            if name == "event":
                begun[element] = lines.number
                if len(begun) > MAX_EVENTS:
                    raise Unreadable("too-large", f"a case has more than {MAX_EVENTS:,} events", line=lines.number)
        elif element.getparent() is root:
            if name == "trace":
                yield from _trace(element, begun)
            begun.clear()
            element.clear()
            while element.getprevious() is not None:  # so that the log never lies in memory as a whole
                del root[0]


def _root(context: etree.iterparse[tuple[str, etree._Element]]) -> etree._Element:
    found = next(context, None)
    tree = found[1].getroottree() if found is not None else None
    if tree is not None and tree.docinfo.doctype:
        raise Unreadable("xes-doctype", "the file declares a document type, which XES has none of")
    root: etree._Element | None = tree.getroot() if tree is not None else None
    if root is None or etree.QName(root).localname != "log":
        raise Unreadable("xes-syntax", "not an XES file: it holds no <log>")
    return root


def _trace(trace: etree._Element, begun: Mapping[etree._Element, int]) -> Iterator[Named]:
    """The events of a case, with the lines in which they begin."""
    case = {f"case:{name}": value for name, value in _attributes(trace).items()}
    for event in trace:
        if isinstance(event.tag, str) and etree.QName(event).localname == "event":
            yield begun[event], case | _attributes(event)


def _attributes(element: etree._Element) -> dict[str, str]:
    return {
        child.get("key", ""): child.get("value", "")
        for child in element
        if isinstance(child.tag, str) and etree.QName(child).localname in _PLAIN
    }
