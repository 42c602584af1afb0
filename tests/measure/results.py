"""One SLA of the tests, measured: what its targets came to in the newest month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pipeline.measure.attainment import Result
from pipeline.measure.measurement import Measurement, measure
from pipeline.model.agreements import Agreement
from pipeline.model.calendars import Calendar
from pipeline.model.exclusions import Exclusion
from pipeline.model.quantities import Month, Text
from pipeline.model.records import ExportFile
from pipeline.problems import Problem
from tests.builders import SOURCE, Outage, Ticket, make_always, make_outages, make_portfolio, make_records, make_tickets

MARCH = Month(2026, 3)


def measured(
    *slas: Agreement,
    tickets: Sequence[Ticket] = (),
    outages: Sequence[Outage] = (),
    months: Sequence[Month] = (MARCH,),
    calendar: Calendar | None = None,
    exclusions: Sequence[Exclusion] = (),
    exported: Sequence[Month] | None = None,
) -> tuple[Measurement, tuple[Problem, ...]]:
    """The whole stage, around the clock unless another calendar is given; outages of every month are known.

    Where they are not, `exported` tells of which they are.
    """
    calendar = calendar or make_always()
    portfolio = replace(
        make_portfolio(*slas, calendar=calendar), exclusions={exclusion.id: exclusion for exclusion in exclusions}
    )
    known = [*months, *(month.plus(-1) for month in months)] if exported is None else exported
    files = tuple(ExportFile("outages.csv", month, "outages", "") for month in known)
    timezone = slas[0].timezone
    records = make_records(make_tickets(*tickets, timezone=timezone), make_outages(*outages, timezone=timezone))
    found, problems = measure(portfolio, replace(records, files=files), months)
    assert found is not None
    return found, problems


def results(
    *slas: Agreement,
    tickets: Sequence[Ticket] = (),
    outages: Sequence[Outage] = (),
    months: Sequence[Month] = (MARCH,),
    calendar: Calendar | None = None,
    exclusions: Sequence[Exclusion] = (),
) -> dict[str, Result]:
    """Target id -> its result in the newest month."""
    found, _ = measured(
        *slas, tickets=tickets, outages=outages, months=months, calendar=calendar, exclusions=exclusions
    )
    return {one.promise.target.id: one for one in found.months[slas[0].id][-1].results}


def agreed(*, ticket: str = "", outage: str = "", targets: Sequence[str] = (), customer: str = "acme") -> Exclusion:
    """What the customer agreed not to count."""
    return Exclusion(
        "x1", customer, ticket, outage, tuple(targets), Text("fire drill"), Text("Dan Ray"), date(2026, 4, 2), SOURCE
    )
