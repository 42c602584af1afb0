"""Import profiles say where everything comes from that measuring needs."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from pipeline.model.portfolio import Portfolio
from pipeline.model.records import ImportProfile
from pipeline.problems import Problem, error

REQUIRED_COLUMNS = {
    ("tickets", "ticket"): ("ticket", "customer", "service", "priority", "opened", "resolved"),
    ("tickets", "event-log"): ("ticket", "customer", "service", "priority", "state", "changed"),
    ("outages", "ticket"): ("outage", "service", "category", "started", "ended"),
}


def check_profiles(portfolio: Portfolio) -> tuple[Problem, ...]:
    """What each import profile leaves unsaid."""
    return tuple(problem for profile in portfolio.profiles.values() for problem in _profile(profile))


def _profile(profile: ImportProfile) -> Iterator[Problem]:
    required = REQUIRED_COLUMNS.get((profile.describes, profile.shape))
    if required is None:
        message = f"the shape {profile.shape} is for tickets only"
        yield error(profile.source.at("shape"), "profile-shape", message)
        return
    yield from _layout(profile)
    yield from _query(profile)
    for field in required:
        if field not in profile.columns and field not in profile.constants:
            message = f"neither columns nor constants say what {field} is"
            yield error(profile.source.at("columns"), "profile-incomplete", message, f"add {field}: to columns")


_JSON = ("json", "zabbix-events", "zabbix-sla-report", "prometheus")
_LAYOUT = {
    "sheet": ("", ("xlsx",)),
    "header_row": (1, ("csv", "xlsx")),
    "records": ("", _JSON),
    "delimiter": (",", ("csv",)),
    "encoding": ("utf-8", ("csv",)),
    "decimal": (".", ("csv",)),
}
"""What only some formats have: the value that says nothing, and those formats."""


def _layout(profile: ImportProfile) -> Iterator[Problem]:
    """Keys that the format has no use for would be believed to do something."""
    for key, (nothing, formats) in _LAYOUT.items():
        if profile.format and profile.format not in formats and getattr(profile, key) != nothing:
            message = f"{key} means nothing for the format {profile.format}"
            yield error(profile.source.at(key), "profile-format", message, f"it is for {', '.join(formats)}")


def _query(profile: ImportProfile) -> Iterator[Problem]:
    """What a query needs: where the database is, and a file that the profile itself reads."""
    if bool(profile.query) != bool(profile.url_env):
        missing, there = ("url_env", "query") if profile.query else ("query", "url_env")
        yield error(profile.source.at(there), "profile-query", f"{there} needs {missing}", f"add {missing}:")
    if not profile.query:
        return
    if profile.format not in {"", "csv"} or (profile.encoding, profile.delimiter) != ("utf-8", ","):
        message = "what a query brings is kept as CSV in UTF-8 with commas"
        yield error(profile.source.at("query"), "profile-query", message, "leave out format, encoding and delimiter")
    file = f"{profile.id}.csv"
    if not any(fnmatchcase(file, pattern) for pattern in profile.files):
        message = f"what the query brings is kept as {file}, which files: does not claim"
        yield error(profile.source.at("files"), "profile-query", message, f'write files: ["{file}"]')
