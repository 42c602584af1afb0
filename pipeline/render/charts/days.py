"""The availability calendar: a row for each service and month, a square for each day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import jinja2

from pipeline.merge.report import DayCell, DayRow, ReportContext
from pipeline.render.charts.drawing import LEGEND, WIDTH, Chart, draw, fit, pos, sentences

LABEL, STEP, LINE, TOP = 153.0, 17.0, 19.0, 16.0
DAYS_IN_MONTH = 31


@dataclass(frozen=True, slots=True)
class Square:
    """A day: `state` as in the data."""

    x: str
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """A service in one month."""

    label: str
    month: str
    y: str
    squares: tuple[Square, ...]


def calendar(context: ReportContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Chart | None:
    """Which days had interruptions, of services with an availability target."""
    if not context.days:
        return None
    lines = tuple(_lines(context))
    height = TOP + LINE * len(lines) + LEGEND
    svg = draw(
        templates,
        "days",
        labels=labels,
        language=context.language,
        height=pos(height),
        legend_y=pos(height - 6),
        label_end=pos(LABEL - 8),
        numbers=[(number, pos(_x(number) + STEP / 2)) for number in range(1, DAYS_IN_MONTH + 1)],
        lines=lines,
    )
    alt = [_said(row, labels) for row in context.days]
    return Chart("days", labels["chart.days.title"], sentences(alt, context), svg)


def _lines(context: ReportContext) -> Iterator[Line]:
    several = len({day.day[:7] for row in context.days for day in row.days}) > 1
    y = TOP
    for row in context.days:
        for month, days in groupby(row.days, key=lambda day: day.day[:7]):
            squares = tuple(Square(pos(_x(int(one.day[8:]))), one.state) for one in days)
            label = fit(row.service_name, LABEL - (60 if several else 8))
            yield Line(label, month if several else "", pos(y + LINE / 2), squares)
            y += LINE


def _x(day: int) -> float:
    return min(LABEL + STEP * (day - 1), WIDTH - STEP)


def _said(row: DayRow, labels: Mapping[str, str]) -> str:
    worked = [day for day in row.days if day.state != "closed"]
    hit = [day for day in worked if day.down_s]
    if not hit:
        return labels["chart.days.alt.none"].format(service=row.service_name, days=len(worked))
    found = labels["list.separator"].join(_interruption(day, labels) for day in hit)
    return labels["chart.days.alt"].format(service=row.service_name, days=len(worked), hit=len(hit), found=found)


def _interruption(day: DayCell, labels: Mapping[str, str]) -> str:
    return labels["chart.days.alt.below" if day.state == "below" else "chart.days.alt.day"].format(
        day=day.day, down=day.shown
    )
