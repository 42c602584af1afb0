"""Compares the words of one passage with those it was sent with, and how they look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from pipeline.compare.align import Edit, Kept, compare_words
from pipeline.compare.looks import NAMES, Look
from pipeline.compare.passages import Passage
from pipeline.compare.results import Difference, FilledField, Kind, Part, Where
from pipeline.compare.signatures import form, in_controls, is_foreign, read_form

UNSEEN = Look.HIDDEN | Look.FAINT
_SIGN = re.compile("\ue000([^\ue001]*)\ue001")
_CONTEXT = 20
_FEW = 3
"""Letters whose code points are told beside them."""


@dataclass(slots=True)
class Findings:
    """What a comparison of texts found; `signed` are the blocks of the returned text with signature fields.

    `stamps` name the paragraphs in which nothing but the contents of signature fields differs.
    """

    differences: list[Difference] = field(default_factory=list)
    filled: list[FilledField] = field(default_factory=list)
    signed: list[int] = field(default_factory=list)
    stamps: set[str] = field(default_factory=set)


def readable(text: str) -> str:
    """A text as it is quoted: what a program fills in, by its name."""
    return _SIGN.sub(lambda found: f"[{found[1].lower()}]", text)


def in_one_line(text: str) -> str:
    """The beginning of a cell, as the name of its row or column."""
    shown = " ".join(readable(text.partition("\n")[0]).split())
    return shown if len(shown) <= 40 else f"{shown[:39]}…"  # noqa: PLR2004 - as much of a cell as names it


def added_words(passage: Passage, part: Part, where: Where, detail: str) -> Difference:
    """A passage that was not sent; it may be one that nobody is meant to see."""
    if passage.looks and all(look & UNSEEN for look in passage.looks):
        return Difference(Kind.HIDDEN, part, where, after=readable(passage.text), detail="invisible words")
    return Difference(Kind.ADDED, part, where, after=readable(passage.text), detail=detail)


def compare_passages(old: Passage, new: Passage, part: Part, where: Where, found: Findings) -> None:
    """Add to `found` what differs in a passage that stands at `where`."""
    shape = form(old)
    values = None if shape is None else read_form(shape, new)
    if shape is not None:
        taken = in_controls(shape, new) if values is None else values
        found.filled += taken
        found.differences += _foreign(taken, part, where)
    if old.text == new.text:
        edits, kept = list[Edit](), [Kept(0, 0, len(old.text))]
    else:
        edits, kept = compare_words(old.text, new.text, whole=shape is None)
    if values is None and old.key != new.key:
        spans = old.fields if shape is not None else ()
        found.differences += [
            _changed(edit, new, part, where)
            for edit in edits
            if not any(
                span.start <= edit.old_start and edit.old_end <= span.end and span.start < span.end for span in spans
            )
        ] or [Difference(Kind.CHANGED, part, where, readable(old.text), readable(new.text))]
    elif values is not None:
        found.stamps |= set(new.stamps)
        unseen = [
            (edit, look) for edit in edits for look in [_shared(new.looks[edit.new_start : edit.new_end])] if look
        ]
        found.differences += [
            Difference(Kind.HIDDEN, part, where, after=readable(edit.after), detail="invisible words")
            for edit, _ in unseen
        ]
    found.differences += _looks(old, new, kept, part, where)


def _foreign(taken: Sequence[FilledField], part: Part, where: Where) -> list[Difference]:
    return [
        Difference(Kind.FIELD, part, where, one.sent, one.value, detail=f"this is not a {one.field}")
        for one in taken
        if is_foreign(one)
    ]


def _shared(looks: Sequence[Look]) -> Look:
    """What keeps all of some words from being seen."""
    shared = UNSEEN if looks else Look.PLAIN
    for look in looks:
        shared &= look
    return shared


def _changed(edit: Edit, new: Passage, part: Part, where: Where) -> Difference:
    kind = Kind.CHANGED if edit.before and edit.after else Kind.ADDED if edit.after else Kind.REMOVED
    if edit.after and not edit.before and _shared(new.looks[edit.new_start : edit.new_end]):
        kind = Kind.HIDDEN
    return Difference(
        kind,
        part,
        where,
        readable(edit.before),
        readable(edit.after),
        readable(edit.lead),
        readable(edit.tail),
        "invisible words" if kind is Kind.HIDDEN else _code_points(edit),
    )


def _code_points(edit: Edit) -> str:
    """The code points of letters that look alike or like nothing, so that the reader sees why two quotes differ."""
    if len(edit.before) > _FEW or len(edit.after) > _FEW:
        return ""
    odd = [one for one in edit.before + edit.after if not one.isascii() and not "\u4e00" <= one <= "\u9fff"]
    return " ".join(f"U+{ord(one):04X}" for one in odd)


def _looks(old: Passage, new: Passage, kept: Sequence[Kept], part: Part, where: Where) -> list[Difference]:
    """Words that are still there but look otherwise in a way that changes what is read."""
    found = []
    for stretch in kept:
        one = old.looks[stretch.old_start : stretch.old_start + stretch.length]
        other = new.looks[stretch.new_start : stretch.new_start + stretch.length]
        position = stretch.new_start
        for change, group in groupby(zip(one, other, strict=False)):
            length = len(list(group))
            words = readable(new.text[position : position + length])
            position += length
            if change[0] == change[1] or not words.strip():
                continue
            gained, lost = change[1] & ~change[0], change[0] & ~change[1]
            names = [name for look, name in NAMES.items() if look in gained]
            names += [f"no longer {name}" for look, name in NAMES.items() if look in lost]
            kind = Kind.HIDDEN if gained & UNSEEN else Kind.CHANGED
            lead, tail = (
                readable(new.text[max(position - length - 20, 0) : position - length]),
                readable(new.text[position : position + 20]),
            )
            found.append(
                Difference(kind, part, where, words, "" if kind is Kind.HIDDEN else words, lead, tail, ", ".join(names))
            )
    return found
