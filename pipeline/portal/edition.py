"""Who a site is for: everything for ourselves, or one customer's part of the portfolio and nothing else.

A customer's pages are made from a portfolio that the others are not in, so that no page can tell of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from pipeline.measure.attainment import MET, MISSED, NO_DATA
from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.model.agreements import Agreement, Status, in_force
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.portal.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Edition:
    """What a site may tell of, as of `today`; `customer` is empty for the one of all."""

    portfolio: Portfolio
    measurement: Measurement | None
    month: Month | None
    today: date
    languages: tuple[str, ...]
    shelf: Shelf
    customer: str = ""

    def months(self, agreement: str) -> tuple[SlaMonth, ...]:
        """The months of an SLA, the oldest first."""
        return self.measurement.months.get(agreement, ()) if self.measurement else ()

    def measured(self, month: Month) -> Iterator[SlaMonth]:
        """A month of every SLA that was in force in it."""
        for identifier in self.portfolio.agreements:
            yield from (one for one in self.months(identifier) if one.period.month == month)

    def newest(self, agreement: str) -> SlaMonth | None:
        """The month reported on, if the SLA was in force in it."""
        return next((one for one in self.months(agreement) if one.period.month == self.month), None)

    def current(self, agreement: str) -> Agreement:
        """The version in force today, else the last that was, else the newest."""
        versions = self.portfolio.agreements[agreement]
        begun = [span.agreement for span in in_force(versions) if span.days.start <= self.today]
        return begun[-1] if begun else versions[-1]


def status_of(month: SlaMonth) -> str:
    """An SLA's status: missed where one of its targets is."""
    found = {one.status for one in month.results}
    return MISSED if MISSED in found else MET if MET in found else NO_DATA


def narrowed(portfolio: Portfolio, customer: str) -> Portfolio:
    """The part of the portfolio that a customer may see: no other customer, nothing internal, no drafts."""
    agreements = {
        identifier: shown
        for identifier, versions in portfolio.agreements.items()
        if versions[0].kind == "sla" and versions[0].customer == customer
        if (shown := tuple(one for one in versions if one.status is not Status.DRAFT))
    }
    return replace(
        portfolio,
        customers={customer: portfolio.customers[customer]},
        teams={},
        suppliers={},
        agreements=agreements,
        profiles={},
        reviews={key: one for key, one in portfolio.reviews.items() if one.agreement in agreements},
        register={key: one for key, one in portfolio.register.items() if key[0] in agreements},
        requirements={},
        exclusions={key: one for key, one in portfolio.exclusions.items() if one.customer == customer},
        commentaries={
            month: replace(said, agreements={key: one for key, one in said.agreements.items() if key in agreements})
            for month, said in portfolio.commentaries.items()
        },
        surveys={key: one for key, one in portfolio.surveys.items() if one.agreement in agreements},
        improvements={key: one for key, one in portfolio.improvements.items() if one.agreement in agreements},
    )
