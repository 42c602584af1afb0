"""Every Word file opens: the Open XML SDK finds no fault, LibreOffice shows its title and its number."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

from pipeline.options import ROOT
from tests.tools import checkers

TITLE = "{http://purl.org/dc/elements/1.1/}title"


def word_files(folder: Path) -> list[Path]:
    files = sorted(folder.rglob("*.docx"))
    assert files, f"no Word file in {folder}"
    return files


def identity(file: Path) -> list[str]:
    """What the document must show: its title, and the number that its file is named by."""
    with zipfile.ZipFile(file) as archive:
        title = etree.fromstring(archive.read("docProps/core.xml")).findtext(TITLE)
    assert title, f"{file.name} has no title"
    name = file.name.partition(".")[0]
    if file.parent.name == "agreements":
        number, _, version = name.partition("_")
        return [title, number.upper(), version.replace("-", "/")]
    return [title, name.upper()] if file.parent.name == "reviews" else [title]


def spaceless(text: str) -> str:
    return "".join(text.split())


def test_the_validator_accepts_every_word_file_of_the_demonstration(demo_output: Path) -> None:
    assert checkers.validate(*word_files(demo_output)) == {}


def test_the_validator_accepts_every_template() -> None:
    assert checkers.validate(*word_files(ROOT / "templates" / "docx")) == {}


def test_the_validator_names_what_word_would_repair(tmp_path: Path) -> None:
    broken = tmp_path / "broken.docx"
    with (
        zipfile.ZipFile(word_files(ROOT / "templates" / "docx")[0]) as whole,
        zipfile.ZipFile(broken, "w") as archive,
    ):
        for entry in whole.infolist():
            content = whole.read(entry)
            if entry.filename == "word/document.xml":
                content = content.replace(b"<w:body>", b"<w:body><w:r><w:t>no paragraph</w:t></w:r>", 1)
            archive.writestr(entry.filename, content)
    (finding,) = checkers.validate(broken)[broken]
    assert finding.startswith("/word/document.xml: The element has")


def test_libreoffice_shows_title_and_number_of_every_word_file(demo_output: Path, tmp_path: Path) -> None:
    checkers.required("pdftotext")
    files = word_files(demo_output)
    for file, pdf in zip(files, checkers.soffice(*files, folder=tmp_path), strict=True):
        shown = spaceless(checkers.pdf_text(pdf))
        assert [words for words in identity(file) if spaceless(words) not in shown] == [], file.name


@pytest.mark.parametrize(("ci", "outcome"), [("true", "Failed"), ("", "Skipped")])
def test_a_missing_checker_is_a_failure_only_where_nothing_may_be_left_out(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        BaseException, match=r"soffice is not installed \(Debian's libreoffice-writer-nogui\)"
    ) as raised:
        checkers.required("soffice")
    assert type(raised.value).__name__ == outcome
