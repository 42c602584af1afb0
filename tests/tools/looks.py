"""Pages as pictures, held against stored ones: a moved block, a lost font or colour, or a missing page shows.

A page is 36 dots an inch. It is compared square by square (8 x 8 dots, 5.6 mm wide) by mean colour, which does not
mind how a library smooths the edges of letters; up to `FEW` squares of a page may differ by more than `FAINT` of 255.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image

STORED = Path(__file__).resolve().parents[1] / "looks"
SCALE = 36 / 72
SQUARE = 8
FAINT, FEW = 15, 3
COLOURS = 64
GAP = 4
"""White dots between the pages of one picture."""

Page = npt.NDArray[np.uint8]


def pages(pdf: bytes, chosen: Sequence[int] | None = None) -> list[Page]:
    """Pages of a PDF as height x width x 3; of those chosen (counted from 0, or from the end) the ones there are."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        count = len(document)
        numbers = range(count) if chosen is None else sorted({at % count for at in chosen if -count <= at < count})
        return [_opaque(document[at].render(scale=SCALE).to_pil()) for at in numbers]
    finally:
        document.close()


def differences(actual: Sequence[Page], expected: Sequence[Page]) -> list[str]:
    """What a reader would notice, page by page; nothing for equal looks."""
    found = []
    if len(actual) != len(expected):
        found.append(f"{len(actual)} pages instead of {len(expected)}")
    for number, (one, other) in enumerate(zip(actual, expected, strict=False), 1):
        if one.shape != other.shape:
            found.append(
                f"page {number} is {one.shape[1]} x {one.shape[0]} instead of {other.shape[1]} x {other.shape[0]}"
            )
            continue
        off = np.argwhere(_off(one, other))
        if len(off) > FEW:
            top, left = off.min(axis=0) * SQUARE
            bottom, right = (off.max(axis=0) + 1) * SQUARE
            found.append(f"page {number}: {len(off)} squares differ between {left},{top} and {right},{bottom}")
    return found


def assert_looks(name: str, pdf: bytes, chosen: Sequence[int] | None = None) -> None:
    """The pages look like the picture stored under that name; `UPDATE_PAGES=1` stores them as they are now."""
    actual, file = pages(pdf, chosen), STORED / f"{name}.png"
    if os.environ.get("UPDATE_PAGES") == "1":
        STORED.mkdir(exist_ok=True)
        # what looks the same stays as it is stored, so that a difference in the history is one to the eye
        if not file.is_file() or differences(actual, stored(file)):
            picture(actual).save(file, optimize=True)
        return
    assert file.is_file(), f"{file} is missing: store it with UPDATE_PAGES=1 and look at it"
    expected = stored(file)
    found = differences(actual, expected)
    if found:
        folder = Path(tempfile.mkdtemp(prefix=f"looks-{name}-"))
        picture(actual).save(folder / "actual.png")
        picture(expected).save(folder / "expected.png")
        picture(_marked(actual, expected)).save(folder / "differences.png")
        msg = f"{name} looks different: {'; '.join(found)}. See {folder}; if it is meant: UPDATE_PAGES=1"
        raise AssertionError(msg)


def picture(made: Sequence[Page]) -> Image.Image:
    """Pages side by side, in few colours; a line of black dots at the top of a gap tells where a page ends."""
    height, width = max(page.shape[0] for page in made), sum(page.shape[1] + GAP for page in made)
    sheet = np.full((height, width, 3), 255, np.uint8)
    left = 0
    for page in made:
        sheet[: page.shape[0], left : left + page.shape[1]] = page
        left += page.shape[1]
        sheet[: page.shape[0], left : left + GAP] = 0
        left += GAP
    return Image.fromarray(sheet).quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def stored(file: Path) -> list[Page]:
    """The pages of a stored picture."""
    with Image.open(file) as image:
        sheet = np.asarray(image.convert("RGB"), np.uint8)
    found, left = [], 0
    for gap in _gaps(sheet):
        page = sheet[:, left:gap]
        found.append(page[: _height(sheet[:, gap])])
        left = gap + GAP
    return found


def _gaps(sheet: Page) -> list[int]:
    """Where gaps begin: columns that are black from the top without a break, and that follow one that is not."""
    black: npt.NDArray[np.bool_] = np.all(sheet[: sheet.shape[0] // 2] < SQUARE, axis=(0, 2))
    return [int(at) for at in np.flatnonzero(black & ~np.concatenate([[False], black[:-1]]))]


def _height(gap: Page) -> int:
    white = np.flatnonzero((gap > 255 - SQUARE).all(axis=1))
    return int(white[0]) if len(white) else len(gap)


def _off(one: Page, other: Page) -> npt.NDArray[np.bool_]:
    """Which squares differ."""
    off: npt.NDArray[np.bool_] = np.any(np.abs(_squares(one) - _squares(other)) > FAINT, axis=2)
    return off


def _squares(page: Page) -> npt.NDArray[np.float64]:
    """The mean colour of each square; what is left at the edges belongs to no square."""
    rows, columns = page.shape[0] // SQUARE, page.shape[1] // SQUARE
    cut = page[: rows * SQUARE, : columns * SQUARE].astype(np.float64)
    means: npt.NDArray[np.float64] = cut.reshape(rows, SQUARE, columns, SQUARE, 3).mean(axis=(1, 3))
    return means


def _marked(actual: Sequence[Page], expected: Sequence[Page]) -> list[Page]:
    """The actual pages with the squares that differ in red."""
    made = []
    for at, one in enumerate(actual):
        page = one.copy()
        if at < len(expected) and one.shape == expected[at].shape:
            for row, column in np.argwhere(_off(one, expected[at])) * SQUARE:
                page[row : row + SQUARE, column : column + SQUARE, 1:] //= 2
        made.append(page)
    return made


def _opaque(image: Image.Image) -> Page:
    return np.asarray(image.convert("RGB"), np.uint8)
