"""Compares two texts as a reader would: passage by passage, cell by cell, and the numbers before them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.compare.align import align, alike
from pipeline.compare.passages import Block, Box, Paragraph, Story, Table
from pipeline.compare.results import Difference, Kind, Part, Where
from pipeline.compare.signatures import form, read_form
from pipeline.compare.tables import cell_place, compare_tables, is_same_form
from pipeline.compare.wording import Findings, added_words, compare_passages, readable

_WHOLE = {"paragraph", "row", "table"}


def compare_blocks(sent: Sequence[Block], returned: Sequence[Block], part: Part) -> Findings:
    """The differences of two texts in reading order."""
    found = Findings()
    position = {id(block): index for index, block in enumerate(returned)}
    where, renumbered, numbered = Where(), list[tuple[bool, int, Difference]](), Counter[bool]()
    for old, new in align(sent, returned, _block_key, _block_likeness):
        block = old if old is not None else new
        if isinstance(block, Paragraph) and block.level:
            where = Where(block.label, block.passage.text)
        if old is None or new is None:
            found.differences += _one_sided(old, new, part, where)
            continue
        if isinstance(old, Paragraph) and isinstance(new, Paragraph):
            before = len(found.filled)
            compare_passages(old.passage, new.passage, part, where, found)
            if len(found.filled) > before:
                found.signed.append(position[id(new)])
            family = bool(old.level or new.level)
            numbered[family] += bool(old.label or new.label)
            if old.label != new.label:
                change = Difference(
                    Kind.CHANGED, part, where, old.label, new.label, "", new.passage.text[:20], "number"
                )
                renumbered.append((family, numbered[family], change))
        elif isinstance(old, Table) and isinstance(new, Table):
            before = len(found.filled)
            compare_tables(old, new, part, replace(where, table=old.caption), found)
            if len(found.filled) > before:
                found.signed.append(position[id(new)])
    found.differences = _moves(found.differences) + _renumbered(renumbered)
    return found


def compare_boxes(sent: Story, returned: Story) -> list[Difference]:
    """The differences of what floats over two texts."""
    found = Findings()
    for old, new in align(
        sent.boxes, returned.boxes, lambda box: box.key, lambda one, other: alike(one.key, other.key)
    ):
        story, box = (sent, old) if old is not None else (returned, new)
        where = heading_at(story, box) if box is not None else Where()
        if old is not None and new is not None:
            compare_passages(old.passage, new.passage, Part.TEXT_BOX, where, found)
        elif old is not None:
            found.differences.append(Difference(Kind.REMOVED, Part.TEXT_BOX, where, before=readable(old.passage.text)))
        elif new is not None:
            found.differences.append(added_words(new.passage, Part.TEXT_BOX, where, ""))
    return found.differences


def heading_at(story: Story, box: Box) -> Where:
    """The heading over the place where a box is anchored."""
    for block in reversed(story.blocks[: box.block + 1]):
        if isinstance(block, Paragraph) and block.level:
            return Where(block.label, block.passage.text)
    return Where()


def places(blocks: Sequence[Block]) -> dict[str, Where]:
    """Where each paragraph of a text stands, by its stamp."""
    found, where = dict[str, Where](), Where()
    for block in blocks:
        if isinstance(block, Paragraph):
            if block.level:
                where = Where(block.label, block.passage.text)
            found |= dict.fromkeys(block.passage.stamps, where)
            continue
        for row in block.rows:
            for cell in row.cells:
                found |= dict.fromkeys(
                    cell.passage.stamps, cell_place(block, row, cell, replace(where, table=block.caption))
                )
    return found


def _block_key(block: Block) -> str:
    return ("P" if isinstance(block, Paragraph) else "T") + block.key


def _block_likeness(old: Block, new: Block) -> float:
    if isinstance(old, Paragraph) and isinstance(new, Paragraph):
        if old.key == new.key:
            return 1.0
        shape = form(old.passage)
        if shape is not None and read_form(shape, new.passage) is not None:
            return 1.0
        return alike(old.passage.text, new.passage.text)
    if isinstance(old, Table) and isinstance(new, Table):
        return 1.0 if is_same_form(old, new) else alike(old.text, new.text)
    return 0.0


def _one_sided(old: Block | None, new: Block | None, part: Part, where: Where) -> list[Difference]:
    if isinstance(old, Paragraph):
        shape = form(old.passage)
        if not old.passage.text or (shape is not None and shape.pattern.fullmatch("")):
            return []
        return [Difference(Kind.REMOVED, part, where, before=readable(old.passage.text), detail="paragraph")]
    if isinstance(old, Table):
        where = replace(where, table=old.caption)
        return [Difference(Kind.REMOVED, Part.TABLE, where, before=readable(old.text), detail="table")]
    if isinstance(new, Paragraph):
        return [added_words(new.passage, part, where, "paragraph")] if new.passage.text else []
    if isinstance(new, Table):
        return [Difference(Kind.ADDED, Part.TABLE, where, after=readable(new.text), detail="table")]
    return []


def _moves(differences: list[Difference]) -> list[Difference]:
    """What was removed in one place and stands word for word in another was moved."""
    gone: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(differences):
        if one.kind is Kind.REMOVED and one.detail in _WHOLE:
            gone.setdefault((one.detail, one.before), []).append(index)
    dropped = set()
    made = list(differences)
    for index, one in enumerate(differences):
        places = gone.get((one.detail, one.after)) if one.kind is Kind.ADDED else None
        if places:
            origin = differences[places[0]]
            dropped.add(places.pop(0))
            detail = f"{one.detail}, from {str(origin.where) or 'the beginning'}"
            made[index] = Difference(Kind.MOVED, one.part, one.where, after=one.after, detail=detail)
    return [one for index, one in enumerate(made) if index not in dropped]


def _renumbered(changes: Sequence[tuple[bool, int, Difference]]) -> list[Difference]:
    """One difference for each stretch of changed numbers, headings and others apart: those after the first follow."""
    found = []
    for family in (True, False):
        own = [(number, change) for headings, number, change in changes if headings is family]
        for _, group in groupby(enumerate(own), lambda entry: entry[1][0] - entry[0]):
            stretch = [change for _, (_, change) in group]
            more = f", and {len(stretch) - 1} more after it" if len(stretch) > 1 else ""
            found.append(replace(stretch[0], detail=f"number{more}"))
    return found
