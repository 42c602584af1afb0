"""Surveys in documents: the satisfaction report, and the SLA target that is measured by a survey."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner

from pipeline.build import gather
from pipeline.cli import slm
from pipeline.merge.agreement import AgreementContext
from pipeline.merge.document import Document
from pipeline.merge.report import ReportContext, ResultRow
from pipeline.merge.survey import SurveyContext
from pipeline.model.quantities import Month
from pipeline.options import ROOT, Options
from pipeline.recount.checks import recount
from pipeline.render.renderers import Job, render_job

SMALL = ROOT / "tests" / "projects" / "small" / "sources"
SURVEY = """\
kind: survey
id: bay-users
title: 海湾港务用户满意度调查
agreement: sla-bay
purpose: 了解用户评价
audience: 全体关键用户
method: 匿名问卷
scale: {from: 1, to: 5}
overall: all
questions:
  - {id: all, text: 总体满意度}
  - {id: desk, text: 服务台, service: app-support}
rounds:
  - opens: 2026-09-01
    closes: 2026-09-20
    invited: 8
    answers: [{scores: {all: 4, desk: 5}}, {scores: {all: 4}}, {scores: {all: 3, desk: 2}}]
  - opens: 2026-10-12
    closes: 2026-10-31
    invited: 8
    answers:
      - {scores: {all: 5, desk: 5}, group: 调度}
      - {scores: {all: 4, desk: 4}, group: 调度, comment: "<b>夜里</b> {{ 7 * 7 }} 没人接 & =1+1"}
      - {scores: {all: 5, desk: 3}, group: 码头, comments: {desk: 一般}}
      - {scores: {all: 4, desk: 4}, group: 码头}
    analysis: [总体较好]
    suggestions: [夜间增加值守]
  - {opens: 2026-12-01, closes: 2026-12-20, invited: 8}
"""
HAPPY = "      - {id: happy, measure: satisfaction, survey: bay-users, goal: 4.6}\n"
TIERS = "      - {target: happy, below: 4.6, credit: 2%}\n"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The small project with a survey of three answers in September and four in October."""
    folder = Path(shutil.copytree(SMALL, tmp_path / "sources"))
    (folder / "surveys").mkdir()
    (folder / "surveys" / "bay-users.yaml").write_text(SURVEY, "utf-8")
    return folder


def promise(folder: Path, target: str = HAPPY, tiers: str = TIERS) -> None:
    path = folder / "agreements" / "sla-bay" / "A-01.yaml"
    text = path.read_text("utf-8")
    for old, new in (
        ("goal: 99.5%, exclude: [agreed-maintenance]}\n", target),
        ("      - {target: uptime, below: 99.5%, credit: 5%}\n", tiers),
    ):
        assert old in text
        text = text.replace(old, old + new)
    path.write_text(text, "utf-8")


def documents(folder: Path, month: str = "2026-10") -> tuple[Document, ...]:
    found, _, problems = gather(Options(sources=folder, output=folder.parent / "output", month=Month.parse(month)))
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    return found


def contexts(folder: Path, month: str = "2026-10") -> dict[str, SurveyContext]:
    return {one.stem: one.context for one in documents(folder, month) if isinstance(one.context, SurveyContext)}


def october(folder: Path) -> SurveyContext:
    return contexts(folder)["bay-port/surveys/bay-users_2026-10"]


def report(folder: Path, month: str = "2026-10") -> ReportContext:
    (found,) = (
        one.context
        for one in documents(folder, month)
        if isinstance(one.context, ReportContext) and "Q" not in one.stem
    )
    return found


def printed(pdf: bytes) -> str:
    """All words of a PDF, without spaces and line ends."""
    pages = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


def happy(context: ReportContext) -> ResultRow:
    (row,) = (row for row in context.results if row.target == "happy")
    return row


def test_each_round_that_closed_by_the_month_has_its_report_and_a_planned_one_has_none(sources: Path) -> None:
    assert list(contexts(sources)) == [f"bay-port/surveys/bay-users_2026-{month}" for month in ("09", "10")]
    assert list(contexts(sources, "2026-09")) == ["bay-port/surveys/bay-users_2026-09"]


def test_the_report_tells_figures_sample_change_and_words(sources: Path) -> None:
    found = october(sources)
    overall = found.overall
    assert (overall.mean, overall.n, overall.share, overall.change) == (
        Decimal("4.5"),
        4,
        Decimal(100),
        Decimal("0.833333"),
    )
    assert (overall.mean_shown, overall.change_shown, overall.share_shown) == ("4.50", "+0.83", "100.0%")
    # 4.5 ± t(3) 3.182446 × s 0.577350 ÷ √4 × √(1 - 4/8), cut at the end of the scale
    assert overall.low == Decimal("3.850386")
    assert overall.high == 5
    assert [point.shown for point in overall.history] == ["3.67", "4.50"]
    assert (found.sample.invited, found.sample.answered, found.sample.response_shown) == (8, 4, "50.0%")
    assert (found.small, found.census, found.goals) == (True, False, ())
    assert [(row.label, row.mean_shown) for row in found.rows] == [("综合满意度", "4.50"), ("应用支持", "4.00")]
    assert [row.counts for row in found.distribution] == [(0, 0, 0, 2, 2), (0, 0, 1, 2, 1)]
    assert found.groups == ()
    assert [block.title for block in found.comments] == ["应用支持 · 服务台", "总体意见"]
    assert found.comments[1].comments[0].words == "<b>夜里</b> {{ 7 * 7 }} 没人接 & =1+1"
    assert (found.analysis, found.suggestions) == (("总体较好",), ("夜间增加值守",))


def test_comments_are_printed_as_written_in_every_file(sources: Path) -> None:
    (document,) = (one for one in documents(sources) if one.stem == "bay-port/surveys/bay-users_2026-10")
    _, labels, _ = gather(Options(sources=sources, output=sources.parent / "output"))
    rendered = render_job(Job(document, ROOT / "templates", labels))
    assert rendered.problems == ()
    assert set(rendered.files) == {".pdf", ".json", ".xlsx"}
    record = json.loads(rendered.files[".json"])
    assert record["comments"][1]["comments"][0]["words"] == "<b>夜里</b> {{ 7 * 7 }} 没人接 & =1+1"
    assert record["overall"]["mean"] == 4.5
    text = printed(rendered.files[".pdf"])
    assert "<b>夜里</b>{{7*7}}没人接&=1+1" in text
    assert "综合满意度4.50分（满分5分）" in text


def test_the_service_report_prints_the_figure_of_a_survey(sources: Path) -> None:
    promise(sources)
    (document,) = (one for one in documents(sources) if one.stem == "bay-port/reports/sla-bay_2026-10")
    _, labels, _ = gather(Options(sources=sources, output=sources.parent / "output"))
    rendered = render_job(Job(document, ROOT / "templates", labels, (".pdf",)))
    assert rendered.problems == ()
    text = printed(rendered.files[".pdf"])
    assert "满意度（问卷调查）" in text
    assert "邀请8人，4人答卷有效" in text


@pytest.mark.parametrize("overall", ["overall: all\n", ""])
def test_a_figure_of_a_survey_is_recounted_from_the_scores_inside_the_report(sources: Path, overall: str) -> None:
    """Without a question about everything the score is a mean of several: 3.5 and (5 + 4 + 4) / 3 have no end."""
    promise(sources)
    path = sources / "surveys" / "bay-users.yaml"
    more = "  - {id: night, text: 夜间}\nrounds:"
    text = path.read_text("utf-8").replace("overall: all\n", overall).replace("rounds:", more)
    path.write_text(text.replace("{all: 5, desk: 5}", "{all: 5, desk: 4, night: 4}"), "utf-8")
    (document,) = (one for one in documents(sources) if one.stem == "bay-port/reports/sla-bay_2026-10")
    _, labels, _ = gather(Options(sources=sources, output=sources.parent / "output"))
    found = recount(render_job(Job(document, ROOT / "templates", labels, (".pdf",))).files[".pdf"])
    (finding,) = (one for one in found.findings if one.about == "app-support happy")
    assert finding.standing == "agrees"
    assert finding.recounted.startswith("4.5" if overall else f"{Decimal(13 + 12 + 12 + 12) / 12:.2f}")


def test_a_report_tells_of_the_last_round_up_to_its_end(sources: Path) -> None:
    (september,) = report(sources, "2026-09").satisfaction
    assert (september.number, september.answered, september.mean_shown) == (
        "BAY-USERS-2026-09",
        3,
        "3.67 分（满分 5 分）",
    )
    assert september.change_shown == ""
    (october_,) = report(sources).satisfaction
    assert (october_.number, october_.invited, october_.mean_shown) == ("BAY-USERS-2026-10", 8, "4.50 分（满分 5 分）")
    assert (october_.change_shown, october_.suggestions) == ("+0.83", ("夜间增加值守",))


def test_a_report_without_a_round_says_that_nobody_was_asked(sources: Path) -> None:
    path = sources / "surveys" / "bay-users.yaml"
    path.write_text(path.read_text("utf-8").replace("2026-09-", "2026-11-").replace("2026-10-", "2027-01-"), "utf-8")
    assert report(sources).satisfaction == ()


def test_a_target_may_be_measured_by_a_survey(sources: Path) -> None:
    promise(sources)
    row = happy(report(sources))
    assert (row.value, row.value_shown, row.goal_shown, row.status) == (Decimal("4.5"), "4.50 分", "≥ 4.6 分", "missed")
    assert (row.unit, row.count, row.credit, row.measure_label) == ("score", 4, Decimal(2), "满意度（问卷调查）")
    assert "邀请 8 人，4 人答卷有效" in row.note
    assert row.rules == ("以满意度调查 bay-users 的综合满意度为准",)
    assert report(sources).credits.total >= 2
    (goal,) = october(sources).goals
    assert (goal.status, goal.value, goal.goal_shown) == ("missed", Decimal("4.5"), "≥ 4.6 分")


def test_the_goal_itself_is_met_and_a_mean_is_never_shown_across_it(sources: Path) -> None:
    promise(sources, HAPPY.replace("4.6", "4.5"), "")
    assert happy(report(sources)).status == "met"
    path = sources / "surveys" / "bay-users.yaml"
    path.write_text(path.read_text("utf-8").replace("{scores: {all: 4, desk: 4}, group: 码头}", "{scores: {all: 4}}"))
    many = "".join(f"      - {{scores: {{all: {score}}}}}\n" for score in [4] * 100 + [5] * 99)
    path.write_text(
        path.read_text("utf-8")
        .replace("    analysis: [总体较好]", f"{many}    analysis: [总体较好]")
        .replace("invited: 8\n    answers:\n", "invited: 300\n    answers:\n"),
        "utf-8",
    )
    row = happy(report(sources))
    assert (row.status, row.value_shown) == ("missed", "4.49 分")
    assert october(sources).overall.mean_shown == "4.49"
    assert october(sources).goals[0].status == "missed"


def test_a_target_may_name_one_question(sources: Path) -> None:
    promise(sources, HAPPY.replace("bay-users,", "bay-users, question: desk,"), "")
    row = happy(report(sources))
    assert (row.value, row.count) == (Decimal(4), 4)
    assert row.rules == ("以满意度调查 bay-users 中题目 desk 的得分为准",)
    assert october(sources).goals[0].asked == "服务台"


def test_without_a_round_that_closed_in_the_period_there_is_no_data_and_no_credit(sources: Path) -> None:
    promise(sources)
    path = sources / "surveys" / "bay-users.yaml"
    path.write_text(path.read_text("utf-8").replace("closes: 2026-10-31", "closes: 2026-11-01"), "utf-8")
    row = happy(report(sources))
    assert (row.value, row.status, row.credit, row.count) == (None, "no-data", Decimal(0), 0)


def test_a_round_counts_under_the_version_in_force_when_it_closed(sources: Path) -> None:
    """A/01 is in force from October on: what closed in September is of no promise."""
    promise(sources)
    assert [row for row in report(sources, "2026-09").results if row.target == "happy"] == []
    path = sources / "surveys" / "bay-users.yaml"
    path.write_text(path.read_text("utf-8").replace("closes: 2026-10-31", "closes: 2026-10-12"), "utf-8")
    assert happy(report(sources)).value == Decimal("4.5")


def test_a_smallest_sample_counts_answers(sources: Path) -> None:
    promise(sources, HAPPY.replace("goal: 4.6", "goal: 4.6, minimum_sample: 5"))
    row = happy(report(sources))
    assert (row.value, row.status, row.credit) == (None, "no-data", Decimal(0))
    assert "样本过小：仅 4 份评分，少于约定的 5 份" in row.note
    assert row.rules == ("以满意度调查 bay-users 的综合满意度为准",)
    assert october(sources).goals[0].status == "no-data"


def test_the_agreement_says_which_survey_counts(sources: Path) -> None:
    promise(sources, HAPPY + "      - {id: called, measure: satisfaction, goal: 4}\n")
    (agreement,) = (
        one.context
        for one in documents(sources)
        if isinstance(one.context, AgreementContext) and one.agreement == "sla-bay" and one.version == "A/01"
    )
    (target,) = (row for terms in agreement.services for row in terms.targets if row.id == "happy")
    assert "以满意度调查 bay-users 的综合满意度为准" in repr(target)
    formulas = {row.name: row.formula for row in agreement.measures if "满意度" in row.name}
    assert set(formulas) == {"满意度（问卷调查）", "满意度"}
    assert "满意度调查中有效评分之和 ÷ 有效评分人数" in formulas["满意度（问卷调查）"]


def run(folder: Path, *arguments: str) -> str:
    done = CliRunner().invoke(slm, ["explain", *arguments, "--sources", str(folder)])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_figure_is_explained_from_the_scores_given(sources: Path) -> None:
    promise(sources)
    told = " ".join(run(sources, "happy", "--sla", "sla-bay").split())
    for words in ("4 × 2、5 × 2", "18 ÷ 4 = 4.500000", "计入的满意度调查", "2026年10月31日", "2%"):
        assert words in told
    (record,) = (json.loads(line) for line in run(sources, "happy", "--sla", "sla-bay", "--json").splitlines())
    assert record["rounds"] == [
        {
            "survey": "bay-users",
            "closes": "2026-10-31",
            "invited": 8,
            "scores": 4,
            "sum": 18,
            "file": "sources/surveys/bay-users.yaml",
        }
    ]
    assert (record["kept"], record["total"], record["value"], record["tickets"]) == (18, 4, 4.5, [])


def test_a_missed_survey_target_asks_for_words(sources: Path) -> None:
    promise(sources)
    _, _, problems = gather(Options(sources=sources, output=sources.parent / "output"))
    (found,) = (one for one in problems if one.code == "unexplained-miss")
    assert "app-support happy" in found.message
