"""Exports for the demonstration company, and portfolios of any size to measure speed with.

    python benchmarks/generate.py --demo
    python benchmarks/generate.py --customers 10000 --months 12 --into DIR

What happens is told in `story.yaml`, what was promised is read from `sources/`. Every customer and month has a random
generator of its own, so that the same bytes come out on any day, with any number of workers or customers.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache, partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any, TextIO

if not __package__:  # run as a script: Python then looks for modules beside this file only
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.company import (
    DAY,
    HOUR,
    MINUTE,
    SOURCES,
    STORY,
    Month,
    Plan,
    Portfolio,
    build_plan,
    instant,
    moment,
    month_bounds,
    months,
    read,
    written,
)
from benchmarks.tickets import Row, Ticket, exported, pick, seeded

DEMO_MONTHS = 12
MODEL_CUSTOMER, MODEL_AGREEMENT = "renhe-hospital", "sla-renhe-clinical"
BLOCK, MOST_CUSTOMERS = 100, 99_999
OUTAGE_SHARE = 0.12
TICKET_HEADER = (
    "工单号", "客户", "服务", "优先级", "受理时间", "响应时间", "解决时间", "挂起时段", "摘要", "原因", "处理措施",
)  # fmt: skip
OUTAGE_HEADER = ("Outage ID", "Customer", "Service", "Category", "Start", "End", "Cause", "Action")


def maintenance(story: Mapping[str, Any], month: Month) -> Iterator[Row]:
    """The agreed maintenance of a month, for every customer of each service."""
    year, number = month
    for window in story["maintenance"]:
        first = date(year, number, 1)
        ahead = (int(window["weekday"]) - first.weekday()) % 7 + 7 * (int(window["nth"]) - 1)
        day = (first + timedelta(days=ahead)).isoformat()
        yield (
            "",
            "",
            window["service"],
            "Planned maintenance",
            f"{day} {window['from']}:00",
            f"{day} {window['to']}:00",
            window["text"],
            "",
        )


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def write_demo(folder: Path) -> None:
    """The twelve months of the demonstration company, as `sources/metrics` holds them."""
    story, portfolio = read(STORY), Portfolio(SOURCES)
    span = months(DEMO_MONTHS)
    tickets: dict[Month, list[Ticket]] = {month: [] for month in span}
    for number, customer in enumerate(story["customers"]):
        plan = build_plan(story, customer, str(number), portfolio)
        for month, found in exported(plan, portfolio, span, story):
            tickets[month] += found
    for month in span:
        ordered = sorted(tickets[month], key=lambda ticket: (ticket.opened, ticket.id))
        rows = _spoil([ticket.row(month_bounds(month)[1]) for ticket in ordered], story, month, portfolio)
        told = (_outage_row(outage) for outage in story["outages"] if outage["started"].startswith(written(month)))
        outages = _numbered([*maintenance(story, month), *told], month)
        target = folder / written(month)
        target.mkdir(parents=True, exist_ok=True)
        (target / "tickets.csv").write_text(csv_text([TICKET_HEADER, *rows]), encoding="utf-8")
        (target / "outages.csv").write_text(csv_text([OUTAGE_HEADER, *outages]), encoding="utf-8")


def _numbered(outages: Iterable[Row], month: Month) -> list[Row]:
    in_order = sorted(outages, key=lambda row: row[4])
    return [(f"{_outage_prefix(month)}{number:02d}", *row[1:]) for number, row in enumerate(in_order, 1)]


def _outage_prefix(month: Month) -> str:
    return f"OUT{month[0]:04d}{month[1]:02d}-"


def _outage_row(outage: Mapping[str, str]) -> Row:
    return (
        "",
        outage["customer"],
        outage["service"],
        outage["category"],
        outage["started"],
        outage["ended"],
        outage["cause"],
        outage["action"],
    )


def _spoil(rows: list[Row], story: Mapping[str, Any], month: Month, portfolio: Portfolio) -> list[Row]:
    """Rows that cannot be measured: the last low one of the month that fits is written wrongly."""
    for spoilt in story["spoilt"]:
        if spoilt["month"] != written(month):
            continue
        who = tuple(portfolio.names[name] for name in (spoilt["customer"], spoilt["service"], "P4"))
        index = max(index for index, row in enumerate(rows) if row[1:4] == who and row[6] and not row[9])
        row = list(rows[index])
        if spoilt["wrong"] == "no-priority":
            row[3] = ""
        else:
            row[6] = moment(instant(row[4]) - DAY)
        rows[index] = tuple(row)
    return rows


def write_portfolio(folder: Path, customers: int, months_wanted: int, tickets_per_month: int, workers: int) -> None:
    """A whole sources folder: the demonstration company with `customers` made-up customers in place of its own."""
    folder.mkdir(parents=True)
    for name in ("organization.yaml", "policy.yaml"):
        shutil.copy(SOURCES / name, folder / name)
    for name in ("calendars", "catalog", "imports", "parties/teams", "parties/suppliers"):
        shutil.copytree(SOURCES / name, folder / name)
    for support in sorted((SOURCES / "agreements").glob("[ou][lc]*")):
        shutil.copytree(support, folder / "agreements" / support.name)
    profile = folder / "imports" / "servicedesk.yaml"
    # made-up customers stand in the exports under their own identifiers
    profile.write_text(re.sub(r"  customer:\n(    .*\n)+", "", profile.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "parties" / "customers").mkdir()
    span = months(months_wanted)
    tables = [_table(folder, month, "tickets.csv", TICKET_HEADER) for month in span]
    lists = [_table(folder, month, "outages.csv", OUTAGE_HEADER) for month in span]
    story = read(STORY)
    for month, table in zip(span, lists, strict=True):
        table.write(csv_text(_numbered(maintenance(story, month), month)))
    blocks = [range(first, min(first + BLOCK, customers + 1)) for first in range(1, customers + 1, BLOCK)]
    with Pool(workers) as pool:
        for block in pool.imap(partial(_block, folder, span, tickets_per_month), blocks):
            for (tickets, outages), table, outage_table in zip(block, tables, lists, strict=True):
                table.write(tickets)
                outage_table.write(outages)
    for table in (*tables, *lists):
        table.close()


def _table(folder: Path, month: Month, name: str, header: Sequence[str]) -> TextIO:
    target = folder / "metrics" / written(month)
    target.mkdir(parents=True, exist_ok=True)
    table = (target / name).open("w", encoding="utf-8", newline="")
    table.write(csv_text([header]))
    return table


@lru_cache(maxsize=1)
def _model() -> tuple[Mapping[str, Any], Portfolio, str, str]:
    """What every made-up customer is modelled on: story, promises, customer file, agreement file."""
    party = (SOURCES / "parties" / "customers" / f"{MODEL_CUSTOMER}.yaml").read_text(encoding="utf-8")
    agreement = (SOURCES / "agreements" / MODEL_AGREEMENT / "A-00.yaml").read_text(encoding="utf-8")
    return read(STORY), Portfolio(SOURCES), party, agreement


def _block(folder: Path, span: Sequence[Month], tickets_per_month: int, numbers: range) -> list[tuple[str, str]]:
    """Write the customers with those numbers; their tickets and outages as CSV, a pair a month."""
    story, portfolio, party, agreement = _model()
    model = build_plan(story, MODEL_CUSTOMER, "", portfolio)
    usual = sum(model.pace.values())
    tickets: list[list[Row]] = [[] for _ in span]
    outages: list[list[Row]] = [[] for _ in span]
    for number in numbers:
        customer = f"c{number:05d}"
        plan = replace(
            model,
            customer=customer,
            terms_of=MODEL_CUSTOMER,
            name=customer,
            block=f"{number:05d}",
            pace={service: pace * tickets_per_month / usual for service, pace in model.pace.items()},
        )
        _write_customer(folder, customer, party, agreement)
        for index, (month, found) in enumerate(exported(plan, portfolio, span)):
            end = month_bounds(month)[1]
            tickets[index] += [ticket.row(end) for ticket in found]
            outages[index] += _chance_outage(plan, month)
    return [(csv_text(rows), csv_text(others)) for rows, others in zip(tickets, outages, strict=True)]


def _write_customer(folder: Path, customer: str, party: str, agreement: str) -> None:
    home = folder / "agreements" / f"sla-{customer}"
    home.mkdir()
    for text, path in ((party, folder / "parties" / "customers" / f"{customer}.yaml"), (agreement, home / "A-00.yaml")):
        own = text.replace(MODEL_AGREEMENT, f"sla-{customer}").replace(MODEL_CUSTOMER, customer)
        for name, made_up in (("仁禾医院", "示范医院 "), ("Renhe Hospital", "Example Hospital ")):
            own = own.replace(name, made_up + customer[1:])
        path.write_text(own, encoding="utf-8")


def _chance_outage(plan: Plan, month: Month) -> Iterator[Row]:
    rng = seeded(plan.customer, written(month), "outage")
    if rng.random() < OUTAGE_SHARE:
        start, stop = month_bounds(month)
        begin = start + int(rng.random() * (stop - start - DAY))
        end = begin + 5 * MINUTE + int(rng.random() ** 2 * 2 * HOUR)
        service = pick(("database-operations", "application-support"), rng)
        _, cause, action = pick(plan.major[service], rng)
        name = f"{_outage_prefix(month)}{plan.block}"
        yield name, plan.customer, service, "Unplanned", moment(begin), moment(end), cause, action


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--demo", action="store_true", help="rewrite the exports of the demonstration company")
    what.add_argument("--customers", type=int, help="write a sources folder with so many customers")
    parser.add_argument("--months", type=int, default=DEMO_MONTHS, choices=range(1, DEMO_MONTHS + 1), metavar="1-12")
    parser.add_argument("--tickets-per-month", type=int, default=40, help="of each customer")
    parser.add_argument("--into", type=Path, help="the folder to write; for --customers one that does not exist yet")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    if options.demo:
        write_demo(options.into or SOURCES / "metrics")
        return 0
    if options.into is None or options.into.exists():
        parser.error("--customers needs --into with a folder that does not exist yet")
    if not 1 <= options.customers <= MOST_CUSTOMERS:
        parser.error(f"--customers is between 1 and {MOST_CUSTOMERS}")
    write_portfolio(options.into, options.customers, options.months, options.tickets_per_month, options.workers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
