"""Whoever approves may do so, and nobody approves their own work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.model.agreements import BINDING, Revision
from pipeline.model.portfolio import Portfolio
from pipeline.model.source import Path, Source
from pipeline.problems import Problem, error, warning


def check_approvals(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Final texts whose approver holds none of the roles that `policy.yaml` names for their kind.

    What is registered was judged then, and cannot be changed any more.
    """
    return tuple(_open_to_all(portfolio)) + tuple(
        problem
        for versions in portfolio.agreements.values()
        for agreement in versions
        if agreement.status in BINDING and portfolio.registration(agreement) is None
        for problem in approval(portfolio, agreement.kind, agreement.revision, agreement.source, ("revision",))
    )


def _open_to_all(portfolio: Portfolio) -> Iterator[Problem]:
    """Kinds without a role, once others have one: a forgotten line would open a door unseen."""
    policy = portfolio.policy
    there = {one.kind for versions in portfolio.agreements.values() for one in versions if one.status in BINDING}
    there |= {"requirement"} if portfolio.requirements else set()
    there |= {"catalog"} if portfolio.catalog else set()
    there |= {"procedure"} if portfolio.procedure else set()
    for kind in sorted(there - policy.approvals.keys()) if policy.approvals else ():
        message = f"no role is named for {kind}, so anybody may approve a document of that kind"
        yield warning(policy.source.at("approvals"), "approver-any", message, f"add {kind}: with a list of roles")


def approval(portfolio: Portfolio, kind: str, revision: Revision, source: Source, path: Path) -> Iterator[Problem]:
    """What is wrong with the approval of one revision of a document of that kind."""
    if not portfolio.policy.approvals or revision.approver not in portfolio.organization.people:
        return
    place = source.at(*path, "approver")
    if not may_approve(portfolio, kind, revision.approver, revision.date):
        needed = " or ".join(portfolio.policy.approvals[kind])
        message = (
            f"{revision.approver!r} may not approve a document of the kind {kind}: policy.yaml wants the role {needed}"
        )
        hint = "name an approver who holds one, or held it then (former_roles in organization.yaml)"
        yield error(place, "approver-role", message, hint)
    if revision.approver == revision.responsible:
        yield error(place, "approver-same", f"{revision.approver!r} approves what is their own work")


def may_approve(portfolio: Portfolio, kind: str, person: str, day: date) -> bool:
    """Whether a person held, on that day, a role that may approve documents of the kind."""
    roles = portfolio.policy.approvals.get(kind)
    return roles is None or any(portfolio.organization.held(person, role, day) for role in roles)
