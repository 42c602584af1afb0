"""Quarters, half-years and years: one figure over their months, credits month by month, every row accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

from pipeline.build import gather
from pipeline.merge.document import Document
from pipeline.merge.report import ReportContext
from pipeline.model.quantities import Month
from pipeline.options import ROOT, Options
from tests.builders import Outage, Ticket, make_sla, make_target, make_uptime
from tests.measure.results import measured

QUARTER = [Month(2026, 7), Month(2026, 8), Month(2026, 9)]
YEAR = [Month(2026, month) for month in range(1, 13)]


@cache
def reports(month: Month) -> dict[str, Document]:
    """The reports of the demonstration company as they were made in a month, by the ends of their names."""
    found, _, problems = gather(Options(sources=ROOT / "sources", month=month, kinds=("reports",)))
    assert [str(one) for one in problems if one.severity == "error"] == []
    return {one.stem.rsplit("/", 1)[1]: one for one in found}


@pytest.fixture
def september() -> dict[str, Document]:
    return reports(Month(2026, 9))


def context(document: Document) -> ReportContext:
    assert isinstance(document.context, ReportContext)
    return document.context


def test_the_last_month_of_a_quarter_brings_the_report_on_the_quarter(september: dict[str, Document]) -> None:
    assert set(september) == {
        f"{sla}_{period}"
        for sla in ("sla-harbour-core", "sla-nordwind-office", "sla-renhe-clinical")
        for period in ("2026-09", "2026-Q3")
    }
    found = context(september["sla-harbour-core_2026-Q3"])
    assert (found.number, found.period.label) == ("SLA-HARBOUR-CORE-2026-Q3", "2026年第三季度")
    assert (found.period.start, found.period.end) == ("2026-07-01T00:00:00+08:00", "2026-10-01T00:00:00+08:00")
    assert set(reports(Month(2026, 10))) == {
        "sla-harbour-core_2026-10", "sla-nordwind-office_2026-10", "sla-renhe-clinical_2026-10",
    }  # fmt: skip


@pytest.mark.parametrize("sla", ["sla-harbour-core", "sla-nordwind-office", "sla-renhe-clinical"])
def test_a_quarter_is_its_three_months_together(september: dict[str, Document], sla: str) -> None:
    quarter = context(september[f"{sla}_2026-Q3"])
    counts: Counter[tuple[str, str, str]] = Counter()
    opened: Counter[str] = Counter()
    breaches: set[tuple[str, str]] = set()
    read = 0
    for month in QUARTER:
        found = context(reports(month)[f"{sla}_{month}"])
        for row in found.results:
            counts[row.service, row.target, "met"] += row.met
            counts[row.service, row.target, "missed"] += row.missed
        for load in found.workload:
            opened[load.service] += load.opened
        breaches |= {(one.ticket, one.target) for one in found.breaches}
        read += found.rows.read
    for row in quarter.results:
        if row.measure in {"response_time", "resolution_time"}:
            assert (row.met, row.missed) == (
                counts[row.service, row.target, "met"], counts[row.service, row.target, "missed"],
            ), row.target  # fmt: skip
    assert {one.service: one.opened for one in quarter.workload} == opened
    assert {(one.ticket, one.target) for one in quarter.breaches} == breaches
    assert quarter.rows.read == read == quarter.rows.measured + quarter.rows.set_aside + quarter.rows.replaced
    assert quarter.rows.replaced == {"sla-harbour-core": 3}.get(sla, quarter.rows.replaced)
    assert [one.month for one in quarter.credits.months] == ["2026-07", "2026-08", "2026-09"]


def test_the_credits_of_a_quarter_are_those_of_its_months(september: dict[str, Document]) -> None:
    found = context(september["sla-harbour-core_2026-Q3"]).credits
    monthly = [context(reports(month)[f"sla-harbour-core_{month}"]).credits for month in QUARTER]
    assert [one.credit for one in found.months] == [one.total for one in monthly]
    assert [one.amount_shown for one in found.months] == [one.amount_shown for one in monthly]
    assert found.amount_shown == "¥9,400.00"
    assert all(row.credit == 0 for row in context(september["sla-harbour-core_2026-Q3"]).results)


def test_the_data_of_a_quarter_lists_the_late_and_the_highest(september: dict[str, Document]) -> None:
    document = september["sla-harbour-core_2026-Q3"]
    assert document.tickets is not None
    rows = [dict(zip(document.tickets.keys, row, strict=True)) for row in document.tickets.rows]
    listed = {str(row["ticket"]) for row in rows}
    late = {one.ticket for one in context(document).breaches}
    highest = {one.ticket for one in context(document).major}
    assert late | highest <= listed
    months = {str(row["opened"])[:7] for row in rows if row["ticket"] in late | highest}
    assert months == {"2026-07", "2026-08", "2026-09"}


def longer(
    tickets: Sequence[Ticket],
    months: Sequence[Month],
    since: str = "2026-01-01",
    frequency: str = "",
    until: str = "2026-12-31",
) -> list[tuple[str, int, int, int]]:
    """(name of the last month, months, met, missed) of every longer period."""
    sla = make_sla(make_target(), since=since, until=until)
    if frequency:
        sla = replace(sla, reporting=replace(sla.reporting, frequency=frequency))
    found, _ = measured(sla, tickets=tickets, months=months)
    return [
        (str(one.period.month), one.period.months, one.results[0].tally.met, one.results[0].tally.missed)
        for one in found.longer["sla-acme"]
    ]


TICKETS = [
    Ticket("T1", opened="2026-02-03 09:00", resolved="2026-02-03 10:00"),
    Ticket("T2", opened="2026-08-03 09:00", resolved="2026-08-13 10:00"),
    Ticket("T3", opened="2026-11-03 09:00", resolved="2026-11-03 10:00"),
    Ticket("T4", opened="2026-12-31 23:59", resolved="2027-01-01 00:30"),
]


def test_december_brings_the_quarter_and_the_year_and_the_half_year_where_agreed() -> None:
    assert longer(TICKETS, YEAR) == [("2026-12", 3, 1, 0), ("2026-12", 12, 2, 1)]
    assert longer(TICKETS, YEAR, frequency="half-yearly") == [
        ("2026-12", 3, 1, 0), ("2026-12", 6, 1, 1), ("2026-12", 12, 2, 1),
    ]  # fmt: skip


def test_an_sla_that_ended_on_the_way_has_the_reports_on_the_quarter_and_the_year_too() -> None:
    assert longer(TICKETS, YEAR, until="2026-11-15") == [("2026-12", 3, 1, 0), ("2026-12", 12, 2, 1)]
    assert longer(TICKETS, YEAR, until="2026-08-15") == [("2026-12", 12, 1, 1)]
    assert longer(TICKETS, QUARTER, since="2026-07-01", until="2026-08-15") == [("2026-09", 3, 0, 1)]


def test_a_month_without_exports_means_no_report_on_the_year_but_not_if_the_sla_began_after_it() -> None:
    assert longer(TICKETS, YEAR[1:]) == [("2026-12", 3, 1, 0)]
    assert longer(TICKETS, YEAR[1:], since="2026-02-01") == [("2026-12", 3, 1, 0), ("2026-12", 12, 2, 1)]


def test_availability_of_a_quarter_is_that_of_all_its_seconds() -> None:
    sla = make_sla(make_uptime())
    outages = [
        Outage("O1", "2026-07-31 12:00", "2026-08-01 12:00"),
        Outage("O2", "2026-09-30 23:00", "2026-10-02 00:00"),
    ]
    found, _ = measured(sla, outages=outages, months=QUARTER)
    (quarter,) = found.longer["sla-acme"]
    (result,) = quarter.results
    hours = 24 * (31 + 31 + 30)
    assert result.tally.total == 3600 * hours
    assert result.tally.total - result.tally.kept == 3600 * 25
    assert result.credit == 0


def test_a_number_of_a_quarter_is_held_against_its_goal_as_the_average_of_a_month() -> None:
    sla = make_sla(make_target(measure="workload", goal=Decimal(2), priority="", limit=""))
    tickets = [Ticket(f"T{number}", opened=f"2026-0{7 + number % 3}-03 09:00") for number in range(7)]
    found, _ = measured(sla, tickets=tickets, months=QUARTER)
    (result,) = found.longer["sla-acme"][0].results
    assert (result.tally.kept, result.value, result.status) == (7, Fraction(7, 3), "missed")
    found, _ = measured(sla, tickets=tickets[:6], months=QUARTER)
    (result,) = found.longer["sla-acme"][0].results
    assert (result.value, result.status) == (Fraction(2), "met")
