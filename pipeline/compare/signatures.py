"""Signature fields: what may stand in them is free, and they are found again by the words around them.

A program may lose a field's control, repeat it or rename it. What is compared is therefore the text that a reader sees:
the words around the fields have to be the ones that were sent, and whatever stands between them is the field's value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.compare.passages import Passage, Span
from pipeline.compare.results import FilledField
from pipeline.compare.written_dates import is_date

WIDEST_NAME, WIDEST_TITLE = 40, 60
"""Latin letters, or half as many Chinese signs; what is longer is no name or title."""
_IN_NAMES = frozenset(" .-'’·•‧・\u3000\u00a0")
"""What stands in names besides letters; a condition or a sum would need more."""
_NOT_IN_TITLES = re.compile(r"[\d。；;!?！？\n\[\]【】<>《》“”\"%％¥￥$€=+*\\]")
_LONGEST_FORM = 1200
"""Characters of a passage with fields; keeps a hostile one from being searched for ever."""
_TAG = re.compile(r"sign:(customer|provider):(\d{1,4}):(name|title|date)(:blank)?")
_REPEATS = 4
"""One program writes a field's words four times when it saves the file."""


@dataclass(frozen=True, slots=True)
class Form:
    """A passage with fields: how its text reads around them, and what they were sent with."""

    pattern: re.Pattern[str]
    fields: tuple[FilledField, ...]
    blanks: tuple[str, ...]


def form(passage: Passage) -> Form | None:
    """The form that a passage of the sent text is; None where it has no field."""
    spans = [span for span in passage.fields if _TAG.fullmatch(span.name)]
    if not spans:
        return None
    pieces, position, fields, blanks = [], 0, [], []
    for span in sorted(spans, key=lambda one: one.start):
        pieces.append(passage.text[position : span.start])
        position = span.end
        words = passage.text[span.start : span.end].strip()
        fields.append(_field(span, words))
        blanks.append(words if span.name.endswith(":blank") else "")
    return Form(_pattern([*pieces, passage.text[position:]]), tuple(fields), tuple(blanks))


def _field(span: Span, words: str) -> FilledField:
    _, side, number, name, *blank = span.name.split(":")
    value = "" if blank else words
    return FilledField(side, int(number), name, value, value)


def _pattern(pieces: Sequence[str]) -> re.Pattern[str]:
    """A paragraph that holds nothing but a field may have become empty, and leaves no line then."""
    made = _fixed(pieces[0].removesuffix("\n"))
    for index, piece in enumerate(pieces[1:]):
        last = index == len(pieces) - 2
        before, after = pieces[index].endswith("\n"), piece.startswith("\n")
        rest = piece if last else piece.removesuffix("\n")
        if before and (after or (last and not piece)):
            made += r"(?:\n(.*?))?"
        elif index == 0 and not pieces[0] and after:
            made += r"(?:(.*?)\n)?"
            rest = rest.removeprefix("\n")
        else:
            made += ("\n" if before else "") + r"(.*?)"
        made += _fixed(rest)
    return re.compile(made, re.DOTALL)


def _fixed(words: str) -> str:
    """Blanks beside a field may have been cut off with an emptied line."""
    return re.sub(r"(?:\\ |\u3000)+$", lambda found: f"(?:{found[0]})?", re.escape(words))


def read_form(sent: Form, passage: Passage) -> list[FilledField] | None:
    """What stands in the fields of a returned passage; None if the words around them are not the ones sent."""
    found = sent.pattern.fullmatch(passage.text) if len(passage.text) <= _LONGEST_FORM else None
    if found is None:
        return None
    return [
        FilledField(field.side, field.number, field.field, _value(words or "", blank), field.sent)
        for field, blank, words in zip(sent.fields, sent.blanks, found.groups(), strict=True)
    ]


def in_controls(sent: Form, passage: Passage) -> list[FilledField]:
    """What stands in the controls that are still there, for a passage whose other words changed."""
    found = {span.name.removesuffix(":blank"): passage.text[span.start : span.end] for span in passage.fields}
    return [
        FilledField(field.side, field.number, field.field, _value(found[field.tag], blank), field.sent)
        for field, blank in zip(sent.fields, sent.blanks, strict=True)
        if field.tag in found
    ]


def is_foreign(field: FilledField) -> bool:
    """Whether something else stands in a field than a name, a title or a date; what it was sent with may stay."""
    if field.value in {"", field.sent}:
        return False
    if field.field == "date":
        return not is_date(field.value)
    width = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in field.value)
    if field.field == "title":
        return width > WIDEST_TITLE or _NOT_IN_TITLES.search(field.value) is not None
    return width > WIDEST_NAME or not all(
        unicodedata.category(one)[0] in "LM" or one in _IN_NAMES for one in field.value
    )


def _value(words: str, blank: str) -> str:
    said = words.strip()
    if blank and said.replace(blank, "").strip() == "":
        return ""
    for count in (16, _REPEATS):
        size, rest = divmod(len(said), count)
        if size and not rest and said == said[:size] * count:
            return said[:size].strip()
    return said
