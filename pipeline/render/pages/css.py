"""What Word's properties look like in CSS, so that the pages follow the template that somebody edits in Word.

Only fonts are not taken over: every document is set in ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from pipeline.render.pages.looks import Looks, Style, children, half_points, indents, number, on, twips
from pipeline.render.pages.numbering import VAL, Numbering, W

Css = dict[str, str]

_ALIGN = {"center": "center", "right": "right", "end": "right"}
_BOTH = {"both", "distribute"}
_RULES = {"dashed": "dashed", "dashSmallGap": "dashed", "dotted": "dotted", "double": "double", "dotDash": "dashed"}
_HIGHLIGHTS = {"yellow": "#fff200", "green": "#7dff7d", "cyan": "#7dffff", "lightGray": "#d3d3d3", "red": "#ff7d7d"}
ROWS = {"firstRow", "lastRow", "band1Horz", "band2Horz"}
"""The places in a table that are whole rows."""

_SIDES = ("top", "left", "bottom", "right")
_START = {"left": "start", "right": "end"}
_CAPITALS = {"caps": ("text-transform", "uppercase"), "smallCaps": ("font-variant-caps", "small-caps")}
_RAISED = {"superscript": "super", "subscript": "sub"}
_BASE = ("font-size", "line-height", "color")


def pt(length: float) -> str:
    """A length as CSS writes it, always the same."""
    return f"{round(length, 2) + 0.0:g}pt"


def colour(value: str | None) -> str:
    """A colour; nothing for Word's `auto` and for what is none."""
    return f"#{value.lower()}" if value and re.fullmatch(r"[0-9A-Fa-f]{6}", value) else ""


def rule(border: etree._Element | None) -> str:
    """A border as CSS writes it; nothing where there is none."""
    if border is None:
        return ""
    kind = border.get(VAL, "none")
    if kind in {"nil", "none"}:
        return "none"
    width = max(number(border.get(f"{W}sz", "4")) / 8, 0.25)
    return f"{pt(width)} {_RULES.get(kind, 'solid')} {colour(border.get(f'{W}color')) or '#262b33'}"


def paragraph_css(properties: Mapping[str, etree._Element], looks: Looks, size: float) -> Css:
    """Paragraph properties as CSS; `size` is that of its characters."""
    css: Css = {}
    spacing = properties.get("spacing")
    if spacing is not None:
        for side, name in (("top", "before"), ("bottom", "after")):
            if f"{W}{name}" in spacing.attrib:
                css[f"margin-{side}"] = pt(twips(spacing, name))
        css |= _line_height(spacing, looks, size)
    left, right, hanging = indents(properties)
    if "ind" in properties:
        css |= {"margin-left": pt(left - max(hanging, 0)), "padding-left": pt(max(hanging, 0))}
        css |= {"margin-right": pt(right), "text-indent": pt(-hanging)}
    align = properties.get("jc")
    if align is not None:
        how = align.get(VAL, "")
        css["text-align"] = looks.both if how in _BOTH else _ALIGN.get(how, "left")
    css |= _paragraph_borders(properties.get("pBdr"), left, hanging)
    css |= _shade(properties.get("shd"))
    if "keepNext" in properties:
        css["break-after"] = "avoid" if on(properties["keepNext"]) else "auto"
    if "keepLines" in properties:
        css["break-inside"] = "avoid" if on(properties["keepLines"]) else "auto"
    if "pageBreakBefore" in properties:
        css["break-before"] = "page" if on(properties["pageBreakBefore"]) else "auto"
    return css


def _line_height(spacing: etree._Element, looks: Looks, size: float) -> Css:
    if f"{W}line" not in spacing.attrib:
        return {}
    line, how = number(spacing.get(f"{W}line", "240")), spacing.get(f"{W}lineRule", "auto")
    if how == "auto":
        return {"line-height": f"{round(line / 240 * looks.natural, 3):g}"}
    return {"line-height": pt(line / 20 if how == "exact" else max(line / 20, size * looks.natural))}


def _paragraph_borders(borders: etree._Element | None, left: float, hanging: float) -> Css:
    """Word draws them outside of the text's edges."""
    css: Css = {}
    for side in _SIDES:
        border = None if borders is None else borders.find(f"{W}{side}")
        shown = rule(border)
        if border is None or shown in {"", "none"}:
            continue
        space = number(border.get(f"{W}space", "0"))
        css |= {f"border-{side}": shown, f"padding-{side}": pt(space)}
        if side == "left":
            css["padding-left"] = pt(space + max(hanging, 0))
            css["margin-left"] = pt(left - max(hanging, 0) - space - number(border.get(f"{W}sz", "4")) / 8)
    return css


def run_css(properties: Mapping[str, etree._Element]) -> Css:
    """Character properties as CSS."""
    css: Css = {}
    if "b" in properties:
        css["font-weight"] = "700" if on(properties["b"]) else "400"
    if "i" in properties:
        css["font-style"] = "italic" if on(properties["i"]) else "normal"
    lines = [line for name, line in (("u", "underline"), ("strike", "line-through")) if on(properties.get(name))]
    if lines:
        css["text-decoration"] = " ".join(lines)
    if "color" in properties and (shown := colour(properties["color"].get(VAL))):
        css["color"] = shown
    if size := half_points(properties.get("sz")):
        css["font-size"] = pt(size)
    if "spacing" in properties:
        css["letter-spacing"] = pt(twips(properties["spacing"], "val"))
    for name, (key, value) in _CAPITALS.items():
        if on(properties.get(name)):
            css[key] = value
    return css | _raised(properties.get("vertAlign")) | _shade(properties.get("shd"), properties.get("highlight"))


def _raised(align: etree._Element | None) -> Css:
    where = "" if align is None else _RAISED.get(align.get(VAL, ""), "")
    return {"vertical-align": where, "font-size": "70%"} if where else {}


def _shade(shading: etree._Element | None, highlight: etree._Element | None = None) -> Css:
    shown = "" if shading is None else colour(shading.get(f"{W}fill"))
    if highlight is not None and highlight.get(VAL) != "none":
        shown = _HIGHLIGHTS.get(highlight.get(VAL, ""), "#fff200")
    return {"background": shown} if shown else {}


def cell_css(properties: etree._Element | None) -> Css:
    """Cell properties as CSS: shading, borders, margins, alignment."""
    if properties is None:
        return {}
    known = children(properties)
    css = _shade(known.get("shd"))
    align = known.get("vAlign")
    if align is not None:
        css["vertical-align"] = {"center": "middle", "bottom": "bottom"}.get(align.get(VAL, ""), "top")
    for side in _SIDES:
        border = rule(_side(known.get("tcBorders"), side))
        if border:
            css[f"border-{side}"] = border
        margin = _side(known.get("tcMar"), side)
        if margin is not None:
            css[f"padding-{side}"] = pt(twips(margin, "w"))
    if "noWrap" in known:
        css["white-space"] = "nowrap"
    return css


def _side(parent: etree._Element | None, side: str) -> etree._Element | None:
    if parent is None:
        return None
    found = parent.find(f"{W}{side}")
    return parent.find(f"{W}{_START[side]}") if found is None and side in _START else found


def table_css(selector: str, properties: etree._Element | None) -> Iterator[tuple[str, Css]]:
    """Table properties as rules: the frame, the lines between cells, the margins in them."""
    if properties is None:
        return
    borders = properties.find(f"{W}tblBorders")
    yield selector, {f"border-{side}": shown for side in _SIDES if (shown := rule(_side(borders, side)))}
    across, down = (rule(_side(borders, name)) for name in ("insideH", "insideV"))
    if across:
        below = f"{selector} > * > tr + tr > *, {selector} > thead + tbody > tr:first-child > *"
        yield below, {"border-top": across}
    if down:
        yield f"{selector} > * > tr > * + *", {"border-left": down}
    margins = properties.find(f"{W}tblCellMar")
    padding = {f"padding-{side}": pt(twips(one, "w")) for side in _SIDES if (one := _side(margins, side)) is not None}
    yield f"{selector} > * > tr > *", padding


def written(rules: Iterable[tuple[str, Css]]) -> str:
    """Rules as a style sheet; those for one selector become one."""
    together: dict[str, Css] = {}
    for selector, css in rules:
        together[selector] = together.get(selector, {}) | css
    return "\n".join(f"{selector} {{ {declarations(css)} }}" for selector, css in together.items() if css)


def declarations(css: Mapping[str, str]) -> str:
    """What stands in a rule, or in an element's own `style`."""
    return "; ".join(f"{name}: {value}" for name, value in css.items())


def style_sheet(looks: Looks, numbering: Numbering, used: set[str]) -> str:
    """The rules for the styles whose classes are `used`."""
    base = {"font-size": pt(looks.size), **paragraph_css(looks.paragraph, looks, looks.size), **run_css(looks.run)}
    rules: list[tuple[str, Css]] = [("body", {name: base[name] for name in _BASE if name in base})]
    for style in looks.styles.values():
        if style.css_class not in used:
            continue
        selector = f".{style.css_class}"
        if style.kind == "table":
            rules += _table_style(style, selector)
            continue
        size = half_points(style.run.get("sz")) or looks.size
        css = paragraph_css(style.paragraph, looks, size) if style.kind == "paragraph" else {}
        rules.append((selector, css | run_css(style.run)))
    for level in numbering.levels():
        if level.key in used:
            rules += _level_rules(level.key, children(level.paragraph), children(level.run))
    return written(rules)


def _level_rules(
    key: str, paragraph: Mapping[str, etree._Element], run: Mapping[str, etree._Element]
) -> Iterator[tuple[str, Css]]:
    left, _, hanging = indents(paragraph)
    where = {"margin-left": pt(left - max(hanging, 0)), "padding-left": pt(max(hanging, 0))}
    yield f".{key}", {**where, "text-indent": pt(-hanging)}
    yield f".{key} > .number", ({"min-width": pt(hanging)} if hanging > 0 else {}) | run_css(run)


def _table_style(style: Style, selector: str) -> Iterator[tuple[str, Css]]:
    for one in style.chain:
        yield from table_css(selector, one.find(f"{W}tblPr"))
        yield f"{selector} > * > tr > *", cell_css(one.find(f"{W}tcPr"))
        yield selector, run_css(children(one.find(f"{W}rPr")))
    for one in style.chain:
        for part in one.findall(f"{W}tblStylePr"):
            css = cell_css(part.find(f"{W}tcPr")) | run_css(children(part.find(f"{W}rPr")))
            kind = part.get(f"{W}type", "")
            if kind in ROWS and "background" in css:
                # behind the row: between cells that are filled one by one a hairline stays white
                yield f"{selector} > * > tr.{kind}", {"background": css.pop("background")}
            yield f"{selector} > * > tr{f'.{kind} > *' if kind in ROWS else f' > .{kind}'}", css
