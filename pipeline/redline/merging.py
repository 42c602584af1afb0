"""Merges two opened Word files into one with tracked changes: body, running heads and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from pipeline.compare.names import W, value, whole
from pipeline.problems import Place, Problem, error, warning
from pipeline.redline.files import NOTES, WordFile
from pipeline.redline.lines import Change, State
from pipeline.redline.markup import BLOCKS, FAR_NOTE, Pen, shell
from pipeline.redline.plan import Pair, Reader, paragraphs, planned
from pipeline.redline.stories import Writer, section
from pipeline.redline.vocabulary import (
    carry_lists,
    carry_relations,
    carry_styles,
    name_bookmarks,
    part_ids,
    take_out_comments,
)
from pipeline.render.package import add_part, relate

_NOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}s+xml"
_SHOWN = 5


@dataclass(slots=True)
class _Notes:
    """References to notes met while writing: by kind, the ids in the old and the new file, with what became of them."""

    seen: list[tuple[str, str, str, State]] = field(default_factory=list)

    def __call__(self, change: Change) -> None:
        """Note a reference."""
        tag = etree.QName(change.piece.elements[0]).localname.removesuffix("Reference")
        ids = [one.note if one is not None else "" for one in (change.old, change.new)]
        self.seen.append((tag, ids[0], ids[1], change.state))


def merge(old: WordFile, new: WordFile, pen: Pen, names: tuple[str, str]) -> tuple[Problem, ...]:
    """Write the changes into the parts of `new`; what cannot be expressed comes back as problems."""
    heads, problems = _paired_heads(old, new, names[1])
    problems = _same_sections(old, new, names[1]) or problems
    if problems:
        return tuple(problems)
    if old.related("comments"):
        take_out_comments(old)
        message = "the comments of the earlier file are not carried over"
        problems.append(warning(Place(names[0]), "redline-comments", message))
    part_ids(old)
    carry_lists(old, new)
    kinds = _carry_relations(old, new, heads)
    if kinds:
        message = f"what the earlier text refers to cannot be shown as deleted: {', '.join(sorted(set(kinds)))}"
        return (*problems, error(Place(names[0]), "redline-beyond", message))
    differing = carry_styles(old, new)
    if differing:
        shown = ", ".join(differing[:_SHOWN]) + (", …" if len(differing) > _SHOWN else "")
        message = f"styles look otherwise than in the earlier file, which no tracked change can say: {shown}"
        problems.append(warning(Place(names[1]), "redline-styles", message))
    first = Reader()
    pairs = [pair for one in _texts(old, new, heads).values() for pair in _plan(first, *one)]
    name_bookmarks(old, new, paragraphs(pairs))
    notes = _Notes()
    writer = Writer(pen, notes)
    _write_stories(old, new, heads, writer, pen)
    _write_notes(old, new, notes, writer)
    if writer.beyond:
        message = f"the files hold what tracked changes cannot express: {', '.join(sorted(set(writer.beyond)))}"
        problems.append(error(Place(names[1]), "redline-beyond", message))
    return tuple(problems)


_Text = tuple[etree._Element, etree._Element]  # noqa: SLF001 - lxml has no public name for it


def _texts(old: WordFile, new: WordFile, heads: Mapping[str, str]) -> dict[str, _Text]:
    """The bodies and the running heads that belong together, by the part of the new file."""
    found = {new.main: (old.body, new.body)}
    return found | {name: (old.stories[before], new.stories[name]) for name, before in heads.items()}


def _plan(reader: Reader, old: etree._Element, new: etree._Element) -> list[Pair]:
    """The pairs of a text, section by section: a section ends with the paragraph that holds its properties."""
    found: list[Pair] = []
    stretches = [_stretches(one) for one in (old, new)]
    for number, (before, after) in enumerate(zip(*stretches, strict=True)):
        blocks = [[reader.block(one) for one in stretch] for stretch in (before, after)]
        found += planned(reader, blocks[0], blocks[1], fixed_end=number < len(stretches[0]) - 1)
    return found


def _stretches(container: etree._Element) -> list[list[etree._Element]]:
    found: list[list[etree._Element]] = [[]]
    for block in container:
        if block.tag in BLOCKS:
            found[-1].append(block)
            if block.find(f"{W}pPr/{W}sectPr") is not None:
                found.append([])
    return found


def _paired_heads(old: WordFile, new: WordFile, name: str) -> tuple[dict[str, str], list[Problem]]:
    """Which running head became which, by the part of the new file."""
    before, after = old.heads(), new.heads()
    paired: dict[str, str] = {}
    if set(before) != set(after):
        return {}, [error(Place(name), "redline-beyond", "pages have other kinds of headers and footers than before")]
    for place, part in after.items():
        if paired.setdefault(part, before[place]) != before[place]:
            return {}, [error(Place(name), "redline-beyond", "pages share headers otherwise than before")]
    return {one: other for one, other in paired.items() if one in new.stories and other in old.stories}, []


def _same_sections(old: WordFile, new: WordFile, name: str) -> list[Problem]:
    counts = [len(one.sections()) for one in (old, new)]
    inner = [len(list(one.body.iter(f"{W}sectPr"))) for one in (old, new)]
    if counts[0] == counts[1] and counts == inner:
        return []
    return [error(Place(name), "redline-beyond", f"the text has {inner[1]} sections, and had {inner[0]}")]


def _carry_relations(old: WordFile, new: WordFile, heads: Mapping[str, str]) -> list[str]:
    parts = [(old.main, new.main), *((before, after) for after, before in heads.items())]
    for kind in NOTES:
        if old.related(f"{kind}s"):
            _ensure_notes(old, new, kind)
            parts.append((old.related(f"{kind}s"), _notes_part(old, new, kind)))
    return [beyond for before, after in parts for beyond in carry_relations(old, new, before, after)]


def _notes_part(old: WordFile, new: WordFile, kind: str) -> str:
    return new.related(f"{kind}s") or old.related(f"{kind}s")


def _ensure_notes(old: WordFile, new: WordFile, kind: str) -> None:
    """A part for notes where only the old file has one: with its separators, and no notes."""
    if new.related(f"{kind}s"):
        return
    part = old.related(f"{kind}s")
    tree = deepcopy(old.stories[part])
    for note in tree.findall(f"{W}{kind}"):
        if value(note, "type", "normal") == "normal":
            tree.remove(note)
        else:
            note.set(f"{W}id", str(whole(value(note, "id")) - FAR_NOTE))
    add_part(new.contents, part, b"", _NOTES_TYPE.format(kind))
    relate(new.contents, new.main, part, f"{kind}s")
    new.stories[part] = tree
    new.put(part, tree)


def _write_stories(old: WordFile, new: WordFile, heads: Mapping[str, str], writer: Writer, pen: Pen) -> None:
    reader = Reader()
    for part, (before, after) in _texts(old, new, heads).items():
        made = list(writer.write(_plan(reader, before, after)))
        final = [one.find(f"{W}sectPr") for one in (before, after)]
        ending = section(final[0], final[1], pen)
        _refill(after, [*made, *([] if ending is None else [ending])])
        new.put(part, new.stories[part])


def _refill(container: etree._Element, inner: Sequence[etree._Element]) -> None:
    for child in list(container):
        container.remove(child)
    container.extend(inner)


def _write_notes(old: WordFile, new: WordFile, notes: _Notes, writer: Writer) -> None:
    """Every note with what changed in it, by what became of its reference."""
    for kind in NOTES:
        seen = dict.fromkeys((before, after, state) for tag, before, after, state in notes.seen if tag == kind)
        if not seen:
            continue
        part = _notes_part(old, new, kind)
        tree, theirs = new.stories[part], old.stories.get(old.related(f"{kind}s"))
        mine = {value(one, "id"): one for one in tree.findall(f"{W}{kind}")}
        found = [] if theirs is None else theirs.findall(f"{W}{kind}")
        former = {value(one, "id"): one for one in found}
        reader = Reader()
        for before, after, state in seen:
            if state is State.KEPT and before in former and after in mine:
                _refill(mine[after], list(writer.write(_plan(reader, former[before], mine[after]))))
            elif state is State.DELETED and before in former:
                tree.append(
                    shell(former[before], [one for block in former[before] for one in writer.alone(block, state)])
                )
            elif state is State.ADDED and after in mine:
                _refill(mine[after], [one for block in list(mine[after]) for one in writer.alone(block, state)])
        new.put(part, tree)
