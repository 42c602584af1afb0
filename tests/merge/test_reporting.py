"""A report says what was agreed and what it came to: other units, exclusions, repeated misses, reasons to leave."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.build import gather
from pipeline.explain import Question, explain
from pipeline.merge.agreement import AgreementContext
from pipeline.merge.document import Document
from pipeline.merge.explanation import Row
from pipeline.merge.report import ReportContext
from pipeline.options import ROOT, Options

SMALL = ROOT / "tests" / "projects" / "small" / "sources"

Edit = Callable[[str, str, str], None]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The small project, with what its tools could tell besides."""
    folder = Path(shutil.copytree(SMALL, tmp_path / "sources"))
    change(folder, "imports/desk.yaml", "  summary: 摘要\n", "  summary: 摘要\n  reopens: 重开\n  score: 评分\n")
    for month in ("2026-09", "2026-10"):
        path = folder / "metrics" / month / "tickets.csv"
        header, *rows = path.read_text("utf-8").splitlines()
        told = {"T-104": ",2,3.5", "T-105": ",0,5", "T-106": ",0,"}
        lines = [header + ",重开,评分", *(row + told.get(row[:5], ",,") for row in rows)]
        path.write_text("\n".join([*lines, ""]), "utf-8")
    change(
        folder,
        "imports/monitor.yaml",
        "cause: cause}",
        "cause: cause, component: part, impact: impact}",
    )
    for month, more in (("2026-09", ",,"), ("2026-10", ",web,40%")):
        path = folder / "metrics" / month / "outages.csv"
        header, row = path.read_text("utf-8").splitlines()
        path.write_text(f"{header},part,impact\n{row}{more}\n", "utf-8")
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


GOALS = """\
      - {id: reopened, measure: reopen_rate, goal: 30%}
      - {id: happy, measure: satisfaction, goal: 4.5}
      - {id: restored, measure: mttr, goal: 1 h}
      - {id: waiting, measure: backlog, goal: 0}
      - {id: middle, measure: resolution_time, priority: P1, aggregate: median, goal: 2 h}
      - {id: rare, measure: resolution_time, priority: P2, limit: 2 d, goal: 90%, types: [incident], minimum_sample: 5}
"""


def promise(folder: Path, targets: str = GOALS, more: str = "") -> None:
    """Add targets to the version in force, and terms after its credits."""
    name, uptime = "agreements/sla-bay/A-01.yaml", "goal: 99.5%, exclude: [agreed-maintenance]}\n"
    change(folder, name, uptime, uptime + targets)
    tier = "      - {target: uptime, below: 99.5%, credit: 5%}\n"
    change(folder, name, tier, tier + more)


def documents(folder: Path) -> tuple[Document, ...]:
    found, _, problems = gather(Options(sources=folder, output=folder.parent / "output"))
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    return found


def report(folder: Path) -> ReportContext:
    (found,) = (one.context for one in documents(folder) if isinstance(one.context, ReportContext))
    return found


def test_figures_and_goals_are_told_in_their_own_units(sources: Path) -> None:
    promise(sources)
    found = {row.target: row for row in report(sources).results}
    told = {name: (row.unit, row.goal, row.value, row.goal_shown, row.value_shown) for name, row in found.items()}
    assert told["reopened"] == ("%", Decimal(30), Decimal("33.333333"), "≤ 30%", "33%")
    assert told["happy"] == ("score", Decimal("4.5"), Decimal("4.25"), "≥ 4.5 分", "4.25 分")
    assert told["restored"] == ("s", Decimal(3600), Decimal(600), "≤ 1 小时", "10 分 00 秒")
    assert told["waiting"] == ("count", Decimal(0), Decimal(0), "≤ 0 件", "0 件")
    assert told["middle"] == ("s", Decimal(7200), Decimal(11700), "≤ 2 小时", "3 小时 15 分 00 秒")
    assert found["middle"].measure_label == "解决时间（中位数）"
    assert {row.status for row in found.values()} == {"met", "missed", "no-data"}
    assert "样本过小" in found["rare"].note
    assert (found["rare"].value, found["rare"].count) == (None, 1)


def test_every_formula_names_its_standard(sources: Path) -> None:
    promise(sources)
    for row in report(sources).results:
        assert row.formula
        assert row.standard.startswith("ISO/IEC 20000-1:2018")


def test_a_partial_outage_of_a_component_counts_by_its_impact(sources: Path) -> None:
    context = report(sources)
    (outage,) = context.outages
    assert (outage.component, outage.impact, outage.counted) == ("web", "40%", True)
    (uptime,) = (row for row in context.results if row.target == "uptime")
    assert uptime.value is not None
    assert uptime.value < 100


EXCLUSION = """\
kind: exclusion
id: bay-drill
customer: bay-port
{record}
reason: 客户演练期间提交
approved_by: 周舟（信息主管）
date: 2026-11-02
"""


def test_what_the_customer_agreed_not_to_count_is_listed_and_leaves_the_figures(sources: Path) -> None:
    (sources / "exclusions").mkdir()
    path = sources / "exclusions" / "bay-drill.yaml"
    path.write_text(EXCLUSION.format(record="ticket: T-105"), "utf-8")
    context = report(sources)
    (row,) = context.exclusions
    assert (row.record, row.reason, row.approved_by) == ("T-105", "客户演练期间提交", "周舟（信息主管）")
    (figure,) = (one for one in context.results if one.target == "p1-resolution")
    assert (figure.count, figure.excluded) == (1, 1)
    assert "经客户同意不计入" in figure.note

    path.write_text(EXCLUSION.format(record="outage: O-2"), "utf-8")
    context = report(sources)
    (uptime,) = (one for one in context.results if one.target == "uptime")
    (outage,) = context.outages
    assert (uptime.value, outage.counted, outage.reason) == (Decimal(100), False, "客户演练期间提交")


def test_an_exclusion_of_nothing_that_is_there_is_a_warning(sources: Path) -> None:
    (sources / "exclusions").mkdir()
    (sources / "exclusions" / "bay-drill.yaml").write_text(EXCLUSION.format(record="ticket: T-1055"), "utf-8")
    _, _, problems = gather(Options(sources=sources, output=sources.parent / "output"))
    assert "no ticket 'T-1055' of bay-port is in the exports" in "\n".join(map(str, problems))


CLAUSES = """\
      - {target: happy, below: 4.5, credit: 2%}
      - {target: reopened, above: 30%, credit: 3%}
    repeated_miss:
      - {target: happy, months: 1, of: 3, credit: 4%}
    termination_triggers:
      - {target: reopened, months: 1, consecutive: true}
"""


def test_credits_repeated_misses_caps_and_the_reason_to_leave_are_told(sources: Path) -> None:
    promise(sources, more=CLAUSES)
    change(sources, "agreements/sla-bay/A-01.yaml", "credit_cap: 10%", "credit_cap: 8%\ncredit_cap_year: 0.5%")
    context = report(sources)
    credits_ = context.credits
    assert (credits_.uncapped, credits_.cap, credits_.year_cap, credits_.total) == tuple(
        map(Decimal, ("9", "8", "6.0", "6.0"))
    )
    assert [(row.target, row.rule, row.months) for row in credits_.repeated] == [
        ("happy", "连续 3 个合同月中至少 1 个月未达成", ("2026-10",))
    ]
    assert [(row.service, row.target, row.months) for row in context.termination_triggers] == [
        ("app-support", "reopened", ("2026-10",))
    ]
    (document,) = (one for one in documents(sources) if one.kind == "report")
    assert document.flags == ("termination-trigger:app-support/reopened",)


def test_the_agreement_prints_the_new_terms(sources: Path) -> None:
    more = CLAUSES.replace("months: 1, of: 3", "months: 2, of: 3").replace("months: 1,", "months: 3,")
    promise(sources, more=more)
    name = "agreements/sla-bay/A-01.yaml"
    change(sources, name, "limit: 4 h, goal: 95%", "limit: 4 h, goal: 95%, grace: 5 min, on_priority_change: restart")
    change(sources, name, "limit: 2 d, goal: 90%", "limit: 2 d, goal: 90%, on_priority_change: restart")
    change(sources, name, "aggregate: median", "aggregate: median, on_priority_change: restart")
    change(sources, name, "credit_cap: 10%", "credit_cap: 10%\ncredit_cap_year: 5%")
    contexts = [one.context for one in documents(sources) if one.kind == "sla" and one.version == "A/01"]
    (context,) = (one for one in contexts if isinstance(one, AgreementContext))
    targets = {row.id: row for row in context.services[0].targets}
    assert targets["p1-resolution"].reopen == (
        "重新打开后接续计时；超过时限 5 分钟以内（含）的，视为达标；优先级调整后重新计时，按调整后的优先级衡量"
    )
    assert (targets["middle"].measure, targets["middle"].goal) == ("解决时间（中位数）", "≤ 2 小时")
    assert "计入的工单少于 5 张时不作评价" in targets["rare"].reopen
    assert [row.below for row in context.services[0].credits][1:] == [
        "低于 4.5 分", "高于 30%", "连续 3 个合同月中至少 2 个月未达成",
    ]  # fmt: skip
    assert "5%" in context.credit_year
    (trigger,) = context.termination_triggers
    assert "连续 3 个合同月未达成" in trigger
    assert {"解决时间", "解决时间（中位数）", "满意度"} <= {row.name for row in context.measures}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "limit: 4 h, goal: 95%",
            "limit: 4 h, goal: 4 h",
            "goal: '4 h' is not a percentage; write it with its sign: 99.9%",
        ),
        ("limit: 4 h, goal: 95%", "limit: 4 h, goal: 4 h, aggregate: mean", "limit does not apply to the mean of"),
        ("limit: 4 h, goal: 95%", "goal: 95%, aggregate: mean", "goal: '95%' is not a time; write it like 4 h"),
        ("limit: 4 h, goal: 95%", "goal: 4 h, aggregate: percentile", "percentile goes with aggregate: percentile"),
        ("limit: 4 h, goal: 95%", "limit: 4 h, goal: 95%, components: [web]", "components does not apply to"),
        ("goal: 99.5%, exclude", "goal: 99.5%, aggregate: median, exclude", "availability has no median"),
        ("goal: 99.5%, exclude", "goal: 99.5%, minimum_sample: 3, exclude", "minimum_sample does not apply to"),
        ("goal: 99.5%, exclude", "goal: 0.995, exclude", "goal: '0.995' is not a percentage"),
        ("below: 99.5%", "above: 99.5%", "of uptime more is better; write below: 99.5%"),
        ("below: 99.5%, ", "", "a credit needs either below or above"),
        ("below: 99.5%", "below: 4 h", "below: '4 h' is not written in the unit of the goal, 99.5%"),
        (
            "credits:",
            "termination_triggers: [{target: uptime, months: 3, of: 2}]\n    credits:",
            "3 of 2 months cannot be missed",
        ),
        (
            "credits:",
            "termination_triggers: [{target: uptime, months: 3}]\n    credits:",
            "write either consecutive: true, or of: how many months are looked at",
        ),
        (
            "limit: 2 d, goal: 90%",
            "limit: 2 d, goal: 90%, on_priority_change: restart",
            "on_priority_change is latest for another priority of resolution_time",
        ),
        (
            "limit: 2 d, goal: 90%}",
            "limit: 2 d, goal: 90%}\n      - {id: asked, measure: request_fulfilment, limit: 3 d, goal: 90%}",
            "requests of P2 are judged by request_fulfilment as well; add types: [incident]",
        ),
    ],
)
def test_a_target_that_makes_no_sense_is_told_with_what_to_write(
    sources: Path, old: str, new: str, message: str
) -> None:
    change(sources, "agreements/sla-bay/A-01.yaml", old, new)
    _, _, problems = gather(Options(sources=sources, output=sources.parent / "output"))
    assert message in "\n".join(map(str, problems))


def explained(folder: Path, name: str, **more: str) -> tuple[Any, str]:
    """The record of an explanation, and all cells of its sheet."""
    answer = explain(Options(sources=folder, output=folder.parent / "output"), Question(name, **more))
    assert answer.problems == ()
    (one,) = answer.explanations
    sheet = one.sheets[0]
    cells = [
        " ".join(row.cells)
        for section in sheet.sections
        for row in (*(Row((note,)) for note in section.notes), *section.rows)
    ]
    return one.record, "\n".join([sheet.headline, *cells])


def test_every_figure_is_explained_by_what_it_was_made_from(sources: Path) -> None:
    promise(sources)
    found = {row.target: row for row in report(sources).results}
    for target, row in found.items():
        record, _ = explained(sources, target, sla="sla-bay")
        assert (record.value, record.status, record.unit) == (row.value, row.status, row.unit)
    record, text = explained(sources, "reopened", sla="sla-bay")
    assert [(one.ticket, one.verdict) for one in record.tickets] == [
        ("T-104", "missed"), ("T-105", "met"), ("T-106", "met"),
    ]  # fmt: skip
    assert "重新打开 1\n" in text
    assert "1 ÷ 3 × 100% = 33.33333333%" in text
    record, text = explained(sources, "happy", sla="sla-bay")
    assert "8.50 ÷ 2 = 4.250000" in text
    record, text = explained(sources, "restored", sla="sla-bay")
    assert [one.service_s for one in record.interruptions] == [600]
    assert "600 s ÷ 1 = 600.000000 s" in text
    _, text = explained(sources, "uptime", sla="sla-bay")
    assert "10 分 00 秒 4 分 00 秒 影响 40%，按比例计" in text


def test_what_the_customer_agreed_not_to_count_is_explained(sources: Path) -> None:
    (sources / "exclusions").mkdir()
    (sources / "exclusions" / "bay-drill.yaml").write_text(EXCLUSION.format(record="ticket: T-105"), "utf-8")
    record, text = explained(sources, "T-105")
    assert {one.verdict for one in record.results} == {"excluded"}
    assert text.startswith("经客户同意不计入\n")


def test_the_credit_of_a_figure_is_explained_up_to_the_cap_of_the_year(sources: Path) -> None:
    promise(sources, more=CLAUSES)
    change(sources, "agreements/sla-bay/A-01.yaml", "credit_cap: 10%", "credit_cap: 8%\ncredit_cap_year: 0.5%")
    record, text = explained(sources, "happy", sla="sla-bay")
    assert (record.all_credits, record.credit_cap, record.year_cap, record.credited) == tuple(
        map(Decimal, ("9", "8", "6.0", "6.0"))
    )
    assert "重复未达成：连续 3 个合同月中至少 1 个月未达成（2026-10） 4% 适用" in text
    assert "本指标抵扣 6%" in text
