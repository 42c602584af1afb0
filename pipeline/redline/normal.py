"""Brings the text of a Word file into one form: what says nothing is left out, and what is said in two ways in one."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from copy import deepcopy

from lxml import etree

from pipeline.compare.names import SPACE, W, value
from pipeline.redline.markup import RANGES, make

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_IDLE = frozenset(f"{W}{name}" for name in ("proofErr", "lastRenderedPageBreak", "permStart", "permEnd"))
"""A redline is for reading and deciding, not for signing: nothing in it is locked, so nothing is unlocked either."""
_WRAPPERS = frozenset(f"{W}{name}" for name in ("smartTag", "customXml"))
_INLINE = frozenset(f"{W}{name}" for name in ("p", "hyperlink", "bdo", "dir", "r", "ins", "del"))


def normalise(tree: etree._Element) -> None:
    """Change a part in place."""
    for element in list(tree.iter(etree.Element)):
        for name in [one for one in element.attrib if _is_idle(str(one))]:
            del element.attrib[name]
    for element in list(tree.iter(*_IDLE)):
        _drop(element)
    for lock in list(tree.iter(f"{W}lock")):
        if lock.getparent() is not None and lock.getparent().tag == f"{W}sdtPr":  # type: ignore[union-attr]
            _drop(lock)
    for element in list(tree.iter(*_WRAPPERS)):
        _unwrap(element)
    for element in list(tree.iter(f"{W}fldSimple")):
        _spell_out(element)
    for run in list(tree.iter(f"{W}r")):
        _split(run)
    _lower(tree)


def _is_idle(name: str) -> bool:
    return name.startswith(f"{W}rsid") or name in {f"{_W14}paraId", f"{_W14}textId"}


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    position = parent.index(element)
    inner = [one for one in element if one.tag not in {f"{W}smartTagPr", f"{W}customXmlPr"}]
    for offset, child in enumerate(inner):
        parent.insert(position + offset, child)
    parent.remove(element)


def _spell_out(simple: etree._Element) -> None:
    """A field in one element says the same as one in several, and only those can be tracked."""
    parent = simple.getparent()
    if parent is None:
        return
    code = make("instrText")
    code.set(SPACE, "preserve")
    code.text = value(simple, "instr")
    marks = [make("fldChar", {"fldCharType": kind}) for kind in ("begin", "separate", "end")]
    pieces = [_run(marks[0]), _run(code), _run(marks[1]), *simple, _run(marks[2])]
    position = parent.index(simple)
    for offset, piece in enumerate(pieces):
        parent.insert(position + offset, piece)
    parent.remove(simple)


def _run(child: etree._Element) -> etree._Element:
    made = make("r")
    made.append(child)
    return made


def _split(run: etree._Element) -> None:
    """A run for each thing in it; one that holds nothing is gone."""
    parent = run.getparent()
    if parent is None:
        return
    looks = run.find(f"{W}rPr")
    contents = [one for one in run if one is not looks and isinstance(one.tag, str)]
    for text in [one for one in contents if one.tag in {f"{W}t", f"{W}instrText", f"{W}delText", f"{W}delInstrText"}]:
        if text.get(SPACE) != "preserve":
            text.text = (text.text or "").strip()
            text.set(SPACE, "preserve")
    contents = [one for one in contents if one.tag != f"{W}t" or one.text]
    position = parent.index(run)
    for offset, child in enumerate(contents):
        made = make("r")
        if looks is not None and len(looks):
            made.append(deepcopy(looks))
        made.append(child)
        parent.insert(position + offset, made)
    parent.remove(run)


def _lower(tree: etree._Element) -> None:
    """The ends of ranges that stand between paragraphs move into the next one, or to the end of the last one."""
    between = [one for one in tree.iter(*RANGES) if _is_between(one)]
    if not between:
        return
    order = {element: number for number, element in enumerate(tree.iter(etree.Element))}
    paragraphs = list(tree.iter(f"{W}p"))
    places = [order[one] for one in paragraphs]
    lowered = Counter[int]()
    for mark in between:
        at = bisect_right(places, order[mark])
        _drop(mark)
        if at < len(paragraphs):
            following = paragraphs[at]
            start = 1 if len(following) and following[0].tag == f"{W}pPr" else 0
            following.insert(start + lowered[at], mark)
            lowered[at] += 1
        elif paragraphs:
            paragraphs[-1].append(mark)


def _is_between(mark: etree._Element) -> bool:
    parent = mark.getparent()
    while parent is not None and parent.tag in {f"{W}sdtContent", f"{W}sdt"}:
        if parent.find(f"{W}r") is not None:
            return False
        parent = parent.getparent()
    return parent is not None and parent.tag not in _INLINE
