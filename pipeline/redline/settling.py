"""Accepts or refuses every tracked change of a Word file, as Word does when told to."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from pipeline.compare.names import W, value

_COMING = frozenset(f"{W}{name}" for name in ("ins", "moveTo", "cellIns"))
_GOING = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "cellDel"))
_FORMER = tuple(
    f"{W}{name}Change" for name in ("rPr", "pPr", "tblPr", "tblPrEx", "tblGrid", "tcPr", "trPr", "sectPr", "numbering")
)
_KEPT = {
    f"{W}pPr": frozenset({f"{W}rPr", f"{W}sectPr"}),
    f"{W}sectPr": frozenset({f"{W}headerReference", f"{W}footerReference"}),
}
"""What a change of looks says nothing of."""
_MARKS = _COMING | _GOING
_CONTROLS = {f"{W}customXml{kind}Range{end}" for kind in ("Ins", "Del") for end in ("Start", "End")}
_MOVES = {f"{W}move{side}Range{end}" for side in ("From", "To") for end in ("Start", "End")}
_SPOKEN = {f"{W}delText": f"{W}t", f"{W}delInstrText": f"{W}instrText"}
_EMPTIED = tuple(f"{W}{name}" for name in ("hyperlink", "bdo", "dir"))
_SILENT = frozenset(
    f"{W}{name}" for name in ("pPr", "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "proofErr")
)


def settle(tree: etree._Element, *, accepted: bool) -> None:
    """Change a part in place."""
    gone = _GOING if accepted else _COMING
    for change in list(tree.iter(*_FORMER)):
        _settle_looks(change, accepted=accepted)
    for row in list(tree.iter(f"{W}tr")):
        _settle_row(row, gone)
    for table in reversed(list(tree.iter(f"{W}tbl"))):
        if table.find(f"{W}tr") is None:
            _remove(table)
    _settle_controls(tree, "Del" if accepted else "Ins")
    _settle_runs(tree, gone)
    for paragraph in list(tree.iter(f"{W}p")):
        _settle_end(paragraph, gone)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _settle_looks(change: etree._Element, *, accepted: bool) -> None:
    properties = change.getparent()
    if properties is None:
        return
    properties.remove(change)
    if accepted:
        return
    kept = _KEPT.get(properties.tag, frozenset()) | _MARKS
    for child in [one for one in properties if one.tag not in kept]:
        properties.remove(child)
    former = list(change[0]) if len(change) else []
    # what a change of looks says nothing of comes after the looks, but the running heads of a section before them
    at = len(properties) if properties.tag == f"{W}sectPr" else 0
    for offset, child in enumerate(former):
        properties.insert(at + offset, child)


def _settle_row(row: etree._Element, gone: frozenset[str]) -> None:
    properties = row.find(f"{W}trPr")
    marks = [] if properties is None else [one for one in properties if one.tag in _MARKS]
    for mark in marks:
        _remove(mark)
    if any(mark.tag in gone for mark in marks):
        _remove(row)


def _settle_controls(tree: etree._Element, gone: str) -> None:
    """Content controls that came or went: the change holds their edges, so that their contents stay or go alone."""
    starts = {value(one, "id") for one in tree.iter(f"{W}customXml{gone}RangeStart")}
    for control in list(tree.iter(f"{W}sdt")):
        content = control.find(f"{W}sdtContent")
        first = content[0] if content is not None and len(content) else None
        if first is None or first.tag != f"{W}customXml{gone}RangeEnd" or value(first, "id") not in starts:
            continue
        _put_in_place(control, list(content) if content is not None else [])
    for edge in list(tree.iter(*_CONTROLS, *_MOVES)):
        _remove(edge)


def _holds(change: etree._Element) -> bool:
    parent = change.getparent()
    return parent is not None and parent.tag not in {f"{W}rPr", f"{W}trPr", f"{W}tcPr", f"{W}numPr"}


def _settle_runs(tree: etree._Element, gone: frozenset[str]) -> None:
    for change in [one for one in tree.iter(*_MARKS) if _holds(one)]:
        if change.tag in gone:
            _remove(change)
        else:
            _put_in_place(change, list(change))
    for name, spoken in _SPOKEN.items():
        for text in list(tree.iter(name)):
            text.tag = spoken
    for holder in reversed(list(tree.iter(*_EMPTIED))):
        if not len(holder):
            _remove(holder)


def _put_in_place(element: etree._Element, inner: Sequence[etree._Element]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    position = parent.index(element)
    parent.remove(element)
    for offset, child in enumerate(inner):
        parent.insert(position + offset, child)


def _settle_end(paragraph: etree._Element, gone: frozenset[str]) -> None:
    """The end of a paragraph: where it is gone, what stands before it joins the next paragraph."""
    properties = paragraph.find(f"{W}pPr")
    end = None if properties is None else properties.find(f"{W}rPr")
    marks = [] if end is None else [one for one in end if one.tag in _MARKS]
    for mark in marks:
        _remove(mark)
    if properties is not None and end is not None and not len(end):
        properties.remove(end)
    if properties is not None and not len(properties):
        paragraph.remove(properties)
    if not any(mark.tag in gone for mark in marks):
        return
    rest = [one for one in paragraph if one.tag != f"{W}pPr"]
    following, outer = paragraph.getnext(), paragraph.getparent()
    if outer is None:
        return
    if following is not None and following.tag == f"{W}p":
        start = 1 if len(following) and following[0].tag == f"{W}pPr" else 0
        for offset, child in enumerate(rest):
            following.insert(start + offset, child)
        outer.remove(paragraph)
    elif all(one.tag in _SILENT for one in rest):
        outer.remove(paragraph)
