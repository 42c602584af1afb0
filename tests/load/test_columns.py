"""Rows read by the hundred thousand and rows read one by one tell the same, whatever an export looks like."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.load.exports import Export, exports, month_folders
from pipeline.load.formats import blocks
from pipeline.load.formats.table import Unreadable
from pipeline.load.reading import Reading
from pipeline.load.rows import Row, Unusable
from pipeline.load.tickets import Known, Ticket, read_ticket
from pipeline.load.times import read_times
from pipeline.model.portfolio import Portfolio
from pipeline.model.records import MISSING, ImportProfile, SetAside, Tickets
from pipeline.problems import Problem
from tests.builders import TICKET_COLUMNS, TICKET_HEADER, make_portfolio, make_profile

Told = tuple[object, ...]


def no_emoji(text: str) -> tuple[str, ...]:
    """Fonts without pictures."""
    return tuple(sorted({one for one in text if one > "\uffff"}))


def one_by_one(folder: Path, portfolio: Portfolio) -> tuple[list[Told], list[Told], Counter[str], set[str]]:
    """Every row by itself, oldest month first: tickets, rows set aside, rows per month, problems."""
    found: dict[tuple[str, str, str], Ticket] = {}
    aside: list[Told] = []
    rows: Counter[str] = Counter()
    problems: list[Problem] = []
    ids = Known.of(portfolio)
    for export in exports(folder, portfolio, month_folders(folder), problems):
        for row in _rows(export, problems):
            rows[str(export.month)] += 1
            try:
                ticket = read_ticket(row, ids)
                earlier = found.get(ticket.key)
                if earlier is not None and earlier.origin.month == row.month:
                    place = f"{earlier.origin.file}:{earlier.line}:{earlier.origin.column}"
                    raise Unusable("twice", "ticket", ticket.id, place)  # noqa: TRY301, EM101 - as a reader would
                found[ticket.key] = ticket
            except Unusable as why:
                key = row.profile.id, row.mapped("customer"), row.printable(row.raw("ticket"))
                if key in found and found[key].origin.month < row.month:
                    del found[key]
                aside.append((str(row.month), row.line, why.code, tuple(map(row.printable, why.values))))
    told = [_ticket(one) for one in found.values()]
    return sorted(told, key=repr), sorted(aside, key=repr), rows, set(map(str, problems))


def _rows(export: Export, problems: list[Problem]) -> list[Row]:
    reader = csv.reader(io.StringIO(export.path.read_bytes().decode(), newline=""), strict=True)
    header = next(reader)
    positions = {field: header.index(name) for field, name in export.profile.columns.items()}
    found, line = [], reader.line_num + 1
    for cells in reader:
        if cells:
            found.append(
                Row(export.profile, export.month, export.file, line, cells, positions, len(header), no_emoji, problems)
            )
        line = reader.line_num + 1
    return found


def _ticket(one: Ticket) -> Told:
    times = one.opened, one.responded, one.resolved, one.reopened
    texts = one.id, one.customer, one.service, one.priority, one.summary, one.cause, one.action
    more = one.details
    facts = more.type, more.first_priority, more.first_contact, more.outcome, more.prioritized, more.reopens, more.score
    return (*texts, *times, str(one.origin.month), one.line, one.pauses, *facts, more.updates)


def all_at_once(folder: Path, portfolio: Portfolio) -> tuple[list[Told], list[Told], Counter[str], set[str]]:
    """The same by the reader of the product."""
    reading = Reading.of(folder, portfolio, month_folders(folder), no_emoji)
    told = [one for batch in reading.batches() for one in _tickets(batch)]
    aside: list[Told] = [(str(one.month), one.place.line, one.code, one.values) for one in reading.set_aside]
    rows: Counter[str] = Counter()
    for (month, _, _), count in reading.rows.items():
        rows[str(month)] += count
    problems = {str(one) for one in reading.problems if one.code != "set-aside"}
    return sorted(told, key=repr), sorted(aside, key=repr), rows, problems


def _tickets(batch: Tickets) -> list[Told]:
    told: list[Told] = []
    for row in range(len(batch)):
        pauses = tuple(
            (int(start), int(stop), reason)
            for owner, start, stop, reason in zip(
                batch.pause_ticket, batch.pause_start, batch.pause_stop, batch.pause_reason, strict=True
            )
            if owner == row
        )
        texts = batch.id[row], batch.customer[row], batch.service[row], batch.priority[row]
        more = batch.summary[row], batch.cause[row], batch.action[row]
        times = (int(one[row]) for one in (batch.opened, batch.responded, batch.resolved, batch.reopened))
        words = batch.type[row], batch.first_priority[row], batch.first_contact[row], batch.outcome[row]
        numbers = (int(one[row]) for one in (batch.prioritized, batch.reopens, batch.score))
        moments = tuple(int(at) for owner, at in zip(batch.update_ticket, batch.update_at, strict=True) if owner == row)
        updates = None if batch.updates[row] == MISSING else moments
        assert updates is None or len(updates) == batch.updates[row]
        told.append(
            (*texts, *more, *times, str(batch.month[row]), int(batch.line[row]), pauses, *words, *numbers, updates)
        )
    return told


# -- whole exports ------------------------------------------------------------------------------------------------

TIMES = st.sampled_from(
    ["2026-03-02 09:00", "2026-03-02 9:00", "2026-3-2 09:00", "2026-03-29 02:30", "2026-10-25 02:30",
     "2026-02-30 09:00", "2026-03-02 24:00", "2026-03-02  09:00", " 2026-03-02 11:00 ", "", "-", "x",
     "2062-03-02 09:00", "0001-01-01 00:00",
     "２026-03-02 09:00", "2026-03-02 09:00:00", "2026-03-02T09:00"]
)  # fmt: skip
TEXTS = st.text(st.sampled_from('aB1 ,;"\n\r\t\x00\x0b\u2028é\u0301打印😀-\u3000'), max_size=6)
CELLS = {
    "Ticket": st.sampled_from(["T1", "T2", "T3", "T4", "", "-", "é", "T\u200b1"]) | TEXTS,
    "Customer": st.sampled_from(["acme", " acme", "Acme", "", "nobody"]),
    "Service": st.sampled_from(["desk", "desk ", "Desk", "-"]),
    "Priority": st.sampled_from(["P1", "紧急", "P9", ""]),
    "Opened": TIMES | st.just("2026-03-02 09:00"),
    "Responded": TIMES,
    "Resolved": TIMES | st.just("2026-03-30 09:00"),
    "Pauses": st.sampled_from(
        ["", "-", ";", "2026-03-02 10:00/2026-03-02 11:00/waiting-customer", "2026-03-02 10:00//waiting-supplier",
         "2026-03-02 12:00/2026-03-02 11:00/waiting-customer",
         "2026-03-02 10:00/ 2026-03-02 11:00 / waiting-customer ;",
         "2026-03-02 12:00/2026-03-02 13:00/waiting-supplier; 2026-03-02 10:00/2026-03-02 11:00/waiting-customer",
         "/2026-03-02 11:00/waiting-customer", "2026-03-02 10:00/2026-03-02 11:00/lunch", "x/y/z", "a/b"]
    ),
    "Summary": TEXTS,
}  # fmt: skip
assert ",".join(CELLS) == TICKET_HEADER
ROWS = st.lists(st.tuples(*CELLS.values()) | st.lists(TEXTS, max_size=11), max_size=8)


def written(rows: Sequence[Sequence[str]], end: str, *, quoted: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(CELLS)
    writer.writerows(rows)
    return text.getvalue()


def profile(timezone: str = "UTC") -> ImportProfile:
    return make_profile(
        missing=["-"],
        timezone=timezone,
        values={"customer": {"Acme": "acme"}, "priority": {"紧急": "P1"}},
        columns=TICKET_COLUMNS,
    )


@settings(max_examples=300, deadline=None)
@given(
    months=st.lists(ROWS, min_size=1, max_size=3),
    piece=st.sampled_from([16, 64, 200, 1 << 24]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoted=st.booleans(),
    timezone=st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
)
def test_both_ways_of_reading_tell_the_same(
    months: list[list[Sequence[str]]], piece: int, end: str, quoted: bool, timezone: str
) -> None:
    portfolio = make_portfolio(profiles=[profile(timezone)])
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "PIECE", piece)
        folder = Path(scratch)
        for number, rows in enumerate(months):
            path = folder / "metrics" / f"2026-0{number + 3}" / "tickets.csv"
            path.parent.mkdir(parents=True)
            path.write_bytes(written(rows, end, quoted=quoted).encode())
        assert all_at_once(folder, portfolio) == one_by_one(folder, portfolio)


@settings(max_examples=300, deadline=None)
@given(body=st.text(st.sampled_from('ab,"\n\r '), max_size=40), piece=st.sampled_from([4, 16, 1 << 24]))
@example(body='ab"c,"d\ne",f\n', piece=1 << 24)
@example(body='a,"b"c\n', piece=1 << 24)
def test_quotes_are_read_as_csv_reads_them_or_the_file_is_refused(body: str, piece: int) -> None:
    """Three columns named a, b and c; what is wrong is told with the same line and words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "PIECE", piece)
        try:
            reader = csv.reader(io.StringIO(body, newline=""), strict=True)
            expected: object = [row for row in reader if row]
        except csv.Error:
            expected = "refused"
        found: object
        try:
            parts = blocks.pieces(io.BytesIO(body.encode()))
            found = [row for _, row in blocks.rows_of(blocks.read_blocks(parts, ",", 3, range(3)))]
        except Unreadable:
            found = "refused"
    assert found == expected


MORE = {
    "Type": st.sampled_from(["", "request", "服务请求", "-", "task", "change"]),
    "Updates": st.sampled_from(["", "-", ";", "2026-03-02 10:00", "2026-03-02 12:00 ; 2026-03-02 10:00;", "x",
                                "2026-03-02 9:00", "2062-03-02 09:00", "2026-03-02 10:00;2026-03-02 10:00"]),
    "Reopened": TIMES,
    "Reopens": st.sampled_from(["", "-", "0", "2", "02", "1.0", "-1", "１", "1234567"]),
    "First contact": st.sampled_from(["", "yes", "no", "是", "maybe"]),
    "Outcome": st.sampled_from(["", "successful", "回退", "done"]),
    "Score": st.sampled_from(["", "-", "4", "4.5", "4,5", "5.", ".5", "4.1234567", "10000", "9999.999999", "４"]),
    "First priority": st.sampled_from(["", "P3", "紧急", "P9"]),
    "Changed priority": TIMES,
}  # fmt: skip
DETAILED = {**TICKET_COLUMNS, "type": "Type", "updates": "Updates", "reopened": "Reopened", "reopens": "Reopens",
            "first_contact": "First contact", "outcome": "Outcome", "score": "Score",
            "first_priority": "First priority", "priority_changed": "Changed priority"}  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    plain=st.lists(st.tuples(*MORE.values()), max_size=6),
    left_out=st.sets(st.sampled_from(list(DETAILED)[len(TICKET_COLUMNS) :])),
    constant=st.sampled_from([{}, {"type": "request"}, {"score": "4.5", "reopens": "1"}]),
)
def test_what_only_some_exports_tell_is_read_the_same_both_ways(
    plain: list[Sequence[str]], left_out: set[str], constant: dict[str, str]
) -> None:
    columns = {field: name for field, name in DETAILED.items() if field not in left_out | constant.keys()}
    values = {"type": {"服务请求": "request"}, "first_contact": {"是": "yes"}, "outcome": {"回退": "failed"},
              "priority": {"紧急": "P1"}}  # fmt: skip
    made = make_profile(missing=["-"], values=values, columns=columns, constants=constant)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "metrics" / "2026-03" / "tickets.csv"
        path.parent.mkdir(parents=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*CELLS, *MORE])
            for number, cells in enumerate(plain):
                row = [f"T{number}", "acme", "desk", "P2", "2026-03-02 09:00", "", "2026-03-30 09:00", "", "x", *cells]
                writer.writerow(row)
        portfolio = make_portfolio(profiles=[made])
        assert all_at_once(Path(scratch), portfolio) == one_by_one(Path(scratch), portfolio)


# -- times --------------------------------------------------------------------------------------------------------

ZONES = ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
         "America/Caracas", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    moments=st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31)), min_size=1, max_size=20),  # noqa: DTZ001
)
def test_wall_clock_times_mean_the_instants_that_python_says(zone: str, moments: list[datetime]) -> None:
    cells = pa.array([f"{one:%Y-%m-%d %H:%M:%S}" for one in moments])
    found, read = read_times(cells, ("%Y-%m-%d %H:%M:%S",), zone)
    whole = [one.replace(microsecond=0, fold=0) for one in moments]
    assert read.all()
    assert found.tolist() == [int(one.replace(tzinfo=ZoneInfo(zone)).timestamp()) for one in whole]


@pytest.mark.parametrize("zone", ZONES)
def test_every_minute_around_a_change_of_the_clocks_means_what_python_says(zone: str) -> None:
    day = timedelta(days=1)
    start = datetime(2026, 1, 1)  # noqa: DTZ001 - wall clock times are meant
    offsets = [(start + at * day).replace(tzinfo=ZoneInfo(zone)).utcoffset() for at in range(366)]
    days = [start + at * day for at in range(365) if offsets[at] != offsets[at + 1]]
    walls = [one + timedelta(minutes=minute) for one in days for minute in range(-60, 1500)]
    found, read = read_times(
        pa.array([f"{one:%d.%m.%Y %H:%M}" for one in walls], pa.string()), ("%d.%m.%Y %H:%M",), zone
    )
    assert read.all()
    assert found.tolist() == [int(one.replace(tzinfo=ZoneInfo(zone)).timestamp()) for one in walls]


@pytest.mark.parametrize(
    ("written", "formats", "expected"),
    [
        ("2026-03-02T09:00:00Z", ("iso",), 1772442000),
        ("2026-03-02 09:00:00+08:00", ("iso",), 1772442000 - 8 * 3600),
        ("2026-03-02T09:00:00-03:30", ("iso",), 1772442000 + 3 * 3600 + 1800),
        ("2026-03-02 09:00:00", ("iso",), 1772442000),
        ("02/03/2026 09:00", ("%d/%m/%Y %H:%M",), 1772442000),
        ("03/02/2026 09:00", ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"), 1770109200),
        ("03/25/2026 09:00", ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"), 1774429200),
        ("20260302090000", ("%Y%m%d%H%M%S",), 1772442000),
        ("", ("iso",), MISSING),
    ],
)
def test_each_form_of_time_is_read(written: str, formats: tuple[str, ...], expected: int) -> None:
    found, read = read_times(pa.array([written]), formats, "UTC")
    assert (found.tolist(), read.tolist()) == ([expected], [True])


@pytest.mark.parametrize(
    "written",
    ["2026-02-29 09:00", "2026-13-01 09:00", "2026-03-02 09:60", "2026-03-02 9:00", "x" * 16, "1900-03-02 09:00"],
)
def test_what_is_no_time_of_the_form_is_left_to_the_exact_reading(written: str) -> None:
    _, read = read_times(pa.array([written]), ("%Y-%m-%d %H:%M",), "UTC")
    assert not np.any(read)


def test_set_aside_rows_come_in_order_of_their_place(tmp_path: Path) -> None:
    for month in ("2026-03", "2026-04"):
        path = tmp_path / "metrics" / month / "tickets.csv"
        path.parent.mkdir(parents=True)
        path.write_text(f"{TICKET_HEADER}\nT1,nobody,desk,P1,,,,,\nT2,acme,desk,P1,,,,,\n", "utf-8")
    reading = Reading.of(tmp_path, make_portfolio(profiles=[profile()]), month_folders(tmp_path), no_emoji)
    assert [len(batch) for batch in reading.batches()] == [0] * 5
    found: list[SetAside] = reading.set_aside
    assert [(str(one.month), one.place.line) for one in found] == [
        ("2026-03", 2), ("2026-03", 3), ("2026-04", 2), ("2026-04", 3),
    ]  # fmt: skip
