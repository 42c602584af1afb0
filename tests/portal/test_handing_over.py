"""A customer's portal: not a byte about any other customer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.build import measured
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.portal.flow import portal
from tests.portal.conftest import CUSTOMER, TODAY
from tests.tools.canaries import files_below, found_in, told_by


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    found = measured(Options()).portfolio
    assert found is not None
    return found


def test_no_file_of_it_and_no_name_tells_of_another_customer(customers_site: Path, portfolio: Portfolio) -> None:
    others = set().union(*(told_by(portfolio, one) for one in portfolio.customers if one != CUSTOMER))
    others -= told_by(portfolio, CUSTOMER)
    assert {"renhe-hospital", "SLA-NORDWIND-OFFICE", "仁禾医院"} <= others
    assert found_in(files_below(customers_site), others) == set()


def test_what_looks_for_other_customers_finds_this_one_in_every_kind_of_file(
    customers_site: Path, portfolio: Portfolio
) -> None:
    endings = {
        path.rpartition(".")[2] for path, _ in found_in(files_below(customers_site), told_by(portfolio, CUSTOMER))
    }
    assert endings == {"html", "js", "pdf", "docx", "xlsx", "csv", "json", "SHA256SUMS"}


def test_nothing_internal_is_handed_over(customers_site: Path, portfolio: Portfolio) -> None:
    names = {path.relative_to(customers_site).as_posix() for path in customers_site.rglob("*") if path.is_file()}
    pages = {name for name in names if name.endswith(".html")}
    internal = {*portfolio.teams, *portfolio.suppliers}
    internal |= {key for key, versions in portfolio.agreements.items() if versions[0].kind != "sla"}
    assert {name for name in names if any(one in name for one in internal)} == set()
    told = [
        (name, one)
        for name in sorted(pages)
        for one in internal
        if one in (customers_site / name).read_text(encoding="utf-8")
    ]
    assert told == []
    assert not any(name.startswith(("documents/internal", "documents/procedure")) for name in names)


def test_it_brings_its_documents_along(customers_site: Path, output: Path) -> None:
    own = {path.relative_to(output / CUSTOMER) for path in (output / CUSTOMER).rglob("*") if path.is_file()}
    brought = {path.relative_to(customers_site / "documents") for path in (customers_site / "documents").rglob("*.*")}
    assert own <= brought
    assert {path.parts[0] for path in brought - own} == {"catalog"}
    report = "reports/sla-harbour-core_2026-10.pdf"
    assert (customers_site / "documents" / report).read_bytes() == (output / CUSTOMER / report).read_bytes()


def test_a_document_changed_since_it_was_published_is_not_handed_over(output: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(output, tmp_path / "output"))
    report = copy / CUSTOMER / "reports/sla-harbour-core_2026-10.json"
    report.write_bytes(report.read_bytes() + b" ")
    made = portal(Options(output=copy, customer=CUSTOMER), TODAY)
    assert [(one.place.file, one.code) for one in made.problems if one.severity == "error"] == [
        ("output/harbour-port/reports/sla-harbour-core_2026-10.json", "changed")
    ]
    assert made.folder is None


def test_documents_that_lie_about_without_the_manifest_knowing_them_are_left_out(output: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(output, tmp_path / "output"))
    (copy / CUSTOMER / "reports/sla-harbour-core_notes.pdf").write_bytes(b"notes to ourselves")
    made = portal(Options(output=copy, customer=CUSTOMER), TODAY)
    assert made.changed == 0
