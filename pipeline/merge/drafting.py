"""From the model to what an agreement template sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from pipeline.merge import amounts
from pipeline.merge.agreement import (
    AgreementContext,
    CalendarBlock,
    ContactRow,
    CreditRow,
    EscalationRow,
    HoursRow,
    MaintenanceRow,
    MatrixRow,
    MeasureRow,
    PriorityRow,
    ServiceBlock,
    SupportRow,
    TargetRow,
)
from pipeline.merge.blocks import PersonRow, party, records_keeper, revision_row
from pipeline.merge.words import Words
from pipeline.model.agreements import (
    BINDING,
    NO_SUPPLIER_TERMS,
    Agreement,
    CreditTier,
    MissClause,
    ServiceTerms,
    Status,
    in_force,
)
from pipeline.model.calendars import CHINA, Calendar
from pipeline.model.catalog import REOPENED, Target
from pipeline.model.parties import Contact
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Limit, TimeUnit


def agreement_context(portfolio: Portfolio, agreement: Agreement, words: Words) -> AgreementContext:
    """Everything an agreement says, in its own language."""
    policy, reporting = portfolio.policy, agreement.reporting
    versions = [one for one in portfolio.agreements[agreement.id] if one.version <= agreement.version]
    calendars = list(dict.fromkeys(terms.calendar for terms in agreement.services))
    promised = [target for terms in agreement.services for target in terms.targets]
    measures = {(one.measure, one.aggregate, one.percentile, bool(one.survey)): one for one in promised}
    terms = agreement.supplier_terms or NO_SUPPLIER_TERMS
    return AgreementContext(
        language=words.language,
        kind=agreement.kind,
        id=agreement.id,
        number=agreement.number,
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
        revisions=tuple(
            revision_row(portfolio, one.version, one.revision, words, approved=one.status in BINDING)
            for one in versions
        ),
        objective=words(agreement.objective),
        services=tuple(
            _service(portfolio, agreement.kind, number, terms, words)
            for number, terms in enumerate(agreement.services, 1)
        ),
        calendars=tuple(calendar_block(portfolio.calendars[identifier], words) for identifier in calendars),
        priorities=tuple(PriorityRow(one.id, words(one.name), words(one.description)) for one in policy.priorities),
        urgencies=tuple(words(name) for name in policy.urgencies.values()),
        matrix=tuple(
            MatrixRow(words(name), tuple(policy.matrix[impact][urgency] for urgency in policy.urgencies))
            for impact, name in policy.impacts.items()
        ),
        measures=tuple(
            MeasureRow(
                amounts.measure_name(target, words),
                amounts.unit_words(target, words, agreement.kind),
                amounts.formula(target, words, agreement.kind),
                amounts.source(target, words, agreement.kind),
            )
            for target in measures.values()
        ),
        counting_rule=amounts.counting_rule(agreement, words, agreement.kind),
        period_rule=words.label(
            "period.rule", day=agreement.period_start_day, timezone=words.timezone(agreement.timezone)
        ),
        dependencies=words.many(agreement.dependencies),
        provider_duties=words.many(agreement.provider_duties),
        customer_duties=words.many(agreement.customer_duties),
        deliverables=words.many(agreement.deliverables),
        contacts=_contacts(agreement.contacts, words),
        customer_contacts=_contacts(
            portfolio.party(agreement.customer).contacts if agreement.kind == "sla" else (), words
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
        charge_in_capitals=words.capitals(agreement.charge) if agreement.charge else "",
        tax=words(agreement.tax),
        has_credits=any(terms.credits or terms.repeated_miss for terms in agreement.services),
        has_repeated=any(terms.repeated_miss for terms in agreement.services),
        credit_cap=words.percent(agreement.credit_cap) if agreement.credit_cap is not None else "",
        credit_year=_credit_year(agreement, words),
        change=words(agreement.change),
        termination=words(agreement.termination),
        termination_triggers=tuple(_termination_triggers(portfolio, agreement, words)),
        provider_signatories=_signatories(agreement, "provider", words),
        customer_signatories=_signatories(agreement, "customer", words),
        records_keeper=records_keeper(portfolio, words),
        retention_years=policy.retention_years,
        supports=tuple(_supports(portfolio, agreement, words)),
        renewal=words(terms.renewal),
        outcome_utility=words(terms.utility),
        outcome_warranty=words(terms.warranty),
        interfaces=words.many(terms.interfaces),
        commercial=words.many(terms.commercial),
        translation_note=_translation_note(agreement, words),
        watermark="" if agreement.status is Status.SIGNED else words.label(f"watermark.{agreement.status}"),
    )


def _supports(portfolio: Portfolio, agreement: Agreement, words: Words) -> Iterator[SupportRow]:
    """The SLAs that rely on this version while it is in force, each once; a supplier is not told whose they are."""
    if agreement.kind == "sla":  # nothing relies on one
        return
    own = next(
        (span.days for span in in_force(portfolio.agreements[agreement.id]) if span.agreement is agreement),
        agreement.effective,
    )
    newest = {
        span.agreement.id: span.agreement
        for versions in portfolio.agreements.values()
        if any(agreement.id in one.relies_on for one in versions)
        for span in in_force(versions)
        if agreement.id in span.agreement.relies_on and span.days.overlap(own) is not None
    }
    for sla in sorted(newest.values(), key=lambda one: (one.effective.start, one.id)):
        told = agreement.kind == "ola"
        yield SupportRow(
            sla.number if told else "",
            str(sla.version) if told else "",
            words(sla.title) if told else "",
            words(portfolio.party(sla.customer).name) if told else "",
            words.label("date.range", first=words.date(sla.effective.start), last=words.date(sla.effective.end)),
        )


def _translation_note(agreement: Agreement, words: Words) -> str:
    """Which of several languages binds; nothing where there is only one."""
    if len(agreement.languages) == 1:
        return ""
    binding = words.language_name(agreement.language)
    if words.language == agreement.language:
        others = words.listed(tuple(words.language_name(language) for language in agreement.also_in))
        return words.of_kind("agreement.original", agreement.kind, language=binding, others=others)
    return words.label("agreement.translation", language=binding)


def _signatories(agreement: Agreement, side: str, words: Words) -> tuple[PersonRow, ...]:
    return tuple(PersonRow(words(one.name), words(one.title)) for one in agreement.signatories if one.party == side)


def _credit_year(agreement: Agreement, words: Words) -> str:
    """What may be credited in a contract year, and what that is."""
    cap = agreement.credit_cap_year
    return words.of_kind("credit.year", agreement.kind, cap=words.percent(cap)) if cap is not None else ""


def _termination_triggers(portfolio: Portfolio, agreement: Agreement, words: Words) -> Iterator[str]:
    """After which misses the customer may end the agreement."""
    for terms in agreement.services:
        targets = {target.id: target for target in terms.targets}
        for clause in terms.termination_triggers:
            service = words(portfolio.services[terms.service].name)
            name, when = target_name(targets[clause.target], words), missed_often(clause, words)
            yield words.label("termination.trigger", service=service, target=name, when=when)


def missed_often(clause: MissClause, words: Words) -> str:
    """`3 个合同月内有 2 个月未达标`, `missed in 3 consecutive months`."""
    if clause.months == clause.of:
        return words.label("missed.consecutive", months=clause.months)
    return words.label("missed.of", months=clause.months, of=clause.of)


def target_name(target: Target, words: Words) -> str:
    """How documents call a target: `P1 · resolution time`."""
    measure = amounts.measure_name(target, words)
    return f"{target.priority} {measure}" if target.priority else measure


def _contacts(contacts: Sequence[Contact], words: Words) -> tuple[ContactRow, ...]:
    return tuple(
        ContactRow(words(one.purpose), words(one.name), one.phone, one.email, words(one.hours)) for one in contacts
    )


def _service(portfolio: Portfolio, kind: str, number: int, terms: ServiceTerms, words: Words) -> ServiceBlock:
    service = portfolio.services[terms.service]
    level = next(one for one in service.levels if one.id == terms.level)
    targets = {target.id: target for target in terms.targets}
    return ServiceBlock(
        number=number,
        name=words(service.name),
        objective=words(service.objective),
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
            _target(kind, f"{number}.{position}", target, words) for position, target in enumerate(terms.targets, 1)
        ),
        credits=(
            *(
                CreditRow(
                    target_name(targets[tier.target], words),
                    tier_words(tier, targets[tier.target], words, kind),
                    words.percent(tier.credit),
                )
                for tier in terms.credits
            ),
            *(
                CreditRow(
                    target_name(targets[clause.target], words),
                    missed_often(clause, words),
                    words.label("credit.further", credit=words.percent(clause.credit or Decimal(0))),
                )
                for clause in terms.repeated_miss
            ),
        ),
    )


def tier_words(tier: CreditTier, target: Target, words: Words, kind: str = "sla") -> str:
    """`低于 99.9%`; where less is better, `高于 30%`."""
    value = amounts.amount_words(tier.below, tier.time, target, words, kind)
    return words.label("tier.above" if tier.above else "tier.below", value=value)


def _target(kind: str, number: str, target: Target, words: Words) -> TargetRow:
    pauses = words.listed(tuple(words.label(f"pause.{reason}") for reason in sorted(target.pause_on)))
    reopen = words.of_kind(f"reopen.{target.on_reopen}", kind) if target.measure in REOPENED else ""
    further = words.joined((*((reopen,) if reopen else ()), *amounts.rules(target, words, kind)))
    return TargetRow(
        number=number,
        id=target.id,
        measure=amounts.measure_name(target, words),
        priority=target.priority,
        limit=words.limit(target.limit) if target.limit else "",
        goal=amounts.bound(target, words, kind),
        pauses=pauses,
        excluded=words.listed(tuple(words.label(f"outage.{category}") for category in sorted(target.exclude))),
        reopen=further if pauses else further[:1].upper() + further[1:],
    )


def calendar_block(calendar: Calendar, words: Words) -> CalendarBlock:
    """Service hours in words."""
    hours = [HoursRow(words.label("days.every_day"), words.label("hours.always"))]
    day = calendar.day_seconds
    return CalendarBlock(
        name=words(calendar.name),
        timezone=words.timezone(calendar.timezone),
        hours=tuple(hours if calendar.always else _hours(calendar, words)),
        day=words.limit(Limit((Decimal(day) / 3600).normalize(), TimeUnit.HOUR)),
        holidays=_holidays(calendar, words),
    )


def _holidays(calendar: Calendar, words: Words) -> str:
    """Which public holidays are days off."""
    if calendar.holidays in {"", CHINA}:
        return words.label(f"holidays.{calendar.holidays or 'none'}")
    return words.label("holidays.other", region=words.region(calendar.holidays))


def _hours(calendar: Calendar, words: Words) -> Iterator[HoursRow]:
    """One row for each run of weekdays with the same windows."""
    for windows, run in groupby(range(7), key=lambda day: calendar.week[day]):
        days: Sequence[int] = list(run)
        yield HoursRow(words.days(days[0], days[-1]), words.windows(windows))
