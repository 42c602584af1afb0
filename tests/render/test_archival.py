"""Every PDF may be kept for years and read aloud: veraPDF finds no fault with either, and its links bear that out."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf

from pipeline.options import ROOT
from pipeline.render.pdf import render_pdf
from tests.tools import checkers

LINK = '<p><a href="mailto:a@example.com"><span>甲 <b style="display: inline-block">乙</b></span></a></p>'
A_PAGE = f'<html lang="zh-CN"><head><title>试件</title></head><body>{LINK}</body></html>'


def page() -> bytes:
    return render_pdf(A_PAGE, "pdf/test.html", ROOT / "templates")


def owners(document: pikepdf.Pdf) -> dict[int, Any]:
    numbers = list(document.Root.StructTreeRoot.ParentTree.Nums.as_list())
    return {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}


def test_a_link_with_parts_is_one_link() -> None:
    with pikepdf.open(io.BytesIO(page())) as document:
        (link,) = document.pages[0].Annots
        assert str(owners(document)[int(link.StructParent)].S) == "/Link"


def test_the_parts_of_a_link_stay_in_the_structure_with_their_words() -> None:
    with pikepdf.open(io.BytesIO(page())) as document:
        (link,) = document.pages[0].Annots
        parts = [kid for kid in owners(document)[int(link.StructParent)].K if "/S" in kid]
        assert [str(part.S) for part in parts] == ["/Span"]
        assert all("/Type" not in kid or kid.Type != "/OBJR" for kid in parts[0].K)


def test_verapdf_finds_no_fault_with_any_pdf_of_the_demonstration(demo_output: Path, tmp_path: Path) -> None:
    """Both standards, every kind of document, both languages; a damaged file tells that it would have found one."""
    files = sorted(demo_output.rglob("*.pdf"))
    kinds = {path.parent.name for path in files}
    assert {"agreements", "catalog", "internal", "procedure", "reports", "reviews"} <= kinds
    damaged = tmp_path / "damaged.pdf"
    with pikepdf.open(files[0]) as document:
        del document.Root.Metadata
        del document.Root.Lang
        document.save(damaged)
    found = checkers.verify_archival(*files, damaged)
    assert set(found) == {str(damaged)}, found
    flavours = {finding.partition(" ")[0] for finding in found[str(damaged)]}
    assert flavours == {"3a", "ua1"}, found


def test_every_file_of_the_demonstration_names_both_standards_and_tags_its_links(demo_output: Path) -> None:
    for path in sorted(demo_output.rglob("*.pdf")):
        with pikepdf.open(path) as document:
            metadata = document.open_metadata()
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A"), path.name
            assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1", path.name
            known = owners(document)
            found = [(one, known[int(one.StructParent)]) for at in document.pages for one in at.get("/Annots", [])]
            kinds = {(str(one.Subtype), str(owner.S)) for one, owner in found}
            assert kinds <= {("/Link", "/Link"), ("/Widget", "/Form")}, path.name
            assert all(len(owner.K) == 1 for one, owner in found if one.Subtype == "/Widget"), path.name


def test_the_same_page_gives_the_same_bytes() -> None:
    assert page() == page()
