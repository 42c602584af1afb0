"""What a mail says: a few lines in the recipient's language, and the documents under names that people understand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipeline.merge.parcels import Parcel
from pipeline.merge.words import Words
from pipeline.model.addressees import Addressee, called
from pipeline.model.ledger import Copy
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


@dataclass(frozen=True, slots=True)
class FileRow:
    """An attachment: its path in `output/`, its name in the mail, its size in words, and its digest."""

    path: str
    name: str
    size: str
    sha256: str


@dataclass(frozen=True, slots=True)
class MailContext:
    """A mail in words; every line is one paragraph. `answers` is who reads the answers."""

    language: str
    sender_name: str
    sender: str
    answers_name: str
    answers: str
    to_name: str
    to: str
    timezone: str
    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    files_title: str
    files: tuple[FileRow, ...]
    closing: tuple[str, ...]


def mail_context(
    portfolio: Portfolio,
    parcel: Parcel,
    addressee: Addressee,
    copies: tuple[tuple[Copy, int], ...],
    corrected: date | None,
    *,
    words: Words,
) -> MailContext:
    """The mail with these files, each with its size in bytes; `corrected` is the day on which other ones were sent."""
    ours = portfolio.organization
    agreement = parcel.agreement
    administrator = ours.people.get(ours.roles.get("slm-administrator", ""))
    fields = {
        "title": words(agreement.title),
        "number": agreement.number,
        "version": agreement.version,
        "first": words.date(parcel.first),
        "last": words.date(parcel.last),
        "period": words.period(Month(parcel.last.year, parcel.last.month), parcel.months)
        if parcel.purpose in {"reports", "surveys"}
        else "",
    }
    subject = words.label(f"mail.{parcel.purpose}.subject", **fields)
    paragraphs = [words.label(f"mail.{parcel.purpose}.text", **fields)]
    if corrected is not None:
        subject = words.label("mail.corrected.subject", subject=subject)
        paragraphs.insert(0, words.label("mail.corrected.text", day=words.date(corrected)))
    if administrator is not None:
        who = {"name": called(words(administrator.name)), "title": words(administrator.title)}
        contact = words.label("mail.questions", **who, phone=administrator.phone, email=administrator.email)
    else:
        contact = words.label("mail.questions.nobody", phone=ours.phone, email=ours.email)
    return MailContext(
        language=words.language,
        sender_name=_line(words(ours.name)),
        sender=ours.email,
        answers_name=_line(words(administrator.name)) if administrator else "",
        answers=administrator.email if administrator else ours.email,
        to_name=_line(addressee.name),
        to=addressee.address,
        timezone=agreement.timezone,
        subject=_line(subject),
        greeting=words.label("mail.greeting", name=addressee.name),
        paragraphs=(*paragraphs, contact),
        files_title=words.label("mail.files"),
        files=tuple(_row(parcel, copy, size, words) for copy, size in copies),
        closing=(words.label("mail.closing"), words(ours.name), ours.phone),
    )


def _row(parcel: Parcel, copy: Copy, size: int, words: Words) -> FileRow:
    """`服务报告_SLA-HARBOUR-CORE_2026-10.pdf`: what it is, of what, of when."""
    ending = copy.path.removeprefix(parcel.stem)
    records = parcel.purpose == "reports" and ending in {".xlsx", ".tickets.csv"}
    what = words.label("mail.name.records" if records else f"mail.name.{parcel.purpose}")
    name = _FORBIDDEN.sub(" ", f"{what}_{parcel.agreement.number}_{parcel.label}").strip() + ending
    return FileRow(copy.path, name, f"{max(1, round(size / 1024))} KB", copy.sha256)


def _line(text: str) -> str:
    """A text in one line, as a header has it."""
    return " ".join(text.split())
