"""Charts of a service report: geometry is computed here, the SVG templates draw it, text stays text."""

from __future__ import annotations

from collections.abc import Mapping

import jinja2

from pipeline.merge.report import ReportContext
from pipeline.render.charts.attainment import attainment
from pipeline.render.charts.days import calendar
from pipeline.render.charts.drawing import Chart
from pipeline.render.charts.loads import loads
from pipeline.render.charts.spreads import spread
from pipeline.render.charts.stacks import distribution
from pipeline.render.charts.surveys import survey_charts
from pipeline.render.charts.trends import trends

__all__ = ["Chart", "charts", "survey_charts"]


def charts(context: ReportContext, labels: Mapping[str, str], templates: jinja2.Environment) -> tuple[Chart, ...]:
    """The charts that there is data for, by name; the trends are `trend-<service>`, one for each service."""
    made = (
        attainment(context, labels, templates),
        distribution(context, labels, templates),
        spread(context, labels, templates),
        calendar(context, labels, templates),
        loads(context, labels, templates),
        *trends(context, labels, templates),
    )
    return tuple(chart for chart in made if chart)
