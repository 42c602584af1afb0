"""A report that was tampered with does not pass, wherever it was touched; an untouched one does."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import slm
from pipeline.model.quantities import Month
from pipeline.options import ROOT, Options
from pipeline.recount import container
from pipeline.recount.checks import recount
from pipeline.recount.data import EVIDENCE, TICKETS
from pipeline.recount.results import Recount, RefusedError
from tests.conftest import run_build

REPORT = "harbour-port/reports/sla-harbour-core_2026-10.pdf"
OTHERS = (
    "renhe-hospital/reports/sla-renhe-clinical_2026-10.pdf",
    "nordwind-asia/reports/sla-nordwind-office_2026-10.pdf",
)
STEM = "sla-harbour-core_2026-10"
MISSED = "network-operations p3-resolution"


@pytest.fixture(scope="session")
def report(demo_output: Path) -> bytes:
    return (demo_output / REPORT).read_bytes()


def differing(content: bytes) -> set[str]:
    return {one.about for one in recount(content).findings if one.standing == "differs"}


def edited(content: bytes, change: Callable[[pikepdf.Pdf], object]) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        change(document)
        document.save(buffer)
    return buffer.getvalue()


def carried(document: pikepdf.Pdf, name: str, content: bytes) -> pikepdf.AttachedFileSpec:
    return pikepdf.AttachedFileSpec(
        document, content, description="", filename=name, mime_type="", creation_date="", mod_date=""
    )


def with_file(content: bytes, ending: str, change: Callable[[bytes], bytes]) -> bytes:
    """The report with one of the files inside replaced."""

    def replace(document: pikepdf.Pdf) -> None:
        (name,) = (one for one in document.attachments if one.endswith(ending))
        before = bytes(document.attachments[name].get_file().read_bytes())
        after = change(before)
        assert after != before
        document.attachments[name] = carried(document, name, after)

    return edited(content, replace)


def with_json(content: bytes, change: Callable[[Any], object]) -> bytes:
    def rewrite(before: bytes) -> bytes:
        value = json.loads(before)
        change(value)
        return json.dumps(value, ensure_ascii=False).encode()

    return with_file(content, ".json", rewrite)


def with_sheet(content: bytes, sheet: int, change: Callable[[Any], object]) -> bytes:
    def rewrite(before: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(before))
        change(book.worksheets[sheet])
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    return with_file(content, ".xlsx", rewrite)


def with_tickets(content: bytes, change: Callable[[list[dict[str, str]]], object]) -> bytes:
    def rewrite(before: bytes) -> bytes:
        rows = list(csv.DictReader(io.StringIO(before.decode(), newline="")))
        change(rows)
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return buffer.getvalue().encode()

    return with_file(content, ".tickets.csv", rewrite)


def result(value: Any, about: str = MISSED) -> Any:
    return next(one for one in value["results"] if f"{one['service']} {one['target']}" == about)


def row_of(sheet: Any, target: str, service: str = "network-operations") -> int:
    """The first row of the evidence of a target."""
    rows = ((row[0].row, row[1].value, row[2].value) for row in sheet.iter_rows(min_row=2))
    return next(int(at) for at, *about in rows if about == [service, target])


def printed_instead(content: bytes, old: str, new: str, nth: int = 0) -> bytes:
    """The report with the nth piece of text that reads `old` drawn as the first one that reads `new`."""

    def redraw(document: pikepdf.Pdf) -> None:
        texts, _ = container._marked(content, document)
        places = {text.strip(): place for place, text in reversed(texts.items())}
        (page, number), (other, twin) = [at for at, text in texts.items() if text.strip() == old][nth], places[new]
        shown = {at.obj.objgen: at for at in document.pages}
        drawn = _drawn(shown[other], twin)
        instructions, inside = [], False
        for one in pikepdf.parse_content_stream(shown[page]):
            operands, operator = one.operands, one.operator
            if str(operator) in {"BDC", "EMC"}:
                inside = str(operator) == "BDC" and int(operands[1].get("/MCID", -1)) == number
            shows = inside and str(operator) in {"TJ", "Tj"}
            instructions.append((drawn if shows else operands, operator))
        shown[page].Contents = document.make_stream(pikepdf.unparse_content_stream(instructions))

    return edited(content, redraw)


def _drawn(page: pikepdf.Page, number: int) -> Any:
    inside = False
    for one in pikepdf.parse_content_stream(page):
        operands, operator = one.operands, one.operator
        if str(operator) in {"BDC", "EMC"}:
            inside = str(operator) == "BDC" and int(operands[1].get("/MCID", -1)) == number
        elif inside and str(operator) in {"TJ", "Tj"}:
            return operands
    pytest.fail("there is no such text")


# -- what is as it was ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [REPORT, *OTHERS])
def test_every_figure_of_an_untouched_report_agrees(demo_output: Path, name: str) -> None:
    found = recount((demo_output / name).read_bytes())
    assert found.agrees
    figures = [one for one in found.findings if " p" in one.about or one.about.endswith("uptime")]
    assert len(figures) >= 24
    assert {one.standing for one in figures} == {"agrees"}
    assert {one.about for one in found.findings if one.standing == "unproven"} == {"trend"}


def test_it_tells_print_data_and_recount_of_a_figure(report: bytes) -> None:
    (missed,) = [one for one in recount(report).findings if one.about == MISSED]
    assert (missed.printed, missed.data, missed.recounted) == ("94%", "94.736842", "94.736842 (18 of 19)")


def test_a_report_saved_again_by_another_program_still_agrees(report: bytes) -> None:
    assert recount(edited(report, lambda _document: None)).agrees


def test_figures_of_a_quarter_are_added_up_from_its_months(tmp_path: Path) -> None:
    options = Options(
        sources=ROOT / "sources", output=tmp_path, month=Month(2026, 9), kinds=("reports",), customer="nordwind-asia"
    )
    run_build(options)
    quarter = (tmp_path / "nordwind-asia/reports/sla-nordwind-office_2026-Q3.pdf").read_bytes()
    found = recount(quarter)
    assert found.agrees, [one for one in found.findings if one.standing == "differs"]
    assert "months" in found.unproven
    figures = {one.about: one for one in found.findings if " p" in one.about or one.about.endswith("uptime")}
    assert len(figures) == 24
    assert {one.standing for one in figures.values()} == {"agrees"}
    assert figures["service-desk p4-response"].recounted == "96.153846 (25 of 26)"
    september = recount((tmp_path / "nordwind-asia/reports/sla-nordwind-office_2026-09.pdf").read_bytes())
    assert september.agrees
    assert "months" not in september.unproven

    def one_month_better(sheet: Any) -> None:
        row = row_of(sheet, "p4-response", "service-desk") + 2
        assert [sheet.cell(row, column).value for column in (5, 9, 10)] == ["2026-09", 8, 9]
        sheet.cell(row, 9).value = 9

    assert "service-desk p4-response" in differing(with_sheet(quarter, EVIDENCE, one_month_better))


def test_sums_in_the_words_of_a_ticket_are_not_taken_for_those_of_the_report(tmp_path: Path) -> None:
    sources = Path(shutil.copytree(ROOT / "tests" / "projects" / "small" / "sources", tmp_path / "sources"))
    tickets = sources / "metrics" / "2026-10" / "tickets.csv"
    late = "2026-10-19 11:30:00,,无法提交"
    text = tickets.read_text("utf-8")
    assert late in text
    tickets.write_text(text.replace(late, "2026-10-29 11:30:00,,=1+1"), "utf-8")
    run_build(Options(sources=sources, output=tmp_path / "output", kinds=("reports",)))
    (made,) = (tmp_path / "output").glob("*/reports/*_2026-10.pdf")
    found = recount(made.read_bytes())
    assert found.agrees, [one for one in found.findings if one.standing == "differs"]
    assert [one.printed for one in found.findings if one.about == "rows"] == ["5=5+0"]


# -- what was touched -------------------------------------------------------------------------------------------------


def test_a_printed_figure_that_was_redrawn_is_found(report: bytes) -> None:
    for nth, about in ((0, "cover"), (1, MISSED), (2, MISSED)):
        assert about in differing(printed_instead(report, "94%", "100%", nth)), nth


def test_a_redrawn_number_of_the_first_page_is_found(report: bytes) -> None:
    assert "cover" in differing(printed_instead(report, "28", "6"))


JSON_CHANGES: dict[str, tuple[str, Callable[[Any], object]]] = {
    "value": (MISSED, lambda data: result(data).update(value=97.5)),
    "print and value": (MISSED, lambda data: result(data).update(value=95, value_shown="95%")),
    "status": (MISSED, lambda data: result(data).update(status="met")),
    "goal": (MISSED, lambda data: result(data).update(goal=90)),
    "limit": (MISSED, lambda data: result(data).update(allowed_s=1)),
    "count": (MISSED, lambda data: result(data).update(count=20, met=19)),
    "credit": (MISSED, lambda data: result(data).update(credit=50)),
    "no rules of credits": (
        "network-operations uptime",
        lambda data: result(data, "network-operations uptime")["tiers"].append(
            {"value": 100, "above": False, "credit": 5}
        ),
    ),
    "credits": ("credits", lambda data: data["credits"].update(total=3)),
    "amount": ("credits", lambda data: data["credits"].update(amount_shown="¥1.00")),
    "summary": ("summary", lambda data: data["summary"].update(met=29, missed=0)),
    "headline": ("summary", lambda data: data["summary"].update(headline="35 项服务指标全部达成")),
    "late tickets": ("late", lambda data: data["breaches"].clear()),
    "trend": ("trend", lambda data: result(data)["trend"][3].update(shown="99%")),
    "rows": ("rows", lambda data: data["rows"].update(read=1)),
    "set aside": ("rows", lambda data: data["set_aside"].pop()),
    "workload": ("network-operations workload", lambda data: data["workload"][0].update(opened=1)),
    "days": ("network-operations days", lambda data: data["days"][0]["days"][0].update(down_s=0.5)),
    "number": ("report", lambda data: data.update(number="SLA-HARBOUR-CORE-2026-11")),
    "title": ("report", lambda data: data.update(title="服务报告")),
}


@pytest.mark.parametrize("name", JSON_CHANGES)
def test_a_change_of_the_contents_is_found(report: bytes, name: str) -> None:
    about, change = JSON_CHANGES[name]
    assert about in differing(with_json(report, change))


def at(target: str, column: int, value: object) -> Callable[[Any], object]:
    def change(sheet: Any) -> None:
        sheet.cell(row_of(sheet, target), column).value = value

    return change


@pytest.mark.parametrize(
    ("about", "change"),
    [
        (MISSED, at("p3-resolution", 9, 0)),
        (MISSED, at("p3-resolution", 10, 2)),
        (MISSED, at("p3-resolution", 8, 1)),
        (MISSED, lambda sheet: sheet.delete_rows(row_of(sheet, "p3-resolution"))),
        ("tickets", at("p3-resolution", 7, 12)),
        ("tickets", at("p3-resolution", 5, "INC-0")),
        ("network-operations uptime", at("uptime", 9, 1)),
        ("network-operations days", at("uptime", 10, 1)),
        ("evidence", at("uptime", 1, 999)),
        ("evidence", at("uptime", 3, "p1-response")),
    ],
)
def test_a_change_of_the_evidence_is_found(report: bytes, about: str, change: Callable[[Any], object]) -> None:
    assert about in differing(with_sheet(report, EVIDENCE, change))


def test_a_change_of_a_figure_or_ticket_in_the_workbook_is_found(report: bytes) -> None:
    def figure(sheet: Any) -> None:
        sheet.cell(8, 8).value = 97

    def ticket(sheet: Any) -> None:
        sheet.cell(5, 9).value = 1

    assert MISSED in differing(with_sheet(report, 0, figure))
    assert differing(with_sheet(report, TICKETS, ticket)) == {"tickets"}


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[5].update(resolution_status="missed"),
        lambda rows: rows[5].update(resolution_s="1"),
        lambda rows: rows[5].update(priority="P1"),
        lambda rows: rows[5].update(resolved=rows[5]["opened"]),
        lambda rows: rows.pop(5),
        lambda rows: rows.append(dict(rows[5])),
    ],
)
def test_a_change_of_one_ticket_is_found_and_the_ticket_named(
    report: bytes, change: Callable[[list[dict[str, str]]], object]
) -> None:
    (tickets,) = [one for one in recount(with_tickets(report, change)).findings if one.about == "tickets"]
    assert tickets.standing == "differs"
    assert "INC2026" in tickets.recounted


def test_data_of_another_report_are_found(report: bytes, demo_output: Path) -> None:
    def swap(document: pikepdf.Pdf) -> None:
        with pikepdf.open(demo_output / OTHERS[0]) as other:
            for name in list(document.attachments):
                del document.attachments[name]
            for name, entry in other.attachments.items():
                content = bytes(entry.get_file().read_bytes())
                document.attachments[name] = carried(document, name, content)

    assert {"report", "summary", "cover", "rows", "late"} <= differing(edited(report, swap))


@pytest.mark.parametrize("ending", [".json", ".xlsx", ".tickets.csv"])
def test_a_report_without_one_of_its_files_proves_nothing(report: bytes, ending: str) -> None:
    def remove(document: pikepdf.Pdf) -> None:
        del document.attachments[STEM + ending]

    with pytest.raises(RefusedError, match=rf"carries no \{ending} file along"):
        recount(edited(report, remove))


def test_words_and_notes_laid_over_a_page_are_found(report: bytes) -> None:
    def word(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        page.contents_add(document.make_stream(b"BT /none 20 Tf 100 600 Td (100%) Tj ET"))

    def note(document: pikepdf.Pdf) -> None:
        text = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[90, 590, 200, 640])
        document.pages[0].Annots = pikepdf.Array([*document.pages[0].get("/Annots", []), document.make_indirect(text)])

    assert differing(edited(report, word)) == {"pages"}
    assert differing(edited(report, note)) == {"pages"}


# -- what should not be read ------------------------------------------------------------------------------------------


def bomb(document: pikepdf.Pdf) -> None:
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(bytes(1 << 20)) for _ in range(300)) + packing.flush()
    document.pages[0].Contents = pikepdf.Stream(document, b"")
    document.pages[0].Contents.write(packed, filter=pikepdf.Name.FlateDecode)


def loop(document: pikepdf.Pdf) -> None:
    document.Root.StructTreeRoot.K = pikepdf.Array([document.Root.StructTreeRoot.K[0]])
    element = document.Root.StructTreeRoot.K[0]
    element.K = pikepdf.Array([element])


def unstructured(document: pikepdf.Pdf) -> None:
    del document.Root.StructTreeRoot


def oddly_packed(document: pikepdf.Pdf) -> None:
    stream = pikepdf.Stream(document, b"")
    stream.write(b"\x80", filter=pikepdf.Name.RunLengthDecode)
    document.pages[0].Contents = stream


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (bomb, "come to over 256 MB"),
        (loop, "too deep or too large"),
        (unstructured, "no structure"),
        (oddly_packed, "packed in a way that no report is"),
    ],
)
def test_a_hostile_file_is_refused_with_a_reason(
    report: bytes, change: Callable[[pikepdf.Pdf], None], why: str
) -> None:
    with pytest.raises(RefusedError, match=why):
        recount(edited(report, change))


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"{}",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"number": NaN}',
        json.dumps({"results": 3, "period": {}}).encode(),
    ],
)
def test_data_of_another_shape_are_refused(report: bytes, content: bytes) -> None:
    with pytest.raises(RefusedError, match="not those of a service report"):
        recount(with_file(report, ".json", lambda _before: content))


def test_words_where_the_workbook_has_numbers_are_refused(report: bytes) -> None:
    def count(sheet: Any) -> None:
        sheet.cell(8, 10).value = "many"

    with pytest.raises(RefusedError, match="not those of a service report"):
        recount(with_sheet(report, 0, count))


@pytest.mark.parametrize("ending", [".xlsx", ".tickets.csv"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_damaged_tables_are_refused(report: bytes, ending: str, content: bytes) -> None:
    with pytest.raises(RefusedError, match="not those of a service report"):
        recount(with_file(report, ending, lambda _before: content))


def test_a_cut_or_locked_file_is_refused(report: bytes) -> None:
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(report)) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    for content in (b"", b"%PDF-", b"%PDF-1.7\n" + bytes(1000), report[: len(report) // 2], locked.getvalue()):
        try:
            found: Recount | None = recount(content)
        except RefusedError:
            found = None
        assert found is None


# -- the command ------------------------------------------------------------------------------------------------------


def verify(file: Path, *more: str) -> Result:
    return CliRunner().invoke(slm, ["verify", str(file), *more])


def test_the_command_says_of_each_figure_how_it_stands_and_where_the_file_was_published(demo_output: Path) -> None:
    shown = verify(demo_output / REPORT, "--output", str(demo_output))
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert lines[0] == "SLA-HARBOUR-CORE-2026-10 (zh-CN): every figure agrees"
    told = "agrees network-operations p3-resolution printed 94%, data 94.736842, recounted 94.736842 (18 of 19)"
    assert told in [" ".join(line.split()) for line in lines]
    assert f"  the same bytes were published: {REPORT}" in lines
    assert "not proven by the data inside:" in lines


def test_the_command_needs_no_sources_and_fails_on_a_difference(report: bytes, tmp_path: Path) -> None:
    file = tmp_path / "received.pdf"
    file.write_bytes(with_json(report, JSON_CHANGES["value"][1]))
    nowhere = ("--sources", str(tmp_path / "none"), "--output", str(tmp_path / "none"))
    shown = verify(file, *nowhere)
    assert shown.exit_code == 1
    assert "1 finding differs" in shown.output.splitlines()[0]
    assert "nothing with these bytes is published or issued here" in shown.output
    told = [json.loads(line) for line in verify(file, *nowhere, "--json").output.splitlines()]
    assert told[0]["agrees"] is False
    assert [one["about"] for one in told[1:] if one["standing"] == "differs"] == [MISSED]


def test_the_command_refuses_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "none.pdf"
    file.write_bytes(b"no PDF at all")
    shown = verify(file)
    assert shown.exit_code == 1
    assert shown.output == f"{file}:1:1: error: this is no PDF\n"
