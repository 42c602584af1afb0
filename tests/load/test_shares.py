"""The digest that a report prints of an export is over the rows of its customer, and nobody else's."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from pipeline.load.reading import Reading
from pipeline.load.sources import load_portfolio
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.options import ROOT
from pipeline.render import fonts

MONTH = Month(2026, 10)
TICKETS, OUTAGES = "sources/metrics/2026-10/tickets.csv", "sources/metrics/2026-10/outages.csv"
NAMES = {"nordwind-asia": "Nordwind Asia", "harbour-port": "东澜港口集团", "renhe-hospital": "仁禾医院"}


@cache
def portfolio() -> Portfolio:
    found, _ = load_portfolio(ROOT / "sources", fonts.uncovered)
    assert found is not None
    return found


def shares(folder: Path, *, shared: Month | None = MONTH) -> Mapping[str, Mapping[str, str]]:
    """File -> customer -> digest."""
    reading = Reading.of(folder, portfolio(), (MONTH,), fonts.uncovered, shared=shared)
    assert sum(len(batch) for batch in reading.batches()) > 100
    return {one.file: {name: one.share(name) for name in NAMES} for one in reading.files}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "sources/metrics/2026-10", tmp_path / "sources/metrics/2026-10")
    return tmp_path / "sources"


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def rows(file: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO((ROOT / file).read_text(encoding="utf-8"))))[1:]


def digest(chosen: list[list[str]]) -> str:
    return hashlib.sha256("".join("\x1f".join([*row, "\x1e"]) for row in chosen).encode()).hexdigest()


def test_it_is_sha256_over_the_cells_of_the_rows_of_the_customer(sources: Path) -> None:
    found = shares(sources)
    assert found[TICKETS] == {
        customer: digest([row for row in rows(TICKETS) if row[1] == name]) for customer, name in NAMES.items()
    }


def test_interruptions_of_everybody_come_before_the_customers_own(sources: Path) -> None:
    everybodys = digest([row for row in rows(OUTAGES) if not row[1]])
    own = {name: [row for row in rows(OUTAGES) if row[1] == name] for name in NAMES}
    assert any(own.values())
    assert shares(sources)[OUTAGES] == {
        name: hashlib.sha256((everybodys + digest(mine)).encode()).hexdigest() if mine else everybodys
        for name, mine in own.items()
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("File share of the finance office", "File share of the office"),
        ("File share of the finance office is almost full,,", '"File share, ""full"""'),
        ("INC20260929-2001,Nordwind Asia,", "INC20260929-2001,Nordwind Asia,x,"),
    ],
    ids=["a text", "quotes, and cells that lack", "a cell too many"],
)
def test_a_changed_row_changes_the_share_of_its_customer_only(sources: Path, old: str, new: str) -> None:
    before = shares(sources)
    rewrite(sources / "metrics/2026-10/tickets.csv", old, new)
    after = shares(sources)
    assert {name for name in NAMES if before[TICKETS][name] != after[TICKETS][name]} == {"nordwind-asia"}
    assert before[OUTAGES] == after[OUTAGES]


def test_what_nobody_asks_for_is_not_reckoned(sources: Path) -> None:
    assert set(shares(sources, shared=None)[TICKETS].values()) == {""}
    assert set(shares(sources, shared=MONTH.plus(1))[TICKETS].values()) == {""}
