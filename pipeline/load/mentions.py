"""Which rows of which exports speak of one ticket; and, where none does, which numbers are nearly the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.load.characters import Glyphs
from pipeline.load.exports import Export, exports
from pipeline.load.rows import Row
from pipeline.load.tables import read_blocks
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.problems import Place, Problem

SHOWN = 3
"""Numbers named as examples where none is near."""

LOOKED_AT = 50_000
"""Numbers of a block that are compared letter by letter."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A row of that export that speaks of the ticket; `customer` is as far as the row tells."""

    export: Export
    customer: str
    place: Place


def mentions(
    folder: Path, portfolio: Portfolio, months: Sequence[Month], glyphs: Glyphs, ticket: str
) -> tuple[Mention, ...]:
    """The rows of the ticket's number, oldest month first; mistakes in the files are left to their reader."""
    return tuple(
        Mention(export, row.mapped("customer"), row.place("ticket"))
        for export in _of_tickets(folder, portfolio, months)
        for row in _rows(export, glyphs, ticket)
    )


def near(folder: Path, portfolio: Portfolio, months: Sequence[Month], glyphs: Glyphs, ticket: str) -> tuple[str, ...]:
    """Numbers of tickets that differ from that one by a slip of a key; else some, to show what numbers look like."""
    found: list[str] = []
    some: list[str] = []
    for export in _of_tickets(folder, portfolio, tuple(reversed(months))):
        for opened, block in read_blocks(export, glyphs, []):
            numbers = pc.unique(opened.cells("ticket", block))
            some = some or numbers[:SHOWN].to_pylist()
            alike = numbers.filter(pc.less_equal(pc.abs(pc.subtract(pc.utf8_length(numbers), len(ticket))), 1))
            found += get_close_matches(ticket, alike[:LOOKED_AT].to_pylist(), n=SHOWN, cutoff=0.85)
    return tuple(get_close_matches(ticket, found, n=1, cutoff=0)) or tuple(sorted(filter(None, some)))


def _of_tickets(folder: Path, portfolio: Portfolio, months: Sequence[Month]) -> Iterator[Export]:
    unreadable: list[Problem] = []
    for export in exports(folder, portfolio, months, unreadable):
        if export.profile.describes == "tickets":
            yield export


def _rows(export: Export, glyphs: Glyphs, ticket: str) -> Iterator[Row]:
    for opened, block in read_blocks(export, glyphs, []):
        found = [
            opened.row_of(block, at)
            for at in np.flatnonzero(pc.equal(opened.cells("ticket", block), pa.scalar(ticket))).tolist()
        ]
        odd = [opened.row(*one) for one in block.odd]
        yield from sorted([*found, *(row for row in odd if row.raw("ticket") == ticket)], key=lambda row: row.line)
