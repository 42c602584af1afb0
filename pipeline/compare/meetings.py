"""Which reviews fall due, and what people promised in them and in improvement plans."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.compare.duties import Duty, about
from pipeline.compare.horizon import Horizon, later
from pipeline.model.actions import held_reviews, standings
from pipeline.model.agreements import MONTHS, ORGANIZATION, Agreement, in_force
from pipeline.model.improvements import ENDED, Improvement, ImprovementState
from pipeline.model.portfolio import Portfolio
from pipeline.model.reviews import Action, Review

ORDER = {"sla": "", "ola": "; hold the reviews with customers first", "uc": "; hold the reviews with customers first"}


def reviews_due(portfolio: Portfolio, horizon: Horizon) -> Iterator[Duty]:
    """The next review of every agreement in force, and the meetings that are planned."""
    for versions in portfolio.agreements.values():
        yield from _next_review(versions, portfolio, horizon)
    for review in portfolio.reviews.values():
        if review.status == "planned" and review.day <= horizon.last:
            over = review.day < horizon.today
            action = "write its minutes, or another day"
            if not over:
                action = f"make review-packs; send invitation and pack of {review.id} to those who take part"
            party, subject = _party(review.agreement, portfolio), f"review {review.id}"
            because, file = f"planned for {review.day}", review.source.file
            yield Duty(party, subject, "planned", because, action, file, str(review.day), kind="meeting")


def _next_review(versions: tuple[Agreement, ...], portfolio: Portfolio, horizon: Horizon) -> Iterator[Duty]:
    """By the frequency agreed, counted from the last review held or from the first day in force."""
    current = next((span.agreement for span in in_force(versions) if horizon.today in span.days), None)
    if current is None:
        return
    held = [one for one in held_reviews(portfolio, current.id) if one.day <= horizon.today]
    since = held[-1].day if held else min(span.days.start for span in in_force(versions))
    due = later(since, MONTHS[current.review.frequency])
    if held and held[-1].next_review:
        due = min(due, held[-1].next_review)
    planned = any(one.status == "planned" and one.agreement == current.id for one in portfolio.reviews.values())
    if due > horizon.last or planned:
        return
    last = f"last on {since}" if held else f"never reviewed since {since}"
    state = f"reviewed {current.review.frequency}, {last}" if held else last
    file = f"sources/reviews/{current.other_party}-{max(due, horizon.today):%Y-%m}.yaml"
    action = f"arrange the meeting: write {file} with status: planned{ORDER[current.kind]}"
    because = f"its review {horizon.passed(due)}"
    yield about(current, state, because, action, day=str(due), kind="review", key=str(since))


def promises_due(portfolio: Portfolio, horizon: Horizon) -> Iterator[Duty]:
    """What is still to be done of what was promised in reviews and improvement plans, as last reported."""
    for identifier in portfolio.agreements:
        for one in standings(portfolio, identifier, horizon.today):
            if one.open and one.action.due <= horizon.last:
                kind = "review" if isinstance(one.origin, Review) else "improvement"
                party, subject = _party(identifier, portfolio), f"{kind} {one.origin.id}"
                yield _promise(one.action, party, subject, one.origin.source.file, horizon)
    for plan in portfolio.improvements.values():
        if not plan.agreement and plan.state not in ENDED:
            for action in plan.open_actions:
                if action.due <= horizon.last:
                    yield _promise(action, ORGANIZATION, f"improvement {plan.id}", plan.source.file, horizon)


def _promise(action: Action, party: str, subject: str, file: str, horizon: Horizon) -> Duty:
    owner, what = (text.in_language("zh-CN") for text in (action.owner, action.action))
    because = f"action {action.id} {horizon.passed(action.due)}: {what}"
    done = f"{owner}: set it to done, or agree on another day"
    return Duty(party, subject, action.state, because, done, file, str(action.due), kind="action", key=action.id)


def improvements_due(portfolio: Portfolio, horizon: Horizon) -> Iterator[Duty]:
    """Plans that nobody has approved yet, and plans whose day comes."""
    for plan in portfolio.improvements.values():
        if plan.state in ENDED or plan.planned > horizon.last:
            continue
        party = _party(plan.agreement, portfolio) if plan.agreement else ORGANIZATION
        because = f"the improvement {horizon.passed(plan.planned)}"
        yield Duty(
            party,
            f"improvement {plan.id}",
            str(plan.state),
            because,
            _step(plan),
            plan.source.file,
            str(plan.planned),
            plan.agreement,
            kind="improvement",
        )


def _step(plan: Improvement) -> str:
    if plan.state is ImprovementState.PROPOSED:
        return "have it approved or turned down: write approval and state"
    return "write state: completed, completed and evidence, or agree on another day"


def _party(agreement: str, portfolio: Portfolio) -> str:
    versions = portfolio.agreements.get(agreement)
    return versions[-1].other_party if versions else ORGANIZATION
