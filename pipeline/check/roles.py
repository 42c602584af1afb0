"""The roles of the procedure are filled, and agreements have somebody to sign them."""

from __future__ import annotations

from pipeline.model.portfolio import Portfolio
from pipeline.problems import Problem, error

REQUIRED_ROLES = ("slm-owner", "slm-manager", "slm-administrator", "incident-manager", "problem-manager")


def check_roles(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Roles that nobody holds, agreements that one side cannot sign."""
    organization = portfolio.organization
    problems = [
        error(organization.source.at("roles"), "role-empty", f"nobody holds the role {role!r}")
        for role in REQUIRED_ROLES
        if role not in organization.roles
    ]
    for versions in portfolio.agreements.values():
        for agreement in versions:
            signing = {signatory.party for signatory in agreement.signatories}
            problems += [
                error(agreement.source.at("signatories"), "nobody-signs", f"nobody signs for the {party}")
                for party in ("provider", "customer")
                if party not in signing
            ]
    return tuple(problems)
