"""Charts of a satisfaction report: means with their intervals, how satisfied people are, and the rounds one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise

import jinja2

from pipeline.merge.survey import RoundPoint, ScoreRow, SurveyContext
from pipeline.render.charts.drawing import LEGEND, WIDTH, Chart, draw, fit, on_axis, pos, sentences

LABEL, VALUE, TOP, LINE = 232.0, 70.0, 20.0, 21.0
"""Labels stand left of the axis, figures right of it; each row is a line."""

PLOT, LEFT, MONTHS = 96.0, 40.0, 16.0
"""Height of the plot of rounds, the room for its scale, and for the months below it."""

FINE = 3
"""An axis of so many scores is marked at halves too."""

WIDE_ENOUGH = 16.0
"""A part of a bar narrower than this has no room for its number."""


@dataclass(frozen=True, slots=True)
class Score:
    """A row: its mean, the interval around it, and the mean of the round before; positions are empty where unknown."""

    label: str
    strong: bool
    y: str
    value: str
    x: str
    low: str
    high: str
    before: str


@dataclass(frozen=True, slots=True)
class Part:
    """People of one mood in a bar."""

    mood: str
    x: str
    width: str
    middle: str
    count: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A row as a bar of its own whole."""

    label: str
    strong: bool
    y: str
    parts: tuple[Part, ...]
    share: str


@dataclass(frozen=True, slots=True)
class Spot:
    """The overall score of one round."""

    month: str
    x: str
    y: str
    low: str
    high: str
    value: str
    label_y: str


def survey_charts(
    context: SurveyContext, labels: Mapping[str, str], templates: jinja2.Environment
) -> tuple[Chart, ...]:
    """The charts that there is data for."""
    made = (scores(context, labels, templates), moods(context, labels, templates), rounds(context, labels, templates))
    return tuple(chart for chart in made if chart)


def _name(row: ScoreRow) -> str:
    """The subject; a service of which one thing was asked is known by its name."""
    return fit(row.label, LABEL - 12)


def scores(context: SurveyContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Chart | None:
    """What was rated how, and how sure that is."""
    rows = [row for row in context.rows if row.mean is not None]
    if not rows:
        return None
    left, right = LABEL + 6, WIDTH - VALUE
    shown = [one for row in rows for one in (row.mean, row.low, *(point.value for point in row.history[-2:]))]
    ends = _start(context, [one for one in shown if one is not None]), Decimal(context.most)

    def at(value: Decimal | None) -> str:
        place = on_axis(value, ends[0], left, right, ends[1])
        return "" if place is None else pos(place)

    lines = tuple(
        Score(
            label=_name(row),
            strong=row.subject == "overall",
            y=pos(TOP + LINE * (index + 0.5)),
            value=row.mean_shown,
            x=at(row.mean),
            low=at(row.low),
            high=at(row.high),
            before=at(row.history[-2].value) if len(row.history) > 1 else "",
        )
        for index, row in enumerate(rows)
    )
    bottom = TOP + LINE * len(lines)
    half = ends[1] - ends[0] <= FINE
    steps = [ends[0] + Decimal(step) / (2 if half else 1) for step in range(int(ends[1] - ends[0]) * (1 + half) + 1)]
    svg = draw(
        templates,
        "survey-scores",
        labels=labels,
        language=context.language,
        height=pos(bottom + 6 + LEGEND),
        legend_y=pos(bottom + LEGEND),
        top=pos(TOP),
        bottom=pos(bottom),
        right=pos(WIDTH),
        steps=[(f"{step.normalize():f}", at(step)) for step in steps],
        lines=lines,
        before=any(line.before for line in lines),
    )
    parts = [labels["survey.chart.scores.alt"].format(mean=context.overall.mean_shown, most=context.most)]
    if context.highest:
        parts.append(labels["survey.chart.scores.alt.ends"].format(highest=context.highest, lowest=context.lowest))
    return Chart("scores", labels["survey.chart.scores.title"], sentences(parts, context), svg)


def _start(context: SurveyContext, values: Sequence[Decimal]) -> Decimal:
    """Where an axis starts: at the whole score below all values. Dots, unlike bars, need not start at the worst."""
    lowest = min(values).to_integral_value(ROUND_FLOOR)
    return max(Decimal(context.least), min(lowest, Decimal(context.most - 1)))


def moods(context: SurveyContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Chart | None:
    """How many are satisfied, neutral, dissatisfied."""
    rows = [row for row in context.rows if row.n]
    if not rows:
        return None
    left, right = LABEL + 6, WIDTH - VALUE
    bars = tuple(
        Bar(
            label=_name(row),
            strong=row.subject == "overall",
            y=pos(LINE * (index + 0.5) + 2),
            parts=_parts(row, left, (right - left) / row.n),
            share=row.share_shown,
        )
        for index, row in enumerate(rows)
    )
    bottom = LINE * len(bars) + 4
    svg = draw(
        templates,
        "survey-moods",
        labels=labels,
        language=context.language,
        height=pos(bottom + LEGEND),
        legend_y=pos(bottom + LEGEND - 6),
        right=pos(WIDTH),
        bars=bars,
    )
    overall = context.overall
    alt = labels["survey.chart.moods.alt"].format(
        n=overall.n,
        satisfied=overall.satisfied,
        neutral=overall.neutral,
        dissatisfied=overall.dissatisfied,
        share=overall.share_shown,
    )
    worst = max(rows[1:], key=lambda row: Decimal(row.dissatisfied) / row.n, default=None)
    parts = [alt]
    if worst is not None and worst.dissatisfied:
        parts.append(
            labels["survey.chart.moods.alt.most"].format(label=worst.label, count=worst.dissatisfied, n=worst.n)
        )
    return Chart("moods", labels["survey.chart.moods.title"], sentences(parts, context), svg)


def _parts(row: ScoreRow, left: float, unit: float) -> tuple[Part, ...]:
    found, start = [], left
    counts = (("dissatisfied", row.dissatisfied), ("neutral", row.neutral), ("satisfied", row.satisfied))
    for mood, count in counts:
        if count:
            width = count * unit
            shown = str(count) if width >= WIDE_ENOUGH else ""
            found.append(Part(mood, pos(start), pos(width), pos(start + width / 2), shown))
            start += width
    return tuple(found)


def rounds(context: SurveyContext, labels: Mapping[str, str], templates: jinja2.Environment) -> Chart | None:
    """The overall score of each round; one round alone is no trend."""
    points = [point for point in context.overall.history if point.value is not None]
    if len(points) <= 1:
        return None
    least = _start(context, [one for point in points for one in (point.value, point.low) if one is not None])
    top, bottom = TOP, TOP + PLOT
    step = (WIDTH - LEFT) / len(points)

    def at(value: Decimal | None) -> str:
        place = on_axis(value, least, bottom, top, Decimal(context.most))
        return "" if place is None else pos(place)

    spots = tuple(_spot(point, pos(LEFT + step * (index + 0.5)), at) for index, point in enumerate(points))
    svg = draw(
        templates,
        "survey-rounds",
        labels=labels,
        language=context.language,
        height=pos(bottom + MONTHS + 4),
        left=pos(LEFT),
        right=pos(WIDTH),
        months_y=pos(bottom + MONTHS - 2),
        steps=[(score, at(Decimal(score))) for score in range(int(least), context.most + 1)],
        spots=spots,
        line="".join(f"M{one.x} {one.y}L{two.x} {two.y}" for one, two in pairwise(spots)),
        bottom=pos(bottom),
    )
    first, last = points[0], points[-1]
    alt = labels["survey.chart.rounds.alt"].format(
        rounds=len(points), first=first.month, before=first.shown, last=last.month, now=last.shown
    )
    return Chart("rounds", labels["survey.chart.rounds.title"], alt, svg)


def _spot(point: RoundPoint, x: str, at: Callable[[Decimal | None], str]) -> Spot:
    y = at(point.value)
    return Spot(point.month, x, y, at(point.low), at(point.high), point.shown, pos(float(at(point.high) or y) - 6))
