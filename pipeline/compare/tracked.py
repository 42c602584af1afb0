"""Tracked changes: what they say, and the two texts that remain when all are accepted or all refused."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace

from lxml import etree

from pipeline.compare.names import W, value

NUMBER = "{urn:slm:compare}paragraph"
"""Stamped on every paragraph, so that a place found in one reading is known in the other."""

_COMING = frozenset(f"{W}{name}" for name in ("ins", "moveTo", "cellIns"))
_GOING = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "cellDel"))
_LOOKS = frozenset(
    f"{W}{name}Change" for name in ("rPr", "pPr", "tblPr", "tblPrEx", "tcPr", "trPr", "tblGrid", "sectPr", "numbering")
)
_CHANGES = _COMING | _GOING
_WORDS = frozenset(f"{W}{name}" for name in ("t", "delText"))
_GONE_NAMES = {f"{W}delText": f"{W}t", f"{W}delInstrText": f"{W}instrText"}


@dataclass(frozen=True, slots=True)
class Tracked:
    """A change that a program recorded; `paragraph` is the stamp of where."""

    added: bool
    moved: bool
    words: str
    author: str
    date: str
    paragraph: str


def stamp(tree: etree._Element) -> None:
    """Number the paragraphs of a part."""
    for number, paragraph in enumerate(tree.iter(f"{W}p")):
        paragraph.set(NUMBER, str(number))


def has_changes(tree: etree._Element) -> bool:
    """Whether anything in a part is tracked."""
    return next(tree.iter(*_CHANGES, *_LOOKS), None) is not None


def has_tracked_looks(tree: etree._Element) -> bool:
    """Whether changes of formatting are tracked."""
    return next(tree.iter(*_LOOKS), None) is not None


def tracked(tree: etree._Element) -> list[Tracked]:
    """The tracked changes of a part in reading order; pieces of one change are one."""
    found: list[Tracked] = []
    marks: list[Tracked] = []
    for change in tree.iter(*_CHANGES):
        one = _read(change)
        if not one.words:
            marks.append(one)
        elif found and _continues(found[-1], one):
            found[-1] = replace(one, words=found[-1].words + one.words)
        else:
            found.append(one)
    said = {(one.paragraph, one.added) for one in found}
    return found + [mark for mark in dict.fromkeys(marks) if (mark.paragraph, mark.added) not in said]


def _continues(last: Tracked, one: Tracked) -> bool:
    return (last.added, last.moved, last.author, last.paragraph) == (
        one.added,
        one.moved,
        one.author,
        one.paragraph,
    )


def _read(change: etree._Element) -> Tracked:
    paragraph = change if change.tag == f"{W}p" else next(change.iterancestors(f"{W}p"), None)
    if paragraph is None:  # a row, a cell, or a whole paragraph within
        row = next(change.iterancestors(f"{W}tr", f"{W}tc"), change)
        paragraph = next(row.iter(f"{W}p"), None)
        words = "".join(_words(row)) if row is not change else "".join(_words(change))
    else:
        words = "".join(_words(change))
    return Tracked(
        added=change.tag in _COMING,
        moved=change.tag in {f"{W}moveTo", f"{W}moveFrom"},
        words=words,
        author=value(change, "author"),
        date=value(change, "date")[:10],
        paragraph="" if paragraph is None else paragraph.get(NUMBER, ""),
    )


def _words(tree: etree._Element) -> list[str]:
    return [one.text or "" for one in tree.iter(*_WORDS)]


def reading(tree: etree._Element, *, accepted: bool) -> etree._Element:
    """A copy of a part without tracked changes: as if all had been accepted, or as if all had been refused."""
    made = deepcopy(tree)
    if not has_changes(made):
        return made
    gone = _GOING if accepted else _COMING
    if not accepted:
        _restore_looks(made)
    for change in sorted(made.iter(*_CHANGES), key=_ends_paragraph):  # what stands before an end goes first
        parent = change.getparent()
        if parent is not None and _within(change, made):
            _settle(change, parent, gone=change.tag in gone)
    for old, new in _GONE_NAMES.items():
        for text in list(made.iter(old)):
            text.tag = new
    return made


def _ends_paragraph(change: etree._Element) -> bool:
    parent = change.getparent()
    return parent is not None and parent.tag == f"{W}rPr"


def _settle(change: etree._Element, parent: etree._Element, *, gone: bool) -> None:
    """Take a tracked change out, with what it holds or without."""
    if parent.tag in {f"{W}rPr", f"{W}trPr", f"{W}tcPr"}:
        _settle_mark(change, parent, gone=gone)
        return
    position = parent.index(change)
    for offset, child in enumerate([] if gone else list(change)):
        parent.insert(position + offset, child)
    parent.remove(change)


def _within(element: etree._Element, tree: etree._Element) -> bool:
    """Whether an element is still there after others were taken out."""
    top = element
    while (parent := top.getparent()) is not None:
        top = parent
    return top is tree


def _settle_mark(change: etree._Element, properties: etree._Element, *, gone: bool) -> None:
    """A tracked end of a paragraph, row or cell."""
    properties.remove(change)
    holder = properties.getparent()
    if not gone or holder is None:
        return
    if properties.tag != f"{W}rPr":
        outer = holder.getparent()
        if outer is not None:
            outer.remove(holder)
        return
    paragraph = holder.getparent()
    following = None if paragraph is None else paragraph.getnext()
    if paragraph is None or holder.tag != f"{W}pPr":
        return
    rest = [child for child in paragraph if child.tag != f"{W}pPr"]
    outer = paragraph.getparent()
    if following is not None and following.tag == f"{W}p" and outer is not None:
        start = 1 if len(following) and following[0].tag == f"{W}pPr" else 0
        for offset, child in enumerate(rest):
            following.insert(start + offset, child)
        outer.remove(paragraph)
    elif following is not None and following.tag == f"{W}tbl" and outer is not None and _is_wordless(rest):
        outer.remove(paragraph)  # nothing can join a table, but an empty paragraph before it goes


def _is_wordless(contents: list[etree._Element]) -> bool:
    return all(child.tag in {f"{W}bookmarkStart", f"{W}bookmarkEnd"} for child in contents)


def _restore_looks(tree: etree._Element) -> None:
    """Properties as they were before a tracked change of formatting."""
    for change in list(tree.iter(f"{W}rPrChange", f"{W}pPrChange", f"{W}tcPrChange", f"{W}trPrChange")):
        properties = change.getparent()
        if properties is None or len(change) == 0:
            continue
        old = change[0]
        own = {f"{W}rPr", f"{W}sectPr"} if properties.tag == f"{W}pPr" else set()
        kept = [child for child in properties if child is not change and child.tag in {*_CHANGES, *own}]
        for child in list(properties):
            properties.remove(child)
        for child in (*list(old), *kept):
            properties.append(child)
