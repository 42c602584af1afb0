"""Intervals: against printed tables, worked examples, and what they must never do."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import gamma, pi, sqrt
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.estimates import Z, mean_interval, share_interval, t_quantile, within

# Student's t at 0.975 as every textbook prints it
TABLE = {
    1: "12.706", 2: "4.303", 3: "3.182", 4: "2.776", 5: "2.571", 6: "2.447", 7: "2.365", 8: "2.306", 9: "2.262",
    10: "2.228", 15: "2.131", 20: "2.086", 25: "2.060", 29: "2.045", 30: "2.042", 40: "2.021", 60: "2.000",
    120: "1.980", 1000: "1.962",
}  # fmt: skip
SCORES = st.lists(st.integers(1, 5), min_size=2, max_size=60)


def counted(scores: list[int]) -> dict[Fraction, int]:
    return {Fraction(score): scores.count(score) for score in set(scores)}


@pytest.mark.parametrize("degrees", TABLE)
def test_the_quantiles_are_those_of_the_tables(degrees: int) -> None:
    assert t_quantile(degrees).quantize(Decimal("0.001")) == Decimal(TABLE[degrees])


@given(st.integers(1, 60), st.floats(0.1, 12))
def test_the_closed_form_is_the_area_under_the_curve(degrees: int, t: float) -> None:
    height = gamma((degrees + 1) / 2) / sqrt(degrees * pi) / gamma(degrees / 2)
    steps = 2000
    width = t / steps
    area = sum((1 + ((at + 0.5) * width) ** 2 / degrees) ** (-(degrees + 1) / 2) for at in range(steps)) * width
    assert within(t, degrees) == pytest.approx(2 * height * area, abs=1e-5)


def test_a_mean_of_many_is_as_sure_as_the_formula_says() -> None:
    scores = [5] * 17 + [4] * 16 + [3] * 3
    found = mean_interval(counted(scores), 40, (1, 5))
    half = 2.030108 * stdev(scores) / sqrt(36) * sqrt(1 - 36 / 40)
    assert found is not None
    assert float(found.low) == pytest.approx(mean(scores) - half, abs=1e-6)
    assert float(found.high) == pytest.approx(mean(scores) + half, abs=1e-6)


def test_without_a_known_population_there_is_no_correction() -> None:
    scores = [5, 4, 4, 3, 2, 4]
    half = 2.570582 * stdev(scores) / sqrt(6)
    unknown, huge = (mean_interval(counted(scores), population, (1, 5)) for population in (None, 10**12))
    assert unknown is not None
    assert float(unknown.low) == pytest.approx(mean(scores) - half, abs=1e-6)
    assert huge is not None
    assert float(huge.low) == pytest.approx(float(unknown.low), abs=1e-6)


def test_when_everybody_answered_nothing_is_uncertain() -> None:
    found = mean_interval(counted([5, 4, 4, 3]), 4, (1, 5))
    assert found is not None
    assert found.low == found.high == 4
    alike = mean_interval(counted([4, 4, 4]), 3, (1, 5))
    assert alike is not None
    assert (alike.low, alike.high) == (Decimal(4), Decimal(4))


@pytest.mark.parametrize("scores", [[], [4], [5, 5, 5]])
def test_where_nothing_tells_how_scores_spread_there_is_no_interval(scores: list[int]) -> None:
    assert mean_interval(counted(scores), 40, (1, 5)) is None


@given(SCORES, st.integers(0, 200))
def test_the_interval_holds_the_mean_and_never_leaves_the_scale(scores: list[int], more: int) -> None:
    found = mean_interval(counted(scores), len(scores) + more, (1, 5))
    if found is not None:
        middle = Decimal(sum(scores)) / len(scores)
        assert 1 <= found.low <= middle <= found.high <= 5


@given(SCORES.filter(lambda scores: len(set(scores)) > 1), st.integers(1, 100))
def test_the_larger_the_part_that_answered_the_narrower(scores: list[int], more: int) -> None:
    few = mean_interval(counted(scores), len(scores) + more, (-100, 100))
    many = mean_interval(counted(scores), len(scores) + more + 50, (-100, 100))
    assert few is not None
    assert many is not None
    assert few.high - few.low < many.high - many.low


def test_wilsons_interval_is_that_of_a_worked_example() -> None:
    # 33 of 36: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n) by hand
    found = share_interval(33, 36)
    assert found is not None
    assert found.low.quantize(Decimal("0.01")) == Decimal("78.17")
    assert found.high.quantize(Decimal("0.01")) == Decimal("97.13")
    assert share_interval(0, 0) is None


@given(st.integers(1, 300), st.data())
def test_wilsons_ends_are_where_the_share_would_just_be_refused(n: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, n))
    found = share_interval(part, n)
    assert found is not None
    assert 0 <= found.low <= Decimal(100 * part) / n <= found.high <= 100
    for end in (found.low, found.high):
        p = float(end) / 100
        if 0 < p < 1:
            assert abs(part / n - p) / sqrt(p * (1 - p) / n) == pytest.approx(float(Z), rel=1e-6)
