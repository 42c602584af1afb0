"""Rows of a real database become the export of a month; what is secret stays out of sight."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import slm
from pipeline.imports.fetch import NoDatabase
from pipeline.load.characters import all_covered
from pipeline.load.sources import load_portfolio
from pipeline.model.quantities import Month
from pipeline.options import ROOT
from tests.builders import at, load_records
from tests.tools.servers import PASSWORD, Server, mariadb, postgresql

PROJECT = ROOT / "tests" / "projects" / "small" / "sources"
PROFILE = """\
kind: import
id: desk-db
describes: tickets
timezone: Asia/Shanghai
url_env: SLM_DB_URL
query: >
  SELECT number, org, urgency, opened, resolved, title FROM ticket
  WHERE opened >= :month_start AND opened < :month_end ORDER BY number
columns: {ticket: number, customer: org, priority: urgency, opened: opened, resolved: resolved, summary: title}
constants: {service: app-support}
values:
  customer: {Bay: bay-port}
  priority: {"1": P1, "2": P2}
"""
# `opened` without a zone is Shanghai's; `resolved` knows its zone
ROWS = [
    ("T1", "Bay", 1, "2026-08-31 23:59:59", "2026-09-01T02:00:00+00:00", "last month"),
    ("T2", "Bay", 1, "2026-09-01 00:00:00", "2026-09-01T02:00:00+00:00", "first second"),
    ("T3", "Bay", 2, "2026-09-30 23:59:59", None, 'last second: 打印机, "起火"'),
    ("T4", "Bay", 2, "2026-10-01 00:00:00", None, "next month"),
]  # fmt: skip


@pytest.fixture(scope="module", params=[postgresql, mariadb], ids=["PostgreSQL", "MariaDB"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with request.param() as running:
        zoned = "timestamptz" if running.kind == "postgresql" else "timestamp NULL"
        plain = "timestamp" if running.kind == "postgresql" else "datetime"
        running.run(
            f"CREATE TABLE ticket (number varchar(20), org varchar(20), urgency int, opened {plain}, "
            f"resolved {zoned}, title text)"
        )
        for number, org, urgency, opened, resolved, title in ROWS:
            if resolved and running.kind == "mariadb":
                resolved = resolved.replace("T02:00:00+00:00", " 02:00:00")  # noqa: PLW2901 - as it takes it
            value = f"'{resolved}'" if resolved else "NULL"
            row = f"'{number}', '{org}', {urgency}, '{opened}', {value}, '{title}'"
            zone = "SET time_zone = '+00:00'" if running.kind == "mariadb" else "SET TIME ZONE 'UTC'"
            running.run(zone, f"INSERT INTO ticket VALUES ({row})")  # noqa: S608 - rows of our own
        yield running


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT, tmp_path / "sources", ignore=shutil.ignore_patterns("metrics", "imports"))
    return tmp_path / "sources"


def fetch(sources: Path, url: str | None, profile: str = PROFILE, month: str = "2026-09") -> Result:
    (sources / "imports").mkdir(exist_ok=True)
    (sources / "imports" / "desk-db.yaml").write_text(profile, encoding="utf-8")
    command = ["import", "fetch", "desk-db", "--month", month, "--sources", str(sources)]
    return CliRunner().invoke(slm, command, env={"SLM_DB_URL": url})


def test_the_rows_of_the_month_become_its_export(server: Server, sources: Path) -> None:
    result = fetch(sources, server.url)
    assert (result.exit_code, result.output) == (0, f"{sources}/metrics/2026-09/desk-db.csv: 2 rows\n")
    folder = sources / "metrics" / "2026-09"
    assert [path.name for path in folder.iterdir()] == ["desk-db.csv"]
    with (folder / "desk-db.csv").open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["number", "org", "urgency", "opened", "resolved", "title"],
            ["T2", "Bay", "1", "2026-08-31T16:00:00Z", "2026-09-01T02:00:00Z", "first second"],
            ["T3", "Bay", "2", "2026-09-30T15:59:59Z", "", 'last second: 打印机, "起火"'],
        ]
    portfolio, problems = load_portfolio(sources, all_covered)
    assert portfolio is not None
    assert problems == ()
    records, problems = load_records(sources, portfolio, [Month(2026, 9)], all_covered)
    assert problems == ()
    assert list(records.tickets.opened) == [
        at("2026-09-01 00:00:00", "Asia/Shanghai"),
        at("2026-09-30 23:59:59", "Asia/Shanghai"),
    ]
    assert records.tickets.resolved[0] == at("2026-09-01 02:00:00")


def test_the_same_rows_are_the_same_bytes(server: Server, sources: Path) -> None:
    file = sources / "metrics" / "2026-09" / "desk-db.csv"
    fetch(sources, server.url)
    first = file.read_bytes()
    fetch(sources, server.url)
    assert file.read_bytes() == first


def test_a_wrong_password_is_the_environment_s_fault_and_is_not_told(server: Server, sources: Path) -> None:
    wrong = "Tr0ub4dor"
    result = fetch(sources, server.url.replace(server.url.split(":")[2].split("@")[0], wrong))
    assert isinstance(result.exception, NoDatabase)
    told = result.output + str(result.exception)
    assert "SLM_DB_URL does not answer" in told
    assert wrong not in told
    assert not (sources / "metrics").exists()


def test_a_query_that_fails_is_told_with_its_place_and_leaves_the_file_as_it_was(server: Server, sources: Path) -> None:
    fetch(sources, server.url)
    file = sources / "metrics" / "2026-09" / "desk-db.csv"
    before = file.read_bytes()
    result = fetch(sources, server.url, PROFILE.replace("SELECT number", "SELECT nr AS number"))
    assert result.exit_code == 1
    assert result.output.startswith(f"{sources}/imports/desk-db.yaml:6:8: error: the database refuses: ")
    assert "nr" in result.output
    assert result.output.count("\n") == 1
    assert not any(secret in result.output for secret in (PASSWORD, server.url))
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["desk-db.csv"]


def test_a_query_that_fails_on_the_way_leaves_nothing(server: Server, sources: Path) -> None:
    if server.kind == "mariadb":
        pytest.skip("MariaDB divides by zero without a word")
    result = fetch(sources, server.url, PROFILE.replace("urgency,", "1 / (urgency - 2) AS urgency,"))
    assert result.exit_code == 1
    assert "division by zero" in result.output
    assert [path for path in sources.rglob("*") if "csv" in path.name] == []


def test_a_query_cannot_change_anything(server: Server, sources: Path) -> None:
    if server.kind == "mariadb":
        change = (
            "SELECT number, org, urgency, opened, resolved, title FROM ticket WHERE opened >= :month_start FOR UPDATE"
        )
    else:
        change = (
            "WITH gone AS (DELETE FROM ticket WHERE opened >= :month_start RETURNING *) "
            "SELECT number, org, urgency, opened, resolved, title FROM gone"
        )
    query = PROFILE[PROFILE.index("  SELECT") : PROFILE.index("columns:")]
    fetch(sources, server.url, PROFILE.replace(query, f"  {change}\n"))
    assert (
        "4 rows"
        in fetch(
            sources,
            server.url,
            PROFILE.replace(":month_start AND opened < :month_end", "'2000-01-01' OR opened = :month_start"),
        ).output
    )


def test_a_column_that_the_query_does_not_give_is_told_with_a_guess(server: Server, sources: Path) -> None:
    result = fetch(sources, server.url, PROFILE.replace("ticket: number", "ticket: numbr"))
    assert result.output == (
        f"{sources}/imports/desk-db.yaml:9:19: error: the query does not give the column 'numbr'; "
        "did you mean 'number'?\n"
    )
    assert result.exit_code == 1


def test_summer_time_needs_a_database_that_knows_it(server: Server, sources: Path) -> None:
    result = fetch(sources, server.url, PROFILE.replace("Asia/Shanghai", "Europe/Berlin"))
    if server.kind == "mariadb":
        assert isinstance(result.exception, NoDatabase)
        assert "does not know the time zone Europe/Berlin" in str(result.exception)
        return
    assert "2 rows" in result.output
    text = (sources / "metrics" / "2026-09" / "desk-db.csv").read_text(encoding="utf-8")
    assert "2026-08-31T22:00:00Z" in text


# -- without a server ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (None, "SLM_DB_URL is not set"),
        ("", "SLM_DB_URL is not set"),
        ("hunter2", "SLM_DB_URL is no address of a database"),
        ("oracle://scott:hunter2@host/db", "SLM_DB_URL is no address of a database"),
        ("postgresql://scott:hunter2@127.0.0.1:1/db", "SLM_DB_URL does not answer"),
        ("mysql://scott:hunter2@127.0.0.1:1/db", "SLM_DB_URL does not answer"),
    ],
)
def test_without_a_database_it_says_what_is_missing(url: str | None, said: str, sources: Path) -> None:
    result = fetch(sources, url)
    assert isinstance(result.exception, NoDatabase)
    assert said in str(result.exception)
    assert not any(part in str(result.exception) for part in ("hunter2", "scott", "127.0.0.1"))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            ("WHERE opened >= :month_start", "WHERE opened >= :month_begin"),
            "6:8: error: query: unknown parameter :month_begin",
        ),
        (("SELECT number", "DELETE"), "6:8: error: query: a query starts with SELECT or WITH"),
        (("url_env: SLM_DB_URL\n", ""), "5:8: error: query needs url_env; add url_env:"),
        (
            ("url_env: SLM_DB_URL", "url_env: postgresql://u:p@h/d"),
            "5:10: error: url_env: 'postgresql://u:p@h/d' is not the name",
        ),
        (
            ("columns:", 'files: ["tickets*.csv"]\ncolumns:'),
            "9:8: error: what the query brings is kept as desk-db.csv, which",
        ),
    ],
)
def test_a_profile_with_a_wrong_query_is_an_error_at_its_place(
    change: tuple[str, str], line: str, sources: Path
) -> None:
    result = fetch(sources, "postgresql://u:p@127.0.0.1:1/db", PROFILE.replace(*change))
    assert f"{sources}/imports/desk-db.yaml:{line}" in result.output
    assert result.exit_code in {1, 2}


def test_a_profile_without_a_query_cannot_be_fetched(sources: Path) -> None:
    start, end = PROFILE.index("url_env"), PROFILE.index("columns:")
    result = fetch(sources, None, PROFILE[:start] + 'files: ["*.csv"]\ndate_formats: [iso]\n' + PROFILE[end:])
    assert result.exit_code == 2
    assert "the profile desk-db has no query:" in result.output
