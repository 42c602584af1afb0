"""How a build grows with the number of customers: `make bench`, or `python benchmarks/bench.py --customers 10 100`.

Each size is generated and built in a process of its own, as `slm build` builds it, then built again with nothing
changed. From `--sampled` customers on, every document is merged, held against the manifest, staged and published, but
only some of the customers' documents are rendered, evenly spread; the others are published as empty files, and the
time of rendering is reckoned from those that were. `--sampled 0` renders everything, for hours.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

if not __package__:  # run as a script: Python then looks for modules beside this file only
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline import build, parallel
from pipeline.merge.document import Document
from pipeline.merge.words import Labels
from pipeline.options import Options
from pipeline.publish.files import Staging
from pipeline.publish.uptodate import read_inputs, up_to_date
from pipeline.render import fonts
from pipeline.render.renderers import RENDERERS, Job, Rendered, make_ready, render_job

HERE = Path(__file__).resolve().parent
MONTHS = 12
SAMPLED = 10_000
RENDERED = 1000
"""Documents of a sampled size that are rendered."""

STAGES = ("load", "check", "measure", "merge", "render", "publish")
Seconds = defaultdict[str, float]
Render = Callable[[Iterable[Document], Labels, Options], Generator[Rendered]]


@contextmanager
def noted(stage: str, seconds: Seconds) -> Iterator[None]:
    """Add to a stage how long the block took."""
    began = time.perf_counter()
    try:
        yield
    finally:
        seconds[stage] += time.perf_counter() - began


@contextmanager
def stages(seconds: Seconds) -> Iterator[None]:
    """Note how long each stage of a build takes.

    Documents are merged and published while workers render: `render` is the time in which this process waits for them.
    """
    names = {"load_labels": "load", "load_portfolio": "load", "check": "check", "check_underpinning": "check"}
    usual = dict(vars(build))
    write, publish = Staging.add, Staging.publish

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
            with noted(stage, seconds):
                return function(*given, **named)

        return run

    def planned(options: Options) -> tuple[Iterator[Document], Labels, tuple[Any, ...]]:
        documents, labels, problems = usual["planned"](options)
        return each("merge", documents, seconds), labels, problems

    def render(documents: Iterable[Document], labels: Labels, options: Options) -> Generator[Rendered]:
        before = seconds["merge"]
        made = usual["render"](documents, labels, options)
        try:
            yield from each("render", made, seconds)
        finally:
            made.close()
            seconds["render"] -= seconds["merge"] - before

    vars(build).update({name: timed(stage, usual[name]) for name, stage in names.items()})
    vars(build).update(measure=timed("measure", usual["measure"]), planned=planned, render=render)
    setattr(Staging, "add", timed("publish", write))  # noqa: B010 - mypy forbids the plain assignment
    setattr(Staging, "publish", timed("publish", publish))  # noqa: B010 - as above
    try:
        yield
    finally:
        vars(build).update({name: usual[name] for name in (*names, "measure", "planned", "render")})
        setattr(Staging, "add", write)  # noqa: B010 - as above
        setattr(Staging, "publish", publish)  # noqa: B010 - as above


def each(stage: str, things: Iterable[Any], seconds: Seconds) -> Generator[Any]:
    """The same things, with the time that getting them took."""
    got = iter(things)
    while True:
        with noted(stage, seconds):
            thing = next(got, None)
        if thing is None:
            return
        yield thing


class Sample:
    """In the place of `render`: keeps every so manieth document of a customer aside, and gives empty files for all."""

    def __init__(self, every: int, folder: Path) -> None:
        self.every = every
        self.kept = folder / "documents"
        self.documents = self.aside = 0
        self.labels: Labels = {}

    def render(self, documents: Iterable[Document], labels: Labels, _options: Options) -> Generator[Rendered]:
        """Empty files of every document; what is about all customers is kept whole."""
        self.labels = labels
        with self.kept.open("wb") as file:
            for document in documents:
                ours = not document.agreement
                self.documents += not ours
                if ours or self.documents % self.every == 0:
                    self.aside += not ours
                    pickle.dump(document, file)
                yield Rendered(document, dict.fromkeys(RENDERERS[document.kind], b""), ())

    def read(self, *, ours: bool) -> Iterator[Document]:
        """The documents kept aside: ours, or those of customers."""
        with self.kept.open("rb") as file:
            while file.peek(1):
                document = pickle.load(file)  # noqa: S301 - our own file
                if (not document.agreement) is ours:
                    yield document

    def time(self, workers: int, output: Path) -> float:
        """The seconds that rendering and staging all documents would take, by those kept aside."""
        seconds = 0.0
        for ours, weight in ((True, 1.0), (False, self.documents / self.aside)):
            jobs = (Job(document, Options().templates, self.labels) for document in self.read(ours=ours))
            began = time.perf_counter()
            with parallel.processes(workers, _ready) as executor, Staging(output) as staging:
                for made in parallel.run(render_job, jobs, executor):
                    for ending, content in made.files.items():
                        staging.add(made.document.stem + ending, content)
            seconds += weight * (time.perf_counter() - began)
        return seconds


def _ready() -> None:
    make_ready(Options().templates)


def child(sources: Path, workers: int, every: int) -> None:
    """Build, and build again with nothing changed; what it took, as JSON."""
    seconds: Seconds = defaultdict(float)
    with tempfile.TemporaryDirectory() as scratch:
        options = Options(sources=sources, output=Path(scratch) / "output", workers=workers)
        sample = Sample(every, Path(scratch))
        if every > 1:
            vars(build)["render"] = sample.render
        began = time.perf_counter()
        inputs = read_inputs(options, fonts.digest())
        with stages(seconds):
            outcome = build.build(options, inputs, lambda: None)
        total = time.perf_counter() - began
        peak = _peak()
        began = time.perf_counter()
        files = up_to_date(options, read_inputs(options, fonts.digest()))
        again = time.perf_counter() - began
        if files is None:
            sys.exit("a build with nothing changed has something to do")
        if every > 1:
            seconds["render"] = sample.time(workers, Path(scratch) / "sampled")
            total += seconds["render"]
    workers_peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    found = {"documents": outcome.documents, "files": files, "total": total, "again": again}
    print(json.dumps({**found, "peak": peak, "worker": workers_peak, "seconds": seconds}))


def _peak() -> int:
    """The most memory that this process has held so far, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) // 1024


def bench(customers: int, workers: int, every: int) -> None:
    """Generate and build in processes of their own, and print a row."""
    with tempfile.TemporaryDirectory() as scratch:
        sources = Path(scratch) / "sources"
        run = [sys.executable, str(HERE / "generate.py"), "--customers", str(customers), "--months", str(MONTHS)]
        subprocess.run([*run, "--into", str(sources)], check=True)  # noqa: S603 - our own script
        run = [sys.executable, str(HERE / "bench.py"), "--child", str(sources), str(workers), str(every)]
        done = subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own script
    found = json.loads(done.stdout.splitlines()[-1])
    seconds, total, documents = found["seconds"], found["total"], found["documents"]
    cells = [f"{customers:,}", str(workers), f"{documents:,}", f"{found['files']:,}"]
    cells += [f"{seconds.get(stage, 0):.1f}" for stage in STAGES]
    cells += [f"{total:.1f}", f"{1000 * total / documents:.0f}", f"{documents / total:.2f}"]
    cells += [
        f"{found['peak']:,}",
        f"{found['worker']:,}",
        f"{found['again']:.1f} ({100 * found['again'] / total:.1f}%)",
    ]
    print(f"| {' | '.join(cells)} |" + (f" one in {every} rendered" if every > 1 else ""), flush=True)


def main() -> None:
    """Read the sizes from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[10, 100, 1000, 10_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[parallel.cores()])
    parser.add_argument("--sampled", type=int, default=SAMPLED, help="from so many customers on; 0: never")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child(Path(chosen.child[0]), int(chosen.child[1]), int(chosen.child[2]))
        return
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}; {MONTHS} months;")
    print("seconds; render: in which the parent waits for workers; again: a build with nothing changed")
    columns = ["customers", "workers", "documents", "files", *STAGES, "total", "ms each", "a second"]
    columns += ["parent MiB", "worker MiB", "again"]
    print(f"| {' | '.join(columns)} |\n|{'---:|' * len(columns)}")
    for customers in chosen.customers:
        for workers in chosen.workers:
            whole = not chosen.sampled or customers < chosen.sampled
            bench(customers, workers, 1 if whole else max(1, 2 * customers // RENDERED))


if __name__ == "__main__":
    main()
