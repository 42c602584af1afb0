"""Database servers of our own for tests: started in a folder of their own, reached through a socket in it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

PASSWORD = "p@ss:w/rd 1"  # noqa: S105 - of a server that lives as long as a test
REMEDIES = {"postgres": "Debian's postgresql", "mariadbd": "Debian's mariadb-server"}
PLACES = ["/usr/sbin", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))]
SECONDS = 90


@dataclass(frozen=True)
class Server:
    """A running server, and its address with a password in it."""

    kind: str
    url: str

    def run(self, *statements: str) -> None:
        """Change something, as nobody does through the program."""
        import sqlalchemy

        driver = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}[self.kind]
        engine = sqlalchemy.create_engine(sqlalchemy.make_url(self.url).set(drivername=driver))
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()


def found(program: str) -> str:
    """Where a program is; without it the test is skipped, or fails where nothing may be left out (`CI=true`)."""
    path = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", os.defpath), *PLACES]))
    if path:
        return path
    remedy = REMEDIES.get(program, "the same package")
    if os.environ.get("CI") == "true":
        pytest.fail(f"{program} is not installed ({remedy})", pytrace=False)
    pytest.skip(f"{program} is not installed ({remedy})")


@contextmanager
def _folder(user: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A folder of the user that the server runs as: root may not run one."""
    with tempfile.TemporaryDirectory(prefix="slm-", dir="/tmp") as name:
        folder = Path(name)
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam(user)
            os.chown(folder, account.pw_uid, account.pw_gid)
            as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        yield folder, as_user | {"cwd": folder, "env": {"PATH": os.environ["PATH"], "HOME": name, "LC_ALL": "C.UTF-8"}}


@contextmanager
def _running(command: Sequence[str], folder: Path, how: dict[str, Any], ready: Path) -> Iterator[None]:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, **how)
        try:
            for _ in range(SECONDS * 10):
                if ready.exists() or process.poll() is not None:
                    break
                time.sleep(0.1)
            assert ready.exists(), (folder / "server.log").read_text(errors="replace")
            yield
        finally:
            process.terminate()
            process.wait(SECONDS)


@contextmanager
def postgresql() -> Iterator[Server]:
    """PostgreSQL with a user that needs a password."""
    postgres, initdb = found("postgres"), found("initdb")
    with _folder("postgres") as (folder, how):
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        subprocess.run(
            [initdb, "-D", "data", "-U", "slm", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--no-sync"],
            check=True, capture_output=True, timeout=SECONDS, **how,
        )  # fmt: skip
        settings = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "timezone=America/New_York", "-k", str(folder)]
        url = f"postgresql://slm:{quote(PASSWORD, safe='')}@/postgres?host={folder}"
        with _running([postgres, "-D", "data", *settings], folder, how, folder / ".s.PGSQL.5432"):
            _wait(lambda: Server("postgresql", url).run("SELECT 1"))
            yield Server("postgresql", url)


@contextmanager
def mariadb() -> Iterator[Server]:
    """MariaDB with a user that needs a password, and without the table of time zones."""
    server, install = found("mariadbd"), found("mariadb-install-db")
    with _folder("mysql") as (folder, how):
        data = folder / "data"
        options = ["--no-defaults", f"--datadir={data}"]
        subprocess.run(
            [install, *options, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"],
            check=True, capture_output=True, timeout=SECONDS, **how,
        )  # fmt: skip
        socket = folder / "sock"
        command = [
            server, *options, f"--socket={socket}", "--skip-networking", f"--pid-file={folder / 'pid'}",
            "--default-time-zone=-05:00", "--innodb-flush-log-at-trx-commit=0",
        ]  # fmt: skip
        with _running(command, folder, how, socket):
            root = Server("mariadb", f"mariadb://root@/mysql?unix_socket={socket}")
            _wait(lambda: root.run("SELECT 1"))
            root.run(
                "CREATE DATABASE desk CHARACTER SET utf8mb4",
                f"CREATE USER slm@localhost IDENTIFIED BY '{PASSWORD}'",
                "GRANT ALL ON desk.* TO slm@localhost",
            )
            yield Server("mariadb", f"mariadb://slm:{quote(PASSWORD, safe='')}@/desk?unix_socket={socket}")


def _wait(ask: Callable[[], None]) -> None:
    for left in range(50, -1, -1):
        try:
            ask()
        except Exception:
            if not left:
                raise
            time.sleep(0.2)
        else:
            return
