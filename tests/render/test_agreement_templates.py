"""The Word templates of SLA, OLA and UC: the final text can be signed, a draft cannot be mistaken for it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.load.sources import load_portfolio
from pipeline.merge.agreement import AgreementContext
from pipeline.merge.blocks import PersonRow
from pipeline.merge.drafting import agreement_context
from pipeline.merge.words import Words
from pipeline.options import ROOT
from pipeline.render.docx import Properties, compile_template, render_docx
from pipeline.render.renderers import variables
from pipeline.render.templates import environment
from tests.tools.checkers import validate

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix by which the format knows it
DIGEST = "0123456789abcdef" * 4
SHORT = "0123-4567-89ab-cdef"
VERSIONS = {"sla": "sla-nordwind-office", "ola": "ola-infrastructure", "uc": "uc-hengyuan-lines"}
TEMPLATES = [(kind, language) for kind in VERSIONS for language in ("zh-CN", "en")]
PEOPLE = (PersonRow("Lin Zhiyuan", "Director"), PersonRow("", ""), PersonRow("Wei Lan", "Supplier Manager"))
DRAFT = {"status": "draft", "status_label": "Being drafted", "signed": False, "watermark": "DRAFT"}
FINAL = {"status": "signed", "status_label": "Execution version", "signed": True, "watermark": ""}

every_template = pytest.mark.parametrize(("kind", "language"), TEMPLATES)


@cache
def context(kind: str, language: str) -> AgreementContext:
    portfolio, _ = load_portfolio(ROOT / "sources", all_covered)
    labels, _ = load_labels(ROOT / "templates", all_covered)
    assert portfolio is not None
    agreement = portfolio.agreements[VERSIONS[kind]][0]
    made = agreement_context(portfolio, agreement, Words(language, labels[language]))
    return replace(made, language=language, fingerprint=DIGEST, fingerprint_short=SHORT)


def document(kind: str, language: str, **changes: object) -> bytes:
    name = f"{kind}.{language}.docx"
    template = compile_template((ROOT / "templates/docx" / name).read_bytes(), name, environment(ROOT / "templates"))
    seen = variables(replace(context(kind, language), **changes))  # type: ignore[arg-type]
    return render_docx(
        template, seen, Properties("Title", "Author", language, "2026-10-31", {"SLM-Language": language})
    )


def parts(content: bytes) -> Mapping[str, etree._Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: etree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")}


def text(tree: etree._Element) -> str:
    return "\n".join("".join(one.text or "" for one in line.iter(f"{W}t")) for line in tree.iter(f"{W}p"))


def tags(tree: etree._Element) -> list[str]:
    return [tag.get(f"{W}val", "") for tag in tree.iter(f"{W}tag") if tag.get(f"{W}val", "").startswith("sign:")]


def watermarks(tree: etree._Element) -> list[etree._Element]:
    return [shape for shape in tree.iter(f"{V}shape") if shape.find(f"{V}textpath") is not None]


@every_template
@pytest.mark.parametrize(("customers", "providers"), [(1, 1), (3, 3), (1, 3), (3, 1)])
def test_everyone_who_signs_has_a_name_a_title_a_date_and_a_line(
    kind: str, language: str, customers: int, providers: int
) -> None:
    signers = {"customer_signatories": PEOPLE[:customers], "provider_signatories": PEOPLE[:providers]}
    found = parts(document(kind, language, **FINAL, **signers))
    tree = found["word/document.xml"]
    wanted = {
        f"sign:{side}:{number}:{field}"
        for side, people in (("customer", customers), ("provider", providers))
        for number in range(1, people + 1)
        for field in ("name", "title", "date")
    }
    assert sorted(tags(tree)) == sorted(wanted)
    suggested = [line.get(f"{O}suggestedsigner", "") for line in tree.iter(f"{O}signatureline")]
    assert sorted(suggested) == sorted(one.name for one in (*PEOPLE[:customers], *PEOPLE[:providers]))
    assert len(list(found["word/settings.xml"].iter(f"{W}documentProtection"))) == 1
    assert not any(watermarks(one) for name, one in found.items() if name.startswith("word/header"))


@every_template
def test_a_draft_has_nothing_to_sign_and_says_so_on_every_page(kind: str, language: str) -> None:
    found = parts(document(kind, language, **DRAFT))
    tree = found["word/document.xml"]
    assert tags(tree) == []
    assert not list(tree.iter(f"{O}signatureline"))
    assert not list(found["word/settings.xml"].iter(f"{W}documentProtection"))
    headers = [one for name, one in found.items() if name.startswith("word/header")]
    assert len(headers) == 2
    for header in headers:
        (shape,) = watermarks(header)
        (path,) = shape.iter(f"{V}textpath")
        assert path.get("string") == "DRAFT"
    footers = [one for name, one in found.items() if name.startswith("word/footer")]
    assert all("Being drafted" in text(footer) for footer in footers)
    cover, _, rest = text(tree).partition("目录" if language == "zh-CN" else "Contents")
    assert "DRAFT" in cover
    assert ("请勿在本文本上签字" if language == "zh-CN" else "please") in rest
    assert ("盖章处" if language == "zh-CN" else "Company seal") not in rest


@every_template
def test_there_is_room_for_the_seals_of_both_companies_but_none_for_those_of_teams(kind: str, language: str) -> None:
    seal = "盖章处" if language == "zh-CN" else "Company seal"
    assert text(parts(document(kind, language, **FINAL))["word/document.xml"]).count(seal) == (
        0 if kind == "ola" else 2
    )


@every_template
def test_every_page_shows_the_beginning_of_the_fingerprint_and_the_front_matter_all_of_it(
    kind: str, language: str
) -> None:
    found = parts(document(kind, language, **FINAL))
    footers = [one for name, one in found.items() if name.startswith("word/footer")]
    assert len(footers) == 2
    assert all(SHORT in text(footer) for footer in footers)
    assert DIGEST in text(found["word/document.xml"])


@every_template
def test_which_language_prevails_is_said_on_the_cover_and_among_the_terms(kind: str, language: str) -> None:
    note = "The Chinese text prevails."
    said = text(parts(document(kind, language, **FINAL, translation_note=note))["word/document.xml"])
    cover, _, terms = said.partition("目录" if language == "zh-CN" else "Contents")
    assert (cover.count(note), terms.count(note)) == (1, 1)


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "取代此前各版本"), ("en", "replaces earlier versions")])
def test_only_a_version_that_has_a_predecessor_replaces_it(language: str, words: str) -> None:
    (first,) = context("sla", language).revisions
    alone, later = (
        text(parts(document("sla", language, **FINAL, revisions=rows))["word/document.xml"])
        for rows in ((first,), (first, replace(first, version="A/01")))
    )
    assert words not in alone
    assert words in later


@pytest.mark.parametrize(
    ("language", "included", "elsewhere"),
    [
        ("zh-CN", "，含增值税，税率 6%。发票开具和付款期限按", "。发票开具、税费和付款期限按"),
        ("en", ", including value-added tax at 6%. Invoicing and terms of payment follow", "payment and taxes follow"),
    ],
)
def test_an_sla_says_whether_its_charge_includes_tax_or_where_that_is_said(
    language: str, included: str, elsewhere: str
) -> None:
    stated = text(parts(document("sla", language))["word/document.xml"])
    silent = text(parts(document("sla", language, tax=""))["word/document.xml"])
    assert (included in stated, elsewhere in stated) == (True, False)
    assert (included in silent, elsewhere in silent) == (False, True)


def test_a_contract_with_a_supplier_names_no_customer_of_ours() -> None:
    supports = context("uc", "zh-CN").supports
    assert supports
    secret = tuple(
        replace(one, id="Secret id", version="Secret version", customer="Secret Customer", title="Secret Title")
        for one in supports
    )
    for language in ("zh-CN", "en"):
        said = text(parts(document("uc", language, **FINAL, supports=secret))["word/document.xml"])
        assert supports[0].validity in said
        assert "Secret" not in said


def test_every_state_of_every_template_is_valid_for_word(tmp_path: Path) -> None:
    signers: dict[str, object] = {"customer_signatories": PEOPLE, "provider_signatories": PEOPLE}
    parts_left_out = ("supports", "interfaces", "commercial", "escalation", "maintenance", "deliverables")
    words_left_out = ("renewal", "outcome_utility", "outcome_warranty", "charge", "credit_cap")
    states: dict[str, dict[str, object]] = {
        "one": {**FINAL},
        "three": {**FINAL, **signers, "translation_note": "note"},
        "draft": {**DRAFT},
        "bare": {
            **FINAL,
            **dict.fromkeys(parts_left_out, ()),
            **dict.fromkeys(words_left_out, ""),
            "has_credits": False,
        },
    }
    for kind, language in TEMPLATES:
        for state, changes in states.items():
            (tmp_path / f"{kind}.{language}.{state}.docx").write_bytes(document(kind, language, **changes))
    assert validate(*tmp_path.iterdir()) == {}


def test_a_watermark_keeps_the_proportions_of_its_letters() -> None:
    def size(words: str) -> tuple[float, float]:
        (shape,) = watermarks(parts(document("sla", "en", **{**DRAFT, "watermark": words}))["word/header1.xml"])
        style = dict(one.split(":") for one in shape.get("style", "").split(";"))
        return float(style["width"].removesuffix("pt")), float(style["height"].removesuffix("pt"))

    short, long = size("草稿"), size("FOR NEGOTIATION")
    assert short[0] == pytest.approx(2 * short[1])
    assert long[0] > 10 * long[1]
    assert long[0] <= 480
