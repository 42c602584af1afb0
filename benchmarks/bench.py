"""Time each stage on generated customers: `make bench`, or `python benchmarks/bench.py --customers 10 100`."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if not __package__:  # run as a script: Python then looks for modules beside this file only
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.kinds import Spent, by_kind, print_by_kind
from pipeline.build import gather, render
from pipeline.check import check
from pipeline.load.exports import month_folders
from pipeline.load.reading import Reading
from pipeline.load.sources import load_portfolio
from pipeline.measure.measurement import measure
from pipeline.options import Options
from pipeline.render import fonts

HERE = Path(__file__).resolve().parent
MONTHS = 12


@contextmanager
def timed(name: str, seconds: dict[str, float]) -> Iterator[None]:
    """Note how long the block took."""
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began


def bench(customers: int, workers: int) -> None:
    """Generate, then time every stage by itself and the rendering of all documents of the newest month."""
    with tempfile.TemporaryDirectory() as scratch:
        sources = Path(scratch) / "sources"
        generate = [sys.executable, str(HERE / "generate.py"), "--customers", str(customers)]
        subprocess.run([*generate, "--months", str(MONTHS), "--into", str(sources)], check=True)  # noqa: S603 - our own script
        seconds: dict[str, float] = {}
        with timed("load", seconds):
            portfolio, _ = load_portfolio(sources, fonts.uncovered)
        if portfolio is None:
            sys.exit("the generated sources do not load")
        months = month_folders(sources)
        with timed("exports", seconds):
            tickets = sum(len(batch) for batch in Reading.of(sources, portfolio, months, fonts.uncovered).batches())
        with timed("check", seconds):
            check(portfolio)
        with timed("exports and measure", seconds):
            measure(portfolio, Reading.of(sources, portfolio, months, fonts.uncovered), months, lambda _: True)
        files_spent: Spent = defaultdict(list)
        options = Options(sources=sources, workers=workers)
        with timed("all up to merge", seconds):
            documents, labels, _ = gather(options)
        # only what this process makes itself can be timed by kind
        with timed("render", seconds), by_kind(files_spent):
            files = sum(len(rendered.files) for rendered in render(documents, labels, options))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{customers} customers, {tickets} tickets of {MONTHS} months, {workers} worker(s)")
    for name, spent in seconds.items():
        print(f"  {name:20}{spent:9.2f} s")
    rate = len(documents) / seconds["render"]
    print(
        f"  {len(documents)} documents, {files} files: {rate:.1f} documents/s; peak memory of this process {peak} MiB"
    )
    if files_spent:
        print_by_kind(files_spent)


def main() -> None:
    """Read the sizes from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    chosen = parser.parse_args()
    for customers in chosen.customers:
        for workers in chosen.workers:
            bench(customers, workers)


if __name__ == "__main__":
    main()
