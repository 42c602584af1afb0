"""Whether a reader sees words as they are: not hidden, white, tiny, struck out, raised or in a font of symbols.

Only looks that change what is read count. Fonts, sizes and colours as such do not: programs rewrite them freely.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import TypeAlias

from lxml import etree

from pipeline.compare.names import OFF, W, switched, value, whole

_TINY = 8
"""Half points."""
_NARROW = 25
"""Per cent of a letter's width."""
_LIFTED = 8
"""Half points."""
_FLAT = 80
"""Twentieths of a point; a line of this exact height shows no words."""
_FAR = 9000
"""Twentieths of a point; words moved by this much stand beside the page."""
_BESIDE = 17_000
"""Twentieths of a point; a table moved by this much stands beside the page."""
FAINTEST = 2.5
"""Contrast below which words are overlooked: light grey on white has 1.2 to 2.4, the grey of blanks to fill in 2.6."""
_MARKERS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "darkBlue": "000080", "darkCyan": "008080",
    "darkGray": "808080", "darkGreen": "008000", "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000",
    "green": "00FF00", "lightGray": "C0C0C0", "magenta": "FF00FF", "red": "FF0000", "white": "FFFFFF",
    "yellow": "FFFF00",
}  # fmt: skip
_SYMBOLS = ("wingdings", "webdings", "symbol", "zapf dingbats", "opensymbol")
_PLAIN = {"", "auto", "clear", "none", "nil"}


_THEME = {"background1": 255, "light1": 255, "background2": 231, "light2": 231, "text1": 0, "dark1": 0}
"""How light the greys of Word's own theme are."""


class Look(IntFlag):
    """What keeps words from being read as they are written."""

    PLAIN = 0
    HIDDEN = 1
    FAINT = 2
    STRUCK = 4
    SHIFTED = 8
    SYMBOL = 16


NAMES = {
    Look.HIDDEN: "hidden",
    Look.FAINT: "made invisible",
    Look.STRUCK: "struck out",
    Look.SHIFTED: "raised or lowered",
}


Properties: TypeAlias = Mapping[str, etree._Element]  # noqa: SLF001 - lxml has no public name for it
"""Properties by name; the nearest of several styles decides."""


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What a table adds to the looks of the words in a cell: properties of its style, its filling, its row."""

    properties: tuple[Properties, ...] = ()
    fill: str = ""
    look: Look = Look.PLAIN


class Styles:
    """The styles of a document, asked for what is in force."""

    def __init__(self, tree: etree._Element | None) -> None:
        found = [] if tree is None else list(tree.iter(f"{W}style"))
        self._by_id = {value(style, "styleId"): style for style in found}
        self._default = next((value(one, "styleId") for one in found if _is_default(one)), "")
        self._base = named(None if tree is None else tree.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        self._chains: dict[str, tuple[etree._Element, ...]] = {}
        self._merged: dict[tuple[str, str], Properties] = {}

    def chain(self, style: str) -> tuple[etree._Element, ...]:
        """A style and those it is based on, nearest first."""
        known = self._chains.get(style)
        if known is None:
            known = self._chains[style] = tuple(self._walk(style))
        return known

    def _walk(self, style: str) -> Iterator[etree._Element]:
        seen = set()
        while style and style not in seen and (found := self._by_id.get(style)) is not None:
            seen.add(style)
            yield found
            style = value(found.find(f"{W}basedOn"))

    def _inherited(self, style: str, kind: str) -> Properties:
        """What a style says about runs (`rPr`) or paragraphs (`pPr`), with what it is based on."""
        known = self._merged.get((style, kind))
        if known is None:
            made: dict[str, etree._Element] = {}
            for one in self.chain(style):
                made = {**named(one.find(f"{W}{kind}")), **made}
            known = self._merged[style, kind] = made
        return known

    def of_paragraph(self, properties: etree._Element | None) -> str:
        """The id of a paragraph's style, also where it names none."""
        return value(None if properties is None else properties.find(f"{W}pStyle")) or self._default

    def name(self, style: str) -> str:
        """The name of a style, which programs keep when they rewrite its id."""
        chain = self.chain(style)
        return value(chain[0].find(f"{W}name")).lower() if chain else ""

    def level(self, properties: etree._Element | None) -> int:
        """The level of a heading, from 1; 0 for other paragraphs."""
        inherited = self._inherited(self.of_paragraph(properties), "pPr")
        outline = _first([named(properties), inherited], "outlineLvl")
        found = whole(value(outline, default="9"), 9) + 1
        return found if 1 <= found <= 9 else 0  # noqa: PLR2004 - the format has nine levels, and “body text” after them

    def backdrop(self, table: etree._Element, row: etree._Element, cell: etree._Element, *, first: bool) -> Backdrop:
        """What stands behind the words of a cell; `first` for the first row of the table."""
        properties, fill = [], ""
        about = table.find(f"{W}tblPr")
        for style in self.chain(value(None if about is None else about.find(f"{W}tblStyle"))):
            conditional = style.find(f"{W}tblStylePr[@{W}type='firstRow']") if first else None
            for source in (conditional, style):
                if source is None:
                    continue
                fill = fill or _fill(source.find(f"{W}tcPr"))
                properties.append(named(source.find(f"{W}rPr")))
        own = _fill(cell.find(f"{W}tcPr"))
        moved = [] if about is None else [one for name in ("tblInd", "tblpPr") for one in about.findall(f"{W}{name}")]
        height = row.find(f"{W}trPr/{W}trHeight")
        look = Look.HIDDEN if switched(row.find(f"{W}trPr"), "hidden") else Look.PLAIN
        if any(abs(whole(value(one, name))) >= _BESIDE for one in moved for name in ("w", "tblpX", "tblpY")):
            look |= Look.FAINT
        if value(height, "hRule") == "exact" and whole(value(height)) <= _FLAT:
            look |= Look.FAINT
        if (
            cell.find(f"{W}tcPr/{W}vMerge") is not None
            and value(cell.find(f"{W}tcPr/{W}vMerge"), default="continue") == "continue"
        ):
            look |= Look.FAINT
        return Backdrop(tuple(properties), own or fill, look)

    def look(self, run: etree._Element | None, paragraph: etree._Element | None, backdrop: Backdrop) -> Look:
        """How the words of a run look, by its own properties, its styles, its paragraph and its cell."""
        direct = named(run)
        of_style = self._inherited(value(direct.get("rStyle")), "rPr")
        of_paragraph = self._inherited(self.of_paragraph(paragraph), "rPr")
        flat = [direct, of_style, of_paragraph, *backdrop.properties, self._base]
        look = backdrop.look
        look |= Look.HIDDEN if _toggled(flat, "vanish") else Look.PLAIN
        if _toggled(flat, "strike") or _is_on(_first(flat, "dstrike")):
            look |= Look.STRUCK
        if value(_first(flat, "vertAlign")) in {"superscript", "subscript"} or _is_lifted(flat):
            look |= Look.SHIFTED
        fonts = _first(flat, "rFonts")
        if any(name.lower().startswith(_SYMBOLS) for name in (value(fonts, "ascii"), value(fonts, "hAnsi"))):
            look |= Look.SYMBOL
        about = [named(paragraph), self._inherited(self.of_paragraph(paragraph), "pPr")]
        return look | Look.FAINT if _is_faint(flat, about, backdrop.fill) else look


def _is_default(style: etree._Element) -> bool:
    return value(style, "type") == "paragraph" and value(style, "default").lower() in {"1", "true", "on"}


def named(properties: etree._Element | None) -> Properties:
    """The entries of a set of properties by their names."""
    return {} if properties is None else {str(one.tag).rpartition("}")[2]: one for one in properties}


def _first(sources: Sequence[Properties], name: str) -> etree._Element | None:
    for source in sources:
        if name in source:
            return source[name]
    return None


def _is_on(found: etree._Element | None) -> bool:
    return found is not None and value(found, default="true").lower() not in OFF


def _is_lifted(flat: Sequence[Properties]) -> bool:
    return abs(whole(value(_first(flat, "position")))) > _LIFTED


def _toggled(flat: Sequence[Properties], name: str) -> bool:
    """Direct formatting decides; between kinds of styles the switch toggles (ISO 29500-1, 17.7.3)."""
    if name in flat[0]:
        return _is_on(flat[0][name])
    return sum(_is_on(source.get(name)) for source in flat[1:]) % 2 == 1


def _is_faint(flat: Sequence[Properties], paragraph: Sequence[Properties], fill: str) -> bool:
    size, width = whole(value(_first(flat, "sz")), 21), whole(value(_first(flat, "w")), 100)
    if size <= _TINY or width <= _NARROW or _flat_or_far(paragraph):
        return True
    colour = _colour(_first(flat, "color"))
    behind = _fill_of(_first(flat, "shd")) or _fill_of(_first(paragraph, "shd")) or fill
    marked = value(_first(flat, "highlight"), default="none")
    if marked in _MARKERS:
        behind, colour = _MARKERS[marked], colour or "000000"
    return bool(colour) and contrast(colour, behind or "FFFFFF") < FAINTEST


def _flat_or_far(sources: Sequence[Properties]) -> bool:
    spacing, indent, frame = (_first(sources, name) for name in ("spacing", "ind", "framePr"))
    if value(spacing, "lineRule") == "exact" and whole(value(spacing, "line"), 240) <= _FLAT:
        return True
    moves = [value(indent, side) for side in ("left", "start", "right", "end", "firstLine", "hanging")]
    return any(abs(whole(move)) >= _FAR for move in (*moves, *(value(frame, side) for side in "xy")))


def _fill(properties: etree._Element | None) -> str:
    return "" if properties is None else _fill_of(properties.find(f"{W}shd"))


def _fill_of(shade: etree._Element | None) -> str:
    fill = value(shade, "fill")
    return "" if fill.lower() in _PLAIN else fill.upper()


def _colour(found: etree._Element | None) -> str:
    themed = _THEME.get(value(found, "themeColor"))
    if themed is not None:  # Word goes by the theme, whatever colour is written beside it
        shade, tint = (_byte(value(found, name)) for name in ("themeShade", "themeTint"))
        return f"{round(255 - (255 - themed * shade / 255) * tint / 255):02X}" * 3
    colour = value(found)
    return "" if colour.lower() in _PLAIN else colour.upper()


def _byte(text: str) -> int:
    """A strength from 0 to 255 as the format writes it, full where it says none."""
    return int(text, 16) if re.fullmatch("[0-9A-Fa-f]{2}", text) else 255


def contrast(colour: str, behind: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 for equal colours to 21; 21 where a colour is none that it knows."""
    try:
        lighter, darker = sorted((_luminance(colour), _luminance(behind)), reverse=True)
    except ValueError:
        return 1.0 if colour == behind else 21.0
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it; ValueError for what is not six hexadecimal digits."""
    red, green, blue = (one / 255 for one in bytes.fromhex(colour))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in (red, green, blue)]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
