"""Each target over the months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise

import jinja2

from pipeline.measure.attainment import MISSED
from pipeline.merge.report import ReportContext, ResultRow, TrendPoint
from pipeline.merge.review_pack import PackContext
from pipeline.model.catalog import Better, Unit
from pipeline.render.charts.drawing import (
    FONT,
    HUNDRED,
    WIDTH,
    Chart,
    Mark,
    draw,
    fit,
    on_axis,
    pos,
    sentences,
    target_name,
    zoom,
)

MINIS_IN_ROW, MINI_GAP, MINI_HEIGHT, MINI_SCALE, MINI_HEADER, MINI_PLOT = 4, 18.0, 94.0, 30.0, 32.0, 40.0


@dataclass(frozen=True, slots=True)
class Mini:
    """One target over the months; `line` joins adjoining months that have data, as the `d` of a path."""

    label: str
    status: str
    value: str
    goal: str
    low: str
    high: str
    x: str
    y: str
    goal_y: str
    line: str
    marks: tuple[Mark, ...]


def trends(
    context: ReportContext | PackContext, labels: Mapping[str, str], templates: jinja2.Environment
) -> Iterator[Chart]:
    """Small multiples, a picture for each service; one month alone is no trend."""
    months = context.trend_months
    if len(months) <= 1:
        return
    for service, group in groupby(context.results, key=lambda row: row.service):
        rows = list(group)
        if all(point.value is None for row in rows for point in row.trend):
            continue
        span = {"service": rows[0].service_name, "first": months[0], "last": months[-1]}
        minis = tuple(_mini(row, index) for index, row in enumerate(rows))
        svg = draw(
            templates,
            "trend",
            labels=labels,
            language=context.language,
            height=pos(-(-len(rows) // MINIS_IN_ROW) * MINI_HEIGHT),
            width=pos(_mini_width()),
            scale=pos(MINI_SCALE),
            top=pos(MINI_HEADER),
            bottom=pos(MINI_HEADER + MINI_PLOT),
            first=months[0],
            last=months[-1],
            minis=minis,
        )
        alt = [labels["chart.trend.alt"].format(**span), *_trend_findings(rows, months[-1], labels)]
        title = labels["chart.trend.title"].format(**span)
        yield Chart(f"trend-{service}", title, sentences(alt, context), svg)


def _trend_findings(rows: Sequence[ResultRow], month: str, labels: Mapping[str, str]) -> Iterator[str]:
    always = empty = 0
    for row in rows:
        measured = [point for point in row.trend if point.value is not None]
        missed = sum(point.status == MISSED for point in measured)
        if missed:
            yield labels["chart.trend.alt.item"].format(
                target=target_name(row),
                last_month=month,
                value=row.trend[-1].shown,
                goal=row.goal_written,
                months=len(measured),
                missed=missed,
            )
        always += bool(measured) and not missed
        empty += not measured
    if always:
        yield labels["chart.trend.alt.met"].format(count=always)
    if empty:
        yield labels["chart.trend.alt.no_data"].format(count=empty)


def _mini(row: ResultRow, index: int) -> Mini:
    x = (index % MINIS_IN_ROW) * (_mini_width() + MINI_GAP)
    y = (index // MINIS_IN_ROW) * MINI_HEIGHT
    last = row.trend[-1]
    room = _mini_width() - 12 - 0.6 * FONT * len(last.shown) - (14 if last.status == MISSED else 0)
    numbers = [row.goal, *(point.value for point in row.trend if point.value is not None)]
    share = row.unit == Unit.PERCENT
    low, high = (zoom(numbers), HUNDRED) if share else (Decimal(0), max(*numbers, Decimal(1)))
    bottom, top = MINI_HEADER + MINI_PLOT, MINI_HEADER
    left, right = MINI_SCALE + 5, _mini_width() - 5
    step = (right - left) / (len(row.trend) - 1)
    places = [
        (point, left + step * position, on_axis(point.value, low, bottom, top, high))
        for position, point in enumerate(row.trend)
    ]
    return Mini(
        label=fit(target_name(row), room),
        status=last.status,
        value=last.shown,
        goal=row.goal_written if row.better == Better.HIGHER else row.goal_shown,
        low=f"{low}%" if share else "0",
        high=f"{high}%" if share else "",
        x=pos(x),
        y=pos(y),
        goal_y=pos(on_axis(row.goal, low, bottom, top, high) or bottom),
        line="".join(_segments(places)),
        marks=tuple(Mark(point.status, pos(when), pos(height)) for point, when, height in places if height is not None),
    )


def _segments(places: Sequence[tuple[TrendPoint, float, float | None]]) -> Iterator[str]:
    for (_, x1, y1), (_, x2, y2) in pairwise(places):
        if y1 is not None and y2 is not None:
            yield f"M{pos(x1)} {pos(y1)}L{pos(x2)} {pos(y2)}"


def _mini_width() -> float:
    return (WIDTH - MINI_GAP * (MINIS_IN_ROW - 1)) / MINIS_IN_ROW
