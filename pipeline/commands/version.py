"""`slm version`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click


@click.command()
@click.option("--json", "form", flag_value="json", help="The same as one JSON object.")
@click.option("--sbom", "form", flag_value="sbom", help="What this release is pinned to, as CycloneDX (JSON).")
def version(form: str | None) -> None:
    """Tell what this is and what it is made of: packages with their licences, libraries, fonts, programs."""
    from pipeline.inventory import bill_of_materials, on_this_machine  # noqa: PLC0415

    if form == "sbom":
        click.echo(json.dumps(bill_of_materials(), indent=2, ensure_ascii=False))
        return
    parts = on_this_machine()
    if form == "json":
        kinds: dict[str, list[dict[str, Any]]] = {}
        for one in parts:
            kept = {key: value for key, value in asdict(one).items() if value and key != "kind"}
            kinds.setdefault(one.kind, []).append(kept)
        click.echo(json.dumps(kinds, indent=2, ensure_ascii=False))
        return
    width = max(len(one.name) for one in parts)
    for one in parts:
        click.echo(f"{one.kind:9}{one.name:{width}}  {one.version:24}  {one.licence}".rstrip())


def show_line(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    """`slm --version`: the first thing that a report of a mistake needs."""
    if asked and not context.resilient_parsing:
        from pipeline.inventory import in_a_line  # noqa: PLC0415

        click.echo(in_a_line())
        context.exit()
