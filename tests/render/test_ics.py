"""Calendar files: what RFC 5545 asks for, held against a reader that others made."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from pipeline.render.ics import Event, Guest, render_ics

STAMP = datetime(2026, 10, 31, tzinfo=UTC)
CHAIR = Guest('Su "Wanqing", manager', "su@example.com")


def whole_day(summary: str = "Review", description: str = "", key: str = "review") -> Event:
    return Event(key, summary, description, day=date(2026, 12, 10), notice=7)


def meeting() -> Event:
    start = int(datetime(2026, 12, 10, 7, tzinfo=UTC).timestamp())
    return Event(
        "m", "Meeting", "", start=start, stop=start + 7200, organizer=CHAIR, guests=(CHAIR,), location="Room 3"
    )


def read(content: bytes) -> Any:
    return Calendar.from_ical(content)


def test_a_deadline_is_an_event_of_a_whole_day_with_a_reminder() -> None:
    calendar = read(render_ics([whole_day("Bericht; fällig, ja", "Zeile 1\nZeile 2 \\ Ende")], "Deadlines", STAMP))
    assert (calendar["METHOD"], calendar["VERSION"], calendar["X-WR-CALNAME"]) == ("PUBLISH", "2.0", "Deadlines")
    [event] = calendar.events
    assert event["SUMMARY"] == "Bericht; fällig, ja"
    assert event["DESCRIPTION"] == "Zeile 1\nZeile 2 \\ Ende"
    assert event["DTSTART"].dt == date(2026, 12, 10)
    assert event["DTEND"].dt == date(2026, 12, 11)  # the end is not included
    assert event["DTSTAMP"].dt == STAMP
    [alarm] = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(days=-7)


def test_a_meeting_asks_those_named_to_take_part() -> None:
    calendar = read(render_ics([meeting()], "Review", STAMP))
    assert calendar["METHOD"] == "REQUEST"
    [event] = calendar.events
    assert event["DTSTART"].dt == datetime(2026, 12, 10, 7, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 12, 10, 9, tzinfo=UTC)
    assert event["ORGANIZER"] == "mailto:su@example.com"
    assert event["ORGANIZER"].params["CN"] == "Su 'Wanqing', manager"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert event["LOCATION"] == "Room 3"


def test_lines_are_at_most_75_octets_long_and_end_with_cr_and_lf() -> None:
    content = render_ics([whole_day("东澜港口核心系统运维服务级别协议的服务回顾会议" * 5)], "服务级别期限", STAMP)
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert lines[-1] == b""
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in lines:
        line.decode()  # no character is torn
    assert read(content).events[0]["SUMMARY"] == "东澜港口核心系统运维服务级别协议的服务回顾会议" * 5


def test_an_identifier_depends_on_the_key_alone() -> None:
    one, same, other = (
        read(render_ics([event], "x", STAMP)).events[0]["UID"]
        for event in (whole_day(), whole_day("moved"), whole_day(key="another"))
    )
    assert one == same
    assert one != other


@pytest.mark.parametrize(
    "evil", ["a\r\nATTENDEE:mailto:x@example.com", "a\nBEGIN:VEVENT", "a\u2028END:VCALENDAR", "\x00"]
)
def test_no_text_can_add_a_line_of_its_own(evil: str) -> None:
    calendar = read(render_ics([whole_day(evil, evil)], evil, STAMP))
    [event] = calendar.events
    assert "ATTENDEE" not in event
    assert [line for line in calendar.to_ical().split(b"\r\n") if line == b"BEGIN:VEVENT"] == [b"BEGIN:VEVENT"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), max_size=200))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    [event] = read(render_ics([whole_day("x", "!" + text)], "x", STAMP)).events
    assert event["DESCRIPTION"] == "!" + text
