"""The interruptions of a service report, and what the customer agreed not to count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pipeline.measure.cases import TicketCase, outage_cases
from pipeline.measure.windows import within_window
from pipeline.merge.report import ExclusionRow, OutageRow
from pipeline.merge.scope import Scope
from pipeline.model.exclusions import Exclusion
from pipeline.model.records import FULL_IMPACT, MISSING

MAINTENANCE = "agreed-maintenance"


def outages(scope: Scope) -> Iterator[OutageRow]:
    """Interruptions that touch the period."""
    outages = scope.measured.records.outages
    for case in outage_cases(scope.measured, scope.month):
        row = case.row
        yield OutageRow(
            outage=outages.id[row],
            service=scope.service(outages.service[row]),
            category=scope.words.label(f"outage.{outages.category[row]}"),
            started=scope.moment(outages.start[row]),
            ended=scope.moment(outages.stop[row]),
            duration=scope.words.elapsed(case.seconds),
            counted=case.counted,
            cause=outages.cause[row],
            action=outages.action[row],
            component=outages.component[row],
            impact="" if outages.impact[row] == FULL_IMPACT else f"{_percent(outages.impact[row])}%",
            window=_window(scope, row),
            reason="" if case.counted else _reason(scope, row),
        )


def _window(scope: Scope, row: int) -> str:
    """The agreed window that maintenance lies in, in words."""
    outages, agreement = scope.measured.records.outages, scope.month.span.agreement
    if outages.category[row] != MAINTENANCE or outages.stop[row] == MISSING:
        return ""
    found = within_window(agreement, outages.service[row], outages.start[row], outages.stop[row])
    return scope.words(found.when) if found else scope.words.label("report.window.none")


def _reason(scope: Scope, row: int) -> str:
    """Why an outage does not count: what was agreed about it, or its category."""
    outages, customer = scope.measured.records.outages, scope.month.span.agreement.customer
    agreed = [one for one in scope.measured.left_out.get(row, ()) if one.customer == customer]
    if agreed:
        return scope.words(agreed[0].reason)
    return scope.words.label(f"outage.{outages.category[row]}") if outages.category[row] != "outage" else ""


def exclusions(scope: Scope, cases: Sequence[TicketCase]) -> Iterator[ExclusionRow]:
    """What the customer agreed not to count, of the tickets and outages that this report is about."""
    tickets, outages = scope.measured.records.tickets, scope.measured.records.outages
    customer = scope.month.span.agreement.customer
    services = {tickets.id[case.row]: tickets.service[case.row] for case in cases}
    rows = {case.row for case in outage_cases(scope.measured, scope.month)}
    down = {outages.id[row]: outages.service[row] for row in rows if row in scope.measured.left_out}
    for one in sorted(scope.portfolio.exclusions.values(), key=lambda one: (one.date, one.id)):
        if one.customer == customer and one.ticket in services:
            yield _exclusion(scope, one, "ticket", services[one.ticket])
        elif one.customer == customer and one.outage in down:
            yield _exclusion(scope, one, "outage", down[one.outage])


def _exclusion(scope: Scope, one: Exclusion, kind: str, service: str) -> ExclusionRow:
    words = scope.words
    return ExclusionRow(
        id=one.id,
        record=one.ticket or one.outage,
        kind=words.label(f"excluded.{kind}"),
        service=scope.service(service),
        targets=words.listed(one.targets) or words.label("excluded.all"),
        reason=words(one.reason),
        approved_by=words(one.approved_by),
        date=words.date(one.date),
    )


def _percent(impact: int) -> Decimal:
    return (Decimal(100) * impact / FULL_IMPACT).normalize() + Decimal(0)
