"""A mail as bytes (RFC 5322, MIME), the same ones every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

from pipeline.merge.mails import MailContext

_TYPES = {
    ".pdf": ("application", "pdf"),
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".json": ("application", "json"),
    ".csv": ("text", "csv"),
}
_STYLE = "font-family:'Segoe UI','Microsoft YaHei','PingFang SC',sans-serif;font-size:11pt;color:#222"


def mail(
    context: MailContext, files: Mapping[str, bytes], now: datetime, message_id: str, corrects: str, *, draft: bool
) -> bytes:
    """The mail with its attachments; `files` are their bytes by path. A `draft` opens as one, to be sent by hand."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(context.sender_name, context.sender)
    message["To"] = _address(context.to_name, context.to)
    if context.answers != context.sender:
        message["Reply-To"] = _address(context.answers_name, context.answers)
    message["Subject"] = context.subject
    message["Date"] = format_datetime(now.astimezone(ZoneInfo(context.timezone)))
    message["Message-ID"] = message_id
    if corrects:
        message["In-Reply-To"] = corrects
        message["References"] = corrects
    message["Content-Language"] = context.language
    if draft:
        message["X-Unsent"] = "1"
    message.set_content("\n".join(_text(context)) + "\n", cte="base64")
    message.add_alternative(_html(context), subtype="html", cte="base64")
    for row in context.files:
        main, sub = _TYPES.get(row.path[row.path.rindex(".") :], ("application", "octet-stream"))
        parameters = {"charset": "utf-8"} if main == "text" else None
        message.add_attachment(files[row.path], maintype=main, subtype=sub, filename=row.name, params=parameters)
    for number, part in enumerate(one for one in message.walk() if one.is_multipart()):
        part.set_boundary(f"=_{message_id[1:33]}_{number}")  # "_" is in no base64 line
    return message.as_bytes()


def _address(name: str, address: str) -> Address:
    return Address(display_name=name, addr_spec=address)


def _text(context: MailContext) -> Iterator[str]:
    yield context.greeting
    for paragraph in context.paragraphs:
        yield from ("", paragraph)
    yield from ("", context.files_title)
    for row in context.files:
        yield f"- {row.name} ({row.size})"
        yield f"  SHA-256: {row.sha256}"
    yield ""
    yield from context.closing


def _html(context: MailContext) -> str:
    """The same words for programs that show HTML."""
    paragraphs = "".join(f"<p>{escape(one)}</p>\n" for one in (context.greeting, *context.paragraphs))
    rows = "".join(
        f"<li>{escape(row.name)} ({escape(row.size)})<br>"
        f'<span style="font-size:8.5pt;color:#555">SHA-256: <code>{row.sha256}</code></span></li>\n'
        for row in context.files
    )
    closing = "<br>\n".join(map(escape, context.closing))
    return (
        f'<!DOCTYPE html>\n<html lang="{context.language}">\n<head><meta charset="utf-8">'
        f'<title>{escape(context.subject)}</title></head>\n<body style="{_STYLE}">\n{paragraphs}'
        f"<p>{escape(context.files_title)}</p>\n<ul>\n{rows}</ul>\n<p>{closing}</p>\n</body>\n</html>\n"
    )
