"""Grace, samples, reopening, priority changes: held against counting minute by minute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.calendars import Calendar
from pipeline.model.quantities import Month
from tests.builders import Ticket, at, make_calendar, make_sla, make_target
from tests.measure.results import MARCH, results

# -- grace and samples --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("resolved", "status"), [("13:05:00", "met"), ("13:05:01", "missed")])
def test_grace_is_added_to_the_limit_and_ends_to_the_second(resolved: str, status: str) -> None:
    target = make_target(limit="4 h", grace="5 min")
    assert results(make_sla(target), tickets=[Ticket(resolved=f"2026-03-02 {resolved}")])["p1-resolution"].status == (
        status
    )


def test_an_open_ticket_is_late_once_the_grace_has_run_out() -> None:
    target = make_target(limit="4 h", grace="5 min")
    late = Ticket(opened="2026-03-31 19:54:59")
    assert results(make_sla(target), tickets=[late])["p1-resolution"].tally.missed == 1
    assert results(make_sla(target), tickets=[Ticket(opened="2026-03-31 19:55")])["p1-resolution"].tally.missed == 0


def test_a_sample_too_small_is_no_data_costs_nothing_and_says_so() -> None:
    sla = make_sla(make_target(minimum_sample=3), tiers=[("p1-resolution", "90%", "5%")])
    late = [Ticket(f"T{number}", resolved="2026-03-05 09:00") for number in range(3)]
    few = results(sla, tickets=late[:2])["p1-resolution"]
    assert (few.value, few.status, few.small, few.credit, few.count) == (None, "no-data", True, Decimal(0), 2)
    enough = results(sla, tickets=late)["p1-resolution"]
    assert (enough.value, enough.status, enough.small, enough.credit) == (Fraction(0), "missed", False, Decimal(5))
    assert results(sla)["p1-resolution"].small is False


# -- the oracle: minute by minute ---------------------------------------------------------------------------------

Spell = tuple[int, int, str]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai"]
NIGHTS = {"Europe/Berlin": "2026-03-28 20:00", "America/New_York": "2026-03-07 20:00"}
"""Evenings before the clocks change, in UTC."""


def walked(start: int, stop: int, calendar: Calendar, counts: Callable[[int], bool]) -> int:
    """Service seconds from start to stop of which each minute counts, by looking at the wall clock of each."""
    zone, seconds = ZoneInfo(calendar.timezone), 0
    for second in range(start, stop, 60):
        local = datetime.fromtimestamp(second, zone)
        minute = local.hour * 60 + local.minute
        closed = local.date() in calendar.days_off
        if not closed and any(a <= minute < b for a, b in calendar.week[local.weekday()]) and counts(second):
            seconds += 60
    return seconds


def paused(spells: Sequence[Spell], begin: int) -> Callable[[int], bool]:
    return lambda second: not any(begin + 60 * a <= second < begin + 60 * b for a, b, _ in spells)


@st.composite
def days(draw: st.DrawFn) -> tuple[Calendar, int]:
    """A calendar, and an instant near which the clocks of its zone change."""
    timezone = draw(st.sampled_from(ZONES))
    hours = draw(st.sampled_from(["09:00-12:00 13:00-17:00", "00:00-24:00", "20:00-24:00", "01:00-04:30"]))
    weekend = draw(st.sampled_from(["", hours]))
    evening = NIGHTS.get(timezone, "2026-03-06 20:00")
    off = [str(date.fromisoformat(evening[:10]) + timedelta(days=2))]
    calendar = make_calendar(hours, weekend=weekend, timezone=timezone, days_off=draw(st.sampled_from([[], off])))
    return calendar, at(evening)


MINUTES = st.integers(0, 2 * 1440)
PAUSES = st.lists(
    st.tuples(MINUTES, MINUTES, st.just("waiting-customer")).map(lambda one: (min(one[:2]), max(one[:2]), one[2])),
    max_size=4,
)


def told(begin: int, minute: int, timezone: str) -> str:
    return datetime.fromtimestamp(begin + 60 * minute, ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M:%S %z")[:19]


def ticket(calendar: Calendar, begin: int, **minutes: Any) -> Ticket:
    """A ticket told in minutes from `begin`; wall clock times that come twice are not used."""
    spells = minutes.pop("pauses", ())
    updates = minutes.pop("updates", None)
    plain: dict[str, Any] = {key: minutes.pop(key) for key in ("priority", "first_priority") if key in minutes}
    plain |= {key: told(begin, minute, calendar.timezone) for key, minute in minutes.items()}

    def write(minute: int) -> str:
        return told(begin, minute, calendar.timezone)

    return Ticket(
        **plain,
        pauses=tuple(sorted((write(a), write(b), reason) for a, b, reason in spells)),
        updates=None if updates is None else tuple(map(write, sorted(updates))),
    )


def unambiguous(calendar: Calendar, begin: int, minutes: Sequence[int]) -> bool:
    return all(
        at(told(begin, minute, calendar.timezone), calendar.timezone) == begin + 60 * minute for minute in minutes
    )


@given(day=days(), pauses=PAUSES, stop=MINUTES, change=MINUTES, mode=st.sampled_from(["latest", "restart", "continue"]))
def test_a_change_of_priority_does_what_was_agreed(
    day: tuple[Calendar, int], pauses: list[Spell], stop: int, change: int, mode: str
) -> None:
    calendar, begin = day
    change = min(change, stop)
    edges = [0, stop, change, *(edge for spell in pauses for edge in spell[:2])]
    if not unambiguous(calendar, begin, edges):
        return
    both = [
        make_target(f"{priority}-resolution", priority=priority, limit="", goal="400 h", aggregate="worst",
                    pause_on=["waiting-customer"], on_priority_change=mode)
        for priority in ("P3", "P1")
    ]  # fmt: skip
    one = ticket(
        calendar, begin, opened=0, resolved=stop, prioritized=change, pauses=pauses, first_priority="P3", priority="P1"
    )
    found = results(make_sla(*both, timezone=calendar.timezone), tickets=[one], calendar=calendar)
    start = change if mode == "restart" and change < stop else 0
    expected = walked(begin + 60 * start, begin + 60 * stop, calendar, paused(pauses, begin))
    judged, other = ("P3", "P1") if mode == "continue" else ("P1", "P3")
    assert (found[f"{judged}-resolution"].value, found[f"{other}-resolution"].value) == (Fraction(expected), None)


@given(
    day=days(),
    pauses=PAUSES,
    moments=st.lists(MINUTES, min_size=4, max_size=4).map(sorted),
    mode=st.sampled_from(["continue", "restart"]),
)
def test_reopening_continues_or_starts_over(
    day: tuple[Calendar, int], pauses: list[Spell], moments: list[int], mode: str
) -> None:
    calendar, begin = day
    _, solved, reopened, stop = moments
    edges = [0, *moments, *(edge for spell in pauses for edge in spell[:2])]
    if not unambiguous(calendar, begin, edges):
        return
    target = make_target(limit="", goal="400 h", aggregate="worst", pause_on=["waiting-customer"], on_reopen=mode)
    spells = [*pauses, (solved, reopened, "resolved")]
    one = ticket(calendar, begin, opened=0, resolved=stop, reopened=reopened, pauses=spells)
    found = results(make_sla(target, timezone=calendar.timezone), tickets=[one], calendar=calendar)["p1-resolution"]
    start = reopened if mode == "restart" else 0
    assert found.value == walked(begin + 60 * start, begin + 60 * stop, calendar, paused(spells, begin))


@given(day=days(), pauses=PAUSES, stop=MINUTES, updates=st.lists(MINUTES, max_size=6), limit=st.integers(1, 900))
def test_the_longest_silence_and_its_verdict_equal_counting_minute_by_minute(
    day: tuple[Calendar, int], pauses: list[Spell], stop: int, updates: list[int], limit: int
) -> None:
    calendar, begin = day
    edges = [0, stop, *updates, *(edge for spell in pauses for edge in spell[:2])]
    if not unambiguous(calendar, begin, edges):
        return
    longest, share = (
        make_target(name, measure="update_interval", pause_on=["waiting-customer"], **more)
        for name, more in (
            ("longest", {"limit": "", "goal": "400 h", "aggregate": "worst"}),
            ("share", {"limit": f"{limit} min"}),
        )
    )
    one = ticket(calendar, begin, opened=0, resolved=stop, pauses=pauses, updates=updates)
    found = results(make_sla(longest, share, timezone=calendar.timezone), tickets=[one], calendar=calendar)
    signs = sorted({0, stop, *(minute for minute in updates if minute < stop)})
    silences = [walked(begin + 60 * a, begin + 60 * b, calendar, paused(pauses, begin)) for a, b in pairwise(signs)]
    assert found["longest"].value == max(silences, default=0)
    assert found["share"].status == ("met" if max(silences, default=0) <= 60 * limit else "missed")


# -- months -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [1, 2, 15, 28])
@pytest.mark.parametrize("counted_by", ["resolved", "opened"])
def test_a_period_starts_on_the_day_agreed_and_ends_before_the_next(start: int, counted_by: str) -> None:
    """The contract month named March is the one whose last day lies in March."""
    first = f"2026-{'03' if start == 1 else '02'}-{start:02d} 00:00"
    after = at("2026-04-01 00:00" if start == 1 else f"2026-03-{start:02d} 00:00")
    sla = make_sla(make_target(), starts_on_day=start, counted_by=counted_by)

    def counted(instant: int) -> int:
        moment = datetime.fromtimestamp(instant, ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S")
        tickets = [Ticket(opened=moment, resolved=moment)]
        return results(sla, tickets=tickets, months=[MARCH])["p1-resolution"].count

    inside = [counted(at(first)), counted(after - 1)]
    outside = [counted(at(first) - 1), counted(after)]
    assert (inside, outside) == ([1, 1], [0, 0])


@pytest.mark.parametrize(
    ("measure", "more"),
    [
        ("first_contact_resolution", {"goal": "50%"}),
        ("reopen_rate", {"goal": "5%"}),
        ("change_success", {"goal": "95%", "types": ["incident"]}),
        ("satisfaction", {"goal": 4}),
    ],
)
def test_what_is_told_at_resolution_counts_then_although_limits_count_by_opening(
    measure: str, more: dict[str, Any]
) -> None:
    """As their formulas say: `tickets resolved in the period`."""
    target = make_target("t", measure=measure, limit="", priority="", **more)
    one = Ticket(opened="2026-03-31 10:00", resolved="2026-04-01 10:00", first_contact="yes", reopens=0,
                 outcome="successful", score="5")  # fmt: skip
    counted = [
        results(make_sla(target, counted_by="opened"), tickets=[one], months=[month])["t"].count
        for month in (MARCH, MARCH.plus(1))
    ]
    assert counted == [0, 1]


def test_every_second_belongs_to_one_contract_month() -> None:
    sla = make_sla(make_target(), starts_on_day=28, until="2027-12-31")
    months = [Month(2026, 1).plus(number) for number in range(14)]
    for moment in ("2026-02-27 23:59:59", "2026-02-28 00:00:00", "2026-12-28 00:00:00"):
        one = Ticket(opened=moment, resolved=moment)
        found = [results(sla, tickets=[one], months=[month])["p1-resolution"].count for month in months]
        assert sum(found) == 1
