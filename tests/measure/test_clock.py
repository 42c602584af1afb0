"""Service time is counted right: against plain second-by-second counting, and where daylight saving and breaks bite."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.clock import Clock, build_clock, build_clocks, instant, worked_once
from pipeline.model.calendars import Calendar
from tests.builders import at, make_always, make_calendar

BERLIN = "Europe/Berlin"


def worked(calendar: Calendar, start: str, stop: str) -> int:
    """Service seconds between two local times of the calendar's zone."""
    begin, end = at(start, calendar.timezone), at(stop, calendar.timezone)
    return build_clock(calendar, begin, end).between(begin, end)


def serves(calendar: Calendar, second: int) -> bool:
    """Whether the second that starts at an instant is service time, read off the wall clock."""
    local = datetime.fromtimestamp(second, ZoneInfo(calendar.timezone))
    minute = local.hour * 60 + local.minute
    return any(start <= minute < stop for start, stop in calendar.windows(local.date()))


HOUR = 3600


def test_the_lunch_break_does_not_count() -> None:
    calendar = make_calendar("09:00-12:00 13:30-18:00")
    assert worked(calendar, "2026-03-02 11:30", "2026-03-02 14:00") == HOUR
    assert worked(calendar, "2026-03-02 12:00", "2026-03-02 13:30") == 0


def test_a_weekend_and_a_day_off_do_not_count() -> None:
    calendar = make_calendar("09:00-17:00", days_off=["2026-03-09"])
    assert worked(calendar, "2026-03-06 16:00", "2026-03-10 10:00") == 2 * HOUR


def test_a_make_up_working_day_counts_with_its_own_hours() -> None:
    calendar = make_calendar("09:00-17:00", working_days={"2026-03-07": "10:00-12:00"})
    assert worked(calendar, "2026-03-06 17:00", "2026-03-09 09:00") == 2 * HOUR


def test_a_working_day_listed_among_days_off_is_worked() -> None:
    calendar = make_calendar(days_off=["2026-03-03"], working_days={"2026-03-03": "09:00-10:00"})
    assert worked(calendar, "2026-03-03 00:00", "2026-03-04 00:00") == HOUR


@pytest.mark.parametrize(
    ("night", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-14", 24)], ids=["spring", "autumn", "plain"]
)
def test_a_day_around_the_clock_has_the_hours_that_daylight_saving_leaves_it(night: str, hours: int) -> None:
    stop = date.fromisoformat(night).toordinal() + 1
    morning = date.fromordinal(stop).isoformat()
    whole = make_calendar("00:00-24:00", weekend="00:00-24:00", timezone=BERLIN)
    split = make_calendar("00:00-12:00 12:00-24:00", weekend="00:00-12:00 12:00-24:00", timezone=BERLIN)
    assert worked(whole, f"{night} 00:00", f"{morning} 00:00") == hours * HOUR
    assert worked(split, f"{night} 00:00", f"{morning} 00:00") == hours * HOUR


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"], ids=["spring", "autumn"])
def test_office_hours_stay_office_hours_across_a_change_of_daylight_saving(change: str) -> None:
    calendar = make_calendar("09:00-12:00 13:00-17:00", weekend="09:00-12:00 13:00-17:00", timezone=BERLIN)
    assert worked(calendar, f"{change} 00:00", f"{change} 23:59") == 7 * HOUR


@pytest.mark.parametrize(
    ("hours", "counted"),
    [
        ("00:00-02:30", 2 * HOUR),
        ("02:30-10:00", 7 * HOUR),
        ("00:00-02:30 03:00-10:00", 9 * HOUR),
        ("02:10-02:50", 0),
        ("00:00-02:15 02:15-02:45 02:45-04:00", 3 * HOUR),
    ],
)
def test_a_window_that_starts_or_ends_in_the_hour_that_spring_skips_counts_no_second_twice(
    hours: str, counted: int
) -> None:
    calendar = make_calendar("09:00-17:00", weekend=hours, timezone=BERLIN)
    assert worked(calendar, "2026-03-29 00:00", "2026-03-30 00:00") == counted


def test_the_hour_that_autumn_repeats_belongs_to_the_window_that_contains_it() -> None:
    """A window ends at the first 02:30, and one that starts there holds the repeated half hours."""
    early = make_calendar(weekend="00:00-02:30", timezone=BERLIN)
    late = make_calendar(weekend="02:30-10:00", timezone=BERLIN)
    both = [worked(calendar, "2026-10-25 00:00", "2026-10-26 00:00") for calendar in (early, late)]
    assert both == [2 * HOUR + HOUR // 2, 8 * HOUR + HOUR // 2]


def test_midnight_is_the_first_instant_of_a_day_that_has_none() -> None:
    """On 2018-11-04 clocks in Sao Paulo went from 00:00 to 01:00."""
    assert instant(date(2018, 11, 4), "America/Sao_Paulo") == at("2018-11-04 03:00")


def test_a_calendar_without_hours_in_the_time_asked_for_never_runs() -> None:
    summer = [
        date.fromordinal(day).isoformat() for day in range(date(2026, 6, 1).toordinal(), date(2026, 9, 1).toordinal())
    ]
    calendar = make_calendar(days_off=summer)
    assert worked(calendar, "2026-07-01 00:00", "2026-08-01 00:00") == 0


def test_instants_before_the_first_and_after_the_last_window_count_to_its_edge() -> None:
    clock = build_clock(make_calendar("09:00-17:00"), at("2026-03-06 00:00"), at("2026-03-06 23:00"))
    assert clock.worked(np.array([at("2020-01-01 00:00")])).tolist() == [0]
    assert clock.between(at("2026-03-06 16:00"), at("2030-01-01 00:00")) == HOUR


def test_a_year_without_stated_holidays_is_an_error_with_the_years_to_write() -> None:
    calendar = make_calendar()
    stated = replace(calendar, holidays="CN", years=frozenset({2025, 2026}), asked=range(2025, 2027))
    _, none = build_clocks([stated], at("2025-01-01 00:00"), at("2027-01-01 00:00"))
    assert none == ()
    _, problems = build_clocks([stated], at("2025-01-01 00:00"), at("2027-01-01 00:01"))
    assert [problem.message for problem in problems] == [
        "the records reach into 2027, for which office states no holidays"
    ]
    assert problems[0].hint == "write years: {from: 2025, until: 2027}"


def test_a_year_that_nobody_has_published_is_an_error_with_the_line_to_add() -> None:
    stated = replace(make_calendar(), holidays="CN", years=frozenset({2025, 2026}))
    _, problems = build_clocks([stated], at("2026-12-01 00:00"), at("2027-01-02 00:00"))
    assert [(problem.code, problem.message) for problem in problems] == [
        ("holidays-unknown", "the records reach into 2027, whose public holidays (CN) are not published yet")
    ]
    assert problems[0].hint.endswith("and add the line listed_years: [2027]")
    listed = replace(stated, years=stated.years | {2027})
    assert build_clocks([listed], at("2026-12-01 00:00"), at("2027-01-02 00:00"))[1] == ()


# -- properties ---------------------------------------------------------------------------------------------------

DAYS = [date(2026, 3, 27), date(2026, 10, 23), date(2026, 6, 5)]
"""A Friday before each change of daylight saving in Europe, and one in summer."""


ZONES = [
    "UTC",
    BERLIN,
    "Asia/Shanghai",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
]
"""With and without daylight saving, by a whole hour and by half of one, and offsets that are no whole hours."""


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Hours on the full hour or quarter, away from the hour that daylight saving repeats."""
    quarters = st.integers(0, 95).filter(lambda quarter: not 8 <= quarter < 12)

    def hours() -> str:
        edges = sorted(draw(st.lists(quarters, max_size=6, unique=True)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        return " ".join(f"{a // 4:02d}:{a % 4 * 15:02d}-{b // 4:02d}:{b % 4 * 15:02d}" for a, b in pairs)

    first = draw(st.sampled_from(DAYS))
    days = [date.fromordinal(first.toordinal() + offset).isoformat() for offset in range(5)]
    return make_calendar(
        hours() or "09:00-17:00",
        weekend=hours(),
        timezone=draw(st.sampled_from(ZONES)),
        days_off=draw(st.lists(st.sampled_from(days), max_size=2)),
        working_days={day: hours() for day in draw(st.lists(st.sampled_from(days), max_size=1))},
    )


@st.composite
def moments(draw: st.DrawFn, first: date, days: int = 4) -> int:
    """A whole minute within some days."""
    begin = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp())
    return begin + 60 * draw(st.integers(0, days * 1440))


@given(st.data())
def test_worked_equals_counting_minute_by_minute(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    first = data.draw(st.sampled_from(DAYS))
    start, stop = sorted((data.draw(moments(first)), data.draw(moments(first))))
    counted = sum(60 for second in range(start, stop, 60) if serves(calendar, second))
    assert build_clock(calendar, start, stop).between(start, stop) == counted


@given(st.data())
def test_intervals_that_overlap_are_counted_once_minute_by_minute(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    first = data.draw(st.sampled_from(DAYS))
    intervals = data.draw(st.lists(st.tuples(st.integers(0, 2), moments(first), moments(first)), max_size=8))
    clock = build_clock(calendar, at("2026-03-26 00:00"), at("2026-11-01 00:00"))
    group, start, stop = (np.array([one[index] for one in intervals], np.int64) for index in range(3))
    expected = []
    for number in range(3):
        covered = {second for own, begin, end in intervals if own == number for second in range(begin, end, 60)}
        expected.append(60 * sum(serves(calendar, second) for second in covered))
    assert worked_once(clock, group, start, stop, 3).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=10))
def test_overlaps_around_the_clock_are_counted_once_second_by_second(intervals: list[tuple[int, int]]) -> None:
    now = at("2026-03-02 00:00")
    clock = build_clock(make_always(), now, now + 500)
    start, stop = (now + np.array([one[index] for one in intervals], np.int64) for index in range(2))
    covered = {second for begin, end in intervals for second in range(begin, end)}
    assert worked_once(clock, np.zeros(len(intervals), np.int64), start, stop, 1).tolist() == [len(covered)]


def test_groups_do_not_touch_each_other() -> None:
    clock = Clock(*(np.zeros(0, np.int64) for _ in range(3)))
    late, early = 1_800_000_000, 1_000_000_000
    seconds = worked_once(
        clock, np.array([0, 1, 1]), np.array([late, early, early + 5]), np.array([late + 10, early + 10, early + 20]), 4
    )
    assert seconds.tolist() == [10, 20, 0, 0]
