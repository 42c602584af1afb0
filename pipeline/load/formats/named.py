"""Records that bring the names of their values along, as JSON and XES have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pipeline.load.formats.table import MAX_NAMES, Layout, Record, Table, check_cells
from pipeline.load.formats.texts import at_path, paths, text

Named = tuple[int, Any]
"""Line (or number) of a record, and its values by name."""


def named_table(records: Iterable[Named], layout: Layout, find: Callable[[Any, str], Any] = at_path) -> Table:
    """The columns that are wanted, from records that may each leave some out."""
    table = Table(layout.columns, iter(()), gridded=False, unseen=set(layout.columns))
    names: dict[str, None] = {}
    table.names = names

    def rows() -> Iterator[Record]:
        for line, record in records:
            if len(names) < MAX_NAMES:
                names.update(dict.fromkeys(paths(record)))
            cells = []
            for name in layout.columns:
                value = find(record, name)
                if value is not None:
                    table.unseen.discard(name)
                cells.append(text(value))
            yield line, check_cells(cells, line)

    table.rows = rows()
    return table
