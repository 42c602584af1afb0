"""Small model objects: a test says what it is about, and the rest is filled in here.

Times are written `2026-03-02 09:00` (seconds may follow) in the `timezone` asked for, UTC by default.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from pipeline.load.characters import Glyphs
from pipeline.load.kinds.fields import as_targets
from pipeline.load.reading import Reading
from pipeline.load.rules import read_window
from pipeline.measure.selection import joined
from pipeline.model.agreements import (
    Agreement,
    CreditTier,
    Due,
    Reporting,
    ReviewTerms,
    Revision,
    ServiceTerms,
    Status,
    Version,
)
from pipeline.model.calendars import Calendar, Window
from pipeline.model.catalog import Service, Target
from pipeline.model.parties import Organization, Party
from pipeline.model.portfolio import Policy, Portfolio, Priority
from pipeline.model.quantities import DateRange, Month, Text, parse_percent
from pipeline.model.records import (
    FULL_IMPACT,
    MISSING,
    SCORE_STEP,
    Coded,
    ImportProfile,
    Origin,
    Outages,
    Records,
    SetAside,
    TextList,
    Tickets,
)
from pipeline.model.source import Source
from pipeline.problems import Place, Problem, Severity

SOURCE = Source("sources/test.yaml", {})
NO_TEXT = Text()


def at(written: str, timezone: str = "UTC") -> int:
    """UTC seconds of a written local time; MISSING for none."""
    if not written:
        return MISSING
    return int(datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(timezone)).timestamp())


def windows(written: str) -> tuple[Window, ...]:
    """`09:00-12:00 13:00-17:00`."""
    return tuple(read_window(part) for part in written.split())


def make_calendar(
    workdays: str = "09:00-17:00",
    *,
    weekend: str = "",
    timezone: str = "UTC",
    days_off: Sequence[str] = (),
    working_days: Mapping[str, str] | None = None,
    identifier: str = "office",
) -> Calendar:
    """Service hours; `working_days` maps a day to its own windows."""
    return Calendar(
        id=identifier,
        name=Text("office hours"),
        timezone=timezone,
        week=(windows(workdays),) * 5 + (windows(weekend),) * 2,
        holidays="",
        years=frozenset(),
        days_off={date.fromisoformat(day): Text("closed") for day in days_off},
        working_days={date.fromisoformat(day): windows(hours) for day, hours in (working_days or {}).items()},
        source=SOURCE,
    )


def make_always(timezone: str = "UTC") -> Calendar:
    """Around the clock, under the same id as `make_calendar`."""
    return make_calendar("00:00-24:00", weekend="00:00-24:00", timezone=timezone)


def make_target(
    identifier: str = "p1-resolution",
    *,
    measure: str = "resolution_time",
    priority: str = "P1",
    limit: str = "4 h",
    goal: str | Decimal = "95%",
    pause_on: Sequence[str] = (),
    on_reopen: str = "continue",
    **more: Any,
) -> Target:
    """A time limit; `more` are keys as sources write them."""
    spec = {"id": identifier, "measure": measure, "goal": goal, "on_reopen": on_reopen, "pause_on": pause_on, **more}
    spec |= {key: value for key, value in (("priority", priority), ("limit", limit)) if value}
    return as_targets([spec])[0]


def make_uptime(goal: str = "99.9%", exclude: Sequence[str] = (), **more: Any) -> Target:
    """A promise of availability, or of another measure of outages; `more` are keys as sources write them."""
    return as_targets([{"id": "uptime", "measure": "availability", "goal": goal, "exclude": exclude, **more}])[0]


def make_sla(
    *targets: Target,
    version: str = "A/00",
    since: str = "2026-01-01",
    until: str = "2026-12-31",
    replaces: str = "",
    timezone: str = "UTC",
    counted_by: str = "resolved",
    starts_on_day: int = 1,
    tiers: Sequence[tuple[str, str, str]] = (),
    identifier: str = "sla-acme",
    service: str = "desk",
) -> Agreement:
    """A signed version of an SLA of the customer `acme` for one service in the calendar `office`."""
    start = date.fromisoformat(since)
    credit_tiers = tuple(
        CreditTier(target, parse_percent(below), parse_percent(credit)) for target, below, credit in tiers
    )
    return Agreement(
        kind="sla",
        id=identifier,
        title=Text("Agreement"),
        version=Version.parse(version),
        status=Status.SIGNED,
        effective=DateRange(start, date.fromisoformat(until)),
        terminated_on=None,
        replaces=Version.parse(replaces) if replaces else None,
        revision=Revision(Text("First issue"), "somebody", "somebody", start),
        provider="organization",
        customer="acme",
        language="en",
        timezone=timezone,
        period_start_day=starts_on_day,
        counted_by=counted_by,
        objective=NO_TEXT,
        services=(ServiceTerms(service, "gold", "office", (), (), None, targets, credit_tiers),),
        dependencies=(),
        provider_duties=(),
        customer_duties=(),
        deliverables=(),
        contacts=(),
        maintenance=(),
        escalation=(),
        change=NO_TEXT,
        termination=NO_TEXT,
        charge=None,
        credit_cap=None,
        underpinned_by=(),
        reporting=Reporting("monthly", (), Due(5, business=True), NO_TEXT, ()),
        review=ReviewTerms("yearly", ()),
        signatories=(),
        source=SOURCE,
    )


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as a test writes it; a pause is (start, stop, reason), with an empty stop while it lasts."""

    id: str = "T1"
    opened: str = "2026-03-02 09:00"
    resolved: str = ""
    responded: str = ""
    reopened: str = ""
    priority: str = "P1"
    pauses: tuple[tuple[str, str, str], ...] = ()
    customer: str = "acme"
    service: str = "desk"
    type: str = "incident"
    first_priority: str = ""
    prioritized: str = ""
    reopens: int = MISSING
    first_contact: str = ""
    outcome: str = ""
    score: str = ""
    updates: tuple[str, ...] | None = None


def make_tickets(*tickets: Ticket, timezone: str = "UTC") -> Tickets:
    """Tickets as columns, in the order given."""

    def instants(field: str) -> array[int]:
        return array("q", (at(getattr(ticket, field), timezone) for ticket in tickets))

    def words(field: str) -> TextList:
        return TextList(getattr(ticket, field) for ticket in tickets)

    blank = TextList(("",) * len(tickets))
    pauses = [(row, *pause) for row, ticket in enumerate(tickets) for pause in ticket.pauses]
    return Tickets(
        id=words("id"),
        customer=Coded.of(words("customer")),
        service=Coded.of(words("service")),
        priority=Coded.of(words("priority")),
        opened=instants("opened"),
        responded=instants("responded"),
        resolved=instants("resolved"),
        reopened=instants("reopened"),
        summary=blank,
        cause=blank,
        action=blank,
        origin=Coded.of((Origin("sources/metrics/2026-03/tickets.csv", Month(2026, 3), 1),) * len(tickets)),
        line=array("q", range(2, len(tickets) + 2)),
        pause_ticket=array("q", (pause[0] for pause in pauses)),
        pause_start=array("q", (at(pause[1], timezone) for pause in pauses)),
        pause_stop=array("q", (at(pause[2], timezone) for pause in pauses)),
        pause_reason=Coded.of(pause[3] for pause in pauses),
        type=Coded.of(words("type")),
        first_priority=Coded.of(one.first_priority or one.priority for one in tickets),
        prioritized=instants("prioritized"),
        reopens=array("q", (one.reopens for one in tickets)),
        first_contact=Coded.of(words("first_contact")),
        outcome=Coded.of(words("outcome")),
        score=array("q", (int(Decimal(one.score) * SCORE_STEP) if one.score else MISSING for one in tickets)),
        updates=array("q", (MISSING if one.updates is None else len(one.updates) for one in tickets)),
        update_ticket=array("q", (row for row, one in enumerate(tickets) for _ in one.updates or ())),
        update_at=array("q", (at(moment, timezone) for one in tickets for moment in one.updates or ())),
    )


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage as a test writes it; an empty end while it lasts."""

    id: str = "O1"
    started: str = "2026-03-02 09:00"
    ended: str = ""
    category: str = "outage"
    customer: str = "acme"
    service: str = "desk"
    component: str = ""
    impact: str = "100%"


def make_outages(*outages: Outage, timezone: str = "UTC") -> Outages:
    """Outages as columns, in the order given."""
    blank = ("",) * len(outages)
    return Outages(
        id=tuple(one.id for one in outages),
        customer=tuple(one.customer for one in outages),
        service=tuple(one.service for one in outages),
        category=tuple(one.category for one in outages),
        start=array("q", (at(one.started, timezone) for one in outages)),
        stop=array("q", (at(one.ended, timezone) for one in outages)),
        cause=blank,
        action=blank,
        month=(Month(2026, 3),) * len(outages),
        place=tuple(Place("sources/metrics/2026-03/outages.csv", row + 2) for row in range(len(outages))),
        component=tuple(one.component for one in outages),
        impact=array("q", (int(parse_percent(one.impact) * FULL_IMPACT / 100) for one in outages)),
    )


def load_records(
    folder: Path, portfolio: Portfolio, months: Sequence[Month], glyphs: Glyphs
) -> tuple[Records, tuple[Problem, ...]]:
    """All exports of those months, with every ticket kept."""
    reading = Reading.of(folder, portfolio, months, glyphs)
    tickets = joined([(batch, np.arange(len(batch))) for batch in reading.batches()])
    records = Records(tickets, reading.outages, tuple(reading.set_aside), reading.rows, reading.files)
    return records, tuple(reading.problems)


def make_records(
    tickets: Tickets | None = None, outages: Outages | None = None, set_aside: Sequence[SetAside] = ()
) -> Records:
    """Records without files."""
    return Records(tickets or make_tickets(), outages or make_outages(), tuple(set_aside), {}, ())


def make_portfolio(
    *versions: Agreement,
    calendar: Calendar | None = None,
    profiles: Sequence[ImportProfile] = (),
    services: Sequence[str] = ("desk",),
) -> Portfolio:
    """The customer `acme`, priorities P1 to P4, and versions in ascending order."""
    calendar = calendar or make_calendar()
    agreements: dict[str, tuple[Agreement, ...]] = {}
    for version in versions:
        agreements[version.id] = (*agreements.get(version.id, ()), version)
    priorities = tuple(Priority(f"P{number}", Text(f"P{number}"), NO_TEXT) for number in range(1, 5))
    return Portfolio(
        organization=Organization(NO_TEXT, NO_TEXT, NO_TEXT, "", "", {}, {}, {}, "", SOURCE),
        policy=Policy(priorities, {}, {}, {}, "", (), 3, Severity.ERROR, SOURCE),
        calendars={calendar.id: calendar},
        services={identifier: make_service(identifier) for identifier in services},
        customers={"acme": Party("customer", "acme", Text("Acme"), Text("Acme"), NO_TEXT, "en", (), SOURCE)},
        teams={},
        suppliers={},
        agreements=agreements,
        profiles={profile.id: profile for profile in profiles},
        reviews={},
        unreadable=frozenset(),
    )


def make_service(identifier: str) -> Service:
    """A catalogue entry without levels."""
    blank = NO_TEXT
    return Service(identifier, blank, blank, blank, blank, (), blank, blank, (), "", "offered", blank, (), (), SOURCE)


TICKET_COLUMNS = {
    field: field.capitalize()
    for field in ("ticket", "customer", "service", "priority", "opened", "responded", "resolved", "pauses", "summary")
}
TICKET_HEADER = ",".join(TICKET_COLUMNS.values())
"""The header of a ticket export that `make_profile` reads."""


def make_profile(
    *,
    identifier: str = "tool",
    describes: str = "tickets",
    shape: str = "ticket",
    files: Sequence[str] = ("tickets*.csv",),
    encoding: str = "utf-8",
    delimiter: str = ",",
    timezone: str = "UTC",
    date_formats: Sequence[str] = ("%Y-%m-%d %H:%M",),
    missing: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    states: Mapping[str, str] | None = None,
) -> ImportProfile:
    """An import profile; by default one row a ticket, with our names capitalized as headings."""
    return ImportProfile(
        id=identifier,
        describes=describes,
        shape=shape,
        files=tuple(files),
        encoding=encoding,
        delimiter=delimiter,
        timezone=timezone,
        date_formats=tuple(date_formats),
        missing=frozenset(missing) | {""},
        columns=TICKET_COLUMNS if columns is None else columns,
        constants=constants or {},
        values=values or {},
        states=states or {},
        source=Source(f"sources/imports/{identifier}.yaml", {}),
    )
