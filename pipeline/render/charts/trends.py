"""Each target over the months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from math import ceil

import jinja2

from pipeline.measure.attainment import MISSED
from pipeline.merge.report import ReportContext, ResultRow, TrendPoint
from pipeline.merge.review_pack import PackContext
from pipeline.model.catalog import Unit
from pipeline.render.charts.drawing import (
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
    text_width,
    zoom,
)

MINIS_IN_ROW, MINI_GAP, MINI_SCALE, MINI_HEADER, MINI_PLOT, MINI_FOOT = 4, 18.0, 30.0, 32.0, 40.0, 22.0
LINE = 12.0
"""A line more above the plots of a service with times, which are too long to stand beside a name."""

_STEPS = (60, 600, 3600)
"""What the top of an axis of times is a multiple of, in seconds."""


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
        header = MINI_HEADER + (LINE if any(row.unit == Unit.SECOND for row in rows) else 0.0)
        minis = tuple(_mini(row, index, header) for index, row in enumerate(rows))
        svg = draw(
            templates,
            "trend",
            labels=labels,
            language=context.language,
            height=pos(-(-len(rows) // MINIS_IN_ROW) * _mini_height(header)),
            width=pos(_mini_width()),
            scale=pos(MINI_SCALE),
            top=pos(header),
            bottom=pos(header + MINI_PLOT),
            apart=header > MINI_HEADER,
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
                value=row.value_shown,
                goal=row.goal_shown,
                months=len(measured),
                missed=missed,
            )
        always += bool(measured) and not missed
        empty += not measured
    if always:
        yield labels["chart.trend.alt.met"].format(count=always)
    if empty:
        yield labels["chart.trend.alt.no_data"].format(count=empty)


def _mini(row: ResultRow, index: int, header: float) -> Mini:
    x = (index % MINIS_IN_ROW) * (_mini_width() + MINI_GAP)
    y = (index // MINIS_IN_ROW) * _mini_height(header)
    last = row.trend[-1]
    room = _mini_width()
    if header == MINI_HEADER:
        room -= 12 + 1.1 * text_width(row.value_shown) + (14 if last.status == MISSED else 0)
    numbers = [row.goal, *(point.value for point in row.trend if point.value is not None)]
    share = row.unit == Unit.PERCENT
    low, high = (zoom(numbers), HUNDRED) if share else (Decimal(0), _top(max(numbers), row.unit))
    bottom, top = header + MINI_PLOT, header
    left, right = MINI_SCALE + 5, _mini_width() - 5
    step = (right - left) / (len(row.trend) - 1)
    places = [
        (point, left + step * position, on_axis(point.value, low, bottom, top, high))
        for position, point in enumerate(row.trend)
    ]
    return Mini(
        label=fit(target_name(row), room),
        status=last.status,
        value=row.value_shown,
        goal=row.goal_shown,
        low=f"{low}%" if share else "0",
        high=f"{high}%" if share else _scale(high, row.unit),
        x=pos(x),
        y=pos(y),
        goal_y=pos(on_axis(row.goal, low, bottom, top, high) or bottom),
        line="".join(_segments(places)),
        marks=tuple(Mark(point.status, pos(when), pos(height)) for point, when, height in places if height is not None),
    )


def _top(highest: Decimal, unit: str) -> Decimal:
    """Where an axis from zero ends: a round number that nothing exceeds."""
    if unit == Unit.SECOND:
        step = next((one for one in _STEPS if highest <= 20 * one), _STEPS[-1])
        return Decimal(step * max(ceil(highest / step), 1))
    return Decimal(max(ceil(highest), 1))


def _scale(number: Decimal, unit: str) -> str:
    """The top of an axis, short enough to stand beside it."""
    if unit != Unit.SECOND:
        return f"{number}"
    hours, rest = divmod(int(number), 3600)
    return f"{int(number) // 60} min" if rest else f"{hours} h"


def _segments(places: Sequence[tuple[TrendPoint, float, float | None]]) -> Iterator[str]:
    for (_, x1, y1), (_, x2, y2) in pairwise(places):
        if y1 is not None and y2 is not None:
            yield f"M{pos(x1)} {pos(y1)}L{pos(x2)} {pos(y2)}"


def _mini_height(header: float) -> float:
    return header + MINI_PLOT + MINI_FOOT


def _mini_width() -> float:
    return (WIDTH - MINI_GAP * (MINIS_IN_ROW - 1)) / MINIS_IN_ROW
