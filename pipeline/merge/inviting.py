"""Packs for planned reviews: invitation, agenda, what became of the last one, figures, and what they suggest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.measure.attainment import MISSED
from pipeline.measure.clock import instant
from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.measure.misses import misses
from pipeline.measure.promises import promises_of, spans_of
from pipeline.measure.suggestions import Suggestion, from_chains, from_dates, from_figures, from_workload
from pipeline.measure.underpinning import assess
from pipeline.merge import amounts
from pipeline.merge.aligning import THIN
from pipeline.merge.blocks import party, person, records_keeper, reference
from pipeline.merge.document import Document, Wanted, files_behind, retained
from pipeline.merge.drafting import target_name
from pipeline.merge.improvement import TaskRow
from pipeline.merge.improvement_register import plan_row
from pipeline.merge.improving import task
from pipeline.merge.minutes import quality_rows
from pipeline.merge.report import ResultRow
from pipeline.merge.reporting import result_row
from pipeline.merge.review_pack import InvitedRow, Meeting, MissedRow, PackContext, TermRow
from pipeline.merge.satisfied import satisfaction
from pipeline.merge.scope import Scope
from pipeline.merge.words import Labels, Words
from pipeline.model.actions import Standing, held_reviews, standings
from pipeline.model.agreements import ORGANIZATION, Agreement, in_force
from pipeline.model.portfolio import Portfolio
from pipeline.model.reviews import Review


def review_packs(
    portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The pack of every planned review whose period has begun."""
    for review in portfolio.reviews.values():
        versions = portfolio.agreements[review.agreement]
        if review.status != "planned" or wanted.customer not in {"", versions[-1].other_party}:
            continue
        if wanted.month is not None and review.first > wanted.month:
            continue
        agreement = version_for(versions, review)
        months = measurement.months.get(review.agreement, ()) if measurement else ()
        day = min(wanted.month.contract_days(1).end, review.day) if wanted.month else review.day
        words = Words(agreement.language, labels[agreement.language])
        exports = [one.file for one in measurement.measured.records.files] if measurement and months else []
        told = [one.source for one in portfolio.reviews.values() if one.agreement == review.agreement]
        told += [one.source for one in portfolio.commentaries.values()]
        told += [one.source for one in portfolio.improvements.values() if one.agreement == review.agreement]
        yield Document(
            kind="review-pack",
            stem=f"{agreement.other_party}/reviews/{review.id}_pack",
            language=agreement.language,
            agreement=agreement.id,
            version=str(agreement.version),
            day=day,
            retain_until=retained(portfolio, review.day),
            context=pack_context(portfolio, measurement, review, day, words),
            sources=files_behind(
                portfolio, agreement, *(one.source for one in versions), *told, exports=tuple(exports)
            ),
        )


def version_for(versions: tuple[Agreement, ...], review: Review) -> Agreement:
    """The version in force at the end of the period reviewed, else the newest."""
    last = review.last.contract_days(versions[-1].period_start_day).end
    inside = [span.agreement for span in in_force(versions) if last in span.days]
    return inside[-1] if inside else versions[-1]


def pack_context(
    portfolio: Portfolio, measurement: Measurement | None, review: Review, day: date, words: Words
) -> PackContext:
    """All that is known of a review on a day before it."""
    versions = portfolio.agreements[review.agreement]
    agreement = version_for(versions, review)
    every = measurement.months.get(review.agreement, ()) if measurement else ()
    months = [one for one in every if review.first <= one.period.month <= review.last]
    other = party(portfolio, agreement.other_party, words)
    last = next(reversed(held_reviews(portfolio, agreement.id)), None)
    stands = [one for one in standings(portfolio, agreement.id, day) if last is None or _matters(one, last)]
    still = tuple(_task(one, day, words) for one in sorted(stands, key=_by_day) if one.open)
    invited = _provider(portfolio, review, agreement, words)
    guests = _others(portfolio, agreement, words)
    missed = tuple(_missed(portfolio, measurement, months, words)) if measurement else ()
    late = sum(one.overdue for one in still)
    suggested = [words.label("pack.suggest.overdue", count=late)] if late else []
    suggested += [
        _suggestion(one, portfolio, words) for one in _found(portfolio, measurement, months, review, versions)
    ]
    satisfied = review.satisfaction or (last.satisfaction if last else review.satisfaction)
    return PackContext(
        language=words.language,
        id=review.id,
        title=words.label("pack.title", title=words(agreement.title)),
        kind=agreement.kind,
        agreement=reference(agreement, words),
        provider=party(portfolio, ORGANIZATION, words),
        other=other,
        other_label=words.label(f"side.{agreement.kind}"),
        date=words.date(review.day),
        time=review.time.replace("-", "–"),
        location=words(review.location),
        period=words.months(review.first, review.last),
        chair=person(portfolio, review.chair, words),
        recorder=person(portfolio, review.recorder, words),
        invited_provider=invited,
        invited_other=guests,
        agenda=words.many(review.agenda),
        headline=_headline(months, len(missed), words),
        late=late,
        last_review=words.date(last.day) if last else "",
        last_decisions=words.many(last.decisions) if last else (),
        open_actions=still,
        closed_actions=tuple(_task(one, day, words) for one in sorted(stands, key=_by_day) if not one.open),
        plans=tuple(
            plan_row(portfolio, measurement, plan, day, words)
            for plan in portfolio.improvements.values()
            if plan.agreement == agreement.id and plan.told <= day
        ),
        as_of=words.date(day),
        months=tuple(str(one.period.month) for one in months),
        trend_months=tuple(str(one.period.month) for one in months),
        results=_results(portfolio, measurement, months, words),
        measured=tuple(quality_rows(portfolio, months, words)),
        missed=missed,
        terms=tuple(_terms(portfolio, agreement, words)) if agreement.kind != "sla" else (),
        satisfaction=words(satisfied),
        surveys=tuple(satisfaction(portfolio, agreement.id, day, words)),
        suggestions=tuple(suggested),
        meeting=_meeting(review, agreement, invited, guests, words),
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
    )


def _matters(one: Standing, last: Review) -> bool:
    """Whether an action is still open, or was closed since the last review."""
    return one.open or (one.closed is not None and one.closed > last.day)


def _by_day(one: Standing) -> tuple[date, str]:
    return one.action.due, one.action.id


def _task(one: Standing, day: date, words: Words) -> TaskRow:
    kind = "review" if isinstance(one.origin, Review) else "improvement"
    return task(one.action, day, words, agreed_in=words.label(f"register.from.{kind}", id=one.origin.id))


def _provider(portfolio: Portfolio, review: Review, agreement: Agreement, words: Words) -> tuple[InvitedRow, ...]:
    """The chair, the recorder, and who holds the roles that the policy requires; each once, with the first function."""
    functions = {review.chair: words.label("pack.chair")}
    functions.setdefault(review.recorder, words.label("pack.recorder"))
    for role in portfolio.policy.roles_at(agreement.kind):
        holder = portfolio.organization.roles.get(role)
        if holder is not None:
            functions.setdefault(holder, words.label("pack.required"))
    for one in review.present_provider:
        functions.setdefault(one, "")
    people = portfolio.organization.people
    return tuple(
        InvitedRow(words(people[one].name), words(people[one].title), people[one].email, function)
        for one, function in functions.items()
    )


def _others(portfolio: Portfolio, agreement: Agreement, words: Words) -> tuple[InvitedRow, ...]:
    """The other side's contact for agreements, and those of them that the review names already."""
    contact = portfolio.party(agreement.other_party).contact_for_agreements
    return (InvitedRow(words(contact.name), words(contact.purpose), contact.email, ""),)


def _meeting(
    review: Review,
    agreement: Agreement,
    invited: tuple[InvitedRow, ...],
    guests: tuple[InvitedRow, ...],
    words: Words,
) -> Meeting:
    begin, end = (instant(review.day, agreement.timezone, _minutes(part)) for part in review.time.split("-"))
    agenda = "\n".join(f"{number}. {item}" for number, item in enumerate(words.many(review.agenda), 1))
    return Meeting(
        key=f"meeting/{review.id}",
        start=begin,
        stop=end,
        summary=words.label("pack.meeting", title=words(agreement.title)),
        description=f"{words.label('pack.section.agenda')}\n{agenda}",
        location=words(review.location),
        organizer=invited[0],
        invited=(*invited, *guests),
    )


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def _headline(months: Sequence[SlaMonth], missed: int, words: Words) -> str:
    """How the period went in a sentence; empty where nothing was measured."""
    results = [result for month in months for result in month.results if result.value is not None]
    if not results:
        return ""
    key = "missed" if missed else "met"
    return words.label(f"pack.headline.{key}", months=len(months), count=len(results), missed=missed)


def _results(
    portfolio: Portfolio, measurement: Measurement | None, months: Sequence[SlaMonth], words: Words
) -> tuple[ResultRow, ...]:
    if measurement is None or not months:
        return ()
    scope = Scope(portfolio, measurement.measured, months[-1], words)
    return tuple(result_row(scope, one, months) for one in months[-1].results)


def _missed(
    portfolio: Portfolio, measurement: Measurement, months: Sequence[SlaMonth], words: Words
) -> Iterator[MissedRow]:
    """Every target missed in every month, the latest first; causes as the reports of those months told them."""
    for month in reversed(months):
        if not any(one.status == MISSED for one in month.results):
            continue
        for one in misses(portfolio, measurement.measured, month):
            promise, remark = one.result.promise, one.remark
            told = next((pair for pair in one.told if pair[0]), ("", ""))
            yield MissedRow(
                month=words.month(month.period.month),
                service=words(portfolio.services[promise.terms.service].name),
                target=target_name(promise.target, words),
                goal=amounts.bound(promise.target, words),
                value=amounts.shown(one.result.value, promise, words),
                cause=words(remark.cause) if remark else told[0],
                action=words(remark.action) if remark else told[1],
            )


def _terms(portfolio: Portfolio, agreement: Agreement, words: Words) -> Iterator[TermRow]:
    """What the other side promises us."""
    for promise in promises_of(portfolio, spans_of((agreement,))):
        goal = amounts.bound(promise.target, words)
        if promise.target.limit:
            goal = words.label("alignment.limit", limit=words.limit(promise.target.limit), goal=goal)
        service = words(portfolio.services[promise.terms.service].name)
        yield TermRow(service, target_name(promise.target, words), goal)


def _found(
    portfolio: Portfolio,
    measurement: Measurement | None,
    months: Sequence[SlaMonth],
    review: Review,
    versions: tuple[Agreement, ...],
) -> Iterator[Suggestion]:
    """What figures and dates suggest; the chains behind promises are for our own teams only."""
    if versions[0].kind == "sla":
        yield from from_figures(months)
        if measurement is not None:
            yield from from_workload(months, measurement.measured.loads)
    elif versions[0].kind == "ola":
        chains = assess(portfolio)
        thin = {id(one): one.relative_margin is not None and one.relative_margin < THIN for one in chains.assessments}
        yield from from_chains(chains, review.agreement, review.day, thin)
    yield from from_dates(versions, review.day)


def _suggestion(one: Suggestion, portfolio: Portfolio, words: Words) -> str:
    """A hint as a sentence for the agenda."""
    target = target_name(one.result.promise.target, words) if one.result else ""
    return words.label(
        f"pack.suggest.{one.hint}",
        service=words(portfolio.services[one.service].name) if one.service else "",
        target=target,
        months=words.listed(tuple(words.month(month) for month in one.months)),
        count=len(one.months),
        of=one.of,
        limit=one.limit,
        day=words.date(one.day) if one.day else "",
    )
