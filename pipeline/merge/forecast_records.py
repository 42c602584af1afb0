"""Forecasts for programs: what `slm forecast --json` prints, an object for each SLA."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from pipeline.measure.forecast import Forecast, Outlook
from pipeline.merge.amounts import goal_number, number
from pipeline.merge.forecasting import Telling, ticket_state
from pipeline.merge.tables import iso
from pipeline.merge.words import exact
from pipeline.model.measures import unit_of
from pipeline.model.records import MISSING

_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class OutlookRecord:
    """A target: `allowed`, `spent` and `left` in tickets or seconds, `used`, `burn` and `elapsed` as parts of 1."""

    service: str
    target: str
    measure: str
    priority: str
    aggregate: str
    unit: str
    goal: Decimal
    value: Decimal | None
    count: int
    missed: int
    basis: str
    gone_s: int
    period_s: int
    elapsed: Decimal
    expected: int | None
    allowed: Decimal | None
    spent: Decimal | None
    left: Decimal | None
    used: Decimal | None
    burn: Decimal | None
    needed: int | None
    projected: Decimal | None
    outlook: str


@dataclass(frozen=True, slots=True)
class OpenTicketRecord:
    """A ticket against a limit; `deadline` is empty where nobody can tell."""

    ticket: str
    service: str
    target: str
    priority: str
    opened: str
    state: str
    allowed_s: int
    elapsed_s: int
    left_s: int
    deadline: str
    summary: str


@dataclass(frozen=True, slots=True)
class ForecastRecord:
    """An SLA in its running period; times are ISO 8601 with offset."""

    agreement: str
    version: str
    customer: str
    month: str
    start: str
    end: str
    timezone: str
    at: str
    newest: str
    targets: tuple[OutlookRecord, ...]
    tickets: tuple[OpenTicketRecord, ...]


def forecast_record(one: Forecast, telling: Telling) -> ForecastRecord:
    """All figures of a sheet, exact to six decimals."""
    agreement = one.span.agreement
    zone = ZoneInfo(agreement.timezone)
    return ForecastRecord(
        agreement=agreement.id,
        version=str(agreement.version),
        customer=agreement.customer,
        month=str(one.period.month),
        start=iso(one.period.start, zone),
        end=iso(one.period.stop, zone),
        timezone=agreement.timezone,
        at=iso(one.at, zone),
        newest="" if telling.newest == MISSING else iso(telling.newest, zone),
        targets=tuple(map(_target, one.targets)),
        tickets=tuple(_tickets(one, telling)),
    )


def _target(one: Outlook) -> OutlookRecord:
    result, budget = one.result, one.budget
    promise, target = result.promise, result.promise.target
    return OutlookRecord(
        service=promise.terms.service,
        target=target.id,
        measure=str(target.measure),
        priority=target.priority,
        aggregate=str(target.aggregate),
        unit=str(unit_of(target)),
        goal=goal_number(promise),
        value=number(result.value, promise),
        count=result.count,
        missed=result.tally.missed,
        basis=str(one.basis),
        gone_s=one.gone,
        period_s=one.whole,
        elapsed=_decimal(one.elapsed) or Decimal(0),
        expected=one.expected,
        allowed=_decimal(budget.allowed if budget else None),
        spent=_decimal(budget.spent if budget else None),
        left=_decimal(budget.left if budget else None),
        used=_decimal(budget.used if budget else None),
        burn=_decimal(one.burn),
        needed=one.needed,
        projected=number(one.projected, promise),
        outlook=str(one.standing),
    )


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else exact(value).quantize(_PLACES)


def _tickets(one: Forecast, telling: Telling) -> Iterator[OpenTicketRecord]:
    tickets, zone = telling.tickets, ZoneInfo(one.span.agreement.timezone)
    for ticket in one.tickets:
        yield OpenTicketRecord(
            ticket=tickets.id[ticket.row],
            service=ticket.promise.terms.service,
            target=ticket.promise.target.id,
            priority=tickets.priority[ticket.row],
            opened=iso(tickets.opened[ticket.row], zone),
            state=ticket_state(ticket),
            allowed_s=ticket.promise.allowed,
            elapsed_s=ticket.elapsed,
            left_s=ticket.left,
            deadline="" if ticket.deadline is None else iso(ticket.deadline, zone),
            summary=tickets.summary[ticket.row],
        )
