"""`slm register`: what was signed."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, options, show
from pipeline.model.agreements import Version


class VersionedType(click.ParamType[tuple[str, Version]]):
    """`sla-harbour-core@A/01`."""

    name = "ID@VERSION"

    def convert(  # noqa: D102 - click's
        self,
        value: Any,  # noqa: ANN401 - click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, Version]:
        if isinstance(value, tuple):
            return value
        identifier, _, version = str(value).partition("@")
        try:
            return identifier, Version.parse(version)
        except ValueError as mistake:
            self.fail(f"{mistake}; name an agreement as sla-harbour-core@A/01", param, ctx)


@click.group()
def register() -> None:
    """The register of what was signed."""


@register.command()
@click.argument("version", type=VersionedType())
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day it was signed.")
@click.option("--by", required=True, metavar="PERSON", help="Who registers it, by their id in organization.yaml.")
@click.option("--scan", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The signed copy.")
@click.option("--fingerprint", default="", metavar="XXXX-…", help="What the signed copy carries in its footer.")
@click.option("--sources", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.sources)
@click.option("--templates", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.templates)
@click.option("--json", "as_json", is_flag=True, help="Problems as JSON lines.")
def sign(
    version: tuple[str, Version],
    day: datetime,
    by: str,
    scan: Path | None,
    fingerprint: str,
    *,
    as_json: bool,
    **chosen: Path,
) -> None:
    """Register that a version was signed: from then on a change to it is an error."""
    from pipeline.register import REGISTER, Signature, register_signature  # noqa: PLC0415

    run = options(**chosen)
    signature = Signature(*version, date(day.year, day.month, day.day), by, scan, fingerprint)
    digest, problems = register_signature(signature, run)
    show(problems, run, as_json=as_json)
    if not digest:
        click.echo("nothing was registered", err=True)
        sys.exit(PROBLEMS)
    shown = "-".join(digest[start : start + 4] for start in range(0, 16, 4))
    click.echo(f"{version[0]}@{version[1]} is registered in {REGISTER}: fingerprint {shown}, digest {digest}")
    sys.exit(OK)
