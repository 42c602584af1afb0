"""The management procedure: what is computed for it and never written twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.load.sources import load_portfolio
from pipeline.merge.document import Wanted
from pipeline.merge.procedure import ProcedureContext, procedure_context, procedures
from pipeline.merge.words import Labels, Words
from pipeline.model.portfolio import Portfolio
from pipeline.options import ROOT


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    found, _ = load_portfolio(ROOT / "sources", all_covered)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def labels() -> Labels:
    return load_labels(ROOT / "templates", all_covered)[0]


def context(portfolio: Portfolio, labels: Labels, language: str = "en") -> ProcedureContext:
    assert portfolio.procedure is not None
    return procedure_context(portfolio, portfolio.procedure, Words(language, labels[language]))


def test_the_raci_table_has_a_cell_for_every_role_and_step(portfolio: Portfolio, labels: Labels) -> None:
    made = context(portfolio, labels)
    assert [name.replace("\n", " ") for name in made.role_columns] == [
        "Owner", "Manager", "Admin.", "Incident mgr", "Problem mgr", "Change mgr", "Supplier mgr", "Support team",
        "Customer",
    ]  # fmt: skip
    first, second = made.activities[0].steps[:2]
    assert (first.number, first.cells) == ("SLM1.1", ("A", "R", "R", "", "", "", "", "C", "I"))
    assert second.cells[0] == "A/R"
    assert all(sum("A" in cell for cell in step.cells) == 1 for one in made.activities for step in one.steps)


def test_a_role_without_a_part_in_any_step_has_no_column(portfolio: Portfolio, labels: Labels) -> None:
    assert portfolio.procedure is not None
    bystander = replace(portfolio.procedure.roles[0], id="bystander")
    changed = replace(portfolio.procedure, roles=(*portfolio.procedure.roles, bystander))
    made = context(replace(portfolio, procedure=changed), labels)
    assert len(made.roles) == len(made.role_columns) + 1


def test_who_takes_part_in_a_review_comes_from_the_policy(portfolio: Portfolio, labels: Labels) -> None:
    assert context(portfolio, labels).meetings[0].participants[:3] == (
        "Service level manager (chair)", "Incident manager", "Problem manager",
    )  # fmt: skip
    policy = replace(portfolio.policy, review_chair="slm-owner", review_roles=("slm-owner", "change-manager"))
    changed = context(replace(portfolio, policy=policy), labels).meetings[0].participants
    assert changed[:2] == ("SLM process owner (chair)", "Change and release manager")


def test_a_role_names_its_holder_where_the_organization_has_one(portfolio: Portfolio, labels: Labels) -> None:
    holders = {row.name: row.holder for row in context(portfolio, labels, "zh-CN").roles}
    assert holders["服务级别管理员"] == "高磊"
    assert holders["客户代表"] == ""


def test_the_ways_of_a_decision_are_told_in_words(portfolio: Portfolio, labels: Labels) -> None:
    texts = {one.id: one.ways_text for one in context(portfolio, labels).activities}
    assert texts["SLM2"] == "No: SLM3 Draft, negotiate and sign agreements; Yes: Change and release process"
    assert texts["SLM5"].endswith("Service ends: End")
    assert texts["SLM1"] == "SLM2 Identify and define requirements"


def test_keeper_and_years_are_those_of_organization_and_policy(portfolio: Portfolio, labels: Labels) -> None:
    organization = replace(portfolio.organization, records_keeper="customer-service")
    policy = replace(portfolio.policy, retention_years=5)
    made = context(replace(portfolio, organization=organization, policy=policy), labels)
    assert (made.records_keeper, made.retention_years) == ("Customer Service Centre", 5)


def test_the_procedure_is_made_in_both_languages_but_for_no_customer(portfolio: Portfolio, labels: Labels) -> None:
    made = list(procedures(portfolio, None, labels, Wanted(None)))
    assert [one.stem for one in made] == ["procedure/slm-procedure.zh-CN", "procedure/slm-procedure.en"]
    assert {(one.version, one.day.isoformat()) for one in made} == {("B/00", "2026-05-15")}
    assert list(procedures(portfolio, None, labels, Wanted(None, customer="harbour-port"))) == []
