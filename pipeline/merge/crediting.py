"""The credits of a service report, and the clauses on repeated misses that apply."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from pipeline.measure.settlement import Repeated, Settlement
from pipeline.merge.drafting import missed_often, target_name
from pipeline.merge.report import ClauseRow, CreditSummary
from pipeline.merge.scope import Scope
from pipeline.model.quantities import Money


def credits_due(scope: Scope, settlement: Settlement) -> CreditSummary:
    """What is due for the period, and under which caps."""
    words, agreement, year = scope.words, scope.month.span.agreement, settlement.year
    amount = None
    if agreement.charge is not None:
        cents = (agreement.charge.amount * settlement.total / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        amount = Money(cents, agreement.charge.currency)
    return CreditSummary(
        uncapped=settlement.uncapped,
        cap=agreement.credit_cap,
        total=settlement.total,
        total_shown=words.percent(settlement.total),
        cap_shown=words.percent(agreement.credit_cap) if agreement.credit_cap is not None else "",
        charge_shown=words.money(agreement.charge) if agreement.charge else "",
        amount_shown=words.money(amount) if amount else "",
        year_cap=year.limit if year else None,
        year_used=year.used if year else Decimal(0),
        year_since=words.date(year.since) if year else "",
        year_cap_shown=words.percent(year.limit) if year else "",
        year_left_shown=words.percent(max(year.limit - year.used, Decimal(0))) if year else "",
        repeated=tuple(clause(scope, one) for one in settlement.repeated),
    )


def clause(scope: Scope, found: Repeated) -> ClauseRow:
    """A clause on repeated misses that applies."""
    words, promise, credit = scope.words, found.result.promise, found.clause.credit or Decimal(0)
    return ClauseRow(
        target=promise.target.id,
        service=promise.terms.service,
        service_name=scope.service(promise.terms.service),
        target_name=target_name(promise.target, words),
        rule=missed_often(found.clause, words),
        months=tuple(map(str, found.missed)),
        credit=credit,
        credit_shown=words.percent(credit) if credit else "",
    )
