"""Which service reports fall due: ours to customers, and those that teams and suppliers owe us."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.compare.duties import Duty, about
from pipeline.compare.horizon import Horizon
from pipeline.model.agreements import MONTHS, Agreement, Due, in_force
from pipeline.model.calendars import business_days_after
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month


def reports_due(portfolio: Portfolio, horizon: Horizon) -> Iterator[Duty]:
    """Reports from the newest month of exports on; that month's own only while it is not overdue, since it was made.

    Of two versions in force in a period, the later one's clause counts, as in the report.
    """
    month = horizon.newest or Month(horizon.today.year, horizon.today.month).plus(-1)
    while month.first_day() <= horizon.last:
        for versions in portfolio.agreements.values():
            spans = in_force(versions)
            found = [one.agreement for one in spans if one.days.overlap(month.contract_days(_start(one.agreement)))]
            if found:
                yield from _report(found[-1], month, portfolio, horizon)
        month = month.plus(1)


def _start(agreement: Agreement) -> int:
    return agreement.period_start_day


def _report(one: Agreement, month: Month, portfolio: Portfolio, horizon: Horizon) -> Iterator[Duty]:
    clause = one.reporting
    length = MONTHS[clause.frequency]
    if month.month % length:
        return
    due = due_day(month.contract_days(_start(one)).end, clause.due, portfolio)
    made = horizon.newest is not None and month <= horizon.newest
    if due > horizon.last or (made and due < horizon.today):
        return
    name = period_name(month, length)
    because = f"its report on {name} {horizon.passed(due)}"
    if one.kind != "sla":
        action = "ask for it" if due < horizon.today else "expect it, and compare it with what was promised"
    elif made:
        action = f"make reports MONTH={month}, then slm dispatch"
    else:
        action = f"put the exports into sources/metrics/{month}/; make reports; slm dispatch"
    yield about(one, f"reports {clause.frequency}", because, action, day=str(due), kind="report", key=name)


def due_day(end: date, due: Due, portfolio: Portfolio) -> date:
    """So many days after the last one of the period, in working days by the policy's calendar where so agreed."""
    if not due.business:
        return end + timedelta(days=due.days)
    return business_days_after(end, due.days, portfolio.calendars.get(portfolio.policy.business_days))


def period_name(month: Month, length: int) -> str:
    """`2026-10`, `2026-Q3`, `2026-H1`, `2026`, as reports are numbered."""
    if length == 1:
        return str(month)
    letter = {3: "Q", 6: "H"}.get(length)
    return f"{month.year}-{letter}{month.month // length}" if letter else str(month.year)
