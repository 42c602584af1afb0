"""What a comparison of agreements tells: better, worse, neutral and wording, ready to print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.compare.align import compare_words
from pipeline.compare.meanings import Meaning
from pipeline.compare.terms import State, TermChange, changed_terms
from pipeline.merge.changed_terms import Side, place, subject, term, values
from pipeline.merge.explanation import Section
from pipeline.merge.whatif import WhatIfRecord
from pipeline.merge.words import Words
from pipeline.model.agreements import BINDING, Agreement, in_force


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a value, and whether they differ from the other side's."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A term: which service, which target, what of it; `name` says it in one, the pieces show where values differ."""

    meaning: str
    name: str
    place: str
    subject: str
    term: str
    old: str
    new: str
    text: str
    old_pieces: tuple[Piece, ...]
    new_pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The changes that mean the same to the customer."""

    meaning: str
    label: str
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True)
class VersionHead:
    """A version as headings name it (`called`: `A/01 (draft)`); `final` where it was signed."""

    version: str
    called: str
    status: str
    status_label: str
    final: bool
    validity: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Two versions of an agreement, or two states of it or of anything else; `documents` are the files made anew.

    `old` is None where there was none, `new` where there is none any more; both are for what has no versions.
    """

    kind: str
    id: str
    number: str
    title: str
    heading: str
    note: str
    summary: str
    old: VersionHead | None
    new: VersionHead | None
    counts: str
    groups: tuple[Group, ...]
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangesSheet:
    """A whole comparison; `columns` head the tables, `problems` is what is wrong with the sources compared.

    `effect` tells what past months would have come to under the new terms, `record` the same for programs.
    """

    language: str
    title: str
    headline: str
    columns: tuple[str, str, str]
    sections: tuple[Changed, ...]
    documents: str
    notes: tuple[str, ...]
    effect: tuple[Section, ...] = ()
    record: WhatIfRecord | None = None
    problems: tuple[str, ...] = ()


def changes_sheet(sections: Sequence[Changed], words: Words) -> ChangesSheet:
    """The comparison of one agreement or of many."""
    label = words.label
    rows = [row for one in sections for group in one.groups for row in group.rows]
    return ChangesSheet(
        language=words.language,
        title=label("compare.title"),
        headline=counted(rows, words),
        columns=(label("compare.column.term"), label("compare.column.old"), label("compare.column.new")),
        sections=tuple(sections),
        documents=label("compare.documents"),
        notes=(label("compare.rule"),),
    )


def changed_agreement(old: State, new: State, words: Words) -> Changed:
    """Two versions, or states of one, side by side."""
    agreement = new.agreement
    sides = Side(old.portfolio, words), Side(new.portfolio, words)
    rows = [_row(one, sides) for one in changed_terms(old, new)]
    heads = [(one.number, _head(one, words)) for one in (old.agreement, agreement)]
    called = [one.called if old.agreement.id == agreement.id else f"{number} {one.called}" for number, one in heads]
    return Changed(
        kind=agreement.kind,
        id=agreement.id,
        number=agreement.number,
        title=words(agreement.title),
        heading=" → ".join(dict.fromkeys(called)),
        note=_note(old.agreement, new, words) if rows else "",
        summary=words.label("compare.summary", summary=words(agreement.revision.summary)),
        old=heads[0][1],
        new=heads[1][1],
        counts=counted(rows, words),
        groups=grouped(rows, words),
    )


def first_version(state: State, words: Words) -> Changed:
    """An agreement that there was none of before, with the services it covers."""
    side = Side(state.portfolio, words)
    covered = [TermChange(Meaning.NEUTRAL, "service", None, one, one.service) for one in state.agreement.services]
    rows = rows_of(covered, (side, side))
    return replace(
        changed_agreement(state, state, words),
        heading=words.label(
            "whatif.term.of", owner=words.label("compare.first"), term=_head(state.agreement, words).called
        ),
        note=_draft_or_in_force(state, words),
        old=None,
        counts="",
        groups=grouped(rows, words),
    )


def grouped(rows: Sequence[ChangeRow], words: Words) -> tuple[Group, ...]:
    """The rows by meaning, what is better first."""
    groups = ((meaning, tuple(row for row in rows if row.meaning == meaning)) for meaning in Meaning)
    return tuple(Group(meaning, words.label(f"compare.{meaning}"), found) for meaning, found in groups if found)


def counted(rows: Sequence[ChangeRow], words: Words) -> str:
    """`better 7, worse 2`."""
    counts = [(meaning, sum(row.meaning == meaning for row in rows)) for meaning in Meaning]
    told = tuple(words.label(f"compare.count.{meaning}", count=count) for meaning, count in counts if count)
    return words.listed(told) or words.label("compare.same")


def rows_of(changes: Sequence[TermChange], sides: tuple[Side, Side]) -> tuple[ChangeRow, ...]:
    """Changes in words."""
    return tuple(_row(one, sides) for one in changes)


def _head(agreement: Agreement, words: Words) -> VersionHead:
    days, status = agreement.effective, words.label(f"state.{agreement.status}")
    return VersionHead(
        version=str(agreement.version),
        called=words.label("compare.version", version=agreement.version, status=status),
        status=str(agreement.status),
        status_label=status,
        final=agreement.status in BINDING,
        validity=words.label("date.range", first=words.date(days.start), last=words.date(days.end)),
    )


def _note(old: Agreement, new: State, words: Words) -> str:
    """From when the changes hold; a text that was signed as it is should show none."""
    if old.status in BINDING and old.label == new.agreement.label:
        return words.label("compare.signed_changed", version=old.version)
    return _draft_or_in_force(new, words)


def _draft_or_in_force(state: State, words: Words) -> str:
    """The day from which a version binds; of a draft, that it does not yet."""
    agreement = state.agreement
    spans = in_force(state.portfolio.agreements.get(agreement.id, (agreement,)))
    start = next((span.days.start for span in spans if span.agreement.label == agreement.label), None)
    key = "compare.in_force" if agreement.status in BINDING else "compare.draft"
    return words.label(key, day=words.date(start or agreement.effective.start))


def _row(change: TermChange, sides: tuple[Side, Side]) -> ChangeRow:
    words = sides[1].words
    old, new = values(change, sides)
    where = place(change, sides[0 if change.new is None else 1])
    about, name = subject(change, words), term(change, words)
    said = words.label("whatif.name", service=where, target=about).strip() if about and where else about or where
    owned = words.label("whatif.term.of", owner=said, term=name) if said else name
    key = "compare.added" if change.old is None else "compare.removed" if change.new is None else "compare.changed"
    text = words.label(key, what=owned, old=old, new=new)
    title = owned[:1].upper() + owned[1:]
    return ChangeRow(str(change.meaning), title, where, about, name, old, new, text, *pieces(old, new))


def pieces(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both values, cut where they differ; uncut where nothing stayed, since the row says that it changed."""
    edits, _ = compare_words(old, new)
    if len(edits) == 1 and (len(edits[0].before), len(edits[0].after)) == (len(old), len(new)):
        return (Piece(old, differs=False),), (Piece(new, differs=False),)
    spans = [[(one.old_start, one.old_end) for one in edits], [(one.new_start, one.new_end) for one in edits]]
    before, after = (tuple(_cut(text, found)) for text, found in zip((old, new), spans, strict=True))
    return before, after


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    for start, stop in spans:
        if at < start:
            yield Piece(text[at:start], differs=False)
        if start < stop:
            yield Piece(text[start:stop], differs=True)
        at = stop
    if at < len(text):
        yield Piece(text[at:], differs=False)
