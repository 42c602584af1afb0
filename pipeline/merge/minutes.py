"""What a minutes template may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.measure.attainment import MET, MISSED, NO_DATA
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.promises import Promise
from pipeline.merge import amounts
from pipeline.merge.blocks import AgreementRef, PartyBlock, PersonRow, party, person, records_keeper, reference
from pipeline.merge.drafting import target_name
from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import ORGANIZATION, Agreement, in_force
from pipeline.model.catalog import Better
from pipeline.model.measures import better_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.reviews import Action, Attendee, Review

MISSED_MARK = "▲"


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action as minutes list it; `state` is the id (open, in-progress, done, cancelled)."""

    id: str
    action: str
    owner: str
    due: str
    state: str
    state_label: str
    note: str


@dataclass(frozen=True, slots=True)
class QualityRow:
    """How one target did over the months reviewed.

    `months` holds a display value per month, percentages without their sign, `marks` a sign at those in which the
    target was missed.
    """

    service: str
    target: str
    goal: str
    months: tuple[str, ...]
    marks: tuple[str, ...]
    statuses: tuple[str, ...]
    met_months: str


@dataclass(frozen=True, slots=True)
class MinutesContext:
    """A review meeting as its templates see it.

    `customer` is the other side, which is a team or a supplier where it is an OLA or a UC that was reviewed;
    `customer_label` says which. `provider` are always we.
    """

    language: str
    id: str
    title: str
    agreement: AgreementRef
    provider: PartyBlock
    customer: PartyBlock
    customer_label: str
    kind: str
    date: str
    time: str
    location: str
    period: str
    chair: PersonRow
    recorder: PersonRow
    present_provider: tuple[PersonRow, ...]
    absent_provider: tuple[PersonRow, ...]
    present_customer: tuple[PersonRow, ...]
    absent_customer: tuple[PersonRow, ...]
    present_suppliers: tuple[PersonRow, ...]
    agenda: tuple[str, ...]
    previous_actions: tuple[ActionRow, ...]
    months: tuple[str, ...]
    measured: tuple[QualityRow, ...]
    quality: tuple[str, ...]
    unusual: tuple[str, ...]
    satisfaction: str
    customer_requests: tuple[str, ...]
    provider_requests: tuple[str, ...]
    decisions: tuple[str, ...]
    actions: tuple[ActionRow, ...]
    suggestions: tuple[str, ...]
    next_review: str
    records_keeper: str
    retention_years: int


def minutes_context(portfolio: Portfolio, review: Review, months: Sequence[SlaMonth], words: Words) -> MinutesContext:
    """A held review of the version in force at the end of its period, with the measured quality over `months`."""
    versions = portfolio.agreements[review.agreement]
    last = review.last.contract_days(versions[-1].period_start_day).end
    inside = [span.agreement for span in in_force(versions) if last in span.days]
    agreement = inside[-1] if inside else versions[-1]
    shown = [one for one in months if review.first <= one.period.month <= review.last]
    name = words.label("minutes.title", title=words(agreement.title))
    return MinutesContext(
        language=agreement.language,
        id=review.id,
        title=name,
        agreement=reference(agreement, words),
        provider=party(portfolio, ORGANIZATION, words),
        customer=party(portfolio, agreement.other_party, words),
        customer_label=words.label(f"side.{agreement.kind}"),
        kind=agreement.kind,
        date=words.date(review.day),
        time=review.time.replace("-", "–"),
        location=words(review.location),
        period=words.months(review.first, review.last),
        chair=person(portfolio, review.chair, words),
        recorder=person(portfolio, review.recorder, words),
        present_provider=tuple(person(portfolio, one, words) for one in review.present_provider),
        absent_provider=tuple(person(portfolio, one, words) for one in review.absent_provider),
        present_customer=_others(portfolio, review, agreement, words, present=True),
        absent_customer=_others(portfolio, review, agreement, words, present=False),
        present_suppliers=_attendees(review.present_suppliers, words) if agreement.kind != "uc" else (),
        agenda=words.many(review.agenda),
        previous_actions=_actions(review.previous_actions, words),
        months=tuple(str(one.period.month) for one in shown),
        measured=tuple(quality_rows(portfolio, shown, words)),
        quality=words.many(review.quality),
        unusual=words.many(review.unusual),
        satisfaction=words(review.satisfaction),
        customer_requests=words.many(review.customer_requests),
        provider_requests=words.many(review.provider_requests),
        decisions=words.many(review.decisions),
        actions=_actions(review.actions, words),
        suggestions=words.many(review.suggestions),
        next_review=words.date(review.next_review) if review.next_review else "",
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
    )


def _others(
    portfolio: Portfolio, review: Review, agreement: Agreement, words: Words, *, present: bool
) -> tuple[PersonRow, ...]:
    """Who was there, or missing, of the customer, the team or the supplier."""
    if agreement.kind == "ola":
        team = review.present_team if present else review.absent_team
        return tuple(person(portfolio, one, words) for one in team)
    if agreement.kind == "uc":
        return _attendees(review.present_suppliers if present else review.absent_suppliers, words)
    return _attendees(review.present_customer if present else review.absent_customer, words)


def _attendees(attendees: Sequence[Attendee], words: Words) -> tuple[PersonRow, ...]:
    return tuple(PersonRow(words(one.name), words(one.title)) for one in attendees)


def _actions(actions: Sequence[Action], words: Words) -> tuple[ActionRow, ...]:
    return tuple(
        ActionRow(
            one.id,
            words(one.action),
            words(one.owner),
            words.date(one.due),
            one.state,
            words.label(f"action.{one.state}"),
            words(one.note),
        )
        for one in actions
    )


def quality_rows(portfolio: Portfolio, months: Sequence[SlaMonth], words: Words) -> Iterator[QualityRow]:
    """A row per target of the last month's version; earlier months by the same service and target id."""
    if not months:
        return
    for result in months[-1].results:
        promise = result.promise
        history = [month.find(promise) for month in months]
        statuses = tuple(one.status if one else NO_DATA for one in history)
        measured = [one for one in history if one is not None and one.value is not None]
        yield QualityRow(
            service=words(portfolio.services[promise.terms.service].name),
            target=target_name(promise.target, words),
            goal=_goal(promise, words),
            months=tuple(amounts.brief(one.value, one.promise, words).rstrip("%") if one else EMPTY for one in history),
            marks=tuple(MISSED_MARK if status == MISSED else "" for status in statuses),
            statuses=statuses,
            met_months=f"{sum(one.status == MET for one in measured)}/{len(measured)}",
        )


def _goal(promise: Promise, words: Words) -> str:
    """The goal; with its sign where it is a most, since a least is what readers expect."""
    target = promise.target
    return amounts.bound(target, words) if better_of(target) is Better.LOWER else amounts.goal_words(target, words)
