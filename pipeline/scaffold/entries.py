"""New customers and services."""

from __future__ import annotations

from typing import Any

from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.scaffold.start import Written, free, start


def new_customer(identifier: str, language: str, portfolio: Portfolio, options: Options) -> Written:
    """A customer."""
    free(identifier, "party", (*portfolio.customers, *portfolio.teams, *portfolio.suppliers))
    return start("customer", "customer", {"id": identifier, "language": language}, options)


def new_service(identifier: str, portfolio: Portfolio, options: Options) -> Written:
    """A catalogue entry, priced in the currency of the others."""
    free(identifier, "service", portfolio.services)
    levels = [level for service in portfolio.services.values() for level in service.levels]
    used: dict[str, Any] = {
        "id": identifier,
        "currency": levels[0].charge.currency if levels else "CNY",
        "priorities": [priority.id for priority in portfolio.policy.priorities],
        "calendars": list(portfolio.calendars),
        "people": list(portfolio.organization.people),
    }
    return start("service", "service", used, options)
