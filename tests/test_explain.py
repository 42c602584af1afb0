"""`slm explain`: one ticket or one figure, told so that a customer can follow it, and nothing of other customers."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from click.testing import CliRunner, Result

from pipeline.build import gather
from pipeline.cli import slm
from pipeline.merge.report import ReportContext
from pipeline.options import ROOT, Options

PAUSED = "INC20260929-2001"
"""Nordwind, P3, over the National Day holiday, with a pause that goes on after hours; told by two months."""
OPEN = "INC20261029-0001"
ASIDE = "INC20261028-0002"
OTHERS = ("东澜", "Donglan", "仁禾", "Renhe")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(slm, ["explain", *map(str, arguments)])


def told(*arguments: str | Path) -> list[dict[str, Any]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def text_of(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(document[page].get_textpage().get_text_range() for page in range(len(document)))


def row_of(month: str, ticket: str) -> str:
    """`FILE:LINE` of a ticket in the demonstration's exports."""
    file = f"sources/metrics/{month}/tickets.csv"
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if text.startswith(f"{ticket},")]
    return f"{file}:{line}"


def add_rows(sources: Path, month: str, *rows: str) -> None:
    """Append rows to an export of tickets."""
    with (sources / "metrics" / month / "tickets.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)


# -- a ticket -----------------------------------------------------------------------------------------------------


def test_a_ticket_is_told_window_by_window_to_the_second() -> None:
    result = run(PAUSED)
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    for expected in (
        f"Ticket Timing Statement {PAUSED}",
        "P3 Resolution time 4 service days 22 h 50 min 11 s 52 min 30 s 21 h 57 min 41 s 2026-10-10 09:52:30 Met",
        "2026-09-30 13:30:00 – 17:07:30 service hours 3 h 37 min 30 s 14 h 07 min 30 s",
        "2026-09-30 17:07:30 – 18:00:00 paused: waiting for a supplier 52 min 30 s",
        "2026-10-01 – 2026-10-07 no service: National Day",
        "2026-10-09 09:20:11 resolved",
        "P3 Resolution time: counts in October 2026, because the clock stopped at 2026-10-09 09:20:11.",
        f"{row_of('2026-09', PAUSED)} replaced by a later export",
        f"{row_of('2026-10', PAUSED)} the record that counts",
    ):
        assert expected in lines
    assert any(
        "version A/00 of sla-nordwind-office" in line and "1 July 2025 to 30 June 2027" in line for line in lines
    )


def test_the_seconds_of_the_windows_less_the_pauses_are_those_elapsed() -> None:
    (ticket,) = told(PAUSED)
    assert [one["counts_in"] for one in ticket["results"]] == ["2026-09", "2026-10"]
    for one in ticket["results"]:
        assert sum(window["seconds"] for window in one["windows"]) == one["windows_s"]
        assert sum(window["seconds"] for window in one["windows"] if not window["paused_for"]) == one["elapsed_s"]
        assert sum(pause["taken_off_s"] for pause in one["pauses"]) == one["paused_s"]
        assert one["windows_s"] - one["paused_s"] == one["elapsed_s"]
    resolution = ticket["results"][1]
    assert (resolution["verdict"], resolution["limit_s"], resolution["elapsed_s"]) == ("met", 108_000, 79_061)
    assert resolution["in_force_until"] == "2027-07-01T00:00:00+08:00"


@pytest.mark.parametrize(("language", "title"), [("en", "Ticket Timing Statement"), ("zh-CN", "工单计时说明")])
def test_the_pdf_is_one_tagged_page_in_the_language_asked_for_without_other_customers(
    tmp_path: Path, language: str, title: str
) -> None:
    pdf = tmp_path / "ticket.pdf"
    assert run(PAUSED, "--language", language, "--pdf", pdf).exit_code == 0
    with pikepdf.open(pdf) as opened:
        assert len(opened.pages) == 1
        assert opened.Root.Lang == language
        assert opened.Root.MarkInfo.Marked
    text = text_of(pdf)
    assert title in text
    assert PAUSED in text
    assert not [name for name in OTHERS if name in text]


def test_the_same_ticket_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        assert run(PAUSED, "--pdf", tmp_path / name).exit_code == 0
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_a_ticket_of_many_windows_and_pauses_still_fits_on_one_page(demo_sources: Path, tmp_path: Path) -> None:
    pauses = ";".join(f"2026-10-{day:02d} 10:00:00/2026-10-{day:02d} 11:00:00/waiting-customer" for day in range(9, 30))
    times = "2026-09-08 09:00:00,2026-09-08 09:10:00,2026-10-30 10:00:00"
    add_rows(demo_sources, "2026-10", f"LONG-1,Nordwind Asia,服务器运维,低,{times},{pauses},Much waited for,,")
    pdf = tmp_path / "long.pdf"
    assert run("LONG-1", "--sources", demo_sources, "--pdf", pdf).exit_code == 0
    assert len(pypdfium2.PdfDocument(pdf)) == 1
    assert "21 pauses" in text_of(pdf)
    (ticket,) = told("LONG-1", "--sources", demo_sources)
    assert len(ticket["results"][1]["pauses"]) == 21


def test_an_open_ticket_is_told_up_to_the_end_of_the_records_and_until_when_it_is_on_time() -> None:
    (ticket,) = told(OPEN)
    resolution = ticket["results"][1]
    assert (resolution["verdict"], resolution["running"], resolution["counts_in"]) == ("pending", True, "")
    assert resolution["stop"] == "2026-11-01T00:00:00+08:00"
    assert resolution["deadline"] == "2026-11-05T10:03:39+08:00"
    assert "暂不计入任何一期" in run(OPEN).stdout


def test_a_ticket_is_told_as_the_report_of_an_earlier_month_knew_it() -> None:
    (ticket,) = told(PAUSED, "--month", "2026-09")
    assert [one["verdict"] for one in ticket["results"]] == ["met", "pending"]
    assert [row["file"] for row in ticket["rows"]] == ["sources/metrics/2026-09/tickets.csv"]


def test_a_ticket_that_was_set_aside_says_why_and_where() -> None:
    result = run(ASIDE)
    assert result.exit_code == 0
    assert "未参与测量：该记录无法计量" in result.stdout
    assert f"{row_of('2026-10', ASIDE)}  “解决时间”早于“受理时间”" in result.stdout
    (ticket,) = told(ASIDE)
    assert (ticket["unmeasured"], ticket["results"]) == ("aside", [])
    (aside,) = ticket["set_aside"]
    assert f"{aside['file']}:{aside['line']}" == row_of("2026-10", ASIDE)


@pytest.mark.parametrize(
    ("row", "reason", "words"),
    [
        ("X-1,Nordwind Asia,数据库运维,低,2026-10-08 09:00:00,,,,,,", "no-sla", "no agreement with this customer"),
        ("X-1,Nordwind Asia,服务器运维,低,2025-06-30 09:00:00,,,,,,", "no-sla", "no agreement with this customer"),
    ],
)
def test_a_ticket_that_no_agreement_covers_says_so(demo_sources: Path, row: str, reason: str, words: str) -> None:
    add_rows(demo_sources, "2026-10", row)
    (ticket,) = told("X-1", "--sources", demo_sources)
    assert (ticket["unmeasured"], ticket["results"]) == (reason, [])
    assert words in run("X-1", "--sources", demo_sources).stdout


def test_each_ticket_of_two_customers_with_one_number_is_asked_for_by_its_customer(demo_sources: Path) -> None:
    times = "2026-10-08 09:00:00,2026-10-08 09:05:00,2026-10-08 10:00:00"
    row = f"SAME-1,{{}},服务器运维,低,{times},,The same,,"
    add_rows(demo_sources, "2026-10", row.format("Nordwind Asia"), row.format("东澜港口集团"))
    result = run("SAME-1", "--sources", demo_sources)
    assert result.exit_code == 1
    assert result.stderr == (
        "TICKET|TARGET: error: several tickets have the number SAME-1, of harbour-port and nordwind-asia; "
        "say whose: --customer harbour-port\n"
    )
    (ticket,) = told("SAME-1", "--sources", demo_sources, "--customer", "nordwind-asia")
    assert ticket["customer"] == "nordwind-asia"
    assert {one["agreement"] for one in ticket["results"]} == {"sla-nordwind-office"}


def test_each_ticket_of_two_tools_with_one_number_is_asked_for_by_its_profile(demo_sources: Path) -> None:
    times = "2026-10-08 09:00:00,2026-10-08 09:05:00,2026-10-08 10:00:00"
    row = f"SAME-1,Nordwind Asia,服务器运维,低,{times},,The same,,\n"
    profile = (demo_sources / "imports" / "servicedesk.yaml").read_text(encoding="utf-8")
    profile = profile.replace("id: servicedesk", "id: second").replace("tickets*.csv", "second*.csv")
    (demo_sources / "imports" / "second.yaml").write_text(profile, encoding="utf-8")
    header = (demo_sources / "metrics" / "2026-10" / "tickets.csv").read_text(encoding="utf-8").splitlines()[0]
    (demo_sources / "metrics" / "2026-10" / "second.csv").write_text(f"{header}\n{row}", encoding="utf-8")
    add_rows(demo_sources, "2026-10", row.strip())
    result = run("SAME-1", "--sources", demo_sources)
    assert result.exit_code == 1
    assert "read by second and servicedesk; say which: --profile second" in result.stderr
    (ticket,) = told("SAME-1", "--sources", demo_sources, "--profile", "second")
    assert [row["file"] for row in ticket["rows"]] == ["sources/metrics/2026-10/second.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["INC20260929-20O1"], "no export has a ticket 'INC20260929-20O1'; did you mean 'INC20260929-2001'?"),
        ([PAUSED, "--customer", "harbour-port"], f"no export has a ticket '{PAUSED}' of harbour-port"),
        (["uptim", "--sla", "sla-harbour-core"], "no export has a ticket or target 'uptim'; did you mean 'uptime'?"),
        (["uptime"], "uptime is a target; name its agreement: --sla sla-harbour-core or --sla sla-nordwind-office"),
        (["uptime", "--sla", "sla-harbor-core"], "unknown SLA 'sla-harbor-core'; did you mean 'sla-harbour-core'?"),
        (["uptime", "--sla", "ola-service-desk"], "unknown SLA 'ola-service-desk'"),
        ([PAUSED, "--month", "2027-01"], "there are no exports for 2027-01 under metrics/"),
        (["uptime", "--sla", "sla-harbour-core", "--service", "service-desk"], "no target uptime for service-desk"),
    ],
)
def test_what_is_unknown_is_one_line_with_what_may_be_meant(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [PAUSED, "--language", "fr"],
        [PAUSED, "--month", "October"],
        ["uptime", "--sla", "sla-harbour-core", "--pdf", "uptime.pdf"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_sources_with_mistakes_are_told_before_anything_is_explained(demo_sources: Path) -> None:
    policy = demo_sources / "policy.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("retention_years:", "retention_year:"), "utf-8")
    result = run(PAUSED, "--sources", demo_sources)
    assert result.exit_code == 1
    assert "did you mean 'retention_years'?" in result.stderr


# -- a figure -----------------------------------------------------------------------------------------------------


def test_every_figure_of_a_report_is_explained_with_the_same_value_and_credit() -> None:
    documents, _, _ = gather(Options(kinds=("reports",), customer="harbour-port"))
    (report,) = [one for one in documents if one.agreement == "sla-harbour-core"]
    context = report.context
    assert isinstance(context, ReportContext)
    for target in ("p1-response", "p3-resolution", "uptime"):
        found = {one["service"]: one for one in told(target, "--sla", "sla-harbour-core")}
        rows = {one.service: one for one in context.results if one.target == target}
        assert found.keys() == rows.keys()
        for service, row in rows.items():
            one = found[service]
            assert (one["met"], one["missed"], one["set_aside"]) == (row.met, row.missed, row.set_aside)
            assert (one["shown"], one["status"], one["credit"]) == (row.value_shown, row.status, row.credit)
            assert (one["all_credits"], one["credited"]) == (context.credits.uncapped, context.credits.total)
            assert len(one["tickets"]) == row.count or target == "uptime"


def test_the_tickets_behind_a_figure_are_those_of_the_export() -> None:
    (found,) = told("p3-resolution", "--sla", "sla-nordwind-office", "--service", "server-operations")
    for one in found["tickets"]:
        path = ROOT / one["file"]
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[one["line"] - 1][0] == one["ticket"]
        assert (one["elapsed_s"] > one["limit_s"]) == (one["verdict"] == "missed")


def test_availability_names_every_outage_with_its_seconds_and_what_is_excluded() -> None:
    (found,) = told("uptime", "--sla", "sla-harbour-core", "--service", "network-operations")
    assert {one["outage"]: (one["category"], one["excluded"], one["counted_s"]) for one in found["outages"]} == {
        "OUT202610-02": ("outage", False, 840),
        "OUT202610-03": ("agreed-maintenance", True, 10_800),
    }
    assert (found["service_s"], found["excluded_s"], found["down_s"]) == (744 * 3600, 10_800, 840)
    assert (found["kept"], found["total"], found["shown"]) == (2_666_760, 2_667_600, "99.97%")
    assert [(one["below"], one["credit"], one["applies"]) for one in found["tiers"]] == [
        (99.95, 3, False),
        (99.9, 5, False),
        (99, 10, False),
    ]


def test_a_figure_can_be_sent_as_pdf_in_the_agreements_language(tmp_path: Path) -> None:
    pdf = tmp_path / "figure.pdf"
    chosen = ("--sla", "sla-harbour-core", "--service", "network-operations")
    assert run("uptime", *chosen, "--pdf", pdf).exit_code == 0
    text = text_of(pdf)
    assert "指标计算说明" in text
    assert "2666760 s ÷ 2667600 s × 100% = 99.96851102%" in text
    assert "Nordwind" not in text
