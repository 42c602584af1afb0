"""`slm`: the commands, and the one boundary for exceptions.

Exit codes: 0 done; 1 problems in what the user wrote; 2 wrong usage; 3 the environment, or a bug; 4 there are new
alerts (`slm alert` only); 130 and 143 stopped by Ctrl-C or by SIGTERM.
Stages are imported inside the commands, so that a build with nothing to do starts quickly.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from types import FrameType
from typing import NoReturn

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
from pipeline.commands.shared import ENVIRONMENT, PROBLEMS
from pipeline.commands.verify import verify
from pipeline.commands.version import show_line, version
from pipeline.commands.whatif import whatif


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_line,
    help="Product, Python and platform in a line; slm version tells more.",
)
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
    version,
):
    slm.add_command(command)


class Stopped(BaseException):
    """The user, or the system, asked this program to end; its argument is the signal."""


def main() -> None:
    """The one boundary for exceptions: user mistakes never come this far."""
    from pipeline.publish.alone import Busy  # noqa: PLC0415
    from pipeline.render.fonts import FontsMissing  # noqa: PLC0415

    for asked in _ASKED:
        if signal.getsignal(asked) is not signal.SIG_IGN:  # as nohup and some shells have it
            signal.signal(asked, _stop)
    try:
        slm(prog_name="slm")
    except Stopped as stopped:
        signal.setitimer(signal.ITIMER_REAL, 0)
        click.echo("slm: stopped; no file was left half written", err=True)
        sys.exit(128 + stopped.args[0])
    except Busy as writing:
        _fail(str(writing), PROBLEMS)
    except FontsMissing as mistake:
        _fail(str(mistake))
    except OSError as mistake:
        _fail(f"the environment: {mistake}")
    except Exception as mistake:
        if os.environ.get("SLM_DEBUG"):
            raise
        _fail(f"a bug in this program: {type(mistake).__name__}: {mistake} (SLM_DEBUG=1 shows where)")


_ASKED = (signal.SIGINT, signal.SIGTERM)
_AGAIN = 0.2  # seconds


def _stop(asked: int, _frame: FrameType | None) -> NoReturn:
    for each in _ASKED:  # what ends now is soon done: asking again must not break it off
        signal.signal(each, signal.SIG_IGN)
    # a library, in the middle of its import above all, may swallow what is raised here: it is raised until it arrives
    signal.signal(signal.SIGALRM, partial(_insist, asked))
    signal.setitimer(signal.ITIMER_REAL, _AGAIN, _AGAIN)
    raise Stopped(asked)


def _insist(asked: int, _alarm: int, _frame: FrameType | None) -> None:
    handled = sys.exc_info()[1]
    while handled is not None and not isinstance(handled, Stopped):
        handled = handled.__context__
    if handled is None:
        raise Stopped(asked)


def _fail(message: str, code: int = ENVIRONMENT) -> None:
    click.echo(f"slm: {message}", err=True)
    sys.exit(code)
