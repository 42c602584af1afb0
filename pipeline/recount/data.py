"""The files inside a report as values: its contents, its tickets, and the evidence of each figure."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.load.formats.table import Unreadable
from pipeline.load.formats.workbook import first_rows
from pipeline.recount.results import RefusedError

ENDINGS = (".json", ".xlsx", ".tickets.csv")
MOST_ROWS = 2_000_000
SHEETS = 5
FIGURES, TICKETS, OUTAGES, SET_ASIDE, EVIDENCE = range(SHEETS)
"""Sheets of the workbook by their place; their names are in the language of the report."""


_FIRST_ROW = 2
"""Of a sheet, below its headings."""


@dataclass(frozen=True, slots=True)
class Tier:
    """What is credited below a value (above it)."""

    value: Decimal
    above: bool
    credit: Decimal


@dataclass(frozen=True, slots=True)
class Target:
    """A target as the report's data give it: what was agreed, and what it is said to have come to."""

    id: str
    service: str
    service_name: str
    name: str
    priority: str
    measure: str
    unit: str
    aggregate: str
    percentile: Decimal | None
    minimum_sample: int
    better: str
    goal: Decimal
    goal_shown: str
    goal_written: str
    allowed_s: int
    value: Decimal | None
    shown: str
    status: str
    status_label: str
    count: int
    met: int
    missed: int
    credit: Decimal
    tiers: tuple[Tier, ...]
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Credits:
    """The credits as the report's data give them."""

    uncapped: Decimal
    cap: Decimal | None
    total: Decimal
    total_shown: str
    cap_shown: str
    year_cap: Decimal | None
    year_used: Decimal
    year_left_shown: str
    year_cap_shown: str
    charge: Decimal | None
    charge_shown: str
    amount_shown: str
    repeated: tuple[Decimal, ...]
    months: tuple[tuple[str, Decimal, Decimal | None, str], ...]


@dataclass(frozen=True, slots=True)
class Load:
    """Tickets of a service that came, went and stayed."""

    service: str
    opened: int
    resolved: int
    open: int


@dataclass(frozen=True, slots=True)
class Days:
    """Agreed and lost service seconds of a service, added up over its days."""

    service: str
    agreed: Fraction
    down: Fraction


@dataclass(frozen=True, slots=True)
class Report:
    """The contents of a report, as far as figures need them; `exports` are files with their digests."""

    number: str
    title: str
    language: str
    agreement: str
    start: datetime
    end: datetime
    months: int
    headline: str
    summary: tuple[int, int, int, int]
    targets: tuple[Target, ...]
    credits: Credits
    breaches: tuple[tuple[str, str, str], ...]
    workload: tuple[Load, ...]
    rows: tuple[int, int, int, int]
    set_aside: int
    outages: int
    days: tuple[Days, ...]
    trend_months: int
    versions: tuple[str, ...] = ()
    exports: tuple[tuple[str, str], ...] = ()
    exclusions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A line of the tickets; times are as written, seconds None where there are none."""

    id: str
    service: str
    priority: str
    times: tuple[str, str, str]
    seconds: tuple[int | None, int | None, int | None]
    response_status: str
    resolution_status: str


@dataclass(frozen=True, slots=True)
class Part:
    """A row of the evidence: what it adds to the numerator and the denominator of its target."""

    service: str
    target: str
    version: str
    record: str
    elapsed: int | None
    limit: int | None
    numerator: Fraction
    denominator: Fraction


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the sheet of figures; `counts` are those counted, met and missed."""

    target: str
    value: Decimal | None
    counts: tuple[int, ...]
    credit: Decimal


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets: figures, tickets, and evidence by number of the figure."""

    figures: tuple[Listed, ...]
    tickets: tuple[tuple[str, ...], ...]
    outages: frozenset[str]
    set_aside: int
    evidence: Mapping[int, Sequence[Part]]


@dataclass(frozen=True, slots=True)
class Data:
    """All that a report carries along; `stems` are the names of its files without endings."""

    report: Report
    workbook: Workbook
    tickets: tuple[Ticket, ...]
    stems: tuple[str, ...]


def read_data(files: Mapping[str, bytes]) -> Data:
    """The three files; RefusedError where one is missing or is not what it should be."""
    chosen = {}
    for ending in ENDINGS:
        names = [name for name in files if name.endswith(ending)]
        if len(names) != 1:
            have = "several" if names else "no"
            msg = f"the PDF carries {have} {ending} file along: its figures cannot be recomputed from it"
            raise RefusedError(msg)
        chosen[ending] = names[0]
    try:
        report = _report(json.loads(files[chosen[".json"]], parse_float=Decimal, parse_constant=_refuse))
        workbook = _workbook(files[chosen[".xlsx"]])
        tickets = tuple(_tickets(files[chosen[".tickets.csv"]].decode("utf-8")))
    except (Unreadable, RecursionError, InvalidOperation, ValueError, KeyError, TypeError, AttributeError, csv.Error):
        msg = "the data inside the PDF are not those of a service report of this program"
        raise RefusedError(msg) from None
    return Data(report, workbook, tickets, tuple(name.removesuffix(ending) for ending, name in chosen.items()))


def _refuse(constant: str) -> Any:  # noqa: ANN401 - never returns
    raise ValueError(constant)


def _number(value: Any) -> Decimal:  # noqa: ANN401 - any JSON value
    number = Decimal(str(value))
    if isinstance(value, bool) or not number.is_finite() or abs(number) > 10**15:
        raise ValueError(value)
    return number


def _optional(value: Any) -> Decimal | None:  # noqa: ANN401 - as above
    return None if value is None else _number(value)


def _count(value: Any) -> int:  # noqa: ANN401 - as above
    number = _number(value)
    if number != int(number):
        raise ValueError(value)
    return int(number)


def _report(value: Any) -> Report:  # noqa: ANN401 - as above
    period, summary, rows = value["period"], value["summary"], value["rows"]
    return Report(
        number=str(value["number"]),
        title=str(value["title"]),
        language=str(value["language"]),
        agreement=str(value["agreement"]["id"]),
        start=datetime.fromisoformat(period["start"]),
        end=datetime.fromisoformat(period["end"]),
        months=_count(period["months"]),
        headline=str(summary["headline"]),
        summary=tuple(_count(summary[name]) for name in ("targets", "met", "missed", "no_data")),  # type: ignore[arg-type]
        targets=tuple(_target(one) for one in value["results"]),
        credits=_credits(value["credits"]),
        breaches=tuple((str(one["ticket"]), str(one["target"]), str(one["elapsed"])) for one in value["breaches"]),
        workload=tuple(
            Load(str(one["service"]), _count(one["opened"]), _count(one["resolved"]), _count(one["open"]))
            for one in value["workload"]
        ),
        rows=tuple(_count(rows[name]) for name in ("read", "measured", "set_aside", "replaced")),  # type: ignore[arg-type]
        set_aside=len(value["set_aside"]),
        outages=len(value["outages"]),
        days=tuple(
            Days(
                str(one["service"]),
                sum((Fraction(_number(day["agreed_s"])) for day in one["days"]), Fraction(0)),
                sum((Fraction(_number(day["down_s"])) for day in one["days"]), Fraction(0)),
            )
            for one in value["days"]
        ),
        trend_months=len(value["trend_months"]),
        versions=tuple(map(str, value["versions"])),
        exports=tuple((str(one["file"]), str(one["sha256"])) for one in value["sources"]),
        exclusions=tuple(f"{one['record']}: {one['reason']}" for one in value["exclusions"]),
    )


def _target(one: Any) -> Target:  # noqa: ANN401 - as above
    return Target(
        id=str(one["target"]),
        service=str(one["service"]),
        service_name=str(one["service_name"]),
        name=f"{one['priority']} {one['measure_label']}".strip(),
        priority=str(one["priority"]),
        measure=str(one["measure"]),
        unit=str(one["unit"]),
        aggregate=str(one["aggregate"]),
        percentile=_optional(one["percentile"]),
        minimum_sample=_count(one["minimum_sample"]),
        better=str(one["better"]),
        goal=_number(one["goal"]),
        goal_shown=str(one["goal_shown"]),
        goal_written=str(one["goal_written"]),
        allowed_s=_count(one["allowed_s"]),
        value=_optional(one["value"]),
        shown=str(one["value_shown"]),
        status=str(one["status"]),
        status_label=str(one["status_label"]),
        count=_count(one["count"]),
        met=_count(one["met"]),
        missed=_count(one["missed"]),
        credit=_number(one["credit"]),
        tiers=tuple(Tier(_number(t["value"]), bool(t["above"]), _number(t["credit"])) for t in one["tiers"]),
        points=tuple(str(point["shown"]) for point in one["trend"]),
    )


def _credits(one: Any) -> Credits:  # noqa: ANN401 - as above
    return Credits(
        uncapped=_number(one["uncapped"]),
        cap=_optional(one["cap"]),
        total=_number(one["total"]),
        total_shown=str(one["total_shown"]),
        cap_shown=str(one["cap_shown"]),
        year_cap=_optional(one["year_cap"]),
        year_used=_number(one["year_used"]),
        year_left_shown=str(one["year_left_shown"]),
        year_cap_shown=str(one["year_cap_shown"]),
        charge=_optional(one["charge"]),
        charge_shown=str(one["charge_shown"]),
        amount_shown=str(one["amount_shown"]),
        repeated=tuple(_number(clause["credit"]) for clause in one["repeated"]),
        months=tuple(
            (str(m["month_shown"]), _number(m["credit"]), _optional(m["amount"]), str(m["amount_shown"]))
            for m in one["months"]
        ),
    )


def _workbook(content: bytes) -> Workbook:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "report.xlsx")
        path.write_bytes(content)
        sheets = [rows[1:] for _, rows in first_rows(path, MOST_ROWS)]
    if len(sheets) < SHEETS:
        raise ValueError(len(sheets))
    evidence: dict[int, list[Part]] = {}
    for row in sheets[EVIDENCE]:
        evidence.setdefault(_count(row[0]) - _FIRST_ROW, []).append(_part(row[1:]))
    return Workbook(
        figures=tuple(map(_listed, sheets[FIGURES])),
        tickets=tuple((row[0], *row[2:9]) for row in sheets[TICKETS]),
        outages=frozenset(row[0] for row in sheets[OUTAGES]),
        set_aside=len(sheets[SET_ASIDE]),
        evidence=evidence,
    )


def _listed(row: Sequence[str]) -> Listed:
    _, target, _, _, _, _, _, value, _, *counts, _, _, _, credit = row[:16]
    return Listed(target, _number(value) if value else None, tuple(map(_count, counts)), _number(credit or 0))


def _part(row: Sequence[str]) -> Part:
    service, target, version, record, _, elapsed, limit, numerator, denominator = row[:9]
    return Part(
        service=service,
        target=target,
        version=version,
        record=record,
        elapsed=_count(elapsed) if elapsed else None,
        limit=_count(limit) if limit else None,
        numerator=Fraction(_number(numerator)),
        denominator=Fraction(_number(denominator)),
    )


def _tickets(text: str) -> Any:  # noqa: ANN401 - an iterator of tickets
    lines = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if "resolution_status" not in (lines.fieldnames or ()):
        raise ValueError(text[:80])
    for row in lines:
        plain = {key: value.removeprefix("'") for key, value in row.items()}
        yield Ticket(
            id=plain["ticket"],
            service=plain["service"],
            priority=plain["priority"],
            times=(plain["opened"], plain["responded"], plain["resolved"]),
            seconds=tuple(_count(plain[one]) if plain[one] else None for one in _SECONDS),  # type: ignore[arg-type]
            response_status=plain["response_status"],
            resolution_status=plain["resolution_status"],
        )


_SECONDS = ("paused_s", "response_s", "resolution_s")
