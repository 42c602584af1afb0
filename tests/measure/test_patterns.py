"""Days with interruptions, times around their limits, and work that waits, against plain counts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pipeline.measure.cases import ticket_cases
from pipeline.measure.daily import daily
from pipeline.measure.spread import spread
from pipeline.measure.tallies import Load
from pipeline.model.quantities import Month
from tests.builders import Outage, Ticket, make_calendar, make_sla, make_target, make_uptime
from tests.measure.results import MARCH, measured

HOUR = 3600


def test_the_days_of_a_month_add_up_to_its_availability() -> None:
    sla = make_sla(make_uptime(exclude=["agreed-maintenance"]), timezone="Europe/Berlin")
    outages = [
        Outage("O1", "2026-03-10 23:00", "2026-03-11 01:00"),
        Outage("O2", "2026-03-11 00:30", "2026-03-11 02:00", "agreed-maintenance"),
        Outage("O3", "2026-03-31 23:30", ""),
    ]
    found, _ = measured(sla, outages=outages)
    (month,) = found.months["sla-acme"]
    ((_, days),) = daily(found.measured, month)
    told = {one.day: (one.agreed, one.down) for one in days}
    assert len(told) == 31
    assert told[date(2026, 3, 10)] == (24 * HOUR, Fraction(HOUR))
    assert told[date(2026, 3, 11)] == (24 * HOUR - 3 * HOUR // 2, Fraction(HOUR, 2))
    assert told[date(2026, 3, 29)] == (23 * HOUR, Fraction(0))  # daylight saving begins
    assert told[date(2026, 3, 31)] == (24 * HOUR, Fraction(HOUR, 2))
    (result,) = month.results
    assert sum(agreed for agreed, _ in told.values()) == result.tally.total
    assert sum((down for _, down in told.values()), Fraction(0)) == result.tally.total - result.tally.kept


def test_days_without_service_hours_have_nothing_to_lose() -> None:
    found, _ = measured(make_sla(make_uptime()), calendar=make_calendar("09:00-17:00"))
    ((_, days),) = daily(found.measured, found.months["sla-acme"][0])
    assert [one.day.isoweekday() for one in days if not one.agreed][:2] == [7, 6]
    assert {one.agreed for one in days} == {0, 8 * HOUR}


def test_a_time_at_the_end_of_a_class_belongs_to_it() -> None:
    """A limit of 4 h: 1 h is 25 %, 2 h 50 %, 4 h 100 %, one second more is late."""
    stops = ["10:00:00", "10:00:01", "11:00:00", "13:00:00", "13:00:01", "17:00:00", "17:00:01"]
    tickets = [
        Ticket(f"T{number}", opened="2026-03-02 09:00:00", resolved=f"2026-03-02 {stop}")
        for number, stop in enumerate(stops)
    ]
    found, _ = measured(make_sla(make_target()), tickets=tickets)
    ((promise, counts),) = spread(found.measured, found.months["sla-acme"][0])
    assert promise.limit == 4 * HOUR
    assert counts == (1, 2, 0, 1, 1, 1, 1)


def test_work_is_counted_when_it_comes_and_goes_and_what_stays_at_the_end() -> None:
    months = [Month(2026, 2), MARCH]
    tickets = [
        Ticket("T1", opened="2026-02-27 09:00", resolved="2026-03-02 09:00"),
        Ticket("T2", opened="2026-03-02 09:00", resolved="2026-03-31 23:59"),
        Ticket("T3", opened="2026-03-31 23:59", resolved="2026-04-01 00:00"),
        Ticket("T4", opened="2026-02-01 00:00"),
    ]
    found, _ = measured(make_sla(make_target()), tickets=tickets, months=months)
    loads = found.measured.loads
    told = [
        (load.opened, load.resolved, load.left)
        for one in found.months["sla-acme"]
        for load in [loads[(one.period.start, one.period.stop), "sla-acme", "desk"]]
    ]
    assert told == [(2, 0, 2), (2, 2, 2)]


def test_of_two_slas_in_one_month_each_has_only_the_work_that_it_covered() -> None:
    """The first ends on the 15th; a ticket belongs to the SLA in force when it was opened, until it is resolved."""
    tickets = [
        Ticket("T1", opened="2026-03-02 09:00", resolved="2026-03-03 09:00"),
        Ticket("T2", opened="2026-03-15 23:00", resolved="2026-03-20 09:00"),
        Ticket("T3", opened="2026-03-16 00:00", resolved="2026-03-16 09:00"),
        Ticket("T4", opened="2026-03-17 09:00"),
        Ticket("T5", opened="2026-03-18 09:00", service="phones"),
    ]
    first = make_sla(make_target(), until="2026-03-15")
    second = make_sla(make_target(), since="2026-03-16", identifier="sla-next")
    found, problems = measured(first, second, tickets=tickets)
    (before,), (after,) = found.months["sla-acme"], found.months["sla-next"]
    edges = (before.period.start, before.period.stop)
    assert {sla: load for (period, sla, _), load in found.measured.loads.items() if period == edges} == {
        "sla-acme": Load(opened=2, resolved=2, left=0),
        "sla-next": Load(opened=2, resolved=1, left=1),
    }
    ids = found.measured.records.tickets.id
    assert [ids[case.row] for case in ticket_cases(found.measured, before)] == ["T1", "T2"]
    assert [ids[case.row] for case in ticket_cases(found.measured, after)] == ["T3", "T4"]
    assert [one.code for one in problems] == ["no-agreement"]
