"""`slm dispatch`: documents to those who are to get them, as drafts to look at or over a mail server."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.shared import (
    DEFAULTS,
    ENVIRONMENT,
    OK,
    PROBLEMS,
    MonthType,
    count,
    options,
    show,
    shown_path,
)
from pipeline.problems import has_errors

if TYPE_CHECKING:
    from pipeline.dispatch import Mail, Plan, Request
    from pipeline.options import Options
    from pipeline.publish.smtp import Receipt, Server

PURPOSES = ("reports", "agreements", "minutes", "invitations", "surveys")
STARTTLS, IMPLICIT = 587, 465

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("purposes", nargs=-1, type=click.Choice(PURPOSES))
@click.option("--send", "mode", flag_value="send", help="Deliver over the mail server of SLM_SMTP_HOST.")
@click.option("--dry-run", "mode", flag_value="dry", help="Tell who would get what; write nothing.")
@click.option("--by-hand", "mode", flag_value="hand", help="Note as sent what you sent or handed over yourself.")
@click.option("--again", multiple=True, metavar="ID", help="This mail only, although it was, or may have been, sent.")
@click.option("--month", type=MonthType(), help="The month whose reports are sent (default: the newest).")
@click.option("--customer", default="", metavar="ID", help="To this customer only.")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="Date of the mails (default: SOURCE_DATE_EPOCH, or now)."
)
@click.option("--sources", type=_FOLDER, default=DEFAULTS.sources, help="The folder of sources.")
@click.option("--output", type=_FOLDER, default=DEFAULTS.output, help="The folder of documents.")
@click.option("--templates", type=_FOLDER, default=DEFAULTS.templates, help="The folder of templates.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def dispatch(
    purposes: tuple[str, ...],
    mode: str | None,
    again: tuple[str, ...],
    today: datetime | None,
    *,
    as_json: bool,
    **chosen: Path,
) -> None:
    """Send documents to those whom the agreements name: all that is due, or the PURPOSES named.

    Without an option the mails are written to output/dispatch/, to be looked at, or sent by hand.
    """
    from pipeline.dispatch import Request, plan, write  # noqa: PLC0415

    run = options(**chosen)
    request = Request(_now(today), purposes, frozenset(again), by_hand=mode == "hand")
    if mode in {"send", "hand"}:
        sys.exit(_deliver(run, request, server_of(os.environ) if mode == "send" else None, as_json=as_json))
    made = plan(run, request)
    show(made.problems, run, as_json=as_json)
    _tell(made, as_json=as_json)
    if has_errors(made.problems):
        click.echo("nothing was sent or written", err=True)
        sys.exit(PROBLEMS)
    if mode != "dry":
        paths = write(made, run, request)
        if not as_json:
            click.echo(f"{count(len(paths), 'draft')} written to {shown_path(run.output)}/dispatch")
    sys.exit(OK)


def server_of(environment: Mapping[str, str]) -> Server:
    """The mail server that the environment names; UsageError where it does not, or wrongly."""
    from pipeline.publish.smtp import Server  # noqa: PLC0415

    host, port = environment.get("SLM_SMTP_HOST", ""), environment.get("SLM_SMTP_PORT", "")
    user, password = environment.get("SLM_SMTP_USER", ""), environment.get("SLM_SMTP_PASSWORD", "")
    tls = environment.get("SLM_SMTP_TLS", "") or ("implicit" if port == str(IMPLICIT) else "starttls")
    if not host:
        msg = "SLM_SMTP_HOST is not set: --send needs the name of a mail server there"
    elif tls not in {"starttls", "implicit"}:
        msg = f"SLM_SMTP_TLS is {tls!r}; it may be starttls or implicit"
    elif port and not (port.isdecimal() and 0 < int(port) < 2**16):
        msg = f"SLM_SMTP_PORT is {port!r}; write a number such as {STARTTLS}"
    elif bool(user) != bool(password):
        msg = "set both SLM_SMTP_USER and SLM_SMTP_PASSWORD, or neither"
    else:
        implicit = tls == "implicit"
        return Server(host, int(port or (IMPLICIT if implicit else STARTTLS)), implicit, user, password)
    raise click.UsageError(msg)


def _now(today: datetime | None) -> datetime:
    """The time that the mails carry: the one stated, else that of the clock, since a mail is dated when it is sent."""
    if today is not None:
        return today.replace(tzinfo=UTC)
    written = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(written), UTC) if written.isdigit() else datetime.now(UTC).replace(microsecond=0)


def _deliver(run: Options, request: Request, server: Server | None, *, as_json: bool) -> int:
    """Send, and say of each mail what became of it; the exit code."""
    from pipeline.dispatch import send  # noqa: PLC0415
    from pipeline.publish.smtp import NoServerError  # noqa: PLC0415

    worst = OK
    try:
        for made, one, receipt in send(run, request, server):
            if one is None or receipt is None:
                show(made.problems, run, as_json=as_json)
                _tell(made, as_json=as_json)
                worst = PROBLEMS if has_errors(made.problems) else OK
                continue
            _told(one, receipt, as_json=as_json)
            worst = worst if receipt.state == "sent" else PROBLEMS
    except NoServerError as mistake:
        click.echo(f"slm: {mistake}; what was not sent is still to send", err=True)
        return ENVIRONMENT
    return worst


def _tell(made: Plan, *, as_json: bool) -> None:
    if as_json:
        for one in made.mails:
            click.echo(json.dumps(_flat(one), ensure_ascii=False))
        return
    for line in _lines(made):
        click.echo(line)


def _lines(made: Plan) -> Iterator[str]:
    """Each party with its mails: whether it is their turn, to whom, about what, and the files."""
    if not made.mails and not has_errors(made.problems):
        yield "nothing is to be sent"
    party = ""
    for one in sorted(made.mails, key=lambda mail: mail.letter.party):
        letter = one.letter
        if letter.party != party:
            party = letter.party
            yield party
        yield f"  {letter.id}  {_state(one)}"
        yield f"    to {letter.name} <{letter.to}>, {one.context.language}: {one.context.subject}"
        yield from (f"    - {row.path} as {row.name} ({row.size})" for row in one.context.files)


def _state(one: Mail) -> str:
    before, letter = one.before, one.letter.id
    if before is None:
        return "to send, corrected version" if one.corrects else "to send"
    reason = f": {before.reason}" if before.reason else ""
    if one.sends:
        return f"to send again; {before.state} on {before.day}{reason}"
    if before.state == "uncertain":
        settled = f"--send --again {letter} if it did not, --by-hand --again {letter} if it did"
        return f"may have arrived on {before.day}: ask; {settled}"
    return f"{before.state} on {before.day}"


def _told(one: Mail, receipt: Receipt, *, as_json: bool) -> None:
    said = {"id": one.letter.id, "state": str(receipt.state), "reason": receipt.reason}
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        click.echo(
            f"{one.letter.id} <{one.letter.to}>: {receipt.state}" + (f" ({receipt.reason})" if receipt.reason else "")
        )


def _flat(one: Mail) -> dict[str, object]:
    letter = one.letter
    return {
        "id": letter.id,
        "state": str(one.before.state) if one.before else "new",
        "sends": one.sends,
        "party": letter.party,
        "kind": letter.kind,
        "agreement": letter.agreement,
        "version": letter.version,
        "to": letter.to,
        "name": letter.name,
        "language": one.context.language,
        "subject": one.context.subject,
        "corrects": letter.corrects,
        "files": [{"path": row.path, "name": row.name, "sha256": row.sha256} for row in one.context.files],
    }
