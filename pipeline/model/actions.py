"""Actions from review to review: what was promised stays open until somebody reports it done or given up.

Reports come from later reviews (`previous_actions`), from the commentary of a month, and from improvement plans.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from pipeline.model.improvements import Improvement
from pipeline.model.portfolio import Portfolio
from pipeline.model.reviews import OPEN_STATES, Action, Review


@dataclass(frozen=True, slots=True)
class Standing:
    """An action as it stood on a day. `origin` is the review or improvement that it was agreed in, `agreed` its day.

    `closed` is the day on which it was first reported done or given up, None while it is open.
    """

    action: Action
    agreement: str
    origin: Review | Improvement
    agreed: date
    closed: date | None

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.closed is None

    def overdue(self, day: date) -> bool:
        """Whether it was to be done before that day."""
        return self.open and self.action.due < day


@dataclass(frozen=True, slots=True)
class _Told:
    """What was reported of an action on a day; `rank` orders the reports of one day."""

    day: date
    rank: int
    action: Action
    origin: Review | Improvement | None


def standings(portfolio: Portfolio, agreement: str, day: date) -> tuple[Standing, ...]:
    """Every action agreed on for an agreement up to that day, as it stood then; in the order in which they came up."""
    found: dict[str, Standing] = {}
    for told in sorted(_told(portfolio, agreement, day), key=lambda one: (one.day, one.rank)):
        action, before = told.action, found.get(told.action.id)
        if before is None and told.origin is None:
            continue  # a commentary on an action that nobody agreed on
        if before is not None and told.origin is None:
            action = replace(before.action, state=action.state, note=action.note or before.action.note)
        origin, agreed = (before.origin, before.agreed) if before else (told.origin, told.day)
        still = action.state in OPEN_STATES
        closed = None if still else before.closed if before and before.closed else told.day
        if origin is not None:
            found[action.id] = Standing(action, agreement, origin, agreed, closed)
    return tuple(found.values())


def held_reviews(portfolio: Portfolio, agreement: str) -> tuple[Review, ...]:
    """The reviews held on an agreement, the oldest first."""
    found = [one for one in portfolio.reviews.values() if one.agreement == agreement and one.status == "held"]
    return tuple(sorted(found, key=lambda one: (one.day, one.id)))


def _told(portfolio: Portfolio, agreement: str, day: date) -> Iterator[_Told]:
    for review in held_reviews(portfolio, agreement):
        if review.day <= day:
            yield from (_Told(review.day, 0, one, review) for one in review.previous_actions)
            yield from (_Told(review.day, 1, one, review) for one in review.actions)
    for month, commentary in portfolio.commentaries.items():
        last = month.contract_days(1).end
        if last <= day and agreement in commentary.agreements:
            for one in commentary.agreements[agreement].actions:
                said = Action(one.action, one.note, one.note, last, one.state, one.note)
                yield _Told(last, 2, said, None)
    for plan in portfolio.improvements.values():
        if plan.agreement == agreement and plan.told <= day:
            yield from (_Told(plan.told, 3, one, plan) for one in plan.actions)
