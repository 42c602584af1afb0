"""The words of a service report: why targets were missed, what is done about it, and what became of earlier actions."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.measure.misses import misses, remarks_on
from pipeline.merge import amounts
from pipeline.merge.drafting import target_name
from pipeline.merge.report import FollowUpRow, MissRow
from pipeline.merge.scope import Scope
from pipeline.model.actions import standings
from pipeline.model.reviews import Review

_MOST = 3
"""Causes and actions of single tickets that are named for a target; the tickets follow anyway."""


def message(scope: Scope) -> str:
    """The administrator's words for the first page of a month's report."""
    spoken = remarks_on(scope.portfolio, scope.month) if scope.month.period.months == 1 else ()
    return scope.words(spoken[0].summary) if spoken else ""


def plan(scope: Scope) -> tuple[str, ...]:
    """What is planned for the next period."""
    spoken = remarks_on(scope.portfolio, scope.month)
    return scope.words.many(spoken[0].plan) if spoken else ()


def missed_targets(scope: Scope) -> Iterator[MissRow]:
    """The targets missed, with the administrator's words, else those of the tickets and interruptions."""
    words = scope.words
    for one in misses(scope.portfolio, scope.measured, scope.month):
        promise, remark = one.result.promise, one.remark
        cause, action = (
            words.label("text.separator").join(list(dict.fromkeys(filter(None, told)))[:_MOST])
            for told in (zip(*one.told, strict=True) if one.told else ((), ()))
        )
        yield MissRow(
            target=promise.target.id,
            service=promise.terms.service,
            service_name=scope.service(promise.terms.service),
            target_name=target_name(promise.target, words),
            goal_shown=amounts.bound(promise.target, words),
            value_shown=amounts.shown(one.result.value, promise, words),
            cause=words(remark.cause) if remark else cause,
            action=words(remark.action) if remark else action,
            remarked=remark is not None,
            owner=words(remark.owner) if remark else "",
            due=words.date(remark.due) if remark and remark.due else "",
        )


def last_review(scope: Scope) -> Review | None:
    """The last review held on the agreement before the end of the period."""
    held = [
        one
        for one in scope.portfolio.reviews.values()
        if one.agreement == scope.month.span.agreement.id and one.status == "held" and one.day <= scope.last_day
    ]
    return max(held, key=lambda one: (one.day, one.id), default=None)


def follow_ups(scope: Scope) -> Iterator[FollowUpRow]:
    """What was agreed in reviews and improvement plans: all that is open, overdue first, and what was closed lately.

    Lately is since the last review, in which it was reported open or agreed on.
    """
    words, agreement, end = scope.words, scope.month.span.agreement, scope.last_day
    review = last_review(scope)
    found = standings(scope.portfolio, agreement.id, end)
    shown = [one for one in found if one.open or review is None or (one.closed and one.closed > review.day)]
    for one in sorted(shown, key=lambda one: (not one.overdue(end), not one.open)):
        yield FollowUpRow(
            id=one.action.id,
            action=words(one.action.action),
            owner=words(one.action.owner),
            due=words.date(one.action.due),
            state=one.action.state,
            state_label=words.label(f"action.{one.action.state}"),
            overdue=one.overdue(end),
            note=words(one.action.note),
        )
