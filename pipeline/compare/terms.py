"""Two versions of an agreement to the terms that changed, paired by id, each with what it means for the customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any

from pipeline.compare import meanings
from pipeline.compare.align import align, alike
from pipeline.compare.meanings import Meaning, Order, Setting
from pipeline.compare.values import shown
from pipeline.model.agreements import Agreement, ServiceTerms
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import Level, Service, Target
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import DateRange, Text


@dataclass(frozen=True, slots=True)
class TermChange:
    """A term with its values; None where it was not there. `service`, `level` and `target` are the ids it is of."""

    meaning: Meaning
    term: str
    old: Any
    new: Any
    service: str = ""
    level: str = ""
    target: str = ""
    targets: tuple[Target | None, Target | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Entries:
    """A list of texts, or of what is known by its texts: what an entry more and an entry less mean."""

    added: Meaning
    removed: Meaning


_BETTER, _WORSE, _NEUTRAL = Meaning.BETTER, Meaning.WORSE, Meaning.NEUTRAL
_WITHOUT_END = float("inf")
_ANY_YEAR = 2026
_GIVEN, _ASKED, _EVEN = Entries(_BETTER, _WORSE), Entries(_WORSE, _BETTER), Entries(_NEUTRAL, _NEUTRAL)

OF_A_VERSION = ("status", "terminated_on", "replaces", "revision")
"""Keys that tell of the version itself: compared where one version stands in two states."""

AGREEMENT: Mapping[str, Order | Entries] = {
    "title": meanings.texts,
    "status": meanings.neutral,
    "terminated_on": meanings.neutral,
    "replaces": meanings.neutral,
    "revision.summary": meanings.texts,
    "revision.responsible": meanings.neutral,
    "revision.approver": meanings.neutral,
    "revision.date": meanings.neutral,
    "effective": meanings.neutral,
    "provider": meanings.neutral,
    "customer": meanings.neutral,
    "language": meanings.neutral,
    "also_in": meanings.neutral,
    "timezone": meanings.neutral,
    "period_start_day": meanings.neutral,
    "counted_by": meanings.neutral,
    "objective": meanings.texts,
    "dependencies": _ASKED,
    "provider_duties": _GIVEN,
    "customer_duties": _ASKED,
    "deliverables": _GIVEN,
    "contacts": _EVEN,
    "maintenance": _ASKED,
    "escalation": _EVEN,
    "change": meanings.texts,
    "termination": meanings.texts,
    "charge": meanings.charges,
    "tax": meanings.texts,
    "credit_cap": meanings.amounts(_BETTER, absent=_WITHOUT_END),
    "credit_cap_year": meanings.amounts(_BETTER, absent=_WITHOUT_END),
    "underpinned_by": meanings.neutral,
    "reporting.frequency": meanings.often,
    "reporting.content": _GIVEN,
    "reporting.due": meanings.dues,
    "reporting.channel": meanings.texts,
    "reporting.recipients": _EVEN,
    "review.frequency": meanings.often,
    "review.content": _GIVEN,
    "signatories": _EVEN,
    "supplier_terms.renewal": meanings.texts,
    "supplier_terms.utility": meanings.texts,
    "supplier_terms.warranty": meanings.texts,
    "supplier_terms.interfaces": _EVEN,
    "supplier_terms.commercial": _EVEN,
}
SERVICE: Mapping[str, Order | Entries] = {
    "level": meanings.neutral,
    "calendar": meanings.hours,
    "scope": _GIVEN,
    "exceptions": _ASKED,
    "workload_limit": meanings.amounts(_BETTER, absent=_WITHOUT_END),
    "underpinned_by": meanings.neutral,
}
TARGET: Mapping[str, Order | Entries] = {
    "measure": meanings.neutral,
    "priority": meanings.neutral,
    "limit": meanings.limits(_WORSE),
    "goal": meanings.goals,
    "aggregate": meanings.neutral,
    "percentile": meanings.amounts(_BETTER),
    "grace": meanings.limits(_WORSE, absent=0),
    "minimum_sample": meanings.amounts(_WORSE),
    "pause_on": meanings.sets(_WORSE),
    "on_reopen": meanings.ranked("continue", "restart"),
    "on_priority_change": meanings.neutral,
    "types": meanings.neutral,
    "components": meanings.neutral,
    "survey": meanings.neutral,
    "question": meanings.neutral,
    "exclude": meanings.sets(_WORSE),
}
CLAUSES: Mapping[str, Order] = {
    "credits": meanings.credited,
    "repeated_miss": meanings.misses,
    "termination_triggers": meanings.misses,
}
"""Clauses of a service on one of its targets, which only have a meaning together."""

CATALOGUED: Mapping[str, Order | Entries] = {
    "name": meanings.texts,
    "description": meanings.texts,
    "objective": meanings.texts,
    "audience": meanings.texts,
    "content": _GIVEN,
    "frequency": meanings.texts,
    "delivery": meanings.texts,
    "deliverables": _GIVEN,
    "owner": meanings.neutral,
    "state": meanings.neutral,
    "request": meanings.texts,
    "supporting": meanings.neutral,
}
LEVEL: Mapping[str, Order | Entries] = {
    "name": meanings.texts,
    "summary": meanings.texts,
    "calendar": meanings.hours,
    "charge": meanings.charges,
}

PIECES = {"service": (_BETTER, _WORSE), "target": (_BETTER, _WORSE), "level": (_BETTER, _WORSE)}
"""What it means that one is added or removed as a whole."""


@dataclass(frozen=True, slots=True)
class State:
    """An agreement, and the portfolio that it stands in."""

    agreement: Agreement
    portfolio: Portfolio

    @property
    def promised(self) -> Mapping[str, ServiceTerms]:
        """The terms by service."""
        return {one.service: one for one in self.agreement.services}


def changed_terms(old: State, new: State) -> tuple[TermChange, ...]:
    """Everything that differs, service by service, then the agreement as a whole; the order of sources is followed."""
    before, after = old.promised, new.promised
    found: list[TermChange] = []
    for service in dict.fromkeys((*after, *before)):
        found += _service(service, old, new, before.get(service), after.get(service))
    same = old.agreement.label == new.agreement.label
    kept = {key: rule for key, rule in AGREEMENT.items() if same or key.partition(".")[0] not in OF_A_VERSION}
    found += _fields(kept, old.agreement, new.agreement, Setting())
    return tuple(found)


def changed_service(old: Service, new: Service, calendars: Sequence[Mapping[str, Calendar]]) -> tuple[TermChange, ...]:
    """A catalogue entry as it was and as it is; `calendars` are those of both states."""
    found = [replace(one, service=new.id) for one in _fields(CATALOGUED, old, new, Setting())]
    before, after = ({one.id: one for one in service.levels} for service in (old, new))
    for identifier in dict.fromkeys((*after, *before)):
        was, now = before.get(identifier), after.get(identifier)
        if was is None or now is None:
            found.append(_whole("level", was, now, service=new.id, level=identifier))
            continue
        days, hours = _calendars(was, now, calendars)
        setting = Setting(days, span=_year(hours))
        rows = [*_fields(LEVEL, was, now, setting, hours), *_targets(was.targets, now.targets, days)]
        found += [replace(one, service=new.id, level=identifier) for one in rows]
    return tuple(found)


def _service(
    service: str, old: State, new: State, before: ServiceTerms | None, after: ServiceTerms | None
) -> Iterator[TermChange]:
    if before is None or after is None:
        yield _whole("service", before, after, service=service)
        return
    days, hours = _calendars(before, after, (old.portfolio.calendars, new.portfolio.calendars))
    setting = Setting(days, span=new.agreement.effective)
    rows = [*_fields(SERVICE, before, after, setting, hours), *_targets(before.targets, after.targets, days)]
    yield from (replace(one, service=service) for one in (*rows, *_clauses(before, after, days)))


_Calendars = tuple[Calendar | None, Calendar | None]


def _calendars(
    old: ServiceTerms | Level, new: ServiceTerms | Level, calendars: Sequence[Mapping[str, Calendar]]
) -> tuple[tuple[int, int], _Calendars]:
    """The service hours of both sides, and how long their days are."""
    was, now = (known.get(one.calendar) for known, one in zip(calendars, (old, new), strict=True))
    return (was.day_seconds if was else 0, now.day_seconds if now else 0), (was, now)


def _year(hours: _Calendars) -> DateRange:
    """The last year whose public holidays both sides know; any where neither needs them."""
    known = [one.years for one in hours if one is not None and one.holidays]
    year = max(frozenset.intersection(*known), default=_ANY_YEAR) if known else _ANY_YEAR
    return DateRange(date(year, 1, 1), date(year, 12, 31))


def _whole(term: str, old: Any, new: Any, *, service: str = "", level: str = "", target: str = "") -> TermChange:  # noqa: ANN401 - any part
    added, removed = PIECES[term]
    targets = (old, new) if term == "target" else (None, None)
    return TermChange(added if old is None else removed, term, old, new, service, level, target, targets)


def _targets(old: Sequence[Target], new: Sequence[Target], days: tuple[int, int]) -> Iterator[TermChange]:
    before, after = ({one.id: one for one in side} for side in (old, new))
    for identifier in dict.fromkeys((*after, *before)):
        was, now = before.get(identifier), after.get(identifier)
        if was is None or now is None:
            yield _whole("target", was, now, target=identifier)
            continue
        for one in _fields(TARGET, was, now, Setting(days, (was, now))):
            yield replace(one, target=identifier, targets=(was, now))


def _clauses(old: ServiceTerms, new: ServiceTerms, days: tuple[int, int]) -> Iterator[TermChange]:
    """What follows when a target that stays is missed; with a target its clauses come and go."""
    for identifier in (one.id for one in new.targets if old.target(one.id) is not None):
        targets = old.target(identifier), new.target(identifier)
        for name, order in CLAUSES.items():
            was, now = (tuple(one for one in getattr(side, name) if one.target == identifier) for side in (old, new))
            if set(was) != set(now):
                meaning = order(was, now, Setting(days, targets))
                yield TermChange(meaning, name, was, now, target=identifier, targets=targets)


def _fields(
    rules: Mapping[str, Order | Entries],
    old: Any,  # noqa: ANN401 - an agreement or a part of one
    new: Any,  # noqa: ANN401 - as above
    setting: Setting,
    hours: _Calendars | None = None,
) -> Iterator[TermChange]:
    for name, rule in rules.items():
        was, now = _get(old, name), _get(new, name)
        if isinstance(rule, Entries):
            yield from _listed(name, rule, was or (), now or ())
        elif name == "goal":
            if (old.goal_text, old.measure) != (new.goal_text, new.measure):
                yield TermChange(rule(old, new, setting), name, old, new)
        elif name == "calendar":
            before, after = hours or (None, None)
            if (was, _hours(before)) != (now, _hours(after)):
                yield TermChange(rule(before, after, setting), name, before, after)
        elif was != now:
            yield TermChange(rule(was, now, setting), name, was, now)


def _get(holder: Any, name: str) -> Any:  # noqa: ANN401 - as above
    """`reporting.frequency` of an agreement; None where a part is not there."""
    return reduce(lambda value, step: None if value is None else getattr(value, step), name.split("."), holder)


def _hours(calendar: Calendar | None) -> object:
    """All that a calendar says but where it says it."""
    return calendar and (
        calendar.name,
        calendar.timezone,
        calendar.week,
        calendar.holidays,
        calendar.days_off,
        calendar.working_days,
    )


def _listed(name: str, rule: Entries, old: Sequence[Any], new: Sequence[Any]) -> Iterator[TermChange]:
    """Entries by what they say: equal ones wherever they stand, then those that are most alike."""
    left = [one for one in old if one not in new]
    came = [one for one in new if one not in old]
    for was, now in align(left, came, words_of, lambda one, other: alike(words_of(one), words_of(other))):
        if was is None or now is None:
            yield TermChange(rule.added if was is None else rule.removed, name, was, now)
        else:
            yield TermChange(_of_entry(was, now), name, was, now)


def _of_entry(old: Any, new: Any) -> Meaning:  # noqa: ANN401 - an entry of any list
    if isinstance(old, Text):
        return meanings.texts(old, new, Setting())
    return Meaning.NEUTRAL


def words_of(entry: Any) -> str:  # noqa: ANN401 - as above
    """What an entry says, for finding the one that is most alike."""
    if isinstance(entry, Text):
        return shown(entry)
    return " ".join(shown(getattr(entry, name)) for name in entry.__dataclass_fields__ if name != "window")
