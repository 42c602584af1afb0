"""`slm dispose`: what need not be kept any longer is listed, and deleted on request."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, count, options, show
from pipeline.problems import has_errors

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--yes", is_flag=True, help="Delete it; without this nothing is deleted.")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="Default: SOURCE_DATE_EPOCH, else the newest month's end."
)
@click.option("--sources", type=_FOLDER, default=DEFAULTS.sources, help="The folder of sources.")
@click.option("--output", type=_FOLDER, default=DEFAULTS.output, help="The folder of documents.")
@click.option("--templates", type=_FOLDER, default=DEFAULTS.templates, help="The folder of templates.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def dispose(today: datetime | None, *, yes: bool, as_json: bool, **folders: Path) -> None:
    """List the files whose retention is over; delete them with --yes.

    The ledger keeps what was issued, and when its copies were deleted. Signed versions are never deleted by a program.
    """
    from pipeline.due import newest_day  # noqa: PLC0415
    from pipeline.load.characters import all_covered  # noqa: PLC0415
    from pipeline.load.sources import load_portfolio  # noqa: PLC0415
    from pipeline.records import Where, expired  # noqa: PLC0415
    from pipeline.records import dispose as dispose_of  # noqa: PLC0415

    run = options(**folders)
    portfolio, problems = load_portfolio(run.sources, all_covered)
    if portfolio is None:
        show(problems, run, as_json=as_json)
        sys.exit(PROBLEMS)
    day = today.date() if today else _epoch() or newest_day(run, portfolio)
    found, mistakes = expired(run, portfolio, day)
    show(problems + mistakes, run, as_json=as_json)
    if has_errors(problems + mistakes):
        click.echo("nothing was deleted", err=True)
        sys.exit(PROBLEMS)
    deleted = set(dispose_of(run, found, datetime(day.year, day.month, day.day, tzinfo=UTC))) if yes else set()
    for one in found:
        state = "deleted" if one in deleted else "by hand" if one.where is Where.REGISTER else "to delete"
        if as_json:
            line = {"file": one.file, "until": str(one.until), "state": state}
            click.echo(json.dumps(line, ensure_ascii=False))
        else:
            click.echo(f"{state}: {one.file}, kept until {one.until}")
    if not as_json:
        over = f"{count(len(found), 'file')} with retention over on {day}"
        click.echo(f"{over}, {len(deleted)} deleted" if yes else f"{over}; nothing was deleted (--yes deletes)")
    sys.exit(OK)


def _epoch() -> date | None:
    """The day that SOURCE_DATE_EPOCH stands for, where it is set."""
    written = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(written), UTC).date() if written.isdigit() else None
