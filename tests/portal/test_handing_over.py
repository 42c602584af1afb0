"""A customer's portal: not a byte about any other customer."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from pipeline.build import measured
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.portal.flow import portal
from tests.portal.conftest import CUSTOMER, TODAY


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    found = measured(Options()).portfolio
    assert found is not None
    return found


def told_by(portfolio: Portfolio, customer: str) -> set[str]:
    """Words that only what concerns a customer has."""
    party = portfolio.customers[customer]
    texts = [party.name, party.short_name, party.address, *(one.name for one in party.contacts)]
    found = {customer, *(word for text in texts for word in (text.plain, *text.translations.values()))}
    found |= {word for one in party.contacts for word in (one.phone, one.email)}
    for identifier, versions in portfolio.agreements.items():
        if versions[0].kind == "sla" and versions[0].customer == customer:
            found |= {identifier, versions[0].number, *versions[-1].title.translations.values()}
            found |= {key for key, one in portfolio.reviews.items() if one.agreement == identifier}
            found |= {key for key, one in portfolio.surveys.items() if one.agreement == identifier}
            found |= {key for key, one in portfolio.improvements.items() if one.agreement == identifier}
    return {word for word in found if word}


def layers(name: str, content: bytes) -> Iterator[bytes]:
    """A file's bytes, and what is packed in it: members of archives, streams and words of PDFs."""
    yield name.encode()
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from layers(member, archive.read(member))
    elif content.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for one in pdf.objects:
                if isinstance(one, pikepdf.Stream):
                    yield one.read_bytes() if one.get("/Subtype") != "/Image" else b""
                else:
                    yield repr(one).encode()
        document = pypdfium2.PdfDocument(content)
        for page in document:
            yield re.sub(r"\s", "", page.get_textpage().get_text_bounded()).encode()
        document.close()


def found_in(site: Path, wanted: set[str]) -> set[tuple[str, str]]:
    spellings = {
        word: (word.encode(), word.encode("utf-16-be"), word.encode("utf-16-le"), re.sub(r"\s", "", word).encode())
        for word in wanted
    }
    return {
        (path.relative_to(site).as_posix(), word)
        for path in sorted(site.rglob("*"))
        if path.is_file()
        for layer in layers(path.relative_to(site).as_posix(), path.read_bytes())
        for word, spelt in spellings.items()
        if any(one in layer for one in spelt)
    }


def test_no_file_of_it_and_no_name_tells_of_another_customer(customers_site: Path, portfolio: Portfolio) -> None:
    others = set().union(*(told_by(portfolio, one) for one in portfolio.customers if one != CUSTOMER))
    others -= told_by(portfolio, CUSTOMER)
    assert {"renhe-hospital", "SLA-NORDWIND-OFFICE", "仁禾医院"} <= others
    assert found_in(customers_site, others) == set()


def test_what_looks_for_other_customers_finds_this_one_in_every_kind_of_file(
    customers_site: Path, portfolio: Portfolio
) -> None:
    endings = {path.rpartition(".")[2] for path, _ in found_in(customers_site, told_by(portfolio, CUSTOMER))}
    assert endings == {"html", "js", "pdf", "docx", "xlsx", "csv", "json"}


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
