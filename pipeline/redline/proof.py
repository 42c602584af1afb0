"""What a Word file says, as lines that can be held against those of another, whatever its ids and divisions are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from pipeline.compare.names import R, W, value
from pipeline.compare.package import Relation
from pipeline.redline.files import NOTES, WordFile
from pipeline.redline.markup import exact, is_drawn, shell
from pipeline.redline.vocabulary import definition

_HEADS = (f"{W}headerReference", f"{W}footerReference")
_SILENT = frozenset(
    f"{W}{name}"
    for name in ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "commentReference")
)
_REFERENCES = {f"{W}{kind}Reference": kind for kind in NOTES}
_WORD = re.compile(r"[^\s\"\\]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or the edge of a table, row, cell or control: what it says, and everything else about it."""

    text: str
    markup: str


@dataclass(slots=True)
class _Reading:
    """What is known while a file is read."""

    file: WordFile
    places: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    notes: list[tuple[str, str]] = field(default_factory=list)
    relations: dict[str, dict[str, Relation]] = field(default_factory=dict)

    def of(self, part: str) -> dict[str, Relation]:
        """What a part refers to, by id."""
        if part not in self.relations:
            self.relations[part] = self.file.relations(part)
        return self.relations[part]


def lines(file: WordFile) -> list[Line]:
    """All that a file says: body, running heads by section, notes in the order of their references."""
    reading = _Reading(file)
    for number, paragraph in enumerate(file.body.iter(f"{W}p"), 1):
        for mark in paragraph.iter(f"{W}bookmarkStart"):
            reading.places[value(mark, "name")] = f"paragraph {number}"
    found = list(_blocks(file.body, file.main, reading))
    found += [Line("", f"section {_plain(one, file.main, reading)}") for one in file.sections()]
    for place, part in sorted(file.heads().items()):
        if part in file.stories:
            found.append(Line("", f"head {place}"))
            found += _blocks(file.stories[part], part, reading)
    for kind, ident in list(reading.notes):
        tree, part = file.tree(f"{kind}s"), file.related(f"{kind}s")
        for note in [] if tree is None else [one for one in tree.findall(f"{W}{kind}") if value(one, "id") == ident]:
            found.append(Line("", kind))
            found += _blocks(note, part, reading)
    return found


def difference(said: list[Line], meant: list[Line]) -> str:
    """The first place where a file does not say what it should; empty where it does."""
    for one, other in zip(said, meant, strict=False):
        if one != other:
            what = "" if one.text != other.text else "the looks or structure of "
            return f"{what}{_quoted(other.text or other.markup)} reads {_quoted(one.text or one.markup)}"
    longer = said if len(said) > len(meant) else meant
    if len(said) == len(meant):
        return ""
    extra = longer[min(len(said), len(meant))]
    return f"{_quoted(extra.text or extra.markup)} is {'too much' if longer is said else 'missing'}"


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")  # noqa: PLR2004 - enough to find the place


def _blocks(container: etree._Element, part: str, reading: _Reading) -> Iterator[Line]:
    for block in container:
        if block.tag == f"{W}p":
            yield _paragraph(block, part, reading)
        elif block.tag == f"{W}tbl":
            heads = [_plain(block.find(f"{W}{name}"), part, reading) for name in ("tblPr", "tblGrid")]
            yield Line("", f"table {heads}")
            for row in block.findall(f"{W}tr"):
                heads = [_plain(row.find(f"{W}{name}"), part, reading) for name in ("tblPrEx", "trPr")]
                yield Line("", f"row {heads}")
                for cell in row.findall(f"{W}tc"):
                    yield Line("", f"cell {_plain(cell.find(f'{W}tcPr'), part, reading)}")
                    yield from _blocks(cell, part, reading)
            yield Line("", "table ends")
        elif block.tag == f"{W}sdt":
            yield Line("", f"control {_plain(block.find(f'{W}sdtPr'), part, reading)}")
            content = block.find(f"{W}sdtContent")
            yield from () if content is None else _blocks(content, part, reading)
            yield Line("", "control ends")
        elif block.tag not in {f"{W}sectPr", *_SILENT}:
            yield Line("", _plain(block, part, reading))


def _paragraph(paragraph: etree._Element, part: str, reading: _Reading) -> Line:
    properties = _plain(paragraph.find(f"{W}pPr"), part, reading)
    runs: list[tuple[str, str]] = []
    text: list[str] = []
    _inside(paragraph, part, reading, runs, text)
    joined: list[tuple[str, str]] = []
    for looks, said in runs:
        if joined and joined[-1][0] == looks and not said.startswith("<") and not joined[-1][1].startswith("<"):
            joined[-1] = (looks, joined[-1][1] + said)
        else:
            joined.append((looks, said))
    return Line("".join(text), f"{properties}{joined}")


def _inside(holder: etree._Element, part: str, reading: _Reading, runs: list[tuple[str, str]], text: list[str]) -> None:
    for child in holder:
        if child.tag in {f"{W}pPr", f"{W}sdtPr", f"{W}sdtEndPr", *_SILENT}:
            continue
        if child.tag == f"{W}r":
            _run(child, part, reading, runs, text)
        elif child.tag in {f"{W}hyperlink", f"{W}bdo", f"{W}dir", f"{W}sdt", f"{W}sdtContent"}:
            inner: list[tuple[str, str]] = []
            _inside(child, part, reading, inner, text)
            if inner or child.tag == f"{W}sdt":
                runs += [("", f"<{_edge(child, part, reading)}"), *inner, ("", "</>")]
        else:
            runs.append(("", _plain(child, part, reading)))


def _edge(holder: etree._Element, part: str, reading: _Reading) -> str:
    if holder.tag == f"{W}sdt":
        return _plain(holder.find(f"{W}sdtPr"), part, reading)
    return holder.tag + _plain(shell(holder), part, reading)


def _run(run: etree._Element, part: str, reading: _Reading, runs: list[tuple[str, str]], text: list[str]) -> None:
    looks = _plain(run.find(f"{W}rPr"), part, reading)
    for child in run:
        if child.tag in {f"{W}rPr", *_SILENT}:
            continue
        if child.tag == f"{W}t":
            said = (child.text or "").replace("<", "‹")  # so that words are never taken for markup
            runs.append((looks, said))
            text.append(child.text or "")
            continue
        if child.tag in _REFERENCES:
            reading.notes.append((_REFERENCES[child.tag], value(child, "id")))
        runs.append((looks, _plain(child, part, reading)))
        text.append("\t" if child.tag == f"{W}tab" else "")


def _plain(element: etree._Element | None, part: str, reading: _Reading) -> str:
    """An element as text, with what its ids stand for in the place of the ids."""
    if element is None:
        return ""
    made = deepcopy(element)
    for one in list(made.iter(etree.Element)):
        _resolve(one, part, reading)
    for one in reversed(list(made.iter(f"{W}rPr", f"{W}pPr", f"{W}trPr", f"{W}tcPr", f"{W}tblPrEx"))):
        if one is not made and not len(one):
            _drop(one)
    return exact(made)


def _resolve(one: etree._Element, part: str, reading: _Reading) -> None:
    for name in [str(each) for each in one.attrib if str(each).startswith(R)]:
        relation = reading.of(part).get(one.get(name, ""))
        if one.tag in _HEADS:
            one.set(name, "")
        elif relation is not None:
            one.set(name, reading.file.package.digests.get(relation.target.lower(), relation.target))
    if one.tag in _SILENT or (one.tag == f"{W}id" and _is_of_control(one)):
        _drop(one)
    elif one.tag == f"{W}numId":
        one.set(f"{W}val", _list(value(one), reading))
    elif one.tag == f"{W}instrText":
        one.text = _WORD.sub(lambda found: reading.places.get(found[0], found[0]), one.text or "")
    elif f"{W}anchor" in one.attrib:
        one.set(f"{W}anchor", reading.places.get(value(one, "anchor"), value(one, "anchor")))
    else:
        for name in ("id", "type") if is_drawn(one) else (f"{W}id",) if one.tag in _REFERENCES else ():
            one.attrib.pop(name, "")


def _is_of_control(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == f"{W}sdtPr"


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _list(number: str, reading: _Reading) -> str:
    """How a list is defined, and which one of those that are defined alike it is, in reading order."""
    if number not in reading.lists:
        numbering = reading.file.tree("numbering")
        said = number
        if numbering is not None:
            shapes = {value(one, "abstractNumId"): one for one in numbering.findall(f"{W}abstractNum")}
            for one in numbering.findall(f"{W}num"):
                shape = shapes.get(value(one.find(f"{W}abstractNumId")))
                if value(one, "numId") == number and shape is not None:
                    said = definition(one, shape)
        reading.seen[said] += 1
        reading.lists[number] = f"{said} {reading.seen[said]}"
    return reading.lists[number]
