"""Passwords of the environment: in no file, no message, no trace, not in JSON, also where something goes wrong."""

from __future__ import annotations

import os
import shutil
import smtplib
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from pipeline.options import ROOT
from pipeline.publish.smtp import NoServerError, Postman, Server

SECRET = "CANARY-p4ss/w0rd+1"  # noqa: S105 - of no server
URL = "https://desk:CANARY-p4ss@db.example.com/x?sslpassword=CANARY-too"
PROJECT = ROOT / "tests" / "projects" / "small" / "sources"
SETTINGS = {
    "SLM_SMTP_HOST": "127.0.0.1",
    "SLM_SMTP_PORT": "9",
    "SLM_SMTP_USER": "slm",
    "SLM_SMTP_PASSWORD": SECRET,
    "SLM_DB_URL": URL,
}
QUERIED = """\
kind: import
id: desk-db
describes: tickets
files: ["desk-db.csv"]
url_env: SLM_DB_URL
query: SELECT number FROM ticket WHERE opened >= :month_start
timezone: Asia/Shanghai
columns: {ticket: number, customer: org, service: svc, priority: urgency, opened: opened, resolved: resolved}
date_formats: ["%Y-%m-%d %H:%M:%S"]
"""


def slm(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **SETTINGS, **more, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    made = Path(shutil.copytree(PROJECT, tmp_path / "sources"))
    (made / "imports" / "desk-db.yaml").write_text(QUERIED, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("arguments", "debug", "code"),
    [
        (("dispatch", "--send", "--json"), "1", 1),
        (("import", "fetch", "desk-db", "--month", "2026-09"), "", 3),
        (("import", "fetch", "desk-db", "--month", "2026-09"), "1", 3),
        (("check", "--json"), "1", 0),
    ],
)
def test_no_command_tells_a_secret(sources: Path, arguments: tuple[str, ...], debug: str, code: int) -> None:
    places = ["--sources", str(sources)]
    if arguments[0] == "dispatch":
        places += ["--output", str(sources.parent / "output")]
    done = slm(*arguments, *places, SLM_DEBUG=debug)
    assert (done.returncode, "CANARY" in done.stdout + done.stderr) == (code, False), done.stderr
    files = [path for path in sources.parent.rglob("*") if path.is_file()]
    assert not any(b"CANARY" in path.read_bytes() for path in files)


def test_what_this_machine_has_does_not_name_its_environment() -> None:
    for command in (("version", "--json"), ("doctor",)):
        assert "CANARY" not in slm(*command).stdout


class Line:
    """A connection whose server repeats what it was told."""

    def __init__(self, said: bytes) -> None:
        self.said = said

    def mail(self, *_: object) -> tuple[int, bytes]:
        return 550, self.said

    def has_extn(self, _: str) -> bool:
        return False


PASSWORD = "s3cret: of nobody"  # noqa: S105 - as above


@pytest.mark.parametrize(
    "written",
    [PASSWORD.encode(), b64encode(PASSWORD.encode()), b64encode(b"\0slm\0" + PASSWORD.encode())],
    ids=["plain", "login", "auth-plain"],
)
def test_a_server_that_repeats_the_password_is_not_quoted(written: bytes) -> None:
    postman = Postman(Server("mail.example.com", 587, implicit=False, user="slm", password=PASSWORD))
    postman._connection = Line(b"you said " + written)  # type: ignore[assignment]
    receipt = postman.deliver("a@example.com", "b@example.com", b"x")
    assert receipt.reason == "550 you said …"


def test_a_password_that_cannot_be_sent_is_told_without_a_word_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(smtplib.SMTP):
        def __init__(self, *_: object, **__: object) -> None:
            self.esmtp_features = {"auth": "PLAIN"}
            self.does_esmtp = True
            self.helo_resp = self.ehlo_resp = b"x"

        def starttls(self, **_: object) -> tuple[int, bytes]:  # type: ignore[override]
            return 220, b""

        def close(self) -> None:
            pass

    monkeypatch.setattr(smtplib, "SMTP", Plain)
    with pytest.raises(NoServerError, match="characters that mail servers do not take") as found:
        Postman(Server("mail.example.com", 587, implicit=False, user="slm", password="密码")).ready()  # noqa: S106
    assert "密" not in str(found.value)
