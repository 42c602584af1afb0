"""The rules of the procedure and of published documents, each broken once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from pipeline.check.languages import check_languages
from pipeline.check.procedure import check_procedure
from pipeline.check.publications import check_publications
from pipeline.check.references import check_references
from pipeline.load.characters import all_covered
from pipeline.load.sources import load_portfolio
from pipeline.model.agreements import Version
from pipeline.model.portfolio import Portfolio
from pipeline.model.procedure import Activity, Flow, Procedure, Step
from pipeline.model.publications import Catalog
from pipeline.model.quantities import Text
from pipeline.model.source import Source
from pipeline.options import ROOT
from pipeline.problems import Problem


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    found, _ = load_portfolio(ROOT / "sources", all_covered)
    assert found is not None
    return found


def with_activity(portfolio: Portfolio, index: int, change: Callable[[Activity], Activity]) -> Portfolio:
    assert portfolio.procedure is not None
    activities = list(portfolio.procedure.activities)
    activities[index] = change(activities[index])
    return replace(portfolio, procedure=replace(portfolio.procedure, activities=tuple(activities)))


def with_raci(activity: Activity, **raci: str) -> Activity:
    step = Step(Text("step"), Text("what is done"), {role.replace("_", "-"): part for role, part in raci.items()})
    return replace(activity, steps=(step, *activity.steps[1:]))


def place(problem: Problem) -> str:
    return f"{problem.place.file}: {problem.message}"


def test_the_demonstration_procedure_and_catalogue_have_no_problem(portfolio: Portfolio) -> None:
    assert check_procedure(portfolio) == ()
    assert check_publications(portfolio) == ()


def test_without_a_procedure_there_is_nothing_to_check(portfolio: Portfolio) -> None:
    without = replace(portfolio, procedure=None, catalog=None)
    assert check_procedure(without) == check_publications(without) == ()


@pytest.mark.parametrize(
    ("raci", "code", "message"),
    [
        ({"slm_manager": "A", "slm_owner": "AR"}, "raci-accountable", "accountable is slm-manager and slm-owner"),
        ({"slm_manager": "R", "slm_owner": "R"}, "raci-accountable", "accountable is nobody"),
        ({"slm_manager": "A", "slm_owner": "C"}, "raci-responsible", "nobody is responsible"),
    ],
)
def test_every_step_has_one_accountable_and_somebody_responsible(
    portfolio: Portfolio, raci: dict[str, str], code: str, message: str
) -> None:
    found = check_procedure(with_activity(portfolio, 2, lambda activity: with_raci(activity, **raci)))
    assert [(one.code, one.message) for one in found] == [(code, f"step 1 of SLM3: {message}")]


def test_whoever_is_responsible_for_an_activity_does_one_of_its_steps(portfolio: Portfolio) -> None:
    changed = with_activity(portfolio, 3, lambda activity: replace(activity, responsible=("incident-manager",)))
    (found,) = check_procedure(changed)
    assert found.message == "'incident-manager' is responsible for SLM4 but has no R in any of its steps"


def test_a_flow_to_an_unknown_activity_is_named_with_the_nearest_known(portfolio: Portfolio) -> None:
    changed = with_activity(portfolio, 2, lambda activity: replace(activity, flows=(Flow("SLM44", Text()),)))
    unknown, *_ = check_procedure(changed)
    assert (unknown.message, unknown.hint) == ("unknown activity or process 'SLM44'", "did you mean 'SLM4'?")


def test_what_no_flow_leads_to_is_reported(portfolio: Portfolio) -> None:
    changed = with_activity(
        portfolio, 1, lambda activity: replace(activity, flows=(Flow("SLM3", Text()),), decision=Text())
    )
    (found,) = check_procedure(changed)
    assert (found.code, found.message) == ("unreached", "no flow leads from SLM1 to 'change-release'")


def test_the_procedure_ends_somewhere(portfolio: Portfolio) -> None:
    changed = with_activity(portfolio, 4, lambda activity: replace(activity, flows=activity.flows[:2]))
    assert [one.code for one in check_procedure(changed)] == ["no-end"]


def test_several_ways_need_a_question_and_each_way_an_answer(portfolio: Portfolio) -> None:
    unasked = with_activity(portfolio, 1, lambda activity: replace(activity, decision=Text()))
    assert [one.hint for one in check_procedure(unasked)] == ["add decision: …, the question that tells them apart"]
    ways = (Flow("SLM3", Text()), Flow("change-release", Text("yes")))
    unanswered = with_activity(portfolio, 1, lambda activity: replace(activity, flows=ways))
    assert [one.message for one in check_procedure(unanswered)] == ["nothing says when SLM2 goes on to SLM3"]
    pointless = with_activity(portfolio, 0, lambda activity: replace(activity, decision=Text("really?")))
    assert [one.hint for one in check_procedure(pointless)] == ["take decision out"]


def test_more_ways_than_the_chart_has_corners_are_refused(portfolio: Portfolio) -> None:
    more = (Flow("SLM2", Text("once more")),)
    changed = with_activity(portfolio, 4, lambda activity: replace(activity, flows=(*activity.flows, *more)))
    assert [one.code for one in check_procedure(changed)] == ["too-many-ways"]


@pytest.mark.parametrize(
    ("change", "noun"),
    [
        (lambda one: replace(one, responsible=("slm-manger",)), "role 'slm-manger'"),
        (lambda one: with_raci(one, slm_manager="A", slm_administator="R"), "role 'slm-administator'"),
    ],
)
def test_an_unknown_role_is_reported(portfolio: Portfolio, change: Callable[[Activity], Activity], noun: str) -> None:
    found = [one for one in check_references(with_activity(portfolio, 1, change)) if "procedure" in one.place.file]
    assert [place(one) for one in found] == [f"sources/procedure.yaml: unknown {noun}"]


def test_a_role_that_the_policy_calls_to_reviews_must_be_described(portfolio: Portfolio) -> None:
    assert portfolio.procedure is not None
    roles = tuple(role for role in portfolio.procedure.roles if role.id != "problem-manager")
    found = check_references(replace(portfolio, procedure=replace(portfolio.procedure, roles=roles)))
    assert "unknown role of policy.yaml 'problem-manager'" in [one.message for one in found]


def dated(catalog: Catalog, index: int, version: str, day: str) -> Catalog:
    issues = list(catalog.issues)
    revision = replace(issues[index].revision, date=date.fromisoformat(day))
    issues[index] = replace(issues[index], version=Version.parse(version), revision=revision)
    return replace(catalog, issues=tuple(issues))


@pytest.mark.parametrize(
    ("version", "day", "code"),
    [("A/00", "2025-11-14", "versions-order"), ("A/01", "2024-01-01", "dates-order")],
)
def test_revisions_ascend(portfolio: Portfolio, version: str, day: str, code: str) -> None:
    assert portfolio.catalog is not None
    changed = replace(portfolio, catalog=dated(portfolio.catalog, 1, version, day))
    assert [one.code for one in check_publications(changed)] == [code]


def test_whoever_prepared_a_version_does_not_approve_it(portfolio: Portfolio) -> None:
    assert portfolio.catalog is not None
    issues = list(portfolio.catalog.issues)
    issues[-1] = replace(issues[-1], revision=replace(issues[-1].revision, responsible="lin-zhiyuan"))
    policy = replace(portfolio.policy, approvals={"catalog": ("slm-owner",)})
    changed = replace(portfolio, catalog=replace(portfolio.catalog, issues=tuple(issues)), policy=policy)
    assert [one.code for one in check_publications(changed)] == ["approver-same"]


def test_a_service_on_offer_is_listed_once_and_an_unknown_one_never(portfolio: Portfolio) -> None:
    assert portfolio.catalog is not None
    listed = ("service-desk", "service-desk", "application-suport", *portfolio.catalog.services[2:])
    changed = replace(portfolio, catalog=replace(portfolio.catalog, services=listed))
    assert sorted(one.code for one in check_publications(changed)) == ["duplicate-id", "service-unlisted"]
    (unknown,) = (one for one in check_references(changed) if one.place.file == "sources/catalog.yaml")
    assert (unknown.message, unknown.hint) == (
        "unknown service 'application-suport'",
        "did you mean 'application-support'?",
    )


def test_a_retired_service_need_not_be_listed(portfolio: Portfolio) -> None:
    assert portfolio.catalog is not None
    retired = replace(portfolio.services["service-desk"], state="retired")
    changed = replace(
        portfolio,
        services={**portfolio.services, "service-desk": retired},
        catalog=replace(portfolio.catalog, services=portfolio.catalog.services[1:]),
    )
    assert check_publications(changed) == ()


def test_published_texts_exist_in_every_language(portfolio: Portfolio) -> None:
    assert portfolio.procedure is not None

    def only_chinese(procedure: Procedure) -> Procedure:
        gone = ("triggers", 0, "en")
        marks = {path: mark for path, mark in procedure.source.marks.items() if path != gone}
        return replace(procedure, source=replace(procedure.source, marks=marks))

    changed = replace(portfolio, procedure=only_chinese(portfolio.procedure), agreements={})
    found = [one for one in check_languages(changed) if one.place.file == "sources/procedure.yaml"]
    assert [(one.code, one.hint) for one in found] == [("translation-missing", "add en: …")]
    assert isinstance(portfolio.procedure.source, Source)
