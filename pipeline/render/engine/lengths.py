"""Used lengths of boxes: what a style fixes whatever surrounds the box is worked out once for the style."""

from __future__ import annotations

from typing import Any

from weasyprint.css.functions import check_math
from weasyprint.css.properties import Dimension
from weasyprint.formatting_structure import boxes
from weasyprint.layout import percent

from pipeline.render.engine import replace

_SIDES = ("top", "right", "bottom", "left")
_BY_WIDTH = (
    "margin_left",
    "margin_right",
    "margin_top",
    "margin_bottom",
    "padding_left",
    "padding_right",
    "padding_top",
    "padding_bottom",
    "width",
    "min_width",
    "max_width",
)
_BY_HEIGHT = ("height", "min_height", "max_height")
_CORNERS = tuple(f"border_{corner}_radius" for corner in ("top_left", "top_right", "bottom_right", "bottom_left"))
_WIDTHS = tuple(f"border_{side}_width" for side in _SIDES)
_PLAIN = {str, int, float, Dimension, type(None), bool}
_general_percentages, _general_radii, _general_math = (
    percent.resolve_percentages,
    percent.resolve_radii_percentages,
    check_math,
)


def has_math(token: Any) -> bool:  # noqa: ANN401 - WeasyPrint has no types
    """`check_math`; nearly all values are words, numbers and lengths, which hold no formula."""
    return False if type(token) in _PLAIN else bool(_general_math(token))


def resolve_percentages(box: Any, containing_block: Any) -> None:  # noqa: ANN401 - as above
    """`resolve_percentages`, for styles without percentages and formulas by one look-up."""
    style = box.style
    fixed = style.__dict__.get("fixed_lengths")
    if fixed is None:
        fixed = style.fixed_lengths = _fixed_lengths(style)
    if not fixed or isinstance(box, boxes.PageBox):
        _general_percentages(box, containing_block)
        return
    own = box.__dict__
    if style["border_collapse"] == "collapse":
        # borders of a table that is drawn already stay as they were resolved against their neighbours
        kept = {name: own[name] for name in _WIDTHS if name in own}
        own.update(fixed)
        own.update(kept)
    else:
        own.update(fixed)


def _fixed_lengths(style: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """The lengths that do not depend on what is around a box; none when one of them does."""
    if style["box_sizing"] != "content-box":
        return {}
    fixed: dict[str, Any] = {}
    for name in (*_BY_WIDTH, *_BY_HEIGHT):
        value = style[name]
        if value == "auto":
            fixed[name] = 0 if name in {"min_width", "min_height"} else "auto"
        elif type(value) is Dimension and value.unit == "px":
            fixed[name] = value.value
        else:
            return {}
    for name in _WIDTHS:
        fixed[name] = style[name]
    return fixed


def resolve_radii_percentages(box: Any) -> None:  # noqa: ANN401 - as above
    """`resolve_radii_percentages`, at once for boxes without round corners."""
    style = box.style
    square = style.__dict__.get("square")
    if square is None:
        square = style.square = all((0, "px") in style[name] for name in _CORNERS)
    if square:
        box.border_top_left_radius = box.border_top_right_radius = (0, 0)
        box.border_bottom_right_radius = box.border_bottom_left_radius = (0, 0)
    else:
        _general_radii(box)


def install() -> None:
    """Let WeasyPrint resolve lengths like this."""
    replace(_general_math, has_math)
    replace(_general_percentages, resolve_percentages)
    replace(_general_radii, resolve_radii_percentages)
