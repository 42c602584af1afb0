"""An export tried with a profile: what its first rows would mean, what is not mapped, what would be set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.load.characters import all_covered
from pipeline.load.exports import Export
from pipeline.load.formats import format_of
from pipeline.load.reading import Reading
from pipeline.load.tables import read_rows
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import (
    ALL_CUSTOMERS,
    ANY_VALUE,
    MISSING,
    OUTAGE_CATEGORIES,
    ImportProfile,
    SetAside,
    Tickets,
)
from pipeline.problems import Problem

SHOWN = 5
"""First rows that are shown."""

Understood = Mapping[str, str]
"""Our names of a record's columns -> what they mean, times in the profile's zone."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A value of the export that leads to no id of ours, and in how many rows it stands."""

    field: str
    value: str
    rows: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of an export: rows = used + set aside, where an event log counts its tickets."""

    profile: str
    format: str
    month: Month
    rows: int
    used: int
    first: tuple[Understood, ...]
    unmapped: tuple[Unmapped, ...]
    set_aside: tuple[SetAside, ...]
    problems: tuple[Problem, ...]


def fitting(path: Path, portfolio: Portfolio) -> list[ImportProfile]:
    """The profiles that claim a file of that name."""
    profiles = portfolio.profiles.values()
    return [one for one in profiles if any(fnmatchcase(path.name, pattern) for pattern in one.files)]


def try_export(path: Path, profile: ImportProfile, month: Month, portfolio: Portfolio) -> Trial:
    """Read the file as the export of that month, and keep nothing."""
    export = Export(path, str(path), month, profile)
    reading = Reading([export], portfolio, all_covered)
    first = tuple(_first(reading, ZoneInfo(profile.timezone)))
    rows = sum(reading.rows.values())
    return Trial(
        profile=profile.id,
        format=format_of(path.name, profile.format),
        month=month,
        rows=rows,
        used=rows - len(reading.set_aside),
        first=first,
        unmapped=_unmapped(export, portfolio),
        set_aside=tuple(reading.set_aside),
        problems=tuple(problem for problem in reading.problems if problem.code != "set-aside"),
    )


def _first(reading: Reading, zone: ZoneInfo) -> Iterator[Understood]:
    """The records that stand first in the file."""

    def shown(instant: int) -> str:
        return "" if instant == MISSING else datetime.fromtimestamp(instant, zone).isoformat(sep=" ")

    found: list[tuple[int, int, Tickets]] = []
    for batch in reading.batches():
        lines = enumerate(batch.line)
        found = sorted([*found, *((line, row, batch) for row, line in lines)], key=lambda one: one[0])[:SHOWN]
    for _, index, tickets in found:
        yield {
            "ticket": tickets.id[index],
            "customer": tickets.customer[index],
            "service": tickets.service[index],
            "priority": tickets.priority[index],
            "opened": shown(tickets.opened[index]),
            "responded": shown(tickets.responded[index]),
            "resolved": shown(tickets.resolved[index]),
            "pauses": str(list(tickets.pause_ticket).count(index)),
        }
    outages = reading.outages
    for index in sorted(range(len(outages)), key=lambda row: outages.place[row])[:SHOWN]:
        yield {
            "outage": outages.id[index],
            "customer": outages.customer[index],
            "service": outages.service[index],
            "category": outages.category[index],
            "started": shown(outages.start[index]),
            "ended": shown(outages.stop[index]),
        }


def _unmapped(export: Export, portfolio: Portfolio) -> tuple[Unmapped, ...]:
    """Every value that leads nowhere, the most frequent first: a row is set aside for the first of its reasons only."""
    profile = export.profile
    known: dict[str, Collection[str]] = {
        "customer": {*portfolio.customers, ALL_CUSTOMERS},
        "service": portfolio.services,
        "priority": {priority.id for priority in portfolio.policy.priorities},
        "category": OUTAGE_CATEGORIES,
    }
    asked = [field for field in known if field in profile.columns]
    states = profile.shape == "event-log" and ANY_VALUE not in profile.states
    found: Counter[tuple[str, str]] = Counter()
    for row in read_rows(export, all_covered, []):
        for field in asked:
            if row.raw(field) and row.mapped(field) not in known[field]:
                found[field, row.printable(row.raw(field))] += 1
        if states and row.raw("state") not in profile.states:
            found["state", row.printable(row.raw("state"))] += 1
    return tuple(Unmapped(field, value, rows) for (field, value), rows in found.most_common())
