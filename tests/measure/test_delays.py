"""The worst case of a chain of limits: against plain minute-by-minute walking, and where holidays and weekends bite."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.measure.clock import instant
from pipeline.measure.delays import Delays, Leg, Worst, horizon
from pipeline.model.calendars import Calendar
from pipeline.model.quantities import DateRange
from tests.builders import at, make_always, make_calendar

HOUR = 3600
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 15)


def worst(
    asked: Calendar, legs: Sequence[tuple[Calendar, int]], first: date = FIRST, last: date = LAST, *, counted: int = 9
) -> Worst:
    """The worst case over all of those days; `counted` legs count, those after them do not."""
    named = [replace(asked, id="asked"), *(replace(one, id=f"leg{index}") for index, (one, _) in enumerate(legs))]
    path = [Leg(f"leg{index}", seconds, index < counted) for index, (_, seconds) in enumerate(legs)]
    start, stop = instant(first, asked.timezone), instant(last + timedelta(days=1), asked.timezone)
    delays = Delays({one.id: one for one in named}, DateRange(first, last), (start, stop))
    return delays.worst("asked", path, start, stop)


def serves(calendar: Calendar, second: int) -> bool:
    local = datetime.fromtimestamp(second, ZoneInfo(calendar.timezone))
    minute = local.hour * 60 + local.minute
    return any(start <= minute < stop for start, stop in calendar.windows(local.date()))


def walked(asked: Calendar, legs: Sequence[tuple[Calendar, int]], counted: int) -> int:
    """The same by counting minutes one by one from every minute of the days on which the promise's clock runs."""
    begin = instant(FIRST, "UTC") - 2 * 24 * HOUR
    moments = [begin + 60 * minute for minute in range(60 * 24 * 60)]
    own, *served = ([serves(one, moment) for moment in moments] for one in (asked, *(one for one, _ in legs)))
    shown = list(accumulate(own, initial=0))
    first, last = instant(FIRST, asked.timezone), instant(LAST + timedelta(days=1), asked.timezone)
    nth = [[index for index, serving in enumerate(minutes) if serving] for minutes in served]
    most = 0
    for start in range((first - begin) // 60, (last - begin) // 60):
        if own[start]:
            minute, minutes = start, 0
            for index, (_, limit) in enumerate(legs):
                after = nth[index][bisect_left(nth[index], minute) + limit // 60 - 1] + 1
                minutes += shown[after] - shown[minute] if index < counted else 0
                minute = after
            most = max(most, minutes)
    return 60 * most


def half_hours(first: int, last: int) -> str:
    return f"{first // 2:02d}:{first % 2 * 30:02d}-{last // 2:02d}:{last % 2 * 30:02d}"


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    timezone = draw(st.sampled_from(["UTC", "Asia/Shanghai", "Asia/Kolkata"]))
    if draw(st.booleans()):
        return make_always(timezone)
    opens = draw(st.integers(0, 30))
    closes = draw(st.integers(opens + 2, 48))
    weekend = draw(st.sampled_from(["", half_hours(opens, closes)]))
    days_off = draw(st.sampled_from([[], ["2026-03-09"], ["2026-03-04", "2026-03-05"]]))
    return make_calendar(half_hours(opens, closes), weekend=weekend, timezone=timezone, days_off=days_off)


@settings(max_examples=25, deadline=None)
@given(
    asked=calendars(),
    legs=st.lists(st.tuples(calendars(), st.integers(1, 12).map(lambda number: number * 1800)), min_size=1, max_size=3),
    counted=st.integers(1, 3),
)
def test_no_start_takes_longer_and_some_start_takes_as_long(
    asked: Calendar, legs: list[tuple[Calendar, int]], counted: int
) -> None:
    found = worst(asked, legs, counted=counted).seconds
    # a minute that begins with the worst case is not yet within it: it lies right behind
    assert found - 60 <= walked(asked, legs, counted) <= found


def test_limits_in_the_promises_own_calendar_add_up_exactly_and_at_every_moment() -> None:
    office = make_calendar("09:00-12:00 13:30-18:00")
    assert worst(office, [(office, 2 * HOUR), (office, 2 * HOUR)]) == Worst(4 * HOUR)


def test_two_office_hours_may_take_a_whole_weekend_around_the_clock() -> None:
    found = worst(make_always(), [(make_calendar("09:00-17:00"), 2 * HOUR)])
    assert found == Worst((16 + 48 + 2) * HOUR, at("2026-03-06 17:00"))


def test_a_week_of_holidays_makes_the_worst_case_and_names_its_evening() -> None:
    golden_week = [f"2026-10-0{day}" for day in range(1, 9)]
    office = make_calendar("09:00-17:00", timezone="Asia/Shanghai", days_off=golden_week)
    always = make_always("Asia/Shanghai")
    found = worst(always, [(office, 2 * HOUR)], date(2026, 9, 1), date(2026, 10, 31))
    assert found == Worst((8 * 24 + 16 + 2) * HOUR, at("2026-09-30 17:00", "Asia/Shanghai"))


def test_around_the_clock_carries_office_hours_with_time_to_spare() -> None:
    office = make_calendar("09:00-12:00 13:00-17:00")
    # opened at 10:00, eight hours end at 18:00: six of them are office hours
    assert worst(office, [(make_always(), 8 * HOUR)]).seconds == 7 * HOUR
    assert worst(office, [(make_always(), 24 * HOUR)]).seconds == 7 * HOUR


def test_the_second_link_begins_when_the_first_has_ended() -> None:
    early, late = make_calendar("08:00-12:00"), make_calendar("13:00-17:00")
    # opened right after 11:00 it is handed on next morning, and done at 14:00
    around = worst(make_always(), [(early, HOUR), (late, HOUR)], date(2026, 3, 3), date(2026, 3, 3))
    assert around == Worst(27 * HOUR, at("2026-03-03 11:00"))
    # of that the clock of the mornings shows the rest of this one and all of the next
    mornings = worst(early, [(early, HOUR), (late, HOUR)], date(2026, 3, 3), date(2026, 3, 3))
    assert mornings.seconds == 5 * HOUR


def test_time_that_does_not_count_still_passes() -> None:
    office = make_calendar("09:00-17:00")
    # two counted office hours, then four around the clock that nobody counts
    assert worst(make_always(), [(make_always(), 2 * HOUR), (office, 4 * HOUR)], counted=1).seconds == 2 * HOUR


def test_years_without_stated_holidays_are_left_out_as_long_as_others_are_there() -> None:
    office = replace(make_calendar("09:00-17:00", days_off=["2026-12-31"]), holidays="CN", years=frozenset({2026}))
    always = make_always()
    within = worst(always, [(office, HOUR)], date(2026, 12, 1), date(2027, 2, 28))
    # the weekend of 11 December, not that of 1 January, whose end nobody knows
    assert within.seconds == (24 * 2 + 16 + 1) * HOUR
    alone = worst(always, [(office, HOUR)], date(2027, 2, 1), date(2027, 2, 28))
    assert alone.seconds == (24 * 2 + 16 + 1) * HOUR


def test_of_service_time_asked_the_common_part_is_counted() -> None:
    asked, offered = (
        make_calendar("08:00-18:00", identifier="asked"),
        make_calendar("09:00-17:00", identifier="offered"),
    )
    delays = Delays({"asked": asked, "offered": offered}, DateRange(FIRST, LAST), ())
    start, stop = at("2026-03-02 00:00"), at("2026-03-09 00:00")
    assert delays.covered("asked", "offered", start, stop) == (50 * HOUR, 40 * HOUR)
    assert delays.covered("offered", "asked", start, stop) == (40 * HOUR, 40 * HOUR)


@pytest.mark.parametrize("end", ["2027-01-01", "2099-12-31"])
def test_agreements_until_further_notice_are_looked_at_for_two_years(end: str) -> None:
    days = [DateRange(date(2026, 1, 1), date.fromisoformat(end)), DateRange(date(2026, 6, 1), date(2026, 12, 31))]
    assert horizon(days).end == min(date.fromisoformat(end), date(2028, 6, 1))
