"""Charts of a service report: geometry is computed here, the SVG templates draw it, text stays text.

Lengths are user units, 680 to the width of a page's text (a quarter of a millimetre each), written with two decimals so
that the same report gives the same bytes. Nothing depends on colour alone: a miss is hatched, or a triangle.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise

import jinja2

from pipeline.measure.attainment import MISSED
from pipeline.merge.report import ReportContext, ResultRow, TrendPoint
from pipeline.model.catalog import Better, MeasureName, Unit
from pipeline.render.templates import render_file

WIDTH = 680.0
GUTTER = 28.0
FONT = 11.0
ROW = 17.0
HEADING = 22.0
LEGEND = 26.0
FOOT = 18.0
LABEL = 200.0
"""The widest that the labels left of an axis may get."""

ONE_COLUMN = 10
"""Bars that stand in one column; more are split in two, so that they do not fill a page."""

STACK_LABEL, STACK_COUNT = 150.0, 130.0
MINIS_IN_ROW, MINI_GAP, MINI_HEIGHT, MINI_SCALE, MINI_HEADER, MINI_PLOT = 4, 18.0, 94.0, 30.0, 32.0, 40.0

HUNDRED = Decimal(100)
ZOOMS = tuple(map(Decimal, ("99.9", "99.8", "99.5", "99", "98", "95", "90", "80", "60", "40", "20")))
"""Where a zoomed axis may start; it then always ends at 100%."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture and, in words, the finding that it shows (`alt`)."""

    id: str
    title: str
    alt: str
    svg: str

    @property
    def uri(self) -> str:
        """The picture as an address that a page can carry in itself."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg.encode()).decode("ascii")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands: the template draws a dot there, or the triangle of a miss."""

    status: str
    x: str
    y: str


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


def charts(context: ReportContext, labels: Mapping[str, str], templates: jinja2.Environment) -> tuple[Chart, ...]:
    """The charts that there is data for: `attainment`, `distribution` and a `trend-<service>` for each service."""
    made = (
        _attainment(context, labels, templates),
        _distribution(context, labels, templates),
        *_trends(context, labels, templates),
    )
    return tuple(chart for chart in made if chart)


def _attainment(context: ReportContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Chart | None:
    """Shares of tickets as bars from 0 to 100%; availability, all of it near 100%, as dots on a zoomed axis."""
    rows = [row for row in context.results if row.unit == Unit.PERCENT]
    if all(row.value is None for row in rows):
        return None
    shares = [row for row in rows if row.measure != MeasureName.AVAILABILITY]
    uptimes = [row for row in rows if row.measure == MeasureName.AVAILABILITY]
    start = _zoom([number for row in uptimes for number in (row.value, row.goal) if number is not None])
    panels, height = _columns(shares)
    zoomed = _panel("", uptimes, (0.0, height), WIDTH, start) if uptimes else None
    if zoomed:
        height += HEADING + ROW * len(uptimes) + FOOT
    missed = [row for row in context.results if row.status == MISSED]
    items = [
        labels["chart.attainment.alt.item"].format(
            service=row.service_name, target=_target(row), value=row.value_shown, goal=row.goal_written
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
    svg = _draw(
        templates,
        "attainment",
        labels=labels,
        language=context.language,
        height=_n(height + LEGEND),
        legend_y=_n(height + LEGEND - 6),
        panels=panels,
        zoomed=zoomed,
        zoom_note=labels["chart.axis.zoomed"].format(start=start),
        zoom_start=f"{start}%",
    )
    return Chart("attainment", labels["chart.attainment.title"], _sentences(alt, context), svg)


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


def _panel(heading: str, rows: Sequence[ResultRow], place: tuple[float, float], width: float, start: Decimal) -> Panel:
    x, y = place
    names = [_target(row) if heading else row.service_name for row in rows]
    left, edge = x + min(max(map(_width, names)) + 12.0, LABEL if width == WIDTH else LABEL * 0.7), x + width
    right = edge - max(_width(row.value_shown) for row in rows) - 14.0
    bars = []
    for index, (name, row) in enumerate(zip(names, rows, strict=True)):
        middle = y + HEADING + ROW * (index + 0.5)
        end = _on_axis(row.value, start, left, right)
        bars.append(
            Bar(
                label=_fit(name, left - x - 6),
                status=row.status,
                y=_n(middle),
                width=_n(0.0 if end is None else end - left),
                goal_x=_n(_on_axis(row.goal, start, left, right) or left),
                value=row.value_shown,
                mark=None if end is None else Mark(row.status, _n(end), _n(middle)),
            )
        )
    foot = y + HEADING + ROW * len(rows) + 8
    return Panel(_fit(heading, width), _n(x), _n(y), _n(left), _n(right), _n(edge), _n(foot), tuple(bars))


def _distribution(context: ReportContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Chart | None:
    bars = context.distribution
    longest = max((bar.met + bar.missed for bar in bars), default=0)
    if not longest:
        return None
    unit = (WIDTH - STACK_LABEL - STACK_COUNT) / longest
    stacks = tuple(
        Stack(
            label=_fit(bar.label, STACK_LABEL - 8),
            y=_n(ROW * (index + 0.5) + 2),
            met=bar.met,
            missed=bar.missed,
            met_width=_n(bar.met * unit),
            missed_x=_n(STACK_LABEL + bar.met * unit),
            missed_width=_n(bar.missed * unit),
            end=_n(STACK_LABEL + (bar.met + bar.missed) * unit + 6),
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
    svg = _draw(
        templates,
        "distribution",
        labels=labels,
        language=context.language,
        height=_n(height),
        legend_y=_n(height - 6),
        left=_n(STACK_LABEL),
        bottom=_n(ROW * len(stacks) + 2),
        stacks=stacks,
    )
    return Chart("distribution", labels["chart.distribution.title"], _sentences(alt, context), svg)


def _trends(context: ReportContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Iterator[Chart]:
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
        svg = _draw(
            templates,
            "trend",
            labels=labels,
            language=context.language,
            height=_n(-(-len(rows) // MINIS_IN_ROW) * MINI_HEIGHT),
            width=_n(_mini_width()),
            scale=_n(MINI_SCALE),
            top=_n(MINI_HEADER),
            bottom=_n(MINI_HEADER + MINI_PLOT),
            first=months[0],
            last=months[-1],
            minis=minis,
        )
        alt = [labels["chart.trend.alt"].format(**span), *_trend_findings(rows, months[-1], labels)]
        title = labels["chart.trend.title"].format(**span)
        yield Chart(f"trend-{service}", title, _sentences(alt, context), svg)


def _trend_findings(rows: Sequence[ResultRow], month: str, labels: Mapping[str, str]) -> Iterator[str]:
    always = empty = 0
    for row in rows:
        measured = [point for point in row.trend if point.value is not None]
        missed = sum(point.status == MISSED for point in measured)
        if missed:
            yield labels["chart.trend.alt.item"].format(
                target=_target(row),
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
    low, high = (_zoom(numbers), HUNDRED) if share else (Decimal(0), max(*numbers, Decimal(1)))
    bottom, top = MINI_HEADER + MINI_PLOT, MINI_HEADER
    left, right = MINI_SCALE + 5, _mini_width() - 5
    step = (right - left) / (len(row.trend) - 1)
    places = [
        (point, left + step * position, _on_axis(point.value, low, bottom, top, high))
        for position, point in enumerate(row.trend)
    ]
    return Mini(
        label=_fit(_target(row), room),
        status=last.status,
        value=last.shown,
        goal=row.goal_written if row.better == Better.HIGHER else row.goal_shown,
        low=f"{low}%" if share else "0",
        high=f"{high}%" if share else "",
        x=_n(x),
        y=_n(y),
        goal_y=_n(_on_axis(row.goal, low, bottom, top, high) or bottom),
        line="".join(_segments(places)),
        marks=tuple(Mark(point.status, _n(at), _n(height)) for point, at, height in places if height is not None),
    )


def _segments(places: Sequence[tuple[TrendPoint, float, float | None]]) -> Iterator[str]:
    for (_, x1, y1), (_, x2, y2) in pairwise(places):
        if y1 is not None and y2 is not None:
            yield f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}"


def _mini_width() -> float:
    return (WIDTH - MINI_GAP * (MINIS_IN_ROW - 1)) / MINIS_IN_ROW


def _zoom(numbers: Sequence[Decimal]) -> Decimal:
    """The highest start of an axis that leaves every number above it."""
    return next((start for start in ZOOMS if all(number > start for number in numbers)), Decimal(0))


def _on_axis(value: Decimal | None, start: Decimal, first: float, last: float, stop: Decimal = HUNDRED) -> float | None:
    return None if value is None else first + float((value - start) / (stop - start)) * (last - first)


def _target(row: ResultRow) -> str:
    return f"{row.priority} {row.measure_label}".strip()


def _draw(templates: jinja2.Environment, name: str, **variables: object) -> str:
    return render_file(templates, f"svg/{name}.svg", variables)


def _fit(text: str, width: float) -> str:
    """Cut a label that would run into the picture, by the usual widths of its characters."""
    kept = text
    while len(kept) > 1 and _width(kept) > width:
        kept = kept.removesuffix("…")[:-1].rstrip() + "…"
    return kept


def _width(text: str) -> float:
    wide = sum(unicodedata.east_asian_width(character) in "WFA" for character in text)
    return FONT * (wide + 0.54 * (len(text) - wide))


def _sentences(parts: Sequence[str], context: ReportContext) -> str:
    return ("" if context.language == "zh-CN" else " ").join(parts)


def _n(number: float) -> str:
    """A coordinate; adding zero turns a rounded -0.00 into 0.00."""
    return f"{round(number, 2) + 0.0:.2f}"
