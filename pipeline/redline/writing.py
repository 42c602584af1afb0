"""Writes merged lines as Word records changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from uuid import NAMESPACE_OID, uuid5

from lxml import etree

from pipeline.compare.names import W, whole
from pipeline.redline.lines import Change, State
from pipeline.redline.markup import DELETED, DRAWN, FAR, OFFICE, Pen, exact, is_drawn, make, same, shell, without, words
from pipeline.redline.pieces import Kind

NoteSeen = Callable[[Change], None]
"""Told of every reference to a note, so that the notes are merged as the references are."""
_RANGE = {State.DELETED: "customXmlDelRange", State.ADDED: "customXmlInsRange"}


def written(changes: Iterable[Change], pen: Pen, note_seen: NoteSeen) -> list[etree._Element]:
    """The children of a paragraph, or of what stands around some of its runs."""
    line = _Line(pen)
    for change in changes:
        kind, piece = change.piece.kind, change.piece
        if kind is Kind.RANGE:
            line.add(deepcopy(piece.elements[0]))
        elif kind is Kind.HOLDER:
            inner = written(change.inner, pen, note_seen)
            for element in held(piece.elements[0], inner, change.state, pen):
                line.add(element)
        elif kind is Kind.WHOLE:
            for element in piece.elements:
                line.change(change.state, _gone(element) if change.state is State.DELETED else deepcopy(element))
        else:
            if piece.note:
                note_seen(change)
            line.run(change)
    return line.children


def held(element: etree._Element, inner: Sequence[etree._Element], state: State, pen: Pen) -> list[etree._Element]:
    """What stands around runs or paragraphs, with its new contents; of a content control also that it came or went."""
    if element.tag != f"{W}sdt":
        return [shell(element, inner)]
    properties = [deepcopy(one) for one in element if one.tag != f"{W}sdtContent"]
    if state is State.KEPT:
        return [shell(element, [*properties, shell(make("sdtContent"), inner)])]
    opening, opened = pen.range(_RANGE[state])
    closing, closed = pen.range(_RANGE[state])
    return [opening, shell(element, [*properties, shell(make("sdtContent"), [opened, *inner, closing])]), closed]


class _Line:
    """Puts runs that changed alike into one change, and words that look alike into one run."""

    def __init__(self, pen: Pen) -> None:
        self.children: list[etree._Element] = []
        self._pen = pen
        self._open: tuple[State, str] | None = None

    def add(self, element: etree._Element) -> None:
        """What is not tracked."""
        element.tail = None
        self.children.append(element)
        self._open = None

    def change(self, state: State, element: etree._Element) -> None:
        """A run, or another element that can be deleted or added."""
        element.tail = None
        if state is State.KEPT:
            self.children.append(element)
        else:
            last = self.children[-1] if self.children else None
            if last is None or last.tag != f"{W}{state.value}":
                last = self._pen.mark(state.value)
                self.children.append(last)
            last.append(element)
        self._open = None

    def run(self, change: Change) -> None:
        """Words or a sign."""
        piece, gone = change.piece, change.state is State.DELETED
        looks = (change.state, _looks_of(change))
        if piece.kind is Kind.WORDS and self._open == looks:
            run = self.children[-1] if change.state is State.KEPT else self.children[-1][-1]
            run[-1].text = (run[-1].text or "") + piece.text
            return
        run = make("r")
        properties = self._properties(change)
        if properties is not None:
            run.append(properties)
        if piece.kind is Kind.WORDS:
            run.append(words(piece.text, deleted=gone))
        else:
            run.extend(deepcopy(element) for element in piece.elements)
            if gone:
                _rename(run)
        self.change(change.state, run)
        self._open = looks if piece.kind is Kind.WORDS else None

    def _properties(self, change: Change) -> etree._Element | None:
        made = deepcopy(change.piece.looks)
        if change.old is not None and change.new is not None and not same(change.old.looks, change.new.looks):
            made = make("rPr") if made is None else made
            made.append(self._pen.former("rPrChange", "rPr", change.old.looks))
        return made


def _looks_of(change: Change) -> str:
    old, new = change.old, change.new
    return f"{exact(old.looks) if old else ''}|{exact(new.looks) if new else ''}"


def _gone(element: etree._Element) -> etree._Element:
    made = deepcopy(element)
    if made.tag == f"{W}r":
        _rename(made)
    else:
        _own_ids(made)
    return made


def _own_ids(element: etree._Element) -> None:
    """A drawing that is deleted may have the same ids as the one that stands in its place."""
    ids: dict[str, str] = {}
    drawn = [one for one in element.iter(etree.Element) if is_drawn(one)]
    for one in drawn:
        if one.tag == DRAWN:
            one.set("id", str(whole(one.get("id", "0")) + FAR))
        elif one.tag == f"{OFFICE}signatureline":
            # of a signature line Word takes a GUID only
            one.set("id", f"{{{str(uuid5(NAMESPACE_OID, one.get('id', ''))).upper()}}}")
        elif one.get("id"):
            ids[one.get("id", "")] = f"{one.get('id')}_former"
            one.set("id", f"{one.get('id')}_former")
    for one in drawn:
        kind = one.get("type", "").removeprefix("#")
        if kind in ids:
            one.set("type", f"#{ids[kind]}")


def _rename(run: etree._Element) -> None:
    """Words are called otherwise where they are deleted; those of a text box within stay as they are."""
    _own_ids(run)
    for child in run:
        child.tag = DELETED.get(child.tag, child.tag)


def base(properties: etree._Element | None) -> etree._Element | None:
    """The properties of a paragraph that a change of looks can hold."""
    return without(properties, "rPr", "sectPr", "pPrChange")


def paragraph_properties(
    old: etree._Element | None, new: etree._Element | None, mark: State, pen: Pen
) -> etree._Element | None:
    """The properties of a paragraph and of its end, with what they were; None stands for the side there is not."""
    shown = new if new is not None else old
    made = base(shown)
    made = make("pPr") if made is None else made
    ends = [one.find(f"{W}rPr") if one is not None else None for one in (old, new)]
    end = deepcopy(ends[1] if new is not None else ends[0])
    end = make("rPr") if end is None else end
    both = old is not None and new is not None
    if both and not same(ends[0], ends[1]):
        end.append(pen.former("rPrChange", "rPr", ends[0]))
    if mark is not State.KEPT:
        end.insert(0, pen.mark(mark.value))
    if len(end):
        made.append(end)
    if both and not same(base(old), base(new)):
        made.append(pen.former("pPrChange", "pPr", base(old)))
    return made if len(made) else None
