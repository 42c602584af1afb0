"""What customers add up from the evidence is what was measured, for every measure and every way of adding up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings

from pipeline.measure.attainment import Result
from pipeline.measure.figures import every_figure
from pipeline.measure.settlement import settle
from pipeline.merge import amounts
from pipeline.merge.evidence import Row, evidence, evidence_by_month
from pipeline.model.measures import better_of, needs_limit, unit_of
from pipeline.model.quantities import Month
from pipeline.recount.data import Part, Target, Tier
from pipeline.recount.figures import add_months, add_up, money_in, seconds_in, shows
from tests.builders import Ticket, make_sla, make_target
from tests.measure.companies import companies
from tests.measure.company import Company
from tests.measure.results import measured
from tests.measure.test_oracle import english, run


def described(result: Result) -> Target:
    """The target as the data of a report describe it."""
    promise, target = result.promise, result.promise.target
    return Target(
        id=target.id, service=promise.terms.service, service_name="", name="", priority=target.priority,
        measure=str(target.measure), unit=str(unit_of(target)), aggregate=str(target.aggregate),
        percentile=target.percentile, minimum_sample=target.minimum_sample, better=str(better_of(target)),
        goal=amounts.goal_number(promise), goal_shown="", goal_written=amounts.goal_words(target, english()),
        allowed_s=promise.allowed if needs_limit(target) else 0, value=None, shown="", status="", status_label="",
        count=0, met=0, missed=0, credit=Decimal(0), points=(),
        tiers=tuple(
            Tier(one.below if one.time is None else Decimal(one.time.seconds(promise.day)), one.above, one.credit)
            for one in promise.terms.credits
            if one.target == target.id
        ),
    )  # fmt: skip


def part(row: Row) -> Part:
    service, target, version, record, _, elapsed, limit, numerator, denominator = row
    return Part(service, target, version, record, elapsed, limit, Fraction(numerator), Fraction(denominator))


@settings(deadline=None, max_examples=60)
@given(companies())
def test_the_evidence_of_random_companies_adds_up_to_every_figure_credit_and_print(company: Company) -> None:
    _, found = run(company)
    for month in found.months.get("sla-acme", ()):
        for figure in every_figure(found.measured, month, settle(found, month)):
            result = figure.result
            target = described(result)
            made = add_up(target, list(map(part, evidence(found.measured, figure, english()))))
            # the evidence is written with 28 digits
            assert (made.value is None) == (result.value is None), target.id
            far = (made.value or Fraction(0)) - (result.value or Fraction(0))
            assert -Fraction(1, 10**12) < far < Fraction(1, 10**12), target.id
            assert (made.status, made.credit) == (result.status, result.credit), target.id
            assert shows(amounts.shown(result.value, result.promise, english()), result.value, target), target.id
            if target.allowed_s and target.aggregate == "share":
                assert (made.met, made.missed) == (result.tally.met, result.tally.missed), target.id


@settings(deadline=None, max_examples=60)
@given(companies())
def test_the_months_of_random_companies_add_up_to_every_figure_of_their_longer_periods(company: Company) -> None:
    last = company.months[-1].month + -company.months[-1].month % 3
    quarter = tuple(Month(2026, last - 2 + at) for at in range(3))
    _, found = run(replace(company, months=quarter, exported=frozenset(quarter)))
    (*_, latest) = found.months["sla-acme"]
    if found.months["sla-acme"][0].period.month == quarter[0] and latest.period.month == quarter[-1]:
        assert found.longer["sla-acme"]
    for period in found.longer["sla-acme"]:
        for result in period.results:
            rows = evidence_by_month(found.measured, result, found.months["sla-acme"], english())
            made = add_months(described(result), list(map(part, rows)))
            assert (made.value is None) == (result.value is None), result.promise.target.id
            far = (made.value or Fraction(0)) - (result.value or Fraction(0))
            assert -Fraction(1, 10**12) < far < Fraction(1, 10**12), result.promise.target.id
            assert (made.status, made.credit) == (result.status, result.credit), result.promise.target.id
            if result.promise.target.measure in {"response_time", "resolution_time"}:
                assert (made.met, made.missed) == (result.tally.met, result.tally.missed), result.promise.target.id


def test_what_was_decided_after_an_sla_ended_counts_in_its_quarter_and_is_told_of_the_month() -> None:
    targets = [
        make_target(), make_target("waiting", measure="backlog", goal=Decimal(3), priority="", limit=""),
        make_target("work", measure="workload", goal=Decimal(9), priority="", limit=""),
    ]  # fmt: skip
    tickets = [
        Ticket("a", opened="2026-07-06 09:00", resolved="2026-07-06 10:00"),
        Ticket("b", opened="2026-08-10 09:00", resolved="2026-09-10 10:00"),
        Ticket("c", opened="2026-08-14 23:00"),
    ]
    months = [Month(2026, 7), Month(2026, 8), Month(2026, 9)]
    found, _ = measured(make_sla(*targets, until="2026-08-15"), tickets=tickets, months=months)
    (quarter,) = found.longer["sla-acme"]
    made = {}
    for result in quarter.results:
        rows = list(evidence_by_month(found.measured, result, found.months["sla-acme"], english()))
        total = add_months(described(result), list(map(part, rows)))
        assert total.value == result.value, result.promise.target.id
        made[result.promise.target.id] = [(row[3], row[7], row[8]) for row in rows]
    assert len(made) == 3
    assert [month for month, _, _ in made["work"]] == ["2026-07", "2026-08", "2026-09"]


def percent(goal: str) -> Target:
    blank = Decimal(0)
    return Target(
        "t", "s", "", "", "", "response_time", "%", "share", None, 0, "higher", Decimal(goal), "", f"{goal}%", 0, None,
        "", "", "", 0, 0, 0, blank, (), (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "exact", "goal", "right"),
    [
        ("94.7%", "94.736842", "95.0", True),
        ("94.8%", "94.736842", "95.0", False),
        ("95%", "94.736842", "95", False),  # rounded half up, but across the goal
        ("94%", "94.736842", "95", True),
        ("94%", "94.4", "95", True),
        ("94.736842%", "94.736842", "95", False),  # with decimals that nobody agreed
        ("99.94%", "99.949", "99.95", True),
        ("100%", "100", "95", True),
        ("—", "100", "95", False),
    ],
)
def test_a_printed_share_is_rounded_to_the_goal_and_not_across_it(
    printed: str, exact: str, goal: str, right: bool
) -> None:
    assert shows(printed, Fraction(exact), percent(goal)) is right


def test_times_and_money_are_read_in_both_languages() -> None:
    assert [seconds_in(one) for one in ("3 小时 05 分 20 秒", "3 h 05 min 20 s", "5 min 20 s", "45 秒", "—")] == [
        11120, 11120, 320, 45, None,
    ]  # fmt: skip
    assert [money_in(one) for one in ("¥4,100.00", "CNY 4,100.00", "")] == [Decimal("4100.00")] * 2 + [None]
