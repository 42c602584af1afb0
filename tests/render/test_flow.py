"""The flow chart: complete, inside its frame, nothing on top of anything else, whatever the procedure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from lxml import etree

from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.load.sources import load_portfolio
from pipeline.merge.procedure import ActivityBlock, ProcedureContext, Way, procedure_context
from pipeline.merge.words import Labels, Words
from pipeline.options import ROOT
from pipeline.render.flow import WIDTH, _wrapped, flow_alt, flow_svg
from pipeline.render.templates import environment

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def labels() -> Labels:
    return load_labels(ROOT / "templates", all_covered)[0]


def demo(labels: Labels, language: str) -> ProcedureContext:
    portfolio, _ = load_portfolio(ROOT / "sources", all_covered)
    assert portfolio is not None
    assert portfolio.procedure is not None
    return procedure_context(portfolio, portfolio.procedure, Words(language, labels[language]))


def activity(identifier: str, *ways: tuple[str, str], decision: str = "") -> ActivityBlock:
    return ActivityBlock(
        id=identifier,
        name="does something",
        stage="Do",
        responsible=("Manager",),
        responsible_text="Manager",
        inputs=("what comes in",),
        steps=(),
        outputs=("what goes out",),
        decision=decision,
        ways=tuple(Way(to, to, when) for to, when in ways),
        ways_text="",
    )


def draw(context: ProcedureContext, labels: Labels) -> etree._Element:
    svg, _ = flow_svg(context, labels[context.language], environment(ROOT / "templates"))
    return etree.fromstring(svg.encode())


def boxes(svg: etree._Element) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every rectangle and diamond but the bands within boxes."""
    found = []
    for one in svg.iter(f"{SVG}rect"):
        x, y, width, height = (float(one.get(name, "0")) for name in ("x", "y", "width", "height"))
        found.append((x, y, x + width, y + height))
    for one in svg.iter(f"{SVG}path"):
        diamond = re.fullmatch(r"M([\d.]+) ([\d.]+)m-([\d.]+) 0l[\d.]+ -([\d.]+)l.*z", one.get("d", ""))
        if diamond:
            x, y, width, height = map(float, diamond.groups())
            found.append((x - width, y - height, x + width, y + height))
    bands = {one for one in found for other in found if one != other and one[:2] == other[:2] and one[3] == other[3]}
    return [one for one in found if one not in bands or one[2] - one[0] > 100]


def lines(svg: etree._Element) -> list[list[tuple[float, float]]]:
    """The polygons that arrows run along."""
    drawn = next(svg.iter(f"{SVG}path")).get("d", "")
    return [
        [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", part)]
        for part in re.findall(r"M[^M]+", drawn)
        if "V" not in part and "v" not in part
    ]


def words(svg: etree._Element) -> str:
    return "".join("".join(map(str, one.itertext())) for one in svg.iter(f"{SVG}text")).replace(" ", "")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_everything_that_the_procedure_says_is_drawn(labels: Labels, language: str) -> None:
    context = demo(labels, language)
    drawn = words(draw(context, labels))
    told = [*context.triggers, *(one.name for one in context.processes)]
    for one in context.activities:
        told += [one.id + one.name, one.decision, one.stage, *one.responsible, *one.inputs]
        told += [way.when for way in one.ways]
    assert [text for text in told if text.replace(" ", "") not in drawn.replace("•", "")] == []


CHARTS = {
    "straight on": (activity("A1", ("A2", "")), activity("A2", ("end", ""))),
    "back without a question": (activity("A1", ("A2", "")), activity("A2", ("A1", ""))),
    "two loops on one side": (
        activity("A1", ("A2", "")),
        activity("A2", ("A3", "on"), ("A1", "again"), decision="Good?"),
        activity("A3", ("end", "done"), ("A1", "again"), ("A2", "almost"), decision="Good?"),
    ),
    "an early end": (
        activity("A1", ("A2", "on"), ("end", "stop"), decision="Wanted?"),
        activity("A2", ("A3", "")),
        activity("A3", ("end", "")),
    ),
    "nothing goes straight on": (
        activity("A1", ("A2", "")),
        activity("A2", ("A1", "again"), ("process", "other"), ("end", "stop"), decision="What now?"),
        activity("A3", ("end", "")),
    ),
    "a process without a question": (activity("A1", ("process", "")), activity("A2", ("end", ""))),
}


@pytest.fixture(params=["demo zh-CN", "demo en", *CHARTS])
def chart(request: pytest.FixtureRequest, labels: Labels) -> etree._Element:
    _, _, language = request.param.partition("demo ")
    context = demo(labels, language or "en")
    if not language:
        process = replace(context.processes[0], id="process", ways=(Way("A2", "A2", "back"),))
        context = replace(context, activities=CHARTS[request.param], processes=(process,))
    return draw(context, labels)


def test_no_box_lies_on_another_or_outside(chart: etree._Element) -> None:
    height = float(chart.get("height", "0"))
    placed = boxes(chart)
    assert [one for one in placed if one[0] < 0 or one[1] < 0 or one[2] > WIDTH or one[3] > height] == []
    overlapping = [
        (one, other)
        for one, other in combinations(placed, 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]
    assert overlapping == []


def test_lines_run_straight_inside_the_frame_and_through_no_box(chart: etree._Element) -> None:
    placed = boxes(chart)
    for line in lines(chart):
        assert all(0 < x < WIDTH for x, _ in line)
        for (x1, y1), (x2, y2) in pairwise(line):
            assert x1 == x2 or y1 == y2
            assert [one for one in placed if crosses(one, (x1, y1, x2, y2))] == []


def crosses(box: Sequence[float], line: Sequence[float]) -> bool:
    """Whether a line runs through the inside of a box; along or up to its edge is fine."""
    left, top, right, bottom = box
    x1, x2 = sorted((line[0], line[2]))
    y1, y2 = sorted((line[1], line[3]))
    return x1 < right - 0.1 and x2 > left + 0.1 and y1 < bottom - 0.1 and y2 > top + 0.1


def test_ways_around_on_one_side_do_not_share_a_lane(chart: etree._Element) -> None:
    upright = [
        (x1, *sorted((y1, y2)))
        for line in lines(chart)
        for (x1, y1), (x2, y2) in pairwise(line)
        if x1 == x2 and (x1 < 30 or x1 > WIDTH - 30)
    ]
    shared = [pair for pair in combinations(upright, 2) if pair[0][0] == pair[1][0] and touch(*pair)]
    assert shared == []


def touch(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[1] <= other[2] and other[1] <= one[2]


def test_the_same_procedure_gives_the_same_chart(labels: Labels) -> None:
    context, templates = demo(labels, "zh-CN"), environment(ROOT / "templates")
    assert flow_svg(context, labels["zh-CN"], templates) == flow_svg(context, labels["zh-CN"], templates)


def test_the_chart_is_told_in_words_as_well(labels: Labels) -> None:
    told = flow_alt(demo(labels, "en"), labels["en"])
    assert told.startswith("Flow chart of the Service Level Management Procedure.")
    assert "Beyond the catalogue? Goes on with: No: SLM3" in told
    assert "Change and release process leads back: SLM1 Plan service level management." in told


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("服务战略、能力或资源", 50.0, ["服务战略、", "能力或资源"]),
        ("编制 SLA 与 OLA 文件", 60.0, ["编制 SLA 与", "OLA 文件"]),
        ("two words", 30.0, ["two", "words"]),
        ("indivisible", 10.0, ["indivisible"]),
        ("", 50.0, []),
    ],
)
def test_text_breaks_between_words_and_never_before_a_closing_mark(
    text: str, width: float, expected: list[str]
) -> None:
    assert _wrapped(text, 10.0, width) == expected
