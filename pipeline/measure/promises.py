"""Which promise applies to whom, when: the versions in force, flattened for look-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cache, lru_cache

from pipeline.measure.clock import instant, local_day
from pipeline.model.agreements import Agreement, InForce, ServiceTerms, in_force
from pipeline.model.catalog import Target
from pipeline.model.measures import allowed, goal_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month


@dataclass(frozen=True, slots=True)
class Span:
    """A version of an SLA and the half-open interval of instants in which it binds."""

    agreement: Agreement
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Promise:
    """One target of one service in one version; `limit` in service seconds (0 where it has none), `goal` in its unit.

    `allowed` is the limit with the grace; `day` is the length of a service day in seconds.
    """

    span: Span
    terms: ServiceTerms
    target: Target
    limit: int
    allowed: int
    goal: Fraction
    day: int


@dataclass(frozen=True, slots=True)
class Period:
    """A contract month, or several up to `month`: a half-open interval [start, stop) in the agreement's time zone."""

    month: Month
    start: int
    stop: int
    months: int = 1

    @property
    def first(self) -> Month:
        """The first of its months."""
        return self.month.plus(1 - self.months)

    def has(self, month: Month) -> bool:
        """Whether a month is one of them."""
        return self.first <= month <= self.month


def spans_of(versions: tuple[Agreement, ...]) -> tuple[Span, ...]:
    """When each version of one agreement binds, as instants."""
    return tuple(_span(found) for found in in_force(versions))


def _span(found: InForce) -> Span:
    timezone = found.agreement.timezone
    return Span(
        found.agreement,
        instant(found.days.start, timezone),
        instant(found.days.end + timedelta(days=1), timezone),
    )


def period_of(agreement: Agreement, month: Month) -> Period:
    """The contract month that ends in calendar month `month`."""
    return _period(month, agreement.period_start_day, agreement.timezone)


@cache
def _period(month: Month, starts_on_day: int, timezone: str) -> Period:
    days = month.contract_days(starts_on_day)
    return Period(month, instant(days.start, timezone), instant(days.end + timedelta(days=1), timezone))


def period_up_to(agreement: Agreement, month: Month, months: int) -> Period:
    """So many contract months, the last of which ends in calendar month `month`."""
    first, last = period_of(agreement, month.plus(1 - months)), period_of(agreement, month)
    return Period(month, first.start, last.stop, months)


def month_of(agreement: Agreement, moment: int) -> Month:
    """The contract month that an instant lies in, named as in `period_of`."""
    day = local_day(moment, agreement.timezone)
    month = Month(day.year, day.month)
    start = agreement.period_start_day
    return month.plus(1) if start > 1 and day.day >= start else month


def promises_of(portfolio: Portfolio, spans: tuple[Span, ...]) -> tuple[Promise, ...]:
    """All targets of those versions, in the order of the agreement."""
    found = []
    for span in spans:
        for terms in span.agreement.services:
            day = portfolio.calendars[terms.calendar].day_seconds
            found += [Promise(span, terms, target, *_numbers(target, day), day) for target in terms.targets]
    return tuple(found)


@lru_cache(maxsize=2**12)
def _numbers(target: Target, day: int) -> tuple[int, int, Fraction]:
    """Limit, limit with grace, and goal; most SLAs promise what others do."""
    return target.limit.seconds(day) if target.limit else 0, allowed(target, day), goal_of(target, day)


def sla_spans(portfolio: Portfolio) -> Mapping[str, tuple[Span, ...]]:
    """SLA id -> its binding versions; SLAs that never bind are left out."""
    found = {
        identifier: spans_of(versions)
        for identifier, versions in portfolio.agreements.items()
        if versions[0].kind == "sla"
    }
    return {identifier: spans for identifier, spans in found.items() if spans}
