"""`slm check`, `slm build`, `slm doctor`."""

from __future__ import annotations

import sys
import time
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
@click.option("--cluster", default="", metavar="tcp://HOST:PORT", help="Render on the workers of this Dask scheduler.")
@shared
def build(as_json: bool, sources: Path, **chosen: Any) -> None:  # noqa: ANN401 - click hands over the options
    """Build documents: all, or those of the KINDS named."""
    from pipeline.publish.uptodate import read_inputs, up_to_date  # noqa: PLC0415
    from pipeline.render import fonts  # noqa: PLC0415

    run = options(sources=sources, **chosen)
    if run.cluster and run.workers:
        msg = "--workers are processes of this machine, --cluster has its own: give one of them"
        raise click.UsageError(msg)
    inputs = read_inputs(run, fonts.digest())
    files = up_to_date(run, inputs)
    if files is not None:
        click.echo(f"nothing changed: all {files} files in {shown_path(run.output)} are up to date")
        return
    from pipeline.build import build as build_documents  # noqa: PLC0415

    with _Bar() as bar:
        outcome = build_documents(run, inputs, bar.advance)
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
    """Tells how many documents were made, once that takes over a second and somebody watches."""

    def __init__(self) -> None:
        self._status: Any = None
        self._began = time.monotonic()
        self._made = 0

    def __enter__(self) -> Self:
        return self

    def advance(self) -> None:
        """Another document was made; how many there will be is known only in the end."""
        self._made += 1
        if self._status is None and sys.stderr.isatty() and time.monotonic() - self._began > 1:
            from rich.console import Console  # noqa: PLC0415

            self._status = Console(stderr=True).status("")
            self._status.start()
        if self._status is not None:
            self._status.update(f"{count(self._made, 'document')} made")

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()
