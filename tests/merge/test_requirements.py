"""Requirement analyses and change requests of the demonstration company, word by word where it matters."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import docx
import pytest

from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.load.sources import load_portfolio
from pipeline.merge.document import Document, Wanted
from pipeline.merge.requirement import ChangeRequestContext, ComparedRow, ImpactRow, RequirementContext
from pipeline.merge.requirements import requirements
from pipeline.merge.words import Labels
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Text
from pipeline.model.requirements import Requirement, RequirementStatus
from pipeline.options import ROOT
from pipeline.render.renderers import RENDERERS, Workshop
from tests.tools.checkers import validate

HOSPITAL = "internal/requirements/renhe-internet-hospital"
PLANT = "internal/requirements/nordwind-extended-hours"
PORT = "internal/requirements/harbour-yard-database"


@cache
def sources() -> tuple[Portfolio, Labels]:
    portfolio, _ = load_portfolio(ROOT / "sources", all_covered)
    labels, _ = load_labels(ROOT / "templates", all_covered)
    assert portfolio is not None
    return portfolio, labels


def documents(*changed: Requirement, customer: str = "") -> dict[str, Document]:
    portfolio, labels = sources()
    known = {**portfolio.requirements, **{one.id: one for one in changed}}
    made = requirements(replace(portfolio, requirements=known), None, labels, Wanted(None, customer))
    return {document.stem: document for document in made}


def analysis(stem: str) -> RequirementContext:
    context = documents()[stem].context
    assert isinstance(context, RequirementContext)
    return context


def change_request() -> ChangeRequestContext:
    context = documents()[f"{HOSPITAL}_change-request"].context
    assert isinstance(context, ChangeRequestContext)
    return context


def test_only_what_is_beyond_the_catalogue_asks_for_a_change() -> None:
    assert sorted(documents()) == [PORT, PLANT, HOSPITAL, f"{HOSPITAL}_change-request"]
    assert sorted(documents(customer="nordwind-asia")) == [PLANT]


def test_what_was_turned_down_asks_for_no_change() -> None:
    hospital = sources()[0].requirements["renhe-internet-hospital"]
    assert f"{HOSPITAL}_change-request" not in documents(replace(hospital, status=RequirementStatus.REJECTED))


def test_a_headline_counts_the_verdicts() -> None:
    assert analysis(HOSPITAL).headline == "共 5 项需求：2 项现行等级已满足，1 项调整等级后可满足，2 项超出服务目录。"
    assert analysis(PORT).headline == "共 1 项需求：1 项现行等级已满足。"
    headline = "3 items were asked for: 1 met by a service that is new to the customer, 2 met at another level."
    assert analysis(PLANT).headline == headline


def test_each_item_says_which_level_meets_it() -> None:
    found = [(item.id, item.verdict, item.present, item.level) for item in analysis(PLANT).items]
    assert found == [
        ("shift-desk", "other", "Bronze", "Silver"),
        ("shift-servers", "other", "Bronze", "Silver"),
        ("execution-system", "new", "", "Silver"),
    ]


def test_a_gap_is_stated_in_words_and_figures() -> None:
    video = change_request().items[0]
    assert video.gaps == (
        ComparedRow(
            "P1 响应时间", "5 分钟内，≥ 95%", "15 分钟内，≥ 95%", met=False, result="要求 5 分钟内，目录提供 15 分钟内"
        ),
        ComparedRow(
            "P1 解决时间", "1 小时内，≥ 95%", "4 小时内，≥ 95%", met=False, result="要求 1 小时内，目录提供 4 小时内"
        ),
        ComparedRow("可用率", "≥ 99.95%", "≥ 99.9%", met=False, result="要求不低于 99.95%，目录提供 99.9%"),
    )
    assert video.conclusion == "目录中最接近的是应用支持金牌等级（¥48,000.00/月），有 3 处达不到要求。"


def test_a_day_is_also_written_in_the_hours_of_its_calendar() -> None:
    rows = {row.name: row for row in analysis(PLANT).items[2].rows}
    assert rows["P3 Resolution time"].asked == "within 3 service days (22.5 h), ≥ 90%"


def test_charges_are_compared_with_those_of_today() -> None:
    plant = analysis(PLANT)
    assert [(row.service, row.before, row.after, row.difference) for row in plant.charges] == [
        ("Service Desk", "CNY 15,000.00", "CNY 24,000.00", "+CNY 9,000.00"),
        ("Server Operations", "CNY 22,000.00", "CNY 38,000.00", "+CNY 16,000.00"),
        ("Application Support", "—", "CNY 30,000.00", "+CNY 30,000.00"),
    ]
    assert plant.charge_difference == "+CNY 55,000.00"
    assert analysis(PORT).charge_difference == "¥0.00"


def test_all_levels_of_a_service_are_shown_with_what_they_miss() -> None:
    desk = analysis(HOSPITAL).tables[2]
    assert [(level.name, level.mark, level.met, level.missing) for level in desk.levels] == [
        ("金牌", "建议", "5/5", "—"),
        ("银牌", "现行", "4/5", "服务时间"),
        ("铜牌", "", "1/5", "服务时间、P1 响应时间、P2 响应时间、P3 响应时间"),
    ]


def test_the_impact_names_the_agreements_behind_each_service() -> None:
    assert analysis(PORT).impact == (
        ImpactRow("服务目录", "B/00", "—", "—", "无须变更"),
        ImpactRow(
            "SLA",
            "SLA-HARBOUR-CORE B/00",
            "东澜港口",
            "数据库运维",
            "服务级别不变；范围或数量有变化的，在下一版本中更新",
        ),
        ImpactRow("OLA", "OLA-DATA-APPLICATION A/00", "数据应用组", "数据库运维", "现有承诺继续适用"),
    )
    rows = {(row.kind, row.number): row for row in analysis(PLANT).impact}
    assert ("UC", "UC-QIRUI-MAINTENANCE A/00") in rows  # behind the servers
    assert ("UC", "UC-HENGYUAN-LINES A/00") not in rows  # behind the network, which nobody asked about
    assert rows["SLA", "SLA-NORDWIND-OFFICE A/00"].action == (
        "Service Desk goes from Bronze to Silver; Server Operations goes from Bronze to Silver; "
        "Application Support comes in at Silver; workload limits are updated"
    )


def test_a_customer_without_an_agreement_needs_a_new_one() -> None:
    plant = sources()[0].requirements["nordwind-extended-hours"]
    before = replace(plant, day=date(2025, 6, 1))  # a month before the SLA takes effect
    context = documents(before)[PLANT].context
    assert isinstance(context, RequirementContext)
    assert {item.verdict for item in context.items} == {"new"}
    sla = context.impact[1]
    assert sla.number == "—"
    assert sla.action.startswith("A new agreement is needed: Service Desk comes in at Silver")


def test_a_change_request_goes_to_whom_the_policy_names() -> None:
    change = change_request()
    assert change.number == "CR-renhe-internet-hospital"
    assert [(one.function, one.name) for one in change.approvals] == [("提出", "苏婉清"), ("评估与批准", "方浩")]
    assert [item.id for item in change.items] == ["video-consultation", "security-assessment"]


def test_a_change_request_says_what_each_option_costs_and_when_the_decision_is_needed() -> None:
    change = change_request()
    assert change.needed_by == "2027年1月31日"
    assert [option.cost for option in change.options] == [
        "两名夜班应用工程师每月约 42,000 元；软件厂商支持费用待报价",
        "一名专责工程师每月约 21,000 元；软件厂商支持费用待报价",
        "无",
    ]


def test_an_analysis_that_is_not_decided_names_no_approver_of_its_newest_version() -> None:
    plant = sources()[0].requirements["nordwind-extended-hours"]
    assert [(row.approver, row.date) for row in analysis(PLANT).revisions] == [
        ("Su Wanqing", "2 November 2026"),
        ("Not yet approved", "—"),
    ]
    agreed = documents(replace(plant, status=RequirementStatus.AGREED))[PLANT].context
    assert isinstance(agreed, RequirementContext)
    assert (agreed.revisions[-1].approver, agreed.revisions[-1].date) == ("Su Wanqing", "12 November 2026")


def test_a_change_request_counts_as_approved_once_it_has_a_decision() -> None:
    assert [row.approver for row in change_request().revisions] == ["待批准"]
    hospital = sources()[0].requirements["renhe-internet-hospital"]
    assert hospital.change is not None
    decided = replace(hospital, change=replace(hospital.change, decision=Text("批准")))
    context = documents(decided)[f"{HOSPITAL}_change-request"].context
    assert isinstance(context, ChangeRequestContext)
    assert [row.approver for row in context.revisions] == ["苏婉清"]


def test_a_change_request_that_nobody_has_argued_for_is_made_all_the_same() -> None:
    hospital = sources()[0].requirements["renhe-internet-hospital"]
    context = documents(replace(hospital, change=None))[f"{HOSPITAL}_change-request"].context
    assert isinstance(context, ChangeRequestContext)
    assert (context.reason, context.risks, context.options, context.needed_by, context.decision) == (
        "",
        (),
        (),
        "",
        "",
    )


def rendered(stem: str) -> bytes:
    document = documents()[stem]
    return RENDERERS[document.kind][".docx"](document, Workshop(ROOT / "templates", sources()[1]), {})


def text_of(content: bytes) -> str:
    file = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in file.paragraphs] + cells)


@pytest.mark.parametrize(
    ("stem", "words"),
    [
        (
            HOSPITAL,
            [
                "需求分析：互联网医院平台运维需求",
                "顾文彬（信息中心主任）",
                "CR-renhe-internet-hospital",
                "目录中没有同类服务。",
                "▲ 超出服务目录",
                "首次分析。",
            ],
        ),
        (
            f"{HOSPITAL}_change-request",
            [
                "变更申请：互联网医院平台运维需求",
                "▲ 要求 5 分钟内，目录提供 15 分钟内",
                "在应用支持服务中增设“白金”等级",
                "两名夜班应用工程师每月约 42,000 元；软件厂商支持费用待报价",
                "2027年1月31日前",
                "待决定",
                "方浩",
                "（批准 / 有条件批准 / 不批准）",
            ],
        ),
        (
            PLANT,
            [
                "Requirement analysis: Support for the second shift of the assembly plant",
                "not needed",
                "Silver (now Bronze)",
                "First analysis.",
                "12 November 2026",
            ],
        ),
        (PORT, ["客户现行的金牌等级已满足要求，无须调整等级。", "不需要"]),
    ],
    ids=["hospital", "change request", "plant", "port"],
)
def test_the_words_arrive_in_the_document(stem: str, words: list[str]) -> None:
    text = text_of(rendered(stem))
    assert [one for one in words if one not in text] == []
    assert "{{" not in text
    assert "{%" not in text


def test_the_documents_are_valid_word_files(tmp_path: Path) -> None:
    files = []
    for number, stem in enumerate(sorted(documents())):
        file = tmp_path / f"{number}.docx"
        file.write_bytes(rendered(stem))
        files.append(file)
    assert validate(*files) == {}
