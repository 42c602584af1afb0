"""What commands have in common: exit codes, options, and how problems are shown."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from pipeline.model.quantities import Month
from pipeline.options import Options
from pipeline.problems import Problem, has_errors

OK, PROBLEMS, USAGE, ENVIRONMENT, NEWS = 0, 1, 2, 3, 4
DEFAULTS = Options()


class MonthType(click.ParamType[Month]):
    """A month as an option."""

    name = "YYYY-MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Month:  # noqa: ANN401 - click's signature
        """The month, or a usage error."""
        try:
            return value if isinstance(value, Month) else Month.parse(value)
        except ValueError as mistake:
            self.fail(str(mistake), param, ctx)


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """The options that `build` and `check` have in common."""
    folder = click.Path(file_okay=False, path_type=Path)
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Problems as JSON lines."),
        click.option("--strict", is_flag=True, help="Treat warnings as errors."),
        click.option("--templates", type=folder, default=DEFAULTS.templates, help="The folder of templates."),
        click.option("--sources", type=folder, default=DEFAULTS.sources, help="The folder of sources."),
        click.option("--customer", default="", metavar="ID", help="This customer only."),
        click.option("--month", type=MonthType(), help="The month to report on (default: the newest)."),
    ):
        command = option(command)
    return command


def options(sources: Path, **chosen: Any) -> Options:  # noqa: ANN401 - click hands over the options
    """The options of a run; UsageError where there are no sources."""
    if not sources.is_dir():
        msg = f"there is no folder {sources}"
        raise click.UsageError(msg)
    chosen["templates"] = chosen["templates"].resolve()
    return replace(DEFAULTS, sources=sources, **chosen)


def epoch() -> int | None:
    """The moment that SOURCE_DATE_EPOCH stands for, where it is set."""
    written = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(written) if written.isdigit() else None


def stops(problems: Sequence[Problem], options: Options) -> bool:
    """Whether the problems forbid publishing."""
    return has_errors(problems) or (options.strict and bool(problems))


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def shown_path(path: Path) -> str:
    """A path as short as it can be written from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") and path.is_absolute() else relative


def show(problems: Sequence[Problem], options: Options, *, as_json: bool) -> None:
    """One line a problem, sorted, with paths that open from where the user stands."""
    folders = {"sources": options.sources, "templates": options.templates}
    lines = []
    for problem in sorted(set(problems)):
        root, _, rest = problem.place.file.partition("/")
        if rest and root in folders:
            file = f"{shown_path(folders[root])}/{rest}"
            problem = replace(problem, place=replace(problem.place, file=file))  # noqa: PLW2901 - the shown form
        lines.append(json.dumps(_flat(problem), ensure_ascii=False) if as_json else str(problem))
    if lines:
        click.echo("\n".join(lines), err=True)


def _flat(problem: Problem) -> dict[str, Any]:
    value = asdict(problem)
    return {**value.pop("place"), **value}
