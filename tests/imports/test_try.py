"""An export is tried before it counts; an unknown one gives a profile that loads once its blanks are filled."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.check import check
from pipeline.cli import slm
from pipeline.imports.guess import guess
from pipeline.imports.starter import starter
from pipeline.load.characters import all_covered
from pipeline.load.formats.table import Unreadable
from pipeline.load.marked_yaml import parse
from pipeline.load.sources import load_portfolio
from pipeline.model.quantities import Month
from pipeline.options import ROOT
from tests.builders import load_records, make_portfolio
from tests.load.test_formats import TWO_HUNDRED, as_csv, as_json_lines, as_parquet, as_xes, as_xlsx

PROJECT = ROOT / "tests" / "projects" / "small" / "sources"
SAMPLES = ROOT / "tests" / "load" / "samples"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROJECT, tmp_path / "sources"))


def tried(sources: Path, file: Path, *options: str) -> Result:
    return CliRunner().invoke(slm, ["import", "try", str(file), "--sources", str(sources), *options])


HEADER = "工单号,客户,服务,优先级,受理时间,响应时间,解决时间,挂起时段,摘要"
HELD = "2026-09-01 10:00:00/2026-09-01 11:00:00/waiting-customer"
ROWS = (
    f"T1,海湾,应用,紧急,2026-09-01 09:05:12,2026-09-01 09:15:00,2026-09-01 11:47:30,{HELD},打印机起火",
    "T2,海湾,应用,特急,2026-09-01 09:05:12,,,,",
    "T3,内河,应用,特急,2026-09-01 09:05:12,,,,",
    "T4,海湾,应用,一般,昨天,,,,",
)


def test_a_trial_shows_what_would_be_understood_and_what_not(sources: Path, tmp_path: Path) -> None:
    file = tmp_path / "tickets-new.csv"
    file.write_text("\n".join([HEADER, *ROWS, ""]), encoding="utf-8")
    result = tried(sources, file, "--month", "2026-09")
    assert result.stdout == (
        "profile desk, format csv, as the export of 2026-09\n"
        "\n"
        "the first rows as understood:\n"
        "  ticket  customer  service      priority  opened                     responded                  resolved"
        "                   pauses\n"
        "  T1      bay-port  app-support  P1        2026-09-01 09:05:12+08:00  2026-09-01 09:15:00+08:00"
        "  2026-09-01 11:47:30+08:00  1\n"
        "\n"
        "values that are not mapped:\n"
        "  priority: '特急' in 2 rows\n"
        "  customer: '内河' in 1 row\n"
        "\n"
        "rows set aside:\n"
        "  3:4  T2  优先级: '特急' is not known; known: P1, P2\n"
        "  4:2  T3  客户: '内河' is not known; known: bay-port\n"
        "  5:5  T4  受理时间 is '昨天', not a time of the form %Y-%m-%d %H:%M:%S in the years 1990 to 2100\n"
        "\n"
        "4 rows in = 1 used + 3 set aside\n"
    )
    assert result.exit_code == 0


def test_a_trial_as_json_has_the_same_figures(sources: Path, tmp_path: Path) -> None:
    file = tmp_path / "tickets-new.csv"
    file.write_text("\n".join([HEADER, *ROWS, ""]), encoding="utf-8")
    told = json.loads(tried(sources, file, "--month", "2026-09", "--json").stdout)
    assert (told["rows"], told["used"], len(told["set_aside"])) == (4, 1, 3)
    assert told["unmapped"] == [
        {"field": "priority", "value": "特急", "rows": 2},
        {"field": "customer", "value": "内河", "rows": 1},
    ]
    assert told["set_aside"][2]["line"] == 5
    assert told["first"][0]["opened"] == "2026-09-01 09:05:12+08:00"


def test_the_month_is_that_of_the_folder(sources: Path) -> None:
    result = tried(sources, sources / "metrics" / "2026-09" / "outages.csv")
    assert result.stdout.startswith("profile monitor, format csv, as the export of 2026-09\n")


def test_a_file_that_cannot_be_read_is_an_error(sources: Path, tmp_path: Path) -> None:
    file = tmp_path / "tickets.csv"
    file.write_bytes("工单号".encode("gbk"))
    result = tried(sources, file)
    assert result.exit_code == 1
    assert "the file is not UTF-8" in result.stderr
    assert "0 rows in = 0 used + 0 set aside" in result.stdout


def test_a_profile_that_is_not_there_is_named_with_a_guess(sources: Path) -> None:
    result = tried(sources, sources / "metrics" / "2026-09" / "outages.csv", "--profile", "monitr")
    assert result.exit_code == 2
    assert "there is no import profile 'monitr'; did you mean 'monitor'?" in result.stderr


# -- profiles to start from ---------------------------------------------------------------------------------------

PLAIN = [
    {**one, "customer": "海湾港务", "service": "ERP", "priority": {"P9": "P1"}.get(one["priority"], one["priority"])}
    for one in TWO_HUNDRED
]
FILLED = {
    "the heading of opened": "Opened",
    "our customer for 海湾港务": "bay-port",
    "our service for ERP": "app-support",
    "our priority for P3": "P2",
}
FILES: Mapping[str, bytes] = {
    "export-2026-03.csv": as_csv(PLAIN),
    "export-gbk.csv": as_csv(PLAIN, encoding="gb18030", delimiter=";"),
    "export-utf16.txt": as_csv(PLAIN, encoding="utf-16", delimiter="\t"),
    "export-titles.csv": as_csv(PLAIN, title="Tickets of March\n\n"),
    "export.xlsx": as_xlsx(PLAIN),
    "export.jsonl": as_json_lines(PLAIN),
    "export.parquet": as_parquet(PLAIN),
    "export.xes": as_xes(PLAIN),
}


def fill(text: str, answers: Mapping[str, str]) -> str:
    """The blanks filled in as a person would."""
    return re.sub(r'"?<fill in ([^<>]+)>"?', lambda blank: answers[blank[1]], text)


@pytest.mark.parametrize("name", FILES)
def test_the_profile_to_start_from_loads_once_its_blanks_are_filled(name: str, sources: Path, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(FILES[name])
    shutil.rmtree(sources / "metrics")
    for path in (sources / "imports").iterdir():
        path.unlink()
    result = tried(sources, file)
    assert result.exit_code == 0, result.output
    written = fill(result.stdout, FILLED)
    identifier = re.search(r"^id: (.*)$", written, re.MULTILINE)
    assert identifier is not None
    (sources / "imports" / f"{identifier[1]}.yaml").write_text(written, encoding="utf-8")
    portfolio, problems = load_portfolio(sources, all_covered)
    assert portfolio is not None
    assert [str(problem) for problem in (*problems, *check(portfolio))] == []
    month = Month(2026, 3)
    folder = sources / "metrics" / str(month)
    folder.mkdir(parents=True)
    shutil.copy(file, folder)
    records, problems = load_records(sources, portfolio, [month], all_covered)
    assert {problem.code for problem in problems} <= {"set-aside"}
    assert sum(records.rows.values()) == 200
    assert len(records.tickets) == 194  # the others say nothing of when they were opened
    assert {one.code for one in records.set_aside} == {"missing"}
    resolved = sum(bool(one["resolved"]) for one in PLAIN if one["opened"])
    assert sum(moment > 0 for moment in records.tickets.resolved) == resolved


def test_a_log_of_changes_is_recognized(sources: Path) -> None:
    for path in (sources / "imports").iterdir():
        path.unlink()
    written = tried(sources, SAMPLES / "servicenow-events.csv").stdout
    assert "extends: servicenow-events  # to be confirmed\n" in written


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("servicenow.csv", "servicenow"),
        ("jira.csv", "jira-service-management"),
        ("glpi.csv", "glpi"),
        ("itop.csv", "itop"),
        ("znuny.csv", "znuny"),
        ("事件台账.xlsx", "itss-excel"),
        ("zabbix-events.json", "zabbix-events"),
        ("zabbix-sla.json", "zabbix-sla-report"),
        ("prometheus.json", "prometheus-range"),
    ],
)
def test_the_export_of_a_known_tool_is_recognized(name: str, profile: str, sources: Path) -> None:
    for path in (sources / "imports").iterdir():
        path.unlink()
    written = tried(sources, SAMPLES / name).stdout
    assert f"extends: {profile}  # to be confirmed\n" in written
    assert "<fill in our service for " in written


def test_days_that_could_be_months_are_a_doubt(sources: Path, tmp_path: Path) -> None:
    file = tmp_path / "unknown.csv"
    file.write_text("Number,Customer,Created,Solved\n1,Acme,03/04/2026 09:00,05/04/2026 10:00\n", encoding="utf-8")
    written = tried(sources, file).stdout
    assert "# - %m/%d/%Y %H:%M would read the times of %d/%m/%Y %H:%M as well: say which is meant\n" in written
    assert 'date_formats: ["%d/%m/%Y %H:%M"]  # to be confirmed\n' in written


def test_a_profile_to_start_from_comes_as_json_too(sources: Path, tmp_path: Path) -> None:
    file = tmp_path / "unknown.csv"
    file.write_bytes(as_csv(PLAIN[:3], encoding="gb18030"))
    told = json.loads(tried(sources, file, "--json").stdout)
    assert (told["format"], told["encoding"]) == ("csv", "gb18030")
    assert told["columns"]["ticket"] == "编号"
    assert told["profile"].startswith("# Guessed from unknown.csv")


SAMPLED = {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir())}


@pytest.mark.parametrize("name", [*FILES, *SAMPLED])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_a_damaged_file_gives_a_profile_or_one_line(name: str, chance: random.Random, tmp_path: Path) -> None:
    content = bytearray({**FILES, **SAMPLED}[name][:20_000])
    for _ in range(chance.randrange(1, 5)):
        start = chance.randrange(len(content) + 1)
        stop = min(len(content), start + chance.randrange(1, 40))
        content[start:stop] = chance.choice([b"", bytes(content[start:stop]) * 2, chance.randbytes(stop - start)])
    file = tmp_path / name
    file.write_bytes(content)
    try:
        found = guess(file)
    except Unreadable as mistake:
        assert mistake.message  # noqa: PT017 - whichever of the two it is
        return
    text = starter(file, found, make_portfolio())
    value, _, problems = parse(text.encode(), "sources/imports/guessed.yaml", all_covered)
    assert [problem for problem in problems if problem.code != "control-character"] == []
    assert problems or value["kind"] == "import"
