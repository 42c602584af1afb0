"""What users of other tools trip over (public issue trackers): each of these traps has its test."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from pipeline.load.holidays import public_holidays
from pipeline.measure.clock import build_clocks
from pipeline.measure.windows import within_window
from pipeline.model.agreements import Maintenance
from pipeline.model.catalog import Target
from pipeline.model.quantities import Month, Text
from pipeline.model.recurrence import Recurrence
from tests.builders import Outage, Ticket, at, make_calendar, make_sla, make_target, make_uptime
from tests.measure.results import MARCH, measured, results

OFFICE = make_calendar("09:00-12:00 13:00-17:00", days_off=["2026-03-04"])
HOUR, DAY = 3600, 86400


def longest(**more: Any) -> Target:
    """The time itself, to the second."""
    return make_target(limit="", goal="999 h", aggregate="worst", pause_on=["waiting-customer"], **more)


def took(ticket: Ticket, **more: Any) -> Fraction | None:
    """Hours of service time."""
    value = results(make_sla(longest(**more)), tickets=[ticket], calendar=OFFICE)["p1-resolution"].value
    return None if value is None else value / HOUR


# -- pauses and calendars -----------------------------------------------------------------------------------------


def test_a_pause_over_the_night_takes_off_only_the_hours_of_service_in_it() -> None:
    """GLPI #10594, Frappe helpdesk PR 2449: 17 h were taken off where 1 h of service lay in the pause."""
    night = ("2026-03-02 16:00", "2026-03-03 09:00", "waiting-customer")
    assert took(Ticket(opened="2026-03-02 15:00", resolved="2026-03-03 10:00", pauses=(night,))) == 2


def test_a_pause_over_a_holiday_takes_off_nothing_of_it() -> None:
    """GLPI #10594: the closed day is no service time, so the pause cannot take it off."""
    over = ("2026-03-03 17:00", "2026-03-05 09:00", "waiting-customer")
    assert took(Ticket(opened="2026-03-03 16:00", resolved="2026-03-05 10:00", pauses=(over,))) == 2


def test_a_pause_over_lunch_takes_off_nothing_of_it() -> None:
    """Frappe helpdesk #2212, osTicket #6847."""
    lunch = ("2026-03-02 11:00", "2026-03-02 14:00", "waiting-customer")
    assert took(Ticket(resolved="2026-03-02 17:00", pauses=(lunch,))) == 5


def test_a_pause_survives_a_change_of_the_agreement() -> None:
    """GLPI #6902, #15605: the waiting time was forgotten when another agreement took over."""
    old = make_sla(longest())
    new = make_sla(longest(), version="A/01", since="2026-03-03", replaces="A/00")
    pause = ("2026-03-02 10:00", "2026-03-03 11:00", "waiting-customer")
    ticket = Ticket(resolved="2026-03-03 12:00", pauses=(pause,))
    found = results(old, new, tickets=[ticket], calendar=OFFICE)["p1-resolution"]
    assert found.value == 2 * HOUR


def test_time_in_which_a_ticket_was_solved_is_not_time_in_which_it_waited() -> None:
    """GLPI #23359: solved, then reopened; those days belong to nobody, and the figure says so."""
    ticket = Ticket(
        resolved="2026-03-06 11:00",
        reopened="2026-03-06 10:00",
        pauses=(("2026-03-02 10:00", "2026-03-06 10:00", "resolved"),),
    )
    assert took(ticket) == 2


# -- days ---------------------------------------------------------------------------------------------------------


def test_one_day_is_the_day_of_the_calendar() -> None:
    """ServiceNow's documentation: `1 day` as 24 h of an eight-hour calendar is breached three days later."""
    target = make_target(limit="1 d")
    kept = Ticket(resolved="2026-03-03 09:00")
    late = Ticket(resolved="2026-03-03 09:00:01")
    found = [results(make_sla(target), tickets=[one], calendar=OFFICE)["p1-resolution"].status for one in (kept, late)]
    assert found == ["met", "missed"]


def test_make_up_working_days_are_worked() -> None:
    """Missing from most tools: Sunday 2026-01-04 was worked for the New Year holiday of 2026-01-02."""
    working = public_holidays("CN", range(2026, 2027)).worked
    assert "2026-01-04" in {str(day) for day in working}
    calendar = make_calendar("09:00-17:00", days_off=["2026-01-02"], working_days={"2026-01-04": "09:00-17:00"})
    ticket = Ticket(opened="2026-01-01 16:00", resolved="2026-01-04 10:00")
    found = results(make_sla(longest()), tickets=[ticket], months=[Month(2026, 1)], calendar=calendar)
    assert found["p1-resolution"].value == 2 * HOUR


def test_a_year_that_nobody_has_published_is_an_error_and_no_guess() -> None:
    """chinese-calendar #97, #137: libraries fail, or silently take every weekday for a working day."""
    calendar = replace(make_calendar(), holidays="CN", years=frozenset({2026}))
    _, problems = build_clocks([calendar], at("2026-12-01 00:00"), at("2027-02-01 00:00"))
    assert [one.code for one in problems] == ["holidays-unknown"]
    assert "2027" in problems[0].message


# -- reopening ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on_reopen", "hours"), [("continue", 2), ("restart", 1)])
def test_what_a_reopening_does_is_a_stated_option(on_reopen: str, hours: int) -> None:
    """Znuny PR 369."""
    ticket = Ticket(
        resolved="2026-03-02 15:00",
        reopened="2026-03-02 14:00",
        pauses=(("2026-03-02 10:00", "2026-03-02 14:00", "resolved"),),
    )
    assert took(ticket, on_reopen=on_reopen) == hours


# -- months -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("month", "days"), [(Month(2026, 2), 28), (Month(2026, 3), 31), (Month(2026, 4), 30)])
def test_a_month_is_a_month_and_not_thirty_days(month: Month, days: int) -> None:
    """OneUptime PR 3016: availability over `the last 30 days` is of no month at all."""
    found = results(make_sla(make_uptime()), months=[month])["uptime"]
    assert found.tally.total == days * DAY


def test_an_outage_over_the_end_of_a_month_is_cut_there() -> None:
    """Icinga reporting #166: a monthly report leaked into the next month."""
    outage = Outage(started="2026-03-31 23:00", ended="2026-04-01 02:00")
    down = []
    for month in (MARCH, MARCH.plus(1)):
        tally = results(make_sla(make_uptime()), outages=[outage], months=[month])["uptime"].tally
        down.append(tally.total - tally.kept)
    assert down == [HOUR, 2 * HOUR]


def test_a_contract_month_starts_on_the_day_of_the_contract() -> None:
    """iAgree agreements do: 15 February to 14 March is the contract month named March."""
    sla = make_sla(make_uptime(), starts_on_day=15)
    month = measured(sla)[0].months["sla-acme"][-1]
    assert (month.period.start, month.period.stop) == (at("2026-02-15 00:00"), at("2026-03-15 00:00"))
    assert month.results[0].tally.total == 28 * DAY


# -- seconds ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("resolved", "status"), [("09:15:00", "met"), ("09:15:01", "missed"), ("09:15:29", "missed")])
def test_seconds_are_not_rounded_away_before_comparing(resolved: str, status: str) -> None:
    """dbt_zendesk PR 136: 15 min 29 s became 15 min."""
    ticket = Ticket(resolved=f"2026-03-02 {resolved}")
    assert results(make_sla(make_target(limit="15 min")), tickets=[ticket])["p1-resolution"].status == status


@pytest.mark.parametrize(("resolved", "hours"), [("17:00", 7), ("17:00:59", 7), ("18:30", 7)])
def test_the_closing_minute_is_out_of_the_service_hours(resolved: str, hours: int) -> None:
    """chatwoot: a window is half-open, so nothing counts from 17:00 on."""
    assert took(Ticket(resolved=f"2026-03-02 {resolved}")) == hours


def test_a_limit_used_up_at_closing_time_is_kept_at_closing_time() -> None:
    """chatwoot, the other way round: the last second before closing still counts as one."""
    kept = Ticket(opened="2026-03-02 16:00", resolved="2026-03-02 17:00")
    late = Ticket(opened="2026-03-02 16:00", resolved="2026-03-03 09:00:01")
    sla = make_sla(make_target(limit="1 h"))
    found = [results(sla, tickets=[one], calendar=OFFICE)["p1-resolution"].status for one in (kept, late)]
    assert found == ["met", "missed"]


# -- maintenance --------------------------------------------------------------------------------------------------


def test_agreed_maintenance_is_left_out_with_its_window() -> None:
    """sloth #529, kibana #209245, slogen #3: no downtime, no service time, and its window is told."""
    window = Maintenance(Text("Sundays 00:00-04:00"), Text("updates"), Recurrence(hours=(0, 240), weekday=6))
    sla = replace(make_sla(make_uptime(exclude=["agreed-maintenance"])), maintenance=(window,))
    inside = Outage("in", "2026-03-08 00:00", "2026-03-08 04:00", category="agreed-maintenance")
    tally = results(sla, outages=[inside])["uptime"].tally
    assert (tally.kept, tally.total) == (31 * DAY - 4 * HOUR, 31 * DAY - 4 * HOUR)
    assert within_window(sla, "desk", at(inside.started), at(inside.ended)) == window
    assert within_window(sla, "desk", at("2026-03-08 03:00"), at("2026-03-08 04:00:01")) is None


# -- history ------------------------------------------------------------------------------------------------------


def test_a_new_version_does_not_rewrite_what_the_old_one_promised() -> None:
    """Zammad #4037, ServiceNow's "repair": last month was judged by today's limits."""
    old = make_sla(make_target(limit="8 h"))
    new = make_sla(make_target(limit="1 h"), version="A/01", since="2026-04-01", replaces="A/00")
    tickets = [
        Ticket("a", "2026-03-02 09:00", "2026-03-02 13:00"),
        Ticket("b", "2026-04-02 09:00", "2026-04-02 13:00"),
    ]
    found, _ = measured(old, new, tickets=tickets, months=[MARCH, MARCH.plus(1)])
    assert [month.results[0].status for month in found.months["sla-acme"]] == ["met", "missed"]
