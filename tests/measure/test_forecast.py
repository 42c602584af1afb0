"""What the running period will come to: held against plain counts, and against the report at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.load.characters import all_covered
from pipeline.load.exports import month_folders
from pipeline.load.kinds.fields import as_targets
from pipeline.load.reading import Reading
from pipeline.load.sources import load_portfolio
from pipeline.measure.attainment import MET, MISSED
from pipeline.measure.forecast import Budget, Forecast, Outlook, Standing, forecasts, share_budget
from pipeline.measure.known import KnownAt
from pipeline.measure.measurement import measure
from pipeline.measure.underway import measure_running
from pipeline.model.agreements import Agreement
from pipeline.model.alerts import AlertRules
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import Target
from pipeline.model.exclusions import Exclusion
from pipeline.model.quantities import Month
from pipeline.model.records import ExportFile
from pipeline.options import ROOT
from tests.builders import (
    Outage,
    Ticket,
    at,
    make_always,
    make_calendar,
    make_outages,
    make_portfolio,
    make_records,
    make_sla,
    make_target,
    make_tickets,
    make_uptime,
)
from tests.measure.results import MARCH, agreed, results

HOUR, DAY = 3600, 86400
EAGER = AlertRules(least_tickets=1, least_elapsed=AlertRules().least_elapsed * 0)


def forecast(
    *slas: Agreement,
    now: str,
    tickets: Sequence[Ticket] = (),
    outages: Sequence[Outage] = (),
    calendar: Calendar | None = None,
    exclusions: Sequence[Exclusion] = (),
    rules: AlertRules = EAGER,
    months: Sequence[Month] = (MARCH,),
) -> list[Forecast]:
    """The forecasts as known at `now`; outages of the months are known."""
    zone = slas[0].timezone
    calendar = calendar or make_always(zone)
    portfolio = replace(make_portfolio(*slas, calendar=calendar), exclusions={one.id: one for one in exclusions})
    files = tuple(ExportFile("outages.csv", month, "outages", "") for month in months)
    records = make_records(make_tickets(*tickets, timezone=zone), make_outages(*outages, timezone=zone))
    moment = at(now, zone)
    known = KnownAt(replace(records, files=files), moment)
    measurement, _ = measure_running(portfolio, known, months, moment)
    assert measurement is not None
    return list(forecasts(measurement, moment, portfolio.calendars, rules))


def one(*slas: Agreement, target: str = "", **more: Any) -> Outlook:
    """The outlook of the only target, or of that one."""
    (found,) = [
        outlook
        for single in forecast(*slas, **more)
        for outlook in single.targets
        if target in {"", outlook.result.promise.target.id}
    ]
    return found


def target(measure_name: str, goal: Any, **more: Any) -> Target:
    return as_targets([{"id": "t", "measure": measure_name, "goal": goal, **more}])[0]


def solved(number: int, hours: int, day: int, **more: Any) -> Ticket:
    start = f"2026-03-{day:02d} 00:00"
    return Ticket(f"T{number}", start, f"2026-03-{day:02d} {hours:02d}:00", **more)


# -- error budgets ------------------------------------------------------------------------------------------------


def test_a_share_may_miss_as_many_as_the_expected_volume_allows() -> None:
    # 10 of 31 days are gone and 20 tickets decided: 62 by the end, 10 % of which are 6.2, so 6; one was late
    tickets = [solved(number, 2, 1 + number % 10) for number in range(19)] + [solved(19, 9, 3)]
    found = one(make_sla(make_target(goal="90%")), now="2026-03-11 00:00", tickets=tickets)
    assert (found.result.count, found.result.tally.missed) == (20, 1)
    assert (found.gone, found.whole) == (10 * DAY, 31 * DAY)
    assert found.expected == 62
    assert found.budget is not None
    assert found.budget == Budget(Fraction(62, 10), Fraction(1), Fraction(5))
    assert found.burn == Fraction(10, 62) / Fraction(10, 31)
    assert (found.needed, found.standing) == (0, Standing.OK)


def test_a_rate_to_be_low_has_its_budget_in_tickets_too() -> None:
    tickets = [solved(number, 2, 1 + number, reopens=int(number < 3)) for number in range(10)]
    found = one(make_sla(target("reopen_rate", "20%")), now="2026-03-11 00:00", tickets=tickets)
    assert found.expected == 31
    assert found.budget is not None
    assert [found.budget.spent, found.budget.left] == [3, 6 - 3]
    assert found.needed == 5  # 3 of 15 are 20 %
    assert found.standing is Standing.LIKELY


def test_what_cannot_be_kept_any_more_says_so() -> None:
    tickets = [solved(number, 9, 1 + number) for number in range(4)]
    found = one(make_sla(make_target(goal="90%")), now="2026-03-11 00:00", tickets=tickets)
    assert found.expected == 12
    assert found.budget is not None
    assert found.budget.left == 1 - 4
    assert found.standing is Standing.LOST


@settings(deadline=None)
@given(missed=st.integers(0, 30), met=st.integers(0, 30), coming=st.integers(0, 60), goal=st.integers(0, 100))
def test_the_budget_is_left_exactly_when_some_course_of_the_rest_keeps_the_goal(
    missed: int, met: int, coming: int, goal: int
) -> None:
    decided, tolerated = missed + met, 1 - Fraction(goal, 100)
    budget = share_budget(missed, decided + coming, tolerated)
    courses = [more for more in range(coming + 1) if 100 * (met + coming - more) >= goal * (decided + coming)]
    assert (budget.left >= 0) == bool(courses)
    if courses:
        assert min(budget.left, coming) == max(courses)  # so many of those to come may be missed


def test_a_count_has_room_up_to_its_goal() -> None:
    tickets = [Ticket(f"T{number}", f"2026-03-0{1 + number} 09:00") for number in range(5)]
    found = one(make_sla(target("workload", 12)), now="2026-03-11 00:00", tickets=tickets)
    assert found.budget is not None
    assert found.budget.left == 7
    assert found.projected == Fraction(5 * 31, 10)
    assert found.standing is Standing.LIKELY


def test_a_backlog_is_what_is_open_now() -> None:
    tickets = [Ticket(f"T{number}", f"2026-03-0{1 + number} 09:00") for number in range(3)] + [solved(9, 2, 4)]
    found = one(make_sla(target("backlog", 4)), now="2026-03-11 00:00", tickets=tickets)
    assert found.budget is not None
    assert [found.budget.spent, found.budget.left, found.projected, found.burn] == [3, 1, 3, None]
    assert found.standing is Standing.OK


def test_availability_has_the_seconds_of_the_whole_period_less_what_was_excluded() -> None:
    outages = [
        Outage("O1", "2026-03-02 00:00", "2026-03-02 03:00"),
        Outage("O2", "2026-03-05 00:00", "2026-03-05 10:00", category="agreed-maintenance"),
    ]
    sla = make_sla(make_uptime("99%", exclude=["agreed-maintenance"]))
    found = one(sla, now="2026-03-11 00:00", outages=outages)
    assert found.budget is not None
    assert found.budget.allowed == Fraction((31 * 24 - 10) * HOUR, 100)
    assert found.budget.left == found.budget.allowed - 3 * HOUR
    assert found.budget.used is not None
    assert found.burn == found.budget.used / Fraction(10, 31)
    assert found.standing is Standing.LIKELY  # 3 h of 230 h are over 1 %


@settings(deadline=None)
@given(
    outages=st.lists(st.tuples(st.integers(0, 9 * 24 - 1), st.integers(1, 8), st.booleans()), max_size=6),
    goal=st.sampled_from(["97%", "99%", "99.5%", "100%"]),
)
def test_availability_can_be_kept_exactly_when_a_rest_without_outages_keeps_it(
    outages: list[tuple[int, int, bool]], goal: str
) -> None:
    def clock(hour: int) -> str:
        return f"2026-03-{1 + hour // 24:02d} {hour % 24:02d}:00"

    made = [
        Outage(f"O{number}", clock(begin), clock(begin + hours), "agreed-maintenance" if agreed_one else "outage")
        for number, (begin, hours, agreed_one) in enumerate(outages)
    ]
    sla = make_sla(make_uptime(goal, exclude=["agreed-maintenance"]))
    found = one(sla, now="2026-03-11 00:00", outages=made, calendar=make_calendar())
    report = results(sla, outages=made, calendar=make_calendar())["uptime"]
    assert found.budget is not None
    assert (found.budget.left >= 0) == (report.status == MET)
    assert (found.standing is Standing.LOST) == (report.status == MISSED)


def test_an_outage_that_goes_on_counts_up_to_now() -> None:
    found = one(make_sla(make_uptime("99%")), now="2026-03-11 00:00", outages=[Outage("O1", "2026-03-10 22:00")])
    assert found.budget is not None
    assert found.budget.spent == 2 * HOUR


def test_times_are_compared_with_the_goal_as_they_are() -> None:
    mean = target("resolution_time", "4 h", aggregate="mean", priority="P1")
    tickets = [solved(1, 3, 2), solved(2, 7, 3)]
    found = one(make_sla(mean), now="2026-03-11 00:00", tickets=tickets)
    assert [found.budget, found.projected, found.standing] == [None, 5 * HOUR, Standing.LIKELY]


def test_the_worst_time_cannot_get_better() -> None:
    worst = target("resolution_time", "4 h", aggregate="worst", priority="P1")
    usual = AlertRules()
    found = one(make_sla(worst), now="2026-03-03 00:00", tickets=[solved(1, 7, 2)], rules=usual)
    assert found.standing is Standing.LOST


# -- how sure -----------------------------------------------------------------------------------------------------


def test_few_tickets_or_little_time_are_too_early_to_judge() -> None:
    late = [solved(number, 9, 1 + number) for number in range(5)]
    sla = make_sla(make_target(goal="90%"))
    assert one(sla, now="2026-03-11 00:00", tickets=late, rules=AlertRules()).standing is Standing.LOST
    assert one(sla, now="2026-03-11 00:00", tickets=late[:4], rules=AlertRules()).standing is Standing.EARLY
    early = [
        replace(ticket, id=f"E{number}", opened="2026-03-01 00:00", resolved="2026-03-01 09:00")
        for number, ticket in enumerate(late)
    ]
    assert one(sla, now="2026-03-03 00:00", tickets=early, rules=AlertRules()).standing is Standing.EARLY


def test_nothing_is_on_course_that_is_projected_to_miss() -> None:
    usual, outages = AlertRules(), [Outage("O1", "2026-03-02 00:00", "2026-03-02 03:00")]
    early = one(make_sla(make_uptime("99%")), now="2026-03-03 00:00", outages=outages, rules=usual)
    assert early.projected == Fraction(100 * 45, 48)
    assert early.standing is Standing.EARLY
    spared = one(make_sla(make_uptime("93%")), now="2026-03-03 00:00", outages=outages, rules=usual)
    assert spared.standing is Standing.OK
    tickets = [Ticket(f"T{number}", f"2026-03-0{1 + number} 09:00") for number in range(4)]
    for goal, standing in ((12, Standing.EARLY), (13, Standing.OK)):  # 4 in 10 of 31 days
        sla = make_sla(target("workload", goal))
        assert one(sla, now="2026-03-11 00:00", tickets=tickets, rules=usual).standing is standing


def test_a_target_that_will_not_reach_its_smallest_sample_is_not_judged() -> None:
    late = [solved(number, 9, 1 + number) for number in range(5)]
    few = make_sla(make_target(goal="90%", minimum_sample=50))
    assert one(few, now="2026-03-11 00:00", tickets=late).standing is Standing.EARLY
    enough = make_sla(make_target(goal="90%", minimum_sample=5))
    assert one(enough, now="2026-03-11 00:00", tickets=late).standing is Standing.LOST


def test_without_records_there_is_no_outlook() -> None:
    found = one(make_sla(make_target()), now="2026-03-11 00:00")
    assert (found.standing, found.projected) == (Standing.NO_DATA, None)
    assert one(make_sla(make_uptime()), now="2026-03-11 00:00", months=(Month(2026, 2),)).standing is Standing.NO_DATA


def test_a_budget_nearly_used_up_is_told_before_it_is_gone() -> None:
    outages = [Outage("O1", "2026-03-02 00:00", "2026-03-02 06:00")]  # 6 h of 7.44 h
    sla = make_sla(make_uptime("99%"))
    assert one(sla, now="2026-03-29 00:00", outages=outages).standing is Standing.BUDGET
    spared = replace(EAGER, budget_used=AlertRules().budget_used + 10)
    assert one(sla, now="2026-03-29 00:00", outages=outages, rules=spared).standing is Standing.OK


# -- periods ------------------------------------------------------------------------------------------------------


def test_the_running_period_is_the_one_that_now_lies_in() -> None:
    sla = make_sla(make_target(), starts_on_day=26)
    (march,) = forecast(sla, now="2026-03-25 12:00")
    assert (march.period.month, march.period.stop) == (MARCH, at("2026-03-26 00:00"))
    (april,) = forecast(sla, now="2026-03-27 12:00")
    assert (april.period.month, april.period.start) == (Month(2026, 4), at("2026-03-26 00:00"))
    (closing,) = forecast(sla, now="2026-03-26 00:00")
    assert closing.period.month == MARCH


def test_outages_of_a_month_that_has_not_begun_are_not_missing() -> None:
    sla = make_sla(make_uptime("99%"), starts_on_day=26)
    found = one(sla, now="2026-03-27 00:00", outages=[Outage("O1", "2026-03-26 01:00", "2026-03-26 02:00")])
    assert found.result.value == Fraction(100 * 23, 24)


def test_an_agreement_that_ends_within_the_period_has_only_its_own_days() -> None:
    sla = make_sla(make_uptime("99%"), until="2026-03-20")
    found = one(sla, now="2026-03-11 00:00")
    assert (found.gone, found.whole) == (10 * DAY, 20 * DAY)
    assert one(sla, now="2026-03-25 00:00").elapsed == 1


def test_an_agreement_not_in_force_has_no_forecast() -> None:
    assert forecast(make_sla(make_target(), until="2026-02-28"), now="2026-03-11 00:00") == []
    assert forecast(make_sla(make_target(), since="2026-03-20"), now="2026-03-11 00:00") == []


def test_a_version_that_follows_within_the_period_is_the_one_that_will_be_reported() -> None:
    first = make_sla(make_target(goal="90%"), make_uptime("99%"))
    second = make_sla(make_target(goal="50%"), make_uptime("98%"), version="B/00", since="2026-03-21", replaces="A/00")
    tickets = [solved(number, 9 if number < 2 else 2, 1 + number) for number in range(5)]
    (found,) = forecast(first, second, now="2026-03-11 00:00", tickets=tickets)
    assert str(found.span.agreement.version) == "B/00"
    share, uptime = found.targets
    assert [share.result.count, share.result.promise.goal] == [5, 50]
    assert share.standing is Standing.OK  # 7.5 of 15 expected may be late
    assert (uptime.gone, uptime.whole) == (10 * DAY, 31 * DAY)


def test_the_hours_of_a_change_to_summer_time_are_counted_as_they_pass() -> None:
    sla = make_sla(make_uptime("99%"), timezone="Europe/Berlin")
    found = one(sla, now="2026-03-30 00:00", calendar=make_always("Europe/Berlin"))
    assert (found.gone, found.whole) == (29 * DAY - HOUR, 31 * DAY - HOUR)


# -- tickets ------------------------------------------------------------------------------------------------------


def near(now: str, *tickets: Ticket, sla: Agreement | None = None, **more: Any) -> list[tuple[str, bool, int]]:
    """Of each ticket listed: its number, whether it is late, and the seconds left."""
    (found,) = forecast(sla or make_sla(make_target(limit="4 h")), now=now, tickets=tickets, **more)
    numbers = [ticket.id for ticket in sorted(tickets, key=lambda ticket: (ticket.opened, ticket.id))]
    return [(numbers[ticket.row], ticket.late, ticket.left) for ticket in found.tickets]


def test_a_ticket_with_a_quarter_of_its_time_left_is_about_to_breach() -> None:
    ticket = Ticket("T1", "2026-03-02 09:00")
    assert near("2026-03-02 11:59:59", ticket) == []
    assert near("2026-03-02 12:00", ticket) == [("T1", False, HOUR)]
    assert near("2026-03-02 13:00", ticket) == [("T1", False, 0)]
    assert near("2026-03-02 13:00:01", ticket) == [("T1", True, -1)]


def test_the_deadline_is_the_last_instant_that_keeps_the_limit() -> None:
    calendar, sla = make_calendar(), make_sla(make_target(limit="4 h"))
    (found,) = forecast(sla, now="2026-03-06 16:30", tickets=[Ticket("T1", "2026-03-06 13:00")], calendar=calendar)
    (ticket,) = found.tickets
    assert (ticket.left, ticket.deadline) == (HOUR // 2, at("2026-03-09 09:00"))  # Monday, before its first second
    (late,) = forecast(sla, now="2026-03-09 09:00:01", tickets=[Ticket("T1", "2026-03-06 13:00")], calendar=calendar)
    assert [(one.late, one.deadline) for one in late.tickets] == [(True, at("2026-03-09 09:00"))]


def test_a_paused_ticket_is_told_as_such_and_does_not_run_on() -> None:
    sla = make_sla(make_target(limit="4 h", pause_on=["waiting-customer"]))
    ticket = Ticket("T1", "2026-03-02 09:00", pauses=(("2026-03-02 12:30", "", "waiting-customer"),))
    (found,) = forecast(sla, now="2026-03-03 09:00", tickets=[ticket])
    assert [(one.paused, one.left, one.deadline) for one in found.tickets] == [
        (True, HOUR // 2, at("2026-03-03 09:30"))
    ]


def test_grace_is_time_that_a_ticket_may_take() -> None:
    sla = make_sla(make_target(limit="4 h", grace="1 h"))
    assert near("2026-03-02 13:30", Ticket("T1", "2026-03-02 09:00"), sla=sla) == [("T1", False, HOUR // 2)]


def test_a_late_ticket_stays_listed_while_it_is_open_or_counts_in_the_period() -> None:
    open_since_february = Ticket("T1", "2026-02-02 09:00")
    closed_in_february = Ticket("T2", "2026-02-03 09:00", "2026-02-03 19:00")
    closed_in_march = Ticket("T3", "2026-03-03 09:00", "2026-03-03 19:00")
    found = near("2026-03-11 00:00", open_since_february, closed_in_february, closed_in_march)
    assert [(number, late) for number, late, _ in found] == [("T1", True), ("T3", True)]


def test_what_the_customer_agreed_not_to_count_is_not_about_to_breach() -> None:
    assert near("2026-03-02 12:30", Ticket("T1", "2026-03-02 09:00"), exclusions=[agreed(ticket="T1")]) == []


def test_of_update_intervals_the_silence_that_goes_on_is_near_its_limit() -> None:
    sla = make_sla(target("update_interval", "95%", limit="4 h", priority="P1"))
    told = Ticket("T1", "2026-03-02 09:00", updates=("2026-03-02 12:30", "2026-03-02 14:00"))
    assert near("2026-03-02 15:00", told, sla=sla) == []
    assert near("2026-03-02 17:30", told, sla=sla) == [("T1", False, HOUR // 2)]


def test_no_deadline_is_told_in_a_year_whose_holidays_nobody_knows() -> None:
    calendar = replace(make_calendar(), holidays="CN", years=frozenset({2026}))
    sla = make_sla(make_target(limit="4 h"))
    (found,) = forecast(
        sla,
        now="2026-12-31 16:30",
        tickets=[Ticket("T1", "2026-12-31 13:00")],
        calendar=calendar,
        months=(Month(2026, 12),),
    )
    assert [(one.left, one.deadline) for one in found.tickets] == [(HOUR // 2, None)]


@settings(deadline=None)
@given(opened=st.integers(0, 5 * 24 * 60), now=st.integers(0, 5 * 24 * 60), paused=st.integers(0, 24 * 60))
def test_a_ticket_is_late_the_second_after_its_deadline(opened: int, now: int, paused: int) -> None:
    def clock(minutes: int, seconds: int = 0) -> str:
        return (datetime(2026, 3, 2) + timedelta(minutes=minutes, seconds=seconds)).isoformat(" ")  # noqa: DTZ001

    pauses = ((clock(opened + 30), clock(opened + 30 + paused), "waiting-customer"),)
    ticket, calendar = Ticket("T1", clock(opened), pauses=pauses), make_calendar()
    sla = make_sla(make_target(limit="4 h", pause_on=["waiting-customer"]))
    watchful = replace(EAGER, time_left=AlertRules().least_elapsed * 5)
    (found,) = forecast(sla, now=clock(max(now, opened), 1), tickets=[ticket], calendar=calendar, rules=watchful)
    (seen,) = found.tickets
    assert seen.deadline is not None
    if not seen.late and not seen.paused:
        for after, late in ((0, False), (1, True)):
            then = datetime.fromtimestamp(seen.deadline + after, UTC).strftime("%Y-%m-%d %H:%M:%S")
            (again,) = forecast(sla, now=then, tickets=[ticket], calendar=calendar, rules=watchful)
            told_later = now < opened + 30  # a pause that nobody knew of yet puts the deadline off
            assert told_later or [one.late for one in again.tickets] == [late]


# -- as it was known ----------------------------------------------------------------------------------------------


def test_what_came_later_had_not_happened() -> None:
    sla = make_sla(make_target(limit="4 h", goal="90%"))
    late = Ticket("T1", "2026-03-02 09:00", "2026-03-02 19:00")
    opened_later = Ticket("T2", "2026-03-02 12:30", "2026-03-02 12:45")
    assert near("2026-03-02 12:30", late, opened_later, sla=sla) == [("T1", False, HOUR // 2)]


def test_a_ticket_reopened_later_was_resolved() -> None:
    sla = make_sla(make_target(limit="4 h"))
    ticket = Ticket(
        "T1",
        "2026-03-02 09:00",
        "2026-03-05 09:00",
        reopened="2026-03-04 09:00",
        pauses=(("2026-03-02 10:00", "2026-03-04 09:00", "resolved"),),
    )
    found = one(sla, now="2026-03-03 09:00", tickets=[ticket])
    assert (found.result.tally.met, found.result.tally.missed) == (1, 0)


# -- at the end of the period -------------------------------------------------------------------------------------


@pytest.mark.parametrize("month", ["2026-06", "2026-10"])
def test_at_the_end_of_a_period_the_forecast_is_the_report(month: str) -> None:
    portfolio, _ = load_portfolio(ROOT / "sources", all_covered)
    assert portfolio is not None
    last = Month.parse(month)
    months = tuple(one for one in month_folders(ROOT / "sources") if one <= last)
    measurement, _ = measure(portfolio, Reading.of(ROOT / "sources", portfolio, months, all_covered), months)
    assert measurement is not None
    end = at(f"{last.plus(1)}-01 00:00", "Asia/Shanghai")
    known = KnownAt(Reading.of(ROOT / "sources", portfolio, months, all_covered), end)
    running, _ = measure_running(portfolio, known, months, end)
    assert running is not None
    found = forecasts(running, end, portfolio.calendars, portfolio.policy.alerts)
    assert len(found) == 3
    for single in found:
        report = measurement.months[single.span.agreement.id][-1]
        assert single.period == report.period
        assert [one.result for one in single.targets] == list(report.results)
        for outlook in single.targets:
            standing = {MET: Standing.OK, MISSED: Standing.LOST}.get(outlook.result.status, Standing.NO_DATA)
            assert [outlook.standing, outlook.elapsed] == [standing, 1]
            if outlook.budget is not None and outlook.result.value is not None:
                assert (outlook.budget.left >= 0) == (outlook.result.status == MET)
