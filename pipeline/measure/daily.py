"""Availability day by day: which days of a period were worked, and how long the service was down on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from pipeline.measure.clock import instant, local_day
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.measures import Measured, downtime, outages_known
from pipeline.measure.promises import Period, Promise
from pipeline.model.catalog import MeasureName
from pipeline.model.records import MISSING


@dataclass(frozen=True, slots=True)
class Day:
    """A local day: service seconds agreed (excluded time left out), and down by impact."""

    day: date
    agreed: int
    down: Fraction


def daily(measured: Measured, month: SlaMonth) -> Iterator[tuple[Promise, tuple[Day, ...]]]:
    """The first availability target of each service of the version, day by day; nothing where no outages are known."""
    services = set()
    for index in measured.rows_of[month.span.agreement.id]:
        promise = measured.promises[index]
        if promise.span != month.span or promise.target.measure is not MeasureName.AVAILABILITY:
            continue
        if promise.terms.service not in services and outages_known(measured, promise, month.period):
            services.add(promise.terms.service)
            yield promise, tuple(_days(measured, promise, month.period))


def _days(measured: Measured, promise: Promise, period: Period) -> Iterator[Day]:
    timezone, outages = promise.span.agreement.timezone, measured.records.outages
    whole = downtime(measured, promise)
    day, start = local_day(period.start, timezone), period.start
    while start < period.stop:
        day += timedelta(days=1)
        stop = instant(day, timezone)
        touching = [
            row
            for row in whole.rows
            if outages.start[row] < stop and (outages.stop[row] == MISSING or outages.stop[row] > start)
        ]
        excluded = [row for row in whole.excluded if row in touching]
        found = replace(whole, rows=touching, excluded=excluded).uptime(Period(period.month, start, stop))
        yield Day(day - timedelta(days=1), found.agreed, found.down)
        start = stop
