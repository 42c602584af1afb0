"""Availability from outages: the share of the agreed service time in which the service was up.

available = (service time - excluded - down) / (service time - excluded), where overlapping outages count once, and
excluded time (agreed maintenance, say) leaves the denominator as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.measure.clock import Clock, worked_once
from pipeline.measure.promises import Period, Promise
from pipeline.model.records import MISSING, Outages


@dataclass(frozen=True, slots=True)
class Uptime:
    """Service seconds of a period: agreed (without the excluded), and down."""

    agreed: int
    down: int
    excluded: int


def outage_rows(outages: Outages) -> dict[tuple[str, str], list[int]]:
    """(customer, service) -> row numbers; outages of all customers are under ALL_CUSTOMERS."""
    rows: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(outages.customer, outages.service, strict=True)):
        rows.setdefault(key, []).append(row)
    return rows


def uptime(outages: Outages, rows: Sequence[int], promise: Promise, clock: Clock, period: Period) -> Uptime:
    """Service seconds up and down in the part of the period in which the promise was in force."""
    start, stop = max(period.start, promise.span.start), min(period.stop, promise.span.stop)
    if start >= stop:
        return Uptime(0, 0, 0)
    excluded = [row for row in rows if outages.category[row] in promise.target.exclude]
    total = clock.between(start, stop)
    left_out = _covered(outages, excluded, clock, start, stop)
    either = _covered(outages, rows, clock, start, stop)
    return Uptime(agreed=total - left_out, down=either - left_out, excluded=left_out)


def _covered(outages: Outages, rows: Sequence[int], clock: Clock, start: int, stop: int) -> int:
    """Service seconds of [start, stop) covered by those outages; one that still lasts covers the rest."""
    begin = np.array([max(outages.start[row], start) for row in rows], dtype=np.int64)
    ends = (outages.stop[row] for row in rows)
    end = np.array([stop if ended == MISSING else min(ended, stop) for ended in ends], dtype=np.int64)
    return int(worked_once(clock, np.zeros(len(rows), np.int64), begin, end, 1)[0])
