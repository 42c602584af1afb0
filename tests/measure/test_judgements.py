"""Every ticket gets the verdict that a careful reader of the agreement would give it, and counts once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.measure.clock import build_clock
from pipeline.measure.judgements import Judgements, Terms, Verdict, judge
from pipeline.measure.measurement import Measurement, measure
from pipeline.measure.promises import promises_of, spans_of
from pipeline.model.agreements import Agreement
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import MeasureName, Target
from pipeline.model.quantities import Month
from pipeline.model.records import MISSING, Coded, ExportFile, Origin, Tickets
from tests.builders import (
    Ticket,
    at,
    make_always,
    make_calendar,
    make_portfolio,
    make_records,
    make_sla,
    make_target,
    make_tickets,
    make_uptime,
)

HOUR = 3600
OFFICE = make_calendar("09:00-12:00 13:00-17:00")
CUSTOMER = "waiting-customer"
SUPPLIER = "waiting-supplier"


def judged(
    tickets: Tickets,
    *slas: Agreement,
    calendar: Calendar = OFFICE,
    now: str = "2026-04-01 00:00",
) -> Judgements:
    """The tickets against the versions of one SLA, as known at `now`."""
    portfolio = make_portfolio(*slas, calendar=calendar)
    clock = build_clock(calendar, at("2025-12-01 00:00"), at("2027-02-01 00:00"))
    promises = promises_of(portfolio, spans_of(slas))
    return judge(tickets, Terms.of(promises, {slas[0].id: at(now, slas[0].timezone)}), {"office": clock})


def one(
    ticket: Ticket, target: Target, calendar: Calendar = OFFICE, now: str = "2026-04-01 00:00"
) -> tuple[int, int, Verdict]:
    """Elapsed hours times 3600, paused seconds and verdict of one ticket against one target."""
    found = judged(
        make_tickets(ticket, timezone=calendar.timezone),
        make_sla(target, timezone=calendar.timezone),
        calendar=calendar,
        now=now,
    )
    assert len(found.ticket) == 1
    return int(found.elapsed[0]), int(found.paused[0]), Verdict(int(found.verdict[0]))


def measured(tickets: Tickets, *slas: Agreement, calendar: Calendar = OFFICE, months: tuple[Month, ...]) -> Measurement:
    """The whole stage."""
    found, problems = measure(make_portfolio(*slas, calendar=calendar), make_records(tickets), months)
    assert found is not None
    assert [problem for problem in problems if problem.severity == "error"] == []
    return found


def counts(found: Measurement, sla: str = "sla-acme") -> dict[str, list[tuple[int, int]]]:
    """Month -> (met, missed) of each target."""
    return {
        str(month.period.month): [(result.tally.met, result.tally.missed) for result in month.results]
        for month in found.months[sla]
    }


MARCH, APRIL, MAY = Month(2026, 3), Month(2026, 4), Month(2026, 5)


# -- elapsed time -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resolved", "elapsed", "verdict"),
    [
        ("2026-03-02 15:00:00", 4 * HOUR, Verdict.MET),
        ("2026-03-02 15:00:01", 4 * HOUR + 1, Verdict.MISSED),
        ("2026-03-02 14:59:59", 4 * HOUR - 1, Verdict.MET),
    ],
    ids=["to the second", "one second late", "one second early"],
)
def test_a_limit_is_kept_to_the_second_and_missed_by_one(resolved: str, elapsed: int, verdict: Verdict) -> None:
    ticket = Ticket(opened="2026-03-02 10:00", resolved=resolved)
    assert one(ticket, make_target(limit="4 h")) == (elapsed, 0, verdict)


def test_a_pause_over_a_night_takes_only_service_time_off() -> None:
    ticket = Ticket(
        opened="2026-03-02 16:00",
        resolved="2026-03-03 10:00",
        pauses=(("2026-03-02 16:30", "2026-03-03 09:30", CUSTOMER),),
    )
    assert one(ticket, make_target(limit="1 h", pause_on=[CUSTOMER])) == (HOUR, HOUR, Verdict.MET)


def test_a_pause_over_a_holiday_takes_only_service_time_off() -> None:
    calendar = make_calendar("09:00-17:00", days_off=["2026-03-03", "2026-03-04"])
    ticket = Ticket(
        opened="2026-03-02 16:00",
        resolved="2026-03-05 11:00",
        pauses=(("2026-03-03 10:00", "2026-03-05 10:00", CUSTOMER),),
    )
    assert one(ticket, make_target(pause_on=[CUSTOMER]), calendar) == (2 * HOUR, HOUR, Verdict.MET)


def test_a_pause_over_lunch_takes_only_service_time_off() -> None:
    ticket = Ticket(
        opened="2026-03-02 11:00",
        resolved="2026-03-02 14:00",
        pauses=(("2026-03-02 11:30", "2026-03-02 13:30", CUSTOMER),),
    )
    assert one(ticket, make_target(pause_on=[CUSTOMER])) == (HOUR, HOUR, Verdict.MET)


def test_overlapping_pauses_are_taken_off_once() -> None:
    ticket = Ticket(
        opened="2026-03-02 09:00",
        resolved="2026-03-02 17:00",
        pauses=(
            ("2026-03-02 09:00", "2026-03-02 11:00", CUSTOMER),
            ("2026-03-02 10:00", "2026-03-02 12:00", SUPPLIER),
            ("2026-03-02 10:30", "2026-03-02 10:45", CUSTOMER),
        ),
    )
    assert one(ticket, make_target(pause_on=[CUSTOMER, SUPPLIER])) == (4 * HOUR, 3 * HOUR, Verdict.MET)


def test_only_the_agreed_reasons_stop_the_clock() -> None:
    ticket = Ticket(
        opened="2026-03-02 09:00",
        resolved="2026-03-02 12:00",
        pauses=(("2026-03-02 09:00", "2026-03-02 11:00", SUPPLIER),),
    )
    assert one(ticket, make_target(pause_on=[CUSTOMER])) == (3 * HOUR, 0, Verdict.MET)
    assert one(ticket, make_target(pause_on=[SUPPLIER])) == (HOUR, 2 * HOUR, Verdict.MET)


def test_pauses_outside_of_the_ticket_take_nothing_off() -> None:
    ticket = Ticket(
        opened="2026-03-02 10:00",
        resolved="2026-03-02 12:00",
        pauses=(
            ("2026-03-02 09:00", "2026-03-02 09:30", CUSTOMER),
            ("2026-03-02 09:45", "2026-03-02 10:30", CUSTOMER),
            ("2026-03-02 14:00", "2026-03-02 15:00", CUSTOMER),
        ),
    )
    assert one(ticket, make_target(pause_on=[CUSTOMER])) == (HOUR + HOUR // 2, HOUR // 2, Verdict.MET)


def test_a_pause_that_still_lasts_keeps_an_open_ticket_inside_its_limit() -> None:
    ticket = Ticket(opened="2026-03-02 09:00", pauses=(("2026-03-02 10:00", "", CUSTOMER),))
    elapsed, _, verdict = one(ticket, make_target(limit="2 h", pause_on=[CUSTOMER]))
    assert (elapsed, verdict) == (HOUR, Verdict.PENDING)


def test_a_pause_left_open_by_the_tool_ends_when_the_ticket_is_resolved() -> None:
    ticket = Ticket(
        opened="2026-03-02 09:00", resolved="2026-03-02 12:00", pauses=(("2026-03-02 10:00", "", CUSTOMER),)
    )
    assert one(ticket, make_target(pause_on=[CUSTOMER])) == (HOUR, 2 * HOUR, Verdict.MET)


def test_a_day_is_the_service_day_of_the_calendar_and_not_24_hours() -> None:
    """7 hours a day: opened Monday 13:00, one day is used up on Tuesday 13:00, which is also when lunch ends."""
    ticket = Ticket(opened="2026-03-02 13:00", resolved="2026-03-03 13:00:01")
    assert one(ticket, make_target(limit="1 d")) == (7 * HOUR + 1, 0, Verdict.MISSED)
    assert one(ticket, make_target(limit="1 d"), make_always()) == (24 * HOUR + 1, 0, Verdict.MISSED)


def test_a_make_up_working_day_brings_the_breach_forward() -> None:
    ticket = Ticket(opened="2026-03-06 15:00", resolved="2026-03-09 10:00")
    made_up = make_calendar("09:00-17:00", working_days={"2026-03-07": "09:00-17:00"})
    target = make_target(limit="4 h")
    assert one(ticket, target, make_calendar("09:00-17:00")) == (3 * HOUR, 0, Verdict.MET)
    assert one(ticket, target, made_up) == (11 * HOUR, 0, Verdict.MISSED)


@pytest.mark.parametrize(
    ("opened", "resolved", "hours"),
    [("2026-03-28 22:00", "2026-03-29 08:00", 9), ("2026-10-24 22:00", "2026-10-25 08:00", 11)],
    ids=["spring", "autumn"],
)
def test_a_ticket_over_a_change_of_daylight_saving_took_the_hours_that_passed(
    opened: str, resolved: str, hours: int
) -> None:
    ticket = Ticket(opened=opened, resolved=resolved)
    calendar = make_always("Europe/Berlin")
    assert one(ticket, make_target(limit="10 h"), calendar)[0] == hours * HOUR


def test_response_is_measured_to_the_first_response() -> None:
    ticket = Ticket(opened="2026-03-02 09:00", responded="2026-03-02 09:15", resolved="2026-03-05 09:00")
    target = make_target("p1-response", measure="response_time", limit="15 min")
    assert one(ticket, target) == (15 * 60, 0, Verdict.MET)


def test_a_resolved_ticket_without_a_response_time_is_not_measured_and_not_met() -> None:
    ticket = Ticket(opened="2026-03-02 09:00", resolved="2026-03-02 09:05")
    target = make_target("p1-response", measure="response_time", limit="15 min")
    assert one(ticket, target)[2] is Verdict.UNMEASURED
    found = measured(make_tickets(ticket), make_sla(target), months=(MARCH,))
    (result,) = found.months["sla-acme"][0].results
    assert (result.status, result.value, result.count, result.set_aside) == ("no-data", None, 0, 1)


# -- reopening ----------------------------------------------------------------------------------------------------

REOPENED = Ticket(
    opened="2026-03-02 09:00",
    resolved="2026-03-03 10:00",
    reopened="2026-03-03 09:00",
    pauses=(("2026-03-02 12:00", "2026-03-03 09:00", "resolved"),),
)


def test_a_reopened_ticket_goes_on_without_the_time_in_which_it_was_solved() -> None:
    assert one(REOPENED, make_target(on_reopen="continue")) == (4 * HOUR, 4 * HOUR, Verdict.MET)


def test_a_reopened_ticket_starts_again_where_the_agreement_says_so() -> None:
    assert one(REOPENED, make_target(on_reopen="restart"))[0] == HOUR


def test_reopening_does_not_restart_the_response() -> None:
    ticket = Ticket(
        opened="2026-03-02 09:00",
        responded="2026-03-02 10:00",
        resolved="2026-03-03 10:00",
        reopened="2026-03-03 09:00",
    )
    target = make_target("p1-response", measure="response_time", limit="15 min", on_reopen="restart")
    assert one(ticket, target)[::2] == (HOUR, Verdict.MISSED)


def test_a_ticket_reopened_and_still_open_runs_from_where_the_agreement_says() -> None:
    ticket = Ticket(
        opened="2026-03-30 09:00",
        reopened="2026-03-31 15:00",
        pauses=(("2026-03-30 10:00", "2026-03-31 15:00", "resolved"),),
    )
    assert one(ticket, make_target(limit="4 h", on_reopen="continue"))[::2] == (3 * HOUR, Verdict.PENDING)
    assert one(ticket, make_target(limit="4 h", on_reopen="restart"))[::2] == (2 * HOUR, Verdict.PENDING)


# -- which promise applies ----------------------------------------------------------------------------------------


def test_a_ticket_is_judged_by_the_version_in_force_when_it_was_opened() -> None:
    old = make_sla(make_target(limit="4 h"), until="2026-12-31")
    new = make_sla(make_target(limit="1 h"), version="A/01", since="2026-03-10", replaces="A/00")
    tickets = make_tickets(
        Ticket("last second of A/00", opened="2026-03-09 23:59:59", resolved="2026-03-10 11:00"),
        Ticket("first second of A/01", opened="2026-03-10 00:00:00", resolved="2026-03-10 11:00"),
    )
    found = judged(tickets, old, new)
    assert found.ticket.tolist() == [0, 1]
    assert found.elapsed.tolist() == [2 * HOUR, 2 * HOUR]
    assert found.verdict.tolist() == [Verdict.MET, Verdict.MISSED]


def test_the_last_second_of_a_version_is_that_of_the_agreement_s_time_zone() -> None:
    old = make_sla(make_target(limit="4 h"), timezone="Asia/Shanghai")
    new = make_sla(
        make_target(limit="1 h"), version="A/01", since="2026-03-10", replaces="A/00", timezone="Asia/Shanghai"
    )
    tickets = make_tickets(
        Ticket("A", opened="2026-03-09 15:59:59", resolved="2026-03-10 11:00"),
        Ticket("B", opened="2026-03-09 16:00:00", resolved="2026-03-10 11:00"),
    )
    assert judged(tickets, old, new).verdict.tolist() == [Verdict.MET, Verdict.MISSED]


def test_a_change_of_the_agreement_loses_no_pause() -> None:
    old = make_sla(make_target(pause_on=[CUSTOMER]))
    new = make_sla(make_target(), version="A/01", since="2026-03-03", replaces="A/00")
    tickets = make_tickets(
        Ticket(
            opened="2026-03-02 09:00",
            resolved="2026-03-03 10:00",
            pauses=(("2026-03-02 10:00", "2026-03-03 09:30", CUSTOMER),),
        )
    )
    found = judged(tickets, old, new)
    assert (found.elapsed.tolist(), found.verdict.tolist()) == ([HOUR + HOUR // 2], [Verdict.MET])


def test_a_priority_without_a_target_is_judged_by_none() -> None:
    assert len(judged(make_tickets(Ticket(priority="P4")), make_sla(make_target())).ticket) == 0


def test_another_customer_s_or_service_s_ticket_is_judged_by_none() -> None:
    tickets = make_tickets(Ticket(customer="other"), Ticket(service="other"))
    assert len(judged(tickets, make_sla(make_target())).ticket) == 0


def test_a_ticket_opened_outside_of_every_version_is_judged_by_none_and_reported() -> None:
    tickets = make_tickets(Ticket(opened="2025-12-31 23:59:59", resolved="2026-03-02 10:00"))
    _, problems = measure(make_portfolio(make_sla(make_target())), make_records(tickets), (MARCH,))
    assert [problem.message for problem in problems] == [
        "1 tickets of acme for desk were opened while no SLA was in force for it"
    ]


# -- which period counts ------------------------------------------------------------------------------------------


def test_a_ticket_resolved_in_the_first_instant_of_a_month_counts_in_that_month() -> None:
    tickets = make_tickets(
        Ticket("a", opened="2026-03-31 22:00", resolved="2026-03-31 23:59:59"),
        Ticket("b", opened="2026-03-31 22:00", resolved="2026-04-01 00:00:00"),
    )
    found = measured(tickets, make_sla(make_target()), calendar=make_always(), months=(MARCH, APRIL))
    assert counts(found) == {"2026-03": [(1, 0)], "2026-04": [(1, 0)]}


def test_an_open_ticket_past_its_limit_counts_once_in_the_month_its_limit_ran_out() -> None:
    """Still open in three months, and missed in the first of them only, whichever month is reported on."""
    tickets = make_tickets(Ticket(opened="2026-03-30 09:00"))
    sla = make_sla(make_target(limit="4 h"))
    for months in ((MARCH,), (MARCH, APRIL), (MARCH, APRIL, MAY)):
        found = measured(tickets, sla, months=months)
        assert counts(found) == {str(month): [(0, int(month == MARCH))] for month in months}


def test_a_ticket_that_ran_over_counts_when_its_limit_ran_out_and_not_again_when_it_is_resolved() -> None:
    tickets = make_tickets(Ticket(opened="2026-03-30 09:00", resolved="2026-05-04 10:00"))
    found = measured(tickets, make_sla(make_target(limit="4 h")), months=(MARCH, APRIL, MAY))
    assert counts(found) == {"2026-03": [(0, 1)], "2026-04": [(0, 0)], "2026-05": [(0, 0)]}


def test_a_limit_that_runs_out_exactly_at_the_end_of_the_month_is_no_breach_of_that_month() -> None:
    tickets = make_tickets(Ticket(opened="2026-03-31 20:00"))
    sla = make_sla(make_target(limit="4 h"))
    assert counts(measured(tickets, sla, calendar=make_always(), months=(MARCH,))) == {"2026-03": [(0, 0)]}
    found = measured(tickets, sla, calendar=make_always(), months=(MARCH, APRIL))
    assert counts(found) == {"2026-03": [(0, 0)], "2026-04": [(0, 1)]}


def test_a_limit_used_up_at_closing_time_is_missed_only_when_the_office_opens_again() -> None:
    tickets = make_tickets(Ticket(opened="2026-03-31 13:00", resolved="2026-04-01 09:30"))
    found = judged(tickets, make_sla(make_target(limit="4 h")))
    assert found.deadline.tolist() == [at("2026-04-01 09:00")]
    assert found.counted_at.tolist() == [at("2026-04-01 09:00")]


def test_a_pause_moves_the_instant_that_the_limit_runs_out() -> None:
    ticket = Ticket(
        opened="2026-03-02 09:00",
        resolved="2026-03-06 12:00",
        pauses=(("2026-03-02 10:00", "2026-03-05 10:00", CUSTOMER),),
    )
    found = judged(make_tickets(ticket), make_sla(make_target(limit="2 h", pause_on=[CUSTOMER])))
    assert found.deadline.tolist() == [at("2026-03-05 11:00")]


def test_an_agreement_may_count_tickets_when_they_were_opened() -> None:
    tickets = make_tickets(
        Ticket("met", opened="2026-03-31 16:00", resolved="2026-04-01 10:00"),
        Ticket("missed", opened="2026-03-31 16:00", resolved="2026-04-08 10:00"),
        Ticket("pending", opened="2026-04-30 16:00"),
    )
    found = measured(tickets, make_sla(make_target(limit="4 h"), counted_by="opened"), months=(MARCH, APRIL))
    assert counts(found) == {"2026-03": [(1, 1)], "2026-04": [(0, 0)]}


def test_a_contract_month_may_start_on_another_day_than_the_first() -> None:
    tickets = make_tickets(
        Ticket("a", opened="2026-03-14 20:00", resolved="2026-03-14 23:59:59"),
        Ticket("b", opened="2026-03-14 20:00", resolved="2026-03-15 00:00"),
    )
    sla = make_sla(make_target(limit="5 h"), starts_on_day=15)
    found = measured(tickets, sla, calendar=make_always(), months=(MARCH, APRIL))
    assert counts(found) == {"2026-03": [(1, 0)], "2026-04": [(1, 0)]}


def test_a_month_without_tickets_has_no_data_and_is_not_met() -> None:
    found = measured(make_tickets(), make_sla(make_target()), months=(MARCH,))
    (result,) = found.months["sla-acme"][0].results
    assert (result.status, result.value, result.count) == ("no-data", None, 0)


def test_tickets_of_an_earlier_version_count_for_the_same_target_of_the_version_in_force() -> None:
    old = make_sla(make_target(limit="4 h"))
    new = make_sla(make_target(limit="1 h"), version="A/01", since="2026-03-10", replaces="A/00")
    tickets = make_tickets(
        Ticket("a", opened="2026-03-09 14:00", resolved="2026-03-09 17:00"),
        Ticket("b", opened="2026-03-10 14:00", resolved="2026-03-10 17:00"),
    )
    assert counts(measured(tickets, old, new, months=(MARCH,))) == {"2026-03": [(1, 1)]}


def test_a_target_that_the_version_in_force_dropped_still_answers_for_its_tickets() -> None:
    old = make_sla(make_target("p1-resolution"), make_target("p2-resolution", priority="P2"))
    new = make_sla(make_target("p1-resolution"), version="A/01", since="2026-04-01", replaces="A/00")
    tickets = make_tickets(Ticket(priority="P2", opened="2026-03-31 16:00", resolved="2026-04-01 10:00"))
    found = measured(tickets, old, new, months=(APRIL, MAY))
    assert counts(found) == {"2026-04": [(0, 0), (1, 0)], "2026-05": [(0, 0)]}


# -- properties ---------------------------------------------------------------------------------------------------

BEGIN = at("2026-03-27 00:00")
MINUTES = st.integers(0, 4 * 1440)
REASONS = (CUSTOMER, SUPPLIER, "waiting-change")


@st.composite
def stories(draw: st.DrawFn) -> tuple[Tickets, list[tuple[int, int, str]]]:
    """One ticket of a few days over the spring change, with any pauses at all; times in whole minutes."""
    start, stop = sorted((draw(MINUTES), draw(MINUTES)))
    spans = draw(st.lists(st.tuples(MINUTES, st.one_of(st.none(), MINUTES), st.sampled_from(REASONS)), max_size=6))
    pauses = sorted(
        (BEGIN + 60 * a, MISSING if b is None else BEGIN + 60 * b, reason)
        for a, b, reason in spans
        if b is None or a <= b
    )

    def written(instant: int) -> str:
        return "" if instant == MISSING else datetime.fromtimestamp(instant, ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M")

    ticket = Ticket(
        opened=written(BEGIN + 60 * start),
        resolved=written(BEGIN + 60 * stop),
        pauses=tuple((written(a), written(b), reason) for a, b, reason in pauses),
    )
    return make_tickets(ticket), pauses


@given(
    story=stories(),
    timezone=st.sampled_from(["UTC", "Europe/Berlin"]),
    hours=st.sampled_from(["09:00-12:00 13:00-17:00", "00:00-24:00", "22:00-24:00"]),
    stopping=st.sets(st.sampled_from(REASONS)),
    limit=st.integers(1, 600),
)
def test_elapsed_verdict_and_deadline_equal_counting_minute_by_minute(
    story: tuple[Tickets, list[tuple[int, int, str]]], timezone: str, hours: str, stopping: set[str], limit: int
) -> None:
    tickets, pauses = story
    calendar = make_calendar(hours, weekend=hours, timezone=timezone, days_off=["2026-03-30"])
    sla = make_sla(make_target(limit=f"{limit} min", pause_on=sorted(stopping)))
    found = judged(tickets, sla, calendar=calendar)

    elapsed = paused = 0
    deadline = MISSING
    for second in range(tickets.opened[0], tickets.resolved[0], 60):
        local = datetime.fromtimestamp(second, ZoneInfo(timezone))
        minute = local.hour * 60 + local.minute
        if local.date() == date(2026, 3, 30) or not any(a <= minute < b for a, b in calendar.week[0]):
            continue
        if any(a <= second and (b == MISSING or second < b) and reason in stopping for a, b, reason in pauses):
            paused += 60
            continue
        if elapsed == limit * 60:
            deadline = second
        elapsed += 60
    assert (found.elapsed.tolist(), found.paused.tolist()) == ([elapsed], [paused])
    assert found.verdict.tolist() == [Verdict.MET if elapsed <= limit * 60 else Verdict.MISSED]
    assert found.deadline.tolist() == [deadline]
    assert found.counted_at.tolist() == [tickets.resolved[0] if deadline == MISSING else deadline]


@settings(deadline=None)
@given(
    opened=st.lists(st.integers(0, 89 * 1440), min_size=1, max_size=12),
    lasting=st.lists(st.one_of(st.none(), st.integers(0, 30 * 1440)), min_size=12, max_size=12),
    counted_by=st.sampled_from(["resolved", "opened"]),
)
def test_reported_month_by_month_every_ticket_counts_at_most_once(
    opened: list[int], lasting: list[int | None], counted_by: str
) -> None:
    """Each month is measured with what was known then, as a provider does who reports every month."""
    begin = at("2026-01-01 00:00")

    def written(minute: int) -> str:
        return datetime.fromtimestamp(begin + 60 * minute, ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M")

    tickets = make_tickets(
        *(
            Ticket(f"T{number}", opened=written(start), resolved="" if length is None else written(start + length))
            for number, (start, length) in enumerate(zip(sorted(opened), lasting, strict=False))
        )
    )
    sla = make_sla(make_target(limit="8 h"), counted_by=counted_by)
    months = tuple(Month(2026, number) for number in range(1, 6))
    together = counts(measured(tickets, sla, months=months))
    if counted_by == "resolved":
        for index, month in enumerate(months):
            alone = counts(measured(tickets, sla, months=months[: index + 1]))
            assert alone[str(month)] == together[str(month)]
    total = sum(met + missed for ((met, missed),) in together.values())
    pending = judged(tickets, sla, now="2026-06-01 00:00").verdict.tolist().count(Verdict.PENDING)
    assert total + pending == len(tickets)


def test_counted_by_opening_no_ticket_is_lost_between_the_reports_of_two_months() -> None:
    """What March's report could not know counts in April, where the next export tells it; March's report stays true."""
    sla = make_sla(make_target(limit="4 h"), counted_by="opened")
    pending = make_tickets(Ticket("a", opened="2026-03-31 16:00"))
    assert counts(measured(pending, sla, months=(MARCH,))) == {"2026-03": [(0, 0)]}
    later = make_tickets(Ticket("a", opened="2026-03-31 16:00", resolved="2026-04-01 10:00"))
    later = replace(later, origin=Coded.of([Origin("sources/metrics/2026-04/tickets.csv", APRIL, 1)]))
    assert counts(measured(later, sla, months=(MARCH, APRIL))) == {"2026-03": [(0, 0)], "2026-04": [(1, 0)]}


def test_a_target_whose_id_another_version_gave_to_another_measure_is_not_added_to_it() -> None:
    old = make_sla(make_uptime())
    new = make_sla(make_target("uptime"), version="A/01", since="2026-03-20", replaces="A/00")
    tickets = make_tickets(Ticket("a", opened="2026-03-23 09:00", resolved="2026-03-23 10:00"))
    records = replace(make_records(tickets), files=(ExportFile("o.csv", MARCH, "outages", ""),))
    measurement, problems = measure(make_portfolio(old, new), records, (MARCH,))
    assert problems == ()
    assert measurement is not None
    found = {result.promise.target.measure: result for result in measurement.months["sla-acme"][0].results}
    assert (found[MeasureName.RESOLUTION_TIME].value, found[MeasureName.RESOLUTION_TIME].count) == (Fraction(100), 1)
    assert (found[MeasureName.AVAILABILITY].value, found[MeasureName.AVAILABILITY].count) == (Fraction(100), 0)
