"""`slm check`, `slm build`, `slm doctor`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import click

from pipeline.commands.shared import (
    DEFAULTS,
    ENVIRONMENT,
    OK,
    PROBLEMS,
    count,
    options,
    shared,
    show,
    shown_path,
    stops,
)
from pipeline.problems import has_errors

KINDS = (
    "catalog",
    "sla",
    "ola",
    "uc",
    "procedure",
    "requirements",
    "alignment",
    "reports",
    "overview",
    "minutes",
    "review-packs",
    "improvements",
    "satisfaction",
)


@click.command()
@shared
def check(as_json: bool, sources: Path, **chosen: Any) -> None:  # noqa: ANN401 - click hands over the options
    """Validate and measure everything; write nothing."""
    from pipeline.build import gather  # noqa: PLC0415

    run = options(sources=sources, **chosen)
    documents, _, problems = gather(run)
    show(problems, run, as_json=as_json)
    if not stops(problems, run):
        click.echo(f"{count(len(documents), 'document')} could be built")
    elif not has_errors(problems):
        click.echo(f"{count(len(set(problems)), 'warning')}, which --strict counts as errors", err=True)
    sys.exit(PROBLEMS if stops(problems, run) else OK)


@click.command()
@click.argument("kinds", nargs=-1, type=click.Choice(KINDS))
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.output)
@click.option("--workers", type=click.IntRange(0, 256), default=0, help="Processes (default: as many as pay).")
@shared
def build(as_json: bool, sources: Path, **chosen: Any) -> None:  # noqa: ANN401 - click hands over the options
    """Build documents: all, or those of the KINDS named."""
    from pipeline.publish.uptodate import read_inputs, up_to_date  # noqa: PLC0415
    from pipeline.render import fonts  # noqa: PLC0415

    run = options(sources=sources, **chosen)
    inputs = read_inputs(run, fonts.digest())
    files = up_to_date(run, inputs)
    if files is not None:
        click.echo(f"nothing changed: all {files} files in {shown_path(run.output)} are up to date")
        return
    from pipeline.build import build as build_documents  # noqa: PLC0415

    with _Bar() as bar:
        outcome = build_documents(run, inputs, bar.start)
    show(outcome.problems, run, as_json=as_json)
    if stops(outcome.problems, run):
        click.echo(f"nothing was written: {count(len(set(outcome.problems)), 'problem')}", err=True)
        sys.exit(PROBLEMS)
    made, current = outcome.rendered, outcome.documents - outcome.rendered
    written = f"{count(outcome.changed, 'file')} written to {shown_path(run.output)}"
    click.echo(f"{count(outcome.documents, 'document')}: {made} made, {current} up to date, {written}")


@click.command()
def doctor() -> None:
    """Tell what this machine has, and what is missing."""
    from pipeline.doctor import report  # noqa: PLC0415

    checks = report()
    for one in checks:
        click.echo(f"{'ok' if one.ok else 'missing':8}{one.name}: {one.detail}")
        if one.remedy:
            click.echo(f"        {one.remedy}")
    sys.exit(OK if all(one.ok for one in checks) else ENVIRONMENT)


class _Bar:
    """A progress bar on work over a second, when somebody watches."""

    def __init__(self) -> None:
        self._progress: Any = None
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def start(self, total: int) -> Callable[[], None]:
        """Told the number of documents, gives what to call after each."""
        done = 0

        def advance() -> None:
            nonlocal done
            done += 1
            if self._progress is None and sys.stderr.isatty() and time.monotonic() - self._began > 1:
                from rich.console import Console  # noqa: PLC0415
                from rich.progress import Progress  # noqa: PLC0415

                self._progress = Progress(console=Console(stderr=True), transient=True)
                self._progress.start()
                self._progress.add_task("documents", total=total)
            if self._progress is not None:
                self._progress.update(self._progress.task_ids[0], completed=done)

        return advance

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()
