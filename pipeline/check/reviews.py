"""Review meetings: who was there, what became of earlier actions, and customers before teams and suppliers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pipeline.model.actions import held_reviews, standings
from pipeline.model.agreements import MONTHS
from pipeline.model.portfolio import Portfolio
from pipeline.model.reviews import Review
from pipeline.problems import Problem, error, warning

REVIEWED = 12
"""Months that minutes have room for; the procedure asks for a review at least once a year."""


def check_reviews(portfolio: Portfolio) -> tuple[Problem, ...]:
    """What is wrong with review meetings and with how often they are agreed on."""
    problems: list[Problem] = []
    for review in portfolio.reviews.values():
        problems += _period(review)
        if review.status == "held":
            problems += _present(review, portfolio)
        problems += _order(review, portfolio)
    for identifier, versions in portfolio.agreements.items():
        problems += _actions(identifier, portfolio)
        wanted = portfolio.policy.review_frequency
        one = versions[-1]
        if MONTHS[one.review.frequency] > MONTHS[wanted]:
            message = f"reviews are agreed {one.review.frequency}, though policy.yaml wants them at least {wanted}"
            problems.append(warning(one.source.at("review", "frequency"), "review-rare", message))
    return tuple(problems)


def _period(review: Review) -> Iterator[Problem]:
    if review.last >= review.first.plus(REVIEWED):
        message = f"the period is longer than {REVIEWED} months"
        yield error(review.source.at("period", "from"), "review-long", message, "hold a review at least yearly")
    if review.last < review.first:
        yield error(review.source.at("period", "until"), "dates-order", f"{review.last} is before {review.first}")


def _present(review: Review, portfolio: Portfolio) -> Iterator[Problem]:
    """The chair, the roles that the policy requires, and somebody of the other side."""
    versions = portfolio.agreements.get(review.agreement, ())
    kind = versions[0].kind if versions else "sla"
    ours = {*review.present_provider, *review.present_team}
    if review.chair not in ours:
        message = f"{review.chair!r} took the chair but is not among those present"
        yield warning(review.source.at("chair"), "chair-absent", message)
    for role in portfolio.policy.roles_at(kind):
        holder = portfolio.organization.roles.get(role)
        if holder is not None and holder not in ours:
            message = f"{role} {holder!r} was not present, though policy.yaml requires the role"
            yield warning(review.source.at("present", "provider"), "role-absent", message)
    others, noun = {
        "sla": (review.present_customer, "customer"),
        "ola": (review.present_team, "team"),
        "uc": (review.present_suppliers, "supplier"),
    }[kind]
    if not others:
        message = f"no representative of the {noun} was present"
        yield warning(review.source.at("present"), f"{noun}-absent", message)
    if kind != "sla" and review.present_customer:
        message = f"customers take no part in a review of {review.agreement}"
        yield error(review.source.at("present", "customer"), "customer-present", message, f"it is about the {noun}")
    both = ours & {*review.absent_provider, *review.absent_team}
    for person in sorted(both):
        yield error(review.source.at("absent", "provider"), "present-and-absent", f"{person!r} is present and absent")


def _order(review: Review, portfolio: Portfolio) -> Iterator[Problem]:
    """Teams and suppliers are reviewed with what customers said of the same time."""
    versions = portfolio.agreements.get(review.agreement, ())
    if not versions or versions[0].kind == "sla":
        return
    for other in sorted(portfolio.reviews.values(), key=lambda one: one.id):
        sla = portfolio.agreements.get(other.agreement, ())
        relies = bool(sla) and sla[0].kind == "sla" and any(review.agreement in one.relies_on for one in sla)
        if relies and other.day > review.day and review.first <= other.last <= review.last:
            message = f"this review comes before {other.id} on {other.day}, in which {other.agreement} is reviewed"
            hint = "review with customers first, then with the teams and suppliers behind them"
            yield warning(review.source.at("date"), "review-order", message, hint)


def _actions(agreement: str, portfolio: Portfolio) -> Iterator[Problem]:
    """Each action has a number of its own, and no review is silent on what was still open."""
    first: dict[str, str] = {}
    planned = {
        one.id for plan in portfolio.improvements.values() if plan.agreement == agreement for one in plan.actions
    }
    for review in held_reviews(portfolio, agreement):
        reported = {one.id for one in (*review.previous_actions, *review.actions)} | planned
        left = [one for one in standings(portfolio, agreement, review.day - timedelta(days=1)) if one.open]
        silent = [one.action.id for one in left if one.action.id not in reported]
        if silent:
            message = f"nothing is said of {', '.join(silent)}, still open after {left[0].origin.id}"
            hint = "report on each under previous_actions, whatever its state"
            yield warning(review.source.at("previous_actions"), "action-unreported", message, hint)
        for index, one in enumerate(review.actions):
            if one.id in first:
                message = f"the action {one.id!r} was agreed on in {first[one.id]} already"
                hint = "give a new action a new id; report on an earlier one under previous_actions"
                yield error(review.source.at("actions", index, "id"), "action-twice", message, hint)
            first.setdefault(one.id, review.id)
