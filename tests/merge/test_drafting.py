"""What an agreement says of itself: who approved it, who relies on it, and in the words of its own kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.load.sources import load_portfolio
from pipeline.merge.agreement import AgreementContext
from pipeline.merge.drafting import agreement_context
from pipeline.merge.words import Labels, Words
from pipeline.model.agreements import Agreement, Status, Version
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import DateRange
from pipeline.options import ROOT


@pytest.fixture(scope="module")
def demo() -> Portfolio:
    portfolio, _ = load_portfolio(ROOT / "sources", all_covered)
    assert portfolio is not None
    return portfolio


@pytest.fixture(scope="module")
def labels() -> Labels:
    return load_labels(ROOT / "templates", all_covered)[0]


def drafted(portfolio: Portfolio, agreement: Agreement, labels: Labels, language: str = "zh-CN") -> AgreementContext:
    return agreement_context(portfolio, agreement, Words(language, labels[language]))


def with_versions(portfolio: Portfolio, *versions: Agreement) -> Portfolio:
    return replace(portfolio, agreements={**portfolio.agreements, versions[0].id: versions})


@pytest.mark.parametrize("status", [Status.DRAFT, Status.NEGOTIATING])
def test_a_version_that_nobody_signed_names_no_approver_and_no_day(
    demo: Portfolio, labels: Labels, status: Status
) -> None:
    signed, later = demo.agreements["sla-renhe-clinical"]
    later = replace(later, status=status)
    rows = drafted(with_versions(demo, signed, later), later, labels).revisions
    assert [(row.version, row.approver) for row in rows] == [("A/00", "林致远"), ("A/01", "待批准")]
    assert rows[0].date != "—"
    assert rows[1].date == "—"
    assert rows[1].responsible


@pytest.mark.parametrize("status", [Status.SIGNED, Status.TERMINATED])
def test_a_version_that_was_signed_names_its_approver(demo: Portfolio, labels: Labels, status: Status) -> None:
    signed, later = demo.agreements["sla-renhe-clinical"]
    later = replace(later, status=status)
    row = drafted(with_versions(demo, signed, later), later, labels).revisions[-1]
    assert row.approver == "林致远"
    assert row.date.startswith("2026年")


def test_an_old_ola_version_lists_only_slas_of_its_own_days(demo: Portfolio, labels: Labels) -> None:
    (old,) = demo.agreements["ola-infrastructure"]
    new = replace(
        old,
        version=Version("A", 1),
        replaces=old.version,
        effective=DateRange(date(2026, 1, 1), date(2027, 12, 31)),
    )
    both = with_versions(demo, old, new)
    assert [(row.id, row.version) for row in drafted(both, old, labels).supports] == [
        ("SLA-HARBOUR-CORE", "A/00"),
        ("SLA-NORDWIND-OFFICE", "A/00"),
    ]
    assert [(row.id, row.version) for row in drafted(both, new, labels).supports] == [
        ("SLA-NORDWIND-OFFICE", "A/00"),
        ("SLA-HARBOUR-CORE", "B/00"),
    ]


def test_an_sla_that_nobody_signed_relies_on_nothing_yet(demo: Portfolio, labels: Labels) -> None:
    (nordwind,) = demo.agreements["sla-nordwind-office"]
    draft = with_versions(demo, replace(nordwind, status=Status.NEGOTIATING))
    (ola,) = demo.agreements["ola-infrastructure"]
    assert {row.id for row in drafted(draft, ola, labels).supports} == {"SLA-HARBOUR-CORE"}


def test_a_contract_calls_itself_a_contract_and_counts_faults(demo: Portfolio, labels: Labels) -> None:
    (lines,) = demo.agreements["uc-hengyuan-lines"]
    chinese, english = (drafted(demo, lines, labels, language) for language in ("zh-CN", "en"))
    assert chinese.translation_note == "本合同以中文文本为准；英文文本为译本，仅供参考。"
    assert chinese.counting_rule.endswith("每项申告均按其受理时有效的合同版本计量。")
    assert not [row for row in chinese.measures if "工单" in row.formula + row.source or "服务台" in row.source]
    assert not [row for row in english.measures if "ticket" in (row.formula + row.source).lower()]
    assert english.services[0].targets[4].reopen == "The clock continues when a fault is reopened"


def test_an_ola_counts_from_assignment_and_an_sla_from_opening(demo: Portfolio, labels: Labels) -> None:
    ola = drafted(demo, demo.agreements["ola-infrastructure"][0], labels)
    sla = drafted(demo, demo.agreements["sla-harbour-core"][-1], labels)
    assert "自派单至接单" in ola.measures[0].formula
    assert "自受理至首次响应" in sla.measures[0].formula
    assert ola.translation_note.startswith("本协议以")


def test_what_happens_on_reopening_goes_on_after_the_pauses(demo: Portfolio, labels: Labels) -> None:
    (ola,) = demo.agreements["ola-infrastructure"]
    target = drafted(demo, ola, labels, "en").services[0].targets[4]
    assert target.pauses
    assert target.reopen == "the clock continues when a ticket is reopened"


def test_an_sla_names_the_contacts_of_its_customer_and_no_other_kind_does(demo: Portfolio, labels: Labels) -> None:
    def named(identifier: str) -> list[str]:
        return [row.name for row in drafted(demo, demo.agreements[identifier][-1], labels).customer_contacts]

    assert named("sla-harbour-core") == [
        "郑海波（信息技术部部长）",
        "沈秋（信息技术部运行科科长）",
        "生产调度中心值班长",
    ]
    assert named("ola-infrastructure") == named("uc-hengyuan-lines") == []


def test_the_charge_stands_in_figures_and_in_a_chinese_text_in_capitals(demo: Portfolio, labels: Labels) -> None:
    (office,) = demo.agreements["sla-nordwind-office"]
    chinese, english = (drafted(demo, office, labels, language) for language in ("zh-CN", "en"))
    assert (chinese.charge, chinese.charge_in_capitals) == ("¥82,000.00/月", "人民币捌万贰仟元整")
    assert (english.charge, english.charge_in_capitals) == ("CNY 82,000.00 per month", "")
    assert (chinese.tax, english.tax) == ("含增值税，税率 6%", "including value-added tax at 6%")


def test_documents_print_the_number_of_an_agreement_and_the_name_of_its_time_zone(
    demo: Portfolio, labels: Labels
) -> None:
    shown = drafted(demo, demo.agreements["sla-renhe-clinical"][0], labels)
    assert shown.number == "SLA-RENHE-CLINICAL"
    assert {calendar.timezone for calendar in shown.calendars} == {"北京时间（UTC+08:00）"}
    assert shown.period_rule.endswith("采用北京时间（UTC+08:00）。")
