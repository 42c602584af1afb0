"""What is still to be done: actions of reviews and plans, the plans themselves, and what falls due, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from pipeline.compare.deadlines import deadlines
from pipeline.compare.duties import Duty
from pipeline.merge.improvement_register import plan_row
from pipeline.merge.improving import task
from pipeline.model.actions import standings
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.improvements import Improvement
from pipeline.model.quantities import Month
from pipeline.model.reviews import Action, Review
from pipeline.portal.rows import ActionRow, DueRow, ImprovementRow
from pipeline.portal.telling import Telling

AHEAD = 90
"""Days that are looked ahead."""

_OURS = frozenset({"register", "signature", "improvement"})
"""Kinds of duties that concern nobody but us."""


def actions(telling: Telling) -> tuple[ActionRow, ...]:
    """Every action: what is overdue first, then what is open by its day, then what was closed, the latest first."""
    today = telling.edition.today
    found = list(_actions(telling))
    still = [(action, row) for action, row in found if row.task.state in {"open", "in-progress"}]
    closed = [(action, row) for action, row in found if row.task.state not in {"open", "in-progress"}]
    ordered = [
        *sorted(still, key=lambda pair: (pair[0].due >= today, pair[0].due, pair[0].id)),
        *sorted(closed, key=lambda pair: (pair[0].due, pair[0].id), reverse=True),
    ]
    return tuple(row for _, row in ordered)


def _actions(telling: Telling) -> Iterator[tuple[Action, ActionRow]]:
    words, today = telling.words, telling.edition.today
    for identifier, versions in telling.portfolio.agreements.items():
        for one in standings(telling.portfolio, identifier, today):
            kind = "review" if isinstance(one.origin, Review) else "improvement"
            agreed = words.label(f"register.from.{kind}", id=one.origin.id)
            row = task(one.action, today, words, agreed_in=agreed)
            yield one.action, ActionRow(row, telling.agreement(identifier), telling.party(versions[-1].other_party))
    for plan in telling.portfolio.improvements.values():
        if not plan.agreement and plan.told <= today:
            agreed = words.label("register.from.improvement", id=plan.id)
            for action in plan.actions:
                yield action, ActionRow(task(action, today, words, agreed_in=agreed), None, telling.party(ORGANIZATION))


def plans(telling: Telling) -> Iterator[ImprovementRow]:
    """The improvement plans, ended ones last."""
    edition = telling.edition
    chosen = sorted(
        telling.portfolio.improvements.values(),
        key=lambda plan: (plan.completed is not None, not plan.overdue(edition.today), plan.planned, plan.id),
    )
    for plan in chosen:
        row = plan_row(telling.portfolio, edition.measurement, plan, edition.today, telling.words)
        documents = telling.shelf.links(f"internal/improvements/{plan.id}", telling.words, plan.id)
        yield ImprovementRow(row, documents)


def duties(telling: Telling) -> Iterator[DueRow]:
    """What is overdue or falls due, the earliest first."""
    edition, promised = telling.edition, _promised(telling)
    origins = _origins(telling)
    found = deadlines(telling.portfolio, edition.today, AHEAD, edition.month)
    for duty in sorted(found, key=lambda duty: (duty.day, duty)):
        if edition.customer and duty.kind in _OURS:
            continue
        day = date.fromisoformat(duty.day) if duty.day else None
        overdue = day is not None and day < telling.edition.today and duty.kind != "register"
        origin = origins.get(duty.subject.rpartition(" ")[2])
        agreement = duty.agreement or (origin.agreement if origin else "")
        about = telling.agreement(agreement) if agreement in telling.portfolio.agreements else None
        yield DueRow(
            day=telling.words.date(day) if day else "",
            overdue=overdue,
            state=telling.words.label(f"portal.due.{'overdue' if overdue else 'coming'}"),
            what=telling.words.label(f"portal.due.{duty.kind}"),
            detail=_detail(telling, duty, promised),
            about=about,
            party=telling.party(duty.party),
        )


def _detail(telling: Telling, duty: Duty, promised: dict[tuple[str, str], str]) -> str:
    """What exactly: the period of a report, the words of an action, the name of a meeting, survey or plan."""
    name = duty.subject.rpartition(" ")[2]
    match duty.kind:
        case "action":
            return promised.get((name, duty.key), duty.key)
        case "report":
            return telling.words.month(Month.parse(duty.key)) if duty.key[5:].isdigit() else duty.key
        case "ending" | "register" | "signature":
            return telling.words.label("portal.due.version", version=duty.version)
        case "review":
            frequency = telling.edition.current(duty.agreement).review.frequency
            return telling.words.label(f"frequency.{frequency}")
        case _:
            return name


def _origins(telling: Telling) -> Mapping[str, Review | Improvement]:
    """What actions come from, by id."""
    return {**telling.portfolio.reviews, **telling.portfolio.improvements}


def _promised(telling: Telling) -> dict[tuple[str, str], str]:
    """(Review or plan, action) -> what was promised, and by whom."""
    words = telling.words
    return {
        (one.id, action.id): words.label("portal.promise", action=words(action.action), owner=words(action.owner))
        for one in _origins(telling).values()
        for action in (*(one.previous_actions if isinstance(one, Review) else ()), *one.actions)
    }
