"""A mail holds what it was given, whatever that is, and says it in a form that every mail program reads."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, compat32

import pytest

from pipeline.merge.mails import FileRow, MailContext
from pipeline.render.mail import mail

NOW = datetime(2026, 11, 5, 1, 2, 3, tzinfo=UTC)
ROW = FileRow("acme/reports/r.pdf", "服务报告_SLA-ACME_2026-10.pdf", "3 KB", "ab" * 32)
CONTEXT = MailContext(
    language="zh-CN",
    sender_name="澜石",
    sender="service@it.example.com",
    answers_name="高磊",
    answers="gao@it.example.com",
    to_name="丹尼",
    to="dan@acme.example.com",
    timezone="Asia/Shanghai",
    subject="2026年10月服务报告",
    greeting="丹尼，您好：",
    paragraphs=("随信附上报告。",),
    files_title="附件：",
    files=(ROW,),
    closing=("顺颂商祺！", "澜石"),
)


def made(context: MailContext = CONTEXT, content: bytes = b"%PDF") -> EmailMessage:
    raw = mail(
        context, {row.path: content for row in context.files}, NOW, f"<{'0' * 32}@it.example.com>", "", draft=False
    )
    assert raw.isascii()
    message = email.message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    assert [defect for part in message.walk() for defect in part.defects] == []
    return message


def test_the_moment_is_told_in_the_time_zone_of_the_agreement() -> None:
    assert made()["Date"] == "Thu, 05 Nov 2026 09:02:03 +0800"


def test_old_parsers_read_the_chinese_file_name_too() -> None:
    raw = mail(CONTEXT, {ROW.path: b"%PDF"}, NOW, f"<{'0' * 32}@it.example.com>", "", draft=False)
    parts = list(email.message_from_bytes(raw, policy=compat32).walk())
    assert parts[-1].get_filename() == ROW.name


@pytest.mark.parametrize(
    "name", ['Dan "D" O\'Ray, Ltd. <x@example.com>', "陈" * 60, "a" * 200, "Zoë\tRay", "=?utf-8?q?x?=", "丹尼 (IT)"]
)
def test_any_name_stays_the_name_of_that_one_recipient(name: str) -> None:
    message = made(replace(CONTEXT, to_name=name, sender_name=name, subject=name))
    (address,) = message["To"].addresses
    assert address.addr_spec == "dan@acme.example.com"
    assert len(message["From"].addresses) == 1
    assert message["From"].addresses[0].addr_spec == "service@it.example.com"
    if "=?" not in name and "\t" not in name:
        raw = email.message_from_bytes(message.as_bytes(), policy=compat32)["To"]
        phrase = raw.rpartition("<")[0].strip()
        assert str(make_header(decode_header(phrase))).replace('\\"', '"').strip('"') == name.strip('"')
        assert message["Subject"] == name
    assert message["Bcc"] is None


@pytest.mark.parametrize("where", ["to_name", "sender_name", "subject"])
def test_a_line_break_cannot_make_another_header(where: str) -> None:
    evil = "x\r\nBcc: spy@example.com"
    context = {
        "to_name": replace(CONTEXT, to_name=evil),
        "sender_name": replace(CONTEXT, sender_name=evil),
        "subject": replace(CONTEXT, subject=evil),
    }[where]
    with pytest.raises(ValueError, match=r"[Hh]eader|newline|CR|linefeed"):
        made(context)


@pytest.mark.parametrize(
    "name", ["报告.pdf", "r" * 180 + ".pdf", "服" * 80 + ".pdf", "semi;colon 'quote' %41.pdf", "ends.tickets.csv"]
)
def test_any_file_name_and_any_bytes_arrive_as_they_were(name: str) -> None:
    content = bytes(range(256)) * 40 + b"\r\n.\r\n\n.\n"
    row = replace(ROW, name=name, path="acme/reports/r." + name.rpartition(".")[2])
    (part,) = made(replace(CONTEXT, files=(row,)), content).iter_attachments()
    assert part.get_filename() == name
    assert part.get_payload(decode=True) == content


def test_words_of_a_customer_are_no_markup() -> None:
    body = made(replace(CONTEXT, greeting="<b onclick=x>&丹尼")).get_body(("html",))
    assert body is not None
    assert "&lt;b onclick=x&gt;&amp;丹尼" in body.get_content()
