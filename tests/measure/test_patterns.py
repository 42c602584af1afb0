"""Days with interruptions, times around their limits, and work that waits, against plain counts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pipeline.measure.daily import daily
from pipeline.measure.spread import spread
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
        for load in [loads[(one.period.start, one.period.stop), "acme", "desk"]]
    ]
    assert told == [(2, 0, 2), (2, 2, 2)]
