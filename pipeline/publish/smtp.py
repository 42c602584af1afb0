"""Handing mails over to a mail server, and telling exactly how far each came."""

from __future__ import annotations

import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pipeline.model.ledger import State

SECONDS = 60
"""How long to wait for a server's answer; RFC 5321 allows it minutes, people do not."""

_OK, _START = 250, 354
_FINAL = 500  # replies from here on are final; those of 400 to 499 ask to try again


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are handed over; `implicit` is TLS from the first byte, else STARTTLS, and nothing goes without."""

    host: str
    port: int
    implicit: bool
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mail, and what the server said to it."""

    state: State
    reason: str = ""


class NoServerError(OSError):
    """The mail server cannot be reached, is not the one it should be, or does not take our credentials."""


class Postman:
    """A connection to a mail server, made anew after it broke."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        self._connected()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, mistake: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop(politely=True)

    def ready(self) -> None:
        """Be connected, so that a server that is gone is known before a mail counts as begun."""
        connection = self._connected()
        try:
            connection.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
            self._connected()

    def deliver(self, sender: str, to: str, content: bytes) -> Receipt:
        """Hand one mail over; after its last dot only the server's answer tells whether it was taken."""
        connection = self._connected()
        over = False
        try:
            for said in (
                lambda: connection.mail(sender, [f"size={len(content)}"] if connection.has_extn("size") else []),
                lambda: connection.rcpt(to),
            ):
                refused = self._refusal(said, _OK)
                if refused is not None:
                    return refused
            refused = self._refusal(lambda: connection.docmd("DATA"), _START)
            if refused is not None:
                return refused
            connection.send(_stuffed(content))
            over = True
            connection.send(b".\r\n")
            code, words = connection.getreply()
        except (OSError, smtplib.SMTPException) as broken:
            self._drop()
            return Receipt(State.UNCERTAIN if over else State.FAILED, self._clean(f"the connection broke: {broken}"))
        if code == _OK:
            return Receipt(State.SENT, self._clean(words))
        return Receipt(State.REFUSED if code >= _FINAL else State.FAILED, self._clean(words, code))

    def _refusal(self, say: Callable[[], tuple[int, bytes]], wanted: int) -> Receipt | None:
        code, words = say()
        if code == wanted or (wanted == _OK and code in {251, 252}):
            return None
        return Receipt(State.REFUSED if code >= _FINAL else State.FAILED, self._clean(words, code))

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            try:
                self._connection = _connect(self._server)
            except smtplib.SMTPAuthenticationError as refused:
                said = self._clean(refused.smtp_error, refused.smtp_code)
                msg = f"the mail server does not accept the credentials: {said}"
                raise NoServerError(msg) from None
            except UnicodeError:  # it quotes the character, which is one of the password
                msg = "the credentials have characters that mail servers do not take; use ASCII only"
                raise NoServerError(msg) from None
            except (OSError, smtplib.SMTPException) as mistake:
                msg = f"the mail server {self._server.host}:{self._server.port}: {self._clean(str(mistake))}"
                raise NoServerError(msg) from None
        return self._connection

    def _drop(self, *, politely: bool = False) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit() if politely else connection.close()
        except (OSError, smtplib.SMTPException):
            connection.close()

    @property
    def _secrets(self) -> tuple[str, ...]:
        """The password, and how the protocol writes it: alone, and behind the user's name (RFC 4616)."""
        user, password = self._server.user, self._server.password
        written = (password, f"\0{user}\0{password}") if password else ()
        return (password, *(b64encode(one.encode()).decode() for one in written))

    def _clean(self, words: bytes | str, code: int = 0) -> str:
        """What a server said in one harmless line, whatever it repeats of what we told it."""
        text = words.decode(errors="replace") if isinstance(words, bytes) else words
        text = " ".join("".join(one if one.isprintable() else " " for one in text).split())
        for secret in filter(None, self._secrets):
            text = text.replace(secret, "…")
        return f"{code} {text}" if code else text


def _connect(server: Server) -> smtplib.SMTP:
    """A connection that is encrypted, with a server whose certificate was verified."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.implicit:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.seconds)
    try:
        if not server.implicit:
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
        connection.ehlo_or_helo_if_needed()
    except BaseException:
        connection.close()
        raise
    return connection


def _stuffed(content: bytes) -> bytes:
    """The mail with a dot more before each line that begins with one, and its last line ended."""
    stuffed = re.sub(rb"(?m)^\.", b"..", content)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
