"""Parquet, as data platforms export it: typed columns, read in batches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.load.formats.table import Layout, Record, Table, Unreadable, check_cells
from pipeline.load.formats.texts import text

BATCH = 4096
MAX_GROUP = 4 * 2**30
"""Bytes of a row group before packing, all columns."""


def open_parquet(path: Path, layout: Layout) -> Table:
    """The wanted columns; those inside a struct by names with dots."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as mistake:
        raise _unreadable(mistake) from None
    names = tuple(_names(file.schema_arrow))
    sizes = [file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups)]
    if any(size > MAX_GROUP for size in sizes):
        raise Unreadable("too-large", "a row group of over 4 GiB", "write it with smaller row groups")
    wanted = tuple(name for name in dict.fromkeys(layout.columns) if name in names)
    return Table(wanted, _rows(file, wanted), names=names, gridded=False)


def _names(schema: Any) -> Iterator[str]:  # noqa: ANN401 - pyarrow has no types
    """The columns, with those of structs in place of the struct."""
    for field in schema:
        if pa.types.is_struct(field.type):
            yield from (f"{field.name}.{name}" for name in _names(field.type))
        else:
            yield field.name


def _rows(file: Any, wanted: tuple[str, ...]) -> Iterator[Record]:  # noqa: ANN401 - as above
    number = 0
    try:
        with file:
            for batch in file.iter_batches(batch_size=BATCH, columns=list(wanted)):
                columns = [_texts(_column(batch, name)) for name in wanted]
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield number, check_cells(cells, number)
    except (pa.ArrowException, OSError, ValueError) as mistake:
        if isinstance(mistake, Unreadable):
            raise
        raise _unreadable(mistake, number + 1) from None


def _column(batch: Any, name: str) -> Any:  # noqa: ANN401 - as above
    if name in batch.schema.names:
        return batch.column(name)
    top, *steps = name.split(".")
    column = batch.column(top)
    for step in steps:
        column = pc.struct_field(column, step)
    return column


def _texts(column: Any) -> list[str]:  # noqa: ANN401 - as above
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):  # Arrow writes every digit; UTC with Z where there is a zone
        column = pc.cast(column, pa.string())
    if pa.types.is_map(column.type) or pa.types.is_list(column.type):
        return [json.dumps(value, ensure_ascii=False, default=text) for value in column.to_pylist()]
    return [text(value) for value in column.to_pylist()]


def _unreadable(mistake: Exception, number: int = 1) -> Unreadable:
    message = str(mistake).splitlines()[0][:120] if str(mistake) else type(mistake).__name__
    return Unreadable("parquet-file", f"not a readable Parquet file: {message}", line=number)
