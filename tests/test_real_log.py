"""A real log of problems, in XES, through the whole pipeline, against a count made with the standard library.

The log (BPI Challenge 2013, see `tests/projects/bpi/sources`) is not part of the repository: without it these tests are
skipped. What is expected is worked out here from the events alone, window by window; the pipeline's results are only
read.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from pipeline.build import gather
from pipeline.check import check
from pipeline.cli import slm
from pipeline.load.characters import all_covered
from pipeline.load.exports import month_folders
from pipeline.load.reading import Reading
from pipeline.load.sources import load_portfolio
from pipeline.measure.cases import ticket_cases
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import Measurement, measure
from pipeline.merge.report import ReportContext
from pipeline.options import ROOT, Options
from pipeline.problems import Problem

LOG = ROOT.parent / "shared" / "data" / "bpi2013_closed.xes.gz"
PROJECT = ROOT / "tests" / "projects" / "bpi" / "sources"
SLA = "sla-problems"
NEWEST = "2012-05"

pytestmark = pytest.mark.skipif(not LOG.is_file(), reason="the BPI log is not on this machine")

# -- what the agreement says, written down a second time ----------------------------------------------------------

ZONE = ZoneInfo("Europe/Stockholm")
BEGIN, END = date(2006, 1, 1), date(2012, 12, 31)
SECOND_VERSION = int(datetime(2012, 1, 1, tzinfo=ZONE).timestamp())
DAYS_OFF = {date(2011, 12, 26), date(2012, 1, 6), date(2012, 4, 6), date(2012, 4, 9), date(2012, 5, 1)}
MADE_UP = date(2012, 1, 14)
HOUR = 3600

PRIORITIES = {"Major": "p1", "High": "p2", "Medium": "p3", "Low": "p4"}
SOLVED = {"Closed", "Cancelled"}
NOT_BEGUN = "Awaiting Assignment"
NO_STATE = "Unmatched"

RESPONSE = {"p1": (4, "h"), "p2": (4, "h"), "p3": (1, "d"), "p4": (1, "d")}
RESOLUTION = {"p1": (30, 10), "p2": (40, 15), "p3": (80, 80), "p4": (80, 80)}
"""Service days by A/00 and A/01."""
WAITS = {"p1": set(), "p2": {"Wait"}, "p3": {"Wait", "Assigned"}, "p4": {"Wait"}}
"""States that stop the clock; `Assigned` where the profile takes it for a wait."""


def office(day: date) -> list[tuple[int, int]]:
    if day == MADE_UP:
        return [(9, 12)]
    return [] if day.weekday() >= 5 or day in DAYS_OFF else [(8, 12), (13, 17)]


def nights(_day: date) -> list[tuple[int, int]]:
    return [(0, 6), (22, 24)]


def wall(day: date, hour: int) -> int:
    """UTC seconds of a full hour in Stockholm."""
    day, hour = (day + timedelta(days=1), 0) if hour == 24 else (day, hour)
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).timestamp())


@dataclass(frozen=True)
class Variant:
    """The project as it stands, or with another calendar and other rules."""

    name: str
    calendar: str
    day: int
    assigned_waits: bool = False
    restart: bool = False
    first_day: int = 1
    by_opening: bool = False
    monthly: bool = False

    def sources(self, folder: Path, log: str) -> Path:
        """A copy of the project that says so, with the log in its place."""
        shutil.copytree(PROJECT, folder)
        for sla in (folder / "agreements" / SLA).glob("*.yaml"):
            text = sla.read_text(encoding="utf-8").replace("calendar: office", f"calendar: {self.calendar}")
            text = text.replace("starts_on_day: 1,", f"starts_on_day: {self.first_day},")
            if self.restart:
                text = text.replace("on_reopen: continue", "on_reopen: restart")
            if self.by_opening:
                text = text.replace("counted_by: resolved", "counted_by: opened")
            sla.write_text(text, encoding="utf-8")
        if self.assigned_waits:
            profile = folder / "imports" / "problems.yaml"
            text = profile.read_text(encoding="utf-8")
            profile.write_text(text.replace("Assigned: running", "Assigned: waiting-supplier"), encoding="utf-8")
        for month in MONTHS:
            (folder / "metrics" / month).mkdir(parents=True)
        if self.monthly:
            deliver(folder, log)
        else:
            (folder / "metrics" / NEWEST / LOG.name).write_bytes(gzip.compress(log.encode(), 1))
        return folder

    def windows(self) -> list[tuple[int, int]]:
        """The hours of service as UTC seconds."""
        if self.calendar == "always":
            return [(wall(BEGIN, 0), wall(END, 24))]
        hours = office if self.calendar == "office" else nights
        days = (BEGIN + timedelta(days=number) for number in range((END - BEGIN).days + 1))
        return [(wall(day, opens), wall(day, closes)) for day in days for opens, closes in hours(day)]

    def waits(self, priority: str) -> set[str]:
        return WAITS[priority] - (set() if self.assigned_waits else {"Assigned"})

    def limit(self, case: Case, kind: str) -> int:
        """In service seconds, by the version in force when the case was opened."""
        if kind == "response":
            number, unit = RESPONSE[case.priority]
            return number * (HOUR if unit == "h" else self.day)
        return RESOLUTION[case.priority][case.opened >= SECOND_VERSION] * self.day

    def month_of(self, moment: int) -> str:
        """The contract month of an instant, named by the month that it ends in."""
        local = datetime.fromtimestamp(moment, ZONE)
        number = local.year * 12 + local.month - 1 + (self.first_day > 1 and local.day >= self.first_day)
        return f"{number // 12}-{number % 12 + 1:02d}"


MONTHS = tuple(f"{number // 12}-{number % 12 + 1:02d}" for number in range(2006 * 12, 2012 * 12 + 5))
VARIANTS = [
    Variant("office hours", "office", 8 * HOUR),
    Variant("around the clock", "always", 24 * HOUR, assigned_waits=True, restart=True, first_day=15),
    Variant("nights, month by month", "nights", 8 * HOUR, by_opening=True, monthly=True),
]


# -- the count ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One problem as its events tell it; times in UTC seconds, `lines` where its events begin in the unpacked file."""

    number: str
    priority: str
    states: tuple[tuple[int, str], ...]
    lines: tuple[int, ...]

    @property
    def opened(self) -> int:
        return self.states[0][0]

    @property
    def responded(self) -> int:
        return next(at for at, state in self.states if state != NOT_BEGUN)

    @property
    def reopenings(self) -> list[int]:
        """The changes from solved to unsolved."""
        return [at for (_, before), (at, state) in pairwise(self.states) if before in SOLVED and state not in SOLVED]

    @property
    def resolved(self) -> int:
        """The first solved state after the last reopening."""
        since = max(self.reopenings, default=0)
        return next(at for at, state in self.states if state in SOLVED and at >= since)

    @property
    def unread(self) -> int | None:
        """Where the first event stands whose state means nothing."""
        return next((line for (_, state), line in zip(self.states, self.lines, strict=True) if state == NO_STATE), None)


@dataclass(frozen=True)
class Count:
    """What came of a case and a target, in service seconds, and the instant in whose month it counts."""

    elapsed: int
    paused: int
    met: bool
    counted_at: int


def read_log(log: str) -> list[Case]:
    lines = iter([number for number, line in enumerate(log.splitlines(), start=1) if "<event>" in line])
    space = "{http://www.xes-standard.org/}"
    cases = []
    for trace in ET.fromstring(log.encode()).iter(f"{space}trace"):
        events = [{one.get("key"): one.get("value", "") for one in event} for event in trace.iter(f"{space}event")]
        (number,) = [one.get("value", "") for one in trace if one.get("key") == "concept:name"]
        (impact,) = {event["impact"] for event in events}
        states = tuple(
            (int(datetime.fromisoformat(event["time:timestamp"]).timestamp()), event["lifecycle:transition"])
            for event in events
        )
        assert [at for at, _ in states] == sorted({at for at, _ in states})  # no two events in one second
        cases.append(Case(number, PRIORITIES[impact], states, tuple(next(lines) for _ in events)))
    return cases


def walk(case: Case, ends: tuple[int, int], limit: int, waits: set[str], windows: list[tuple[int, int]]) -> Count:
    """Every window of service from start to stop, state by state: the clock runs in it, or is stopped."""
    start, stop = ends
    reopened = max(case.reopenings, default=0)
    elapsed = paused = 0
    ran_out = None
    leaving = [at for at, _ in case.states[1:]] + [stop]
    for (entered, state), left in zip(case.states, leaving, strict=True):
        begin, end = max(entered, start), min(left, stop)
        stopped = state in waits or (state in SOLVED and entered < reopened)
        for opens, closes in between(windows, begin, end) if begin < end else ():
            if stopped:
                paused += closes - opens
                continue
            if ran_out is None and elapsed + closes - opens > limit:
                ran_out = opens + limit - elapsed
            elapsed += closes - opens
    return Count(elapsed, paused, ran_out is None, stop if ran_out is None else ran_out)


def between(windows: list[tuple[int, int]], begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The windows cut to [begin, end)."""
    for number in range(max(bisect_right(windows, (begin, 0)) - 1, 0), len(windows)):
        opens, closes = windows[number]
        if opens >= end:
            return
        if closes > begin:
            yield max(opens, begin), min(closes, end)


def count_all(cases: list[Case], variant: Variant) -> dict[tuple[str, str], Count]:
    """(case, target) -> what came of it."""
    windows = variant.windows()
    found = {}
    for case in cases:
        if case.unread is not None:
            continue
        start = max(case.reopenings, default=case.opened) if variant.restart else case.opened
        for kind, ends, waits in (
            ("response", (case.opened, case.responded), set[str]()),
            ("resolution", (start, case.resolved), variant.waits(case.priority)),
        ):
            count = walk(case, ends, variant.limit(case, kind), waits, windows)
            found[case.number, f"{case.priority}-{kind}"] = (
                by_opening(case, count, variant) if variant.by_opening else count
            )
    return found


def by_opening(case: Case, count: Count, variant: Variant) -> Count:
    """It counts in the month of its opening if that month's export, or the clock by its end, told the outcome."""
    month, told = variant.month_of(case.opened), variant.month_of(case.states[-1][0])
    known = told == month or variant.month_of(count.counted_at) == month
    return Count(count.elapsed, count.paused, count.met, case.opened if known else count.counted_at)


def only(log: str, cases: list[Case]) -> str:
    """The log without all other cases."""
    names = {case.number for case in cases}
    traces = re.findall(r'<trace>\s*<string key="concept:name" value="([^"]*)".*?</trace>', log, re.DOTALL)
    whole = re.findall(r"<trace>.*?</trace>", log, re.DOTALL)
    kept = [trace for name, trace in zip(traces, whole, strict=True) if name in names]
    return "\n".join([log[: log.index("<trace>")], *kept, "</log>"])


def deliver(folder: Path, log: str) -> None:
    """The log cut into exports of a month each, every event in that of its own month."""
    head = log[: log.index("<trace>")]
    parts: dict[str, list[str]] = {}
    for name, events in re.findall(r"<trace>\s*(<string [^>]*>)(.*?)</trace>", log, re.DOTALL):
        by_month: dict[str, list[str]] = {}
        for event in re.findall(r"<event>.*?</event>", events, re.DOTALL):
            (moment,) = re.findall(r'time:timestamp" value="([^"]*)"', event)
            by_month.setdefault(moment[:7], []).append(event)  # the offsets are those of the agreement's time zone
        for month, found in by_month.items():
            parts.setdefault(month, []).append(f"<trace>{name}{''.join(found)}</trace>\n")
    for month, traces in parts.items():
        (folder / "metrics" / month / "problems.xes").write_text(f"{head}{''.join(traces)}</log>", encoding="utf-8")


@dataclass(frozen=True)
class Trial:
    """The same log counted here and measured by the pipeline."""

    variant: Variant
    log: str
    sources: Path
    cases: list[Case]
    expected: dict[tuple[str, str], Count]
    problems: tuple[Problem, ...]
    measurement: Measurement

    def tallies(self) -> Counter[tuple[str, str, bool]]:
        """(month, target, met) -> how many were counted here."""
        return Counter(
            (self.variant.month_of(count.counted_at), target, count.met) for (_, target), count in self.expected.items()
        )


@pytest.fixture(scope="module", params=VARIANTS, ids=lambda variant: str(variant.name))
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    variant: Variant = request.param
    log = gzip.decompress(LOG.read_bytes()).decode()
    folder = variant.sources(tmp_path_factory.mktemp("bpi") / "sources", log)
    portfolio, problems = load_portfolio(folder, all_covered)
    assert portfolio is not None
    assert problems + check(portfolio) == ()
    months = month_folders(folder)
    assert tuple(map(str, months)) == MONTHS
    reading = Reading.of(folder, portfolio, months, all_covered)
    measurement, more = measure(portfolio, reading, months)
    assert measurement is not None
    cases = read_log(log)
    return Trial(variant, log, folder, cases, count_all(cases, variant), (*reading.problems, *more), measurement)


# -- the comparison -----------------------------------------------------------------------------------------------


def test_every_problem_is_measured_or_set_aside(trial: Trial) -> None:
    records = trial.measurement.measured.records
    unread = {case.number for case in trial.cases if case.unread is not None}
    assert (len(trial.cases), len(records.tickets), len(unread)) == (1487, 1477, 10)
    assert {one.record for one in records.set_aside} == unread
    assert set(records.tickets.id) == {case.number for case in trial.cases} - unread
    read, replaced = sum(records.rows.values()), sum(records.replaced.values())
    assert read == len(records.tickets) + len(records.set_aside) + replaced
    if trial.variant.monthly:
        told = {(case.number, trial.variant.month_of(at)) for case in trial.cases for at, _ in case.states}
        assert read == len(told)
        assert replaced > 1000
    else:
        assert (read, replaced) == (1487, 0)


def test_every_record_has_the_line_of_the_file_that_tells_of_it(trial: Trial) -> None:
    if trial.variant.monthly:
        pytest.skip("lines are those of the file as it is published")
    records = trial.measurement.measured.records
    tickets = records.tickets
    assert {tickets.id[row]: tickets.place[row].line for row in range(len(tickets))} == {
        case.number: case.lines[-1] for case in trial.cases if case.unread is None
    }
    assert {one.record: (one.place.file, one.place.line) for one in records.set_aside} == {
        case.number: (f"sources/metrics/{NEWEST}/{LOG.name}", case.unread)
        for case in trial.cases
        if case.unread is not None
    }
    assert len(trial.problems) == 10
    for problem in trial.problems:
        assert f":{problem.place.line}:1: warning: set aside: the state 'Unmatched' in line" in str(problem)


def test_every_problem_is_opened_answered_reopened_and_resolved_when_its_events_say(trial: Trial) -> None:
    tickets = trial.measurement.measured.records.tickets
    found = {
        number: tuple(map(int, times))
        for number, *times in zip(
            tickets.id, tickets.opened, tickets.responded, tickets.resolved, tickets.reopens, strict=True
        )
    }
    assert found == {
        case.number: (case.opened, case.responded, case.resolved, len(case.reopenings))
        for case in trial.cases
        if case.unread is None
    }
    assert sum(reopenings > 0 for *_, reopenings in found.values()) > 50


def test_every_problem_has_the_seconds_pauses_and_verdict_of_the_count(trial: Trial) -> None:
    measured = trial.measurement.measured
    columns = measured.judgements
    found = {}
    for pair in range(len(columns.ticket)):
        number = measured.records.tickets.id[columns.ticket[pair]]
        target = measured.promises[columns.promise[pair]].target.id
        verdict = Verdict(int(columns.verdict[pair]))
        assert verdict in {Verdict.MET, Verdict.MISSED}
        times = (int(columns.elapsed[pair]), int(columns.paused[pair]))
        found[number, target] = Count(*times, verdict is Verdict.MET, int(columns.counted_at[pair]))
    assert len(found) == len(columns.ticket) == 2 * 1477
    assert found == trial.expected


def test_the_count_is_worth_comparing_with(trial: Trial) -> None:
    """Both verdicts of every target but the shortest, pauses, and limits that ran out long before the end."""
    verdicts = Counter((target, count.met) for (_, target), count in trial.expected.items())
    assert {target for (target, met) in verdicts if met} == {f"p{n}-{kind}" for n in range(1, 5) for kind in TIMES}
    assert {f"p{n}-resolution" for n in range(1, 5)} <= {target for (target, met) in verdicts if not met}
    assert sum(count.paused > 0 for count in trial.expected.values()) > 200
    assert len({month for month, _, _ in trial.tallies()}) > 24


TIMES = ("response", "resolution")


def test_every_month_tallies_what_was_counted_in_it(trial: Trial) -> None:
    found: Counter[tuple[str, str, bool]] = Counter()
    for month in trial.measurement.months[SLA]:
        for result in month.results:
            key = str(month.period.month), result.promise.target.id
            found[*key, True] += result.tally.met
            found[*key, False] += result.tally.missed
            assert result.tally.unmeasured == 0
    expected = trial.tallies()
    beyond = {key: count for key, count in expected.items() if key[0] > NEWEST}
    assert +found == expected - Counter(beyond)


def test_every_problem_counts_once_a_target_over_all_months(trial: Trial) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    measured = trial.measurement.measured
    for month in trial.measurement.months[SLA]:
        for case in ticket_cases(measured, month):
            for stand in case.stands:
                seen[measured.records.tickets.id[case.row], stand.promise.target.id] += stand.counted
    counted = {key for key, count in trial.expected.items() if trial.variant.month_of(count.counted_at) <= NEWEST}
    assert {key for key, times in seen.items() if times} == counted
    assert max(seen.values()) == 1


def test_the_newest_report_shows_the_counted_figures(trial: Trial) -> None:
    documents, _, problems = gather(Options(sources=trial.sources, kinds=("reports",)))
    assert {problem.code for problem in problems} <= {"set-aside"}
    (report,) = documents
    context = report.context
    assert isinstance(context, ReportContext)
    assert context.rows.read == context.rows.measured + context.rows.set_aside + context.rows.replaced
    tallies = trial.tallies()
    for result in context.results:
        met, missed = (tallies[NEWEST, result.target, kept] for kept in (True, False))
        assert (result.count, result.met, result.missed) == (met + missed, met, missed)
        for point in result.trend:
            met, missed = (tallies[point.month, result.target, kept] for kept in (True, False))
            share = 100 * met / (met + missed) if met + missed else None
            assert (point.value is None) == (share is None)
            assert share is None or abs(float(point.value or 0) - share) < 1e-6


def sample(trial: Trial) -> list[Case]:
    """The longest problem, the one paused longest, the one reopened most often, and one that kept its limits."""
    read = [case for case in trial.cases if case.unread is None]

    def resolution(case: Case) -> Count:
        return trial.expected[case.number, f"{case.priority}-resolution"]

    return [
        max(read, key=lambda case: case.resolved - case.opened),
        max(read, key=lambda case: resolution(case).paused),
        max(read, key=lambda case: len(case.reopenings)),
        max((case for case in read if resolution(case).met), key=lambda case: resolution(case).elapsed),
    ]


def test_what_slm_explain_tells_adds_up_to_the_count(trial: Trial, tmp_path: Path) -> None:
    chosen = sample(trial)
    sources = trial.variant.sources(tmp_path / "sources", only(trial.log, chosen))
    for case in chosen:
        told = CliRunner().invoke(slm, ["explain", case.number, "--sources", str(sources), "--json"])
        assert told.exit_code == 0, told.output
        (ticket,) = [json.loads(line) for line in told.stdout.splitlines()]
        assert {one["target"] for one in ticket["results"]} == {f"{case.priority}-{kind}" for kind in TIMES}
        for one in ticket["results"]:
            count = trial.expected[case.number, one["target"]]
            assert sum(window["seconds"] for window in one["windows"]) == count.elapsed + count.paused
            running = sum(window["seconds"] for window in one["windows"] if not window["paused_for"])
            assert running == one["elapsed_s"] == count.elapsed
            assert sum(pause["taken_off_s"] for pause in one["pauses"]) == one["paused_s"] == count.paused
            assert one["verdict"] == ("met" if count.met else "missed")
            assert one["counts_in"] == trial.variant.month_of(count.counted_at)
