"""The same tickets in every format make the same table, and a damaged file loses no row without a word."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pipeline.load.characters import all_covered
from pipeline.load.formats import FORMATS, format_of
from pipeline.load.formats.table import Layout, Unreadable
from pipeline.model.quantities import Month
from pipeline.model.records import ImportProfile, Records
from pipeline.options import ROOT
from pipeline.problems import Problem, did_you_mean, has_errors
from tests.builders import at, load_records, make_portfolio, make_profile

MARCH = Month(2026, 3)
COLUMNS = {
    "ticket": "编号",
    "customer": "Customer",
    "service": "Service",
    "priority": "Priority",
    "opened": "Opened",
    "responded": "Responded",
    "resolved": "Resolved",
    "pauses": "On hold",
    "summary": "摘要",
}
TIMES = ("opened", "responded", "resolved")
Ticket = dict[str, Any]


def make(number: int) -> list[Ticket]:
    """Tickets with times in Shanghai; every seventh cannot be measured."""
    chance = random.Random(number)
    tickets: list[Ticket] = []
    for index in range(number):
        opened = datetime(2026, 3, 2, 8) + timedelta(seconds=chance.randrange(20 * 86400))  # noqa: DTZ001 - Shanghai
        responded = opened + timedelta(seconds=chance.randrange(3600))
        resolved = responded + timedelta(seconds=chance.randrange(86400))
        tickets.append(
            {
                "ticket": f"T{index:04}",
                "customer": "Acme" if index % 3 else "Acme & 子公司 <AG>",
                "service": "desk",
                "priority": ["P1", "P2", "P3", "P9"][index % 4 if index % 7 == 0 else index % 3],
                "opened": None if index % 35 == 1 else opened,
                "responded": responded if index % 5 else None,
                "resolved": resolved if index % 4 else None,
                "pauses": f"{responded}/{resolved}/waiting-customer" if index % 6 == 0 else "",
                "summary": ["打印机起火", 'He said "no", then left', "line one\nline two", ""][index % 4],
            }
        )
    return tickets


TWO_HUNDRED = make(200)


def written(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else "" if value is None else str(value)


def utc(value: datetime) -> datetime:
    return (value - timedelta(hours=8)).replace(tzinfo=UTC)


def as_csv(tickets: Sequence[Ticket], *, delimiter: str = ",", encoding: str = "utf-8", title: str = "") -> bytes:
    import csv

    stream = io.StringIO()
    stream.write(title)
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(COLUMNS.values())
    writer.writerows([written(ticket[field]) for field in COLUMNS] for ticket in tickets)
    return stream.getvalue().encode(encoding)


def as_epochs(tickets: Sequence[Ticket]) -> bytes:
    return as_csv(
        [
            ticket
            | {field: f"{utc(ticket[field]).timestamp():.3f}".replace(".", ",") for field in TIMES if ticket[field]}
            for ticket in tickets
        ],
        delimiter=";",
    )


def as_serials(tickets: Sequence[Ticket]) -> bytes:
    origin = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no zone
    return as_csv(
        [
            ticket
            | {field: f"{(ticket[field] - origin).total_seconds() / 86400:.6f}" for field in TIMES if ticket[field]}
            for ticket in tickets
        ]
    )


def as_xlsx(tickets: Sequence[Ticket], *, mac: bool = False) -> bytes:
    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    book.worksheets[0].title = "Notes"
    sheet = book.create_sheet("三月")
    sheet.append(["Tickets of March"])
    sheet.merge_cells("A1:I1")
    sheet.append([])
    sheet.append([*COLUMNS.values()])
    for ticket in tickets:
        sheet.append([ticket[field] if ticket[field] != "" else None for field in COLUMNS])
    sheet["L5"] = "checked"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def nested(ticket: Ticket) -> dict[str, Any]:
    plain = {COLUMNS[field]: value for field, value in ticket.items() if field not in {*TIMES, "priority"}}
    times = {COLUMNS[field]: written(ticket[field]) or None for field in TIMES}
    return {**plain, "fields": {"priority": [{"name": ticket["priority"]}], **times}}


def as_json_lines(tickets: Sequence[Ticket]) -> bytes:
    return "".join(json.dumps(nested(ticket), ensure_ascii=False) + "\n" for ticket in tickets).encode()


def as_json(tickets: Sequence[Ticket]) -> bytes:
    return json.dumps({"page": 1, "answer": {"issues": [nested(ticket) for ticket in tickets]}}).encode()


def as_parquet(tickets: Sequence[Ticket], *, unit: str = "us", zone: str = "") -> bytes:
    types = {field: pa.timestamp(unit, zone or None) if field in TIMES else pa.string() for field in COLUMNS}
    arrays = [
        pa.array(
            [utc(ticket[field]) if zone and field in TIMES and ticket[field] else ticket[field] for ticket in tickets],
            types[field],
        )
        for field in COLUMNS
    ]
    table = pa.Table.from_arrays(arrays, names=[*COLUMNS.values()])
    stream = io.BytesIO()
    pq.write_table(table, stream, row_group_size=64)
    return stream.getvalue()


def as_xes(tickets: Sequence[Ticket]) -> bytes:
    """A trace a ticket with one event; the times are the event's, all else is the case's."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n',
        '<global scope="event"><date key="Opened" value="1970-01-01T00:00:00Z"/></global>\n',
    ]
    for ticket in tickets:
        parts.append("<trace>\n")
        for field, name in COLUMNS.items():
            if field not in TIMES:
                value = quoteattr(written(ticket[field]), {"\n": "&#10;"})
                parts.append(f'<string key="{name}" value={value}/>')
        parts.append("\n<event>")
        parts += [
            f'<date key="{COLUMNS[field]}" value="{ticket[field].isoformat()}+08:00"/>'
            for field in TIMES
            if ticket[field]
        ]
        parts.append("</event>\n</trace>\n")
    return "".join([*parts, "</log>\n"]).encode()


PROFILE = replace(
    make_profile(
        files=["tickets*"],
        timezone="Asia/Shanghai",
        date_formats=["%Y-%m-%d %H:%M:%S"],
        columns=COLUMNS,
        values={"customer": {"*": "acme"}},
    )
)
IN_JSON = {
    **COLUMNS,
    "priority": "fields.priority.0.name",
    **{field: f"fields.{COLUMNS[field]}" for field in TIMES},
}
IN_XES = {field: name if field in TIMES else f"case:{name}" for field, name in COLUMNS.items()}

Case = tuple[str, Callable[[Sequence[Ticket]], bytes], ImportProfile]
CASES: dict[str, Case] = {
    "csv": ("tickets.csv", as_csv, PROFILE),
    "csv with a byte order mark": ("tickets.csv", lambda some: as_csv(some, encoding="utf-8-sig"), PROFILE),
    "gb18030": ("tickets.csv", lambda some: as_csv(some, encoding="gb18030"), replace(PROFILE, encoding="gb18030")),
    "utf-16 with tabs": (
        "tickets.txt",
        lambda some: as_csv(some, delimiter="\t", encoding="utf-16"),
        replace(PROFILE, encoding="utf-16", delimiter="\t"),
    ),
    "csv below titles": (
        "tickets.csv",
        lambda some: as_csv(some, title='Tickets of "March\n\n'),
        replace(PROFILE, header_row=3),
    ),
    "seconds since 1970 with a decimal comma": (
        "tickets.csv",
        as_epochs,
        replace(PROFILE, delimiter=";", decimal=",", date_formats=("epoch", "%Y-%m-%d %H:%M:%S")),
    ),
    "days of Excel as text": (
        "tickets.csv",
        as_serials,
        replace(PROFILE, date_formats=("excel", "%Y-%m-%d %H:%M:%S")),
    ),
    "xlsx": ("tickets.xlsx", as_xlsx, replace(PROFILE, sheet="三月", header_row=3)),
    "xlsx of 1904": (
        "tickets.xlsx",
        lambda some: as_xlsx(some, mac=True),
        replace(PROFILE, sheet="三月", header_row=3),
    ),
    "json lines": ("tickets.jsonl", as_json_lines, replace(PROFILE, columns=IN_JSON)),
    "json": ("tickets.json", as_json, replace(PROFILE, columns=IN_JSON, records="answer.issues")),
    "parquet": ("tickets.parquet", as_parquet, PROFILE),
    "parquet in nanoseconds with a zone": (
        "tickets.parquet",
        lambda some: as_parquet(some, unit="ns", zone="America/New_York"),
        PROFILE,
    ),
    "xes": ("tickets.xes", as_xes, replace(PROFILE, columns=IN_XES)),
    "xes packed": (
        "tickets.xes.gz",
        lambda some: gzip.compress(as_xes(some), mtime=0),
        replace(PROFILE, columns=IN_XES),
    ),
}


def load(folder: Path, name: str, content: bytes, profile: ImportProfile) -> tuple[Records, tuple[Problem, ...]]:
    """What comes of one file; no row may get lost on the way."""
    path = folder / "metrics" / str(MARCH) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.iterdir():
        old.unlink()
    path.write_bytes(content)
    records, problems = load_records(folder, make_portfolio(profiles=[profile]), [MARCH], all_covered)
    assert sum(records.rows.values()) == len(records.tickets) + len(records.set_aside)
    return records, problems


def table(records: Records) -> list[Any]:
    """All that a table of tickets says but the places."""
    tickets = records.tickets
    columns = ("id", "customer", "service", "priority", "opened", "responded", "resolved", "reopened", "summary")
    pauses = ("pause_ticket", "pause_start", "pause_stop", "pause_reason")
    return [list(getattr(tickets, name)) for name in (*columns, *pauses)]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Records:
    records, _ = load(tmp_path_factory.mktemp("csv"), "tickets.csv", as_csv(TWO_HUNDRED), PROFILE)
    return records


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_same_tickets_make_the_same_table_in_every_format(case: Case, expected: Records, tmp_path: Path) -> None:
    name, write, profile = case
    records, problems = load(tmp_path, name, write(TWO_HUNDRED), profile)
    assert {problem.code for problem in problems} == {"set-aside"}
    assert sum(records.rows.values()) == 200
    assert len(records.set_aside) == 13
    assert table(records) == table(expected)
    by_id = {one.record: one.code for one in records.set_aside}
    assert by_id == {one.record: one.code for one in expected.set_aside}
    first = list(records.tickets.id).index("T0002")
    assert records.tickets.opened[first] == at(written(TWO_HUNDRED[2]["opened"]), "Asia/Shanghai")


def test_every_format_has_a_case() -> None:
    own = {format_of(name, profile.format) for name, _, profile in CASES.values()}
    assert own | {"zabbix-events", "zabbix-sla-report", "prometheus"} == FORMATS.keys()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False), data=st.data())
def test_a_damaged_file_is_read_as_far_as_it_goes(
    case: Case, chance: random.Random, data: st.DataObject, tmp_path: Path
) -> None:
    name, write, profile = case
    content = bytearray(SMALL[id(case)] if id(case) in SMALL else SMALL.setdefault(id(case), write(make(12))))
    cut_short = False
    for _ in range(data.draw(st.integers(1, 6))):
        start = chance.randrange(len(content) + 1)
        stop = min(len(content), start + chance.randrange(1, 40))
        kind = chance.randrange(4)
        if kind == 0:
            content[start:stop] = chance.randbytes(stop - start)
        elif kind == 1:
            del content[start:stop]
        elif kind == 2:
            content[start:start] = content[start:stop]
        else:
            del content[start:]
            cut_short = True  # at the end of a row, nothing tells that more rows were meant to follow
    records, problems = load(tmp_path, name, bytes(content), profile)
    assert len(records.tickets) + len(records.set_aside) >= 12 or problems or cut_short
    for problem in problems:
        assert "\n" not in str(problem)


SMALL: dict[int, bytes] = {}


# -- what makes a file unreadable ---------------------------------------------------------------------------------


def refused(folder: Path, name: str, content: bytes, profile: ImportProfile = PROFILE) -> list[str]:
    records, problems = load(folder, name, content, profile)
    assert len(records.tickets) == 0
    assert has_errors(problems)
    return [str(problem).removeprefix("sources/metrics/2026-03/") for problem in problems]


def test_an_xlsx_whose_stray_cell_spans_millions_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["XFD1048576"] = "编号", "stray"
    stream = io.BytesIO()
    book.save(stream)
    assert refused(tmp_path, "tickets.xlsx", stream.getvalue()) == [
        (
            "tickets.xlsx:1:1: error: the sheet spans 1,048,576 rows and 16,384 columns; "
            "delete stray cells far off the table, or save it as CSV"
        )
    ]


def bomb(size: int, declared: int) -> bytes:
    """A workbook with a part that unpacks to `size` and claims to have `declared` bytes."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/sharedStrings.xml", "w") as part,
    ):
        for _ in range(size >> 20):
            part.write(b"<si/>   " * (1 << 17))
    content = bytearray(stream.getvalue())
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = declared.to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize("declared", [64 << 20, 100], ids=["it says so", "it says that it is small"])
def test_a_workbook_that_unpacks_to_too_much_is_refused(
    declared: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.load.formats.table.MAX_UNPACKED", 16 << 20)
    assert refused(tmp_path, "tickets.xlsx", bomb(64 << 20, declared)) == [
        "tickets.xlsx:1:1: error: the file unpacks to far more than an export holds; export it again, in parts"
    ]


def test_a_packed_log_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.load.formats.table.RATIO_COUNTS_FROM", 1 << 20)
    content = gzip.compress(b'<?xml version="1.0"?><log>' + b"<trace/>" * (8 << 20))
    assert refused(tmp_path, "tickets.xes.gz", content, replace(PROFILE, columns=IN_XES)) == [
        "tickets.xes.gz:1:1: error: the file unpacks to far more than an export holds; export it again, in parts"
    ]


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE log SYSTEM "http://example.com/log.dtd">',
        '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
    ids=["a file", "an address", "entities of entities"],
)
def test_a_log_with_a_document_type_is_refused(declaration: str, tmp_path: Path) -> None:
    content = as_xes(make(3)).replace(b"\n<log", f"\n{declaration}\n<log".encode(), 1)
    assert refused(tmp_path, "tickets.xes", content, replace(PROFILE, columns=IN_XES)) == [
        "tickets.xes:1:1: error: the file declares a document type, which XES has none of"
    ]


def test_a_workbook_whose_list_of_parts_is_damaged_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("表.xml", b"<sheet/>")
    content = stream.getvalue().replace("表".encode(), b"\xff\xfe\xfd")
    (told,) = refused(tmp_path, "tickets.xlsx", content)
    assert told.startswith("tickets.xlsx:1:1: error: not a readable .xlsx file: 'utf-8' codec can't decode")


def test_an_old_or_locked_workbook_says_what_to_do(tmp_path: Path) -> None:
    assert refused(tmp_path, "tickets.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == [
        "tickets.xlsx:1:1: error: an old .xls file, or one with a password; save it as .xlsx without a password"
    ]


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    profile = replace(PROFILE, sheet="四月", header_row=3)
    assert refused(tmp_path, "tickets.xlsx", as_xlsx(make(3)), profile) == [
        "tickets.xlsx:1:1: error: there is no sheet '四月'; known: Notes, 三月"
    ]


def test_a_huge_cell_is_refused(tmp_path: Path) -> None:
    line = json.dumps({"编号": "T1", "摘要": "x" * 1_000_001}).encode()
    assert refused(tmp_path, "tickets.jsonl", line)[0] == (
        "tickets.jsonl:1:9: error: a cell has more than 1,000,000 characters; leave that column out of the export"
    )


def test_lines_that_are_no_json_are_an_error_at_their_place(tmp_path: Path) -> None:
    content = as_json_lines(make(2)) + b'{"fields": \n'
    records, problems = load(tmp_path, "tickets.jsonl", content, replace(PROFILE, columns=IN_JSON))
    errors = [str(problem) for problem in problems if problem.severity == "error"]
    assert errors == ["sources/metrics/2026-03/tickets.jsonl:3:11: error: not valid JSON: Expecting value"]
    assert sum(records.rows.values()) == 2


def test_a_name_that_no_record_has_is_a_warning_with_a_guess(tmp_path: Path) -> None:
    columns = {**IN_JSON, "responded": "fields.Respondet"}
    _, problems = load(tmp_path, "tickets.jsonl", as_json_lines(make(8)), replace(PROFILE, columns=columns))
    assert [str(problem) for problem in problems if problem.code == "column-missing"] == [
        (
            "sources/metrics/2026-03/tickets.jsonl:1:1: warning: no record has 'fields.Respondet'; "
            "did you mean 'fields.Responded'?"
        )
    ]


def test_a_json_document_without_that_list_says_so(tmp_path: Path) -> None:
    profile = replace(PROFILE, columns=IN_JSON, records="answer.tickets")
    assert refused(tmp_path, "tickets.json", as_json(make(2)), profile) == [
        (
            "tickets.json:1:1: error: there is no list at 'answer.tickets'; "
            "name the path to the list in sources/imports/tool.yaml, for example records: result"
        )
    ]


def test_a_json_document_with_an_empty_list_has_no_rows(tmp_path: Path) -> None:
    profile = replace(PROFILE, columns=IN_JSON, records="answer.issues")
    records, problems = load(tmp_path, "tickets.json", as_json([]), profile)
    assert not has_errors(problems)
    assert sum(records.rows.values()) == 0


def test_a_column_that_a_parquet_file_lacks_is_an_error_with_a_guess(tmp_path: Path) -> None:
    profile = replace(PROFILE, columns={**COLUMNS, "resolved": "Resolvd"})
    assert refused(tmp_path, "tickets.parquet", as_parquet(make(2)), profile) == [
        "tickets.parquet:1:1: error: the column 'Resolvd' is missing; did you mean 'Resolved'?"
    ]


def test_utf_16_is_recognized_where_utf_8_was_said(tmp_path: Path) -> None:
    assert refused(tmp_path, "tickets.csv", as_csv(make(2), encoding="utf-16")) == [
        (
            "tickets.csv:1:1: error: the file is not UTF-8; "
            "write its encoding into sources/imports/tool.yaml, for example encoding: utf-16"
        )
    ]


@pytest.mark.parametrize(("encoding", "wrong"), [("gbk", b"\xff"), ("gb18030", b"\xff"), ("utf-8", b"\xb4")])
def test_a_wrong_byte_behind_the_first_megabyte_is_found(encoding: str, wrong: bytes, tmp_path: Path) -> None:
    content = as_csv(make(12000), encoding=encoding)
    assert len(content) > 1 << 20
    lines = content.count(b"\n")
    profile = replace(PROFILE, encoding=encoding)
    spoilt = content + b"T,\xe6\x89\x93"[: 2 if encoding != "utf-8" else 5] + wrong
    _, problems = load(tmp_path, "tickets.csv", spoilt, profile)
    found = [str(one).removeprefix("sources/metrics/2026-03/") for one in problems if one.severity == "error"]
    assert found[0].startswith(f"tickets.csv:{lines + 1}:{3 if encoding != 'utf-8' else 6}: error: the file is not ")


def test_rows_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "tickets.jsonl"
    path.write_bytes(as_json_lines(make(3)) + b"no json\n")
    rows = FORMATS["jsonl"].open(path, Layout(columns=("编号",))).rows
    assert [next(rows) for _ in range(3)] == [(1, ["T0000"]), (2, ["T0001"]), (3, ["T0002"])]
    with pytest.raises(Unreadable):
        next(rows)


@pytest.mark.parametrize("break_", ["\n", ""], ids=["a line an attribute", "a line an event"])
@pytest.mark.parametrize("before", [0, 65_530, 200_000])
def test_an_event_of_a_long_log_is_found_in_its_line(break_: str, before: int, tmp_path: Path) -> None:
    """The parser underneath counts no further than 65,535."""
    attributes = ['<string key="编号" value="{}"/>', '<string key="x" value="a&#10;b"/>', "<!-- <event> -->"]
    event = break_.join(["<event>", *attributes, "</event>"])
    traces = [f"<trace>\n{event.format(one)}\n{event.format(one)}</trace>" for one in range(10)]
    content = "\n".join(['<log xmlns="http://www.xes-standard.org/">' + "\n" * before, *traces, "</log>"])
    path = tmp_path / "tickets.xes"
    path.write_text(content, encoding="utf-8")
    rows = list(FORMATS["xes"].open(path, Layout(columns=("编号",))).rows)
    starts = [number for number, line in enumerate(content.split("\n"), 1) if line.startswith("<event>")]
    assert [line for line, _ in rows] == starts
    assert [cells for _, cells in rows] == [[str(number // 2)] for number in range(20)]


# -- the real log -------------------------------------------------------------------------------------------------

BPI = ROOT.parent / "shared" / "data" / "bpi2013_closed.xes.gz"


@pytest.mark.skipif(not BPI.is_file(), reason="the BPI log is not on this machine")
def test_the_log_of_closed_problems_loads_case_by_case(tmp_path: Path) -> None:
    import re

    profile = make_profile(
        shape="event-log",
        files=["*.xes.gz"],
        date_formats=["iso"],
        columns={
            "ticket": "case:concept:name",
            "priority": "impact",
            "state": "lifecycle:transition",
            "changed": "time:timestamp",
        },
        constants={"customer": "acme", "service": "desk"},
        values={"priority": {"Major": "P1", "High": "P2", "Medium": "P3", "Low": "P4"}},
        states={"Wait": "waiting-customer", "Closed": "resolved", "Cancelled": "resolved", "*": "running"},
    )
    folder = tmp_path / "metrics" / "2012-05"
    folder.mkdir(parents=True)
    (folder / BPI.name).write_bytes(BPI.read_bytes())
    records, problems = load_records(tmp_path, make_portfolio(profiles=[profile]), [Month(2012, 5)], all_covered)
    assert not has_errors(problems)
    # counted here with regular expressions, not with the reader
    told = gzip.decompress(BPI.read_bytes()).decode()
    traces = re.findall(r"<trace>(.*?)</trace>", told, re.DOTALL)
    assert sum(records.rows.values()) == len(traces) == 1487
    assert len(records.tickets) + len(records.set_aside) == 1487
    opened = dict(zip(records.tickets.id, records.tickets.opened, strict=True))
    seen = 0
    for trace in traces:
        name = re.search(
            r'<string key="concept:name" value="([^"]*)"', re.sub(r"<event>.*?</event>", "", trace, flags=re.DOTALL)
        )
        assert name is not None
        moments = [datetime.fromisoformat(moment) for moment in re.findall(r'timestamp" value="([^"]*)"', trace)]
        if name[1] in opened:
            seen += 1
            assert opened[name[1]] == int(min(moments).timestamp())
    assert seen == len(records.tickets) > 1400


def test_what_a_generator_holds_open_is_closed_when_it_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_bytes(as_csv(make(3)))
    rows: Iterator[Any] = FORMATS["csv"].open(path, Layout()).rows
    next(rows)
    del rows  # an open file would be a ResourceWarning, and warnings are errors


def test_a_hint_with_the_name_of_a_column_stays_on_its_line() -> None:
    assert did_you_mean("Ticket", ["line one\nline two", "状态"]) == r"known: 'line one\nline two', 状态"
