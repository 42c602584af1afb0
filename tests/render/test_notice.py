"""A notice as mail and Markdown: well formed, the same every time, and nothing in a ticket can change its shape."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from pipeline.merge.explanation import Column, Row, Section
from pipeline.merge.notice import Correspondent, Letter, Notice
from pipeline.model.alerts import Alert, AlertKind
from pipeline.options import ROOT
from pipeline.render.notice import mail, markdown

ALERT = Alert("acme", "sla-acme", "desk", "p1", AlertKind.TICKET_LATE, ticket="T1", opened=1772442000)
NASTY = "a|b <script>alert(1)</script> `x` [y](z)\n# *bold*\r\nBcc: eve@example.com"
NOTICE = Notice(
    language="zh-CN",
    at=1772452800,
    timezone="Asia/Shanghai",
    sender=Correspondent("澜石信息技术服务有限公司", "service@lanshi.example.com"),
    recipient=Correspondent("苏婉清", "su.wanqing@lanshi.example.com"),
    subject="服务级别预警：新增 1 项",
    greeting="苏婉清，您好：",
    intro=("以下事项需要关注。",),
    remarks=("自动生成。",),
    letters=(
        Letter(
            "港口",
            "工单超时 1 项",
            (Section("工单", (), (Column("工单", 10), Column("摘要", 20)), (Row(("T1", NASTY)),)),),
        ),
    ),
    rules=Section("计算方法", ("说明",)),
    alerts=(ALERT,),
)


def read(notice: Notice) -> EmailMessage:
    message = message_from_bytes(mail(notice, ROOT / "templates"), policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def body(notice: Notice, kind: str) -> str:
    part = read(notice).get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_the_headers_say_who_writes_to_whom_and_when() -> None:
    message = read(NOTICE)
    assert message["From"].addresses[0].display_name == "澜石信息技术服务有限公司"
    assert message["To"].addresses[0].addr_spec == "su.wanqing@lanshi.example.com"
    assert message["Subject"] == "服务级别预警：新增 1 项"
    assert message["Date"] == "Mon, 02 Mar 2026 20:00:00 +0800"
    assert message["Message-ID"].endswith("@lanshi.example.com>")
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_bytes_are_the_same_and_lines_are_short_ascii() -> None:
    content = mail(NOTICE, ROOT / "templates")
    assert content == mail(NOTICE, ROOT / "templates")
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.count(b"\n") == content.count(b"\r\n")


def test_the_identity_depends_on_what_is_told_and_when() -> None:
    other = replace(NOTICE, alerts=(replace(ALERT, ticket="T2"),))
    later = replace(NOTICE, at=NOTICE.at + 1)
    assert len({read(one)["Message-ID"] for one in (NOTICE, other, later)}) == 3


def test_both_texts_hold_what_is_told() -> None:
    for kind in ("plain", "html"):
        for words in ("苏婉清，您好：", "港口", "工单超时 1 项", "T1", "说明", "自动生成。"):
            assert words in body(NOTICE, kind)


def test_a_summary_is_text_in_html_and_markdown() -> None:
    html = body(NOTICE, "html")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    written = markdown(NOTICE).decode()
    (row,) = [line for line in written.splitlines() if "T1" in line]
    assert row == (
        "| T1 | a\\|b \\<script\\>alert(1)\\</script\\> \\`x\\` \\[y\\](z) \\# \\*bold\\* Bcc: eve@example.com |"
    )


@pytest.mark.parametrize("field", ["subject", "name"])
def test_a_line_break_cannot_begin_another_header(field: str) -> None:
    broken = "Su\r\nBcc: eve@example.com"
    if field == "subject":
        message = read(replace(NOTICE, subject=broken))
    else:
        message = read(replace(NOTICE, recipient=Correspondent(broken, "su@example.com")))
        assert [one.addr_spec for one in message["To"].addresses] == ["su@example.com"]
    assert message["Bcc"] is None
