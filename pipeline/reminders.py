"""`slm due --ics`: what is due, as entries of a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from pipeline.compare.duties import name_of
from pipeline.due import Outlook, Task
from pipeline.model.portfolio import Portfolio
from pipeline.render.ics import Event, render_ics

NOTICE = {"ending": 30, "review": 14, "meeting": 7, "report": 1, "action": 3, "improvement": 7, "survey": 7}
"""Days ahead that a calendar reminds of a kind of duty."""


def calendar_of(outlook: Outlook) -> tuple[bytes, int]:
    """A calendar file with an entry for everything that has a day, and how many there are."""
    if outlook.portfolio is None:
        return b"", 0
    portfolio, today = outlook.portfolio, outlook.today
    events = tuple(_event(task, portfolio, today) for task in outlook.tasks if task.duty.day)
    name = f"{portfolio.organization.short_name.in_language('en')}: service level deadlines"
    return render_ics(events, name, datetime(today.year, today.month, today.day, tzinfo=UTC)), len(events)


def _event(task: Task, portfolio: Portfolio, today: date) -> Event:
    duty = task.duty
    day = date.fromisoformat(duty.day)
    notice = NOTICE.get(duty.kind)
    return Event(
        key="/".join((duty.party, duty.agreement or duty.subject, duty.kind or duty.because, duty.key or duty.subject)),
        summary=f"{duty.subject}: {duty.because}",
        description="\n".join(_details(task, portfolio)),
        day=day,
        category=duty.kind.upper(),
        notice=notice if day > today else None,
    )


def _details(task: Task, portfolio: Portfolio) -> Iterator[str]:
    duty = task.duty
    yield duty.action
    name, contact, email = name_of(duty.party, portfolio)
    yield f"{duty.party}  {name}" + (f"; contact: {contact} <{email}>" if email else "")
    if duty.state:
        yield duty.state
    if duty.file:
        yield duty.file
    yield from task.documents
