"""Comparisons as text, as Markdown for a pull request, and as one page that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from pipeline.merge.changes import Changed, ChangesSheet, Piece
from pipeline.merge.explanation import Section
from pipeline.render.templates import environment, render_file

PAGE = "html/changes.html"
_MARKS = {"better": "▲", "worse": "▼", "neutral": "◆", "wording": "✎"}
_SPECIAL = re.compile(r"([\\`*_\[\]~|])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "#": "&#35;"})
_LONG = 60
"""Values longer than this show where they differ."""


def as_text(sheet: ChangesSheet) -> str:
    """For a terminal: one line a change."""
    return "\n".join(_lines(sheet)) + "\n"


def _lines(sheet: ChangesSheet) -> Iterator[str]:
    if len(sheet.sections) != 1:
        yield f"{sheet.title}: {sheet.headline}" if sheet.language == "en" else f"{sheet.title}：{sheet.headline}"
    for one in sheet.sections:
        yield from ("",) if len(sheet.sections) != 1 else ()
        yield " ".join(part for part in (one.number, one.title) if part)
        yield from (f"  {said}" for said in (one.heading, one.note, one.summary, one.counts) if said)
        for group in one.groups:
            yield ""
            yield f"  {_MARKS[group.meaning]} {group.label} ({len(group.rows)})"
            yield from (f"    {row.text}" for row in group.rows)
        if one.documents:
            yield ""
            yield f"  {sheet.documents}"
            yield from (f"    {file}" for file in one.documents)
    for part in sheet.effect:
        yield ""
        yield part.title
        yield from (f"  {note}" for note in part.notes)
        if part.rows:
            yield "  " + " | ".join(column.heading for column in part.columns)
            yield from ("  " + " | ".join(row.cells) for row in part.rows)


def as_markdown(sheet: ChangesSheet) -> str:
    """For a comment that is read without opening a file."""
    return "\n".join(_markdown(sheet)) + "\n"


def _markdown(sheet: ChangesSheet) -> Iterator[str]:
    yield f"## {_escaped(sheet.title)}"
    yield ""
    yield f"**{_escaped(sheet.headline)}**"
    if sheet.problems:
        yield ""
        yield from (f"- {_escaped(one)}" for one in sheet.problems)
    for one in sheet.sections:
        yield ""
        yield from _section(one, sheet)
    for part in sheet.effect:
        yield ""
        yield from _table(part)
    yield ""
    yield from (f"<sub>{_escaped(note)}</sub>" for note in sheet.notes)


def _section(one: Changed, sheet: ChangesSheet) -> Iterator[str]:
    yield f"### {_escaped(' '.join(part for part in (one.number, one.title) if part))}"
    yield ""
    yield from (f"{_escaped(said)}  " for said in (one.heading, one.note, one.summary, one.counts) if said)
    for group in one.groups:
        yield ""
        yield f"**{_MARKS[group.meaning]} {_escaped(group.label)}** ({len(group.rows)})"
        yield ""
        yield "| " + " | ".join(map(_escaped, sheet.columns)) + " |"
        yield "|---" * len(sheet.columns) + "|"
        for row in group.rows:
            long = max(len(row.old), len(row.new)) > _LONG
            cells = (_marked(row.old_pieces, "del", long=long), _marked(row.new_pieces, "ins", long=long))
            yield f"| {_escaped(row.name)} | {cells[0]} | {cells[1]} |"
    if one.documents:
        yield ""
        yield f"<details><summary>{_escaped(sheet.documents)} ({len(one.documents)})</summary>"
        yield ""
        yield from (f"- {_escaped(file)}" for file in one.documents)
        yield ""
        yield "</details>"


def _marked(pieces: tuple[Piece, ...], tag: str, *, long: bool) -> str:
    return "".join(
        f"<{tag}>{_escaped(one.text)}</{tag}>" if one.differs and long else _escaped(one.text) for one in pieces
    )


def _table(part: Section) -> Iterator[str]:
    yield f"### {_escaped(part.title)}"
    for note in part.notes:
        yield ""
        yield _escaped(note)
    if part.rows:
        yield ""
        yield "| " + " | ".join(_escaped(column.heading) for column in part.columns) + " |"
        yield "|" + "|".join("---:" if column.right else "---" for column in part.columns) + "|"
        yield from ("| " + " | ".join(map(_escaped, row.cells)) + " |" for row in part.rows)


def _escaped(text: str) -> str:
    """Words that a Markdown reader takes for words: no tables, marks, mentions or links to other threads."""
    return " ".join(_SPECIAL.sub(r"\\\1", text.translate(_ENTITIES)).split())


def as_page(sheet: ChangesSheet, templates: Path) -> bytes:
    """One HTML file, side by side; TemplateMistake where its template is wrong."""
    seen = {one.name: getattr(sheet, one.name) for one in fields(sheet)}
    return render_file(environment(templates), PAGE, seen).encode()
