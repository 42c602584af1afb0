"""What users of other tools trip over in Word and PDF (public issue trackers); those of measuring are in measure/."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
import pypdfium2
import pytest
from lxml import etree

from pipeline.options import ROOT
from pipeline.render import fonts

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEMPLATES = sorted((ROOT / "templates" / "docx").glob("*.docx"))
CHINESE = re.compile(r"[一-鿿]")


def parts(content: bytes, *names: str) -> list[etree._Element]:
    """Those parts of a Word file that it has."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = [name for name in archive.namelist() if name.startswith(names)]
        return [etree.fromstring(archive.read(name)) for name in found]


def test_the_table_of_contents_is_there_when_a_file_is_opened(demo_output: Path) -> None:
    """docxtpl #439: it stayed empty until somebody updated the fields by hand."""
    files = sorted(demo_output.glob("*/agreements/*.docx"))
    assert files
    for file in files:
        (body,) = parts(file.read_bytes(), "word/document.xml")
        linked = [one for one in body.iter(f"{W}hyperlink") if (one.get(f"{W}anchor") or "").startswith("_Toc")]
        shown = ["".join(text.text or "" for text in one.iter(f"{W}t")) for one in linked]
        headings = [
            one.text
            for one in docx.Document(str(file)).paragraphs
            if one.style is not None and one.style.name in {"Heading 1", "Heading 2"}
        ]
        assert len(shown) == len(headings) > 5
        assert all(told.endswith(heading) for told, heading in zip(shown, headings, strict=True))


def test_a_word_file_knows_no_time_of_its_own_making(demo_output: Path) -> None:
    """python-docx #811: the same document came out with other bytes each time."""
    for file in sorted(demo_output.rglob("*.docx")):
        with zipfile.ZipFile(file) as archive:
            assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.name))
def test_latin_and_chinese_words_have_a_font_of_their_own_each(template: Path) -> None:
    """docxtpl #218: Chinese words fell back to whatever font the reader's machine had."""
    (styles,) = parts(template.read_bytes(), "word/styles")
    default = styles.find(f"{W}docDefaults//{W}rFonts")
    assert default is not None
    assert (default.get(f"{W}ascii"), default.get(f"{W}eastAsia")) == ("Arial", "Microsoft YaHei")
    named = parts(template.read_bytes(), "word/document", "word/styles", "word/header", "word/footer")
    chinese = {one.get(f"{W}eastAsia") for part in named for one in part.iter(f"{W}rFonts")}
    assert chinese <= {None, "Microsoft YaHei"}


def test_chinese_is_no_row_of_boxes(demo_output: Path) -> None:
    """xdocreport #263, jodconverter #417: characters without a glyph became boxes in the PDF."""
    files = sorted(demo_output.glob("*/agreements/*.zh-CN.pdf")) or sorted(demo_output.glob("*/agreements/*.pdf"))
    words = ""
    for file in files:
        document = pypdfium2.PdfDocument(file)
        words += "".join(page.get_textpage().get_text_range() for page in document)
        document.close()
    assert len(CHINESE.findall(words)) > 1000
    assert "\ufffd" not in words
    assert fonts.uncovered("".join(sorted(set(words) - set("\r\n\ufffe")))) == ()
