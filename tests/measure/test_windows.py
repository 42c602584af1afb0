"""Recurring windows fall on the days that their words say."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.model.quantities import DateRange
from pipeline.model.recurrence import LAST, Recurrence

NIGHT = (60, 240)
YEAR = DateRange(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Recurrence(NIGHT, weekday=5, nth=3, months=frozenset({2, 8})), ["2026-02-21", "2026-08-15"]),
        (Recurrence(NIGHT, weekday=6, nth=LAST, months=frozenset({2, 5})), ["2026-02-22", "2026-05-31"]),
        (Recurrence(NIGHT, weekday=5, nth=5, months=frozenset({1, 2})), ["2026-01-31"]),
        (Recurrence(NIGHT, day=31, months=frozenset({1, 2, 3})), ["2026-01-31", "2026-03-31"]),
    ],
    ids=["third Saturday", "last Sunday", "a fifth Saturday that February lacks", "day of the month"],
)
def test_a_window_comes_on_its_days(window: Recurrence, expected: list[str]) -> None:
    assert [day.isoformat() for day in window.days(YEAR)] == expected


def test_a_weekly_window_comes_every_week() -> None:
    assert len(list(Recurrence(NIGHT, weekday=5).days(YEAR))) == 52
