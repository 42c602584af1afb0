"""Rows of monitoring exports into the outage columns."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pipeline.load.rows import Row, Unusable
from pipeline.load.tickets import identifier, known
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import ALL_CUSTOMERS, FULL_IMPACT, MISSING, OUTAGE_CATEGORIES, Outages, RowKey
from pipeline.problems import Place

_IMPACT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*%?")


@dataclass(frozen=True, slots=True)
class _Outage:
    id: str
    customer: str
    service: str
    category: str
    start: int
    stop: int
    cause: str
    action: str
    month: Month
    place: Place
    component: str
    impact: int


class OutageReader:
    """Collects outages; one that a later month exports again replaces the earlier record."""

    def __init__(self, portfolio: Portfolio) -> None:
        self._customers = {*portfolio.customers, ALL_CUSTOMERS}
        self._services = portfolio.services
        self._outages: dict[tuple[str, str, str, str], _Outage] = {}
        self.replaced: list[RowKey] = []

    def group(self, rows: Iterable[Row]) -> Iterable[Row]:
        """One record a row."""
        return rows

    def take(self, row: Row) -> None:
        """Add the outage of a row; Unusable when it cannot be measured."""
        row.whole()
        outage = _Outage(
            id=identifier(row, "outage"),
            customer=known(row, "customer", self._customers),
            service=known(row, "service", self._services),
            category=known(row, "category", OUTAGE_CATEGORIES),
            start=row.instant("started"),
            stop=row.instant("ended"),
            cause=row.text("cause"),
            action=row.text("action"),
            month=row.month,
            place=row.place("outage"),
            component=row.text("component"),
            impact=_impact(row),
        )
        if outage.start == MISSING:
            raise Unusable("missing", "started", row.column("started"))
        if MISSING < outage.stop < outage.start:
            raise Unusable("before", "ended", row.column("ended"), row.column("started"))
        key = (row.profile.id, outage.id, outage.customer, outage.service)
        earlier = self._outages.get(key)
        if earlier is not None and earlier.month == row.month:
            raise Unusable("twice", "outage", outage.id, str(earlier.place))
        if earlier is not None:
            self.replaced.append((earlier.month, earlier.customer, earlier.service))
        self._outages[key] = outage

    def drop(self, row: Row) -> None:
        """What an earlier month said of an outage stays: it was seen, and leaving it out would raise a figure."""

    def table(self) -> Outages:
        """The outages as columns, in order of start, service, customer and id."""
        outages = sorted(
            self._outages.values(), key=lambda outage: (outage.start, outage.service, outage.customer, outage.id)
        )
        return Outages(
            id=tuple(outage.id for outage in outages),
            customer=tuple(outage.customer for outage in outages),
            service=tuple(outage.service for outage in outages),
            category=tuple(outage.category for outage in outages),
            start=array("q", (outage.start for outage in outages)),
            stop=array("q", (outage.stop for outage in outages)),
            cause=tuple(outage.cause for outage in outages),
            action=tuple(outage.action for outage in outages),
            month=tuple(outage.month for outage in outages),
            place=tuple(outage.place for outage in outages),
            component=tuple(outage.component for outage in outages),
            impact=array("q", (outage.impact for outage in outages)),
        )


def _impact(row: Row) -> int:
    """How much of the service was out, in millionths of a percent; all of it where the export does not tell."""
    cell = row.raw("impact")
    if not cell:
        return FULL_IMPACT
    match = _IMPACT.fullmatch(cell)
    if match is None or Decimal(match[1]) > 100:  # noqa: PLR2004 - a share of a whole
        raise Unusable("number", "impact", row.column("impact"), cell, "0% … 100%")
    return int(Decimal(match[1]) * FULL_IMPACT / 100)
