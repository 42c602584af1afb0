"""Every figure and verdict of random companies equals what a slow second opinion comes to (see `oracle`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings

from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.measure.attainment import Result
from pipeline.measure.explanation import course_of
from pipeline.measure.figures import figures
from pipeline.measure.judgements import Terms, agreed_tickets
from pipeline.measure.measurement import Measurement, measure
from pipeline.measure.promises import period_of
from pipeline.measure.settlement import settle
from pipeline.merge.explained import figure_record
from pipeline.merge.figures import figure_sheet
from pipeline.merge.words import Words
from pipeline.model.catalog import TIMED
from pipeline.model.parties import Contact
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month, Text
from pipeline.model.records import MISSING, Coded, ExportFile, Origin, Tickets
from pipeline.options import ROOT
from tests.builders import Outage, Ticket, make_outages, make_portfolio, make_records, make_tickets
from tests.measure.companies import companies
from tests.measure.company import FOREVER, Company
from tests.measure.oracle import Expected, Key, Oracle


def written(company: Company, minute: int | None) -> str:
    """A moment as the builders take it, in UTC."""
    if minute is None or minute == FOREVER:
        return ""
    return (company.base + timedelta(minutes=minute)).strftime("%Y-%m-%d %H:%M")


def tickets_of(company: Company) -> Tickets:
    made = make_tickets(
        *(
            Ticket(
                id=one.id,
                opened=written(company, one.opened),
                resolved=written(company, one.resolved),
                responded=written(company, one.responded),
                reopened=written(company, one.reopened),
                prioritized=written(company, one.prioritized),
                priority=one.priority,
                first_priority=one.first_priority,
                type=one.type,
                pauses=tuple((written(company, p.start), written(company, p.stop), p.reason) for p in one.pauses),
                updates=None if one.updates is None else tuple(written(company, at) for at in one.updates),
                reopens=MISSING if one.reopens is None else one.reopens,
                first_contact=one.first_contact,
                outcome=one.outcome,
                score=one.score,
            )
            for one in company.cases
        )
    )
    return replace(made, origin=Coded.of(Origin("tickets.csv", one.told, 1) for one in company.cases))


def outages_of(company: Company) -> Sequence[Outage]:
    return [
        Outage(
            one.id,
            written(company, one.start),
            written(company, one.stop),
            category=one.category,
            component=one.component,
            impact=f"{one.impact}%",
        )
        for one in company.faults
    ]


def run(company: Company) -> tuple[Portfolio, Measurement]:
    """The whole stage."""
    plain = make_portfolio(*company.versions)
    contact = Contact(Text("service"), Text("Ann"), "400-000-1234", "ann@example.com", Text("always"))
    portfolio = replace(
        plain,
        customers={"acme": replace(plain.customers["acme"], contacts=(contact,))},
        calendars=company.calendars,
        exclusions={one.id: one for one in company.exclusions},
    )
    files = tuple(ExportFile("outages.csv", month, "outages", "") for month in sorted(company.exported))
    records = replace(make_records(tickets_of(company), make_outages(*outages_of(company))), files=files)
    found, problems = measure(portfolio, records, company.months)
    assert found is not None
    assert [one for one in problems if one.severity == "error"] == []
    return portfolio, found


def told(result: Result) -> tuple[tuple[Month, Key], Expected]:
    target, tally = result.promise.target, result.tally
    key = target.id, str(target.measure), target.priority, str(target.aggregate), str(target.percentile or "")
    counts = tally.met, tally.missed, tally.unmeasured, tally.excluded
    return (result.period.month, key), Expected(result.value, result.status, *counts, result.small, result.credit)


def agrees(company: Company) -> None:
    """Figures, verdicts and explanations of a company are right."""
    portfolio, found = run(company)
    results = [one for month in found.months.get("sla-acme", ()) for one in month.results]
    assert dict(map(told, results)) == Oracle(company).expected()
    explains(company, portfolio, found)


@cache
def english() -> Words:
    labels, _ = load_labels(ROOT / "templates", all_covered)
    return Words("en", labels["en"])


def explains(company: Company, portfolio: Portfolio, found: Measurement) -> None:
    """What `slm explain` tells adds up to the same: tickets to their verdicts, figures to those of the report."""
    measured, columns = found.measured, found.measured.judgements
    records = measured.records
    now = {"sla-acme": period_of(company.versions[-1], company.months[-1]).stop}
    terms = Terms.of(measured.promises, now, agreed_tickets(portfolio))
    for pair in range(len(columns.ticket)):
        promise = measured.promises[columns.promise[pair]]
        if promise.target.measure in TIMED and promise.target.limit is not None:
            course_of(records.tickets, columns, pair, terms, portfolio.calendars[promise.terms.calendar])
    for month in found.months.get("sla-acme", ()):
        settled = settle(found, month)
        for name in dict.fromkeys(one.promise.target.id for one in month.results):
            made = figures(measured, month, name, settled)
            assert [one.result for one in made] == [one for one in month.results if one.promise.target.id == name]
            for one in made:
                record = figure_record(one, records.tickets, records.outages, english())
                assert (record.status, record.met, record.missed) == (
                    one.result.status,
                    one.result.tally.met,
                    one.result.tally.missed,
                )
                assert (
                    figure_sheet(one, portfolio, records.tickets, records.outages, english()).verdict == record.status
                )


@settings(deadline=None, max_examples=100)
@given(companies())
def test_every_figure_equals_walking_through_the_months_minute_by_minute(company: Company) -> None:
    agrees(company)


@pytest.mark.slow
@settings(deadline=None, max_examples=3000)
@given(companies())
def test_every_figure_of_very_many_companies_equals_walking_through_the_months(company: Company) -> None:
    agrees(company)
