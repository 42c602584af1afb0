"""The whole stage: every SLA, over the months up to the one asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.measure.attainment import Measured, Result, results
from pipeline.measure.availability import outage_rows
from pipeline.measure.clock import build_clocks
from pipeline.measure.judgements import judge
from pipeline.measure.promises import Period, Promise, Span, period_of, promises_of, sla_spans
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import MISSING, Records, SetAside
from pipeline.problems import Problem, warning


@dataclass(frozen=True, slots=True, eq=False)
class SlaMonth:
    """One SLA in one period: the version that the report is about, and what its targets came to."""

    span: Span
    period: Period
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """SLA id -> its months, oldest first; months in which no version was in force are left out."""

    measured: Measured
    months: Mapping[str, tuple[SlaMonth, ...]]


def measure(
    portfolio: Portfolio, records: Records, months: Sequence[Month]
) -> tuple[Measurement | None, tuple[Problem, ...]]:
    """Measure `months` (ascending; the last is the one reported on).

    None where there are no months, or where a calendar cannot tell the time.
    """
    if not months:
        return None, ()
    spans = sla_spans(portfolio)
    now = {identifier: period_of(found[-1].agreement, months[-1]).stop for identifier, found in spans.items()}
    promises: list[Promise] = []
    rows_of = {}
    for identifier, found in spans.items():
        begin = len(promises)
        promises += promises_of(portfolio, found)
        rows_of[identifier] = range(begin, len(promises))
    used = sorted({promise.terms.calendar for promise in promises})
    clocks, problems = build_clocks(
        [portfolio.calendars[identifier] for identifier in used], *_extent(records, spans, months)
    )
    if problems:
        return None, (*problems, *_furthest(records))
    set_aside: dict[str, list[SetAside]] = {}
    for aside in records.set_aside:
        set_aside.setdefault(aside.customer, []).append(aside)
    ticket_rows: dict[str, list[int]] = {}
    for row, customer in enumerate(records.tickets.customer):
        ticket_rows.setdefault(customer, []).append(row)
    measured = Measured(
        records=records,
        promises=tuple(promises),
        rows_of=rows_of,
        judgements=judge(records.tickets, promises, clocks, now),
        ticket_rows=ticket_rows,
        clocks=clocks,
        outage_rows=outage_rows(records.outages),
        outage_months=frozenset(file.month for file in records.files if file.describes == "outages"),
        set_aside=set_aside,
        kept=Counter(
            key
            for table in (records.tickets, records.outages)
            for key in zip(table.month, table.customer, table.service, strict=True)
        ),
    )
    found_months = {identifier: _months(measured, found, months) for identifier, found in spans.items()}
    return Measurement(measured, found_months), _uncovered(records, spans)


def _months(measured: Measured, spans: Sequence[Span], months: Sequence[Month]) -> tuple[SlaMonth, ...]:
    """Each month by the last version in force in it."""
    found = []
    for month in months:
        for span in reversed(spans):
            period = period_of(span.agreement, month)
            if span.start < period.stop and span.stop > period.start:
                found.append(SlaMonth(span, period, results(measured, span, spans, period)))
                break
    return tuple(found)


def _extent(records: Records, spans: Mapping[str, Sequence[Span]], months: Sequence[Month]) -> tuple[int, int]:
    """The first and last instant that any clock is asked for."""
    tickets, outages = records.tickets, records.outages
    columns = (tickets.opened, tickets.responded, tickets.resolved, outages.start, outages.stop)
    instants = [value for column in columns for value in column if value != MISSING]
    for found in spans.values():
        instants.append(period_of(found[-1].agreement, months[0]).start)
        instants.append(period_of(found[-1].agreement, months[-1]).stop)
    return min(instants, default=0), max(instants, default=0)


def _furthest(records: Records) -> tuple[Problem, ...]:
    """The records that reach furthest back and furthest ahead: one of them asks the calendars for too much."""
    tickets, outages = records.tickets, records.outages
    reaching = [
        (value, place)
        for columns, places in (
            ((tickets.opened, tickets.responded, tickets.resolved), tickets.place),
            ((outages.start, outages.stop), outages.place),
        )
        for column in columns
        for value, place in zip(column, places, strict=True)
        if value != MISSING
    ]
    ends = {min(reaching)[1]: "back", max(reaching)[1]: "ahead"} if reaching else {}
    return tuple(
        warning(place, "far-record", f"no record reaches further {way} than this one; is its time right?")
        for place, way in ends.items()
    )


def _uncovered(records: Records, spans: Mapping[str, Sequence[Span]]) -> tuple[Problem, ...]:
    """Tickets that no agreement was in force for when they were opened: one warning a customer and service."""
    covering: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for found in spans.values():
        for span in found:
            for terms in span.agreement.services:
                covering.setdefault((span.agreement.customer, terms.service), []).append((span.start, span.stop))
    seen: dict[tuple[str, str], list[int]] = {}
    tickets = records.tickets
    for row, key in enumerate(zip(tickets.customer, tickets.service, strict=True)):
        opened = tickets.opened[row]
        if not any(start <= opened < stop for start, stop in covering.get(key, ())):
            seen.setdefault(key, []).append(row)
    return tuple(
        warning(
            tickets.place[rows[0]],
            "no-agreement",
            f"{len(rows)} tickets of {customer} for {service} were opened while no SLA was in force for it",
            "they appear in no report",
        )
        for (customer, service), rows in sorted(seen.items())
    )
