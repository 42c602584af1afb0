"""Any text in any field arrives as it was written in every kind of file, or is refused with its place.

A text of a source is refused by its line. Texts of exports are other people's: there a character that no document can
carry is taken out or named, with a warning at its cell.

Blanks at the ends of a text are nobody's words: they may go.

Of a PDF only the glyphs can be compared: text extraction gives the characters that a font draws the glyph for, so that
compatible forms (Kangxi radicals, Å for the Ångström sign) come out as the usual ones, which NFKC undoes; blanks and
line ends are where the lines break; joiners, selectors and soft hyphens have no glyph, and marks may come out before
their letter. Wave dash and full-width tilde share a glyph, and Hangul tone
marks come out under two numbers. What runs from right to left has no font here, and is refused.
"""

from __future__ import annotations

import csv
import email
import io
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, compat32
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from lxml import etree, html

from pipeline.load.characters import UNSEEN, printable
from pipeline.load.marked_yaml import parse
from pipeline.load.rules import _MARK
from pipeline.merge.mails import MailContext
from pipeline.options import Options
from pipeline.portal.flow import portal
from pipeline.problems import has_errors
from pipeline.render import fonts
from pipeline.render.mail import mail
from tests.conftest import run_build
from tests.fuzz.projects import PROJECTS
from tests.fuzz.texts import texts

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NOW = datetime(2026, 11, 5, 1, 2, 3, tzinfo=UTC)
FEW, MANY, AT_ONCE = 100, 10_000, 700


_SHARED = {0x301C: "~", 0x302E: "", 0x302F: "", 0x03FE: "", 0x03FF: ""}


def written(text: str) -> str:
    """A text in double quotes as YAML has it, every other character than plain ones by its number."""
    return '"' + "".join(one if one.isalnum() and one.isascii() else f"\\U{ord(one):08X}" for one in text) + '"'


def refused(text: str) -> bool:
    """What no document can carry, or no font can draw."""
    return UNSEEN.search(text) is not None or bool(fonts.uncovered(text))


def judge_source(text: str) -> None:
    value, _, problems = parse(f"kind: x\na: {written(text)}\n".encode(), "sources/x.yaml", fonts.uncovered)
    if refused(text):
        assert problems, f"{text!r} is not refused"
        assert {(one.place.file, one.place.line) for one in problems} == {("sources/x.yaml", 2)}, text
        assert all(one.place.column >= 4 for one in problems)
    else:
        assert problems == (), text
        assert value["a"] == text


def company(folder: Path, said: Sequence[str], told: Sequence[str]) -> Path:
    """The small project that says these texts wherever it can: `told` are those of its tickets."""
    root = Path(shutil.copytree(PROJECTS / "small" / "sources", folder / "sources"))
    single = [one for one in said if "\n" not in one and len(one) < 30][:6]
    agreement, review = root / "agreements/sla-bay/A-01.yaml", root / "reviews/bay-2026-10.yaml"
    listed = ", ".join(map(written, said))
    actions = "".join(
        f"  - {{id: act-{number}, action: {written(one)}, owner: 吴涛, due: 2026-11-30, state: open}}\n"
        for number, one in enumerate(said)
    )
    change(agreement, "title: 海湾港务服务级别协议", f"title: {written(single[0])}")
    change(agreement, "objective: 业务系统稳定运行。", f"objective: {written(single[1])}")
    change(agreement, "[按约定提供服务]", f"[{listed}]")
    change(review, "[质量趋势, 改进建议]", f"[{listed}]")
    review.write_text(review.read_text(encoding="utf-8").partition("  - {id: act-1")[0] + actions, encoding="utf-8")
    change(root / "parties/customers/bay-port.yaml", "name: 海湾港务\n", f"name: {written(single[2])}\n")
    change(root / "catalog/app-support.yaml", "应用支持", written(single[3]))
    with (root / "metrics/2026-10/tickets.csv").open("a", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        times = "2026-10-12 09:30:00", "2026-10-12 09:40:00", "2026-10-12 10:00:00", ""
        rows.writerows([f"X-{number}", "海湾", "应用", "一般", *times, one] for number, one in enumerate(told))
    return root


def change(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert content.count(old) >= 1, f"{old} is not in {path}"
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def paragraphs(content: bytes) -> list[str]:
    """The words of a Word file, a text a paragraph."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = etree.fromstring(archive.read("word/document.xml"))
    breaks = {f"{W}br": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "-"}
    return [
        "".join(breaks.get(str(one.tag), one.text or "") for one in paragraph.iter(f"{W}t", *breaks))
        for paragraph in tree.iter(f"{W}p")
    ]


def drawn(text: str) -> str:
    """What can be told of a text by its glyphs; the head of this file argues why."""
    shown = unicodedata.normalize("NFKC", text).translate(_SHARED)
    return "".join(one for one in shown if not one.isspace() and unicodedata.category(one) not in {"Cf", "Cc", "Mn"})


def pages(content: bytes) -> str:
    """The words between the running heads."""
    found = []
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            width, height = page.get_size()
            found.append(page.get_textpage().get_text_bounded(0, 62, width, height - 62))
    return drawn("".join(found))


def in_lines(text: str) -> str:
    """A text with one sort of line end, also where a workbook has it by its number, as Excel reads it."""
    return text.replace("_x000D_", "\r").replace("\r\n", "\n").replace("\r", "\n").strip()


def cells(content: bytes) -> Iterator[object]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{cell.value!r} is a formula"
                yield cell.value


def made(said: str) -> EmailMessage:
    """A mail that says a text wherever it can."""
    line = " ".join(said.split())
    context = MailContext(
        language="zh-CN",
        sender_name=line,
        sender="service@it.example.com",
        answers_name=line,
        answers="gao@it.example.com",
        to_name=line,
        to="dan@acme.example.com",
        timezone="Asia/Shanghai",
        subject=line,
        greeting=said,
        paragraphs=(said,),
        files_title="附件：",
        files=(),
        closing=(said,),
    )
    raw = mail(context, {}, NOW, f"<{'0' * 32}@it.example.com>", "", draft=False)
    message = email.message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def content_of(page: str) -> str:
    """The words of an HTML page."""
    return "".join(map(str, html.document_fromstring(page.encode(), html.HTMLParser(encoding="utf-8")).itertext()))


def named(header: str) -> str:
    """The name of an address as RFC 2047 reads it: Python's own newer reader puts blanks between encoded words."""
    phrase = " ".join(header.rpartition("<")[0].split())
    if phrase.startswith('"'):
        return re.sub(r"\\(.)", r"\1", phrase[1:-1])
    return str(make_header(decode_header(phrase)))


def judge_mail(text: str) -> None:
    message, line = made(text), " ".join(text.split())
    assert str(message["Subject"]) == line
    assert [one.addr_spec for one in message["To"].addresses] == ["dan@acme.example.com"]
    assert named(email.message_from_bytes(message.as_bytes(), policy=compat32)["To"]) == line
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    usual = text.replace("\r\n", "\n").replace("\r", "\n")
    assert usual in plain.get_content().replace("\r\n", "\n").replace("\r", "\n")
    shown = content_of(rich.get_content())
    assert "".join(text.split()) in "".join(shown.split())


def judge_documents(folder: Path, chosen: Sequence[str]) -> None:
    """Every text in the files of the company that says it."""
    said = [one for one in chosen if not refused(one) and not _MARK.search(unicodedata.normalize("NFKC", one))]
    told = [one for one in chosen if not re.search("[\ud800-\udfff]", one)]
    root = company(folder, said, told)
    options = Options(sources=root, output=folder / "output", workers=1)
    outcome = run_build(options)
    assert not has_errors(outcome.problems), [str(one) for one in outcome.problems if one.severity == "error"][:5]
    files = {path.relative_to(options.output).as_posix(): path.read_bytes() for path in options.output.rglob("*.*")}
    for kind in ("agreements/sla-bay_A-01", "reviews/bay-2026-10"):
        (name,) = {one.removesuffix(".docx") for one in files if kind in one and one.endswith(".docx")}
        words = "\0".join(paragraphs(files[f"{name}.docx"]))
        assert [one for one in said if one.strip() not in words] == [], name
        shown = pages(files[f"{name}.pdf"])
        assert [one for one in said if drawn(one) not in shown] == [], name
    (report,) = {one for one in files if one.endswith(".xlsx") and "sla-bay_2026-10" in one}
    found = {in_lines(str(cell or "")) for cell in cells(files[report])}
    assert [one for one in told if in_lines(printable(one, fonts.uncovered)) not in found] == []
    made = portal(options, date(2026, 11, 20))
    assert made.folder is not None, made.problems
    site = "\0".join(
        "".join(content_of(path.read_text(encoding="utf-8")).split()) for path in sorted(made.folder.rglob("*.html"))
    )
    assert [one for one in said if "".join(one.split()) not in site] == []


def test_any_text_of_a_source_is_taken_as_it_is_or_refused_in_its_line() -> None:
    chosen = texts(FEW * 10, seed=1)
    assert {refused(one) for one in chosen} == {True, False}
    for one in chosen:
        judge_source(one)


def test_any_text_arrives_in_every_kind_of_file(tmp_path: Path) -> None:
    judge_documents(tmp_path, texts(FEW, seed=2))


def test_any_text_arrives_in_a_mail() -> None:
    for one in texts(FEW * 2, seed=3):
        if not refused(one):
            judge_mail(one)


@pytest.mark.slow
def test_ten_thousand_texts_arrive_or_are_refused(tmp_path: Path) -> None:
    chosen = texts(MANY, seed=4)
    for one in chosen:
        judge_source(one)
        if not refused(one):
            judge_mail(one)
    for start in range(0, MANY, AT_ONCE):
        judge_documents(tmp_path / str(start), chosen[start : start + AT_ONCE])
