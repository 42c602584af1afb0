"""What goes over the line to a mail server, and what its answers are taken for."""

from __future__ import annotations

import smtplib

import pytest

from pipeline.model.ledger import State
from pipeline.publish.smtp import Postman, Server, _stuffed

SERVER = Server("mail.example.com", 587, implicit=False, user="slm", password="s3cret")  # noqa: S106 - of no server


GONE = smtplib.SMTPServerDisconnected("gone")


class Line:
    """A connection that answers as it is told."""

    def __init__(self, **answers: tuple[int, bytes]) -> None:
        self.answers = answers
        self.sent = b""

    def has_extn(self, name: str) -> bool:
        return name == "size"

    def mail(self, _sender: str, _options: list[str]) -> tuple[int, bytes]:
        return self.answers.get("mail", (250, b"ok"))

    def rcpt(self, _to: str) -> tuple[int, bytes]:
        return self.answers.get("rcpt", (250, b"ok"))

    def docmd(self, _command: str) -> tuple[int, bytes]:
        return self.answers.get("data", (354, b"go on"))

    def send(self, content: bytes) -> None:
        if "broken" in self.answers and not content.startswith(b".\r\n"):
            raise GONE
        self.sent += content

    def getreply(self) -> tuple[int, bytes]:
        if "silent" in self.answers:
            raise GONE
        return self.answers.get("end", (250, b"taken"))

    def close(self) -> None:
        self.sent += b"|closed"


@pytest.mark.parametrize(
    ("answers", "state", "reason"),
    [
        ({}, State.SENT, "taken"),
        ({"mail": (552, b"too large")}, State.REFUSED, "552 too large"),
        ({"rcpt": (550, b"nobody\r\n here\x1b[2J")}, State.REFUSED, "550 nobody here [2J"),
        ({"rcpt": (450, b"later")}, State.FAILED, "450 later"),
        ({"rcpt": (251, b"will forward")}, State.SENT, "taken"),
        ({"data": (451, b"not now")}, State.FAILED, "451 not now"),
        ({"broken": (0, b"")}, State.FAILED, "the connection broke: gone"),
        ({"silent": (0, b"")}, State.UNCERTAIN, "the connection broke: gone"),
        ({"end": (554, b"spam; you said s3cret")}, State.REFUSED, "554 spam; you said …"),
        ({"end": (452, b"disk full")}, State.FAILED, "452 disk full"),
    ],
)
def test_how_far_a_mail_came_is_told_apart(answers: dict[str, tuple[int, bytes]], state: State, reason: str) -> None:
    postman = Postman(SERVER)
    postman._connection = Line(**answers)  # type: ignore[assignment]
    receipt = postman.deliver("a@example.com", "b@example.com", b"Subject: x\r\n\r\ny\r\n")
    assert (receipt.state, receipt.reason) == (state, reason)


def test_a_lonely_dot_does_not_end_a_mail() -> None:
    assert _stuffed(b"a\r\n.\r\n..b\r\nc") == b"a\r\n..\r\n...b\r\nc\r\n"


def test_a_server_does_not_show_its_password() -> None:
    assert "s3cret" not in repr(SERVER)
