"""No produced file leads its reader, or the program that opens it, anywhere: mailto: is all that is agreed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pytest

from pipeline.options import ROOT
from pipeline.render.docx import compile_template
from pipeline.render.links import AGREED
from pipeline.render.templates import TemplateMistake, environment
from tests.tools.canaries import files_below

ACTIONS = {"/Launch", "/GoToR", "/GoToE", "/JavaScript", "/SubmitForm", "/ImportData", "/Rendition", "/RichMedia"}
ADDRESSES = {"href", "src", "action", "formaction", "poster", "data", "srcset", "background", "ping", "xlink:href"}
FETCHED = re.compile(rb"url\(\s*['\"]?(?!data:|#)[a-z]|@import|expression\(", re.IGNORECASE)


class Addresses(HTMLParser):
    """What a page refers to, and what it would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the library hands it over
        for name, value in attrs:
            if name in ADDRESSES:
                self.found.append(value or "")
            elif name.startswith("on"):
                self.found.append(f"{name}:{value}")
            elif name == "content" and ("http-equiv", "refresh") in attrs:
                self.found.append((value or "").partition("url=")[2])


def ways_out(name: str, content: bytes) -> Iterator[str]:
    """Addresses outside of the file, or of the folder that it comes with."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                part = archive.read(member)
                if member.endswith(".rels"):
                    yield from (
                        f"{member}: {one.decode()}" for one in re.findall(rb'<[^<]*TargetMode="External"[^<]*>', part)
                    )
                elif member.endswith(("vbaProject.bin", "externalLink1.xml")):
                    yield member
                else:
                    codes = re.findall(rb"<w:instrText[^>]*>([^<]*)|w:instr=\"([^\"]*)", part)
                    code = b"".join(one or other for one, other in codes).decode()
                    yield from re.findall(r"(?:INCLUDE\w*|DDE\w*|https?:|file:)\S*", code)
    elif content.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(content)) as document:
            yield from _ways_out_of_pdf(document)
    elif name.endswith((".html", ".svg")):
        page = Addresses()
        page.feed(content.decode())
        # a colon behind letters is a scheme; two slashes are a host
        yield from (one for one in page.found if re.match(r"\s*(?:[a-z][a-z0-9+.-]*:|[/\\]{2}|/)", one, re.IGNORECASE))
        yield from (one.decode() for one in FETCHED.findall(content))
    elif name.endswith(".css"):
        yield from (one.decode() for one in FETCHED.findall(content))


def _ways_out_of_pdf(document: pikepdf.Pdf) -> Iterator[str]:
    if "/OpenAction" in document.Root:
        yield "/OpenAction"
    seen: list[pikepdf.Object] = list(document.objects)
    while seen:
        one = seen.pop()
        if isinstance(one, pikepdf.Array):
            seen += [
                item for item in one if isinstance(item, pikepdf.Array | pikepdf.Dictionary) and not item.is_indirect
            ]
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            if one.get("/URI") is not None and one.get("/S") == "/URI":
                yield str(one["/URI"])
            if str(one.get("/S", "")) in ACTIONS or str(one.get("/Subtype", "")) in ACTIONS:
                yield str(one.get("/S", one.get("/Subtype")))
            if one.get("/FS") == "/URL":
                yield "/FS /URL"
            seen += [
                item
                for _, item in one.items()
                if isinstance(item, pikepdf.Array | pikepdf.Dictionary) and not item.is_indirect
            ]


def not_agreed(files: Iterator[tuple[str, bytes]]) -> list[tuple[str, str]]:
    return [(name, one) for name, content in files for one in ways_out(name, content) if not one.startswith(AGREED)]


def test_nothing_that_is_built_leads_out(demo_output: Path) -> None:
    assert {path.suffix for path in demo_output.rglob("*.*")} >= {".docx", ".pdf", ".xlsx", ".ics", ".json", ".csv"}
    assert not_agreed(files_below(demo_output)) == []


def test_what_looks_for_ways_out_finds_them(tmp_path: Path) -> None:
    page = b'<a href="https://example.com">x</a><img src="//example.com/x"><p onclick="x()" style="background: url(x)">'
    assert len(list(ways_out("x.html", page))) == 4
    book = openpyxl.Workbook()
    book.active["A1"].hyperlink = "https://example.com"  # type: ignore[index]
    book.save(tmp_path / "x.xlsx")
    assert len(list(ways_out("x.xlsx", (tmp_path / "x.xlsx").read_bytes()))) == 1
    pdf = pikepdf.new()
    pdf.add_blank_page()
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="file:///x"))
    pdf.pages[0].Annots = pikepdf.Array([link])
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="x")
    pdf.save(tmp_path / "x.pdf")
    assert sorted(ways_out("x.pdf", (tmp_path / "x.pdf").read_bytes())) == ["/JavaScript", "/OpenAction", "file:///x"]


FIELD = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>{}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def word_file(inside: str = "", relation: str = "", more: dict[str, bytes] | None = None) -> bytes:
    document = docx.Document()
    document.add_paragraph("MARK")
    buffer, changed = io.BytesIO(), io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/document.xml":
                part = part.replace(b"<w:r><w:t>MARK</w:t></w:r>", inside.encode())
            if name == "word/_rels/document.xml.rels":
                part = part.replace(b"</Relationships>", f"{relation}</Relationships>".encode())
            target.writestr(name, part)
        for name, part in (more or {}).items():
            target.writestr(name, part)
    return changed.getvalue()


def code(text: str) -> str:
    """The code of a field, cut in two as Word likes to."""
    runs = "".join(f'<w:r><w:instrText xml:space="preserve">{one}</w:instrText></w:r>' for one in (text[:6], text[6:]))
    return FIELD.format(runs)


def related(kind: str, target: str) -> str:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<Relationship Id="rId99" Type="{space}/{kind}" Target="{target}" TargetMode="External"/>'


def compiled(content: bytes) -> None:
    compile_template(content, "templates/docx/x.docx", environment(ROOT / "templates"))


@pytest.mark.parametrize(
    "content",
    [
        word_file(relation=related("image", "https://example.com/x.png")),
        word_file(relation=related("attachedTemplate", "file:///C:/x.dotx")),
        word_file(relation=related("oleObject", "\\\\files.example.com\\x.xlsx")),
        word_file(relation=related("frame", "https://example.com")),
        word_file(relation=related("hyperlink", "https://example.com")),
        word_file(relation=related("hyperlink", "file:///etc/passwd")),
        word_file(code('INCLUDEPICTURE "https://example.com/x.png" \\d')),
        word_file(code('INCLUDETEXT "C:\\\\secret.txt"')),
        word_file(code("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe")),
        word_file(code('LINK Excel.Sheet "C:\\\\x.xlsx"')),
        word_file(code('HYPERLINK "https://example.com"')),
        word_file('<w:fldSimple w:instr=" includepicture &quot;x.png&quot; "/>'),
        word_file(more={"word/vbaProject.bin": b"x"}),
    ],
)
def test_a_word_template_that_leads_out_is_refused(content: bytes) -> None:
    with pytest.raises(TemplateMistake, match="take it out in Word"):
        compiled(content)


@pytest.mark.parametrize(
    "content",
    [
        word_file(relation=related("hyperlink", "mailto:a@example.com")),
        word_file(code('HYPERLINK "mailto:a@example.com"')),
        word_file(code('HYPERLINK \\l "_Toc1"')),
        word_file(code('TOC \\o "1-2" \\h')),
        word_file(code("PAGE")),
    ],
)
def test_fields_and_links_that_stay_inside_are_taken(content: bytes) -> None:
    compiled(content)
