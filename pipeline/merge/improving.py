"""Improvement plans as documents: what is planned, how far it has come, and what the figures say of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from pipeline.measure.attainment import MISSED
from pipeline.measure.effects import Effect, Part, effect
from pipeline.measure.measurement import Measurement
from pipeline.merge import amounts
from pipeline.merge.blocks import PersonRow, party, person, records_keeper, revision_row
from pipeline.merge.document import Document, Wanted, retained
from pipeline.merge.drafting import target_name
from pipeline.merge.improvement import (
    ApprovedRow,
    EffectBlock,
    EffectMonth,
    ImprovementContext,
    TaskRow,
)
from pipeline.merge.minutes import MISSED_MARK
from pipeline.merge.words import Labels, Words, exact
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.catalog import Unit
from pipeline.model.improvements import Improvement, ImprovementState
from pipeline.model.measures import unit_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.reviews import OPEN_STATES, Action

PROCESS_OWNER = "slm-owner"
"""The role that answers for what is no service of the catalogue."""


def plans(portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted) -> Iterator[Document]:
    """Every plan, in every language of internal documents."""
    for plan in portfolio.improvements.values():
        if wanted.customer not in {"", party_of(plan, portfolio)}:
            continue
        day = today(wanted, plan.told)
        for language in portfolio.languages:
            yield Document(
                kind="sip",
                stem=f"internal/improvements/{plan.id}.{language}",
                language=language,
                agreement=plan.agreement,
                version=str(plan.version),
                day=plan.told,
                retain_until=retained(portfolio, plan.completed or day),
                context=plan_context(portfolio, measurement, plan, day, Words(language, labels[language])),
                sources=files(portfolio, measurement, plan),
            )


def today(wanted: Wanted, told: date) -> date:
    """The day that a document speaks of: the end of the month wanted, or the newest word where that is later."""
    return max(wanted.month.contract_days(1).end, told) if wanted.month else told


def party_of(plan: Improvement, portfolio: Portfolio) -> str:
    """The other party of the plan's agreement; ORGANIZATION where it has none."""
    versions = portfolio.agreements.get(plan.agreement, ())
    return versions[-1].other_party if versions else ORGANIZATION


def files(portfolio: Portfolio, measurement: Measurement | None, plan: Improvement) -> tuple[str, ...]:
    """The sources of a plan's document, with the exports where its figures come from them."""
    sources = [plan.source, portfolio.organization.source, portfolio.policy.source]
    sources += [one.source for one in portfolio.agreements.get(plan.agreement, ())]
    if plan.service:
        sources.append(portfolio.services[plan.service].source)
    measured = plan.aim is not None and measurement is not None
    exports = [one.file for one in measurement.measured.records.files] if measured and measurement else []
    return tuple(sorted({*(one.file for one in sources), *exports}))


def plan_context(
    portfolio: Portfolio, measurement: Measurement | None, plan: Improvement, day: date, words: Words
) -> ImprovementContext:
    """A plan as it stands on a day."""
    approval = plan.approval
    pending = plan.state is ImprovementState.PROPOSED
    return ImprovementContext(
        language=words.language,
        id=plan.id,
        title=words.label("improvement.title", title=words(plan.title)),
        subject=words(plan.title),
        version=str(plan.version),
        version_date=words.date(plan.told),
        state=str(plan.state),
        state_label=words.label(f"improvement.state.{plan.state}"),
        overdue=plan.overdue(day),
        provider=party(portfolio, ORGANIZATION, words),
        party=party(portfolio, party_of(plan, portfolio), words).name if plan.agreement else "",
        agreement=plan.agreement.upper(),
        subject_label=words.label("improvement.service" if plan.service else "improvement.process"),
        concerns=concerns(plan, portfolio, words),
        subject_owner=_subject_owner(plan, portfolio, words),
        owner=person(portfolio, plan.owner, words),
        origin=origin(plan, words),
        origin_note=words(plan.origin.note),
        approved=_approved(plan, portfolio, words) if approval else None,
        description=words(plan.description),
        business_case=words(plan.business_case),
        expected=words(plan.expected),
        cost=words(plan.cost),
        planned=words.date(plan.planned),
        completed=words.date(plan.completed) if plan.completed else "",
        effect=effect_block(portfolio, effect(measurement, plan), words),
        actions=tuple(task(one, day, words) for one in plan.actions),
        evidence=words.many(plan.evidence),
        revisions=tuple(
            revision_row(portfolio, one.version, one.revision, words, approved=not pending) for one in plan.issues
        ),
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
    )


def concerns(plan: Improvement, portfolio: Portfolio, words: Words) -> str:
    """The service or process that is to become better."""
    return words(portfolio.services[plan.service].name) if plan.service else words(plan.process)


def origin(plan: Improvement, words: Words) -> str:
    """What gave rise to a plan: `Service review (harbour-2026-07)`."""
    kind = words.label(f"improvement.origin.{plan.origin.kind}")
    return words.label("improvement.origin", kind=kind, reference=plan.origin.reference)


def task(one: Action, day: date, words: Words, *, whose: str = "", agreed_in: str = "") -> TaskRow:
    """An action as it stands on a day."""
    return TaskRow(
        id=one.id,
        action=words(one.action),
        owner=words(one.owner),
        due=words.date(one.due),
        state=one.state,
        state_label=words.label(f"action.{one.state}"),
        overdue=one.state in OPEN_STATES and one.due < day,
        note=words(one.note),
        party=whose,
        origin=agreed_in,
    )


def _subject_owner(plan: Improvement, portfolio: Portfolio, words: Words) -> PersonRow:
    if plan.service:
        return person(portfolio, portfolio.services[plan.service].owner, words)
    return person(portfolio, portfolio.organization.roles[PROCESS_OWNER], words)


def _approved(plan: Improvement, portfolio: Portfolio, words: Words) -> ApprovedRow | None:
    if plan.approval is None:
        return None
    who = person(portfolio, plan.approval.person, words)
    return ApprovedRow(who.name, who.title, words.date(plan.approval.day), words(plan.approval.note))


def effect_block(portfolio: Portfolio, found: Effect | None, words: Words) -> EffectBlock | None:
    """The figures before and after, ready to print."""
    if found is None:
        return None
    promise = found.promise
    service, target = words(portfolio.services[promise.terms.service].name), promise.target
    return EffectBlock(
        service=service,
        target=target_name(target, words),
        agreed=amounts.bound(target, words),
        goal=amounts.reached(found.goal, promise, words),
        before=_figure(found, found.before, words),
        before_period=_months(found.before, words),
        after=_figure(found, found.after, words),
        after_period=_months(found.after, words),
        change=_change(found, words),
        outcome=str(found.outcome),
        outcome_label=words.label(f"improvement.outcome.{found.outcome}"),
        months=(*_rows(found, "before", words), *_rows(found, "after", words)),
    )


def _figure(found: Effect, part: Part, words: Words) -> str:
    return amounts.shown(part.value, found.promise, words, found.goal) if part.value is not None else ""


def _months(part: Part, words: Words) -> str:
    names = [month for month, _ in part.months]
    if not names:
        return ""
    return words.months(names[0], names[-1])


def _rows(found: Effect, when: str, words: Words) -> Iterator[EffectMonth]:
    part = found.before if when == "before" else found.after
    for month, result in part.months:
        yield EffectMonth(
            when=when,
            when_label=words.label(f"improvement.{when}"),
            month=words.month(month),
            value=amounts.shown(result.value if result else None, found.promise, words),
            mark=MISSED_MARK if result is not None and result.status == MISSED else "",
        )


def _change(found: Effect, words: Words) -> str:
    """`+0.13 percentage points`; empty where one side has no figure."""
    if found.before.value is None or found.after.value is None:
        return ""
    difference: Fraction = found.after.value - found.before.value
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    unit, size = unit_of(found.promise.target), abs(difference)
    if unit is Unit.SECOND:
        return sign + words.elapsed(int(size))
    places = 2
    number = words.number_as_written(round(exact(size), places), places)
    return sign + (words.label("improvement.points", number=number) if unit is Unit.PERCENT else number)
