"""The management procedure: what its template may see, and the documents it is made as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.measure.measurement import Measurement
from pipeline.merge.blocks import PartyBlock, RevisionRow, party, records_keeper, revision_row
from pipeline.merge.document import Document, Wanted, retained
from pipeline.merge.words import Labels, Words
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.portfolio import Portfolio
from pipeline.model.procedure import END, Activity, Flow, Meeting, Procedure, Role


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term; `abbreviation` may be empty."""

    name: str
    abbreviation: str
    meaning: str


@dataclass(frozen=True, slots=True)
class RulesBlock:
    """A policy and what it demands."""

    name: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A kind of review meeting."""

    name: str
    content: tuple[str, ...]
    participants: tuple[str, ...]
    frequency: str


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role; `holder` is empty where nobody in particular is appointed."""

    name: str
    holder: str
    duties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of an activity; `cells` hold the part of each role, in the order of the roles."""

    number: str
    name: str
    text: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A way that the work goes on: the id it leads to (an activity, a process or END), its name, and when."""

    to: str
    name: str
    when: str


@dataclass(frozen=True, slots=True)
class ActivityBlock:
    """An activity; `decision` is empty where there is one way only, `ways_text` says in words where it goes on."""

    id: str
    name: str
    stage: str
    responsible: tuple[str, ...]
    responsible_text: str
    inputs: tuple[str, ...]
    steps: tuple[StepRow, ...]
    outputs: tuple[str, ...]
    decision: str
    ways: tuple[Way, ...]
    ways_text: str


@dataclass(frozen=True, slots=True)
class ProcessBlock:
    """A process outside of the procedure."""

    id: str
    name: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """How the process itself is measured."""

    name: str
    formula: str
    goal: str
    frequency: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record, and the activity that it comes from."""

    name: str
    activity: str
    form: str


@dataclass(frozen=True, slots=True)
class ProcedureContext:
    """The procedure as its Word template and its flow chart see it."""

    language: str
    number: str
    title: str
    version: str
    version_date: str
    provider: PartyBlock
    revisions: tuple[RevisionRow, ...]
    purpose: tuple[str, ...]
    scope: tuple[str, ...]
    terms: tuple[TermRow, ...]
    policies: tuple[RulesBlock, ...]
    meetings: tuple[MeetingRow, ...]
    roles: tuple[RoleRow, ...]
    role_columns: tuple[str, ...]
    triggers: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    activities: tuple[ActivityBlock, ...]
    processes: tuple[ProcessBlock, ...]
    indicators: tuple[IndicatorRow, ...]
    records: tuple[RecordRow, ...]
    records_keeper: str
    retention_years: int
    attachments: tuple[str, ...]


def procedures(
    portfolio: Portfolio, _measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The procedure in every language; it is the provider's own and no customer's."""
    procedure = portfolio.procedure
    if procedure is None or wanted.customer:
        return
    issue = procedure.issues[-1]
    sources = {one.source.file for one in (procedure, portfolio.organization, portfolio.policy)}
    for language in portfolio.languages:
        yield Document(
            kind="procedure",
            stem=f"procedure/slm-procedure.{language}",
            language=language,
            agreement="",
            version=str(issue.version),
            day=issue.revision.date,
            retain_until=retained(portfolio, issue.revision.date),
            context=procedure_context(portfolio, procedure, Words(language, labels[language])),
            sources=tuple(sorted(sources)),
        )


def procedure_context(portfolio: Portfolio, procedure: Procedure, words: Words) -> ProcedureContext:
    """Everything the procedure says, in one language."""
    issue = procedure.issues[-1]
    parts = {role for activity in procedure.activities for step in activity.steps for role in step.raci}
    columns = tuple(role for role in procedure.roles if role.id in parts)
    return ProcedureContext(
        language=words.language,
        number=procedure.number,
        title=words(procedure.title),
        version=str(issue.version),
        version_date=words.date(issue.revision.date),
        provider=party(portfolio, ORGANIZATION, words),
        revisions=tuple(revision_row(portfolio, one.version, one.revision, words) for one in procedure.issues),
        purpose=words.many(procedure.purpose),
        scope=words.many(procedure.scope),
        terms=tuple(TermRow(words(one.name), one.abbreviation, words(one.meaning)) for one in procedure.terms),
        policies=tuple(RulesBlock(words(one.name), words.many(one.rules)) for one in procedure.policies),
        meetings=tuple(_meeting(portfolio, procedure, one, words) for one in procedure.meetings),
        roles=tuple(
            RoleRow(words(one.name), _holder(portfolio, one, words), words.many(one.duties)) for one in procedure.roles
        ),
        role_columns=tuple(words(role.short) for role in columns),
        triggers=words.many(procedure.triggers),
        inputs=words.many(procedure.inputs),
        outputs=words.many(procedure.outputs),
        activities=tuple(_activity(procedure, one, columns, words) for one in procedure.activities),
        processes=tuple(
            ProcessBlock(one.id, words(one.name), _ways(procedure, one.flows, words)) for one in procedure.processes
        ),
        indicators=tuple(
            IndicatorRow(words(one.name), words(one.formula), words(one.goal), words(one.frequency))
            for one in procedure.indicators
        ),
        records=tuple(RecordRow(words(one.name), one.activity, words(one.form)) for one in procedure.records),
        records_keeper=records_keeper(portfolio, words),
        retention_years=portfolio.policy.retention_years,
        attachments=words.many(procedure.attachments),
    )


def _role_name(procedure: Procedure, role_id: str, words: Words) -> str:
    return next(words(role.name) for role in procedure.roles if role.id == role_id)


def _holder(portfolio: Portfolio, role: Role, words: Words) -> str:
    person_id = portfolio.organization.roles.get(role.id)
    return words(portfolio.organization.people[person_id].name) if person_id else ""


def _meeting(portfolio: Portfolio, procedure: Procedure, meeting: Meeting, words: Words) -> MeetingRow:
    """Who takes part: the roles, the chair among them marked, and then the others."""
    chair = portfolio.policy.review_chair
    roles = meeting.roles or (chair, *(role for role in portfolio.policy.review_roles if role != chair))
    names = {role: _role_name(procedure, role, words) for role in roles}
    named = (words.label("procedure.chair", role=name) if role == chair else name for role, name in names.items())
    return MeetingRow(
        words(meeting.name),
        words.many(meeting.content),
        (*named, *words.many(meeting.others)),
        words(meeting.frequency),
    )


def _activity(procedure: Procedure, activity: Activity, columns: tuple[Role, ...], words: Words) -> ActivityBlock:
    ways = _ways(procedure, activity.flows, words)
    roles = tuple(_role_name(procedure, role, words) for role in activity.responsible)
    return ActivityBlock(
        id=activity.id,
        name=words(activity.name),
        stage=words.label(f"procedure.stage.{activity.stage}"),
        responsible=roles,
        responsible_text=words.listed(roles),
        inputs=words.many(activity.inputs),
        steps=tuple(
            StepRow(
                f"{activity.id}.{number}",
                words(step.name),
                words(step.text),
                tuple("/".join(step.raci[role.id]) if role.id in step.raci else "" for role in columns),
            )
            for number, step in enumerate(activity.steps, 1)
        ),
        outputs=words.many(activity.outputs),
        decision=words(activity.decision),
        ways=ways,
        ways_text=words.label("procedure.ways.separator").join(_way_text(way, words) for way in ways),
    )


def _ways(procedure: Procedure, flows: tuple[Flow, ...], words: Words) -> tuple[Way, ...]:
    names = {one.id: f"{one.id} {words(one.name)}" for one in procedure.activities}
    names |= {one.id: words(one.name) for one in procedure.processes} | {END: words.label("procedure.end")}
    return tuple(Way(flow.to, names[flow.to], words(flow.when)) for flow in flows)


def _way_text(way: Way, words: Words) -> str:
    return words.label("procedure.way.when", when=way.when, to=way.name) if way.when else way.name
