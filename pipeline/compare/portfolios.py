"""Two states of the sources to what changed, in business terms: `level gold, p1-response limit: 10 min -> 5 min`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any

from pipeline.compare.values import NOT_COMPARED, WRITTEN, entries, hours, is_leaf, shown
from pipeline.model.calendars import WEEKDAYS, Calendar
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Text

_SINGULAR = {
    "levels": "level",
    "services": "service",
    "people": "person",
    "roles": "role",
    "departments": "department",
    "contacts": "contact",
    "priorities": "priority",
    "impacts": "impact",
    "urgencies": "urgency",
    "days_off": "day off",
    "working_days": "working day",
    "credits": "credit for",
    "signatories": "signatory",
    "actions": "action",
    "issues": "revision",
    "items": "item",
    "approvals": "approval of",
}
_GROUPS = {"workdays": range(5), "weekends": range(5, 7), "every day": range(7)}


@dataclass(frozen=True, slots=True)
class Change:
    """What differs in one thing: `steps` lead to it by name; an empty `old` or `new` means that it was not there.

    Without steps the whole thing, `kind` and `id`, was added or removed. `file` is the source that says so.
    """

    kind: str
    id: str
    file: str
    steps: tuple[str, ...]
    old: str
    new: str

    @property
    def what(self) -> str:
        """`level gold, p1-response limit`."""
        words: list[str] = []
        steps = list(self.steps)
        while steps:
            step = steps.pop(0)
            if step == "targets" and steps:
                target, steps = steps[0], steps[1:]
                words.append(" ".join([target, *steps]))
                break
            if step in _SINGULAR and steps:
                words.append(f"{_SINGULAR[step]} {steps.pop(0)}")
            else:
                words.append(step.replace("_", " "))
        return ", ".join(words)

    def __str__(self) -> str:
        name = self.id if self.id == self.kind else f"{self.kind} {self.id}"
        if not self.steps:
            return f"{name}: {'added' if self.new else 'removed'}"
        old, new = _clipped(self.old, self.new)
        if not self.old:
            return f"{name}: {self.what} added" + (f": {new}" if new not in self.what else "")
        if not self.new:
            return f"{name}: {self.what} removed" + (f": {old}" if old not in self.what else "")
        return f"{name}: {self.what}: {old} -> {new}"


SHOWN = 60
"""Longer texts are shown around what differs."""


def _clipped(old: str, new: str) -> tuple[str, str]:
    if max(len(old), len(new)) <= SHOWN:
        return old, new
    pairs = enumerate(zip(old, new, strict=False))
    same = next((index for index, (one, other) in pairs if one != other), min(len(old), len(new)))
    start = max(0, same - SHOWN // 3)
    return _cut(old, start), _cut(new, start)


def _cut(text: str, start: int) -> str:
    return ("…" if start else "") + text[start : start + SHOWN] + ("…" if len(text) > start + SHOWN else "")


def compare(old: Portfolio, new: Portfolio) -> tuple[Change, ...]:
    """Everything that changed, in a fixed order; what could not be read on one side is left out."""
    before, after = _things(old), _things(new)
    changes: list[Change] = []
    for key in sorted({*before, *after}):
        kind, identifier = key
        was, now = before.get(key), after.get(key)
        unreadable = (old if was is None else new).unreadable
        if (was is None or now is None) and identifier.partition("@")[0] in unreadable:
            continue
        blank = Change(kind, identifier, "", (), "", "")
        if was is None and now is not None:
            changes.append(replace(blank, file=now.source.file, new=shown(now) or identifier))
        elif now is None and was is not None:
            changes.append(replace(blank, file=was.source.file, old=shown(was) or identifier))
        elif was is not None and now is not None:
            blank = replace(blank, file=now.source.file)
            found = _calendar(was, now) if isinstance(was, Calendar) else _differences((), was, now)
            changes += [replace(blank, steps=steps, old=one, new=other) for steps, one, other in found]
    return tuple(changes)


_ALONE = ("policy", "organization", "catalog", "procedure")
_MANY = {
    "services": "service",
    "calendars": "calendar",
    "customers": "customer",
    "teams": "team",
    "suppliers": "supplier",
    "reviews": "review",
    "requirements": "requirement",
    "improvements": "improvement",
}


def _things(portfolio: Portfolio) -> dict[tuple[str, str], Any]:
    """(kind, id) -> what the sources describe."""
    things: dict[tuple[str, str], Any] = {}
    for name in (one.name for one in fields(portfolio)):
        value = getattr(portfolio, name)
        if name in _ALONE and value is not None:
            things[name, name] = value
        elif name in _MANY:
            things |= {(_MANY[name], identifier): one for identifier, one in value.items()}
    for versions in portfolio.agreements.values():
        things |= {(version.kind, version.label): version for version in versions}
    return things


_Found = tuple[tuple[str, ...], str, str]


def _differences(steps: tuple[str, ...], old: Any, new: Any) -> Iterator[_Found]:  # noqa: ANN401 - any value of the model
    if isinstance(old, Text) and isinstance(new, Text) and old.translations and new.translations:
        languages = {**old.translations, **new.translations}
        kept = [one for one in languages if old.translations.get(one) != new.translations.get(one)]
        was, now = (" / ".join(text.translations.get(one, "") for one in kept) for text in (old, new))
        if kept:
            yield steps, was, now
    elif is_leaf(old) or is_leaf(new):
        field = steps[-1] if steps else ""
        if shown(old, field) != shown(new, field):
            yield steps, shown(old, field), shown(new, field)
    elif is_dataclass(old) and type(old) is type(new):
        written = WRITTEN.get(type(old), {})
        for name in (one.name for one in fields(old)):
            field = written.get(name, name)
            if name not in NOT_COMPARED and field:
                yield from _differences((*steps, name), getattr(old, field), getattr(new, field))
    else:
        yield from _listed(steps, entries(old), entries(new))


def _listed(steps: tuple[str, ...], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[_Found]:
    for name in {**before, **after}:
        if name not in after:
            yield (*steps, name), shown(before[name], name) or name, ""
        elif name not in before:
            yield (*steps, name), "", shown(after[name], name) or name
        else:
            yield from _differences((*steps, name), before[name], after[name])


def _calendar(old: Calendar, new: Calendar) -> Iterator[_Found]:
    """Hours by groups of weekdays; public holidays of years that came or went are not listed one by one."""
    changed = [day for day in range(7) if old.week[day] != new.week[day]]
    for windows in dict.fromkeys((old.week[day], new.week[day]) for day in changed):
        days = [day for day in changed if (old.week[day], new.week[day]) == windows]
        group = next((name for name, those in _GROUPS.items() if days == list(those)), None)
        name = group or ", ".join(WEEKDAYS[day].capitalize() for day in days)
        yield (f"hours of {name}",), hours(windows[0]), hours(windows[1])
    rest = (replace(one, week=(), days_off={}, working_days={}, asked=None) for one in (old, new))
    yield from _differences((), *rest)
    years = old.years ^ new.years if old.holidays == new.holidays else old.years | new.years
    before, after = ({day for day in days if day.year not in years} for days in (old.days_off, new.days_off))
    yield from _listed(("days_off",), _written(old.days_off, before), _written(new.days_off, after))
    moved = {
        day
        for day in {*old.working_days, *new.working_days}
        if day.year in years
        or (old.working_days.get(day), new.working_days.get(day)) == (old.week[0], new.week[0])  # follows the hours
    }
    yield from _listed(("working_days",), _worked(old, moved), _worked(new, moved))


def _written(days: Mapping[date, Any], kept: set[date]) -> dict[str, Any]:
    return {str(day): days[day] for day in sorted(kept)}


def _worked(calendar: Calendar, left_out: set[date]) -> dict[str, str]:
    return {str(day): hours(calendar.working_days[day]) for day in sorted({*calendar.working_days} - left_out)}
