"""Questions that are asked of every box, answered in one step."""

from __future__ import annotations

from typing import Any

from weasyprint.formatting_structure.boxes import Box

_OUT_OF_FLOW = {"left", "right", "inline-start", "inline-end", "footnote"}
_FLOATED = {"left", "right", "inline-start", "inline-end"}
_PLACED = {"absolute", "fixed"}
_ELSEWHERE = {"running()", "note()"}


def is_in_normal_flow(box: Any) -> bool:  # noqa: ANN401 - WeasyPrint has no types
    """`Box.is_in_normal_flow`."""
    style = box.style
    position = style["position"]
    if position == "static":
        return style["float"] not in _OUT_OF_FLOW
    return position not in _PLACED and position[0] not in _ELSEWHERE and style["float"] not in _OUT_OF_FLOW


def is_floated(box: Any) -> bool:  # noqa: ANN401 - as above
    """`Box.is_floated`."""
    return box.style["float"] in _FLOATED


def is_absolutely_positioned(box: Any) -> bool:  # noqa: ANN401 - as above
    """`Box.is_absolutely_positioned`."""
    return box.style["position"] in _PLACED


def install() -> None:
    """Let WeasyPrint ask like this."""
    Box.is_in_normal_flow = is_in_normal_flow
    Box.is_floated = is_floated
    Box.is_absolutely_positioned = is_absolutely_positioned
