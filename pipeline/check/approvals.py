"""Whoever approves may do so, and nobody approves their own work."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.agreements import BINDING, Revision
from pipeline.model.portfolio import Portfolio
from pipeline.model.source import Path, Source
from pipeline.problems import Problem, error


def check_approvals(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Final texts whose approver holds none of the roles that `policy.yaml` names for their kind."""
    problems: list[Problem] = []
    for versions in portfolio.agreements.values():
        for agreement in versions:
            if agreement.status in BINDING:
                problems += approval(portfolio, agreement.kind, agreement.revision, agreement.source, ("revision",))
    for registration in portfolio.register.values():
        kind = next((one.kind for one in portfolio.agreements.get(registration.agreement, ())), "")
        if registration.by in portfolio.organization.people and not _may_approve(portfolio, kind, registration.by):
            message = f"{registration.by!r} may not register what was signed: {_needed(portfolio, kind)}"
            place = registration.source.at(*registration.path, "by")
            problems.append(error(place, "approver-role", message))
    return tuple(problems)


def approval(portfolio: Portfolio, kind: str, revision: Revision, source: Source, path: Path) -> Iterator[Problem]:
    """What is wrong with the approval of one revision of a document of that kind."""
    if kind not in portfolio.policy.approvals or revision.approver not in portfolio.organization.people:
        return
    place = source.at(*path, "approver")
    if not _may_approve(portfolio, kind, revision.approver):
        message = f"{revision.approver!r} may not approve a document of the kind {kind}: {_needed(portfolio, kind)}"
        yield error(place, "approver-role", message, "name an approver who holds one")
    if revision.approver == revision.responsible:
        yield error(place, "approver-same", f"{revision.approver!r} approves what is their own work")


def _may_approve(portfolio: Portfolio, kind: str, person: str) -> bool:
    roles = portfolio.policy.approvals.get(kind)
    return roles is None or any(portfolio.organization.roles.get(role) == person for role in roles)


def _needed(portfolio: Portfolio, kind: str) -> str:
    return "policy.yaml wants the role " + " or ".join(portfolio.policy.approvals[kind])
