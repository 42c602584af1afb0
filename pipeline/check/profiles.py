"""Import profiles say where everything comes from that measuring needs."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.portfolio import Portfolio
from pipeline.model.records import ImportProfile
from pipeline.problems import Problem, error

REQUIRED_COLUMNS = {
    ("tickets", "ticket"): ("ticket", "customer", "service", "priority", "opened", "resolved"),
    ("tickets", "event-log"): ("ticket", "customer", "service", "priority", "opened", "state", "changed"),
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
    for field in required:
        if field not in profile.columns and field not in profile.constants:
            message = f"neither columns nor constants say what {field} is"
            yield error(profile.source.at("columns"), "profile-incomplete", message, f"add {field}: to columns")
