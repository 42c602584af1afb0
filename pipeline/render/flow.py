"""The flow chart of the procedure: places are computed here, `svg/flow.svg` draws it.

One activity a row, from top to bottom, its inputs left and its outputs right. What does not go on to the row below
leaves at a side, runs along the edge of the chart in a lane of its own, and comes in above the row that it leads to.
Lengths are user units, 680 to the width of a page's text; nothing depends on colour.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from pipeline.merge.procedure import ActivityBlock, ProcedureContext, Way
from pipeline.model.procedure import END
from pipeline.render.drawings import Picture, drawn
from pipeline.render.templates import render_file

TEXT_WIDTH_MM, TEXT_HEIGHT_MM = 160.0, 218.0
"""The room on a page of the template, below a heading."""

WIDTH = 680.0
CENTRE = 340.0
SIDE_WIDTH, BOX_WIDTH, BAND = 142.0, 252.0, 44.0
LEFT, RIGHT = 34.0, WIDTH - 34.0
"""Where the column of inputs starts and that of outputs ends; the lanes run outside."""

LANES = (20.0, 9.0)
"""How far from the edge the lanes of a side run, the inner one first."""

FONT, SMALL = 12.0, 10.0
LINE, SMALL_LINE, PADDING = 16.0, 13.5, 9.0
GAP, HEADING, PILL = 30.0, 22.0, 26.0
DIAMOND_WIDTH, DIAMOND_HEIGHT = 236.0, 62.0
HEAD = 7.0
_NO_START = "，。；：、？！）”’…,.;:?!)"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `anchor` and `style` are the template's."""

    x: str
    y: str
    text: str
    style: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Shape:
    """A box to draw: `kind` is one of activity, side, process, pill and decision."""

    kind: str
    x: str
    y: str
    width: str
    height: str


@dataclass(slots=True)
class _Canvas:
    """What has been placed so far."""

    shapes: list[Shape] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    def box(self, kind: str, place: tuple[float, float], size: tuple[float, float]) -> None:
        self.shapes.append(Shape(kind, _n(place[0]), _n(place[1]), _n(size[0]), _n(size[1])))

    def text(self, place: tuple[float, float], text: str, style: str, anchor: str = "middle") -> None:
        self.lines.append(Line(_n(place[0]), _n(place[1]), text, style, anchor))

    def arrow(self, *points: tuple[float, float]) -> None:
        """A line through the points, with a head at the last."""
        self.paths.append("M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points))
        (x0, y0), (x, y) = points[-2:]
        if x == x0:
            back = -HEAD if y > y0 else HEAD
            self.heads.append(f"M{_n(x)} {_n(y)}l{_n(-HEAD / 2)} {_n(back)}h{_n(HEAD)}z")
        else:
            back = -HEAD if x > x0 else HEAD
            self.heads.append(f"M{_n(x)} {_n(y)}l{_n(back)} {_n(-HEAD / 2)}v{_n(HEAD)}z")


@dataclass(frozen=True, slots=True)
class _Row:
    """An activity in its place; `fork` is the height of its ways out at the sides, None where there are none."""

    activity: ActivityBlock
    top: float
    box: float
    fork: float | None
    below: Way | None

    @property
    def bottom(self) -> float:
        """Where the way down starts."""
        if self.fork is None:
            return self.top + self.box
        return self.fork + (DIAMOND_HEIGHT / 2 if self.activity.decision else 0.0)


@dataclass(frozen=True, slots=True)
class _Detour:
    """A way around: from a point at a side to the row or end that it leads to; `when` is told where it comes in."""

    side: int
    start: tuple[float, float]
    to: str
    when: str = ""


def flow_svg(context: ProcedureContext, labels: Mapping[str, str], templates: jinja2.Environment) -> tuple[str, float]:
    """The chart as SVG, and its height in user units."""
    canvas = _Canvas()
    top, start = HEADING, labels["procedure.start"]
    for x, key in ((LEFT + SIDE_WIDTH / 2, "inputs"), (CENTRE, "activities"), (RIGHT - SIDE_WIDTH / 2, "outputs")):
        canvas.text((x, 12.0), labels[f"procedure.flow.{key}"], "heading")
    trigger_height = _side_height(context.triggers)
    middle = top + max(trigger_height, PILL) / 2
    _pill(canvas, start, middle - PILL / 2)
    _side(canvas, context.triggers, -1, middle)
    canvas.arrow((LEFT + SIDE_WIDTH, middle), (CENTRE - BOX_WIDTH / 4, middle))
    rows, end = _rows(context, top + max(trigger_height, PILL) + GAP)
    canvas.arrow((CENTRE, middle + PILL / 2), (CENTRE, rows[0].top))
    _pill(canvas, labels["procedure.end"], end)
    entries = {row.activity.id: row.top - GAP / 2 for row in rows} | {END: end - GAP / 2}
    detours: list[_Detour] = []
    for row, following in zip(rows, [*(row.top for row in rows[1:]), end], strict=True):
        _activity(canvas, row)
        if row.below:
            canvas.arrow((CENTRE, row.bottom), (CENTRE, following))
            canvas.text((CENTRE + 7, row.bottom + 13), row.below.when, "way", "start")
        else:
            canvas.arrow((CENTRE, following - GAP / 2), (CENTRE, following))
        detours += _ways_out(canvas, row, context)
    for detour, lane in zip(detours, _lanes(detours, entries), strict=True):
        x, y = (lane if detour.side < 0 else WIDTH - lane), entries[detour.to]
        canvas.arrow(detour.start, (x, detour.start[1]), (x, y), (CENTRE, y))
        canvas.text((x - detour.side * 8, y - 5), detour.when, "way", "start" if detour.side < 0 else "end")
    height = end + PILL + 2
    svg = render_file(
        templates,
        "svg/flow.svg",
        {
            "language": context.language,
            "width": _n(WIDTH),
            "height": _n(height),
            "band": _n(BAND),
            "shapes": canvas.shapes,
            "lines": canvas.lines,
            "paths": canvas.paths,
            "heads": canvas.heads,
        },
    )
    return svg, height


def flow_picture(
    context: ProcedureContext, labels: Mapping[str, str], templates: jinja2.Environment, folder: Path
) -> Picture:
    """The chart for a Word document, as wide as its text or as high as a page."""
    svg, height = flow_svg(context, labels, templates)
    scale = min(TEXT_WIDTH_MM / WIDTH, TEXT_HEIGHT_MM / height)
    size = (round(WIDTH * scale, 2), round(height * scale, 2))
    return Picture(drawn(svg, size, "svg/flow.svg", folder), *size, alt=flow_alt(context, labels))


def flow_alt(context: ProcedureContext, labels: Mapping[str, str]) -> str:
    """The same chart in words."""
    separator, told = labels["list.separator"], []
    triggers = separator.join(context.triggers)
    told.append(labels["procedure.flow.alt"].format(title=context.title, triggers=triggers))
    for one in context.activities:
        told.append(
            labels["procedure.flow.alt.activity"].format(
                activity=f"{one.id} {one.name}",
                roles=one.responsible_text,
                inputs=separator.join(one.inputs) or labels["none"],
                outputs=separator.join(one.outputs) or labels["none"],
            )
        )
        if one.decision:
            told.append(one.decision)
        told.append(labels["procedure.flow.alt.ways"].format(ways=one.ways_text))
    told += [
        labels["procedure.flow.alt.process"].format(process=one.name, ways=separator.join(way.name for way in one.ways))
        for one in context.processes
        if one.ways
    ]
    return ("" if context.language == "zh-CN" else " ").join(told)


def _rows(context: ProcedureContext, top: float) -> tuple[list[_Row], float]:
    """The activities one below the other, and where the end stands."""
    rows = []
    following = [*(one.id for one in context.activities[1:]), END]
    for activity, after in zip(context.activities, following, strict=True):
        below = next((way for way in activity.ways if way.to == after), None)
        box = max(_box_height(activity), _side_height(activity.inputs), _side_height(activity.outputs))
        fork = None
        if activity.decision:
            fork = top + box + GAP * 0.7 + DIAMOND_HEIGHT / 2
        elif below is None:
            fork = top + box + GAP
        row = _Row(activity, top, box, fork, below)
        rows.append(row)
        # without a way down, what leaves at the bottom needs room before what comes in below
        top = row.bottom + GAP * (2.2 if below is None else 1.25 if below.when else 1.0)
    return rows, top


def _activity(canvas: _Canvas, row: _Row) -> None:
    activity, middle, left = row.activity, row.top + row.box / 2, CENTRE - BOX_WIDTH / 2
    canvas.box("activity", (left, row.top), (BOX_WIDTH, row.box))
    canvas.text((left + BAND / 2, middle + 4), activity.stage, "stage")
    names, roles = _names(activity), _roles(activity)
    y = middle - (len(names) * LINE + len(roles) * SMALL_LINE) / 2
    x = left + BAND + (BOX_WIDTH - BAND) / 2
    for name in names:
        canvas.text((x, y + 12), name, "name")
        y += LINE
    for role in roles:
        canvas.text((x, y + 11), role, "role")
        y += SMALL_LINE
    if activity.inputs:
        _side(canvas, activity.inputs, -1, middle)
        canvas.arrow((LEFT + SIDE_WIDTH, middle), (left, middle))
    if activity.outputs:
        _side(canvas, activity.outputs, 1, middle)
        canvas.arrow((left + BOX_WIDTH, middle), (RIGHT - SIDE_WIDTH, middle))


def _ways_out(canvas: _Canvas, row: _Row, context: ProcedureContext) -> Iterator[_Detour]:
    """Draw the decision and what leaves at its sides; yield the ways around that remain to be drawn."""
    activity, fork = row.activity, row.fork
    if fork is None:
        return
    bottom, half = row.top + row.box, 0.0
    if activity.decision:
        half = DIAMOND_WIDTH / 2
        canvas.box("decision", (CENTRE, fork), (half, DIAMOND_HEIGHT / 2))
        canvas.arrow((CENTRE, bottom), (CENTRE, fork - DIAMOND_HEIGHT / 2))
        question = _wrapped(activity.decision, SMALL, DIAMOND_WIDTH * 0.62)
        for index, line in enumerate(question):
            y = fork + 4 + (index - (len(question) - 1) / 2) * SMALL_LINE
            canvas.text((CENTRE, y), line, "question")
    else:
        canvas.paths.append(f"M{_n(CENTRE)} {_n(bottom)}V{_n(fork)}")
    processes = {one.id: one for one in context.processes}
    # the right has room for another process, the left for the way back to an earlier activity
    around = sorted((way for way in activity.ways if way is not row.below), key=lambda way: way.to in processes)
    sides = (-1, 1, 0) if len(around) > 1 or around[0].to not in processes else (1,)
    for side, way in zip(sides, around, strict=False):
        corner = (CENTRE + side * half, fork) if side else (CENTRE, row.bottom)
        if side == 0:
            canvas.paths.append(f"M{_n(CENTRE)} {_n(row.bottom)}v{_n(GAP / 2)}")
            corner = (CENTRE, row.bottom + GAP / 2)
        anchor = "end" if side < 0 else "start"
        canvas.text((corner[0] + (side or 1) * 7, corner[1] - 6), way.when, "way", anchor)
        if way.to not in processes:
            yield _Detour(side or 1, corner, way.to)
            continue
        side = side or 1  # noqa: PLW2901 - a process stands at a side
        process = processes[way.to]
        lines = _wrapped(process.name, SMALL, SIDE_WIDTH - 16)
        height = max(len(lines) * SMALL_LINE + 2 * PADDING, 34.0)
        inner = LEFT + SIDE_WIDTH if side < 0 else RIGHT - SIDE_WIDTH
        canvas.box("process", (min(inner, inner + side * SIDE_WIDTH), corner[1] - height / 2), (SIDE_WIDTH, height))
        for index, line in enumerate(lines):
            y = corner[1] + 4 + (index - (len(lines) - 1) / 2) * SMALL_LINE
            canvas.text((inner + side * SIDE_WIDTH / 2, y), line, "question")
        canvas.arrow(corner, (inner, corner[1]))
        for onward in process.ways:
            yield _Detour(side, (inner + side * SIDE_WIDTH, corner[1]), onward.to, onward.when)


def _lanes(detours: Sequence[_Detour], entries: Mapping[str, float]) -> Iterator[float]:
    """The lane of each detour: those that overlap on a side run beside each other, the shorter inside."""
    spans = [sorted((one.start[1], entries[one.to])) for one in detours]
    taken: dict[int, int] = {}
    for index in sorted(range(len(detours)), key=lambda index: spans[index][1] - spans[index][0]):
        used = {
            taken[other]
            for other in taken
            if detours[other].side == detours[index].side
            and spans[other][0] <= spans[index][1]
            and spans[index][0] <= spans[other][1]
        }
        taken[index] = next(lane for lane in range(len(detours) + 1) if lane not in used)
    for index in range(len(detours)):
        yield LANES[min(taken[index], len(LANES) - 1)]


def _pill(canvas: _Canvas, text: str, top: float) -> None:
    canvas.box("pill", (CENTRE - BOX_WIDTH / 4, top), (BOX_WIDTH / 2, PILL))
    canvas.text((CENTRE, top + PILL / 2 + 4), text, "pill")


def _side(canvas: _Canvas, texts: Sequence[str], side: int, middle: float) -> None:
    """A list of inputs (side -1) or outputs (1), its middle at that height."""
    height = _side_height(texts)
    left = LEFT if side < 0 else RIGHT - SIDE_WIDTH
    canvas.box("side", (left, middle - height / 2), (SIDE_WIDTH, height))
    y = middle - height / 2 + PADDING
    for text in texts:
        for index, line in enumerate(_wrapped(text, SMALL, SIDE_WIDTH - 26)):
            if index == 0:
                canvas.text((left + 9, y + 10.5), "•", "side", "start")
            canvas.text((left + 17, y + 10.5), line, "side", "start")
            y += SMALL_LINE


def _side_height(texts: Sequence[str]) -> float:
    lines = sum(len(_wrapped(text, SMALL, SIDE_WIDTH - 26)) for text in texts)
    return lines * SMALL_LINE + 2 * PADDING if lines else 0.0


def _names(activity: ActivityBlock) -> list[str]:
    return _wrapped(f"{activity.id} {activity.name}", FONT * 1.08, BOX_WIDTH - BAND - 16)


def _roles(activity: ActivityBlock) -> list[str]:
    return [line for role in activity.responsible for line in _wrapped(role, SMALL, BOX_WIDTH - BAND - 16)]


def _box_height(activity: ActivityBlock) -> float:
    return len(_names(activity)) * LINE + len(_roles(activity)) * SMALL_LINE + 2 * PADDING


def _wrapped(text: str, font: float, width: float) -> list[str]:
    """Lines of about that width: Latin words stay whole, and no line starts with a mark that closes."""
    lines, line = [], ""
    for piece in re.findall(r"[^\W\u3000-\uffef]+[^\s\u3000-\uffef]*|\s+|.", text):
        if line and piece[0] not in _NO_START and _width(line + piece, font) > width:
            lines.append(line.rstrip())
            line = ""
        line = (line + piece) if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _width(text: str, font: float) -> float:
    wide = sum(unicodedata.east_asian_width(character) in "WFA" for character in text)
    return font * (wide + 0.55 * (len(text) - wide))


def _n(number: float) -> str:
    """A coordinate; adding zero turns a rounded -0.00 into 0.00."""
    return f"{round(number, 2) + 0.0:.2f}"
