"""Quantities are exact, and what cannot be read says how to write it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.load.rules import read_date, read_date_format, read_limit, read_month, read_percent, read_timezone
from pipeline.model.quantities import DateRange, Limit, Month, display_share, parse_percent


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("30 s", 30),
        ("15 min", 900),
        ("15min", 900),
        (" 4 h ", 14_400),
        ("1.5 h", 5400),
        ("0.5 min", 30),
        ("2 d", 54_000),
    ],
)
def test_a_limit_is_whole_seconds_and_a_day_is_the_calendars(written: str, seconds: int) -> None:
    assert Limit.parse(written).seconds(day_seconds=27_000) == seconds


@pytest.mark.parametrize("written", ["15", "min", "4 hours", "-4 h", "4,5 h", "1e3 s", "", "4 H", "١٥ days"])
def test_a_limit_without_a_known_unit_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is not a time limit; write a number and a unit"):
        Limit.parse(written)


@pytest.mark.parametrize(
    ("written", "reason"),
    [("0 h", "greater than zero"), ("0.1 s", "not a whole number of seconds"), ("0.001 min", "not a whole number")],
)
def test_a_limit_is_positive_and_ends_on_a_second(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Limit.parse(written)


def test_a_limit_is_a_year_at_most() -> None:
    assert read_limit("366 d") == Limit.parse("366 d")
    with pytest.raises(ValueError, match="over a year"):
        read_limit("367 d")


@pytest.mark.parametrize(("written", "value"), [("99.9%", "99.9"), ("100%", "100"), ("0%", "0"), ("95 %", "95")])
def test_a_percentage_keeps_the_decimals_it_was_written_with(written: str, value: str) -> None:
    assert str(parse_percent(written)) == value


@pytest.mark.parametrize("written", ["95", "0.95", "95%%", "-1%", "99,9%", "%", "९९ percent"])
def test_a_percentage_needs_its_sign(written: str) -> None:
    with pytest.raises(ValueError, match="write it with its sign"):
        parse_percent(written)


@pytest.mark.parametrize(("written", "reason"), [("100.1%", "over 100%"), ("99.1234567%", "more than 6 decimals")])
def test_a_percentage_is_a_share_that_can_be_shown(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_percent(written)


@given(st.decimals(0, 100, places=9), st.sampled_from(["95", "99.9", "99.95", "100", "0"]))
def test_a_share_is_never_shown_on_the_other_side_of_its_goal(value: Decimal, goal: str) -> None:
    shown = display_share(value, Decimal(goal))
    assert (shown >= Decimal(goal)) == (value >= Decimal(goal))
    assert abs(shown - value) < Decimal(1).scaleb(Decimal(goal).as_tuple().exponent)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "goal", "shown"),
    [("99.949", "99.95", "99.94"), ("99.945", "99.9", "99.9"), ("99.05", "95.0", "99.1"), ("94.96", "95", "94")],
)
def test_a_share_is_rounded_half_up_short_of_its_goal(value: str, goal: str, shown: str) -> None:
    assert str(display_share(Decimal(value), Decimal(goal))) == shown


@pytest.mark.parametrize(
    "written", ["2026-13", "2026-00", "2026-1", "26-10", "2026/10", "2026-10-01", "0000-01", "9999-12"]
)
def test_a_month_is_a_real_month_near_enough(written: str) -> None:
    with pytest.raises(ValueError, match=r"is not a month|outside of the years"):
        read_month(written)


def test_months_follow_each_other_over_the_year() -> None:
    assert Month(2026, 12).plus(1) == Month(2027, 1)
    assert Month(2026, 1).plus(-1) == Month(2025, 12)
    assert Month(2026, 12).plus(1).first_day() == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2026-02-30", "not a day of the calendar"),
        ("2027-02-29", "not a day of the calendar"),
        ("20260401", "is not a date"),
        ("2026-4-1", "is not a date"),
        ("２０２６-04-01", "is not a date"),
        ("9999-12-31", "outside of the years 1990 to 2100"),
        ("0001-01-01", "outside of the years 1990 to 2100"),
    ],
)
def test_a_date_is_a_day_that_arithmetic_can_bear(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_date(written)


@pytest.mark.parametrize(
    "pattern", ["%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%Y年%m月%d日 %H时%M分", "iso", "%Y%m%dT%H%M%S%z"]
)
def test_a_pattern_that_reads_a_day_back_is_taken(pattern: str) -> None:
    assert read_date_format(pattern) == pattern


@pytest.mark.parametrize("pattern", ["%Y-%m-%d %H:%m:%S", "%H:%M", "YYYY-MM-DD", "%", "%Q", "%Y-%d %H", ""])
def test_a_pattern_that_would_misread_days_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"write it like %Y-%m-%d %H:%M:%S"):
        read_date_format(pattern)


@pytest.mark.parametrize("name", ["localtime", "Factory", "Beijing", "asia/shanghai", "../etc/passwd", "UTC+8"])
def test_a_time_zone_means_the_same_on_every_machine(name: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        read_timezone(name)


@given(st.dates(), st.dates(), st.dates(), st.dates())
def test_two_ranges_overlap_on_the_days_that_both_hold(a: date, b: date, c: date, d: date) -> None:
    first, second = DateRange(min(a, b), max(a, b)), DateRange(min(c, d), max(c, d))
    common = first.overlap(second)
    assert common == second.overlap(first)
    for day in (a, b, c, d):
        assert (day in first and day in second) == (common is not None and day in common)
