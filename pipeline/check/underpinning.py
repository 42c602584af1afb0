"""Whether the OLAs and UCs that an SLA names can carry what it promises (ISO/IEC 20000-1:2018 8.3.4), first version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.model.agreements import Agreement, InForce, ServiceTerms, in_force
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import TIMED, Target
from pipeline.model.portfolio import Portfolio
from pipeline.model.source import Path
from pipeline.problems import Problem


def check_underpinning(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Promises to customers that the agreements behind them do not back; severity as `policy.yaml` says."""
    problems: list[Problem] = []
    for versions in portfolio.agreements.values():
        for span in in_force(versions):
            for index, identifier in enumerate(span.agreement.underpinned_by):
                supports = in_force(portfolio.agreements.get(identifier, ()))
                if supports:
                    problems += _validity(span, identifier, supports, index, portfolio)
                    for support in supports:
                        if support.days.overlap(span.days) is not None:
                            problems += _targets(span.agreement, support.agreement, portfolio)
    return tuple(problems)


def _problem(agreement: Agreement, path: Path, message: str, hint: str, portfolio: Portfolio) -> Problem:
    return Problem(agreement.source.at(*path), portfolio.policy.underpinning, "underpinning", message, hint)


def _validity(
    span: InForce, identifier: str, supports: Sequence[InForce], index: int, portfolio: Portfolio
) -> Iterator[Problem]:
    first = min(support.days.start for support in supports)
    last = max(support.days.end for support in supports)
    if first > span.days.start or last < span.days.end:
        message = f"{identifier} is in force from {first} to {last}, this SLA from {span.days.start} to {span.days.end}"
        yield _problem(
            span.agreement, ("underpinned_by", index), message, "extend it, or shorten the promise", portfolio
        )


def _targets(sla: Agreement, support: Agreement, portfolio: Portfolio) -> Iterator[Problem]:
    for index, terms in enumerate(sla.services):
        backing = support.terms(terms.service)
        if backing is None:
            continue
        for position, target in enumerate(terms.targets):
            for other in backing.targets:
                if (other.measure, other.priority) == (target.measure, target.priority):
                    weakness = _weakness(target, terms, other, backing, portfolio)
                    if weakness:
                        path = ("services", index, "targets", position)
                        message = f"{support.label} does not carry {terms.service} {target.id}: {weakness}"
                        yield _problem(sla, path, message, "agree more with the supporting side", portfolio)


def _weakness(target: Target, terms: ServiceTerms, other: Target, backing: ServiceTerms, portfolio: Portfolio) -> str:
    ours, theirs = portfolio.calendars.get(terms.calendar), portfolio.calendars.get(backing.calendar)
    if ours is None or theirs is None:
        return ""
    if ours.always and not theirs.always:
        return f"promised around the clock, backed only in the hours of {theirs.id}"
    if target.measure in TIMED:
        return _too_slow(target, ours, other, theirs)
    if other.goal < target.goal:
        return f"{target.goal}% promised, {other.goal}% backed"
    return ""


def _too_slow(target: Target, ours: Calendar, other: Target, theirs: Calendar) -> str:
    if target.limit is None or other.limit is None:
        return ""
    promised, backed = target.limit.seconds(ours.day_seconds), other.limit.seconds(theirs.day_seconds)
    if backed > promised:
        missing = (backed - promised + 59) // 60
        return f"{target.limit} promised, {other.limit} backed, {missing} min too slow"
    return ""
