"""A real mail server on loopback with TLS, which can be told to misbehave."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "slm", "s3cret-of-the-test"


@dataclass
class Post:
    """What the server took, and how it is to behave.

    `cut_at` breaks the connection while it reads the mail of that number, `mute_at` after it took that mail but before
    it says so, `hang_at` keeps silent then; `refused` addresses do not exist, `busy` ones are to be tried again.
    """

    taken: list[Envelope] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    cut_at: int = -1
    hang_at: int = -1
    mute_at: int = -1
    begun: int = 0
    host: str = "localhost"
    port: int = 0
    logins: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 nobody of that name here"
        if address in self.busy:
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        number = len(self.taken)
        self.taken.append(envelope)
        if number == self.mute_at:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if number == self.hang_at:
            await asyncio.sleep(600)
        return "250 taken"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(mechanism)
        good = (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
        return AuthResult(success=good, handled=False)


class _Server(SMTP):
    """Breaks the connection in the middle of the mail that it was told to."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        post: Post = self.event_handler
        post.begun += 1
        if post.begun - 1 != post.cut_at:
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        await self._reader.readexactly(1000)
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()


@contextmanager
def mail_server(
    authority: trustme.CA, *, implicit: bool = False, encrypted: bool = True, names: tuple[str, ...] = ("localhost",)
) -> Iterator[Post]:
    """The server in a thread of its own; its certificate is for `names`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    post = Post()

    connections: list[SMTP] = []

    def connection() -> SMTP:
        made = _Server(
            post,
            hostname="localhost",
            tls_context=context if encrypted and not implicit else None,
            require_starttls=encrypted and not implicit,
            auth_required=encrypted and not implicit,
            auth_require_tls=encrypted and not implicit,
            authenticator=post.authenticate,
            enable_SMTPUTF8=False,
            loop=loop,
        )
        connections.append(made)
        return made

    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        loop.create_server(connection, "127.0.0.1", 0, ssl=context if implicit else None)
    )
    post.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield post
    finally:
        asyncio.run_coroutine_threadsafe(_stopped(listening, connections), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _stopped(listening: asyncio.Server, connections: list[SMTP]) -> None:
    listening.close()
    for one in connections:
        for transport in (one.transport, one._original_transport):
            if isinstance(transport, asyncio.Transport) and not transport.is_closing():
                transport.abort()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
