"""`slm`: the commands, and the one boundary for exceptions.

Exit codes: 0 done; 1 problems in what the user wrote; 2 wrong usage; 3 the environment, or a bug; 4 there are new
alerts (`slm alert` only).
Stages are imported inside the commands, so that a build with nothing to do starts quickly.
"""

from __future__ import annotations

import os
import sys

import click

from pipeline.commands.build import build, check, doctor
from pipeline.commands.compare import compare
from pipeline.commands.dispatch import dispatch
from pipeline.commands.dispose import dispose
from pipeline.commands.due import due
from pipeline.commands.explain import explain
from pipeline.commands.forecast import alert, forecast
from pipeline.commands.imports import imports
from pipeline.commands.new import new
from pipeline.commands.portal import portal, serve
from pipeline.commands.redline import redline
from pipeline.commands.register import register
from pipeline.commands.schema import schema
from pipeline.commands.shared import ENVIRONMENT
from pipeline.commands.verify import verify
from pipeline.commands.whatif import whatif


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="slm-documents")
def slm() -> None:
    """Service level documents as code."""


for command in (
    check,
    build,
    imports,
    new,
    register,
    verify,
    redline,
    dispatch,
    dispose,
    due,
    compare,
    forecast,
    alert,
    explain,
    whatif,
    schema,
    portal,
    serve,
    doctor,
):
    slm.add_command(command)


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
