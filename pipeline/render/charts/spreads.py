"""How much of their limit tickets took: a row for each target, a column for each class of times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import jinja2

from pipeline.measure.spread import EDGES
from pipeline.merge.report import ReportContext
from pipeline.render.charts.drawing import LEGEND, ROW, WIDTH, Chart, draw, fit, pos, sentences

LABEL, TOP = 230.0, 30.0
WITHIN = EDGES.index(100) + 1
"""Classes within the limit."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Tickets of a class; the `strength` of its colour is their share of the row's."""

    x: str
    count: int
    strength: str
    late: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A target."""

    label: str
    y: str
    cells: tuple[Cell, ...]


def spread(context: ReportContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Chart | None:
    """Where resolution times lie, seen from their limits."""
    if not context.spread:
        return None
    classes = len(EDGES) + 1
    step = (WIDTH - LABEL) / classes
    lines = tuple(
        Line(
            label=fit(f"{row.service_name} {row.label}", LABEL - 10),
            y=pos(TOP + ROW * (index + 0.5)),
            cells=tuple(
                Cell(pos(LABEL + step * at), count, pos(0.15 + 0.65 * count / sum(row.counts)), at >= WITHIN)
                for at, count in enumerate(row.counts)
            ),
        )
        for index, row in enumerate(context.spread)
    )
    bottom = TOP + ROW * len(lines)
    names = [f"≤ {EDGES[0]}%", *(f"≤ {edge}%" for edge in EDGES[1:]), f"> {EDGES[-1]}%"]
    svg = draw(
        templates,
        "spread",
        labels=labels,
        language=context.language,
        height=pos(bottom + LEGEND),
        legend_y=pos(bottom + LEGEND - 6),
        width=pos(step - 2),
        middle=pos(step / 2 - 1),
        heads=[(name, pos(LABEL + step * (at + 0.5) - 1)) for at, name in enumerate(names)],
        limit=pos(LABEL + step * WITHIN - 1),
        top=pos(TOP),
        bottom=pos(bottom),
        lines=lines,
    )
    total = sum(sum(row.counts) for row in context.spread)
    half = sum(sum(row.counts[:2]) for row in context.spread)
    near = sum(row.counts[WITHIN - 1] for row in context.spread)
    late = sum(sum(row.counts[WITHIN:]) for row in context.spread)
    alt = [labels["chart.spread.alt"].format(total=total, half=half, near=near, late=late)]
    return Chart("spread", labels["chart.spread.title"], sentences(alt, context), svg)
