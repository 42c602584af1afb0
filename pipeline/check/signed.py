"""What was signed stays as it was signed; a change is a new version."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.agreements import BINDING, Agreement
from pipeline.model.canonical import Leaf
from pipeline.model.portfolio import Portfolio
from pipeline.model.register import Registration
from pipeline.model.source import Path
from pipeline.problems import Problem, error

SHOWN = 60
"""Characters of a changed text that a message quotes."""


def check_signed(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Signed versions that were changed, removed or called unsigned since they were registered."""
    problems: list[Problem] = []
    versions = {(one.id, one.version): one for several in portfolio.agreements.values() for one in several}
    for key, registration in portfolio.register.items():
        agreement = versions.get(key)
        if agreement is None:
            problems += _gone(registration, portfolio)
        else:
            problems += _state(agreement, registration)
            problems += _changes(agreement, registration)
    return tuple(problems)


def _gone(registration: Registration, portfolio: Portfolio) -> Iterator[Problem]:
    if registration.agreement not in portfolio.unreadable:
        message = f"{registration.agreement} {registration.version}, signed on {registration.day}, is gone"
        place = registration.source.at(*registration.path, "agreement")
        yield error(place, "signed-gone", message, "restore the file; a signed version is never removed")


def _state(agreement: Agreement, registration: Registration) -> Iterator[Problem]:
    if agreement.status not in BINDING:
        message = f"{agreement.label} was signed on {registration.day} and cannot be {agreement.status} again"
        yield error(agreement.source.at("status"), "signed-status", message, "write signed, or terminated")
    if set(registration.words) != set(agreement.languages):
        message = f"{agreement.label} was signed in {' and '.join(registration.words)}"
        yield error(agreement.source.at("language"), "signed-changed", message, "its languages stay as they were")


def _changes(agreement: Agreement, registration: Registration) -> Iterator[Problem]:
    now = dict(agreement.content)
    when = f"since {agreement.label} was signed on {registration.day}"
    hint = "take the change back and write it into a new version"
    for key, before in registration.agreed.items():
        leaf = now.get(key)
        if leaf is None:
            place = agreement.source.at(*_nearest(key, now))
            yield error(place, "signed-changed", f"{key} was removed {when}: {_quoted(before)}", hint)
        elif leaf[0] != before:
            message = f"{key} was changed {when}: from {_quoted(before)} to {_quoted(leaf[0])}"
            yield error(agreement.source.at(*leaf[1]), "signed-changed", message, hint)
    for key, (value, path) in now.items():
        if key not in registration.agreed:
            message = f"{key} was added {when}: {_quoted(value)}"
            yield error(agreement.source.at(*path), "signed-changed", message, hint)


def _nearest(key: str, now: dict[str, Leaf]) -> Path:
    """The place that a removed key would be in: that of the part it belonged to."""
    steps = key.split("/")
    for length in range(len(steps) - 1, 0, -1):
        within = "/".join(steps[:length]) + "/"
        for other, (_, path) in now.items():
            if other.startswith(within):
                return path[:length]
    return ()


def _quoted(value: str) -> str:
    shown = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    return repr(shown)
