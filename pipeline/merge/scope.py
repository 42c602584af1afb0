"""What every part of a service report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.measure.clock import local_day
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.measures import Measured
from pipeline.merge.blocks import person
from pipeline.merge.words import Words
from pipeline.model.portfolio import Portfolio
from pipeline.model.records import MISSING


@dataclass(frozen=True, slots=True)
class Scope:
    """One SLA in one period, and the words to tell of it in."""

    portfolio: Portfolio
    measured: Measured
    month: SlaMonth
    words: Words

    @property
    def last_day(self) -> date:
        """The last day of the period, where the agreement holds."""
        return local_day(self.month.period.stop - 1, self.month.span.agreement.timezone)

    def holder(self, role: str) -> str:
        """Who holds a role."""
        return person(self.portfolio, self.portfolio.organization.roles[role], self.words).name

    def service(self, identifier: str) -> str:
        """A service's name."""
        return self.words(self.portfolio.services[identifier].name)

    def moment(self, instant: int) -> str:
        """A time in the agreement's zone, empty where missing."""
        return "" if instant == MISSING else self.words.moment(instant, self.month.span.agreement.timezone)
