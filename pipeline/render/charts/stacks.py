"""Tickets within and over their limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import jinja2

from pipeline.merge.report import ReportContext
from pipeline.render.charts.drawing import LEGEND, ROW, WIDTH, Chart, draw, fit, pos, sentences

STACK_LABEL, STACK_COUNT = 150.0, 130.0


@dataclass(frozen=True, slots=True)
class Stack:
    """Tickets of one measure and priority, those within the limit first."""

    label: str
    y: str
    met: int
    missed: int
    met_width: str
    missed_x: str
    missed_width: str
    end: str


def distribution(context: ReportContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Chart | None:
    """How many tickets of each measure and priority were within the limit, and how many over it."""
    bars = context.distribution
    longest = max((bar.met + bar.missed for bar in bars), default=0)
    if not longest:
        return None
    unit = (WIDTH - STACK_LABEL - STACK_COUNT) / longest
    stacks = tuple(
        Stack(
            label=fit(bar.label, STACK_LABEL - 8),
            y=pos(ROW * (index + 0.5) + 2),
            met=bar.met,
            missed=bar.missed,
            met_width=pos(bar.met * unit),
            missed_x=pos(STACK_LABEL + bar.met * unit),
            missed_width=pos(bar.missed * unit),
            end=pos(STACK_LABEL + (bar.met + bar.missed) * unit + 6),
        )
        for index, bar in enumerate(bars)
    )
    met, missed = sum(bar.met for bar in bars), sum(bar.missed for bar in bars)
    alt = [labels["chart.distribution.alt"].format(total=met + missed, met=met, missed=missed)]
    if missed:
        worst = max(bars, key=lambda bar: bar.missed)
        alt.append(
            labels["chart.distribution.alt.most"].format(
                label=worst.label, missed=worst.missed, count=worst.met + worst.missed
            )
        )
    height = ROW * len(stacks) + LEGEND
    svg = draw(
        templates,
        "distribution",
        labels=labels,
        language=context.language,
        height=pos(height),
        legend_y=pos(height - 6),
        left=pos(STACK_LABEL),
        bottom=pos(ROW * len(stacks) + 2),
        stacks=stacks,
    )
    return Chart("distribution", labels["chart.distribution.title"], sentences(alt, context), svg)
