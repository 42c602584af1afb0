"""Two PDFs on one sheet: the list of what differs, then their pages side by side with the differences marked."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pikepdf
from pikepdf import Name, Rectangle

from pipeline.pages.results import Box, Change, Kind, PageChanges, PagePair
from pipeline.render.archival import saved
from pipeline.render.pdf import page_count, render_pdf
from pipeline.render.templates import environment, render_file

TEMPLATE = "pdf/side-by-side.html"
MOST_LISTED = 1000

_SHEET = (1190.0, 842.0)
_MARGIN, _BAND, _GUTTER = 30.0, 34.0, 30.0
_TAG = 9.0
"""Points: the sheet, around the pages, for their names, between them, and the height of a number beside them."""


Sizes = Sequence[tuple[float, float]]
"""Width and height of every page, in points."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as readers know it; `digest` is its SHA-256."""

    name: str
    digest: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list; `pages` as readers count them, empty on the side where nothing stands."""

    number: int
    kind: str
    old_page: str
    new_page: str
    before: str
    after: str
    lead: str
    tail: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle on a sheet, in points from its upper left corner."""

    kind: str
    side: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tag:
    """The number of a difference, beside its page."""

    number: int
    side: str
    top: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """Two pages side by side; a page that is not there has no number."""

    old_page: str
    new_page: str
    marks: tuple[Mark, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where a page lies on a sheet, from its lower left corner, and how much smaller it is."""

    left: float
    bottom: float
    width: float
    height: float
    scale: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Both files with the sizes of their pages, what differs, and `lines` of what the data inside both tell."""

    files: tuple[File, File]
    sizes: tuple[Sizes, Sizes]
    changes: PageChanges
    lines: tuple[str, ...] = ()


def marked(compared: Compared, folder: Path, language: str, labels: Mapping[str, str]) -> bytes:
    """The sheets as a PDF; TemplateMistake for a mistake in the template."""
    changes, files, sizes = compared.changes, compared.files, compared.sizes
    numbered = list(enumerate(changes.changes, 1))
    pairs = [pair for pair in changes.pairs if any(_is_on(one, pair) for one in changes.changes)]
    content = {
        "language": language,
        "labels": labels,
        "title": labels["pagediff.title"],
        "files": [
            {"name": one.name, "digest": one.digest, "pages": pages}
            for one, pages in zip(files, (changes.old_pages, changes.new_pages), strict=True)
        ],
        "counts": [(str(kind), sum(one.kind is kind for one in changes.changes)) for kind in Kind],
        "lines": compared.lines,
        "rows": [asdict(_row(number, one)) for number, one in numbered[:MOST_LISTED]],
        "more": max(0, len(numbered) - MOST_LISTED),
        "sheets": [asdict(_sheet(pair, numbered, sizes)) for pair in pairs],
    }
    html = render_file(environment(folder), TEMPLATE, content)
    return _laid_under(render_pdf(html, TEMPLATE, folder), files, pairs, sizes)


def _is_on(change: Change, pair: PagePair) -> bool:
    old, new = ({box.page for box in boxes} for boxes in (change.old, change.new))
    return pair.old in old or pair.new in new


def _row(number: int, change: Change) -> Row:
    was, now = (f"{boxes[0].page + 1}" if boxes else "" for boxes in (change.old, change.new))
    return Row(number, str(change.kind), was, now, change.before, change.after, change.lead, change.tail)


def _cell(size: tuple[float, float], side: int) -> _Cell:
    width = (_SHEET[0] - 2 * _MARGIN - _GUTTER) / 2
    height = _SHEET[1] - _MARGIN - _BAND
    scale = min(width / size[0], height / size[1], 1.0)
    left = _MARGIN + side * (width + _GUTTER) + (width - size[0] * scale) / 2
    return _Cell(left, _MARGIN / 2 + height - size[1] * scale, size[0] * scale, size[1] * scale, scale)


def _sheet(
    pair: PagePair,
    numbered: Sequence[tuple[int, Change]],
    sizes: tuple[Sizes, Sizes],
) -> Sheet:
    marks: list[Mark] = []
    tags: list[Tag] = []
    for side, page in enumerate((pair.old, pair.new)):
        if page is None:
            continue
        cell, name = _cell(sizes[side][page], side), ("old", "new")[side]
        found = []
        for number, change in numbered:
            boxes = [box for box in (change.old, change.new)[side] if box.page == page]
            marks += (_mark(change.kind, name, box, cell) for box in boxes)
            if boxes:
                found.append((_SHEET[1] - cell.bottom - boxes[0].top * cell.scale, number))
        tags += _stacked(sorted(found), name)
    was, now = ("" if page is None else str(page + 1) for page in (pair.old, pair.new))
    return Sheet(was, now, tuple(marks), tuple(tags))


def _mark(kind: Kind, side: str, box: Box, cell: _Cell) -> Mark:
    top = _SHEET[1] - cell.bottom - box.top * cell.scale
    width, height = (box.right - box.left) * cell.scale, (box.top - box.bottom) * cell.scale
    numbers = (cell.left + box.left * cell.scale, top, width, height)
    return Mark(str(kind), side, *(round(one, 2) for one in numbers))


def _stacked(found: Sequence[tuple[float, int]], side: str) -> Iterator[Tag]:
    """Numbers at the height of what they number, none over another."""
    last = -_TAG
    for top, number in found:
        last = min(max(top, last + _TAG), _SHEET[1] - _TAG)
        yield Tag(number, side, round(last, 2))


def _laid_under(
    sheets: bytes,
    files: tuple[File, File],
    pairs: Sequence[PagePair],
    sizes: tuple[Sizes, Sizes],
) -> bytes:
    """The marks with the pages under them; these may be any program's, so that nothing is claimed of the whole."""
    first = page_count(sheets) - len(pairs)
    with pikepdf.open(io.BytesIO(sheets)) as document:
        for side, file in enumerate(files):
            with pikepdf.open(io.BytesIO(file.content)) as source:
                for at, pair in enumerate(pairs):
                    page = (pair.old, pair.new)[side]
                    if page is None:
                        continue
                    cell = _cell(sizes[side][page], side)
                    here = Rectangle(cell.left, cell.bottom, cell.left + cell.width, cell.bottom + cell.height)
                    form = document.copy_foreign(source.pages[page].as_form_xobject())
                    sheet, name = document.pages[first + at], Name(f"/Side{side}.{at}")  # pages share their resources
                    sheet.add_resource(form, Name.XObject, name)
                    drawing = sheet.calc_form_xobject_placement(
                        form, name, here, invert_transformations=True, allow_shrink=True, allow_expand=False
                    )
                    sheet.contents_add(drawing, prepend=True)
        del document.Root.Metadata
        return saved(document)
