"""Rows of a database as the export of a month: the only place that asks a database, so that a build asks none."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus
from zoneinfo import ZoneInfo

from pipeline.load.formats.texts import text
from pipeline.load.rules import PARAMETERS
from pipeline.model.quantities import Month
from pipeline.model.records import ImportProfile
from pipeline.problems import Problem, did_you_mean, error

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, CursorResult

DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
AT_ONCE = 1000
SECONDS = 15
_NO_ZONE = 1298
"""MySQL's number for a time zone that it does not know."""


class NoDatabase(OSError):  # noqa: N818 - the environment lacks it
    """The database cannot be asked, and why, without a secret."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was written."""

    path: Path
    rows: int


def fetch(
    profile: ImportProfile, month: Month, sources: Path, environment: Mapping[str, str]
) -> tuple[Fetched | None, tuple[Problem, ...]]:
    """Ask the profile's query and write `metrics/MONTH/<profile>.csv`, whole or not at all.

    Times without a zone are those of the profile's time zone, also in `:month_start` and `:month_end`; all are written
    in UTC. NoDatabase where nothing can be asked.
    """
    path = sources / "metrics" / str(month) / f"{profile.id}.csv"
    url = _url(profile, environment)
    problems: tuple[Problem, ...] = ()
    rows = 0
    with _connected(url, profile, month) as connection:
        try:
            with _asked(connection, profile, month) as result:
                names = tuple(result.keys())
                problems = _columns(profile, names)
                if not problems:
                    rows = _write(path, names, iter(result), ZoneInfo(profile.timezone))
        except _sql_errors() as mistake:
            message = _scrubbed(mistake, url)
            problems = (error(profile.source.at("query"), "query-failed", f"the database refuses: {message}"),)
    return (None if problems else Fetched(path, rows)), problems


def _url(profile: ImportProfile, environment: Mapping[str, str]) -> URL:
    try:
        from sqlalchemy import make_url  # noqa: PLC0415 - an extra
        from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        raise NoDatabase(_MISSING) from None
    written = environment.get(profile.url_env, "")
    if not written:
        msg = f"{profile.url_env} is not set; it names the database: postgresql://user:password@host/database"
        raise NoDatabase(msg)
    try:
        url = make_url(written)
        driver = DRIVERS[url.get_backend_name()]
    except (ArgumentError, ValueError, KeyError):  # what was written may hold a password, hence no word of it
        msg = f"{profile.url_env} is no address of a database: postgresql://…, mysql://… or mariadb://…"
        raise NoDatabase(msg) from None
    return url.set(drivername=driver)


_MISSING = "the packages for databases are missing; install them with: pip install '.[sql]'"


def _sql_errors() -> tuple[type[Exception], ...]:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - an extra

    return (SQLAlchemyError,)


@contextmanager
def _connected(url: URL, profile: ImportProfile, month: Month) -> Iterator[Connection]:
    """A connection that can only read, in the profile's time zone."""
    from sqlalchemy import create_engine  # noqa: PLC0415 - an extra
    from sqlalchemy.pool import NullPool  # noqa: PLC0415 - as above

    try:
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"connect_timeout": SECONDS})
        connection = engine.connect()
    except ModuleNotFoundError:
        raise NoDatabase(_MISSING) from None
    except _sql_errors() as mistake:
        said = _scrubbed(mistake, url, url.host, url.username, url.database)
        msg = f"the database of {profile.url_env} does not answer: {said}"
        raise NoDatabase(msg) from None
    with connection:
        if url.get_backend_name() == "postgresql":
            connection.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
            connection.exec_driver_sql(f"SET TIME ZONE '{profile.timezone}'")
        else:
            connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
            _set_zone(connection, profile.timezone, month)
        connection.commit()
        yield connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE)
    engine.dispose()


def _set_zone(connection: Connection, timezone: str, month: Month) -> None:
    """MySQL knows zones by name only where somebody has loaded them; one offset does for a zone that has only one."""
    try:
        connection.exec_driver_sql(f"SET time_zone = '{timezone}'")
    except _sql_errors() as mistake:
        if getattr(mistake, "orig", mistake).args[:1] != (_NO_ZONE,):
            raise
        offsets = {_local(month.plus(ahead), timezone).strftime("%z") for ahead in range(-24, 13)}
        if len(offsets) > 1:
            msg = f"the database does not know the time zone {timezone}; load its time zones (mysql_tzinfo_to_sql)"
            raise NoDatabase(msg) from None
        offset = offsets.pop()
        connection.exec_driver_sql(f"SET time_zone = '{offset[:3]}:{offset[3:5]}'")


def _local(month: Month, timezone: str) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=ZoneInfo(timezone))


def _asked(connection: Connection, profile: ImportProfile, month: Month) -> CursorResult[Any]:
    from sqlalchemy import text as statement  # noqa: PLC0415 - an extra

    bounds = (datetime(one.year, one.month, 1) for one in (month, month.plus(1)))  # noqa: DTZ001 - the session's zone
    values = dict(zip(PARAMETERS, bounds, strict=True))
    query = statement(profile.query)
    return connection.execute(query, {name: value for name, value in values.items() if f":{name}" in profile.query})


def _columns(profile: ImportProfile, names: Sequence[str]) -> tuple[Problem, ...]:
    """What the profile reads and the query does not give."""
    problems = []
    for field, name in profile.columns.items():
        if names.count(name) != 1:
            what = "does not give the column" if name not in names else "gives twice the column"
            hint = did_you_mean(name, names) if name not in names else ""
            problems.append(
                error(profile.source.at("columns", field), "column-missing", f"the query {what} {name!r}", hint)
            )
    return tuple(problems)


def _write(path: Path, names: Sequence[str], records: Iterator[Sequence[Any]], zone: ZoneInfo) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    rows = 0
    try:
        with staged.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(names)
            for record in records:
                writer.writerow([_cell(value, zone) for value in record])
                rows += 1
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
    return rows


def _cell(value: Any, zone: ZoneInfo) -> str:  # noqa: ANN401 - columns are of any type
    if isinstance(value, datetime):
        moment = (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
        return moment.replace(tzinfo=None).isoformat() + "Z"
    return text(value)


def _scrubbed(mistake: Exception, url: URL, *also: str | None) -> str:
    """What a driver says in one line, without anything of the address that could be secret."""
    said = str(getattr(mistake, "orig", None) or mistake)
    secrets = [str(url.password or ""), *(str(value) for value in url.query.values()), *also]
    for secret in filter(None, secrets):
        for written in (secret, quote(secret, safe=""), quote_plus(secret)):
            said = said.replace(written, "***")
    return re.sub(r"://[^@\s]*@", "://***@", " ".join(said.split()))[:300]
