"""Compares the copy that a party returned with the exact file that was sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.compare.align import align, alike
from pipeline.compare.attachments import compare_attached, compare_contents, compare_files, signature_area
from pipeline.compare.disguises import disguises
from pipeline.compare.document import Document, Parts
from pipeline.compare.identity import properties
from pipeline.compare.package import Package, open_package
from pipeline.compare.passages import Paragraph, Story, passages
from pipeline.compare.results import (
    LONGEST,
    About,
    Cause,
    Comparison,
    Difference,
    FilledField,
    Kind,
    Note,
    Part,
    Unreadable,
    Where,
)
from pipeline.compare.texts import compare_blocks, compare_boxes, places
from pipeline.compare.tracked import Tracked

_MOST_CHARACTERS = 3_000_000
_MOST_PASSAGES = 60_000


@dataclass(slots=True)
class _Read:
    """What one reading of the returned file says."""

    differences: list[Difference] = field(default_factory=list)
    filled: list[FilledField] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    stamps: set[str] = field(default_factory=set)


def compare_returned(sent: bytes, returned: bytes) -> Comparison | Unreadable:
    """What became of the file that was sent; ValueError if that one cannot be read."""
    original, copy = open_package(sent), open_package(returned)
    if isinstance(original, Unreadable):
        raise ValueError(original.message)  # noqa: TRY004 - not its type is wrong but its content
    if isinstance(copy, Unreadable):
        return copy
    if sent == returned:
        document = Parts(original).read(accepted=True)
        return Comparison(filled=_standing(_compare(document, document).filled))
    try:
        return _compare_packages(original, copy)
    except RecursionError:
        return Unreadable(Cause.UNSAFE, "the file nests its contents deeper than any Word file does")


def _compare_packages(original: Package, copy: Package) -> Comparison | Unreadable:
    parts = Parts(copy)
    document = Parts(original).read(accepted=True)
    accepted = parts.read(accepted=True)
    if _is_too_long(accepted):
        return Unreadable(Cause.TOO_LARGE, "the text of the file is far longer than any agreement")
    found = _compare(document, accepted)
    files = compare_files(original, copy)
    hidden = disguises(original, copy)
    differences, notes = found.differences, [*found.notes, *files.notes]
    if parts.has_changes:
        refused = parts.read(accepted=False)
        differences, more = _with_tracked(found, _compare(document, refused), parts, (accepted, refused))
        notes += more
    where = places(accepted.body.blocks)
    differences += [
        Difference(
            Kind.COMMENT,
            Part.COMMENT,
            where.get(one.paragraph, Where()),
            after=one.words,
            author=one.author,
            date=one.date,
        )
        for one in parts.remarks()
    ]
    if "SLM-Fingerprint" in properties(original) and "SLM-Fingerprint" not in properties(copy):
        notes.append(Note(About.PROPERTIES_LOST))
    if _tags(document) - _tags(accepted):
        notes.append(Note(About.CONTROLS_LOST, ", ".join(sorted(_tags(document) - _tags(accepted)))))
    notes += [Note(About.FIELD_CLEARED, one.tag) for one in found.filled if one.sent and not one.value]
    changed = [one for one in found.filled if one.sent and one.value not in {"", one.sent} and one.field != "date"]
    notes += [Note(About.SIGNATORY_CHANGED, f"{one.tag}: {one.sent} -> {one.value}") for one in changed]
    return Comparison(
        filled=_standing(found.filled),
        differences=tuple(dict.fromkeys(_quoted(one) for one in [*differences, *files.differences, *hidden])),
        notes=tuple(dict.fromkeys(notes)),
    )


def _standing(filled: list[FilledField]) -> tuple[FilledField, ...]:
    return tuple(one for one in filled if one.value)


def _quoted(difference: Difference) -> Difference:
    """Long passages are quoted by their beginning."""
    cut = {
        name: f"{words[:LONGEST]}…"
        for name, words in (("before", difference.before), ("after", difference.after))
        if len(words) > LONGEST
    }
    return replace(difference, **cut) if cut else difference  # type: ignore[arg-type]


def _is_too_long(document: Document) -> bool:
    count = characters = 0
    for story in document.stories():
        for passage in passages(story.blocks):
            count += 1
            characters += len(passage.text)
    return count > _MOST_PASSAGES or characters > _MOST_CHARACTERS


def _tags(document: Document) -> set[str]:
    return {
        span.name.removesuffix(":blank")
        for story in document.stories()
        for passage in passages(story.blocks)
        for span in passage.fields
    }


def _compare(sent: Document, returned: Document) -> _Read:
    """Two documents without tracked changes."""
    found = _Read()
    for old, new, part in _story_pairs(sent, returned):
        text = compare_blocks(old.blocks, new.blocks, part)
        areas = (
            (signature_area(old.blocks), signature_area(new.blocks, text.signed))
            if part is Part.BODY
            else (range(0),) * 2
        )
        attached = compare_attached(old, new, part, areas[0], areas[1])
        found.differences += [*text.differences, *compare_boxes(old, new), *attached.differences]
        found.filled += text.filled
        found.stamps |= text.stamps if part is Part.BODY else set()
        found.notes += attached.notes
    contents = compare_contents(sent.body, returned.body)
    found.differences += contents.differences
    found.notes += contents.notes
    return found


def _story_pairs(sent: Document, returned: Document) -> Iterator[tuple[Story, Story, Part]]:
    """Which text of the one document is which of the other."""
    yield sent.body, returned.body, Part.BODY
    yield from _running_pairs(sent, returned)
    for kind, part in (("footnote", Part.FOOTNOTE), ("endnote", Part.ENDNOTE)):
        both = align(
            sent.notes[kind], returned.notes[kind], _words, lambda one, other: alike(_words(one), _words(other))
        )
        for old, new in both:
            yield old or Story(), new or Story(), part


def _running_pairs(sent: Document, returned: Document) -> Iterator[tuple[Story, Story, Part]]:
    """Headers and footers page kind by page kind; where sections were parted or joined, by their words."""
    for kind, part in (("header", Part.HEADER), ("footer", Part.FOOTER)):
        old = {place: story for place, story in sent.running.items() if place[0] == kind}
        new = {place: story for place, story in returned.running.items() if place[0] == kind}
        if sent.sections == returned.sections:
            seen = set()
            for place in sorted({*old, *new}):
                pair = (old.get(place, Story()), new.get(place, Story()))
                if (said := (_all(pair[0]), _all(pair[1]))) not in seen:
                    seen.add(said)
                    yield *pair, part
            continue
        before, after = ({_all(story): story for story in stories.values()} for stories in (old, new))
        first = [story for said, story in before.items() if said not in after]
        second = [story for said, story in after.items() if said not in before]
        for one, other in align(first, second, _words, lambda one, other: alike(_words(one), _words(other))):
            yield one or Story(), other or Story(), part


def _words(story: Story) -> str:
    return "\n".join(passage.text for passage in passages(story.blocks))


def _all(story: Story) -> tuple[object, ...]:
    """All that a running head shows, looks included."""
    shown = [*passages(story.blocks), *(box.passage for box in story.boxes)]
    labels = [block.label for block in story.blocks if isinstance(block, Paragraph)]
    return (
        tuple((one.text, one.looks) for one in shown), tuple(labels), tuple(one.digest for one in story.pictures),
        tuple(story.links), tuple(story.codes), tuple(story.objects), tuple(story.drawn_from),
    )  # fmt: skip


def _with_tracked(
    accepted: _Read, refused: _Read, parts: Parts, documents: tuple[Document, Document]
) -> tuple[list[Difference], list[Note]]:
    """Untracked changes and every tracked one, but for those in signature fields."""
    looks = [Note(About.TRACKED_LOOKS)] if parts.has_tracked_looks else []
    free = accepted.stamps & refused.stamps
    changes, inside = list[tuple[str, Tracked]](), list[Note]()
    for name, change in parts.tracked():
        if name != parts.package.main or change.paragraph not in free:
            changes.append((name, change))
        elif change.words:
            inside.append(Note(About.TRACKED_IN_FIELD, change.words))
    if not accepted.differences and not refused.differences:
        # words that came and went again leave both texts as they were, and are read all the same by who opens the file
        changes = [(name, change) for name, change in changes if change.words]
        if not changes:
            return [], [*looks, *inside]
    shown = {
        **places(documents[1].body.blocks),
        **places(documents[0].body.blocks),
    }
    told = [
        _tracked(
            change,
            _part(parts.kind(name)),
            shown.get(change.paragraph, Where()) if parts.kind(name) == "body" else Where(),
        )
        for name, change in changes
    ]
    # whatever the list of tracked changes does not account for is told as it is read
    rest = [one for one in accepted.differences if one not in refused.differences] if looks or not told else []
    return [*refused.differences, *told, *rest], looks


def _tracked(change: Tracked, part: Part, where: Where) -> Difference:
    words = {"after" if change.added else "before": change.words}
    detail = "moved" if change.moved else "" if change.words else "a paragraph, row or cell"
    made = Difference(
        Kind.TRACKED, Part.TABLE if where.table else part, where, detail=detail, author=change.author, date=change.date
    )
    return replace(made, **words)  # type: ignore[arg-type]


def _part(kind: str) -> Part:
    return {"header": Part.HEADER, "footer": Part.FOOTER, "footnotes": Part.FOOTNOTE, "endnotes": Part.ENDNOTE}.get(
        kind, Part.BODY
    )
