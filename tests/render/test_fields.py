"""Signature fields of a PDF: empty, tagged, in place, and the same every time."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pikepdf
import pypdfium2
import pytest

from pipeline.options import ROOT
from pipeline.render.fields import add_signature_fields
from pipeline.render.pages.document import docx_to_html
from pipeline.render.pdf import render_pdf
from tests.render.word_files import control, par, run, word_file

LINE = str(uuid5(NAMESPACE_OID, "sign:customer:1:line")).upper()
SIGNATURE = (
    '<w:r><w:pict><v:shape alt="甲方：签字" style="width:144pt;height:43.2pt"><v:imagedata r:id="none"/>'
    f'<o:signatureline id="{{{LINE}}}" issignatureline="t"/></v:shape></w:pict></w:r>'
)
TEXT = (
    par("前文"),
    par(f"{run('姓名：')}{control('sign:customer:1:name', '郑海波', label='甲方：姓名')}{run('（授权代表）')}"),
    par(f"{run('签字：')}{SIGNATURE}"),
    par(f"{run('日期：')}{control('sign:customer:1:date', '点击选择日期', label='甲方：日期', prompts=True)}"),
    par("后文"),
)


def pages_of(content: bytes) -> bytes:
    return render_pdf(docx_to_html(content, "zh-CN"), "docx/test.docx", ROOT / "templates")


def fields_of(content: bytes) -> bytes:
    return render_pdf(docx_to_html(content, "zh-CN"), "docx/test.docx", ROOT / "templates", add_signature_fields)


def signable() -> bytes:
    return fields_of(word_file(*TEXT))


def test_every_field_has_its_kind_its_name_and_its_words() -> None:
    with pikepdf.open(io.BytesIO(signable())) as document:
        found = [
            (str(one.T), str(one.FT), str(one.TU), str(one.get("/V", "-"))) for one in document.Root.AcroForm.Fields
        ]
    assert found == [
        ("sign:customer:1:name", "/Tx", "甲方：姓名", "郑海波"),
        ("sign:customer:1:line", "/Sig", "甲方：签字", "-"),
        ("sign:customer:1:date", "/Tx", "甲方：日期", ""),
    ]


def test_no_field_is_left_a_link() -> None:
    with pikepdf.open(io.BytesIO(signable())) as document:
        assert {str(one.Subtype) for one in document.pages[0].Annots} == {"/Widget"}


def test_what_a_field_shows_is_drawn_by_the_field_and_no_longer_by_the_page() -> None:
    content = signable()
    with pypdfium2.PdfDocument(content) as document:
        words = document[0].get_textpage().get_text_bounded()
    assert "郑海波" not in words
    assert "点击选择日期" not in words
    assert all(part in words for part in ("前文", "姓名：", "（授权代表）", "后文"))
    with pikepdf.open(io.BytesIO(content)) as document:
        name, line, date = document.Root.AcroForm.Fields
        assert b"TJ" in name.AP.N.read_bytes()
        assert b"TJ" in date.AP.N.read_bytes()
        assert line.AP.N.read_bytes() == b""


def grey_blocks(content: bytes) -> Any:
    """The first page in blocks of 4 × 4 points: how a glyph's edge is smoothed does not count."""
    document = pypdfium2.PdfDocument(content)
    document.init_forms()
    grey = document[0].render(scale=1, may_draw_forms=True).to_numpy().mean(axis=2)[:840, :592]
    document.close()
    return grey.reshape(210, 4, 148, 4).mean(axis=(1, 3))


def test_a_page_looks_the_same_with_its_fields_as_without() -> None:
    plain = pages_of(word_file(*TEXT))
    without = pages_of(word_file(*TEXT[:1], *TEXT[2:]))
    shown = grey_blocks(plain)
    assert abs(shown - grey_blocks(without)).max() > 50
    assert abs(shown - grey_blocks(signable())).max() < 25


def test_a_signature_is_as_large_as_the_line_in_word() -> None:
    with pikepdf.open(io.BytesIO(signable())) as document:
        left, bottom, right, top = (float(one) for one in document.Root.AcroForm.Fields[1].Rect.as_list())
    assert (round(right - left, 1), round(top - bottom, 1)) == (144.0, 43.2)


def test_fields_stand_in_the_structure_where_they_stand_in_the_text() -> None:
    with pikepdf.open(io.BytesIO(signable())) as document:
        owners = list(document.Root.StructTreeRoot.ParentTree.Nums.as_list())
        by_number = {int(key): value for key, value in zip(owners[::2], owners[1::2], strict=True)}
        for field in document.Root.AcroForm.Fields:
            form = by_number[int(field.StructParent)]
            assert str(form.S) == "/Form"
            assert [str(kid.Type) for kid in form.K] == ["/OBJR"]
            assert form.K[0].Obj.objgen == field.objgen
            assert str(form.P.S) == "/P"


def test_a_text_without_fields_is_left_as_it_is() -> None:
    draft = word_file(par("草稿"))
    assert fields_of(draft) == pages_of(draft)


def test_a_control_that_nobody_signs_in_is_no_field() -> None:
    noted = word_file(par(control("note", "内容")))
    assert fields_of(noted) == pages_of(noted)


def test_another_process_makes_the_same_bytes() -> None:
    program = (
        "import sys, hashlib; from tests.render.test_fields import signable;"
        "sys.stdout.write(hashlib.sha256(signable()).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    }
    assert len(made) == 1
    assert len(made.pop()) == 64


def test_nothing_is_wrong_with_the_syntax_of_the_file() -> None:
    with pikepdf.open(io.BytesIO(signable())) as document:
        assert document.check_pdf_syntax() == []


@pytest.mark.skipif(shutil.which("pdfsig") is None and not os.environ.get("CI"), reason="pdfsig is not installed")
def test_pdfsig_lists_an_unsigned_signature(tmp_path: Path) -> None:
    path = tmp_path / "signable.pdf"
    path.write_bytes(signable())
    said = subprocess.run(["pdfsig", str(path)], check=False, capture_output=True, text=True).stdout  # noqa: S607
    assert "sign:customer:1:line" in said
    assert "not signed" in said
