"""What all charts share: lengths, labels, axes.

Lengths are user units, 680 to the width of a page's text (a quarter of a millimetre each), written with two decimals so
that the same report gives the same bytes. Nothing depends on colour alone: a miss is hatched, or a triangle.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import jinja2

from pipeline.merge.report import ReportContext, ResultRow
from pipeline.merge.review_pack import PackContext
from pipeline.merge.survey import SurveyContext
from pipeline.render.templates import render_file

WIDTH = 680.0
FONT = 11.0
ROW = 17.0
HEADING = 22.0
LEGEND = 26.0

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


def zoom(numbers: Sequence[Decimal]) -> Decimal:
    """The highest start of an axis that leaves every number above it."""
    return next((start for start in ZOOMS if all(number > start for number in numbers)), Decimal(0))


def on_axis(value: Decimal | None, start: Decimal, first: float, last: float, stop: Decimal = HUNDRED) -> float | None:
    """Where a value stands on an axis from `first` to `last`; None without a value."""
    return None if value is None else first + float((value - start) / (stop - start)) * (last - first)


def target_name(row: ResultRow) -> str:
    """Priority and measure."""
    return f"{row.priority} {row.measure_label}".strip()


def draw(templates: jinja2.Environment, name: str, **variables: object) -> str:
    """The picture of a template."""
    return render_file(templates, f"svg/{name}.svg", variables)


def fit(text: str, width: float) -> str:
    """Cut a label that would run into the picture, by the usual widths of its characters."""
    kept = text
    while len(kept) > 1 and text_width(kept) > width:
        kept = kept.removesuffix("…")[:-1].rstrip() + "…"
    return kept


def text_width(text: str) -> float:
    """About how wide a text is."""
    wide = sum(unicodedata.east_asian_width(character) in "WFA" for character in text)
    return FONT * (wide + 0.54 * (len(text) - wide))


def sentences(parts: Sequence[str], context: ReportContext | PackContext | SurveyContext) -> str:
    """One text of several sentences."""
    return ("" if context.language == "zh-CN" else " ").join(parts)


def pos(number: float) -> str:
    """A coordinate; adding zero turns a rounded -0.00 into 0.00."""
    return f"{round(number, 2) + 0.0:.2f}"
