"""How fast, and in how much memory, tickets are read and measured: `python benchmarks/measuring.py`.

Everything that is compared runs in the same minute on the same machine, one after the other, three times; the median
counts. The exports are made up here: 12 months of tickets of the demonstration customers, three in ten with a pause.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

if not __package__:  # run as a script: Python then looks for modules beside this file only
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.company import SOURCES, months, written
from pipeline.load.exports import month_folders
from pipeline.load.reading import Reading
from pipeline.load.sources import load_portfolio
from pipeline.measure.clock import build_clock, worked_once
from pipeline.measure.measurement import measure
from pipeline.model.calendars import Calendar
from pipeline.model.portfolio import Portfolio
from pipeline.render import fonts

MONTHS = 12
PAUSED = 0.3
PEER_SAMPLE = 2000
"""Tickets that the peer counts; it takes so long for each that a million would take minutes."""

CUSTOMERS = ("东澜港口集团", "仁禾医院", "Nordwind Asia")
SERVICES = ("网络运维", "服务器运维", "数据库运维", "应用支持", "服务台")
PRIORITIES = ("紧急", "高", "中", "低")
HEADER = [
    "工单号", "客户", "服务", "优先级", "受理时间", "响应时间", "解决时间", "挂起时段", "摘要", "原因", "处理措施",
]  # fmt: skip


def write_exports(folder: Path, tickets: int) -> None:
    """The demonstration company with so many tickets over twelve months in place of its own."""
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("metrics"))
    share = tickets // MONTHS
    for number, month in enumerate(months(MONTHS)):
        place = folder / "metrics" / written(month)
        place.mkdir(parents=True)
        shutil.copy(SOURCES / "metrics" / written(month) / "outages.csv", place)
        with (place / "tickets.csv").open("wb") as file:
            file.write((",".join(HEADER) + "\n").encode())
            for first in range(0, share, 500_000):
                table = _tickets(number, month, first, min(500_000, share - first))
                arrow_csv.write_csv(table, file, arrow_csv.WriteOptions(include_header=False, quoting_style="none"))


def _tickets(number: int, month: tuple[int, int], first: int, count: int) -> Any:  # noqa: ANN401 - pyarrow has no types
    chance = np.random.default_rng([number, first])
    begin = int(datetime(*month, 1, tzinfo=UTC).timestamp())
    opened = begin + chance.integers(0, 27 * 86400, count)
    responded = opened + chance.integers(60, 3600, count)
    resolved = responded + chance.exponential(2 * 3600, count).astype(np.int64) + 60
    paused = chance.random(count) < PAUSED
    pauses = [
        f"{start}/{stop}/waiting-customer" if has else ""
        for start, stop, has in zip(_written(responded), _written(resolved - 30), paused, strict=True)
    ]
    ids = [f"INC{number:02d}-{first + row:08d}" for row in range(count)]
    drawn = [
        pa.array(names).take(pa.array(chance.integers(0, len(names), count)))
        for names in (CUSTOMERS, SERVICES, PRIORITIES)
    ]
    times = [pa.array(_written(column)) for column in (opened, responded, resolved)]
    nothing = pa.array([""] * count)
    summary = pa.array([f"终端 {row % 997} 无法登录业务系统" for row in range(count)])
    return pa.table([pa.array(ids), *drawn, *times, pa.array(pauses), summary, nothing, nothing], names=HEADER)


def _written(instants: Any) -> list[str]:  # noqa: ANN401 - an array of numpy
    texts = np.datetime_as_string(instants.astype("datetime64[s]"), unit="s").tolist()
    return [text.replace("T", " ") for text in texts]


def load(folder: Path) -> Portfolio:
    """The sources of a folder."""
    portfolio, _ = load_portfolio(folder, fonts.uncovered)
    if portfolio is None:
        sys.exit("the generated sources do not load")
    return portfolio


def run_stage(folder: Path, portfolio: Portfolio, *, reports: bool) -> int:
    """Read and measure everything; with `reports`, keep what the newest month's reports list. How many were counted."""
    span = month_folders(folder)
    reading = Reading.of(folder, portfolio, span, fonts.uncovered)
    measurement, _ = measure(portfolio, reading, span, lambda _: reports)
    if measurement is None:
        sys.exit("the generated exports cannot be measured")
    for found in measurement.months.values():
        for month in found:
            sum(one.tally.total for one in month.results)
    return sum(reading.rows.values())


def read_by_duckdb(folder: Path) -> None:
    """The same files with typed columns, rows that do not fit put aside, and nothing more."""
    import duckdb  # noqa: PLC0415 - only this measurement needs it

    files = sorted(map(str, folder.glob("metrics/*/tickets.csv")))
    with duckdb.connect() as connection:
        connection.execute("create table tickets as select * from read_csv(?, store_rejects = true)", [files])


def medians(times: int, **named: Callable[[], object]) -> dict[str, float]:
    """The median seconds of each, taken in turns."""
    found: dict[str, list[float]] = {name: [] for name in named}
    for _ in range(times):
        for name, run in named.items():
            began = time.perf_counter()
            run()
            found[name].append(time.perf_counter() - began)
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def bench_clock(calendar: Calendar, tickets: int) -> None:
    """Elapsed service times with a pause each, against the same by `businesstimedelta`."""
    import businesstimedelta  # noqa: PLC0415 - only this measurement needs it
    import pytz  # noqa: PLC0415 - the zones that it takes

    chance = np.random.default_rng(1)
    begin = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp())
    start = begin + chance.integers(0, 300 * 86400, tickets)
    stop = start + chance.integers(3600, 5 * 86400, tickets)
    pause_start = start + (stop - start) // 4
    pause_stop = start + (stop - start) // 2
    group = np.arange(tickets)

    def ours() -> object:
        clock = build_clock(calendar, int(start.min()), int(stop.max()))
        paused = worked_once(clock, group, pause_start, pause_stop, tickets)
        return clock.worked(stop) - clock.worked(start) - paused

    rules = [
        businesstimedelta.WorkDayRule(
            start_time=clock_time(opens // 60, opens % 60), end_time=clock_time(closes // 60, closes % 60),
            working_days=[0, 1, 2, 3, 4], tz=pytz.UTC,
        )
        for opens, closes in calendar.week[0]
    ]  # fmt: skip
    peer = businesstimedelta.Rules(rules)

    def moments(column: Any) -> Iterator[datetime]:  # noqa: ANN401 - an array of numpy
        return (datetime.fromtimestamp(one, UTC) for one in column[:PEER_SAMPLE].tolist())

    def theirs() -> None:
        for one, two, three, four in zip(*map(moments, (start, stop, pause_start, pause_stop)), strict=True):
            peer.difference(one, two) - peer.difference(three, four)

    spent = medians(3, ours=ours, theirs=theirs)
    own, other = spent["ours"] / tickets, spent["theirs"] / PEER_SAMPLE
    print(f"clock: {tickets:,} tickets with a pause in {spent['ours']:.2f} s; businesstimedelta takes")
    print(f"  {1000 * other:.3f} ms for each (of {PEER_SAMPLE:,}): {other / own:,.0f} times as long")


def bench_stage(tickets: int) -> None:
    """The whole stage, reading included, against DuckDB that only reads."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "sources"
        write_exports(folder, tickets)
        portfolio = load(folder)
        size = sum(path.stat().st_size for path in folder.glob("metrics/*/tickets.csv"))
        spent = medians(
            3,
            stage=lambda: run_stage(folder, portfolio, reports=True),
            duckdb=lambda: read_by_duckdb(folder),
        )
    print(f"measure stage: {tickets:,} tickets, {size / 1e6:.0f} MB of CSV in {spent['stage']:.2f} s;")
    print(f"  DuckDB reads them in {spent['duckdb']:.2f} s: ratio {spent['stage'] / spent['duckdb']:.2f}")


def bench_memory(sizes: list[int]) -> None:
    """Peak memory and time of a process of its own for each size, with and without the rows of the reports."""
    for tickets in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "sources"
            write_exports(folder, tickets)
            for reports in (False, True):
                command = [sys.executable, __file__, "--child", str(folder), *(["--reports"] if reports else [])]
                done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own script
                found = json.loads(done.stdout)
                kind = "with the newest month's tickets kept" if reports else "figures only"
                print(
                    f"memory: {tickets:>12,} tickets, {kind}: peak {found['peak']} MiB "
                    f"({found['idle']} before the first row), {found['seconds']:.2f} s"
                )


def _peak() -> int:
    """The most memory that this program has held so far, in MiB (what its parent held is not counted)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) // 1024


def child(folder: Path, *, reports: bool) -> None:
    """One measured run, told as JSON."""
    portfolio = load(folder)
    idle = _peak()
    began = time.perf_counter()
    run_stage(folder, portfolio, reports=reports)
    print(json.dumps({"idle": idle, "peak": _peak(), "seconds": time.perf_counter() - began}))


def main() -> None:
    """Read the sizes from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--memory", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--reports", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child(chosen.child, reports=chosen.reports)
        return
    bench_clock(load(SOURCES).calendars["business-cn"], chosen.tickets)
    bench_stage(chosen.tickets)
    bench_memory(chosen.memory)


if __name__ == "__main__":
    main()
