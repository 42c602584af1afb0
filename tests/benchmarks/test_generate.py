"""The generator tells the same story every time, and the demonstration company's exports are what it wrote."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.company import SOURCES, STORY, Clock, Portfolio, build_plan, moment, month_bounds, months, read
from benchmarks.generate import csv_text, main, write_demo
from benchmarks.tickets import exported
from pipeline.check import check
from pipeline.load.characters import all_covered
from pipeline.load.sources import load_portfolio


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.csv"))}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_the_exports_of_the_demonstration_are_what_the_generator_writes(tmp_path: Path) -> None:
    write_demo(tmp_path)
    assert files(tmp_path) == files(SOURCES / "metrics")
    assert len(files(tmp_path)) == 24


def test_a_ticket_open_at_the_end_of_a_month_comes_again_with_its_end() -> None:
    september = {row["工单号"]: row for row in rows(SOURCES / "metrics/2026-09/tickets.csv")}
    october = {row["工单号"]: row for row in rows(SOURCES / "metrics/2026-10/tickets.csv")}
    still_open = {name for name, row in september.items() if not row["解决时间"]}
    assert still_open
    assert still_open == september.keys() & october.keys()
    for name in still_open:
        assert october[name]["解决时间"] >= "2026-10-01"
        assert october[name]["受理时间"] == september[name]["受理时间"]


def test_an_export_knows_nothing_later_than_its_month() -> None:
    for month in months(12):
        end = moment(month_bounds(month)[1])
        for row in rows(SOURCES / f"metrics/{month[0]}-{month[1]:02d}/tickets.csv"):
            times = [row["受理时间"], row["响应时间"], row["解决时间"]]
            times += [time for pause in row["挂起时段"].split(";") if pause for time in pause.split("/")[:2]]
            assert all(time < end for time in times if time)


def test_two_rows_of_october_cannot_be_measured() -> None:
    found = rows(SOURCES / "metrics/2026-10/tickets.csv")
    backwards = [row["客户"] for row in found if row["解决时间"] and row["解决时间"] < row["受理时间"]]
    without_priority = [row["客户"] for row in found if not row["优先级"]]
    assert backwards == without_priority == ["东澜港口集团"]


def test_causes_are_told_exactly_for_resolved_tickets_that_were_late_or_critical() -> None:
    found = rows(SOURCES / "metrics/2026-10/tickets.csv")
    told = [(row["客户"], row["优先级"]) for row in found if row["原因"]]
    assert sorted(told) == [("Nordwind Asia", "紧急"), ("东澜港口集团", "中"), ("东澜港口集团", "紧急")]
    assert all(bool(row["原因"]) == bool(row["处理措施"]) for row in found)


def test_the_clock_counts_service_hours_only() -> None:
    clock = Portfolio(SOURCES).clocks["business-cn"]
    at = month_bounds((2026, 10))[0]
    # closed from 1 to 7 October; the 10th is a make-up Saturday, the 11th a Sunday
    assert moment(clock.after(at, 3600)) == "2026-10-08 10:00:00"
    assert moment(clock.after(at, 3 * 27000)) == "2026-10-10 18:00:00"
    assert moment(clock.after(at, 3 * 27000 + 1)) == "2026-10-12 09:00:01"
    assert moment(Clock((), (), ()).after(at, 3600)) == "2026-10-01 01:00:00"


def test_the_company_anniversary_is_no_working_day() -> None:
    clock = Portfolio(SOURCES).clocks["business-cn"]
    evening = month_bounds((2026, 9))[0] + 9 * 86400 + 20 * 3600
    assert moment(clock.after(evening, 60)) == "2026-09-14 09:01:00"


def test_a_customer_gets_the_same_tickets_however_many_there_are(tmp_path: Path) -> None:
    for count, workers in ((2, 1), (103, 2)):
        arguments = ["--customers", str(count), "--months", "2", "--tickets-per-month", "5", "--workers", str(workers)]
        assert main([*arguments, "--into", str(tmp_path / str(count))]) == 0
    for month in ("2026-09", "2026-10"):
        for name in ("tickets.csv", "outages.csv"):
            few, many = (
                (tmp_path / count / "metrics" / month / name).read_text(encoding="utf-8").splitlines()
                for count in ("2", "103")
            )
            assert [line for line in few if ",c00002," in line] == [line for line in many if ",c00002," in line]
        assert len(rows(tmp_path / "2/metrics" / month / "tickets.csv")) > 5
    assert (tmp_path / "2/agreements/sla-c00002/A-00.yaml").read_bytes() == (
        tmp_path / "103/agreements/sla-c00002/A-00.yaml"
    ).read_bytes()


def test_generated_sources_and_the_demonstration_are_without_problems(tmp_path: Path) -> None:
    main(["--customers", "3", "--months", "1", "--into", str(tmp_path / "sources"), "--workers", "1"])
    for folder, customers in ((tmp_path / "sources", 3), (SOURCES, 3)):
        portfolio, problems = load_portfolio(folder, all_covered)
        assert problems == ()
        assert portfolio is not None
        assert len(portfolio.customers) == customers
        assert check(portfolio) == ()


def test_an_impossible_story_is_refused() -> None:
    portfolio, story = Portfolio(SOURCES), read(STORY)
    plan = build_plan(story, "harbour-port", "0", portfolio)
    impossible = {**story, "misses": [["2026-10", "harbour-port", "network-operations", "P1", "response_time", "99"]]}
    with pytest.raises(RuntimeError, match="no network-operations P1 ticket is left to be late before 2026-11-01"):
        list(exported(plan, portfolio, months(1), impossible))


def test_an_existing_folder_is_never_written_into(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--customers", "1", "--into", str(tmp_path)])
    assert "a folder that does not exist yet" in capsys.readouterr().err


def test_cells_with_commas_are_quoted() -> None:
    assert csv_text([("a", "b, c", 'd "e"')]) == 'a,"b, c","d ""e"""\n'


def test_times_are_written_as_the_import_profile_reads_them() -> None:
    (form,) = read(SOURCES / "imports/servicedesk.yaml")["date_formats"]
    start = month_bounds((2026, 10))[0]
    assert datetime.strptime(moment(start + 3661), form) == datetime(2026, 10, 1, 1, 1, 1)  # noqa: DTZ001, DTZ007 - local times
