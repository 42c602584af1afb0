"""Sheets on the screen: facts, tables and the sentences that go with them, in colour where somebody watches."""

from __future__ import annotations

import io
import shutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipeline.merge.explanation import Sheet

WIDE = 180
"""Characters of a line where nobody's window says how many there are."""

_COLOURS = {"met": "green", "missed": "red", "event": "cyan", "quiet": "dim", "sum": "bold", "pending": "yellow"}


def print_sheet(sheet: Sheet) -> None:
    """The whole sheet."""
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    watched = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if watched else WIDE
    printed = io.StringIO()
    console = Console(file=printed, force_terminal=watched, width=width, highlight=False, markup=False, emoji=False)
    console.print(sheet.title, style="bold")
    console.print(sheet.headline, style=_COLOURS.get(sheet.verdict, ""))
    facts = Table.grid(padding=(0, 2, 0, 0))
    for label, value in sheet.facts:
        facts.add_row(label, value)
    console.print(facts)
    for section in sheet.sections:
        console.print()
        console.print(section.title, style="bold")
        for note in section.notes:
            console.print(note)
        table = Table(box=box.SIMPLE_HEAD if watched else None, pad_edge=False, padding=(0, 2, 0, 0))
        for column in section.columns:
            table.add_column(column.heading, justify="right" if column.right else "left")
        for row in section.rows:
            table.add_row(*row.cells, style=_COLOURS.get(row.status or row.kind, ""))
        if section.rows:
            console.print(table)
    click.echo("\n".join(line.rstrip() for line in printed.getvalue().splitlines()))
