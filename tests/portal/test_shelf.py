"""Documents as the manifest names them: what a page leads to, and what goes to a customer."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.build import measured
from pipeline.merge.words import Words
from pipeline.options import Options
from pipeline.portal.shelf import Filed, shelf, shelf_of


@pytest.fixture(scope="module")
def english() -> Words:
    return Words("en", measured(Options()).labels["en"])


def filed(path: str, kind: str = "report", agreement: str = "sla-a", version: str = "A/00") -> Filed:
    return Filed(path, kind, agreement, version, sha256="")


REPORT = [filed(f"acme/reports/sla-a_2026-10.{ending}") for ending in ("json", "xlsx", "tickets.csv", "pdf")]
VERSIONS = {("sla-a", "A/00")}


def kept(*files: Filed) -> list[str]:
    return [one.path for one in shelf_of("acme", VERSIONS, files).all]


def test_a_document_is_one_whatever_it_ends_with_and_its_pdf_comes_first(english: Words) -> None:
    found = shelf(REPORT).links("acme/reports/sla-a_2026-10", english, "October")
    assert [(link.words, link.path, link.hint) for link in found] == [
        ("PDF", "../acme/reports/sla-a_2026-10.pdf", "October"),
        ("Excel", "../acme/reports/sla-a_2026-10.xlsx", "October"),
        ("CSV", "../acme/reports/sla-a_2026-10.tickets.csv", "October"),
        ("JSON", "../acme/reports/sla-a_2026-10.json", "October"),
    ]


def test_translations_of_an_agreement_are_named_and_follow_the_original(english: Words) -> None:
    names = ["sla-a_A-00.en.pdf", "sla-a_A-00.pdf", "sla-a_A-00.docx"]
    found = shelf([filed(f"acme/agreements/{name}", "sla") for name in names])
    links = found.links("acme/agreements/sla-a_A-00", english, "A")
    assert [link.words for link in links] == ["PDF", "Word", "PDF (English)"]


def test_of_a_document_in_every_language_a_page_leads_to_the_one_in_its_own(english: Words) -> None:
    files = [filed(f"catalog/service-catalog.{one}.pdf", "catalog", "", "") for one in ("zh-CN", "en")]
    found = shelf(files).links("catalog/service-catalog", english, "Catalogue")
    assert [(link.words, link.path) for link in found] == [("PDF", "../catalog/service-catalog.en.pdf")]


def test_a_customer_receives_what_is_its_own_and_the_catalogue() -> None:
    catalogue = filed("catalog/service-catalog.pdf", "catalog", "", "")
    assert kept(*REPORT, catalogue) == [*(one.path for one in REPORT), "catalog/service-catalog.pdf"]


@pytest.mark.parametrize(
    "file",
    [
        filed("other/reports/sla-a_2026-10.pdf"),
        filed("acme/reports/sla-b_2026-10.pdf", agreement="sla-b"),
        filed("acme/requirements/a.pdf", "requirements"),
        filed("internal/overview_2026-10.pdf", "overview", "", ""),
        filed("acme/agreements/sla-a_A-01.docx", "sla", version="A/01"),
        filed("acme-holding/reports/sla-a_2026-10.pdf"),
    ],
    ids=["another folder", "another agreement", "requirements", "the overview", "a draft", "a longer name"],
)
def test_nothing_else_goes_to_a_customer(file: Filed) -> None:
    assert kept(file) == []


def test_a_site_to_hand_over_has_its_documents_inside(english: Words) -> None:
    found = shelf_of("acme", VERSIONS, REPORT)
    assert found.links("acme/reports/sla-a_2026-10", english, "")[0].path == "documents/reports/sla-a_2026-10.pdf"


def test_files_are_gathered_from_anywhere() -> None:
    assert [Path(one.path).name for one in shelf(REPORT).all] == [Path(one.path).name for one in REPORT]
