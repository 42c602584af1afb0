"""Tickets opened and resolved month by month, and those that were open at the end of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import jinja2

from pipeline.merge.report import ReportContext
from pipeline.render.charts.drawing import LEGEND, WIDTH, Chart, draw, pos, sentences

TOP, PLOT, LINE, AXIS, GAP, LEFT = 14.0, 84.0, 46.0, 14.0, 26.0, 4.0
"""Bars stand in the plot, the line of what stayed open runs below them on a scale of its own."""


@dataclass(frozen=True, slots=True)
class Month:
    """Two bars, a dot, and their numbers."""

    name: str
    x: str
    left: str
    right: str
    opened: int
    resolved: int
    open: int
    opened_height: str
    resolved_height: str
    opened_y: str
    resolved_y: str
    y: str


def loads(context: ReportContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Chart | None:
    """Whether work piles up; one month alone tells nothing."""
    points = context.loads
    if len(points) <= 1 or not any(one.opened for one in points):
        return None
    step = (WIDTH - LEFT) / len(points)
    most = max(max(one.opened, one.resolved) for one in points) or 1
    longest = max(one.open for one in points) or 1
    base, floor = TOP + PLOT, TOP + PLOT + GAP + LINE
    bar = min(step * 0.34, 20.0)
    months = []
    for at, one in enumerate(points):
        x = LEFT + step * (at + 0.5)
        tall, short = PLOT * one.opened / most, PLOT * one.resolved / most
        months.append(
            Month(
                name=one.month,
                x=pos(x),
                left=pos(x - bar - 0.75),
                right=pos(x + 0.75),
                opened=one.opened,
                resolved=one.resolved,
                open=one.open,
                opened_height=pos(tall),
                resolved_height=pos(short),
                opened_y=pos(base - tall),
                resolved_y=pos(base - short),
                y=pos(floor - LINE * 0.7 * one.open / longest),
            )
        )
    height = floor + AXIS + LEGEND
    svg = draw(
        templates,
        "loads",
        labels=labels,
        language=context.language,
        height=pos(height),
        legend_y=pos(height - 6),
        bar=pos(bar),
        base=pos(base),
        floor=pos(floor),
        axis=pos(floor + AXIS),
        months=months,
        line="".join(f"M{one.x} {one.y}L{two.x} {two.y}" for one, two in pairwise(months)),
    )
    peak, last, before = max(points, key=lambda one: one.opened), points[-1], points[-2]
    alt = [
        labels["chart.loads.alt"].format(
            months=len(points), peak=peak.month, most=peak.opened, month=last.month, opened=last.opened,
            resolved=last.resolved, open=last.open, before=before.open,
        )
    ]  # fmt: skip
    return Chart("loads", labels["chart.loads.title"], sentences(alt, context), svg)
