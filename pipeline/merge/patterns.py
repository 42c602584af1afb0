"""What the charts of a report show besides its figures: days, times around their limits, work that waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from pipeline.measure.daily import Day, daily
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.promises import Promise
from pipeline.measure.spread import spread
from pipeline.measure.tallies import Load
from pipeline.merge import amounts
from pipeline.merge.drafting import target_name
from pipeline.merge.report import DayCell, DayRow, LoadPoint, SpreadRow
from pipeline.merge.scope import Scope
from pipeline.merge.words import exact


def days(scope: Scope) -> Iterator[DayRow]:
    """The availability calendar: each service with an availability target, day by day."""
    for promise, found in daily(scope.measured, scope.month):
        yield DayRow(
            service=promise.terms.service,
            service_name=scope.service(promise.terms.service),
            goal_shown=amounts.bound(promise.target, scope.words),
            days=tuple(_day(one, promise, scope) for one in found),
        )


def _day(one: Day, promise: Promise, scope: Scope) -> DayCell:
    if not one.agreed:
        state = "closed"
    elif not one.down:
        state = "up"
    else:
        up = Fraction(100) * (one.agreed - one.down) / one.agreed
        state = "down" if up >= promise.goal else "below"
    shown = scope.words.elapsed(int(one.down)) if one.down else ""
    return DayCell(one.day.isoformat(), state, one.agreed, exact(one.down), shown)


def spreads(scope: Scope) -> Iterator[SpreadRow]:
    """How much of their limit tickets took; of longer periods the months tell it."""
    if scope.month.period.months > 1:
        return
    for promise, counts in spread(scope.measured, scope.month):
        yield SpreadRow(
            service=promise.terms.service,
            service_name=scope.service(promise.terms.service),
            target=promise.target.id,
            label=target_name(promise.target, scope.words),
            counts=counts,
        )


def loads(scope: Scope, history: Sequence[SlaMonth]) -> Iterator[LoadPoint]:
    """Work that came, went and stayed, month by month."""
    for one in history:
        agreement, edges = one.span.agreement, (one.period.start, one.period.stop)
        keys = [(edges, agreement.id, terms.service) for terms in agreement.services]
        found = [scope.measured.loads.get(key, Load()) for key in keys]
        yield LoadPoint(
            month=str(one.period.month),
            opened=sum(load.opened for load in found),
            resolved=sum(load.resolved for load in found),
            open=sum(load.left for load in found),
        )
