"""Actions and improvement plans: from review to review until closed, and what they did to the figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from pipeline.check.improvements import check_improvements
from pipeline.check.reviews import check_reviews
from pipeline.load.characters import all_covered
from pipeline.load.exports import month_folders
from pipeline.load.labels import load_labels
from pipeline.load.reading import Reading
from pipeline.load.sources import load_portfolio
from pipeline.measure.effects import Outcome, effect
from pipeline.measure.measurement import Measurement, measure
from pipeline.merge.document import Document, Wanted
from pipeline.merge.improvement import ImprovementContext, RegisterContext
from pipeline.merge.improvement_register import improvements
from pipeline.merge.words import Labels
from pipeline.model.actions import standings
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month, Text
from pipeline.model.reviews import Action
from pipeline.options import ROOT

SOURCES = ROOT / "sources"
HARBOUR = "sla-harbour-core"


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    found, problems = load_portfolio(SOURCES, all_covered)
    assert found is not None, problems
    return found


@pytest.fixture(scope="module")
def measurement(portfolio: Portfolio) -> Measurement:
    months = month_folders(SOURCES)
    found, _ = measure(portfolio, Reading.of(SOURCES, portfolio, months, all_covered), months)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def labels() -> Labels:
    return load_labels(ROOT / "templates", all_covered)[0]


def made(portfolio: Portfolio, measurement: Measurement | None, labels: Labels, customer: str = "") -> list[Document]:
    return list(improvements(portfolio, measurement, labels, Wanted(Month(2026, 10), customer)))


def plan_of(documents: list[Document], name: str) -> ImprovementContext:
    [context] = [one.context for one in documents if one.stem == f"internal/improvements/{name}"]
    assert isinstance(context, ImprovementContext)
    return context


def register_of(documents: list[Document], language: str) -> RegisterContext:
    [context] = [one.context for one in documents if one.stem == f"internal/improvement-register.{language}"]
    assert isinstance(context, RegisterContext)
    return context


def test_an_action_stays_open_until_a_later_month_reports_it_done(portfolio: Portfolio) -> None:
    def still(day: date) -> set[str]:
        return {one.action.id for one in standings(portfolio, HARBOUR, day) if one.open}

    assert "act-2026-07-1" in still(date(2026, 10, 30))
    assert still(date(2026, 10, 31)) == {"act-2026-07-4", "act-2026-07-6"}
    assert "act-2026-07-1" not in still(date(2026, 7, 22))  # the meeting was on the 23rd


def test_an_action_is_overdue_from_the_day_after_it_was_due(portfolio: Portfolio) -> None:
    found = [one for one in standings(portfolio, HARBOUR, date(2026, 10, 31)) if one.open]
    assert [(one.action.id, one.overdue(date(2026, 10, 31)), one.origin.id) for one in found] == [
        ("act-2026-07-4", True, "harbour-2026-07"),
        ("act-2026-07-6", False, "harbour-2026-07"),
    ]


def test_actions_of_a_plan_belong_to_its_agreement_from_the_day_of_the_plan(portfolio: Portfolio) -> None:
    agreement = portfolio.improvements["sip-2026-02"].agreement
    found = standings(portfolio, agreement, date(2026, 10, 31))
    assert [one.action.id for one in found if one.open] == ["sip-2026-02-a", "sip-2026-02-b", "sip-2026-02-c"]
    assert standings(portfolio, agreement, date(2026, 10, 29)) == ()  # the plan is of the 30th


def test_an_effect_compares_the_months_around_the_completion_exactly(
    portfolio: Portfolio, measurement: Measurement
) -> None:
    plan = portfolio.improvements["sip-2026-01"]
    assert plan.aim is not None
    plan = replace(plan, aim=replace(plan.aim, months=3))
    found = effect(measurement, plan)
    assert found is not None
    assert [str(month) for month, _ in found.before.months] == ["2026-06", "2026-07", "2026-08"]
    assert [str(month) for month, _ in found.after.months] == ["2026-10"]  # September belongs to neither
    tallies = [one.tally for _, one in found.before.months if one is not None]
    together = Fraction(100 * sum(one.kept for one in tallies), sum(one.total for one in tallies))
    assert found.before.value == together
    assert found.goal == Fraction("99.96")
    assert found.outcome is Outcome.REACHED


def test_a_plan_that_is_not_completed_has_no_effect_yet(portfolio: Portfolio, measurement: Measurement) -> None:
    found = effect(measurement, portfolio.improvements["sip-2026-02"])
    assert found is not None
    assert (found.after.months, found.after.value, found.outcome) == ((), None, Outcome.WAITING)
    assert effect(measurement, portfolio.improvements["sip-2026-03"]) is None  # aims at no target
    assert effect(None, portfolio.improvements["sip-2026-01"]) is None


def test_a_plan_tells_its_figures_against_its_own_goal(
    portfolio: Portfolio, measurement: Measurement, labels: Labels
) -> None:
    block = plan_of(made(portfolio, measurement, labels), "sip-2026-01.en").effect
    assert block is not None
    assert (block.agreed, block.goal, block.before, block.after) == ("≥ 99.95%", "≥ 99.96%", "99.84%", "99.97%")
    assert (block.change, block.outcome_label) == ("+0.13 percentage points", "Goal reached")
    plan = portfolio.improvements["sip-2026-01"]
    assert plan.aim is not None
    assert plan.aim.goal is not None
    stricter = replace(plan.aim, goal=replace(plan.aim.goal, amount=Decimal("99.97")))
    stricter_plan = replace(plan, aim=stricter)
    portfolio = replace(portfolio, improvements={**portfolio.improvements, plan.id: stricter_plan})
    block = plan_of(made(portfolio, measurement, labels), "sip-2026-01.en").effect
    assert block is not None
    assert (block.goal, block.after) == ("≥ 99.97%", "99.96%")  # never shown as what it did not reach
    assert block.outcome_label == "Better, goal not reached yet"


def test_the_register_lists_what_is_overdue_first_and_closed_things_last(
    portfolio: Portfolio, measurement: Measurement, labels: Labels
) -> None:
    context = register_of(made(portfolio, measurement, labels), "en")
    assert context.headline == "Overdue: 3 actions."
    assert (context.plans_open, context.actions_overdue) == (2, 3)
    assert [row.id for row in context.plans] == ["sip-2026-02", "sip-2026-03", "sip-2026-01"]
    assert [row.id for row in context.open_actions if row.overdue] == [
        "act-2026-07-4",
        "hy-2026-08-1",
        "sip-2026-02-a",
    ]
    assert [row.overdue for row in context.open_actions] == [True] * 3 + [False] * (len(context.open_actions) - 3)
    assert all(row.state in {"done", "cancelled"} for row in context.closed_actions)
    late = replace(portfolio.improvements["sip-2026-03"], planned=date(2026, 10, 1))
    portfolio = replace(portfolio, improvements={**portfolio.improvements, late.id: late})
    context = register_of(made(portfolio, measurement, labels), "zh-CN")
    assert context.headline == "逾期：1 项计划、3 个行动项。"
    assert context.plans[0].id == "sip-2026-03"


def test_the_register_is_no_document_of_a_single_customer(
    portfolio: Portfolio, measurement: Measurement, labels: Labels
) -> None:
    stems = {one.stem for one in made(portfolio, measurement, labels, "nordwind-asia")}
    assert stems == {"internal/improvements/sip-2026-02.zh-CN", "internal/improvements/sip-2026-02.en"}


# checks


def codes(portfolio: Portfolio) -> list[str]:
    return sorted({one.code for one in (*check_improvements(portfolio), *check_reviews(portfolio))})


def with_plan(portfolio: Portfolio, name: str, **changes: object) -> Portfolio:
    changed = replace(portfolio.improvements[name], **changes)  # type: ignore[arg-type]
    return replace(portfolio, improvements={**portfolio.improvements, name: changed})


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("sip-2026-02", {"approval": None}, "approval-missing"),
        ("sip-2026-02", {"owner": "su-wanqing"}, "approver-same"),
        ("sip-2026-02", {"completed": date(2026, 11, 1)}, "completed-state"),
        ("sip-2026-02", {"agreement": ""}, "agreement-missing"),
        ("sip-2026-02", {"agreement": "ola-infrastructure"}, "target-of"),
        ("sip-2026-03", {"process": Text()}, "subject-missing"),
        ("sip-2026-01", {"completed": None}, "completed-when"),
        ("sip-2026-01", {"evidence": ()}, "evidence-missing"),
    ],
)
def test_a_plan_says_what_its_state_demands(
    portfolio: Portfolio, name: str, changes: dict[str, object], code: str
) -> None:
    assert code not in codes(portfolio)
    assert code in codes(with_plan(portfolio, name, **changes))


def test_a_review_that_is_silent_on_an_open_action_is_told_so(portfolio: Portfolio) -> None:
    held = portfolio.reviews["harbour-2026-07"]
    report = tuple(replace(one, state="done") for one in held.actions if one.id != "act-2026-07-4")
    later = replace(held, id="harbour-2027-01", day=date(2027, 1, 21), previous_actions=report, actions=())
    both = replace(portfolio, reviews={**portfolio.reviews, later.id: later})
    [problem] = [one for one in check_reviews(both) if one.code == "action-unreported"]
    assert problem.message == "nothing is said of act-2026-07-4, still open after harbour-2026-07"
    again = replace(
        later, previous_actions=(*report, Action("act-2026-07-4", Text("x"), Text("x"), later.day, "open", Text()))
    )
    both = replace(portfolio, reviews={**portfolio.reviews, later.id: again})
    assert "action-unreported" not in codes(both)


def test_two_reviews_cannot_give_two_actions_one_number(portfolio: Portfolio) -> None:
    held = portfolio.reviews["harbour-2026-07"]
    later = replace(held, id="harbour-2027-01", day=date(2027, 1, 21))
    both = replace(portfolio, reviews={**portfolio.reviews, later.id: later})
    assert "action-twice" in codes(both)


def test_reviews_agreed_less_often_than_the_policy_wants_are_told(portfolio: Portfolio) -> None:
    assert "review-rare" not in codes(portfolio)
    assert "review-rare" in codes(replace(portfolio, policy=replace(portfolio.policy, review_frequency="quarterly")))
