"""Words on a month: they reach the report, a miss that nobody explains is told, slips of ids are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.build import gather, prepare
from pipeline.options import Options
from tests.merge.test_reporting import change, promise, report
from tests.merge.test_reporting import sources as sources  # noqa: PLC0414 - a fixture

WORDS = """\
kind: commentary
month: 2026-10
agreements:
  sla-bay:
    summary: 本月满意度略低。
    misses:
      - {service: app-support, target: happy, cause: 回复语气生硬, action: 完成培训, owner: 陈安, due: 2026-11-15}
    major:
      - {ticket: T-104, performance: 接口运行正常}
    plan: [增加回访]
"""
UNHAPPY = "      - {id: happy, measure: satisfaction, goal: 4.5}\n"


def write(folder: Path, words: str = WORDS) -> None:
    (folder / "metrics" / "2026-10" / "commentary.yaml").write_text(words, "utf-8")


def warnings(folder: Path) -> list[str]:
    _, _, problems = gather(Options(sources=folder, output=folder.parent / "output", kinds=("reports",)))
    return [str(one) for one in problems if one.code == "unexplained-miss"]


def test_the_words_of_the_administrator_reach_the_report(sources: Path) -> None:
    promise(sources, UNHAPPY)
    write(sources)
    context = report(sources)
    assert context.message == "本月满意度略低。"
    assert context.plan == ("增加回访",)
    (miss,) = context.misses
    assert (miss.target_name, miss.value_shown, miss.goal_shown) == ("满意度", "4.25 分", "≥ 4.5 分")
    assert (miss.cause, miss.action, miss.owner, miss.due) == (
        "回复语气生硬", "完成培训", "陈安", "2026年11月15日",
    )  # fmt: skip
    (major, *_) = context.major
    assert major.afterwards.startswith("接口运行正常；恢复后至期末，该服务受理工单 ")


def test_a_miss_that_nothing_explains_is_told_where_to_explain_it(sources: Path) -> None:
    promise(sources, UNHAPPY)
    (told,) = warnings(sources)
    assert told.startswith(
        "sources/metrics/2026-10/commentary.yaml:1:1: warning: nothing says why sla-bay missed app-support happy;"
    )
    write(sources)
    assert warnings(sources) == []


def test_a_cause_in_the_exports_explains_a_miss(sources: Path) -> None:
    late = "      - {id: late, measure: response_time, priority: P2, aggregate: count, limit: 1 min, goal: 0}\n"
    promise(sources, late)
    assert len(warnings(sources)) == 1
    change(sources, "imports/desk.yaml", "  summary: 摘要\n", "  summary: 摘要\n  cause: 摘要\n")
    assert warnings(sources) == []
    (miss,) = report(sources).misses
    assert (miss.cause, miss.action) == ("菜单缺失", "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("sla-bay", "sla-bey", "4:3: error: unknown SLA 'sla-bey'; did you mean 'sla-bay'?"),
        ("app-support", "app-suport", "unknown service 'app-suport'; did you mean 'app-support'?"),
        ("target: happy", "target: hapy", "unknown target 'hapy'; did you mean 'happy'?"),
        ("month: 2026-10", "month: 2026-11", "this commentary belongs into sources/metrics/2026-11/commentary.yaml"),
        ("    plan: [", "    actions: [{id: act-9, state: done}]\n    plan: [", "unknown action of a review 'act-9'"),
    ],
)
def test_a_slip_in_the_words_is_told_with_its_place(sources: Path, old: str, new: str, message: str) -> None:
    promise(sources, UNHAPPY)
    write(sources, WORDS.replace(old, new))
    assert message in "\n".join(map(str, prepare(Options(sources=sources)).problems))


def test_actions_of_the_last_review_are_followed_until_they_are_done(sources: Path) -> None:
    change(sources, "reviews/bay-2026-10.yaml", "date: 2026-11-05", "date: 2026-10-20")
    change(sources, "reviews/bay-2026-10.yaml", "due: 2026-11-30", "due: 2026-10-30")
    context = report(sources)
    assert context.review == "2026年10月20日"
    assert [(one.id, one.state, one.overdue, one.note) for one in context.follow_ups] == [("act-1", "open", True, "")]
    write(sources, WORDS.partition("    misses")[0] + "    actions: [{id: act-1, state: done, note: 已验收}]\n")
    found = [(one.id, one.state, one.overdue, one.note) for one in report(sources).follow_ups]
    assert found == [("act-1", "done", False, "已验收")]
