"""Availability: overlaps once, exclusions out of both sides, only the hours of the calendar, only the days in force."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest

from pipeline.measure.attainment import Result
from pipeline.measure.measurement import measure
from pipeline.model.agreements import Agreement
from pipeline.model.calendars import Calendar
from pipeline.model.quantities import Month
from pipeline.model.records import ALL_CUSTOMERS, ExportFile, Records
from tests.builders import (
    Outage,
    make_always,
    make_calendar,
    make_outages,
    make_portfolio,
    make_sla,
    make_tickets,
    make_uptime,
)

MARCH = Month(2026, 3)
HOUR, DAY = 3600, 86400
MARCH_SECONDS = 31 * DAY


def uptime_sla(*, exclude: Sequence[str] = (), **more: Any) -> Agreement:
    return make_sla(make_uptime(exclude=exclude), **more)


def result(
    *outages: Outage,
    versions: Sequence[Agreement] = (),
    calendar: Calendar | None = None,
    months: Sequence[Month] = (MARCH,),
    exported: Sequence[Month] = (MARCH,),
    exclude: Sequence[str] = (),
) -> Result:
    files = tuple(ExportFile("outages.csv", month, "outages", "") for month in exported)
    records = Records(make_tickets(), make_outages(*outages), (), {}, files)
    portfolio = make_portfolio(*(versions or [uptime_sla(exclude=exclude)]), calendar=calendar or make_always())
    measurement, problems = measure(portfolio, records, months)
    assert measurement is not None
    assert problems == ()
    (found,) = measurement.months["sla-acme"][-1].results
    return found


def up(down: int, agreed: int = MARCH_SECONDS) -> Fraction:
    return Fraction(100 * (agreed - down), agreed)


def test_a_month_without_outages_is_fully_available() -> None:
    assert (result().value, result().status) == (Fraction(100), "met")


def test_a_month_without_an_export_of_outages_is_no_data_and_not_met() -> None:
    found = result(exported=())
    assert (found.value, found.status) == (None, "no-data")


def test_an_outage_lowers_the_figure_to_the_second() -> None:
    found = result(Outage(started="2026-03-02 09:00", ended="2026-03-02 09:44:39"))
    assert found.value == up(44 * 60 + 39)
    assert found.status == "missed"


def test_the_goal_is_met_to_the_very_second() -> None:
    allowed = MARCH_SECONDS // 1000  # 0.1 % of the month is 2678.4 s
    kept = result(Outage(started="2026-03-02 00:00", ended="2026-03-02 00:44:38"))
    assert (allowed, kept.status) == (2678, "met")


def test_overlapping_and_nested_outages_count_once() -> None:
    found = result(
        Outage("a", "2026-03-02 09:00", "2026-03-02 11:00"),
        Outage("b", "2026-03-02 10:00", "2026-03-02 12:00"),
        Outage("c", "2026-03-02 10:30", "2026-03-02 10:45"),
        Outage("d", "2026-03-02 12:00", "2026-03-02 12:30"),
    )
    assert found.value == up(3 * HOUR + 1800)


def test_an_outage_is_cut_at_the_borders_of_the_month_and_one_that_lasts_runs_to_its_end() -> None:
    before = Outage("a", "2026-02-27 00:00", "2026-03-01 01:00")
    assert result(before).value == up(HOUR)
    assert result(Outage("b", "2026-03-31 22:00", "")).value == up(2 * HOUR)
    assert result(Outage("c", "2026-04-01 00:00", "2026-04-01 05:00")).value == 100


def test_excluded_time_leaves_the_denominator_as_well() -> None:
    maintenance = Outage("m", "2026-03-08 00:00", "2026-03-08 04:00", category="agreed-maintenance")
    assert result(maintenance, exclude=["agreed-maintenance"]).value == 100
    both = result(maintenance, Outage("o", "2026-03-08 03:00", "2026-03-08 05:00"), exclude=["agreed-maintenance"])
    assert both.value == up(HOUR, MARCH_SECONDS - 4 * HOUR)


def test_what_the_target_does_not_exclude_counts() -> None:
    assert result(Outage("m", "2026-03-08 00:00", "2026-03-08 04:00", category="agreed-maintenance")).value == up(
        4 * HOUR
    )


def test_only_the_hours_of_the_calendar_count() -> None:
    office = make_calendar("09:00-17:00")  # 22 working days in March 2026
    found = result(Outage("a", "2026-03-06 16:00", "2026-03-09 10:00"), calendar=office)
    assert found.value == up(2 * HOUR, 22 * 8 * HOUR)
    assert result(Outage("b", "2026-03-07 00:00", "2026-03-08 00:00"), calendar=office).value == 100


def test_outages_of_all_customers_count_and_those_of_others_do_not() -> None:
    everyone = Outage("a", "2026-03-02 09:00", "2026-03-02 10:00", customer=ALL_CUSTOMERS)
    other = Outage("b", "2026-03-03 09:00", "2026-03-03 10:00", customer="other")
    service = Outage("c", "2026-03-04 09:00", "2026-03-04 10:00", service="mail")
    assert result(everyone, other, service).value == up(HOUR)


def test_each_version_answers_for_its_own_days_in_the_month() -> None:
    old = uptime_sla()
    new = uptime_sla(exclude=["agreed-maintenance"], version="A/01", since="2026-03-11", replaces="A/00")
    found = result(
        Outage("a", "2026-03-10 23:00", "2026-03-11 01:00", category="agreed-maintenance"), versions=(old, new)
    )
    assert found.value == up(HOUR, MARCH_SECONDS - HOUR)
    assert str(found.promise.span.agreement.version) == "A/01"


@pytest.mark.parametrize(("exported", "known"), [((MARCH,), False), ((Month(2026, 2), MARCH), True)])
def test_a_contract_month_over_two_calendar_months_needs_the_exports_of_both(
    exported: Sequence[Month], known: bool
) -> None:
    found = result(versions=[uptime_sla(starts_on_day=15)], exported=exported)
    assert (found.status != "no-data") == known
