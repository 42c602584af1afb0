"""Requirement analyses and change requests: from the comparison with the catalogue to the documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipeline.measure.fit import RequirementFit, Verdict, fit
from pipeline.measure.measurement import Measurement
from pipeline.merge.blocks import PersonRow, RevisionRow, party, person, records_keeper, revision_row
from pipeline.merge.comparing import Comparison
from pipeline.merge.document import Context, Document, Wanted, retained
from pipeline.merge.impact import impact, underpinning
from pipeline.merge.requirement import ApprovalRow, ChangeRequestContext, OptionRow, RequirementContext
from pipeline.merge.words import Labels, Words
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.portfolio import Portfolio
from pipeline.model.requirements import Requirement, RequirementStatus

SUBMITTER = "slm-manager"
"""The role that brings a change request to change and release management."""
DECIDED = frozenset({RequirementStatus.AGREED, RequirementStatus.REJECTED})
"""States in which a requirement has been approved or turned down; before them its analysis awaits approval."""


def requirements(
    portfolio: Portfolio, measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The analysis of every requirement, with a change request where something is beyond the catalogue."""
    del measurement
    for requirement in portfolio.requirements.values():
        if wanted.customer not in {"", requirement.customer}:
            continue
        words = Words(requirement.language, labels[requirement.language])
        found = fit(portfolio, requirement)
        stem = f"internal/requirements/{requirement.id}"
        yield _document(portfolio, found, "requirement", stem, requirement_context(portfolio, found, words))
        if asks_for_change(found):
            context = change_request_context(portfolio, found, words)
            yield _document(portfolio, found, "change-request", f"{stem}_change-request", context)


def asks_for_change(found: RequirementFit) -> bool:
    """Whether something goes to change and release management: not what was turned down."""
    return bool(found.beyond) and found.requirement.status is not RequirementStatus.REJECTED


def change_number(requirement: Requirement) -> str:
    """The number of the change request that a requirement leads to."""
    return f"CR-{requirement.id}"


def _document(portfolio: Portfolio, found: RequirementFit, kind: str, stem: str, context: Context) -> Document:
    requirement = found.requirement
    day = requirement.issues[-1].revision.date
    return Document(
        kind=kind,
        stem=stem,
        language=requirement.language,
        agreement=requirement.agreement,
        version=str(requirement.version),
        day=day,
        retain_until=retained(portfolio, day),
        context=context,
        sources=_files(portfolio, found),
    )


def _files(portfolio: Portfolio, found: RequirementFit) -> tuple[str, ...]:
    requirement = found.requirement
    calendars = {item.calendar for item in requirement.items} | {
        level.level.calendar for service in found.services for level in service.levels
    }
    supports = [agreement for agreement, _ in underpinning(portfolio, found)]
    versions = [*supports, *portfolio.agreements.get(requirement.agreement, ())]
    versions += [service.agreement for service in found.services if service.agreement is not None]
    sources = [
        requirement.source,
        portfolio.organization.source,
        portfolio.policy.source,
        portfolio.customers[requirement.customer].source,
        *(service.service.source for service in found.services),
        *(source for one in calendars if one for source in portfolio.calendar_sources(one)),
        *(version.source for version in versions),
        *(portfolio.party(support.provider).source for support in supports),
        *([portfolio.catalog.source] if portfolio.catalog else []),
    ]
    return tuple(sorted({source.file for source in sources}))


def requirement_context(portfolio: Portfolio, found: RequirementFit, words: Words) -> RequirementContext:
    """The analysis of a requirement."""
    requirement = found.requirement
    comparison = Comparison(portfolio, found, words)
    last = requirement.issues[-1].revision
    return RequirementContext(
        language=words.language,
        id=requirement.id,
        title=words.label("requirement.title", title=words(requirement.title)),
        subject=words(requirement.title),
        version=str(requirement.version),
        version_date=words.date(last.date),
        status=str(requirement.status),
        status_label=words.label(f"requirement.status.{requirement.status}"),
        provider=party(portfolio, ORGANIZATION, words),
        customer=party(portfolio, requirement.customer, words),
        date=words.date(requirement.day),
        asked_by=PersonRow(words(requirement.asked_by.name), words(requirement.asked_by.title)),
        received_by=person(portfolio, requirement.received_by, words),
        agreement=requirement.agreement,
        change_request=change_number(requirement) if asks_for_change(found) else "",
        background=words(requirement.background),
        headline=_headline(found, words),
        items=comparison.items(),
        tables=tuple(comparison.tables()),
        charges=tuple(comparison.charges()),
        charge_difference=comparison.total(),
        impact=tuple(impact(portfolio, found, words)),
        analysis=words.many(requirement.analysis),
        decisions=words.many(requirement.decisions),
        approvals=(
            _approval(portfolio, "drawn_up", last.responsible, words),
            _approval(portfolio, "approved", last.approver, words),
        ),
        revisions=_revisions(portfolio, requirement, words, decided=requirement.status in DECIDED),
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
    )


def change_request_context(portfolio: Portfolio, found: RequirementFit, words: Words) -> ChangeRequestContext:
    """The request for what the catalogue cannot give."""
    requirement, change = found.requirement, found.requirement.change
    last = requirement.issues[-1].revision
    roles = portfolio.organization.roles
    submitter = roles.get(SUBMITTER, requirement.received_by)
    deciding = [roles[role] for role in portfolio.policy.approvals.get("change-request", ())] or [last.approver]
    beyond = {item.id for item in found.beyond}
    return ChangeRequestContext(
        language=words.language,
        number=change_number(requirement),
        title=words.label("change.title", title=words(requirement.title)),
        subject=words(requirement.title),
        requirement=requirement.id,
        version=str(requirement.version),
        version_date=words.date(last.date),
        provider=party(portfolio, ORGANIZATION, words),
        customer=party(portfolio, requirement.customer, words),
        date=words.date(requirement.day),
        asked_by=PersonRow(words(requirement.asked_by.name), words(requirement.asked_by.title)),
        submitted_by=person(portfolio, submitter, words),
        addressed_to=person(portfolio, deciding[0], words),
        needed_by=words.date(change.needed_by) if change and change.needed_by else "",
        agreement=requirement.agreement,
        background=words(requirement.background),
        reason=words(change.reason) if change else "",
        items=tuple(item for item in Comparison(portfolio, found, words).items() if item.id in beyond),
        impact=tuple(impact(portfolio, found, words)),
        risks=words.many(change.risks) if change else (),
        options=tuple(
            OptionRow(number, words(option.name), words(option.cost), words(option.assessment))
            for number, option in enumerate(change.options if change else (), 1)
        ),
        decision=words(change.decision) if change else "",
        approvals=(
            _approval(portfolio, "submitted", submitter, words),
            *(_approval(portfolio, "decided", one, words) for one in dict.fromkeys(deciding)),
        ),
        revisions=_revisions(portfolio, requirement, words, decided=bool(change and words(change.decision))),
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
    )


def _headline(found: RequirementFit, words: Words) -> str:
    """How many items there are of each verdict."""
    items = found.requirement.items
    counts = Counter(found.verdict(item) for item in items)
    parts = [
        words.label(f"requirement.count.{verdict}", count=counts[verdict]) for verdict in Verdict if counts[verdict]
    ]
    key = "requirement.headline.one" if len(items) == 1 else "requirement.headline"
    return words.label(key, count=len(items), parts=words.label("requirement.headline.join").join(parts))


def _approval(portfolio: Portfolio, function: str, person_id: str, words: Words) -> ApprovalRow:
    found = person(portfolio, person_id, words)
    return ApprovalRow(words.label(f"change.function.{function}"), found.name, found.title)


def _revisions(
    portfolio: Portfolio, requirement: Requirement, words: Words, *, decided: bool
) -> tuple[RevisionRow, ...]:
    """The newest version counts as approved only once the matter is decided."""
    issues, newest = requirement.issues, requirement.version
    return tuple(
        revision_row(portfolio, one.version, one.revision, words, approved=decided or one.version != newest)
        for one in issues
    )
