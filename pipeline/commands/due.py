"""`slm due`: what has to be done, as a list to work through or as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.shared import DEFAULTS, OK, PROBLEMS, count, epoch, options, show, shown_path
from pipeline.problems import has_errors

if TYPE_CHECKING:
    from pipeline.due import Outlook, Task

NOTICE = 90
"""Days ahead that are looked at."""


@click.command()
@click.option("--changed-since", "since", metavar="REV|DATE", help="A git revision, or a day: its last commit.")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="Default: SOURCE_DATE_EPOCH, else the newest month's end."
)
@click.option("--within", type=click.IntRange(0, 3660), default=NOTICE, show_default=True, help="Days to look ahead.")
@click.option("--sources", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.sources)
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.output)
@click.option("--templates", type=click.Path(file_okay=False, path_type=Path), default=DEFAULTS.templates)
@click.option("--ics", type=click.Path(dir_okay=False, path_type=Path), help="Also write a calendar file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def due(
    since: str | None, today: datetime | None, within: int, ics: Path | None, as_json: bool, **folders: Path
) -> None:
    """List what is due by date, or what changes of the sources ask for."""
    from pipeline.due import due_by_date, due_since  # noqa: PLC0415
    from pipeline.load.history import NoEarlierState  # noqa: PLC0415

    run = options(**folders)
    day = today.date() if today else _epoch()
    try:
        outlook = due_since(run, since, day) if since is not None else due_by_date(run, day, within)
    except NoEarlierState as mistake:
        raise click.UsageError(str(mistake)) from None
    show(outlook.problems, run, as_json=as_json)
    if outlook.portfolio is None:
        sys.exit(PROBLEMS)
    for line in _json_lines(outlook) if as_json else _lines(outlook):
        click.echo(line)
    if ics is not None:
        _write_calendar(ics, outlook)
    sys.exit(PROBLEMS if has_errors(outlook.problems) else OK)


def _write_calendar(file: Path, outlook: Outlook) -> None:
    from pipeline.reminders import calendar_of  # noqa: PLC0415

    content, entries = calendar_of(outlook)
    try:
        file.write_bytes(content)
    except OSError as failure:
        message = f"{shown_path(file)} cannot be written: {failure.strerror}"
        raise click.UsageError(message) from None
    click.echo(f"{shown_path(file)}: {count(entries, 'event')}", err=True)


def _epoch() -> date | None:
    """The day that SOURCE_DATE_EPOCH stands for, where it is set."""
    moment = epoch()
    return None if moment is None else datetime.fromtimestamp(moment, UTC).date()


def _json_lines(outlook: Outlook) -> Iterator[str]:
    from pipeline.compare.duties import name_of  # noqa: PLC0415

    for task in outlook.tasks:
        duty = task.duty
        name, contact, email = name_of(duty.party, outlook.portfolio) if outlook.portfolio else ("", "", "")
        line = {
            "party": duty.party,
            "name": name,
            "contact": contact,
            "email": email,
            "kind": duty.kind,
            "subject": duty.subject,
            "state": duty.state,
            "because": duty.because,
            "action": duty.action,
            "day": duty.day,
            "file": duty.file,
            "documents": task.documents,
        }
        yield json.dumps(line, ensure_ascii=False)


def _lines(outlook: Outlook) -> Iterator[str]:
    """The changes with their numbers, then each party with what concerns it."""
    from pipeline.compare.duties import name_of  # noqa: PLC0415

    numbers = {str(change): number for number, change in enumerate(outlook.changes, 1)}
    if numbers:
        yield f"{count(len(numbers), 'change')}:"
        yield from (f"{number:4d}  {change}" for change, number in numbers.items())
    if not outlook.tasks:
        yield "nothing is due"
    for party, tasks in groupby(outlook.tasks, lambda task: task.duty.party):
        name, contact, email = name_of(party, outlook.portfolio) if outlook.portfolio else ("", "", "")
        yield ""
        yield f"{party}  {name}; contact: {contact} <{email}>" if email else party
        for (subject, state), those in groupby(tasks, lambda task: (task.duty.subject, task.duty.state)):
            yield f"  {subject}" + (f", {state}" if state else "")
            yield from _subject(list(those), numbers)


def _subject(tasks: Sequence[Task], numbers: dict[str, int]) -> Iterator[str]:
    """Each thing to do once, after the numbers of the changes that ask for it, or after the reason."""
    actions: dict[str, list[Task]] = {}
    for task in tasks:
        known = task.duty.because in numbers or not task.duty.because
        actions.setdefault(task.duty.action if known else f"{task.duty.because}; {task.duty.action}", []).append(task)
    for action, those in actions.items():
        causes = sorted({numbers[task.duty.because] for task in those if task.duty.because in numbers})
        yield "    - " + action + (f" [{', '.join(map(str, causes))}]" if causes else "")
        for file in dict.fromkeys(file for task in those for file in task.documents):
            yield f"        {file}"
