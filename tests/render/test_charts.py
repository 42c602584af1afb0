"""Charts: what they say in words, what they draw, and that they never pretend."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.merge.blocks import AgreementRef, PartyBlock
from pipeline.merge.report import (
    CreditSummary,
    DayCell,
    DayRow,
    DistributionBar,
    LoadPoint,
    Period,
    ReportContext,
    ResultRow,
    Rows,
    SpreadRow,
    Summary,
    TrendPoint,
)
from pipeline.options import ROOT
from pipeline.render.charts import Chart, charts
from pipeline.render.templates import environment

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")
TEMPLATES = environment(ROOT / "templates")
LABELS, _ = load_labels(ROOT / "templates", all_covered)
SVG = "{http://www.w3.org/2000/svg}"


def status_of(value: Decimal | None, goal: Decimal) -> str:
    return "no-data" if value is None else "met" if value >= goal else "missed"


def row(history: str, *, goal: str = "95", priority: str = "P1", service: str = "network") -> ResultRow:
    """A target by its values of the last months, `-` where there are none; without a priority it is availability."""
    values = [None if one == "-" else Decimal(one) for one in history.split()]
    measure = "resolution_time" if priority else "availability"
    wanted = Decimal(goal)
    points = tuple(
        TrendPoint(month, value, "—" if value is None else f"{value}%", status_of(value, wanted))
        for month, value in zip(MONTHS[-len(values) :], values, strict=True)
    )
    last = points[-1]
    return ResultRow(
        target=f"{priority}-{measure}",
        service=service,
        service_name=service.title(),
        measure=measure,
        measure_label=LABELS["en"][f"measure.{measure}"],
        priority=priority,
        unit="%",
        limit="4 h" if priority else "",
        goal=wanted,
        value=last.value,
        count=0,
        met=0,
        missed=0,
        set_aside=0,
        status=last.status,
        credit=Decimal(0),
        version="A/00",
        goal_shown=f"{goal}%",
        value_shown=last.shown,
        status_label=last.status,
        credit_shown="",
        formula="",
        calendar="",
        note="",
        trend=points,
        better="higher",
        aggregate="share",
        goal_written=f"{goal}%",
        excluded=0,
        standard="",
        rules=(),
    )


def report(*results: ResultRow, bars: tuple[DistributionBar, ...] = (), language: str = "en") -> ReportContext:
    met, missed, no_data = (sum(one.status == status for one in results) for status in ("met", "missed", "no-data"))
    party = PartyBlock("x", "X", "X", "", "", "")
    return ReportContext(
        language=language,
        title="",
        number="",
        period=Period("", "", "Asia/Shanghai", "", "", "", ""),
        agreement=AgreementRef("sla-x", "SLA-X", "A/00", "", "", ""),
        versions=("A/00",),
        provider=party,
        customer=party,
        purpose="",
        audience=(),
        prepared_by="",
        approved_by="",
        summary=Summary(len(results), met, missed, no_data, ""),
        results=results,
        breaches=(),
        major=(),
        outages=(),
        workload=(),
        distribution=bars,
        trend_months=MONTHS[-len(results[0].trend) :] if results else (),
        credits=CreditSummary(Decimal(0), None, Decimal(0), "", "", "", ""),
        counting_rule="",
        rows=Rows(0, 0, 0),
        set_aside=(),
        incomplete=(),
        sources=(),
        records_keeper="",
        retention_years=3,
        exclusions=(),
        termination_triggers=(),
        days=(),
        spread=(),
        loads=(),
        message="",
        misses=(),
        plan=(),
        review="",
        follow_ups=(),
        satisfaction=(),
    )


def draw(context: ReportContext) -> dict[str, Chart]:
    return {chart.id: chart for chart in charts(context, LABELS[context.language], TEMPLATES)}


def texts(chart: Chart) -> list[str]:
    return ["".join(one.itertext()) for one in ET.fromstring(chart.svg).iter(f"{SVG}text")]


def paths(chart: Chart, **attributes: str) -> list[str]:
    """The `d` of the paths that have these attributes (`stroke_width` for stroke-width)."""
    wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
    found = ET.fromstring(chart.svg).iter(f"{SVG}path")
    return [one.get("d", "") for one in found if wanted.items() <= one.attrib.items()]


def bar_widths(chart: Chart, fill: str) -> list[float]:
    """How wide the bars of a colour are; the patch in the legend, 14 wide, is no bar."""
    widths = [re.search(r"h(\d+\.\d\d)v", path) for path in paths(chart, fill=fill)]
    return [float(width[1]) for width in widths if width]


def test_the_words_for_a_picture_name_every_target_that_was_missed() -> None:
    drawn = draw(report(row("91.7"), row("100", priority="P2"), row("-", priority="P3")))
    assert drawn["attainment"].alt == (
        "3 service targets: 1 met, 1 missed, 1 without data. Missed: Network P1 Resolution time 91.7% against 95%."
    )


def test_the_words_are_in_the_language_of_the_document() -> None:
    drawn = draw(report(row("91.7"), language="zh-CN"))
    assert drawn["attainment"].alt.startswith(
        "1 项服务指标：达成 0 项，未达成 1 项，无数据 0 项。未达成的有：Network P1"
    )


def test_a_share_of_tickets_is_drawn_from_zero_in_true_proportion() -> None:
    (full,) = bar_widths(draw(report(row("100")))["attainment"], "#2e6da4")
    (half,) = bar_widths(draw(report(row("50")))["attainment"], "url(#hatch)")
    assert half == pytest.approx(full / 2, abs=4)  # "100%" takes a little more room beside the axis than "50%"
    assert {"0%", "100%"} <= set(texts(draw(report(row("100")))["attainment"]))


def test_a_missed_target_is_hatched_and_not_only_of_another_colour() -> None:
    chart = draw(report(row("90"), row("96", priority="P2")))["attainment"]
    assert len(bar_widths(chart, "url(#hatch)")) == 1
    assert len(bar_widths(chart, "#2e6da4")) == 1


def test_a_zoomed_axis_says_where_it_starts_and_draws_no_bars() -> None:
    chart = draw(report(row("99.97", goal="99.9", priority="")))["attainment"]
    assert "Availability: the axis starts at 99.8%, not at zero, to make differences visible" in texts(chart)
    assert "99.8%" in texts(chart)
    assert bar_widths(chart, "#2e6da4") == []


@pytest.mark.parametrize(
    ("value", "goal", "start"),
    [("0", "99.9", "0"), ("98.5", "99.9", "98"), ("100", "99", "98"), ("100", "100", "99.9")],
)
def test_a_zoomed_axis_leaves_out_no_value(value: str, goal: str, start: str) -> None:
    chart = draw(report(row(value, goal=goal, priority="")))["attainment"]
    assert any(f"starts at {start}%" in text for text in texts(chart))


def test_a_target_without_data_has_no_bar_but_keeps_its_place() -> None:
    chart = draw(report(row("-"), row("100", priority="P2")))["attainment"]
    assert len(bar_widths(chart, "#2e6da4")) == 1
    assert texts(chart).index("P1 Resolution time") < texts(chart).index("—") < texts(chart).index("P2 Resolution time")


def test_a_month_without_any_data_has_no_picture() -> None:
    assert draw(report(row("-"))) == {}


def test_many_targets_stand_in_two_columns_and_every_one_is_drawn() -> None:
    rows = [row("100", priority=f"P{number}", service=name) for name in ("network", "server") for number in range(8)]
    chart = draw(report(*rows))["attainment"]
    assert len(bar_widths(chart, "#2e6da4")) == len(rows)
    assert float(ET.fromstring(chart.svg).get("height", "0")) < 17 * len(rows)


def test_one_service_with_many_targets_is_not_squeezed_into_half_a_page() -> None:
    chart = draw(report(*(row("100", priority=f"P{number}") for number in range(14))))["attainment"]
    assert min(bar_widths(chart, "#2e6da4")) > 400


def test_tickets_over_the_limit_are_counted_beside_those_within() -> None:
    bars = (DistributionBar("P1 Response time", 30, 0), DistributionBar("P2 Response time", 9, 6))
    chart = draw(report(row("100"), bars=bars))["distribution"]
    assert chart.alt == (
        "45 judgements against time limits: 39 within the limit, 6 over it. "
        "Most often over the limit: P2 Response time, 6 of 15."
    )
    assert {"30", "9 + 6"} <= set(texts(chart))
    thirty, nine = bar_widths(chart, "#2e6da4")
    assert nine / thirty == pytest.approx(9 / 30, abs=0.001)


def test_without_tickets_there_is_no_distribution() -> None:
    assert "distribution" not in draw(report(row("100"), bars=(DistributionBar("P1", 0, 0),)))


def test_a_trend_breaks_where_a_month_has_no_data() -> None:
    chart = draw(report(row("100 - 97 96")))["trend-network"]
    (line,) = paths(chart, stroke="#2e6da4")
    assert line.count("M") == line.count("L") == 1
    (dots,) = paths(chart, fill="#2e6da4")
    assert dots.count("M") == 3


def test_a_missed_month_is_a_triangle_in_the_trend() -> None:
    chart = draw(report(row("100 80 97 91")))["trend-network"]
    (triangles,) = paths(chart, fill="#c25700")
    assert triangles.count("M") == 2
    assert "▲ 91%" in texts(chart)


def test_the_words_for_a_trend_tell_how_often_a_target_was_missed() -> None:
    rows = (row("100 80 - 91"), row("100 100 100 100", priority="P2"), row("- - - -", priority="P3"))
    assert draw(report(*rows))["trend-network"].alt == (
        "Network, 2026-07 to 2026-10. P1 Resolution time: 91% against 95% in 2026-10; months missed: 2 of 3 with data. "
        "Targets met in every month with data: 1. Targets without any data: 1."
    )


def test_every_small_chart_names_both_ends_of_its_own_scale() -> None:
    chart = draw(report(row("100 97 100 96"), row("100 40 100 100", priority="P2")))["trend-network"]
    assert texts(chart).count("100%") >= 2
    assert {"90%", "20%"} <= set(texts(chart))


def test_one_month_is_no_trend() -> None:
    assert set(draw(report(row("100")))) == {"attainment"}


def test_each_service_has_a_trend_of_its_own() -> None:
    drawn = draw(report(row("100 100"), row("100 100", service="server")))
    assert set(drawn) == {"attainment", "trend-network", "trend-server"}


def test_names_are_escaped_and_cut_rather_than_drawn_over_the_picture() -> None:
    long = replace(row("100"), measure_label="Time to <restore> & confirm the whole service of every single site")
    shown = texts(draw(report(long))["attainment"])
    assert any(re.fullmatch(r"P1 Time to <restore> & .*…", text) for text in shown)


def test_the_same_report_gives_the_same_picture() -> None:
    context = report(row("100 80 97 91"), bars=(DistributionBar("P1", 3, 1),))
    again = charts(context, LABELS["en"], environment(ROOT / "templates"))
    assert again == charts(context, LABELS["en"], TEMPLATES)
    assert not any(re.search(r"\d\.\d{3}|-0\.00", chart.svg) for chart in again)


def test_the_availability_calendar_says_and_hatches_the_bad_days() -> None:
    states = [
        ("2026-10-01", "up", 0),
        ("2026-10-02", "closed", 0),
        ("2026-10-03", "down", 60),
        ("2026-10-04", "below", 900),
    ]
    cells = tuple(DayCell(day, state, 28800, Decimal(down), f"{down // 60} min") for day, state, down in states)
    context = replace(report(), days=(DayRow("network", "Network", "≥ 99.9%", cells),))
    chart = draw(context)["days"]
    assert chart.alt == (
        "Network: interruptions on 2 of 3 service days: 2026-10-03, down 1 min, "
        "2026-10-04, down 15 min (below the goal on that day)."
    )
    assert chart.svg.count("m1 -7h14v14h-14z") == 3
    assert chart.svg.count('fill="url(#hatch)"') == 2  # the day and its key


def test_the_spread_of_times_counts_the_late_right_of_the_limit() -> None:
    row = SpreadRow("network", "Network", "p1", "P1 Resolution time", (3, 1, 0, 2, 0, 1, 0))
    chart = draw(replace(report(), spread=(row,)))["spread"]
    assert chart.alt == (
        "7 tickets: 4 took at most half of their limit, 2 between 75% and 100% of it, 1 more than the limit."
    )
    shown = texts(chart)
    assert [one for one in shown if one.isdigit()] == ["3", "1", "2", "1"]
    assert shown.index("Limit") > shown.index("> 200%")


def test_the_chart_of_loads_needs_two_months_and_says_whether_work_piles_up() -> None:
    points = (LoadPoint("2026-09", 5, 3, 2), LoadPoint("2026-10", 8, 4, 6))
    assert "loads" not in draw(replace(report(), loads=points[1:]))
    chart = draw(replace(report(), loads=points))["loads"]
    assert chart.alt == (
        "Of the last 2 months 2026-10 had the most tickets opened, 8. In 2026-10 8 were opened and 4 resolved; "
        "6 were open at its end, 2 a month before."
    )
    assert [one for one in texts(chart) if one.isdigit()] == ["5", "3", "2", "8", "4", "6"]
