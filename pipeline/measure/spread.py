"""How the times of tickets spread around their limit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.measures import Measured
from pipeline.measure.promises import Promise
from pipeline.model.catalog import MeasureName
from pipeline.model.measures import needs_limit

EDGES = (25, 50, 75, 100, 150, 200)
"""Ends of the classes in percent of the limit, which belong to the class that they end; the last class has no end."""


def spread(measured: Measured, month: SlaMonth) -> Iterator[tuple[Promise, tuple[int, ...]]]:
    """Tickets per class of each resolution target of the version that has a limit, of those counted in the period."""
    columns, period = measured.judgements, month.period
    for index in measured.rows_of[month.span.agreement.id]:
        promise = measured.promises[index]
        target = promise.target
        if promise.span != month.span or target.measure is not MeasureName.RESOLUTION_TIME or not needs_limit(target):
            continue
        pairs = columns.of(index)
        counted = (columns.counted_at[pairs] >= period.start) & (columns.counted_at[pairs] < period.stop)
        judged = np.isin(columns.verdict[pairs], (int(Verdict.MET), int(Verdict.MISSED)))
        elapsed = columns.elapsed[pairs][counted & judged]
        if elapsed.size:
            ends = [promise.limit * edge for edge in EDGES]
            found = np.bincount(np.searchsorted(ends, elapsed * 100), minlength=len(EDGES) + 1)
            yield promise, tuple(found.tolist())
