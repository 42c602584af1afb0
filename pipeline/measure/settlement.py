"""What is credited for a period, and whether the customer may terminate: tiers, repeated misses, caps.

Credits are in percent of the period's charge. The cap of the contract year is in percent of the charge of its twelve
periods; what earlier periods of the year credited uses it up. A contract year runs from the day on which the first
version of the agreement took effect; a period belongs to the year that its last day lies in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipeline.measure.attainment import MISSED, Result
from pipeline.measure.clock import local_day
from pipeline.measure.credits import NOTHING, capped
from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.model.agreements import MissClause
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month

PERIODS_IN_YEAR = 12


@dataclass(frozen=True, slots=True)
class Repeated:
    """A clause on repeated misses that applies in the period, and the months that were missed."""

    clause: MissClause
    result: Result
    missed: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class YearCap:
    """The cap of the contract year in percent of one period's charge, and what earlier periods have used of it."""

    since: date
    limit: Decimal
    used: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """All credits of the period: before any cap, after the period's, and `total` after the year's as well.

    `triggers` are the clauses under which the customer may terminate now.
    """

    repeated: tuple[Repeated, ...]
    uncapped: Decimal
    capped: Decimal
    year: YearCap | None
    total: Decimal
    triggers: tuple[Repeated, ...]


def history_needed(portfolio: Portfolio) -> int:
    """Months that credits look back over, the one reported on included.

    What earlier periods of the contract year credited may itself rest on the months before them.
    """
    needed = 1
    for versions in portfolio.agreements.values():
        for agreement in versions:
            year = PERIODS_IN_YEAR if agreement.credit_cap_year is not None else 1
            looked = [1] + [clause.of for terms in agreement.services for clause in terms.repeated_miss]
            ending = [clause.of for terms in agreement.services for clause in terms.termination_triggers]
            needed = max(needed, year + max(looked) - 1, *ending)
    return needed


def settle(measurement: Measurement, month: SlaMonth) -> Settlement:
    """What is due for one month of an SLA, with the months before it that were measured."""
    identifier = month.span.agreement.id
    months = [one for one in measurement.months[identifier] if one.period.month <= month.period.month]
    measured = measurement.measured
    first = min(measured.promises[index].span.start for index in measured.rows_of[identifier])
    used, year = NOTHING, _year(month, first)
    for index, earlier in enumerate(months[:-1]):
        if _year(earlier, first) == year:
            used += _settled(months[: index + 1], used, year).total
    return _settled(months, used, year)


def _settled(months: Sequence[SlaMonth], used: Decimal, since: date) -> Settlement:
    month = months[-1]
    agreement = month.span.agreement
    repeated = tuple(
        one for terms in agreement.services for one in _applying(terms.service, terms.repeated_miss, months)
    )
    triggers = tuple(
        one for terms in agreement.services for one in _applying(terms.service, terms.termination_triggers, months)
    )
    earned = [one.credit for one in month.results] + [one.clause.credit or NOTHING for one in repeated]
    uncapped, due = capped(earned, agreement.credit_cap)
    if agreement.credit_cap_year is None:
        return Settlement(repeated, uncapped, due, None, due, triggers)
    limit = agreement.credit_cap_year * PERIODS_IN_YEAR
    total = max(NOTHING, min(due, limit - used))
    return Settlement(repeated, uncapped, due, YearCap(since, limit, used), total, triggers)


def _applying(service: str, clauses: Sequence[MissClause], months: Sequence[SlaMonth]) -> tuple[Repeated, ...]:
    """The clauses that the newest month meets: it was missed, and with it enough of the months that they look at.

    A month without data, or one that was not measured, is not missed.
    """
    found = []
    newest = months[-1].period.month
    for clause in clauses:
        now = next(
            (
                one
                for one in months[-1].results
                if (one.promise.terms.service, one.promise.target.id) == (service, clause.target)
            ),
            None,
        )
        if now is None or now.status != MISSED:
            continue
        window = [one for one in months if newest.plus(-clause.of) < one.period.month]
        results = [(one.period.month, one.find(now.promise)) for one in window]
        missed = tuple(named for named, result in results if result is not None and result.status == MISSED)
        if len(missed) >= clause.months:
            found.append(Repeated(clause, now, missed))
    return tuple(found)


def _year(month: SlaMonth, first: int) -> date:
    """The first day of the contract year that the last day of a month lies in."""
    timezone = month.span.agreement.timezone
    start, last = local_day(first, timezone), local_day(month.period.stop - 1, timezone)

    def anniversary(year: int) -> date:
        return start.replace(year=year, day=min(start.day, Month(year, start.month).days()))

    return anniversary(last.year) if anniversary(last.year) <= last else anniversary(last.year - 1)
