"""Import profiles: what they may say, what they take from a ready profile, and mistakes with their place."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pipeline.check import check
from pipeline.load.characters import all_covered
from pipeline.load.instants import read_instant
from pipeline.load.sources import load_portfolio
from pipeline.model.records import ImportProfile
from pipeline.options import ROOT
from tests.builders import at

PROJECT = ROOT / "tests" / "projects" / "small" / "sources"
PLAIN = """\
kind: import
id: tool
describes: tickets
files: ["t*.csv"]
timezone: Asia/Shanghai
date_formats: [iso]
columns: {ticket: Nr, customer: Org, service: App, priority: Prio, opened: From, resolved: To}
"""
EXTENDING = """\
kind: import
id: tool
extends: itop
files: ["t*.csv"]
timezone: Asia/Shanghai
"""


def load(folder: Path, text: str) -> tuple[ImportProfile | None, list[str]]:
    sources = folder / "sources"
    shutil.copytree(PROJECT, sources, ignore=shutil.ignore_patterns("metrics", "imports"))
    (sources / "imports").mkdir()
    (sources / "imports" / "tool.yaml").write_text(text, encoding="utf-8")
    portfolio, problems = load_portfolio(sources, all_covered)
    assert portfolio is not None
    told = [str(problem).removeprefix("sources/imports/tool.yaml:") for problem in (*problems, *check(portfolio))]
    return portfolio.profiles.get("tool"), told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PLAIN + "format: xls\n", "8:9: error: format: 'xls' is not allowed; did you mean 'xlsx'?"),
        (
            PLAIN + "encoding: utf8\n",
            "8:11: error: encoding: 'utf8' is not allowed; did you mean 'utf-8'?",
        ),
        (PLAIN + "header_row: 0\n", "8:13: error: header_row is 0; at least 1"),
        (PLAIN + "decimal: ';'\n", "8:10: error: decimal: ';' is not allowed; known: ,, ."),
        (
            PLAIN + "format: xes\nsheet: March\n",
            "9:8: error: sheet means nothing for the format xes; it is for xlsx",
        ),
        (
            PLAIN + "format: parquet\nencoding: gbk\n",
            "9:11: error: encoding means nothing for the format parquet; it is for csv",
        ),
        (
            PLAIN.replace("[iso]", "[iso, epoch_s]"),
            "6:21: error: date_formats[2]: 'epoch_s' does not read a day and time; write it like %Y-%m-%d %H:%M:%S",
        ),
        (
            PLAIN + "values: {state: {Open: new}}\n",
            "8:10: error: unknown key 'state'; known: category, customer, first_contact, outcome, priority, service, type",  # noqa: E501 - the message is one line
        ),
        (
            PLAIN + 'values: {priority: {"*": P7}}\n',
            "8:26: error: unknown priority 'P7'; known: P1, P2",
        ),
        (EXTENDING.replace("itop", "i-top"), "3:10: error: extends: 'i-top' is not allowed; did you mean 'itop'?"),
        (EXTENDING + "columns: {responded: ~, ticket: ~, paused: ~}\n", "6:36: error: unknown key 'paused'"),
        (EXTENDING + "columns: {cause: ~}\n", "6:18: error: columns.cause has no value"),
        (EXTENDING + "columns: {ticket: ~}\n", "6:10: error: neither columns nor constants say what ticket is"),
        (EXTENDING.replace("timezone: Asia/Shanghai\n", ""), "1:1: error: the key 'timezone' is missing"),
    ],
)
def test_a_mistake_in_a_profile_has_its_place(text: str, told: str, tmp_path: Path) -> None:
    _, problems = load(tmp_path, text)
    assert any(problem.startswith(told) for problem in problems), problems


def test_a_profile_writes_only_what_differs_from_the_one_it_extends(tmp_path: Path) -> None:
    own = """\
delimiter: ";"
columns: {ticket: Reference, responded: ~, summary: Titre}
constants: {customer: bay-port}
values: {service: {ERP: app-support}, priority: {High: P1, Urgent: P1}}
"""
    profile, problems = load(tmp_path, EXTENDING + own)
    assert problems == []  # also where the ready profile speaks of priorities that the company has not
    assert profile is not None
    assert profile.delimiter == ";"
    assert profile.columns == {
        "service": "Service name",
        "priority": "Priority",
        "opened": "Start date",
        "resolved": "Resolution date",
        "action": "Solution",
        "ticket": "Reference",
        "summary": "Titre",
    }
    assert profile.constants == {"customer": "bay-port"}
    assert profile.values == {
        "service": {"ERP": "app-support"},
        "priority": {"Critical": "P1", "Medium": "P3", "Low": "P4", "High": "P1", "Urgent": "P1"},
    }


def examples() -> list[str]:
    guides = (ROOT / "docs" / name for name in ("authoring.md", "authoring.zh-CN.md"))
    blocks = [
        block for guide in guides for block in re.findall(r"```yaml\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    ]
    return [block for block in blocks if block.startswith("kind: import\n")]


@pytest.mark.parametrize("text", examples())
def test_the_profiles_of_the_authoring_guides_are_right(text: str, tmp_path: Path) -> None:
    profile, problems = load(tmp_path, re.sub(r"^id: .*$", "id: tool", text, flags=re.MULTILINE))
    assert profile is not None, problems
    told = [problem for problem in problems if "unknown customer" not in problem and "unknown service" not in problem]
    assert told == []


def test_there_are_profiles_in_the_authoring_guides() -> None:
    assert len(examples()) >= 5


@pytest.mark.parametrize(
    ("written", "pattern", "decimal", "moment"),
    [
        ("1772413200", "epoch", ".", "2026-03-02 01:00:00"),
        ("1772413200.999", "epoch", ".", "2026-03-02 01:00:00"),
        ("1772413200,5", "epoch", ",", "2026-03-02 01:00:00"),
        ("1772413200999", "epoch_ms", ".", "2026-03-02 01:00:00"),
        ("46083.375", "excel", ".", "2026-03-02 01:00:00"),
        ("46083,38195", "excel", ",", "2026-03-02 01:10:00"),  # five decimals are 0.9 s apart: the nearest second
        ("44621.375", "excel-1904", ".", "2026-03-02 01:00:00"),
        ("2026-03-02T09:00:00.123456789", "iso", ".", "2026-03-02 01:00:00"),
        ("2026-03-01T20:00:00-05:00", "iso", ".", "2026-03-02 01:00:00"),
    ],
)
def test_times_in_numbers_are_instants_to_the_second(written: str, pattern: str, decimal: str, moment: str) -> None:
    assert read_instant(written, (pattern,), "Asia/Shanghai", decimal) == at(moment)


@pytest.mark.parametrize(
    "written", ["12", "1e99", "nan", "Infinity", "1.772.413.200", "", "9" * 400, "1_772_413_200 x"]
)
@pytest.mark.parametrize("pattern", ["epoch", "epoch_ms", "excel", "excel-1904"])
def test_what_is_no_time_in_numbers_is_refused(written: str, pattern: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_instant(written, (pattern,), "UTC")


def test_a_point_is_no_decimal_sign_where_the_comma_is() -> None:
    with pytest.raises(ValueError, match=r"46083\.375"):
        read_instant("46083.375", ("excel",), "UTC", ",")
