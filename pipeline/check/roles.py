"""The roles of the procedure are filled, and review meetings have their required members."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.model.portfolio import Portfolio
from pipeline.model.reviews import Review
from pipeline.problems import Problem, error, warning

REVIEWED = 12
"""Months that minutes have room for; the procedure asks for a review at least once a year."""

REQUIRED_ROLES = ("slm-owner", "slm-manager", "slm-administrator", "incident-manager", "problem-manager")


def check_roles(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Roles that nobody holds, reviews whose chair or members are missing, agreements that one side cannot sign."""
    organization = portfolio.organization
    problems = [
        error(organization.source.at("roles"), "role-empty", f"nobody holds the role {role!r}")
        for role in REQUIRED_ROLES
        if role not in organization.roles
    ]
    for review in portfolio.reviews.values():
        problems += _review(review, portfolio)
    for versions in portfolio.agreements.values():
        for agreement in versions:
            signing = {signatory.party for signatory in agreement.signatories}
            problems += [
                error(agreement.source.at("signatories"), "nobody-signs", f"nobody signs for the {party}")
                for party in ("provider", "customer")
                if party not in signing
            ]
    return tuple(problems)


def _review(review: Review, portfolio: Portfolio) -> Iterator[Problem]:
    versions = portfolio.agreements.get(review.agreement, ())
    if versions and versions[0].kind != "sla":
        message = f"{review.agreement} is no SLA; minutes are made for a customer"
        yield error(review.source.at("agreement"), "review-of", message, "name the SLA that it underpins")
    if review.last >= review.first.plus(REVIEWED):
        message = f"the period is longer than {REVIEWED} months"
        yield error(review.source.at("period", "from"), "review-long", message, "hold a review at least yearly")
    if review.last < review.first:
        yield error(review.source.at("period", "until"), "dates-order", f"{review.last} is before {review.first}")
    if review.status != "held":
        return
    if review.chair not in review.present_provider:
        message = f"{review.chair!r} took the chair but is not among those present"
        yield warning(review.source.at("chair"), "chair-absent", message)
    roles = portfolio.organization.roles
    for role in portfolio.policy.review_roles:
        holder = roles.get(role)
        if holder is not None and holder not in review.present_provider:
            message = f"{role} {holder!r} was not present, though policy.yaml requires the role"
            yield warning(review.source.at("present", "provider"), "role-absent", message)
    if not review.present_customer:
        yield warning(review.source.at("present"), "customer-absent", "no representative of the customer was present")
    both = set(review.present_provider) & set(review.absent_provider)
    for person in sorted(both):
        yield error(review.source.at("absent", "provider"), "present-and-absent", f"{person!r} is present and absent")
