"""What the figures of several months suggest for a review, with the figures that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.measure.assessments import Underpinning, Verdict
from pipeline.measure.attainment import MISSED, NO_DATA, Result
from pipeline.measure.measurement import SlaMonth
from pipeline.measure.tallies import Load, LoadKey
from pipeline.model.agreements import Agreement, in_force
from pipeline.model.quantities import Month

RUNNING = 3
"""Months in a row that make a miss a pattern."""
OFTEN = 2
"""Months out of those reviewed that are no accident any more."""
OVER = 2
"""Months with more work than agreed that ask for a new limit, or for the cause."""
SOON = 180
"""Days before its end in which an agreement is talked about."""


class Hint(StrEnum):
    """What is suggested."""

    RUNNING = "running"
    OFTEN = "often"
    WORKLOAD = "workload"
    SILENT = "silent"
    """No data in any of the months."""
    ENDING = "ending"
    THIN = "thin"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A hint, the months that it rests on out of so many, and what it is about."""

    hint: Hint
    service: str = ""
    result: Result | None = None
    months: tuple[Month, ...] = ()
    of: int = 0
    limit: int = 0
    day: date | None = None


def from_figures(months: Sequence[SlaMonth]) -> Iterator[Suggestion]:
    """Targets missed in the last months running, or in several; targets that nothing was ever measured for."""
    if not months:
        return
    for result in months[-1].results:
        service = result.promise.terms.service
        history = [(one.period.month, one.find(result.promise)) for one in months]
        missed = [month for month, found in history if found is not None and found.status == MISSED]
        running = _running(history)
        if len(running) >= RUNNING:
            yield Suggestion(Hint.RUNNING, service, result, tuple(running), len(months))
        elif len(missed) >= OFTEN:
            yield Suggestion(Hint.OFTEN, service, result, tuple(missed), len(months))
        elif (
            not result.promise.target.priority
            and all(found is None or found.status == NO_DATA for _, found in history)
            and len(months) >= RUNNING
        ):
            yield Suggestion(Hint.SILENT, service, result, (), len(months))


def _running(history: Sequence[tuple[Month, Result | None]]) -> list[Month]:
    """The months missed one after another up to the last."""
    found: list[Month] = []
    for month, result in reversed(history):
        if result is None or result.status != MISSED:
            break
        found.insert(0, month)
    return found


def from_workload(months: Sequence[SlaMonth], loads: Mapping[LoadKey, Load]) -> Iterator[Suggestion]:
    """Services with more tickets than agreed in several months."""
    if not months:
        return
    for terms in months[-1].span.agreement.services:
        over = []
        for one in months:
            agreement, period = one.span.agreement, one.period
            then = agreement.terms(terms.service)
            load = loads.get(((period.start, period.stop), agreement.id, terms.service), Load())
            if then is not None and then.workload_limit is not None and load.opened > then.workload_limit:
                over.append(period.month)
        if len(over) >= OVER:
            limit = terms.workload_limit or 0
            yield Suggestion(Hint.WORKLOAD, terms.service, None, tuple(over), len(months), limit)


def from_dates(versions: tuple[Agreement, ...], day: date) -> Iterator[Suggestion]:
    """The agreement ends soon after that day, and nothing follows it."""
    end = max((span.days.end for span in in_force(versions)), default=None)
    if end is not None and 0 <= (end - day).days <= SOON:
        yield Suggestion(Hint.ENDING, day=end)


def from_chains(found: Underpinning, support: str, day: date, thin: Mapping[int, bool]) -> Iterator[Suggestion]:
    """Services for which a support leaves little of what is promised on it, or less than nothing; by our agreements."""
    seen: set[tuple[str, Hint]] = set()
    for one in found.assessments:
        behind = {link.agreement.id for step in one.links for link in step}
        if support not in behind or one.days.end < day:
            continue
        hint = Hint.SHORT if one.verdict in {Verdict.SHORT, Verdict.GAP} else Hint.THIN
        if (hint is Hint.SHORT or thin.get(id(one), False)) and (one.terms.service, hint) not in seen:
            seen.add((one.terms.service, hint))
            yield Suggestion(hint, one.terms.service)
