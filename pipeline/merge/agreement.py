"""What an agreement template may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from pipeline.merge.blocks import PartyBlock, PersonRow, RevisionRow, party, records_keeper
from pipeline.merge.words import Words
from pipeline.model.agreements import Agreement, ServiceTerms, Status
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import MeasureName, Target
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Limit, TimeUnit


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A quantified promise: `limit`, `pauses` and `excluded` are empty where they do not apply."""

    number: str
    id: str
    measure: str
    priority: str
    limit: str
    goal: str
    pauses: str
    excluded: str
    reopen: str


@dataclass(frozen=True, slots=True)
class CreditRow:
    """A credit tier."""

    target: str
    below: str
    credit: str


@dataclass(frozen=True, slots=True)
class ServiceBlock:
    """One service of the agreement; `workload` is empty where no limit is agreed."""

    number: int
    name: str
    description: str
    level: str
    level_summary: str
    calendar: str
    frequency: str
    delivery: str
    content: tuple[str, ...]
    scope: tuple[str, ...]
    exceptions: tuple[str, ...]
    workload: str
    targets: tuple[TargetRow, ...]
    credits: tuple[CreditRow, ...]


@dataclass(frozen=True, slots=True)
class HoursRow:
    """The windows of a group of days."""

    days: str
    windows: str


@dataclass(frozen=True, slots=True)
class CalendarBlock:
    """Service hours in words."""

    name: str
    timezone: str
    hours: tuple[HoursRow, ...]
    day: str
    holidays: str


@dataclass(frozen=True, slots=True)
class PriorityRow:
    """A priority explained."""

    id: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One impact and the priority at each urgency."""

    impact: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """How a measure is counted."""

    name: str
    unit: str
    formula: str
    source: str


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Whom to turn to for what."""

    purpose: str
    name: str
    phone: str
    email: str
    hours: str


@dataclass(frozen=True, slots=True)
class MaintenanceRow:
    """An agreed maintenance window."""

    when: str
    purpose: str


@dataclass(frozen=True, slots=True)
class EscalationRow:
    """One step of the escalation ladder."""

    level: int
    after: str
    provider: str
    customer: str


@dataclass(frozen=True, slots=True)
class AgreementContext:
    """An agreement version as its Word template sees it; `charge` and `credit_cap` may be empty."""

    language: str
    kind: str
    id: str
    title: str
    version: str
    status: str
    status_label: str
    signed: bool
    effective_from: str
    effective_until: str
    version_date: str
    provider: PartyBlock
    customer: PartyBlock
    revisions: tuple[RevisionRow, ...]
    objective: str
    services: tuple[ServiceBlock, ...]
    calendars: tuple[CalendarBlock, ...]
    priorities: tuple[PriorityRow, ...]
    urgencies: tuple[str, ...]
    matrix: tuple[MatrixRow, ...]
    measures: tuple[MeasureRow, ...]
    counting_rule: str
    period_rule: str
    dependencies: tuple[str, ...]
    provider_duties: tuple[str, ...]
    customer_duties: tuple[str, ...]
    deliverables: tuple[str, ...]
    contacts: tuple[ContactRow, ...]
    maintenance: tuple[MaintenanceRow, ...]
    escalation: tuple[EscalationRow, ...]
    reporting_frequency: str
    reporting_content: tuple[str, ...]
    reporting_due: str
    reporting_channel: str
    reporting_recipients: tuple[str, ...]
    review_frequency: str
    review_content: tuple[str, ...]
    charge: str
    has_credits: bool
    credit_cap: str
    change: str
    termination: str
    provider_signatories: tuple[PersonRow, ...]
    customer_signatories: tuple[PersonRow, ...]
    records_keeper: str
    retention_years: int


def agreement_context(portfolio: Portfolio, agreement: Agreement, words: Words) -> AgreementContext:
    """Everything an agreement says, in its own language."""
    policy, reporting = portfolio.policy, agreement.reporting
    versions = [one for one in portfolio.agreements[agreement.id] if one.version <= agreement.version]
    calendars = list(dict.fromkeys(terms.calendar for terms in agreement.services))
    measures = list(dict.fromkeys(target.measure for terms in agreement.services for target in terms.targets))
    day = agreement.period_start_day
    return AgreementContext(
        language=agreement.language,
        kind=agreement.kind,
        id=agreement.id,
        title=words(agreement.title),
        version=str(agreement.version),
        status=str(agreement.status),
        status_label=words.label(f"state.{agreement.status}"),
        signed=agreement.status is Status.SIGNED,
        effective_from=words.date(agreement.effective.start),
        effective_until=words.date(agreement.effective.end),
        version_date=words.date(agreement.revision.date),
        provider=party(portfolio, agreement.provider, words),
        customer=party(portfolio, agreement.customer, words),
        revisions=tuple(_revision(portfolio, version, words) for version in versions),
        objective=words(agreement.objective),
        services=tuple(_service(portfolio, number, terms, words) for number, terms in enumerate(agreement.services, 1)),
        calendars=tuple(_calendar(portfolio.calendars[identifier], words) for identifier in calendars),
        priorities=tuple(PriorityRow(one.id, words(one.name), words(one.description)) for one in policy.priorities),
        urgencies=tuple(words(name) for name in policy.urgencies.values()),
        matrix=tuple(
            MatrixRow(words(name), tuple(policy.matrix[impact][urgency] for urgency in policy.urgencies))
            for impact, name in policy.impacts.items()
        ),
        measures=tuple(
            MeasureRow(
                words.label(f"measure.{measure}"),
                words.label(f"measure.{measure}.unit"),
                words.label(f"measure.{measure}.formula"),
                words.label(f"measure.{measure}.source"),
            )
            for measure in measures
        ),
        counting_rule=words.label(f"counting.{agreement.counted_by}"),
        period_rule=words.label("period.rule", day=day, timezone=agreement.timezone),
        dependencies=words.many(agreement.dependencies),
        provider_duties=words.many(agreement.provider_duties),
        customer_duties=words.many(agreement.customer_duties),
        deliverables=words.many(agreement.deliverables),
        contacts=tuple(
            ContactRow(words(one.purpose), words(one.name), one.phone, one.email, words(one.hours))
            for one in agreement.contacts
        ),
        maintenance=tuple(MaintenanceRow(words(one.when), words(one.purpose)) for one in agreement.maintenance),
        escalation=tuple(
            EscalationRow(level, words(one.after), words(one.provider), words(one.customer))
            for level, one in enumerate(agreement.escalation, 1)
        ),
        reporting_frequency=words.label(f"frequency.{reporting.frequency}"),
        reporting_content=words.many(reporting.content),
        reporting_due=words.due(reporting.due),
        reporting_channel=words(reporting.channel),
        reporting_recipients=words.many(reporting.recipients),
        review_frequency=words.label(f"frequency.{agreement.review.frequency}"),
        review_content=words.many(agreement.review.content),
        charge=words.money(agreement.charge) + words.label("per.month") if agreement.charge else "",
        has_credits=any(terms.credits for terms in agreement.services),
        credit_cap=words.percent(agreement.credit_cap) if agreement.credit_cap is not None else "",
        change=words(agreement.change),
        termination=words(agreement.termination),
        provider_signatories=_signatories(agreement, "provider", words),
        customer_signatories=_signatories(agreement, "customer", words),
        records_keeper=records_keeper(portfolio, words),
        retention_years=policy.retention_years,
    )


def _revision(portfolio: Portfolio, version: Agreement, words: Words) -> RevisionRow:
    people, revision = portfolio.organization.people, version.revision
    return RevisionRow(
        str(version.version),
        words(revision.summary),
        words(people[revision.responsible].name),
        words(people[revision.approver].name),
        words.date(revision.date),
    )


def _signatories(agreement: Agreement, side: str, words: Words) -> tuple[PersonRow, ...]:
    return tuple(PersonRow(words(one.name), words(one.title)) for one in agreement.signatories if one.party == side)


def target_name(target: Target, words: Words) -> str:
    """How documents call a target: `P1 · resolution time`."""
    measure = words.label(f"measure.{target.measure}")
    return f"{target.priority} {measure}" if target.priority else measure


def _service(portfolio: Portfolio, number: int, terms: ServiceTerms, words: Words) -> ServiceBlock:
    service = portfolio.services[terms.service]
    level = next(one for one in service.levels if one.id == terms.level)
    targets = {target.id: target for target in terms.targets}
    return ServiceBlock(
        number=number,
        name=words(service.name),
        description=words(service.description),
        level=words(level.name),
        level_summary=words(level.summary),
        calendar=words(portfolio.calendars[terms.calendar].name),
        frequency=words(service.frequency),
        delivery=words(service.delivery),
        content=words.many(service.content),
        scope=words.many(terms.scope),
        exceptions=words.many(terms.exceptions),
        workload=words.label("workload.limit", count=terms.workload_limit) if terms.workload_limit else "",
        targets=tuple(
            _target(f"{number}.{position}", target, words) for position, target in enumerate(terms.targets, 1)
        ),
        credits=tuple(
            CreditRow(target_name(targets[tier.target], words), words.percent(tier.below), words.percent(tier.credit))
            for tier in terms.credits
        ),
    )


def _target(number: str, target: Target, words: Words) -> TargetRow:
    return TargetRow(
        number=number,
        id=target.id,
        measure=words.label(f"measure.{target.measure}"),
        priority=target.priority,
        limit=words.limit(target.limit) if target.limit else "",
        goal=f"≥ {words.percent(target.goal)}",
        pauses=words.listed(tuple(words.label(f"pause.{reason}") for reason in sorted(target.pause_on))),
        excluded=words.listed(tuple(words.label(f"outage.{category}") for category in sorted(target.exclude))),
        reopen=words.label(f"reopen.{target.on_reopen}") if target.measure is MeasureName.RESOLUTION_TIME else "",
    )


def _calendar(calendar: Calendar, words: Words) -> CalendarBlock:
    hours = [HoursRow(words.label("days.every_day"), words.label("hours.always"))]
    day = calendar.day_seconds
    return CalendarBlock(
        name=words(calendar.name),
        timezone=calendar.timezone,
        hours=tuple(hours if calendar.always else _hours(calendar, words)),
        day=words.limit(Limit((Decimal(day) / 3600).normalize(), TimeUnit.HOUR)),
        holidays=words.label(f"holidays.{calendar.holidays or 'none'}"),
    )


def _hours(calendar: Calendar, words: Words) -> Iterator[HoursRow]:
    """One row for each run of weekdays with the same windows."""
    for windows, run in groupby(range(7), key=lambda day: calendar.week[day]):
        days: Sequence[int] = list(run)
        yield HoursRow(words.days(days[0], days[-1]), words.windows(windows))
