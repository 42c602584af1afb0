"""`slm portal` and `slm serve`: the pages to look around in."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from pipeline.commands.shared import DEFAULTS, PROBLEMS, count, epoch, options, shared, show, shown_path

_DAY = click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="Default: SOURCE_DATE_EPOCH, else the newest month's end."
)
_OUTPUT = click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.output)


@click.command()
@shared
@_OUTPUT
@_DAY
def portal(as_json: bool, sources: Path, today: datetime | None, **chosen: Any) -> None:  # noqa: ANN401 - click hands over the options
    """Write the portal: services, agreements, reports, reviews and what is due as linked pages.

    With --customer it is a site about this customer alone, with its documents, to hand over.
    """
    from pipeline.portal.flow import portal as portal_of  # noqa: PLC0415

    run = options(sources=sources, **chosen)
    made = portal_of(run, today.date() if today else _epoch())
    show(made.problems, run, as_json=as_json)
    if made.folder is None:
        click.echo(f"nothing was written: {count(len(set(made.problems)), 'problem')}", err=True)
        sys.exit(PROBLEMS)
    click.echo(f"{shown_path(made.folder / 'index.html')}: {count(made.files, 'file')}, {made.changed} changed")


def _epoch() -> date | None:
    """The day that SOURCE_DATE_EPOCH stands for, where it is set."""
    moment = epoch()
    return None if moment is None else datetime.fromtimestamp(moment, UTC).date()
