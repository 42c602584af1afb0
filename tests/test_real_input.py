"""A real log of incidents through the whole pipeline, against a count made minute by minute with the standard library.

The log (UCI, ServiceNow; see `tests/projects/uci/sources`) is not part of the repository: without it these tests are
skipped. What is expected is worked out here from the file's rows alone; the pipeline's results are only read.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from pipeline.build import Outcome, gather
from pipeline.check import check
from pipeline.load.characters import all_covered
from pipeline.load.exports import month_folders
from pipeline.load.sources import load_portfolio
from pipeline.measure.cases import ticket_cases
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import Measurement, measure
from pipeline.merge.report import ReportContext
from pipeline.model.quantities import Month
from pipeline.model.records import Records
from pipeline.options import ROOT, Options
from pipeline.problems import Problem
from tests.builders import load_records
from tests.conftest import run_build

LOG = ROOT.parent / "shared" / "data" / "uci_incident_event_log.csv"
PROJECT = ROOT / "tests" / "projects" / "uci" / "sources"
SLA = "sla-uci-desk"

pytestmark = pytest.mark.skipif(not LOG.is_file(), reason="the UCI event log is not on this machine")

# -- what the agreement says, written down a second time ----------------------------------------------------------

ORIGIN = datetime(2016, 2, 1)  # noqa: DTZ001 - everything is in UTC
DAYS = 394  # to 2017-02-28, the last day in force
DAYS_OFF = {date(2016, 3, 25), date(2016, 3, 28), date(2016, 12, 26)}
MADE_UP = date(2016, 3, 19)
HOUR = 60

USER, VENDOR, PROBLEM, EVIDENCE = "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence"
SOLVED = {"Resolved", "Closed"}


@dataclass(frozen=True)
class Limit:
    """A limit in minutes and the states that stop its clock."""

    minutes: int
    waits: frozenset[str] = frozenset()


OFFICE = {
    "p1-response": Limit(15),
    "p2-response": Limit(30),
    "p3-response": Limit(6 * HOUR),
    "p4-response": Limit(16 * HOUR),
    "p1-resolution": Limit(4 * HOUR),
    "p2-resolution": Limit(8 * HOUR, frozenset({USER})),
    "p3-resolution": Limit(40 * HOUR, frozenset({USER, VENDOR, PROBLEM, EVIDENCE})),
    "p4-resolution": Limit(40 * HOUR, frozenset({USER, VENDOR})),
}
ALWAYS = {
    **OFFICE,
    "p4-response": Limit(48 * HOUR),
    "p2-resolution": Limit(24 * HOUR, OFFICE["p2-resolution"].waits),
    "p3-resolution": Limit(120 * HOUR, OFFICE["p3-resolution"].waits),
    "p4-resolution": Limit(120 * HOUR, OFFICE["p4-resolution"].waits),
}


def in_office(minute: int) -> bool:
    """Whether the minute that starts so many minutes after the origin is in office hours."""
    moment = ORIGIN + timedelta(minutes=minute)
    day, clock = moment.date(), moment.hour * 60 + moment.minute
    if day == MADE_UP:
        return 9 * HOUR <= clock < 12 * HOUR
    if day.weekday() >= 5 or day in DAYS_OFF:
        return False
    return 8 * HOUR <= clock < 12 * HOUR or 13 * HOUR <= clock < 17 * HOUR


@dataclass(frozen=True)
class Variant:
    """The project as it stands, or around the clock with other rules for reopening and periods."""

    name: str
    limits: dict[str, Limit]
    around_the_clock: bool = False
    restart: bool = False
    first_day: int = 1

    def sources(self, folder: Path) -> Path:
        """A copy of the project that says so."""
        shutil.copytree(PROJECT, folder)
        sla = folder / "agreements" / SLA / "A-00.yaml"
        text = sla.read_text(encoding="utf-8")
        if self.around_the_clock:
            text = text.replace("calendar: office", "calendar: always")
        if self.restart:
            text = text.replace("on_reopen: continue", "on_reopen: restart")
        sla.write_text(text.replace("starts_on_day: 1,", f"starts_on_day: {self.first_day},"), encoding="utf-8")
        return folder

    def month_of(self, minute: int) -> Month:
        """The contract month of an instant, named by the month that it ends in."""
        day = (ORIGIN + timedelta(minutes=minute)).date()
        month = Month(day.year, day.month)
        return month if self.first_day == 1 or day.day < self.first_day else month.plus(1)


VARIANTS = [
    Variant("office hours", OFFICE),
    Variant("around the clock", ALWAYS, around_the_clock=True, restart=True, first_day=15),
]


# -- the count ----------------------------------------------------------------------------------------------------


def minutes(written: str) -> int:
    return int((datetime.strptime(written, "%d-%m-%Y %H:%M") - ORIGIN).total_seconds()) // 60  # noqa: DTZ007 - UTC


@dataclass(frozen=True)
class Incident:
    """One incident as the rows of the file tell it; times in minutes from the origin."""

    number: str
    priority: str
    opened: int
    resolved: int | None
    states: tuple[tuple[int, str], ...]
    lines: tuple[int, ...]

    @property
    def responded(self) -> int:
        return next(at for at, state in self.states if state != "New")

    @property
    def reopened(self) -> int | None:
        """The last change from solved to unsolved."""
        found = [
            at
            for (_, before), (at, state) in zip(self.states, self.states[1:], strict=False)
            if before in SOLVED and state not in SOLVED
        ]
        return found[-1] if found else None

    def reason_against(self) -> str:
        """Why nobody could measure it; empty when it can be measured."""
        if self.resolved is None:
            return "the ticket is closed, but resolved_at is missing"
        if self.responded < self.opened:
            return "sys_updated_at is before opened_at"
        if self.reopened is not None and self.resolved < self.reopened:
            return "resolved_at is before sys_updated_at"
        return ""


@dataclass(frozen=True)
class Count:
    """What came of an incident and a target: minutes, and the minute in whose month it counts."""

    elapsed: int
    paused: int
    met: bool
    counted_at: int


def read_log() -> list[Incident]:
    rows: dict[str, list[tuple[int, dict[str, str]]]] = {}
    with LOG.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            rows.setdefault(row["number"], []).append((line, row))
    incidents = []
    for number, found in rows.items():
        last = found[-1][1]
        states = sorted(
            ((minutes(row["sys_updated_at"]), row["incident_state"]) for _, row in found), key=lambda one: one[0]
        )
        resolved = None if last["resolved_at"] == "?" else minutes(last["resolved_at"])
        lines = tuple(line for line, _ in found)
        priority = f"p{last['priority'][0]}"
        incidents.append(Incident(number, priority, minutes(last["opened_at"]), resolved, tuple(states), lines))
    return incidents


def walk(incident: Incident, start: int, stop: int, limit: Limit, working: bytes) -> Count:
    """Every minute from start to stop: it is worked, or paused, or outside of the hours."""
    times = [at for at, _ in incident.states]
    elapsed = paused = 0
    ran_out = stop
    for minute in range(start, stop):
        if not working[minute]:
            continue
        index = bisect_right(times, minute) - 1
        state = incident.states[index][1] if index >= 0 else "New"
        solved = state in SOLVED and incident.reopened is not None and minute < incident.reopened
        if state in limit.waits or solved:
            paused += 1
            continue
        if elapsed == limit.minutes:
            ran_out = minute
        elapsed += 1
    met = elapsed <= limit.minutes
    return Count(elapsed, paused, met, stop if met else ran_out)


def count_all(incidents: list[Incident], variant: Variant) -> dict[tuple[str, str], Count]:
    """(incident, target) -> what came of it."""
    working = bytes(variant.around_the_clock or in_office(minute) for minute in range(DAYS * 1440))
    found = {}
    for incident in incidents:
        if incident.reason_against():
            continue
        assert incident.resolved is not None
        response, resolution = (f"{incident.priority}-{kind}" for kind in ("response", "resolution"))
        found[incident.number, response] = walk(
            incident, incident.opened, incident.responded, Limit(variant.limits[response].minutes), working
        )
        start = incident.reopened if variant.restart and incident.reopened is not None else incident.opened
        found[incident.number, resolution] = walk(
            incident, start, incident.resolved, variant.limits[resolution], working
        )
    return found


@dataclass(frozen=True)
class Trial:
    """The same log counted here and measured by the pipeline."""

    variant: Variant
    sources: Path
    incidents: list[Incident]
    expected: dict[tuple[str, str], Count]
    records: Records
    problems: tuple[Problem, ...]
    measurement: Measurement


MONTHS = tuple(Month(2016, 2).plus(offset) for offset in range(13))
NEWEST = MONTHS[-1]


@pytest.fixture(scope="module", params=VARIANTS, ids=lambda variant: str(variant.name))
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    variant: Variant = request.param
    folder = variant.sources(tmp_path_factory.mktemp("uci") / "sources")
    for month in MONTHS:
        (folder / "metrics" / str(month)).mkdir(parents=True)
    shutil.copy(LOG, folder / "metrics" / str(NEWEST))
    portfolio, problems = load_portfolio(folder, all_covered)
    assert portfolio is not None
    assert problems + check(portfolio) == ()
    records, problems = load_records(folder, portfolio, month_folders(folder), all_covered)
    measurement, more = measure(portfolio, records, MONTHS)
    assert measurement is not None
    incidents = read_log()
    return Trial(variant, folder, incidents, count_all(incidents, variant), records, problems + more, measurement)


# -- the comparison -----------------------------------------------------------------------------------------------


def test_every_incident_is_measured_or_set_aside_with_its_reason(trial: Trial) -> None:
    records = trial.records
    assert (len(trial.incidents), len(records.tickets), len(records.set_aside)) == (890, 858, 32)
    assert sum(records.rows.values()) == 890
    assert {*records.tickets.id, *(one.record for one in records.set_aside)} == {one.number for one in trial.incidents}
    expected = {one.number: one.reason_against() for one in trial.incidents if one.reason_against()}
    assert {one.record: one.reason for one in records.set_aside} == expected
    assert Counter(expected.values()) == {
        "the ticket is closed, but resolved_at is missing": 29,
        "sys_updated_at is before opened_at": 2,
        "resolved_at is before sys_updated_at": 1,
    }


def test_what_is_set_aside_is_reported_with_file_line_and_reason(trial: Trial) -> None:
    lines = {one.number: one.lines for one in trial.incidents}
    for one in trial.records.set_aside:
        assert one.place.file == f"sources/metrics/{NEWEST}/{LOG.name}"
        assert one.place.line in lines[one.record]
    by_number = {one.record: (one.place.line, one.place.column) for one in trial.records.set_aside}
    assert by_number["INC0000131"] == (336, 14)  # Active at 07:14, opened at 09:41
    assert by_number["INC0000137"] == (359, 14)  # New at 11:10, resolved at 11:03
    assert by_number["INC0000093"] == (lines["INC0000093"][-1], 35)  # closed, resolved_at is "?"
    shown = [str(problem) for problem in trial.problems]
    assert len(shown) == 32
    assert (
        "sources/metrics/2017-02/uci_incident_event_log.csv:336:14: warning: "
        "set aside: sys_updated_at is before opened_at" in shown
    )


def test_every_ticket_has_the_seconds_pauses_and_verdict_of_the_count(trial: Trial) -> None:
    measured = trial.measurement.measured
    columns = measured.judgements
    found = {}
    for pair in range(len(columns.ticket)):
        ticket = measured.records.tickets.id[columns.ticket[pair]]
        target = measured.promises[columns.promise[pair]].target.id
        verdict = Verdict(int(columns.verdict[pair]))
        assert verdict in {Verdict.MET, Verdict.MISSED}
        counted_at = (int(columns.counted_at[pair]) - ORIGIN_SECONDS) / 60
        elapsed, paused = int(columns.elapsed[pair]) / 60, int(columns.paused[pair]) / 60
        found[ticket, target] = Count(elapsed, paused, verdict is Verdict.MET, counted_at)  # type: ignore[arg-type]
    assert len(found) == len(columns.ticket) == 2 * 858
    assert found == trial.expected


def test_the_count_is_worth_comparing_with(trial: Trial) -> None:
    """Both verdicts, pauses and reopened tickets are there, so that equal figures mean something."""
    verdicts = Counter((target, count.met) for (_, target), count in trial.expected.items())
    assert all(
        verdicts[target, met] for target in ("p3-response", "p3-resolution", "p4-resolution") for met in (True, False)
    )
    assert sum(count.paused > 0 for count in trial.expected.values()) > 100
    measurable = [one for one in trial.incidents if not one.reason_against()]
    assert sum(one.reopened is not None for one in measurable) == 10


def test_every_month_tallies_what_was_counted_in_it(trial: Trial) -> None:
    expected: Counter[tuple[str, str, bool]] = Counter()
    for (_, target), count in trial.expected.items():
        expected[str(trial.variant.month_of(count.counted_at)), target, count.met] += 1
    found: Counter[tuple[str, str, bool]] = Counter()
    for month in trial.measurement.months[SLA]:
        for result in month.results:
            key = str(month.period.month), result.promise.target.id
            found[*key, True] += result.tally.met
            found[*key, False] += result.tally.missed
            assert result.tally.unmeasured == 0
    assert +found == expected
    assert len({month for month, _, _ in expected}) >= 7


def test_every_ticket_counts_once_a_target_over_all_months(trial: Trial) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for month in trial.measurement.months[SLA]:
        for case in ticket_cases(trial.measurement.measured, month):
            for stand in case.stands:
                seen[trial.records.tickets.id[case.row], stand.promise.target.id] += stand.counted
    assert set(seen.values()) == {1}
    assert seen.keys() == trial.expected.keys()


def test_a_provider_who_reports_every_month_reports_every_ticket_once(trial: Trial) -> None:
    """Each month measured as the last one, as it is when its report is due."""
    portfolio, _ = load_portfolio(trial.sources, all_covered)
    assert portfolio is not None
    whole = {month.period.month: month for month in trial.measurement.months[SLA]}
    for month in MONTHS:
        then, _ = measure(portfolio, trial.records, (month,))
        assert then is not None
        (alone,) = then.months[SLA]
        assert [one.tally for one in alone.results] == [one.tally for one in whole[month].results]


def test_the_trend_of_the_newest_report_shows_the_counted_shares(trial: Trial) -> None:
    documents, _, problems = gather(Options(sources=trial.sources, kinds=("reports",)))
    assert {problem.code for problem in problems} == {"set-aside"}
    (report,) = documents
    context = report.context
    assert isinstance(context, ReportContext)
    assert (context.rows.read, context.rows.measured, context.rows.set_aside) == (890, 858, 32)
    tallies: Counter[tuple[str, str, bool]] = Counter()
    for (_, target), count in trial.expected.items():
        tallies[str(trial.variant.month_of(count.counted_at)), target, count.met] += 1
    for result in context.results:
        assert [point.month for point in result.trend] == [str(month) for month in MONTHS[1:]]
        for point in result.trend:
            met, missed = (tallies[point.month, result.target, kept] for kept in (True, False))
            if met + missed:
                assert point.value is not None
                assert abs(float(point.value) - 100 * met / (met + missed)) < 1e-6
            else:
                assert (point.value, point.status) == (None, "no-data")


ORIGIN_SECONDS = int((ORIGIN - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001 - UTC


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """`output/` of the busiest month, with the whole log as that month's export."""
    folder = tmp_path_factory.mktemp("build")
    sources = VARIANTS[0].sources(folder / "sources")
    (sources / "metrics" / "2016-03").mkdir(parents=True)
    shutil.copy(LOG, sources / "metrics" / "2016-03")
    outcome = run_build(Options(sources=sources, output=folder / "output", workers=1))
    return folder / "output", outcome


def test_a_month_becomes_real_files_whose_figures_are_those_of_the_count(march: tuple[Path, Outcome]) -> None:
    output, outcome = march
    assert {problem.code for problem in outcome.problems} == {"set-aside", "unexplained-miss"}
    assert outcome.documents == 3
    stem = output / "uci" / "reports" / f"{SLA}_2016-03"
    expected = count_all(read_log(), VARIANTS[0])
    in_march = {
        key: count for key, count in expected.items() if VARIANTS[0].month_of(count.counted_at) == Month(2016, 3)
    }

    report = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
    assert report["period"]["start"] == "2016-03-01T00:00:00+00:00"
    assert report["period"]["end"] == "2016-04-01T00:00:00+00:00"
    assert report["rows"] == {"read": 890, "measured": 858, "set_aside": 32, "replaced": 0}
    assert [one["line"] for one in report["set_aside"] if one["record"] == "INC0000131"] == [336]
    limits = OFFICE.keys()
    assert [one["target"] for one in report["results"]] == list(limits)
    for one in report["results"]:
        judged = [count.met for (_, target), count in in_march.items() if target == one["target"]]
        assert (one["count"], one["met"], one["missed"]) == (len(judged), sum(judged), len(judged) - sum(judged))
        share = 100 * sum(judged) / len(judged)
        assert one["status"] == ("met" if share >= one["goal"] else "missed")
        assert abs(one["value"] - share) < 1e-6
    assert {one["status"] for one in report["results"]} == {"met", "missed"}
    missed = {(ticket, target) for (ticket, target), count in in_march.items() if not count.met}
    assert {(one["ticket"], one["target"]) for one in report["breaches"]} == missed

    table = list(csv.DictReader(io.StringIO(stem.with_suffix(".tickets.csv").read_text(encoding="utf-8-sig"))))
    assert len({row["ticket"] for row in table}) == len(table)
    rows = {row["ticket"]: row for row in table}
    assert {ticket for ticket, _ in in_march} <= rows.keys()
    for (ticket, target), count in expected.items():
        if ticket not in rows:
            continue
        kind = target.removeprefix(f"{target[:2]}-")
        row = rows[ticket]
        status = "other-period" if (ticket, target) not in in_march else "met" if count.met else "missed"
        assert (row[f"{kind}_s"], row[f"{kind}_status"]) == (str(count.elapsed * 60), status)
        if kind == "resolution":
            assert row["paused_s"] == str(count.paused * 60)

    sheets = openpyxl.load_workbook(stem.with_suffix(".xlsx"), read_only=True)
    heights = [sum(1 for _ in sheet.iter_rows()) for sheet in sheets.worksheets]
    assert heights == [1 + len(limits), 1 + len(table), 1, 1 + 32, 1 + len(in_march)]

    document = pypdfium2.PdfDocument(stem.with_suffix(".pdf"))
    text = "".join(document[page].get_textpage().get_text_range() for page in range(len(document)))
    assert "Example Operations" in text
    for one in report["results"]:
        assert one["value_shown"] in text
