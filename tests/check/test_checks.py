"""What only shows when the sources are seen together, at the borders of each rule; `cases/` has the plain mistakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.check import CHECKS, check
from pipeline.load.characters import all_covered
from pipeline.load.sources import load_portfolio
from pipeline.model.agreements import Agreement, Status, Version
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import DateRange

SMALL = Path(__file__).parents[1] / "projects" / "small" / "sources"


@pytest.fixture(scope="module")
def small() -> Portfolio:
    portfolio, problems = load_portfolio(SMALL, all_covered)
    assert portfolio is not None
    assert problems == ()
    return portfolio


def codes(portfolio: Portfolio) -> list[str]:
    return sorted(problem.code for problem in check(portfolio))


def with_version(
    portfolio: Portfolio, identifier: str, change: Callable[[Agreement], Agreement], position: int = 0
) -> Portfolio:
    """The portfolio with one version of one agreement changed."""
    versions = list(portfolio.agreements[identifier])
    versions[position] = change(versions[position])
    return replace(portfolio, agreements={**portfolio.agreements, identifier: tuple(versions)})


def until(agreement: Agreement, day: date) -> Agreement:
    return replace(agreement, effective=DateRange(agreement.effective.start, day))


def since(agreement: Agreement, day: date) -> Agreement:
    return replace(agreement, effective=DateRange(day, agreement.effective.end))


def test_right_sources_have_no_problem(small: Portfolio) -> None:
    assert check(small) == ()


def test_every_check_is_pure(small: Portfolio) -> None:
    spoilt = with_version(small, "sla-bay", lambda one: until(one, date(2026, 10, 15)))
    for one in CHECKS:
        assert one(spoilt) == one(spoilt)
        assert one(small) == ()


@pytest.mark.parametrize(
    ("last_day", "found"),
    [
        (date(2026, 9, 29), ["gap"]),
        (date(2026, 9, 30), []),
        (date(2026, 10, 1), ["two-in-force"]),
    ],
)
def test_versions_follow_each_other_without_a_gap_or_a_common_day(
    small: Portfolio, last_day: date, found: list[str]
) -> None:
    assert codes(with_version(small, "sla-bay", lambda one: until(one, last_day))) == found


def test_a_version_that_replaces_another_ends_it_the_day_before(small: Portfolio) -> None:
    longer = with_version(small, "sla-bay", lambda one: until(one, date(2027, 9, 30)))
    assert codes(longer) == ["two-in-force"]
    replaced = with_version(longer, "sla-bay", lambda one: replace(one, replaces=Version("A", 0)), 1)
    assert codes(replaced) == []


def test_a_terminated_version_makes_room_from_the_day_after(small: Portfolio) -> None:
    def end(day: date) -> Callable[[Agreement], Agreement]:
        return lambda one: replace(until(one, date(2027, 9, 30)), status=Status.TERMINATED, terminated_on=day)

    assert codes(with_version(small, "sla-bay", end(date(2026, 9, 30)))) == []
    assert codes(with_version(small, "sla-bay", end(date(2026, 10, 1)))) == ["two-in-force"]


def test_a_draft_is_never_in_force_and_so_never_in_the_way(small: Portfolio) -> None:
    draft = with_version(small, "sla-bay", lambda one: replace(since(one, date(2026, 1, 1)), status=Status.DRAFT), 1)
    assert codes(draft) == []


def test_windows_may_touch_but_not_overlap(small: Portfolio) -> None:
    def hours(*windows: tuple[int, int]) -> Portfolio:
        calendar = replace(small.calendars["business-cn"], week=((windows,) * 5) + ((), ()))
        return replace(small, calendars={**small.calendars, "business-cn": calendar})

    assert codes(hours((540, 720), (720, 1080))) == []
    assert codes(hours((540, 721), (720, 1080))) == ["windows-overlap"]


def test_every_impact_and_urgency_has_a_priority(small: Portfolio) -> None:
    def matrix(rows: dict[str, dict[str, str]]) -> list[str]:
        changed = replace(small, policy=replace(small.policy, matrix=rows))
        return [problem.message for problem in check(changed)]

    full = {"high": "P1", "low": "P2"}
    assert matrix({"site": full, "person": full}) == []
    assert matrix({"site": full, "person": {"low": "P2"}}) == [
        "the matrix has no priority for the impact 'person' with the urgency high"
    ]
    assert matrix({"site": full}) == ["the matrix has no row for the impact 'person'"]
    assert matrix({"site": full, "person": full, "planet": full}) == ["unknown impact 'planet'"]


def test_an_id_of_a_file_with_mistakes_is_not_called_unknown_as_well(small: Portfolio) -> None:
    without = replace(small, calendars={"always": small.calendars["always"]})
    assert set(codes(without)) == {"unknown-id"}
    assert codes(replace(without, unreadable=frozenset({"business-cn"}))) == []
