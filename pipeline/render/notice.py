"""A notice as a mail (RFC 5322, plain text and HTML) and as Markdown: the same notice gives the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.merge.explanation import Section
from pipeline.merge.notice import Correspondent, Notice
from pipeline.render.renderers import variables
from pipeline.render.templates import environment, render_file

_MARKS = re.compile(r"([\\`*_\[\]{}<>|#~])")
_ENTRIES = re.compile(r"^(\s*)([-+>]|\d+[.)])(?=\s)")


def mail(notice: Notice, templates: Path) -> bytes:
    """The mail; TemplateMistake where its HTML template is wrong.

    Its Message-ID comes from what it tells and when, so that a notice sent twice is recognized as one.
    """
    html = render_file(environment(templates), "mail/notice.html", variables(notice))
    message = EmailMessage(SMTP)
    message["From"], message["To"] = _address(notice.sender), _address(notice.recipient)
    message["Subject"] = _line(notice.subject)
    message["Date"] = format_datetime(datetime.fromtimestamp(notice.at, ZoneInfo(notice.timezone)))
    message["Message-ID"] = f"<slm-{digest(notice)}@{notice.sender.email.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = notice.language
    message.set_content("\n".join(_plain(notice)) + "\n", cte="base64")
    message.add_alternative(html, subtype="html", cte="base64")
    message.set_boundary(f"=_slm-{digest(notice)}")
    return message.as_bytes()


def markdown(notice: Notice) -> bytes:
    """The notice for a chat, a ticket or a wiki."""
    return ("\n".join(_markdown(notice)) + "\n").encode()


def digest(notice: Notice) -> str:
    """32 hexadecimal digits of what the notice tells, to whom and when."""
    told = repr((notice.at, notice.recipient.email, notice.alerts))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _address(who: Correspondent) -> Address:
    return Address(_line(who.name), addr_spec=who.email)


def _line(text: str) -> str:
    """A text on one line: a line break in a header would begin another."""
    return " ".join(text.split())


def _plain(notice: Notice) -> Iterator[str]:
    yield from (notice.greeting, "", *notice.intro)
    for letter in notice.letters:
        yield from ("", "", letter.title, "=" * 40, letter.headline)
        for section in letter.sections:
            yield from ("", section.title, "-" * 40)
            for row in section.rows:
                first, *others = zip(section.columns, row.cells, strict=True)
                yield f"* {first[0].heading}: {_line(first[1])}"
                yield from (f"    {column.heading}: {_line(cell)}" for column, cell in others)
    yield from ("", "", notice.rules.title, "-" * 40, *notice.rules.notes)
    yield from ("", "-- ", *notice.remarks)


def _markdown(notice: Notice) -> Iterator[str]:
    yield from (f"# {_escaped(notice.subject)}", "", _escaped(notice.greeting))
    for paragraph in notice.intro:
        yield from ("", _escaped(paragraph))
    for letter in notice.letters:
        yield from ("", f"## {_escaped(letter.title)}", "", _escaped(letter.headline))
        for section in letter.sections:
            yield from ("", f"### {_escaped(section.title)}", "", *_table(section))
    yield from ("", f"## {_escaped(notice.rules.title)}", "")
    yield from (f"- {_escaped(note)}" for note in notice.rules.notes)
    yield from ("", "---", "")
    yield from (f"- {_escaped(remark)}" for remark in notice.remarks)


def _table(section: Section) -> Iterator[str]:
    if not section.rows:
        return
    yield _cells(column.heading for column in section.columns)
    yield "|" + "|".join(" ---: " if column.right else " --- " for column in section.columns) + "|"
    yield from (_cells(iter(row.cells)) for row in section.rows)


def _cells(cells: Iterator[str]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(text: str) -> str:
    """A text as Markdown shows it, whatever a ticket's summary holds."""
    return _ENTRIES.sub(r"\1\\\2", _MARKS.sub(r"\\\1", _line(text)))
