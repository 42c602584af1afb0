"""What a format makes of a file: a header and numbered records of texts, read as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.load.formats.blocks import Block

MAX_CELL = 1_000_000
"""Characters of one cell; what is longer is no export of a service desk, and would fill the memory."""

MAX_COLUMNS = 16_384
"""Columns of a table, as many as a spreadsheet has."""

MAX_RECORD = 16_000_000
"""Characters of one line."""

MAX_UNPACKED = 4 * 2**30
MAX_RATIO, RATIO_COUNTS_FROM = 250, 64 * 2**20
"""What packed files may unpack to: real exports shrink to a fifth or a fiftieth."""

MAX_NAMES = 500
"""Names of a file that a hint may choose from."""

Record = tuple[int, Sequence[str]]
"""Line (or number) of a record, and its cells in the order of the header."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the bytes of a file are laid out, and the columns that are wanted from it."""

    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    header_row: int = 1
    records: str = ""
    columns: tuple[str, ...] = ()


class Unreadable(ValueError):  # noqa: N818 - not an error of the program: the file is reported
    """Why a file cannot be read any further, and what to do; `{profile}` in a hint stands for the profile's file."""

    def __init__(self, code: str, message: str, hint: str = "", line: int = 1, column: int = 1) -> None:
        super().__init__(code, message, hint, line, column)
        self.code = code
        self.message = message
        self.hint = hint
        self.line = line
        self.column = column


@dataclass(slots=True, eq=False)
class Table:
    """A file as it is read: `rows` raises Unreadable where it cannot go on.

    Where records bring their names themselves, `header` is what is wanted, and `unseen` what no record has had so far;
    `names` are those that the file has, for a hint.
    """

    header: tuple[str, ...]
    rows: Iterator[Record]
    names: Iterable[str] = ()
    header_line: int = 1
    unseen: set[str] = field(default_factory=set)
    blocks: Callable[[Sequence[int]], Iterator[Block]] | None = None
    """The columns at those positions, instead of `rows`, where the format can give them many rows at a time."""

    gridded: bool = True
    """Whether a cell has a column in the file that a person can count."""


class Unpacked:
    """A packed stream that refuses to become absurdly large."""

    def __init__(self, stream: IO[bytes], packed: int) -> None:
        self._stream = stream
        self._allowed = allowed(packed)
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        """Bytes as a file gives them; Unreadable once there are too many."""
        chunk = self._stream.read(size if size >= 0 else self._allowed + 1)
        self._read += len(chunk)
        if self._read > self._allowed:
            raise too_large()
        return chunk


def allowed(packed: int, ratio: int = MAX_RATIO) -> int:
    """Bytes that a packed file of that size may unpack to."""
    return min(MAX_UNPACKED, max(RATIO_COUNTS_FROM, packed * ratio))


def too_large() -> Unreadable:
    """A file that unpacks to more than anybody exports."""
    return Unreadable("too-large", "the file unpacks to far more than an export holds", "export it again, in parts")


def check_cells(cells: Sequence[str], line: int) -> Sequence[str]:
    """The cells of a record; Unreadable when one of them is absurdly long."""
    for column, cell in enumerate(cells, start=1):
        if len(cell) > MAX_CELL:
            message = f"a cell has more than {MAX_CELL:,} characters"
            raise Unreadable("huge-cell", message, "leave that column out of the export", line, column)
    return cells
