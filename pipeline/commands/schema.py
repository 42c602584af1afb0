"""`slm schema`: the form of the sources as JSON Schema, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pipeline.commands.shared import count, shown_path
from pipeline.problems import did_you_mean

WHOLE = "sources"
"""The schema of every kind at once; a kind has one of its own name."""


@click.command()
@click.argument("kind", required=False, default=WHOLE)
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write all of them there."
)
def schema(kind: str, output: Path | None) -> None:
    """Print the JSON Schema of a KIND of source (sla, service, calendar …), by default of all at once.

    With it editors complete keys, explain them, and mark mistakes while they are made.
    """
    from pipeline.load.json_schema import schema_of, whole_schema  # noqa: PLC0415
    from pipeline.load.kinds import KINDS  # noqa: PLC0415

    if kind != WHOLE and kind not in KINDS:
        msg = f"unknown kind {kind!r}; {did_you_mean(kind, [*KINDS, WHOLE])}"
        raise click.UsageError(msg)

    def made(name: str) -> str:
        return json.dumps(whole_schema() if name == WHOLE else schema_of(name), ensure_ascii=False, indent=1) + "\n"

    if output is None:
        click.echo(made(kind), nl=False)
        return
    wanted = [WHOLE, *KINDS] if kind == WHOLE else [kind]
    output.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        (output / f"{name}.json").write_text(made(name), encoding="utf-8")
    click.echo(f"{count(len(wanted), 'schema')} written to {shown_path(output)}")
