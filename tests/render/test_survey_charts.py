"""Charts of a satisfaction report: what they say in words, what they draw, and that they never pretend."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipeline.build import gather
from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.merge.survey import SurveyContext
from pipeline.options import ROOT, Options
from pipeline.render.charts import Chart, survey_charts
from pipeline.render.templates import environment

TEMPLATES = environment(ROOT / "templates")
LABELS, _ = load_labels(ROOT / "templates", all_covered)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SurveyContext]:
    """The satisfaction reports of the demonstration company."""
    output: Path = tmp_path_factory.mktemp("output")
    documents, _, _ = gather(Options(output=output, kinds=("satisfaction",)))
    return {one.stem.split("/")[-1]: one.context for one in documents if isinstance(one.context, SurveyContext)}


def drawn(context: SurveyContext) -> dict[str, Chart]:
    return {chart.id: chart for chart in survey_charts(context, LABELS[context.language], TEMPLATES)}


def texts(chart: Chart) -> list[str]:
    return [one.text or "" for one in ET.fromstring(chart.svg).iter(f"{SVG}text")]


def test_the_alternative_texts_state_the_findings(reports: dict[str, SurveyContext]) -> None:
    charts = drawn(reports["harbour-satisfaction_2026-06"])
    assert {name: chart.alt for name, chart in charts.items()} == {
        "scores": "综合满意度 4.39 分，满分 5 分。"
        "评价最高：故障响应速度（4.61 分）；评价最低：夜间故障的进展通报（3.75 分）。",
        "moods": "36 人评分：33 人满意，3 人一般，0 人不满意，满意率 91.7%。"
        "不满意比例最高的是夜间故障的进展通报：36 人中有 4 人。",
        "rounds": "3 轮调查，综合满意度由 2025-06 的 4.20 分变为 2026-06 的 4.39 分。",
    }


def test_every_row_has_its_figure_and_every_axis_its_scale(reports: dict[str, SurveyContext]) -> None:
    context = reports["nordwind-satisfaction_2026-10"]
    charts = drawn(context)
    for row in context.rows:
        assert row.mean_shown in texts(charts["scores"])
        assert row.share_shown in texts(charts["moods"])
    assert {"3", "3.5", "4", "4.5", "5"} <= set(texts(charts["scores"]))
    assert {"Dissatisfied", "Neutral", "Satisfied"} <= set(texts(charts["moods"]))


def test_the_first_round_has_no_trend_and_nothing_to_compare_with(reports: dict[str, SurveyContext]) -> None:
    charts = drawn(reports["nordwind-satisfaction_2025-10"])
    assert set(charts) == {"scores", "moods"}
    assert LABELS["en"]["survey.chart.before"] not in texts(charts["scores"])


def test_without_answers_there_is_no_chart(reports: dict[str, SurveyContext]) -> None:
    context = reports["nordwind-satisfaction_2025-10"]
    rows = tuple(replace(row, n=0, mean=None, low=None, high=None, history=()) for row in context.rows)
    assert drawn(replace(context, rows=rows, overall=rows[0])) == {}


def test_no_coordinate_lies_outside_of_the_picture(reports: dict[str, SurveyContext]) -> None:
    for context in reports.values():
        for chart in drawn(context).values():
            picture = ET.fromstring(chart.svg)
            width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
            for text in picture.iter(f"{SVG}text"):
                assert 0 <= float(text.attrib["x"]) <= width
                assert 0 <= float(text.attrib["y"]) <= height
            for dot in picture.iter(f"{SVG}circle"):
                assert 0 <= float(dot.attrib["cx"]) <= width
                assert 0 <= float(dot.attrib["cy"]) <= height


def test_the_same_report_gives_the_same_bytes(reports: dict[str, SurveyContext]) -> None:
    for context in reports.values():
        assert drawn(context) == drawn(context)
