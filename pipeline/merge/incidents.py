"""The tickets of a service report: late ones, those of the highest priority, those that lack a time, and how many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.measure.attainment import MET, MISSED
from pipeline.measure.cases import Stand, TicketCase, outage_cases
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.misses import remarks_on
from pipeline.measure.tallies import Load
from pipeline.merge import amounts
from pipeline.merge.drafting import target_name
from pipeline.merge.report import BreachRow, MajorRow, SetAsideRow, WorkloadRow
from pipeline.merge.scope import Scope
from pipeline.model.catalog import MeasureName
from pipeline.model.quantities import Text
from pipeline.model.records import MISSING

EXCLUDED = "excluded"


def breaches(scope: Scope, cases: Sequence[TicketCase]) -> Iterator[BreachRow]:
    """Every ticket that missed a limit, as often as it missed one."""
    tickets, words = scope.measured.records.tickets, scope.words
    for case in cases:
        for stand in case.stands:
            if not stand.counted or stand.verdict is not Verdict.MISSED or stand.elapsed is None:
                continue
            promise = stand.promise
            limit = promise.target.limit
            yield BreachRow(
                ticket=tickets.id[case.row],
                service=scope.service(promise.terms.service),
                priority=promise.target.priority,
                target=promise.target.id,
                measure_label=amounts.measure_name(promise.target, words),
                opened=scope.moment(tickets.opened[case.row]),
                elapsed=words.elapsed(stand.elapsed),
                limit=words.limit(limit) if limit else "",
                over=words.elapsed(stand.elapsed - promise.limit),
                summary=tickets.summary[case.row],
                cause=tickets.cause[case.row],
                action=tickets.action[case.row],
            )


def incomplete(scope: Scope, cases: Sequence[TicketCase]) -> Iterator[SetAsideRow]:
    """Tickets that are measured, but not for every target: they lack a time."""
    tickets = scope.measured.records.tickets
    for case in cases:
        for stand in case.stands:
            if stand.counted and stand.verdict is Verdict.UNMEASURED:
                place = tickets.place[case.row]
                reason = scope.words.label("aside.no-response", a=target_name(stand.promise.target, scope.words))
                yield SetAsideRow(place.file, place.line, place.column, tickets.id[case.row], reason)


def majors(scope: Scope, cases: Sequence[TicketCase]) -> Iterator[MajorRow]:
    """Incidents of the highest priority, and how the service did after each."""
    tickets = scope.measured.records.tickets
    spoken = {
        one.ticket: one.performance
        for words in reversed(remarks_on(scope.portfolio, scope.month))
        for one in words.major
    }
    highest = scope.portfolio.policy.priorities[0].id
    for case in cases:
        if tickets.priority[case.row] == highest:
            response, resolution = (
                _time(scope, case.stand(measure))
                for measure in (MeasureName.RESPONSE_TIME, MeasureName.RESOLUTION_TIME)
            )
            yield MajorRow(
                ticket=tickets.id[case.row],
                service=scope.service(tickets.service[case.row]),
                opened=scope.moment(tickets.opened[case.row]),
                response=response[0],
                response_status=response[1],
                resolution=resolution[0],
                resolution_status=resolution[1],
                summary=tickets.summary[case.row],
                cause=tickets.cause[case.row],
                action=tickets.action[case.row],
                afterwards=_afterwards(scope, case, cases, spoken.get(tickets.id[case.row])),
            )


def _afterwards(scope: Scope, major: TicketCase, cases: Sequence[TicketCase], spoken: Text | None) -> str:
    """What came after a major incident until the end of the period: tickets, late ones, interruptions."""
    tickets, outages, words, period = (
        scope.measured.records.tickets,
        scope.measured.records.outages,
        scope.words,
        scope.month.period,
    )
    service, resolved = tickets.service[major.row], tickets.resolved[major.row]
    if resolved == MISSING or resolved >= period.stop or period.months > 1:
        return words(spoken) if spoken else ""
    later = [
        one
        for one in cases
        if tickets.service[one.row] == service and resolved <= tickets.opened[one.row] < period.stop
    ]
    late = sum(any(stand.verdict is Verdict.MISSED for stand in one.stands) for one in later)
    down = sum(
        one.counted and outages.service[one.row] == service and outages.start[one.row] >= resolved
        for one in outage_cases(scope.measured, scope.month)
    )
    found = words.label("report.afterwards.text", opened=len(later), late=late, down=down)
    return words.joined((words(spoken), found)) if spoken else found


def _time(scope: Scope, stand: Stand | None) -> tuple[str, str]:
    if stand is None or stand.elapsed is None or stand.verdict is Verdict.PENDING:
        return "", ""
    statuses = {Verdict.MET: MET, Verdict.EXCLUDED: EXCLUDED}
    return scope.words.elapsed(stand.elapsed), statuses.get(stand.verdict, MISSED)


def workload(scope: Scope, months: Sequence[SlaMonth]) -> Iterator[WorkloadRow]:
    """Tickets opened, resolved and left open, per service, against the limits of the months together."""
    agreement, period = scope.month.span.agreement, scope.month.period
    for terms in agreement.services:
        load = scope.measured.loads.get(((period.start, period.stop), agreement.id, terms.service), Load())
        agreed = [one.span.agreement.terms(terms.service) for one in months]
        limits = [one.workload_limit for one in agreed if one is not None and one.workload_limit is not None]
        limit = sum(limits) if limits else None
        status = "no-limit" if limit is None else "within" if load.opened <= limit else "over"
        label = scope.words.label(f"workload.{status}")
        name = scope.service(terms.service)
        yield WorkloadRow(name, load.opened, load.resolved, load.left, limit, status, label)
