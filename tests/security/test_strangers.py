"""Nothing of one customer in what another receives, and nothing of any in what all receive; packed or not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.build import measured
from pipeline.cli import slm
from pipeline.model.portfolio import Portfolio
from pipeline.options import ROOT, Options
from tests.tools.canaries import files_below, found_in, tickets_of, told_by

CUSTOMERS = ("harbour-port", "nordwind-asia", "renhe-hospital")


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    found = measured(Options()).portfolio
    assert found is not None
    return found


@pytest.fixture(scope="module")
def words(portfolio: Portfolio, demo_output: Path) -> dict[str, set[str]]:
    """Customer -> what stands for it: names, addresses, people, agreements, tickets."""
    found = {one: told_by(portfolio, one) | tickets_of(demo_output / one) for one in portfolio.customers}
    shared = {word for one in found for word in found[one] if sum(word in other for other in found.values()) > 1}
    return {one: told - shared for one, told in found.items()}


@pytest.fixture(scope="module")
def drafts(demo_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`output/dispatch` with all that is due by the end of the year."""
    folder = tmp_path_factory.mktemp("drafts")
    shutil.copytree(ROOT / "sources", folder / "sources")
    shutil.copytree(demo_output, folder / "output")
    places = ["--sources", f"{folder}/sources", "--output", f"{folder}/output", "--today", "2026-11-05"]
    done = CliRunner().invoke(slm, ["dispatch", *places], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return folder / "output" / "dispatch"


def test_every_customer_has_words_that_stand_for_it(words: dict[str, set[str]]) -> None:
    assert all(len(words[one]) > 60 for one in CUSTOMERS), {one: len(told) for one, told in words.items()}


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_no_file_of_a_customer_tells_of_another(customer: str, words: dict[str, set[str]], demo_output: Path) -> None:
    others = set().union(*(words[one] for one in words if one != customer))
    files = list(files_below(demo_output / customer))
    assert found_in(files, others) == set()
    endings = {name.rpartition(".")[2] for name, _ in found_in(files, words[customer])}
    assert {"docx", "pdf", "xlsx", "csv", "json"} <= endings


def test_what_all_customers_receive_tells_of_none(words: dict[str, set[str]], demo_output: Path) -> None:
    everybody = set().union(*words.values())
    for folder in ("catalog", "procedure"):
        files = list(files_below(demo_output / folder))
        assert files
        assert found_in(files, everybody) == set()


def test_a_mail_tells_of_one_customer_only(words: dict[str, set[str]], drafts: Path) -> None:
    mails = [one for one in files_below(drafts) if one[0].endswith(".eml")]
    told: dict[str, set[str]] = {}
    for customer, own in words.items():
        for name, _ in found_in(mails, own):
            told.setdefault(name, set()).add(customer)
    assert len(told) == len(mails) > 5
    assert {name: one for name, one in told.items() if len(one) > 1} == {}
    assert set().union(*told.values()) == set(CUSTOMERS) & set(words)
