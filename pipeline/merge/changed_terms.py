"""Changes of terms in the words of the agreements: what changed, and the value on either side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.compare.terms import CLAUSES, TARGET, TermChange
from pipeline.merge import amounts
from pipeline.merge.blocks import party
from pipeline.merge.drafting import calendar_block, target_name
from pipeline.merge.settings import clause_words, term_words
from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import ORGANIZATION, Due, Escalation, Maintenance, ServiceTerms, Signatory
from pipeline.model.calendars import WEEKDAYS, Calendar
from pipeline.model.catalog import Level, Target
from pipeline.model.parties import Contact
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import DateRange, Limit, Money, Text
from pipeline.model.recurrence import LAST, Recurrence

_AS_WRITTEN = ("survey", "question")
"""Keys of a target whose value is an id."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: its portfolio, and the language that it is told in."""

    portfolio: Portfolio
    words: Words

    def service(self, identifier: str) -> str:
        """The name of a service; its id where it cannot be read."""
        found = self.portfolio.services.get(identifier)
        return self.words(found.name) if found is not None else identifier

    def level(self, service: str, identifier: str) -> str:
        """The name of a level."""
        found = self.portfolio.services.get(service)
        level = found.level(identifier) if found is not None else None
        return self.words(level.name) if level is not None else identifier

    def party(self, identifier: str) -> str:
        """The name of a party."""
        known = {*self.portfolio.customers, *self.portfolio.teams, *self.portfolio.suppliers, ORGANIZATION}
        return party(self.portfolio, identifier, self.words).name if identifier in known else identifier

    def person(self, identifier: str) -> str:
        """The name of a person."""
        found = self.portfolio.organization.people.get(identifier)
        return self.words(found.name) if found is not None else identifier

    def texts(self, *texts: Text | str) -> str:
        """What of several is written."""
        return self.words.listed(tuple(one if isinstance(one, str) else self.words(one) for one in texts if one))


def place(change: TermChange, side: Side) -> str:
    """The service, and its level where levels are compared; nothing for the agreement as a whole."""
    if not change.level:
        return side.service(change.service) if change.service else ""
    level = side.level(change.service, change.level)
    return side.words.label("whatif.name", service=side.service(change.service), target=level)


def subject(change: TermChange, words: Words) -> str:
    """The target, as agreements call it."""
    target = change.targets[1] or change.targets[0]
    return target_name(target, words) if target is not None else change.target


def term(change: TermChange, words: Words) -> str:
    """What of it changed."""
    key = f"whatif.key.{change.term}"
    return words.label(key if key in words.labels else f"compare.term.{change.term}")


def values(change: TermChange, sides: tuple[Side, Side]) -> tuple[str, str]:
    """Before and after; of texts that differ in another language only, what differs there."""
    old, new = (_value(change, side, at) for at, side in enumerate(sides))
    if isinstance(change.old, Text) and isinstance(change.new, Text) and old == new:
        languages = sorted({*change.old.translations, *change.new.translations})
        differing = [one for one in languages if change.old.in_language(one) != change.new.in_language(one)]
        old, new = (" / ".join(text.in_language(one) for one in differing) for text in (change.old, change.new))
    return old, new


def _value(change: TermChange, side: Side, at: int) -> str:
    value, target = (change.old, change.new)[at], change.targets[at]
    if change.term in CLAUSES and target is not None:
        return clause_words(value, target, side.words)
    if change.term in TARGET and change.term not in _AS_WRITTEN and target is not None:
        return term_words(target, change.term, side.words)
    if not value and value != 0:
        return EMPTY
    named = _NAMED.get(change.term)
    if named is not None:
        return named(side, change, value)
    written = next((tell for kind, tell in _WRITTEN if isinstance(value, kind)), None)
    return written(side, value) if written is not None else str(value)


def _target(side: Side, target: Target) -> str:
    """`4 h, ≥ 95%`."""
    limit = (side.words.limit(target.limit),) if target.limit is not None else ()
    return side.words.listed((*limit, amounts.bound(target, side.words)))


def _promised(side: Side, level: str, one: ServiceTerms | Level) -> str:
    """A service, or a level of one, with all that is promised for it."""
    hours = side.portfolio.calendars.get(one.calendar)
    head = side.words.listed((level, side.words(hours.name) if hours is not None else one.calendar))
    promises = (f"{target_name(target, side.words)} {_target(side, target)}" for target in one.targets)
    return side.words.joined((head, *promises))


def _calendar(side: Side, calendar: Calendar) -> str:
    block = calendar_block(calendar, side.words)
    hours = side.words.listed(tuple(f"{row.days} {row.windows}" for row in block.hours))
    return side.words.joined((side.words.label("compare.hours", name=block.name, hours=hours), block.holidays))


def _several(side: Side, value: Any) -> str:  # noqa: ANN401 - sets and tuples of names, or of steps of a chain
    named = sorted(value) if isinstance(value, frozenset) else value
    steps = (one if isinstance(one, str) else side.words.label("rule.any_of").join(one) for one in named)
    return side.words.listed(tuple(steps))


def _days(side: Side, days: DateRange) -> str:
    words = side.words
    return words.label("date.range", first=words.date(days.start), last=words.date(days.end))


def _maintenance(side: Side, one: Maintenance) -> str:
    """Its words, and what availability is measured by: both may change without the other."""
    window = _recurrence(side.words, one.window) if one.window is not None else ""
    return side.texts(one.when, one.purpose, window, *(side.service(service) for service in one.services))


def _recurrence(words: Words, one: Recurrence) -> str:
    hours = words.windows((one.hours,))
    if one.weekday is None:
        found = words.label("compare.window.day", day=one.day, hours=hours)
    else:
        kind = "week" if not one.nth else "last" if one.nth == LAST else "nth"
        weekday = words.label(f"weekday.{WEEKDAYS[one.weekday]}")
        found = words.label(f"compare.window.{kind}", weekday=weekday, nth=one.nth, hours=hours)
    if not one.months:
        return found
    return words.label("compare.window.months", window=found, months=words.listed(tuple(map(str, sorted(one.months)))))


_WRITTEN: tuple[tuple[type | tuple[type, ...], Callable[[Side, Any], str]], ...] = (
    (Text, lambda side, value: side.words(value)),
    (Limit, lambda side, value: side.words.limit(value)),
    (Money, lambda side, value: side.words.money(value)),
    (date, lambda side, value: side.words.date(value)),
    (DateRange, _days),
    (Due, lambda side, value: side.words.due(value)),
    (Calendar, _calendar),
    (Target, _target),
    (Contact, lambda side, one: side.texts(one.purpose, one.name, one.phone, one.email, one.hours)),
    (Maintenance, _maintenance),
    (Escalation, lambda side, one: side.texts(one.after, one.provider, one.customer)),
    (Signatory, lambda side, one: side.texts(one.name, one.title)),
    (Decimal, lambda side, value: side.words.percent(value)),
    ((tuple, frozenset), _several),
)
"""How values of a type are written."""

_Named = Callable[[Side, TermChange, Any], str]


def _label(prefix: str) -> _Named:
    return lambda side, _, value: side.words.label(f"{prefix}.{value}")


def _party(side: Side, _change: TermChange, value: str) -> str:
    return side.party(value)


def _person(side: Side, _change: TermChange, value: str) -> str:
    return side.person(value)


_NAMED: Mapping[str, _Named] = {
    "status": _label("state"),
    "state": _label("catalog.state"),
    "counted_by": _label("whatif.counted_by"),
    "reporting.frequency": _label("frequency"),
    "review.frequency": _label("frequency"),
    "provider": _party,
    "customer": _party,
    "revision.responsible": _person,
    "revision.approver": _person,
    "owner": _person,
    "language": lambda side, _, value: side.words.language_name(value),
    "also_in": lambda side, _, value: side.words.listed(tuple(map(side.words.language_name, value))),
    "timezone": lambda side, _, value: side.words.timezone(value),
    "workload_limit": lambda side, _, value: side.words.label("workload.limit", count=value),
    "level": lambda side, change, value: (
        _promised(side, side.words(value.name), value)
        if isinstance(value, Level)
        else side.level(change.service, value)
    ),
    "service": lambda side, _, value: _promised(side, side.level(value.service, value.level), value),
}
"""Values that are names of something else."""
