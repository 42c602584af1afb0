"""What months came to as agreed and would have come to as changed, in one picture; and their credits in another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import jinja2

from pipeline.merge.whatif import CreditPoint, Curve, Pair, WhatIfSheet
from pipeline.model.catalog import Unit
from pipeline.render.charts.drawing import HUNDRED, LEGEND, WIDTH, Chart, Mark, draw, fit, on_axis, pos, zoom

IN_ROW, GAP, HEIGHT, SCALE, HEADER, PLOT = 2, 24.0, 122.0, 32.0, 34.0, 66.0
BARS, FOOT, TOP = 70.0, 16.0, 16.0


@dataclass(frozen=True, slots=True)
class Side:
    """One curve: its goal, the `d` of its line, and a mark for each month with data."""

    goal_y: str
    goal: str
    counts: str
    line: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Mini:
    """A target on both sides; `apart` tells whether the goals differ."""

    label: str
    low: str
    high: str
    x: str
    y: str
    before: Side
    after: Side
    apart: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """The credits of a month on one side."""

    x: str
    y: str
    height: str
    value: str


@dataclass(frozen=True, slots=True)
class BarPair:
    """A month with the bars of both sides."""

    month: str
    x: str
    before: Bar
    after: Bar


def comparisons(sheet: WhatIfSheet, labels: Mapping[str, str], templates: jinja2.Environment) -> tuple[Chart, ...]:
    """The targets that come to something else, month by month, and the credits where any are due."""
    return (*_targets(sheet, labels, templates), *_credits(sheet, labels, templates))


def _targets(sheet: WhatIfSheet, labels: Mapping[str, str], templates: jinja2.Environment) -> Iterator[Chart]:
    pairs = [one for one in sheet.pairs if len(one.before.points) > 1]
    if not pairs:
        return
    height = -(-len(pairs) // IN_ROW) * HEIGHT
    months = [point.month for point in pairs[0].before.points]
    svg = draw(
        templates,
        "whatif",
        labels=labels,
        language=sheet.language,
        height=pos(height + LEGEND),
        legend_y=pos(height + LEGEND - 8),
        width=pos(_width()),
        scale=pos(SCALE),
        top=pos(HEADER),
        bottom=pos(HEADER + PLOT),
        first=months[0],
        last=months[-1],
        minis=tuple(_mini(one, index) for index, one in enumerate(pairs)),
    )
    said = [
        labels["chart.whatif.alt"].format(
            name=labels["whatif.name"].format(service=one.service_name, target=one.target_name),
            goal_before=one.before.goal_shown,
            goal_after=one.after.goal_shown,
            before=_counts(one.before),
            after=_counts(one.after),
        )
        for one in pairs
    ]
    yield Chart("whatif-targets", labels["chart.whatif.title"], _joined(said, sheet), svg)


def _mini(pair: Pair, index: int) -> Mini:
    curves = pair.before, pair.after
    numbers = [
        number for one in curves for number in (one.goal, *(point.value for point in one.points)) if number is not None
    ]
    share = pair.unit == Unit.PERCENT
    low, high = (zoom(numbers), HUNDRED) if share else (Decimal(0), max(*numbers, Decimal(1)))
    before, after = (_side(one, low, high) for one in curves)
    return Mini(
        label=fit(f"{pair.service_name} {pair.target_name}", _width()),
        low=f"{low}%" if share else "0",
        high=f"{high}%" if share else "",
        x=pos((index % IN_ROW) * (_width() + GAP)),
        y=pos((index // IN_ROW) * HEIGHT),
        before=before,
        after=after,
        apart=pair.before.goal != pair.after.goal,
    )


def _side(curve: Curve, low: Decimal, high: Decimal) -> Side:
    bottom, top = HEADER + PLOT, HEADER
    left, right = SCALE + 6, _width() - 6
    step = (right - left) / (len(curve.points) - 1)
    places = [
        (point, left + step * at, on_axis(point.value, low, bottom, top, high)) for at, point in enumerate(curve.points)
    ]
    lines = [
        f"M{pos(x1)} {pos(y1)}L{pos(x2)} {pos(y2)}"
        for (_, x1, y1), (_, x2, y2) in pairwise(places)
        if y1 is not None and y2 is not None
    ]
    goal = on_axis(curve.goal, low, bottom, top, high)
    return Side(
        goal_y=pos(bottom if goal is None else goal),
        goal=curve.goal_shown,
        counts=_counts(curve),
        line="".join(lines),
        marks=tuple(Mark(point.status, pos(x), pos(y)) for point, x, y in places if y is not None),
    )


def _counts(curve: Curve) -> str:
    return f"{curve.met}/{curve.measured}"


def _credits(sheet: WhatIfSheet, labels: Mapping[str, str], templates: jinja2.Environment) -> Iterator[Chart]:
    most = max(
        (side for one in sheet.credits for side in (one.before, one.after) if side is not None), default=Decimal(0)
    )
    if not most:
        return
    step = WIDTH / len(sheet.credits)
    pairs = tuple(_bars(one, step * at, step, most) for at, one in enumerate(sheet.credits))
    height = TOP + BARS + FOOT + LEGEND
    svg = draw(
        templates,
        "whatif-credits",
        labels=labels,
        language=sheet.language,
        height=pos(height),
        legend_y=pos(height - 8),
        base=pos(TOP + BARS),
        width=pos(_bar(step)),
        pairs=pairs,
    )
    counts = {side: sum(bool(getattr(one, side)) for one in sheet.credits) for side in ("before", "after")}
    said = labels["chart.whatif.credits.alt"].format(**counts)
    yield Chart("whatif-credits", labels["chart.whatif.credits.title"], said, svg)


def _bar(step: float) -> float:
    return min(step * 0.36, 20.0)


def _bars(one: CreditPoint, x: float, step: float, most: Decimal) -> BarPair:
    middle, width = x + step / 2, _bar(step)

    def bar(credit: Decimal | None, left: float) -> Bar:
        height = float((credit or Decimal(0)) / most) * BARS
        return Bar(pos(left), pos(TOP + BARS - height), pos(height), f"{credit}%" if credit else "")

    return BarPair(one.month, pos(middle), bar(one.before, middle - width - 1), bar(one.after, middle + 1))


def _joined(parts: Sequence[str], sheet: WhatIfSheet) -> str:
    return ("" if sheet.language == "zh-CN" else " ").join(parts)


def _width() -> float:
    return (WIDTH - GAP * (IN_ROW - 1)) / IN_ROW
