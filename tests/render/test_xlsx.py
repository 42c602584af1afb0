"""Workbooks: what looks like a formula stays text, and the bytes are the same every time."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest

from pipeline.merge.tables import Table
from pipeline.render.xlsx import render_csv, render_xlsx


def table(*cells: str | int | Decimal | None) -> Table:
    return Table(
        "数据", tuple(f"c{i}" for i in range(len(cells))), tuple(f"列{i}" for i in range(len(cells))), (cells,)
    )


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://example.com", "007", "1e5"]
)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx([table(text)], "t", "a")))
    cell = book["数据"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx([table(7, Decimal("99.640100"), None)], "t", "a")))
    assert [cell.value for cell in book["数据"][2]] == [7, 99.6401, None]


def test_the_bytes_are_the_same_every_time() -> None:
    assert render_xlsx([table("x", 1)], "t", "a") == render_xlsx([table("x", 1)], "t", "a")


def test_the_csv_has_keys_as_header_and_quotes_what_needs_it() -> None:
    assert render_csv(table("a,b", 'say "x"', None, 3)) == b'c0,c1,c2,c3\n"a,b","say ""x""",,3\n'


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@x"])
def test_a_csv_cell_that_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert render_csv(table(text, "INC1")).decode().splitlines()[1].startswith("'" + text)
