"""The commands: options -> build -> print problems -> exit code.

Exit codes: 0 done; 1 problems in what the user wrote; 2 wrong usage; 3 the environment, or a bug.
Stages are imported inside the commands, so that a build with nothing to do starts quickly.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Self

import click

from pipeline.model.quantities import Month
from pipeline.options import Options
from pipeline.problems import Problem, has_errors

OK, PROBLEMS, USAGE, ENVIRONMENT = 0, 1, 2, 3
KINDS = ("sla", "reports", "minutes")
_DEFAULTS = Options()


class _MonthType(click.ParamType[Month]):
    name = "YYYY-MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Month:  # noqa: ANN401 - click's signature
        try:
            return value if isinstance(value, Month) else Month.parse(value)
        except ValueError as mistake:
            self.fail(str(mistake), param, ctx)


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    """The options that `build` and `check` have in common."""
    folder = click.Path(file_okay=False, path_type=Path)
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Problems as JSON lines."),
        click.option("--strict", is_flag=True, help="Treat warnings as errors."),
        click.option("--templates", type=folder, default=_DEFAULTS.templates, help="The folder of templates."),
        click.option("--sources", type=folder, default=_DEFAULTS.sources, help="The folder of sources."),
        click.option("--customer", default="", metavar="ID", help="This customer only."),
        click.option("--month", type=_MonthType(), help="The month to report on (default: the newest)."),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="slm-documents")
def slm() -> None:
    """Service level documents as code."""


@slm.command()
@_shared
def check(as_json: bool, sources: Path, **chosen: Any) -> None:  # noqa: ANN401 - click hands over the options
    """Validate and measure everything; write nothing."""
    from pipeline.build import gather  # noqa: PLC0415

    options = _options(sources=sources, **chosen)
    documents, _, problems = gather(options)
    _show(problems, options, as_json=as_json)
    if not _stops(problems, options):
        click.echo(f"{_count(len(documents), 'document')} could be built")
    elif not has_errors(problems):
        click.echo(f"{_count(len(set(problems)), 'warning')}, which --strict counts as errors", err=True)
    sys.exit(PROBLEMS if _stops(problems, options) else OK)


@slm.command()
@click.argument("kinds", nargs=-1, type=click.Choice(KINDS))
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=_DEFAULTS.output)
@click.option("--workers", type=click.IntRange(0, 256), default=0, help="Processes (default: as many as pay).")
@_shared
def build(as_json: bool, sources: Path, **chosen: Any) -> None:  # noqa: ANN401 - click hands over the options
    """Build documents: all, or those of the KINDS named."""
    from pipeline.publish.uptodate import read_inputs, up_to_date  # noqa: PLC0415
    from pipeline.render import fonts  # noqa: PLC0415

    options = _options(sources=sources, **chosen)
    inputs = read_inputs(options, fonts.digest())
    files = up_to_date(options, inputs)
    if files is not None:
        click.echo(f"nothing changed: all {files} files in {_shown_path(options.output)} are up to date")
        return
    from pipeline.build import build as build_documents  # noqa: PLC0415

    with _Bar() as bar:
        outcome = build_documents(options, inputs, bar.start)
    _show(outcome.problems, options, as_json=as_json)
    if _stops(outcome.problems, options):
        click.echo(f"nothing was written: {_count(len(set(outcome.problems)), 'problem')}", err=True)
        sys.exit(PROBLEMS)
    made, current = outcome.rendered, outcome.documents - outcome.rendered
    written = f"{_count(outcome.changed, 'file')} written to {_shown_path(options.output)}"
    click.echo(f"{_count(outcome.documents, 'document')}: {made} made, {current} up to date, {written}")


@slm.command()
def doctor() -> None:
    """Tell what this machine has, and what is missing."""
    from pipeline.doctor import report  # noqa: PLC0415

    checks = report()
    for one in checks:
        click.echo(f"{'ok' if one.ok else 'missing':8}{one.name}: {one.detail}")
        if one.remedy:
            click.echo(f"        {one.remedy}")
    sys.exit(OK if all(one.ok for one in checks) else ENVIRONMENT)


def _options(sources: Path, **chosen: Any) -> Options:  # noqa: ANN401 - click hands over the options
    if not sources.is_dir():
        msg = f"there is no folder {sources}"
        raise click.UsageError(msg)
    chosen["templates"] = chosen["templates"].resolve()
    return replace(_DEFAULTS, sources=sources, **chosen)


def _stops(problems: Sequence[Problem], options: Options) -> bool:
    return has_errors(problems) or (options.strict and bool(problems))


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def _shown_path(path: Path) -> str:
    """A path as short as it can be written from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") and path.is_absolute() else relative


def _show(problems: Sequence[Problem], options: Options, *, as_json: bool) -> None:
    """One line a problem, sorted, with paths that open from where the user stands."""
    folders = {"sources": options.sources, "templates": options.templates}
    lines = []
    for problem in sorted(set(problems)):
        root, _, rest = problem.place.file.partition("/")
        if rest and root in folders:
            file = f"{_shown_path(folders[root])}/{rest}"
            problem = replace(problem, place=replace(problem.place, file=file))  # noqa: PLW2901 - the shown form
        lines.append(json.dumps(_flat(problem), ensure_ascii=False) if as_json else str(problem))
    if lines:
        click.echo("\n".join(lines), err=True)


def _flat(problem: Problem) -> dict[str, Any]:
    value = asdict(problem)
    return {**value.pop("place"), **value}


class _Bar:
    """A progress bar on work over a second, when somebody watches."""

    def __init__(self) -> None:
        self._progress: Any = None
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def start(self, total: int) -> Callable[[], None]:
        """Told the number of documents, gives what to call after each."""
        done = 0

        def advance() -> None:
            nonlocal done
            done += 1
            if self._progress is None and sys.stderr.isatty() and time.monotonic() - self._began > 1:
                from rich.console import Console  # noqa: PLC0415
                from rich.progress import Progress  # noqa: PLC0415

                self._progress = Progress(console=Console(stderr=True), transient=True)
                self._progress.start()
                self._progress.add_task("documents", total=total)
            if self._progress is not None:
                self._progress.update(self._progress.task_ids[0], completed=done)

        return advance

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()


def main() -> None:
    """The one boundary for exceptions: user mistakes never come this far."""
    from pipeline.render.fonts import FontsMissing  # noqa: PLC0415

    try:
        slm(prog_name="slm")
    except FontsMissing as mistake:
        _fail(str(mistake))
    except OSError as mistake:
        _fail(f"the environment: {mistake}")
    except Exception as mistake:
        if os.environ.get("SLM_DEBUG"):
            raise
        _fail(f"a bug in this program: {type(mistake).__name__}: {mistake} (SLM_DEBUG=1 shows where)")


def _fail(message: str) -> None:
    click.echo(f"slm: {message}", err=True)
    sys.exit(ENVIRONMENT)
