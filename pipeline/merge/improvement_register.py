"""The improvement register: every plan and every action, what is overdue first; one document for ourselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.measure.effects import effect
from pipeline.measure.measurement import Measurement
from pipeline.merge.blocks import party, person, records_keeper
from pipeline.merge.document import Document, Wanted, retained
from pipeline.merge.improvement import PlanRow, RegisterContext, TaskRow
from pipeline.merge.improving import concerns, effect_block, files, origin, party_of, plans, task
from pipeline.merge.tables import Table
from pipeline.merge.words import Labels, Words
from pipeline.model.actions import Standing, standings
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.improvements import ENDED, Improvement, ImprovementState
from pipeline.model.portfolio import Portfolio
from pipeline.model.reviews import OPEN_STATES, Review

_PLAN_KEYS = (
    "id", "title", "concerns", "party", "owner", "origin", "planned", "completed", "state_label", "overdue",
    "progress", "before", "goal", "after", "effect",
)  # fmt: skip
_TASK_KEYS = ("id", "action", "party", "origin", "owner", "due", "state_label", "overdue", "note")
_ORDER = list(ImprovementState)


def improvements(
    portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The plans, and the register of all of them and of all actions; about all customers, so there is none of one."""
    yield from plans(portfolio, measurement, labels, wanted)
    told = [one.told for one in portfolio.improvements.values()]
    told += [one.day for one in portfolio.reviews.values() if one.status == "held"]
    if wanted.customer or not told:
        return
    day = wanted.month.contract_days(1).end if wanted.month else max(told)
    for language in portfolio.languages:
        words = Words(language, labels[language])
        context = register_context(portfolio, measurement, day, words)
        if not context.plans and not context.open_actions and not context.closed_actions:
            return
        yield Document(
            kind="improvement-register",
            stem=f"internal/improvement-register.{language}",
            language=language,
            agreement="",
            version=day.isoformat(),
            day=day,
            retain_until=retained(portfolio, day),
            context=context,
            sources=_sources(portfolio, measurement),
            sheets=_sheets(context, words),
        )


def _sources(portfolio: Portfolio, measurement: Measurement | None) -> tuple[str, ...]:
    found = {file for plan in portfolio.improvements.values() for file in files(portfolio, measurement, plan)}
    found |= {one.source.file for one in portfolio.reviews.values()}
    found |= {one.source.file for one in portfolio.commentaries.values()}
    found |= {portfolio.organization.source.file, portfolio.policy.source.file}
    return tuple(sorted(found))


def register_context(portfolio: Portfolio, measurement: Measurement | None, day: date, words: Words) -> RegisterContext:
    """Everything as it stands on a day."""
    chosen = sorted(portfolio.improvements.values(), key=lambda plan: _rank(plan, day))
    found = sorted(_actions(portfolio, day, words), key=lambda pair: pair[0])
    rows = [row for _, row in found]
    still = tuple(row for row in rows if row.state in OPEN_STATES)
    late = sum(row.overdue for row in still)
    late_plans = sum(plan.overdue(day) for plan in chosen)
    state = "open" if still or any(plan.state not in ENDED for plan in chosen) else "closed"
    unfinished = sum(plan.state not in ENDED for plan in chosen)
    return RegisterContext(
        language=words.language,
        id="improvement-register",
        title=words.label("register.title"),
        provider=party(portfolio, ORGANIZATION, words),
        date=words.date(day),
        purpose=words.label("register.purpose"),
        headline=_headline(late_plans, late, words) or words.label(f"register.headline.{state}"),
        plans_open=unfinished,
        plans_overdue=late_plans,
        actions_open=len(still),
        actions_overdue=late,
        plans=tuple(plan_row(portfolio, measurement, plan, day, words) for plan in chosen),
        open_actions=still,
        closed_actions=tuple(row for row in reversed(rows) if row.state not in OPEN_STATES),
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
    )


def _headline(plans: int, actions: int, words: Words) -> str:
    """How much is overdue; empty where nothing is."""
    counts = {"plans": plans, "actions": actions}
    parts = [
        words.label(f"register.late.{what}.one" if count == 1 else f"register.late.{what}", count=count)
        for what, count in counts.items()
        if count
    ]
    return words.label("register.headline.overdue", parts=words.listed(tuple(parts))) if parts else ""


def _rank(plan: Improvement, day: date) -> tuple[bool, bool, int, date, str]:
    """Overdue ones first, ended ones last, then by state and day."""
    return not plan.overdue(day), plan.state in ENDED, -_ORDER.index(plan.state), plan.planned, plan.id


def _actions(portfolio: Portfolio, day: date, words: Words) -> Iterator[tuple[tuple[date, str], TaskRow]]:
    """Every action of reviews and plans, with what it is sorted by."""
    for identifier, versions in portfolio.agreements.items():
        whose = party(portfolio, versions[-1].other_party, words).short_name
        for one in standings(portfolio, identifier, day):
            agreed = words.label(f"register.from.{_kind(one)}", id=one.origin.id)
            yield (one.action.due, one.action.id), task(one.action, day, words, whose=whose, agreed_in=agreed)
    for plan in portfolio.improvements.values():
        if not plan.agreement and plan.told <= day:
            agreed = words.label("register.from.improvement", id=plan.id)
            for action in plan.actions:
                own = words(portfolio.organization.short_name)
                yield (action.due, action.id), task(action, day, words, whose=own, agreed_in=agreed)


def _kind(one: Standing) -> str:
    return "review" if isinstance(one.origin, Review) else "improvement"


def plan_row(
    portfolio: Portfolio, measurement: Measurement | None, plan: Improvement, day: date, words: Words
) -> PlanRow:
    """A plan in a line."""
    block = effect_block(portfolio, effect(measurement, plan), words)
    done = sum(one.state == "done" for one in plan.actions)
    whose = party(portfolio, party_of(plan, portfolio), words).short_name
    return PlanRow(
        id=plan.id,
        title=words(plan.title),
        concerns=concerns(plan, portfolio, words),
        party=whose,
        owner=person(portfolio, plan.owner, words).name,
        origin=origin(plan, words),
        planned=words.date(plan.planned),
        completed=words.date(plan.completed) if plan.completed else "",
        state=str(plan.state),
        state_label=words.label(f"improvement.state.{plan.state}"),
        overdue=plan.overdue(day),
        progress=f"{done}/{len(plan.actions)}" if plan.actions else "",
        before=block.before if block else "",
        goal=block.goal if block else "",
        after=block.after if block else "",
        effect=block.outcome_label if block else "",
    )


def _sheets(context: RegisterContext, words: Words) -> tuple[Table, ...]:
    """The same as a workbook, for sorting and filtering."""

    def cells(row: PlanRow | TaskRow, keys: tuple[str, ...]) -> tuple[str, ...]:
        found = (getattr(row, key) for key in keys)
        return tuple(words.label("register.overdue") if one is True else "" if one is False else one for one in found)

    def headings(keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(words.label("register.title_of" if key == "title" else f"register.{key}") for key in keys)

    tasks = (*context.open_actions, *context.closed_actions)
    return (
        Table(
            words.label("register.section.plans"),
            _PLAN_KEYS,
            headings(_PLAN_KEYS),
            tuple(cells(row, _PLAN_KEYS) for row in context.plans),
        ),
        Table(
            words.label("register.section.actions"),
            _TASK_KEYS,
            headings(_TASK_KEYS),
            tuple(cells(row, _TASK_KEYS) for row in tasks),
        ),
    )
