"""Shows `output/` to this machine only; every page hears of the next build and loads itself again.

What is served differs from what is published by one script.
"""

from __future__ import annotations

import os
import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from pipeline.portal.watching import Built

HOST = "127.0.0.1"
OWN = "/-/"
"""The beginning of what is not in the folder."""

HEARTBEAT = 10.0
"""Seconds after which a silent connection is tried, to notice that its page is gone."""

_ABSENT = (
    b'<!DOCTYPE html>\n<html lang="en">\n<head>\n  <meta charset="utf-8">\n  <title>Not there yet</title>\n</head>\n'
    b"<body>\n  <p>This page is not there yet. It shows once a build has made it.</p>\n</body>\n</html>\n"
)


class News:
    """The number of the last build that went well, and what the last one said where it failed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number, self._failed = 0, ""

    def tell(self, built: Built) -> None:
        """A build ended."""
        with self._changed:
            if built.ok:
                self._number, self._failed = self._number + 1, ""
            else:
                self._failed = built.said or "the build failed"
            self._changed.notify_all()

    @property
    def number(self) -> int:
        """The number of the last build that went well."""
        return self._number

    def after(self, number: int, failed: str, seconds: float) -> tuple[int, str]:
        """What is known once it differs from what the page knows, at the latest after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: (self._number, self._failed) != (number, failed), seconds)
            return self._number, self._failed


class Server(ThreadingHTTPServer):
    """A server that ends at once, whoever still listens."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, folder: Path, start: str, script: bytes) -> None:
        self.news, self.start, self.script = News(), start, script
        super().__init__((HOST, port), partial(_Handler, directory=str(folder)))

    @property
    def url(self) -> str:
        """What to open."""
        return f"http://{HOST}:{self.server_port}/"

    def known(self, host: str) -> bool:
        """Whether a request names this machine; a page from elsewhere may have its name point here."""
        return host in {f"{name}:{self.server_port}" for name in (HOST, "localhost")}


class _Handler(SimpleHTTPRequestHandler):
    """Files as they are, pages with the script that waits for the next build."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A file, the script, or the stream of news."""
        asked = urlsplit(self.path)
        if not self.server.known(self.headers.get("Host", "")):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        elif asked.path == "/":
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", quote(f"/{self.server.start}"))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif asked.path == f"{OWN}reload.js":
            self._send(self.server.script, "text/javascript; charset=utf-8")
        elif asked.path == f"{OWN}news":
            self._news(parse_qs(asked.query).get("since", [""])[0])
        elif asked.path.endswith(".html"):
            self._page()
        else:
            super().do_GET()

    def do_HEAD(self) -> None:
        """Nobody asks for it here."""
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)

    def _page(self) -> None:
        script = f'  <script src="{OWN}reload.js" data-built="{self.server.news.number}" defer></script>\n</head>'
        try:
            content, status = Path(self.translate_path(self.path)).read_bytes(), HTTPStatus.OK
        except OSError:  # the next build may make it
            content, status = _ABSENT, HTTPStatus.NOT_FOUND
        self._send(content.replace(b"</head>", script.encode(), 1), "text/html; charset=utf-8", status)

    def _send(self, content: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _news(self, since: str) -> None:
        """Server-sent events: `built` with the number of a build, `failed` with what a build said."""
        number = int(since) if since.isdecimal() else 0
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        failed = ""
        try:
            while True:
                latest, said = self.server.news.after(number, failed, HEARTBEAT)
                if latest != number:
                    self._event("built", str(latest))
                elif said != failed:
                    self._event("failed", said)
                else:
                    self.wfile.write(b":\n\n")
                number, failed = latest, said
                self.wfile.flush()
        except OSError:
            pass  # the page was closed

    def _event(self, name: str, said: str) -> None:
        lines = "".join(f"data: {line}\n" for line in said.splitlines())
        self.wfile.write(f"event: {name}\n{lines}\n".encode())

    def end_headers(self) -> None:
        """What is edited must not come out of a cache."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def list_directory(self, path: str | os.PathLike[str]) -> None:  # noqa: ARG002 - the library hands it over
        """No lists of files."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Requests are of no interest."""
