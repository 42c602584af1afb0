"""`slm import`: an export tried out before it counts, and one fetched from a database."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, MonthType, count, options, show, shown_path
from pipeline.problems import did_you_mean, has_errors

if TYPE_CHECKING:
    from pipeline.imports.trial import Trial
    from pipeline.model.portfolio import Portfolio
    from pipeline.model.quantities import Month
    from pipeline.model.records import ImportProfile, SetAside
    from pipeline.options import Options

SHOWN = 20
"""Values and rows set aside that are listed."""

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(name="import")
def imports() -> None:
    """Exports of other tools: try one out, or fetch one from a database."""


@imports.command(name="try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--profile", default="", metavar="ID", help="The import profile (default: the one that claims the file).")
@click.option(
    "--month", type=MonthType(), help="The month that it is the export of (default: its folder, or the newest)."
)
@click.option("--sources", type=_FOLDER, default=DEFAULTS.sources, help="The folder of sources.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def try_(file: Path, profile: str, month: Month | None, sources: Path, as_json: bool) -> None:
    """Show how FILE would be read; where no profile fits, print one to start from."""
    from pipeline.imports.trial import fitting, try_export  # noqa: PLC0415

    run = options(sources, templates=DEFAULTS.templates)
    portfolio = _portfolio(run)
    claiming = [_profile(profile, portfolio)] if profile else fitting(file, portfolio)
    if len(claiming) > 1:
        names = " and ".join(sorted(one.id for one in claiming))
        msg = f"the profiles {names} both claim this file; say --profile"
        raise click.UsageError(msg)
    if not claiming:
        sys.exit(_start(file, portfolio, as_json=as_json))
    trial = try_export(file, claiming[0], month or _month(file, sources), portfolio)
    if as_json:
        click.echo(json.dumps(_flat(trial), ensure_ascii=False))
    else:
        click.echo("\n".join(_told(trial)))
    show(trial.problems, run, as_json=as_json)
    sys.exit(PROBLEMS if has_errors(trial.problems) else OK)


@imports.command()
@click.argument("profile", metavar="PROFILE")
@click.option("--month", type=MonthType(), required=True, help="The month to fetch.")
@click.option("--sources", type=_FOLDER, default=DEFAULTS.sources, help="The folder of sources.")
@click.option("--json", "as_json", is_flag=True, help="Problems as JSON lines.")
def fetch(profile: str, month: Month, sources: Path, as_json: bool) -> None:
    """Run the query of PROFILE for a month and keep its rows as sources/metrics/MONTH/PROFILE.csv."""
    from pipeline.check.profiles import check_profiles  # noqa: PLC0415
    from pipeline.imports.fetch import fetch as fetch_rows  # noqa: PLC0415

    run = options(sources, templates=DEFAULTS.templates)
    portfolio = _portfolio(run)
    found = _profile(profile, portfolio)
    if not found.query:
        msg = f"the profile {profile} has no query:"
        raise click.UsageError(msg)
    problems = tuple(one for one in check_profiles(portfolio) if one.place.file == found.source.file)
    fetched = None
    if not problems:
        fetched, problems = fetch_rows(found, month, sources, os.environ)
    show(problems, run, as_json=as_json)
    if fetched is None:
        sys.exit(PROBLEMS)
    click.echo(f"{shown_path(fetched.path)}: {count(fetched.rows, 'row')}")
    sys.exit(OK)


def _portfolio(run: Options) -> Portfolio:
    """The sources as far as they are right; without provider or policy nothing can be mapped."""
    from pipeline.load.characters import all_covered  # noqa: PLC0415
    from pipeline.load.sources import load_portfolio  # noqa: PLC0415

    portfolio, problems = load_portfolio(run.sources, all_covered)
    if portfolio is None:
        show(problems, run, as_json=False)
        sys.exit(PROBLEMS)
    show([one for one in problems if one.place.file.startswith("sources/imports/")], run, as_json=False)
    return portfolio


def _profile(identifier: str, portfolio: Portfolio) -> ImportProfile:
    if identifier not in portfolio.profiles:
        msg = f"there is no import profile {identifier!r}; {did_you_mean(identifier, portfolio.profiles)}"
        raise click.UsageError(msg)
    return portfolio.profiles[identifier]


def _month(file: Path, sources: Path) -> Month:
    from pipeline.load.exports import month_folders  # noqa: PLC0415
    from pipeline.model.quantities import Month as ReadMonth  # noqa: PLC0415

    try:
        return ReadMonth.parse(file.resolve().parent.name)
    except ValueError:
        months = month_folders(sources)
    if not months:
        msg = "say which month it is the export of: --month 2026-10"
        raise click.UsageError(msg)
    return months[-1]


def _start(file: Path, portfolio: Portfolio, *, as_json: bool) -> int:
    """A profile to start from."""
    from pipeline.imports.guess import guess  # noqa: PLC0415
    from pipeline.imports.starter import starter  # noqa: PLC0415
    from pipeline.load.formats.table import Unreadable  # noqa: PLC0415

    try:
        found = guess(file)
    except Unreadable as mistake:
        click.echo(f"{shown_path(file)}:{mistake.line}:{mistake.column}: error: {mistake.message}", err=True)
        return PROBLEMS
    written = starter(file, found, portfolio)
    if as_json:
        facts = {"file": str(file), "format": found.format, "encoding": found.layout.encoding, "columns": found.columns}
        facts |= {"names": found.names, "date_formats": found.date_formats, "doubts": found.doubts, "profile": written}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        click.echo("no import profile claims this file; a profile to start from:", err=True)
        click.echo(written, nl=False)
    return OK


def _flat(trial: Trial) -> dict[str, Any]:
    value = asdict(trial)
    value["month"] = str(trial.month)
    value["set_aside"] = [{**asdict(one.place), "record": one.record, "reason": one.reason} for one in trial.set_aside]
    value["problems"] = [str(problem) for problem in trial.problems]
    return value


def _told(trial: Trial) -> Iterator[str]:
    yield f"profile {trial.profile}, format {trial.format}, as the export of {trial.month}"
    if trial.first:
        yield ""
        yield "the first rows as understood:"
        yield from _table(trial.first)
    if trial.unmapped:
        yield ""
        yield "values that are not mapped:"
        yield from (f"  {one.field}: {one.value!r} in {count(one.rows, 'row')}" for one in trial.unmapped[:SHOWN])
        yield from _rest(len(trial.unmapped))
    if trial.set_aside:
        yield ""
        yield "rows set aside:"
        yield from (
            f"  {one.place.line}:{one.place.column}  {one.record}  {one.reason}" for one in trial.set_aside[:SHOWN]
        )
        yield from _rest(len(trial.set_aside))
        yield from _reasons(trial.set_aside)
    yield ""
    yield f"{trial.rows} rows in = {trial.used} used + {len(trial.set_aside)} set aside"


def _rest(number: int) -> Iterator[str]:
    if number > SHOWN:
        yield f"  … and {number - SHOWN} more"


def _reasons(set_aside: Sequence[SetAside]) -> Iterator[str]:
    counted = Counter((one.code, one.values[0] if one.values else "") for one in set_aside)
    if len(set_aside) > SHOWN:
        yield from (f"  {rows} x {code} {column}" for (code, column), rows in counted.most_common())


def _table(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The rows as columns of equal width; a Chinese character takes two places."""
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    for cells in table:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
        yield "  " + "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
