"""A PDF taken apart: its letters in runs, and what else is drawn, each with its place."""

from __future__ import annotations

import ctypes
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unicodedata import category

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.pages.results import Box
from pipeline.recount.container import MOST_BYTES, MOST_PAGES, check_unpacked
from pipeline.recount.results import RefusedError

MOST_LETTERS = 3_000_000
MOST_SHAPES = 1_000_000
_DEPTH = 6
_SAME_LINE = 0.35
_GAP = 0.9
"""In heights of a letter: how far letters of a line may stand up or down, and apart."""

Place = tuple[float, float, float, float]
"""Left, bottom, right, top."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one line that stand together; `places` has one for every letter of `text`."""

    page: int
    text: str
    places: tuple[Place, ...]

    def box(self, start: int, stop: int) -> Box:
        """The rectangle around some of its letters."""
        return around(self.page, self.places[start:stop])


@dataclass(frozen=True, slots=True)
class Shape:
    """A line, area or picture: what it looks like wherever it stands, and its place."""

    page: int
    look: tuple[Any, ...]
    place: Place
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """A PDF as it is compared; sizes are width and height in points."""

    sizes: tuple[tuple[float, float], ...]
    runs: tuple[Run, ...]
    shapes: tuple[Shape, ...]


def around(page: int, places: tuple[Place, ...]) -> Box:
    """The rectangle around some places of a page."""
    left, bottom, right, top = zip(*places, strict=True)
    return Box(page, min(left), min(bottom), max(right), max(top))


def read_pages(content: bytes) -> Pages:
    """Take a PDF apart; RefusedError where it is none, cannot be opened, or is too large to look at."""
    if len(content) > MOST_BYTES:
        msg = f"the file is over {MOST_BYTES >> 20} MB"
        raise RefusedError(msg)
    if not content.startswith(b"%PDF-"):
        msg = "this is no PDF"
        raise RefusedError(msg)
    check_unpacked(content)
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as mistake:
        msg = "the file asks for a password" if "assword" in str(mistake) else "the PDF is damaged"
        raise RefusedError(msg) from None
    try:
        if len(document) > MOST_PAGES:
            msg = f"the file has over {MOST_PAGES} pages"
            raise RefusedError(msg)
        runs: list[Run] = []
        shapes: list[Shape] = []
        sizes = []
        for at, page in enumerate(document):
            sizes.append(page.get_size())
            upright = _upright(page)
            runs += _runs(page, at, upright)
            shapes += _shapes(page, at, upright, MOST_SHAPES - len(shapes))
            page.close()
        return Pages(tuple(sizes), tuple(runs), tuple(shapes))
    except pypdfium2.PdfiumError:
        msg = "the PDF is damaged"
        raise RefusedError(msg) from None
    finally:
        document.close()


Matrix = tuple[float, float, float, float, float, float]


def _upright(page: Any) -> Matrix:  # noqa: ANN401 - pypdfium2 has no types
    """From the space that a page is drawn in to the page as it is shown, its lower left corner at the origin."""
    left, bottom, right, top = page.get_cropbox()
    return {
        0: (1.0, 0.0, 0.0, 1.0, -left, -bottom),
        90: (0.0, -1.0, 1.0, 0.0, -bottom, right),
        180: (-1.0, 0.0, 0.0, -1.0, right, top),
        270: (0.0, 1.0, -1.0, 0.0, top, -left),
    }[page.get_rotation()]


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


# -- letters ----------------------------------------------------------------------------------------------------------


def _runs(page: Any, at: int, upright: Matrix) -> Iterator[Run]:  # noqa: ANN401 - as above
    words = page.get_textpage()
    count = pdfium.FPDFText_CountChars(words)
    if count > MOST_LETTERS:
        msg = f"a page has over {MOST_LETTERS:,} letters"
        raise RefusedError(msg)
    text: list[str] = []
    places: list[Place] = []
    before: Place = (0.0, 0.0, 0.0, 0.0)
    rectangle = pdfium.FS_RECTF()
    for index in range(count):
        if pdfium.FPDFText_IsGenerated(words, index) == 1:
            continue
        letter = _letter(pdfium.FPDFText_GetUnicode(words, index))
        if not pdfium.FPDFText_GetLooseCharBox(words, index, rectangle):
            continue
        place = rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
        if places and not _follows(before, place):
            yield from _run(at, text, places)
            text, places = [], []
        before = place
        text.append(letter)
        places.append(_spread(_apply(upright, *place[:2]), _apply(upright, *place[2:])))
    yield from _run(at, text, places)
    words.close()


def _spread(one: tuple[float, float], other: tuple[float, float]) -> Place:
    """The rectangle between two corners."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


def _letter(code: int) -> str:
    """A letter; where there is none, what stands for one that cannot be told."""
    if code < ord(" "):
        return " "
    return chr(code) if code <= sys.maxunicode and category(chr(code)) != "Cs" else "\ufffd"


def _follows(before: Place, place: Place) -> bool:
    """Whether a letter stands on the line of the one before it, and close to it."""
    height = max(before[3] - before[1], 0.1)
    level = abs(before[1] - place[1]) < _SAME_LINE * height
    return level and -_GAP * height < place[0] - before[2] < _GAP * height


def _run(page: int, text: list[str], places: list[Place]) -> Iterator[Run]:
    if any(letter.strip() for letter in text):
        yield Run(page, "".join(text), tuple(places))


# -- what else is drawn -----------------------------------------------------------------------------------------------


def _shapes(page: Any, at: int, upright: Matrix, most: int) -> Iterator[Shape]:  # noqa: ANN401 - as above
    objects = (pdfium.FPDFPage_GetObject(page, index) for index in range(pdfium.FPDFPage_CountObjects(page)))
    for done, shape in enumerate(_drawn(objects, at, upright, 0)):
        if done >= most:
            msg = f"the file draws over {MOST_SHAPES:,} shapes"
            raise RefusedError(msg)
        yield shape


def _drawn(objects: Iterator[Any], at: int, outer: Matrix, depth: int) -> Iterator[Shape]:
    for one in objects:
        kind = pdfium.FPDFPageObj_GetType(one)
        matrix = _times(_matrix(one), outer)
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            count = pdfium.FPDFFormObj_CountObjects(one)
            yield from _drawn(
                (pdfium.FPDFFormObj_GetObject(one, index) for index in range(count)), at, matrix, depth + 1
            )
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield from _path(one, at, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            corners = tuple(_apply(matrix, x, y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1)))
            yield _shape(at, ("picture", _digest(one)), corners)


def _path(one: Any, at: int, matrix: Matrix) -> Iterator[Shape]:  # noqa: ANN401 - as above
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(one, fill, stroke)
    if not fill.value and not stroke.value:
        return
    points, kinds = [], []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(pdfium.FPDFPath_CountSegments(one)):
        segment = pdfium.FPDFPath_GetPathSegment(one, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        kinds.append(pdfium.FPDFPathSegment_GetType(segment))
        points.append(_apply(matrix, x.value, y.value))
    if not points:
        return
    width = ctypes.c_float()
    pdfium.FPDFPageObj_GetStrokeWidth(one, width)
    look = (
        tuple(kinds),
        _colour(one, pdfium.FPDFPageObj_GetFillColor) if fill.value else None,
        (_colour(one, pdfium.FPDFPageObj_GetStrokeColor), round(width.value, 2)) if stroke.value else None,
    )
    yield _shape(at, look, tuple(points))


def _shape(at: int, look: tuple[Any, ...], points: tuple[tuple[float, float], ...]) -> Shape:
    xs, ys = zip(*points, strict=True)
    return Shape(at, look, (min(xs), min(ys), max(xs), max(ys)), points)


def _colour(one: Any, read: Any) -> tuple[int, ...]:  # noqa: ANN401 - as above
    parts = [ctypes.c_uint() for _ in "rgba"]
    read(one, *parts)
    return tuple(part.value for part in parts)


def _digest(one: Any) -> str:  # noqa: ANN401 - as above
    size = pdfium.FPDFImageObj_GetImageDataRaw(one, None, 0)
    buffer = (ctypes.c_ubyte * max(size, 1))()
    pdfium.FPDFImageObj_GetImageDataRaw(one, buffer, size)
    return hashlib.sha256(bytes(buffer)).hexdigest()


def _matrix(one: Any) -> Matrix:  # noqa: ANN401 - as above
    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(one, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)
