"""`slm new`: source files to start from."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, count, options, show, shown_path
from pipeline.model.quantities import LANGUAGES

if TYPE_CHECKING:
    from pipeline.model.portfolio import Portfolio
    from pipeline.options import Options
    from pipeline.scaffold.start import Written


@click.group()
def new() -> None:
    """Write a source file to start from: its blanks are filled in by hand."""


def _folders(command: Callable[..., None]) -> Callable[..., None]:
    folder = click.Path(file_okay=False, path_type=Path)
    for option in (
        click.option("--templates", type=folder, default=DEFAULTS.templates, help="The folder of templates."),
        click.option("--sources", type=folder, default=DEFAULTS.sources, help="The folder of sources."),
    ):
        command = option(command)
    return command


@new.command()
@click.argument("identifier", metavar="ID")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@_folders
def customer(identifier: str, language: str, **folders: Path) -> None:
    """A customer: sources/parties/customers/ID.yaml."""
    from pipeline.scaffold.entries import new_customer  # noqa: PLC0415

    _start(lambda portfolio, run: new_customer(identifier, language, portfolio, run), folders)


@new.command()
@click.argument("identifier", metavar="ID")
@_folders
def service(identifier: str, **folders: Path) -> None:
    """A service of the catalogue: sources/catalog/ID.yaml."""
    from pipeline.scaffold.entries import new_service  # noqa: PLC0415

    step = f"list {identifier} under services: in sources/catalog.yaml"
    _start(lambda portfolio, run: new_service(identifier, portfolio, run), folders, step)


@new.command()
@click.argument("kind", type=click.Choice(["sla", "ola", "uc"]))
@click.argument("identifier", metavar="ID")
@click.option(
    "--party", required=True, metavar="ID", help="The customer of an SLA, the team or supplier of an OLA or UC."
)
@click.option("--service", "services", multiple=True, required=True, metavar="ID", help="A service; may be repeated.")
@click.option(
    "--level", "levels", multiple=True, required=True, metavar="ID", help="Its level; one for all, or one each."
)
@_folders
def agreement(kind: str, identifier: str, party: str, services: tuple[str, ...], **chosen: Any) -> None:  # noqa: ANN401 - click hands over the options
    """The first version of an agreement: sources/agreements/ID/A-00.yaml."""
    from pipeline.scaffold.agreement import Draft, new_agreement  # noqa: PLC0415

    levels = chosen.pop("levels")
    if len(levels) not in {1, len(services)}:
        msg = (
            f"{count(len(services), 'service')}, {count(len(levels), 'level')}: give one level for all, or one for each"
        )
        raise click.UsageError(msg)
    if len(set(services)) < len(services):
        msg = "the same --service twice"
        raise click.UsageError(msg)
    pairs = tuple(zip(services, levels if len(levels) > 1 else levels * len(services), strict=True))
    draft = Draft(kind, identifier, party, pairs)
    _start(lambda portfolio, run: new_agreement(draft, portfolio, run), chosen)


@new.command()
@click.argument("identifier", metavar="ID")
@click.option("--edition", is_flag=True, help="A new edition (B/00) instead of a modification (A/01).")
@_folders
def version(identifier: str, edition: bool, **folders: Path) -> None:
    """The next version of an agreement: sources/agreements/ID/A-01.yaml."""
    from pipeline.scaffold.version import new_version  # noqa: PLC0415

    _start(lambda portfolio, run: new_version(identifier, portfolio, run, edition=edition), folders, "change the terms")


def _start(make: Callable[[Portfolio, Options], Written], folders: dict[str, Path], step: str = "") -> None:
    """Write a file, or say why not, and tell the next step."""
    from pipeline.load.characters import all_covered  # noqa: PLC0415
    from pipeline.load.sources import load_portfolio  # noqa: PLC0415
    from pipeline.render.templates import TemplateMistake  # noqa: PLC0415
    from pipeline.scaffold.start import CannotStart  # noqa: PLC0415

    run = options(**folders)
    portfolio, problems = load_portfolio(run.sources, all_covered)
    if portfolio is None:
        show(problems, run, as_json=False)
        sys.exit(PROBLEMS)
    try:
        written = make(portfolio, run)
    except CannotStart as reason:
        raise click.UsageError(str(reason)) from None
    except TemplateMistake as mistake:
        show([mistake.problem], run, as_json=False)
        sys.exit(PROBLEMS)
    click.echo(f"{shown_path(written.path)} is written")
    steps = [f"fill in its {count(written.blanks, 'blank')}", *([step] if step else []), "run slm check"]
    click.echo(f"next: {', '.join(steps)}")
    sys.exit(OK)
