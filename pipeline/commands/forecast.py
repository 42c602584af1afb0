"""`slm forecast` and `slm alert`: the running periods, and a notice of what is new in them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from pipeline.commands.shared import DEFAULTS, NEWS, OK, PROBLEMS, count, epoch, options, show, shown_path
from pipeline.commands.sheets import print_sheet
from pipeline.model.quantities import LANGUAGES
from pipeline.problems import has_errors

_FOLDER = click.Path(file_okay=False, path_type=Path)


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """What both commands are asked."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="One JSON object a line."),
        click.option("--templates", type=_FOLDER, default=DEFAULTS.templates, help="The folder of templates."),
        click.option("--sources", type=_FOLDER, default=DEFAULTS.sources, help="The folder of sources."),
        click.option("--language", type=click.Choice(LANGUAGES), help="Default: the first language of the policy."),
        click.option("--customer", default="", metavar="ID", help="This customer only."),
        click.option(
            "--at",
            default="",
            metavar="MOMENT",
            help="Now, such as 2026-11-20T12:00. Default: SOURCE_DATE_EPOCH, else where the exports of tickets end.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@_common
def forecast(at: str, customer: str, language: str | None, *, as_json: bool, **folders: Path) -> None:
    """Tell what the running periods will come to.

    Of each SLA in force: the error budget left of each target, what it is likely to come to at the current rate, and
    the tickets over a limit or near one. What lies after the moment asked for had not happened yet.
    """
    from pipeline.forecast import Asked  # noqa: PLC0415
    from pipeline.forecast import forecast as forecast_of  # noqa: PLC0415

    run = options(**folders, customer=customer)
    found = forecast_of(run, Asked(at, epoch(), language or ""))
    show(found.problems, run, as_json=as_json)
    if found.telling is None:
        sys.exit(PROBLEMS)
    if as_json:
        click.echo("".join(f"{line}\n" for line in found.lines), nl=False)
        sys.exit(OK)
    for number, sheet in enumerate(found.sheets):
        if number:
            click.echo()
        print_sheet(sheet)
    if not found.sheets:
        click.echo("no SLA is in force")
    sys.exit(OK)


@click.command()
@_common
@click.option("--output", type=_FOLDER, default=DEFAULTS.output, help="The folder of notices and their ledger.")
def alert(at: str, customer: str, language: str | None, *, as_json: bool, **folders: Path) -> None:
    """Write a notice to the SLM manager of what is new since the last one.

    As a mail (.eml) and as Markdown, in output/alerts/. Exit code 0: nothing is new; 4: there is a new notice.
    """
    from pipeline.forecast import Asked  # noqa: PLC0415
    from pipeline.forecast import alert as alert_of  # noqa: PLC0415

    run = options(**folders, customer=customer)
    told = alert_of(run, Asked(at, epoch(), language or ""))
    show(told.problems, run, as_json=as_json)
    if has_errors(told.problems):
        sys.exit(PROBLEMS)
    if as_json:
        click.echo("".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in told.new), nl=False)
    elif not told.new:
        click.echo(f"nothing is new; {count(told.standing, 'alert')} told of before still hold")
    else:
        click.echo(f"{count(len(told.new), 'new alert')}:")
        for name in told.files:
            click.echo(f"  {shown_path(run.output / name)}")
    sys.exit(NEWS if told.new else OK)
