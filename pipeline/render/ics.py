"""Events as a calendar file (RFC 5545) that calendar programs take in; the same events give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

_OCTETS = 75
"""Length of a content line (3.1)."""
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
PRODUCT = "-//slm-documents//service level management//EN"


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone who calls, or is invited to, a meeting."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a whole `day`, or (`start` and `stop`, UTC seconds) a meeting.

    `key` makes the identifier: events of the same key replace each other in a calendar. `notice` is how many days ahead
    the calendar shall remind of it, None for never.
    """

    key: str
    summary: str
    description: str
    day: date | None = None
    start: int = 0
    stop: int = 0
    location: str = ""
    category: str = ""
    organizer: Guest | None = None
    guests: tuple[Guest, ...] = ()
    notice: int | None = None


def render_ics(events: Sequence[Event], name: str, stamp: datetime) -> bytes:
    """A calendar called `name`; a meeting with an organizer is a request to take part, all else is for information."""
    invitation = any(event.organizer for event in events)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:REQUEST"] if invitation else ["METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}"]
    for event in events:
        lines += _event(event, stamp)
    return "".join(f"{_folded(line)}\r\n" for line in (*lines, "END:VCALENDAR")).encode()


def _event(event: Event, stamp: datetime) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{uuid5(NAMESPACE_URL, f'slm-documents:{event.key}')}", f"DTSTAMP:{_utc(stamp)}")
    if event.day is not None:
        yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
    else:
        yield from (f"{edge}:{_utc(datetime.fromtimestamp(at, UTC))}" for edge, at in _edges(event))
        yield "STATUS:CONFIRMED"
    yield f"SUMMARY:{_text(event.summary)}"
    optional = {"DESCRIPTION": event.description, "LOCATION": event.location, "CATEGORIES": event.category}
    yield from (f"{key}:{_text(value)}" for key, value in optional.items() if value)
    if event.organizer is not None:
        yield "SEQUENCE:0"
        yield f"ORGANIZER;CN={_quoted(event.organizer.name)}:mailto:{event.organizer.email}"
    for guest in event.guests:
        status = "ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
        yield f"ATTENDEE;{status};CN={_quoted(guest.name)}:mailto:{guest.email}"
    if event.notice is not None:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(event.summary)}")
        yield from (f"TRIGGER:-P{event.notice}D", "END:VALARM")
    yield "END:VEVENT"


def _edges(event: Event) -> tuple[tuple[str, int], ...]:
    return ("DTSTART", event.start), ("DTEND", event.stop)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A value of type TEXT (3.3.11); a line break of any kind is one."""
    lines = _CONTROLS.sub("", re.sub(r"\r\n?|[\u0085\u2028\u2029]", "\n", value))
    return "".join(_ESCAPES.get(sign, sign) for sign in lines)


def _quoted(value: str) -> str:
    """The value of a parameter (3.2), which cannot hold quotation marks."""
    return '"' + _CONTROLS.sub("", value).replace('"', "'").replace("\n", " ") + '"'


def _folded(line: str) -> str:
    """No line longer than 75 octets, and no character torn (3.1)."""
    parts, room = [""], _OCTETS
    for sign in line:
        size = len(sign.encode())
        if size > room:
            parts.append("")
            room = _OCTETS - 1
        parts[-1] += sign
        room -= size
    return "\r\n ".join(parts)
