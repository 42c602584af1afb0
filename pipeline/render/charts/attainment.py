"""Figures against goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

import jinja2

from pipeline.measure.attainment import MISSED
from pipeline.merge.report import ReportContext, ResultRow
from pipeline.model.catalog import Better, MeasureName, Unit
from pipeline.render.charts.drawing import (
    HEADING,
    LEGEND,
    ROW,
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

GUTTER = 28.0
FOOT = 18.0
NOTE = 16.0
LABEL = 200.0
"""The widest that the labels left of an axis may get."""

ONE_COLUMN = 10
"""Bars that stand in one column; more are split in two, so that they do not fill a page."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One target: a bar from the start of its axis to its value, a goal line, and its mark on a zoomed axis."""

    label: str
    status: str
    y: str
    width: str
    goal_x: str
    value: str
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Panel:
    """Targets that share an axis from `left` to `right`, its scale at `foot`; values end at `edge`."""

    heading: str
    x: str
    y: str
    left: str
    right: str
    edge: str
    foot: str
    bars: tuple[Bar, ...]


def attainment(context: ReportContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Chart | None:
    """Shares of tickets as bars from 0 to 100%; availability, all of it near 100%, as dots on a zoomed axis."""
    rows = [row for row in context.results if row.unit == Unit.PERCENT]
    if all(row.value is None for row in rows):
        return None
    others = len(rows) < len(context.results)
    shares = [row for row in rows if row.measure != MeasureName.AVAILABILITY]
    uptimes = [row for row in rows if row.measure == MeasureName.AVAILABILITY]
    start = zoom([number for row in uptimes for number in (row.value, row.goal) if number is not None])
    panels, height = _columns(shares)
    zoomed = _panel("", uptimes, (0.0, height), WIDTH, start) if uptimes else None
    if zoomed:
        height += HEADING + ROW * len(uptimes) + FOOT
    missed = [row for row in context.results if row.status == MISSED]
    items = [
        labels["chart.attainment.alt.item"].format(
            service=row.service_name, target=target_name(row), value=row.value_shown, goal=row.goal_shown
        )
        for row in missed
    ]
    summary = context.summary
    alt = [
        labels["chart.attainment.alt"].format(
            targets=summary.targets, met=summary.met, missed=summary.missed, no_data=summary.no_data
        )
    ]
    if items:
        alt.append(labels["chart.attainment.alt.missed"].format(items=labels["list.separator"].join(items)))
    svg = draw(
        templates,
        "attainment",
        labels=labels,
        language=context.language,
        height=pos(height + LEGEND + (NOTE if others else 0.0)),
        legend_y=pos(height + LEGEND - 6),
        panels=panels,
        zoomed=zoomed,
        most=any(row.better == Better.LOWER for row in rows),
        note=labels["chart.attainment.others"] if others else "",
        note_y=pos(height + LEGEND + NOTE - 6),
        zoom_note=labels["chart.axis.zoomed"].format(start=start),
        zoom_start=f"{start}%",
    )
    return Chart("attainment", labels["chart.attainment.title"], sentences(alt, context), svg)


def _columns(rows: Sequence[ResultRow]) -> tuple[tuple[Panel, ...], float]:
    """A panel for each service, in one column or two of about the same length, and the height of the longer."""
    groups = [(name, list(group)) for name, group in groupby(rows, key=lambda row: row.service_name)]
    columns = 1 if len(rows) <= ONE_COLUMN or len(groups) == 1 else 2
    width = (WIDTH - GUTTER * (columns - 1)) / columns
    panels: list[Panel] = []
    heights = [0.0] * columns
    placed = column = 0
    for name, group in groups:
        if column + 1 < columns and placed + len(group) / 2 > len(rows) / 2:
            column += 1
        panels.append(_panel(name, group, (column * (width + GUTTER), heights[column]), width, Decimal(0)))
        heights[column] += HEADING + ROW * len(group) + FOOT
        placed += len(group)
    return tuple(panels), max(heights)


def _name(row: ResultRow) -> str:
    """A target, with the sign of a goal that is a most: bars are usually the better the longer."""
    return f"{target_name(row)} ≤" if row.better == Better.LOWER else target_name(row)


def _panel(heading: str, rows: Sequence[ResultRow], place: tuple[float, float], width: float, start: Decimal) -> Panel:
    x, y = place
    names = [_name(row) if heading else row.service_name for row in rows]
    left, edge = x + min(max(map(text_width, names)) + 12.0, LABEL if width == WIDTH else LABEL * 0.7), x + width
    right = edge - max(text_width(row.value_shown) for row in rows) - 14.0
    bars = []
    for index, (name, row) in enumerate(zip(names, rows, strict=True)):
        middle = y + HEADING + ROW * (index + 0.5)
        end = on_axis(row.value, start, left, right)
        bars.append(
            Bar(
                label=fit(name, left - x - 6),
                status=row.status,
                y=pos(middle),
                width=pos(0.0 if end is None else end - left),
                goal_x=pos(on_axis(row.goal, start, left, right) or left),
                value=row.value_shown,
                mark=None if end is None else Mark(row.status, pos(end), pos(middle)),
            )
        )
    foot = y + HEADING + ROW * len(rows) + 8
    return Panel(fit(heading, width), pos(x), pos(y), pos(left), pos(right), pos(edge), pos(foot), tuple(bars))
