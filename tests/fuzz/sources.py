"""Sources and exports that somebody damaged, or wrote to do damage."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

import xlsxwriter

from pipeline.build import gather, prepare
from pipeline.imports.guess import guess
from pipeline.imports.starter import starter
from pipeline.load.characters import all_covered
from pipeline.load.formats.table import Unreadable
from pipeline.load.sources import load_portfolio
from pipeline.options import Options
from pipeline.problems import Place, Problem, error, has_errors
from tests.fuzz.judging import Harness
from tests.fuzz.projects import DEMO, PROJECTS, folder, place, project, put

_MONTH = "metrics/2026-10"
_A_DAY = datetime(2026, 10, 12, 9, 30)  # noqa: DTZ001 - workbooks know no zones


def one_source(content: bytes) -> tuple[Problem, ...]:
    """A folder of sources with nothing but this file."""
    root = folder("alone")
    with put(root / place(content), content):
        return load_portfolio(root, all_covered)[1]


def whole_project(content: bytes) -> tuple[Problem, ...]:
    """A project that promises everything, with this file in its place or beside the others."""
    root = project("terms")
    with put(root / place(content), content):
        documents, _, problems = gather(Options(sources=root))
    assert bool(documents) == (not has_errors(problems)), "documents in spite of errors, or none without"
    return problems


def export(ending: str, **layout: str) -> Harness:
    """Tickets with that ending, read by a profile with those keys, and as `slm import try` looks at them."""

    def read(content: bytes) -> Iterator[Problem]:
        root = project("small")
        profile = (PROJECTS / "small" / "sources" / "imports" / "desk.yaml").read_text(encoding="utf-8")
        profile = profile.replace("tickets*.csv", f"tickets*.{ending}").replace("encoding: utf-8\n", "")
        profile += "".join(f"{key}: {value}\n" for key, value in layout.items())
        usual = [root / _MONTH / "tickets.csv", root / "metrics/2026-09/tickets.csv"]
        kept = [(path, path.read_bytes()) for path in usual if path.is_file()]
        try:
            for path, _ in kept:
                path.unlink()
            with put(root / "imports/desk.yaml", profile.encode()), put(root / _MONTH / f"tickets.{ending}", content):
                yield from gather(Options(sources=root))[2]
                yield from _guessed(root / _MONTH / f"tickets.{ending}", root)
        finally:
            for path, before in kept:
                path.write_bytes(before)

    return read


def _guessed(path: Path, root: Path) -> Iterator[Problem]:
    """What an unknown file seems to be, and the profile that is proposed for it."""
    portfolio = prepare(Options(sources=root)).portfolio
    assert portfolio is not None
    try:
        found = guess(path)
    except Unreadable as why:
        yield error(Place(path.name, why.line, why.column), why.code, why.message, why.hint)
        return
    proposed = starter(path, found, portfolio)
    with put(folder("proposed") / "imports/proposed.yaml", proposed.encode()):
        problems = load_portfolio(folder("proposed"), all_covered)[1]
    wrong = {"yaml-syntax", "yaml-duplicate", "yaml-key", "control-character"}
    assert not [one for one in problems if one.code in wrong], f"a proposal that cannot be read: {problems}"


def source_seeds() -> list[bytes]:
    """A file of each kind, the shortest there is."""
    found: dict[bytes, bytes] = {}
    files = [*sorted((PROJECTS / "terms").rglob("*.yaml")), *sorted((PROJECTS / "small").rglob("*.yaml"))]
    for path in [*files, *sorted(DEMO.rglob("*.yaml"))]:
        content = path.read_bytes()
        kind = content[content.index(b"kind:") :].split(b"\n")[0]
        if kind not in found:
            found[kind] = content
    return list(found.values())


def _tickets() -> list[list[str]]:
    text = (PROJECTS / "small/sources" / _MONTH / "tickets.csv").read_text(encoding="utf-8")
    return [line.split(",") for line in text.splitlines()]


def delimited_seeds(encoding: str = "utf-8", delimiter: str = ",") -> list[bytes]:
    """The tickets of the small project, and the samples of other tools."""
    rows = _tickets()
    quoted = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    plain = "\r\n".join(delimiter.join(row) for row in rows)
    samples = [path.read_bytes() for path in sorted((PROJECTS.parent / "load" / "samples").glob("*.csv"))]
    return [quoted.encode(encoding), plain.encode(encoding), *(samples if encoding == "utf-8" else [])]


def xes_seeds() -> list[bytes]:
    """The same tickets as traces of one event, plain and packed."""
    names, *rows = _tickets()
    traces = "".join(
        "<trace>"
        f'<string key="concept:name" value={quoteattr(row[0])}/><event>'
        + "".join(
            f"<string key={quoteattr(name)} value={quoteattr(cell)}/>" for name, cell in zip(names, row, strict=True)
        )
        + "</event>\n</trace>"
        for row in rows
    )
    log = f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">{traces}</log>'.encode()
    return [log, gzip.compress(log, mtime=0)]


def workbook_seeds() -> list[bytes]:
    """The same tickets as a workbook."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("工单")
        for number, row in enumerate(_tickets()):
            sheet.write_row(number, 0, row)
        sheet.write_datetime(9, 4, _A_DAY, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    return [buffer.getvalue()]


def json_seeds() -> list[bytes]:
    """The same tickets as one JSON document, and as a line each."""
    names, *rows = _tickets()
    records = [dict(zip(names, row, strict=True)) for row in rows]
    samples = [path.read_bytes() for path in sorted((PROJECTS.parent / "load" / "samples").glob("*.json"))]
    whole = json.dumps({"records": records}, ensure_ascii=False).encode()
    return [whole, "\n".join(json.dumps(one, ensure_ascii=False) for one in records).encode(), *samples]
