"""What a reader sees of a Word document, as one digest: equal digests, equal words and equal numbers before them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pipeline.compare.disguises import disguises_of
from pipeline.compare.document import Parts
from pipeline.compare.looks import Look
from pipeline.compare.package import open_package
from pipeline.compare.passages import Passage, Story, Table
from pipeline.compare.results import Kind, Unreadable

_UNREAD = Look.HIDDEN | Look.FAINT | Look.STRUCK


def words_digest(content: bytes) -> str:
    """The SHA-256, in hexadecimal, of all that can be read in a .docx; what is hidden, white or struck out cannot."""
    package = open_package(content)
    if isinstance(package, Unreadable):
        raise ValueError(package.message)  # noqa: TRY004 - not its type is wrong but its content
    document = Parts(package).read(accepted=True)
    total = hashlib.sha256()
    for place, story in (
        *((("body",), document.body),),
        *sorted(document.running.items()),
        *(((kind,), note) for kind, notes in sorted(document.notes.items()) for note in notes),
    ):
        total.update(f"{' '.join(map(str, place))}\n".encode())
        for line in _lines(story):
            total.update(line.encode() + b"\n")
    for detail in sorted(detail for kind, detail in disguises_of(package).elements() if kind is not Kind.PICTURE):
        total.update(detail.encode() + b"\n")
    return total.hexdigest()


def _lines(story: Story) -> Iterator[str]:
    for block in story.blocks:
        if isinstance(block, Table):
            for row in block.rows:
                yield "\t".join(_read(cell.passage) for cell in row.cells)
        else:
            yield f"{block.label} {_read(block.passage)}"
    yield from (_read(box.passage) for box in story.boxes)
    yield from story.contents


def _read(passage: Passage) -> str:
    return "".join(
        letter
        for letter, look in zip(passage.text, passage.looks, strict=True)
        if not look & _UNREAD or not letter.strip()
    )
