"""The tables of a Word text as HTML: columns, merged cells, heads that repeat, rows of exact height."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.render.package import whole
from pipeline.render.pages.css import cell_css, declarations, pt, table_css, written
from pipeline.render.pages.looks import from_hexadecimal, local_name, number, on, twips
from pipeline.render.pages.numbering import VAL, W
from pipeline.render.pages.word_file import WordFile, text_of

_FIGURE = re.compile(r"[≥≤<>≈]?\s?[\d.,]+\s?%?")
_FULL = 5000
_MOST_COLUMNS = 63
_LOOK = {"firstRow": 0x20, "lastRow": 0x40, "firstColumn": 0x80, "lastColumn": 0x100, "noHBand": 0x200}
_CONTENT = {"p", "tbl", "sdt", "ins", "customXml", "moveTo"}
Writer = Callable[[etree._Element, Iterable[etree._Element]], None]  # noqa: SLF001 - lxml's public class has no public name


@dataclass(slots=True, eq=False)
class _Cell:
    source: etree._Element | None
    column: int
    span: int
    rows: int = 1
    continues: bool = False


@dataclass(slots=True, eq=False)
class _Row:
    source: etree._Element
    head: bool
    cells: list[_Cell] = field(default_factory=list)


def build_table(file: WordFile, target: etree._Element, source: etree._Element, write: Writer) -> None:
    """Append a table to an element; `write` fills its cells."""
    properties = source.find(f"{W}tblPr")
    rows = list(_rows(source))
    if not rows:
        return
    _merge(rows)
    table = etree.SubElement(target, "table")
    _dress(file, table, properties)
    _columns(table, source)
    look = _look(properties)
    heads = next((count for count, row in enumerate(rows) if not row.head), len(rows))
    heads = heads if heads < len(rows) else 0
    for name, group in (("thead", rows[:heads]), ("tbody", rows[heads:])):
        if group:
            part = etree.SubElement(table, name)
            for row in group:
                _row(part, row, _places(rows, row, look), look, write)
    if len(rows) > 1 and all(_kept(file, row) for row in rows[:-1]):
        table.set("class", f"{table.get('class', '')} together".strip())


def _rows(source: etree._Element) -> Iterable[_Row]:
    for one in source.iterchildren(f"{W}tr", f"{W}sdt", f"{W}ins"):
        if one.tag != f"{W}tr":
            yield from _rows(one.find(f"{W}sdtContent") if one.tag == f"{W}sdt" else one)  # type: ignore[arg-type]
            continue
        properties = one.find(f"{W}trPr")
        row = _Row(one, properties is not None and on(properties.find(f"{W}tblHeader")))
        column = _count(properties, "gridBefore", 0)
        if column:
            row.cells.append(_Cell(None, 0, column))
        for cell in one.iterchildren(f"{W}tc", f"{W}sdt"):
            inner = cell.find(f"{W}sdtContent/{W}tc") if cell.tag == f"{W}sdt" else cell
            if inner is None:
                continue
            own = inner.find(f"{W}tcPr")
            merge = None if own is None else own.find(f"{W}vMerge")
            continues = merge is not None and merge.get(VAL, "continue") == "continue"
            row.cells.append(_Cell(inner, column, _count(own, "gridSpan", 1), continues=continues))
            column += row.cells[-1].span
        if after := _count(properties, "gridAfter", 0):
            row.cells.append(_Cell(None, column, after))
        yield row


def _count(properties: etree._Element | None, name: str, otherwise: int) -> int:
    found = None if properties is None else properties.find(f"{W}{name}")
    return otherwise if found is None else min(max(whole(found.get(VAL), otherwise), 0), _MOST_COLUMNS)


def _merge(rows: list[_Row]) -> None:
    """Cells that continue the one above lengthen that one."""
    above: dict[int, _Cell] = {}
    for row in rows:
        for cell in row.cells:
            if cell.continues and cell.column in above:
                above[cell.column].rows += 1
            else:
                cell.continues = False
                above[cell.column] = cell


def _dress(file: WordFile, table: etree._Element, properties: etree._Element | None) -> None:
    """Style, width and place of a table; what it says itself becomes a class of its own."""
    if properties is None:
        return
    named = properties.find(f"{W}tblStyle")
    style = file.looks.styles.get("" if named is None else named.get(VAL, "")) or file.looks.default("table")
    classes = [] if style is None else [style.css_class]
    own = f"table-{len(file.rules) + 1}"
    if rules := written(table_css(f".{own}", properties)):
        file.rules.append(rules)
        classes.append(own)
    file.used.update(classes[:1])
    table.set("class", " ".join(classes))
    css = {}
    width = properties.find(f"{W}tblW")
    if width is not None and width.get(f"{W}type") == "pct":
        css["width"] = f"{number(width.get(f'{W}w', '0')) * 100 / _FULL:g}%"
    elif width is not None and width.get(f"{W}type") == "dxa":
        css["width"] = pt(twips(width, "w"))
    place = properties.find(f"{W}jc")
    if place is not None and place.get(VAL) in {"center", "right", "end"}:
        css["margin-left"] = "auto"
        css["margin-right"] = "auto" if place.get(VAL) == "center" else "0"
    elif indent := twips(properties.find(f"{W}tblInd"), "w"):
        css["margin-left"] = pt(indent)
    if css:
        table.set("style", declarations(css))


def _columns(table: etree._Element, source: etree._Element) -> None:
    widths = [number(one.get(f"{W}w", "0")) for one in source.findall(f"{W}tblGrid/{W}gridCol")]
    total = sum(widths)
    if total:
        group = etree.SubElement(table, "colgroup")
        for width in widths:
            etree.SubElement(group, "col", style=f"width: {round(width * 100 / total, 3):g}%")


def _look(properties: etree._Element | None) -> Mapping[str, bool]:
    found = None if properties is None else properties.find(f"{W}tblLook")
    if found is None:
        return dict.fromkeys(_LOOK, False)
    bits = from_hexadecimal(found.get(VAL, ""))
    return {
        name: found.get(f"{W}{name}", "1" if bits & bit else "0") in {"1", "true", "on"} for name, bit in _LOOK.items()
    }


def _places(rows: list[_Row], row: _Row, look: Mapping[str, bool]) -> list[str]:
    """What a row is to the table's style."""
    at = rows.index(row)
    if look["firstRow"] and (at == 0 or row.head):
        return ["firstRow"]
    if look["lastRow"] and at == len(rows) - 1:
        return ["lastRow"]
    return [] if look["noHBand"] else ["band2Horz" if (at - look["firstRow"]) % 2 else "band1Horz"]


def _row(part: etree._Element, row: _Row, places: list[str], look: Mapping[str, bool], write: Writer) -> None:
    properties = row.source.find(f"{W}trPr")
    whole = properties is not None and on(properties.find(f"{W}cantSplit"))
    classes = [*places, *(["whole"] if whole else [])]
    line = etree.SubElement(part, "tr", {"class": " ".join(classes)} if classes else {})
    height = None if properties is None else properties.find(f"{W}trHeight")
    exact = twips(height, "val") if height is not None and height.get(f"{W}hRule") == "exact" else 0.0
    if height is not None and not exact:
        line.set("style", declarations({"height": pt(twips(height, "val"))}))
    for cell in row.cells:
        if cell.continues:
            continue
        made = _cell(line, row, cell, look)
        if cell.source is None:
            made.set("style", "border: none")
            continue
        css = cell_css(cell.source.find(f"{W}tcPr"))
        if exact:
            css |= {"padding-top": "0", "padding-bottom": "0"}
        if css:
            made.set("style", declarations(css))
        if exact:
            made = etree.SubElement(made, "div", {"class": "exact", "style": f"height: {pt(exact)}"})
        write(made, (one for one in cell.source if local_name(one.tag) in _CONTENT))


def _cell(line: etree._Element, row: _Row, cell: _Cell, look: Mapping[str, bool]) -> etree._Element:
    """An empty cell that says what it is: a heading, a figure, how far it reaches."""
    first = look["firstColumn"] and cell.column == 0
    name, scope = ("th", "col") if row.head else ("th", "row") if first else ("td", "")
    made = etree.SubElement(line, name, {"scope": scope} if scope else {})
    if cell.span > 1:
        made.set("colspan", str(cell.span))
    if cell.rows > 1:
        made.set("rowspan", str(cell.rows))
    classes = ["firstCol"] if first else ["lastCol"] if look["lastColumn"] and cell is row.cells[-1] else []
    if cell.source is not None and _FIGURE.fullmatch(text_of(cell.source)):
        classes.append("figure")
    if classes:
        made.set("class", " ".join(classes))
    return made


def _kept(file: WordFile, row: _Row) -> bool:
    """Whether a row stays on the page of the next one."""
    paragraph = row.source.find(f".//{W}p")
    properties = None if paragraph is None else paragraph.find(f"{W}pPr")
    if properties is None:
        return False
    own, named = properties.find(f"{W}keepNext"), properties.find(f"{W}pStyle")
    style = file.looks.styles.get("" if named is None else named.get(VAL, ""))
    return on(own) if own is not None else style is not None and on(style.paragraph.get("keepNext"))
