"""The tickets and outages behind the figures of one report, one value each: what a customer recomputes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.measures import Measured, excluded_outages, outages_of
from pipeline.measure.promises import Promise
from pipeline.model.catalog import TIMED, MeasureName
from pipeline.model.measures import Basis, basis_of
from pipeline.model.records import MISSING


@dataclass(frozen=True, slots=True)
class Stand:
    """A ticket against one limit; seconds are service time after pauses, None where not measurable."""

    promise: Promise
    verdict: Verdict
    elapsed: int | None
    paused: int
    counted: bool


@dataclass(frozen=True, slots=True)
class TicketCase:
    """A ticket that was opened or counted in the period; `row` is its row among the tickets."""

    row: int
    stands: tuple[Stand, ...]

    def stand(self, measure: MeasureName) -> Stand | None:
        """The first limit of that measure."""
        return next((one for one in self.stands if one.promise.target.measure is measure), None)


@dataclass(frozen=True, slots=True)
class OutageCase:
    """An outage that touches the period; `counted` tells whether it lowered an availability figure."""

    row: int
    counted: bool
    seconds: int


def ticket_cases(measured: Measured, month: SlaMonth) -> tuple[TicketCase, ...]:
    """Tickets of the SLA opened in the period, open in it, or counted in it, in order of opening."""
    period, stands = month.period, dict(_stands(measured, month))
    tickets = measured.records.tickets
    services = {terms.service for terms in month.span.agreement.services}
    rows = {
        row
        for row in measured.ticket_rows.get(month.span.agreement.id, ())
        if tickets.service[row] in services
        and tickets.opened[row] < period.stop
        and (tickets.resolved[row] == MISSING or tickets.resolved[row] >= period.start)
    }
    rows |= {row for row, found in stands.items() if any(one.counted for one in found)}
    return tuple(TicketCase(row, tuple(stands.get(row, ()))) for row in sorted(rows))


def _stands(measured: Measured, month: SlaMonth) -> Iterator[tuple[int, list[Stand]]]:
    found: dict[int, list[Stand]] = {}
    columns, period = measured.judgements, month.period
    for index in measured.rows_of[month.span.agreement.id]:
        promise = measured.promises[index]
        if promise.target.measure not in TIMED:
            continue
        pairs = columns.of(index)
        for pair in range(pairs.start, pairs.stop):
            verdict = Verdict(int(columns.verdict[pair]))
            found.setdefault(int(columns.ticket[pair]), []).append(
                Stand(
                    promise=promise,
                    verdict=verdict,
                    elapsed=None if verdict is Verdict.UNMEASURED else int(columns.elapsed[pair]),
                    paused=int(columns.paused[pair]),
                    counted=period.start <= columns.counted_at[pair] < period.stop,
                )
            )
    yield from found.items()


def outage_cases(measured: Measured, month: SlaMonth) -> tuple[OutageCase, ...]:
    """Outages of the SLA's services that touch the period, in order of time; seconds lie inside the period."""
    outages, period = measured.records.outages, month.period
    found: dict[int, OutageCase] = {}
    for index in measured.rows_of[month.span.agreement.id]:
        promise = measured.promises[index]
        excluded = frozenset(excluded_outages(measured, promise))
        for row in outages_of(measured, promise):
            stop = period.stop if outages.stop[row] == MISSING else min(outages.stop[row], period.stop)
            start = max(outages.start[row], period.start)
            if promise.span != month.span or start >= stop:
                continue
            about_outages = basis_of(promise.target) is Basis.OUTAGES
            counted = about_outages and row not in excluded
            before = found.get(row)
            found[row] = OutageCase(row, counted or (before is not None and before.counted), stop - start)
    return tuple(found[row] for row in sorted(found))
