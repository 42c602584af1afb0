"""What the rows of each customer in an export come to: an export may be about everybody, a report is about one.

The digest of a customer's share is SHA-256 over its rows in the order of the file. Of a row it takes the cells of the
columns that the import profile names, from left to right, as they are written, each followed by U+001F, and U+001E at
the end. Rows with more or fewer cells than the header come after the others.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.load.formats.blocks import Block
from pipeline.load.rows import Row
from pipeline.model.quantities import Month
from pipeline.model.records import ALL_CUSTOMERS

_CELL, _ROW = "\x1f", "\x1e"


class Shares:
    """The shares in the exports of the month `since` and later; of none without it."""

    def __init__(self, since: Month | None) -> None:
        self._since = since
        # by file and customer; the type of a digest under way has no public name
        self._whole: defaultdict[tuple[str, str], Any] = defaultdict(hashlib.sha256)
        self._odd: defaultdict[tuple[str, str], Any] = defaultdict(hashlib.sha256)

    def wants(self, month: Month) -> bool:
        """Whether anybody asks for the exports of that month."""
        return self._since is not None and month >= self._since

    def add_block(self, file: str, block: Block, customers: Sequence[str], codes: npt.NDArray[np.int64]) -> None:
        """Rows with a cell for each column; `codes` are their customers, -1 for nobody's."""
        rows = pc.binary_join_element_wise(*(block.cells[at] for at in sorted(block.cells)), pa.scalar(_ROW), _CELL)
        order = np.argsort(codes, kind="stable")
        order = order[codes[order] >= 0]
        taken = pa.concat_arrays([rows.take(pa.array(order))])
        _, edges, written = taken.buffers()
        if not len(order) or written is None:
            return
        ends = np.frombuffer(edges, np.int32)
        begins = np.flatnonzero(np.diff(codes[order], prepend=-1))
        content = memoryview(written)
        for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(order)], strict=True):
            customer = customers[int(codes[order[begin]])]
            self._whole[file, customer].update(content[ends[begin] : ends[end]])

    def add(self, row: Row, customers: Iterable[str], *, odd: bool = False) -> None:
        """A row by itself; one that names no customer is everybody's."""
        customer = row.mapped("customer") or ALL_CUSTOMERS
        if customer != ALL_CUSTOMERS and customer not in customers:
            return
        cells = [row.fields[at] for at in sorted(set(row.positions.values())) if at < len(row.fields)]
        written = _CELL.join([*cells, _ROW]).encode("utf-8", "surrogatepass")
        (self._odd if odd else self._whole)[row.file, customer].update(written)

    def noted(self, rows: Iterable[Row], customers: Iterable[str]) -> Iterator[Row]:
        """The same rows, each taken into account."""
        for row in rows:
            if self.wants(row.month):
                self.add(row, customers)
            yield row

    def of(self, file: str) -> dict[str, str]:
        """Customer -> digest, ALL_CUSTOMERS for what is everybody's."""
        found = {key for digests in (self._whole, self._odd) for key in digests if key[0] == file}
        return {customer: self._digest((file, customer)) for _, customer in sorted(found)}

    def _digest(self, key: tuple[str, str]) -> str:
        digest = self._whole[key].copy()
        if key in self._odd:
            digest.update(self._odd[key].digest())
        return str(digest.hexdigest())
