"""Charts: places in them by plain arithmetic, and their words by the line.

WeasyPrint sets the words of a chart letter by letter, and puts those that are centred or end at a point into an object
of their own. A line at once looks the same, in a fraction of the time and of the file.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import inf
from typing import Any

from weasyprint import svg as drawings
from weasyprint.css.properties import INITIAL_VALUES
from weasyprint.draw.text import draw_first_line
from weasyprint.matrix import Matrix
from weasyprint.svg import SVG, utils
from weasyprint.svg.bounding_box import extend_bounding_box
from weasyprint.svg.path import path as _path
from weasyprint.svg.text import Style, TextBox
from weasyprint.svg.text import text as _text
from weasyprint.text.line_break import split_first_line

from pipeline.render.engine import replace

_normalize, _size, _draw_node = utils.normalize, utils.size, SVG.draw_node
_TAGS = {"text", "tspan"}
_BY_LETTER = {"rotate", "textLength", "lengthAdjust", "letter-spacing", "display-anchor", "direction"}
_ALIGNED = {"dominant-baseline", "alignment-baseline"}
_SHARES = {"middle": 0.5, "end": 1.0}
_PLAIN_LINES = re.compile(r"[MmHhVvLlZz\d. -]+")
"""Straight lines between points that do not depend on the size of anything."""
_MOST_PATHS = 10_000
_WEIGHTS = {"normal": 400, "bold": 700}


def _product(one: Any, other: Any) -> Any:  # noqa: ANN401 - WeasyPrint has no types
    """`Matrix.__matmul__`: the same sums in the same order."""
    (p, q, r), (s, t, u), (v, w, x) = other
    made = Matrix.__new__(Matrix)
    list.extend(made, ([a * p + b * s + c * v, a * q + b * t + c * w, a * r + b * u + c * x] for a, b, c in one))
    return made


def _is_line(node: Any) -> bool:  # noqa: ANN401 - as above
    """Whether the words of a node can be set as a whole: nothing is said of its letters."""
    said = node.attrib
    return bool(
        node.tag in _TAGS
        and node.text
        and not (_BY_LETTER | _ALIGNED) & said.keys()
        and not any(len(said[name].replace(",", " ").split()) > 1 for name in ("x", "y", "dx", "dy") if name in said)
    )


@lru_cache(maxsize=1024)
def _style(family: str, slant: str, weight: str, size: float, font_config: Any) -> Any:  # noqa: ANN401 - as above
    style = Style()
    style.update(INITIAL_VALUES)
    style.font_config = font_config
    style["font_family"] = [font.strip("\"'") for font in family.split(",")]
    style["font_style"], style["font_size"] = slant, size
    style["font_weight"] = _WEIGHTS.get(weight) or (int(weight) if weight.isdecimal() else _WEIGHTS["normal"])
    return style


def _style_of(svg: Any, node: Any, font_size: float) -> Any:  # noqa: ANN401 - as above
    family, slant = node.get("font-family", "sans-serif"), node.get("font-style", "normal")
    return _style(family, slant, str(node.get("font-weight", 400)), font_size, svg.font_config)


def text(svg: Any, node: Any, font_size: float) -> None:  # noqa: ANN401 - as above
    """`text`, a line at once where nothing is said of its letters."""
    if not _is_line(node):
        _text(svg, node, font_size)
        return
    style = _style_of(svg, node, font_size)
    layout, _, _, width, height, baseline = split_first_line(node.text, style, svg.context, inf, 0)
    place = []
    for index, (name, moved, whole) in enumerate((("x", "dx", svg.inner_width), ("y", "dy", svg.inner_height))):
        if name in node.attrib:
            if place_of := utils.size(node.attrib[name], font_size, whole):
                svg.cursor_d_position[index] = 0
            place.append(place_of)
        else:
            place.append(svg.cursor_position[index])
        svg.cursor_d_position[index] += utils.size(node.get(moved), font_size, whole)
    svg.cursor_position = place[0] + width, place[1]
    x, y = (one + moved for one, moved in zip(place, svg.cursor_d_position, strict=True))
    corners = ((x, y - baseline), (x + width, y - baseline + height))
    node.text_bounding_box = extend_bounding_box(node.text_bounding_box, corners)
    svg.stream.push_state()
    fill, stroke = svg.set_graphical_state(node, font_size)
    svg.stream.begin_text()
    layout.reactivate(style)
    svg.fill_stroke(fill, stroke, text=True)
    box = TextBox(layout, style)
    box.baseline = baseline
    shift = width * _SHARES.get(node.__dict__.pop("anchored", ""), 0.0)
    draw_first_line(svg.stream, box, "none", "none", Matrix(d=-1, e=x - shift, f=y))
    svg.stream.end_text()
    svg.stream.pop_state()


_paths: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {}


def path(svg: Any, node: Any, font_size: float) -> None:  # noqa: ANN401 - as above
    """`path`; axes and grids are the same in each report, and are read once."""
    lines = node.get("d", "")
    if node.vertices or not _PLAIN_LINES.fullmatch(lines):
        _path(svg, node, font_size)
        return
    known = _paths.get(lines)
    if known is None:
        at = len(svg.stream.stream)
        _path(svg, node, font_size)
        if len(_paths) > _MOST_PATHS:
            _paths.clear()
        _paths[lines] = tuple(svg.stream.stream[at:]), tuple(node.vertices)
        return
    svg.stream.stream.extend(known[0])
    node.vertices.extend(known[1])


def draw_node(svg: Any, node: Any, font_size: float, fill_stroke: bool = True, context: Any = None) -> None:  # noqa: ANN401 - as above
    """`SVG.draw_node`; a line that is centred or ends at a point is moved there, without an object of its own."""
    anchor = node.get("text-anchor")
    if anchor in _SHARES and node.visible and _is_line(node) and "x" in node.attrib and not list(node):
        node.anchored = node.attrib.pop("text-anchor")
    _draw_node(svg, node, font_size, fill_stroke, context)


def install() -> None:
    """Let charts be drawn like this."""
    Matrix.__matmul__ = _product
    SVG.draw_node = draw_node
    replace(_normalize, lru_cache(maxsize=4096)(_normalize))
    replace(_size, lru_cache(maxsize=16384)(_size))
    for original, quicker in ((_text, text), (_path, path)):
        replace(original, quicker)
        drawings.TAGS.update({tag: quicker for tag in drawings.TAGS if drawings.TAGS[tag] is original})
