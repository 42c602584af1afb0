"""Workbooks from tables: text stays text, whatever it looks like, and the bytes are the same every time."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import xlsxwriter

from pipeline.merge.tables import Cell, Table

_WIDTHS = (9, 60)
_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - the format has no zone


def render_xlsx(sheets: Sequence[Table], title: str, author: str) -> bytes:
    """A sheet per table, with a frozen header row and filters."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": title, "author": author, "created": _EPOCH})
        heading = book.add_format(
            {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3A5F", "valign": "vcenter", "text_wrap": True}
        )
        number = book.add_format({"num_format": "0.######", "valign": "top"})
        plain = book.add_format({"valign": "top", "text_wrap": True})
        for table in sheets:
            sheet = book.add_worksheet(table.name[:31])
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.keys) - 1)
            sheet.repeat_rows(0)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            for column, name in enumerate(table.headings):
                sheet.write_string(0, column, name, heading)
                sheet.set_column(column, column, _width(name, [row[column] for row in table.rows]))
            for line, row in enumerate(table.rows, 1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(line, column, cell, plain)
                    elif cell is not None:
                        sheet.write_number(line, column, float(cell) if isinstance(cell, Decimal) else cell, number)
    return buffer.getvalue()


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + cell
    return "" if cell is None else cell


def _width(name: str, cells: Sequence[object]) -> int:
    """Wide enough for most cells; a Chinese character takes two places."""
    longest = max((_places(str(cell)) for cell in (name, *cells) if cell is not None), default=0)
    return min(max(longest + 2, _WIDTHS[0]), _WIDTHS[1])


def _places(text: str) -> int:
    return sum(2 if character > "\u2e80" else 1 for character in text)


def render_csv(table: Table) -> bytes:
    """UTF-8; a cell is empty where there is no value, and text that a spreadsheet would compute gets an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.keys)
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return buffer.getvalue().encode()
