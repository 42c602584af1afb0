"""Prometheus: the answer to a range query on `up` (or any series that is 0 while something is down)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.load.formats.json_document import records_at
from pipeline.load.formats.named import Named, named_table
from pipeline.load.formats.table import Layout, Table, Unreadable

Samples = Sequence[tuple[Decimal, bool]]
"""Time, and whether the sample says down."""


def open_range_query(path: Path, layout: Layout) -> Table:
    """A record for each run of zeros: `metric.LABEL`, `started`, `ended`.

    A sample holds until the next one is due. Where samples are missing nobody knows, and nothing is counted as down.
    """
    return named_table(_runs(path, layout.records or "data.result"), layout)


def _runs(path: Path, where: str) -> Iterator[Named]:
    number = 0
    for series, record in records_at(path, where):
        metric = record.get("metric")
        if not isinstance(metric, dict) or not isinstance(record.get("values"), list):
            message = f"series {series} is no result of a range query"
            raise Unreadable("json-record", message, "ask /api/v1/query_range, with start, end and step", series)
        name = ",".join(str(metric[label]) for label in sorted(metric) if label != "__name__")
        for started, ended in _down(_samples(record["values"], series)):
            number += 1
            yield number, {"id": f"{name}@{int(started)}", "metric": metric, "started": started, "ended": ended}


def _samples(values: Sequence[Any], series: int) -> Samples:
    try:
        samples = [(Decimal(moment), Decimal(value) == 0) for moment, value in values]
    except (InvalidOperation, TypeError, ValueError):
        message = f"series {series} has a sample that is no pair of time and number"
        raise Unreadable("json-record", message, line=series) from None
    return sorted(samples)


def _down(samples: Samples) -> Iterator[tuple[Decimal, Decimal]]:
    moments = [moment for moment, _ in samples]
    step = min((later - moment for moment, later in pairwise(moments)), default=Decimal(0))
    started = ended = None
    for moment, down in samples:
        if started is not None and ended is not None and (not down or moment > ended):
            yield started, min(ended, moment)
            started = None
        if down:
            started = moment if started is None else started
            ended = moment + step
    if started is not None and ended is not None:
        yield started, ended
