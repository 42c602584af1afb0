"""The credits of a service report, and the clauses on repeated misses that apply."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from pipeline.measure.credits import NOTHING
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.settlement import Repeated, Settlement
from pipeline.merge.drafting import missed_often, target_name
from pipeline.merge.report import ClauseRow, CreditMonth, CreditSummary
from pipeline.merge.scope import Scope
from pipeline.model.quantities import Money


def credits_due(scope: Scope, settlements: Sequence[tuple[SlaMonth, Settlement]]) -> CreditSummary:
    """What is due for the months of the period, and under which caps the last of them was."""
    words, agreement, settlement = scope.words, scope.month.span.agreement, settlements[-1][1]
    year, months = settlement.year, tuple(_month(scope, month, due) for month, due in settlements)
    amounts = [one.amount for one in months if one.amount is not None]
    charge = agreement.charge
    due = Money(sum(amounts, Decimal(0)), charge.currency) if charge is not None and amounts else None
    return CreditSummary(
        uncapped=sum((one.uncapped for _, one in settlements), NOTHING),
        cap=agreement.credit_cap,
        total=(total := sum((one.total for _, one in settlements), NOTHING)),
        total_shown=words.percent(total),
        cap_shown=words.percent(agreement.credit_cap) if agreement.credit_cap is not None else "",
        charge_shown=words.money(charge) if charge else "",
        amount_shown=words.money(due) if due else "",
        year_cap=year.limit if year else None,
        year_used=year.used if year else Decimal(0),
        year_since=words.date(year.since) if year else "",
        year_cap_shown=words.percent(year.limit) if year else "",
        year_left_shown=words.percent(max(year.limit - year.used, Decimal(0))) if year else "",
        repeated=tuple(clause(scope, one) for one in settlement.repeated),
        months=months if len(settlements) > 1 else (),
    )


def _month(scope: Scope, month: SlaMonth, due: Settlement) -> CreditMonth:
    """The credit of one month, by the version in force in it: money is rounded month by month, as it is paid."""
    charge, amount = month.span.agreement.charge, amount_of(month, due)
    return CreditMonth(
        month=str(month.period.month),
        month_shown=scope.words.month(month.period.month),
        credit=due.total,
        credit_shown=scope.words.percent(due.total),
        amount=amount,
        amount_shown=scope.words.money(Money(amount, charge.currency)) if amount is not None and charge else "",
    )


def amount_of(month: SlaMonth, due: Settlement) -> Decimal | None:
    """The credit of a month in money; None where no charge is agreed."""
    charge = month.span.agreement.charge
    return None if charge is None else (charge.amount * due.total / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


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
