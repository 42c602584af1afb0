"""`slm portal` and `slm serve`: the pages to look around in."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from pipeline.commands.shared import DEFAULTS, PROBLEMS, count, epoch, options, shared, show, shown_path
from pipeline.options import Options

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


@click.command()
@shared
@_OUTPUT
@_DAY
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any that is free.")
def serve(port: int, sources: Path, today: datetime | None, output: Path, as_json: bool, **chosen: Any) -> None:  # noqa: ANN401 - click hands over the options
    """Show the portal on this machine, and build again whenever sources or templates are saved.

    Pages in the browser load themselves again. Ctrl-C stops it.
    """
    from pipeline.portal.flow import site_of  # noqa: PLC0415
    from pipeline.portal.serving import Server  # noqa: PLC0415
    from pipeline.portal.watching import Built, Watcher  # noqa: PLC0415

    del as_json  # what builds say is shown to people
    run = options(sources=sources, output=output, **chosen)
    script = (run.templates / "portal/reload.js").read_bytes()
    try:
        server = Server(port, run.output, f"{site_of(run.customer)}/index.html", script)
    except OSError as reason:
        msg = f"port {port} cannot be had ({reason.strerror}); choose another with --port"
        raise click.UsageError(msg) from None

    def told(built: Built) -> None:
        click.echo(built.said, nl=False)
        server.news.tell(built)

    arguments = _arguments(run)
    days = ["--today", f"{today:%Y-%m-%d}"] if today else []
    commands = [["build", *arguments], ["portal", *arguments, *days]]
    watcher = Watcher((run.sources, run.templates), commands, told)
    for asked in (signal.SIGINT, signal.SIGTERM):  # a shell may have the first one ignored
        signal.signal(asked, signal.default_int_handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    click.echo(f"{server.url}  (Ctrl-C stops)")
    try:
        watcher.run()
    except KeyboardInterrupt:
        click.echo("stopped")
    finally:
        watcher.stop()
        server.server_close()


def _arguments(run: Options) -> list[str]:
    """The options of a run as another process takes them."""
    chosen = ["--sources", str(run.sources), "--output", str(run.output), "--templates", str(run.templates)]
    chosen += ["--month", str(run.month)] if run.month else []
    chosen += ["--customer", run.customer] if run.customer else []
    return [*chosen, *(["--strict"] if run.strict else [])]
