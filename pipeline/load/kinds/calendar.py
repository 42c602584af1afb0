"""`calendars/*.yaml`: service hours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pipeline.load import rules
from pipeline.load.holidays import PublicHolidays, public_holidays
from pipeline.load.kinds.fields import IDENTIFIER, Schema, Spec, as_text, many, record, text, word, written
from pipeline.model.calendars import WEEKDAYS, Calendar, Window
from pipeline.model.quantities import Text
from pipeline.model.source import Source
from pipeline.problems import Problem, did_you_mean, error

_YEAR = {"type": "integer", "min": 1990, "max": 2100}

SCHEMA: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "name": text(),
    "extends": written("identifier", required=False),
    "timezone": written("timezone", required=False),
    "holidays": written("region", required=False),
    "years": record({"from": {**_YEAR, "required": True}, "until": {**_YEAR, "required": True}}),
    "listed_years": many(_YEAR),
    "hours": {
        "type": "dict",
        "minlength": 1,
        "schema": {day: many(written("window")) for day in ("every_day", "workdays", *WEEKDAYS)},
    },
    "days_off": many(record({"date": written("date"), "reason": text()})),
    "working_days": many(
        record({"date": written("date"), "reason": text(), "hours": many(written("window"), least=1)})
    ),
}

NEEDED = ("timezone", "hours")
"""Keys that a calendar may leave out only where it extends another."""

Written = tuple[Spec, Source]


def read(spec: Spec, source: Source) -> Written:
    """The calendar as written; what it extends shows only when all files are read."""
    return spec, source


def read_all(
    written: Mapping[str, Written], unreadable: Collection[str]
) -> tuple[dict[str, Calendar], tuple[Problem, ...]]:
    """All calendars, each with the days and hours of those that it extends and with its public holidays filled in."""
    made, problems = {}, []
    for identifier, (spec, source) in written.items():
        whole, problem = _whole(spec, source, written, unreadable)
        if problem is not None:
            problems.append(problem)
        elif whole is not None:
            missing = [key for key in NEEDED if key not in whole]
            if not missing:
                made[identifier] = replace(_calendar(whole, source), extends=spec.get("extends", ""))
            elif "extends" not in spec:
                problems += [error(source.at(), "missing-key", f"the key {key!r} is missing") for key in missing]
    return made, tuple(problems)


def _whole(
    spec: Spec, source: Source, written: Mapping[str, Written], unreadable: Collection[str]
) -> tuple[Spec | None, Problem | None]:
    """The keys of a calendar with those of the calendars that it extends; None where one of these cannot be read."""
    chain, whole = [spec["id"]], spec
    while "extends" in whole:
        base = whole["extends"]
        place = source.at("extends")
        if base in chain:
            return None, error(place, "extends-itself", f"the calendar {base} extends itself", "name another")
        if base not in written:
            if base in unreadable:
                return None, None
            hint = did_you_mean(base, {*written} - {spec["id"]})
            return None, error(place, "unknown-id", f"unknown calendar {base!r}", hint)
        chain.append(base)
        whole = _merged(written[base][0], whole)
    return whole, None


def _merged(base: Spec, own: Spec) -> Spec:
    """What is written in `own` counts; days are added, and a day of its own replaces the base's."""
    merged: dict[str, Any] = {**base, **own}
    taken = {item["date"] for key in ("days_off", "working_days") for item in own.get(key, ())}
    for key in ("days_off", "working_days"):
        merged[key] = [*(item for item in base.get(key, ()) if item["date"] not in taken), *own.get(key, ())]
    if "holidays" in own and "years" not in own:
        merged.pop("years", None)
    if "extends" not in base:
        merged.pop("extends")
    else:
        merged["extends"] = base["extends"]
    return merged


def _calendar(spec: Spec, source: Source) -> Calendar:
    hours = spec["hours"]
    week = []
    for index, day in enumerate(WEEKDAYS):
        shared = hours.get("workdays") if index < 5 and "workdays" in hours else hours.get("every_day", ())  # noqa: PLR2004 - Monday to Friday
        week.append(_windows(hours.get(day, shared)))
    asked = range(spec["years"]["from"], spec["years"]["until"] + 1) if "years" in spec else None
    public = public_holidays(spec["holidays"], asked) if "holidays" in spec else PublicHolidays({}, (), frozenset())
    days_off: dict[date, Text] = dict(public.days_off)
    working: dict[date, tuple[Window, ...]] = dict.fromkeys(public.worked, week[0])
    for item in spec.get("days_off", ()):
        free = rules.read_date(item["date"])
        days_off[free] = as_text(item["reason"])
        working.pop(free, None)
    for item in spec.get("working_days", ()):
        extra = rules.read_date(item["date"])
        working[extra] = _windows(item["hours"]) if "hours" in item else week[0]
    return Calendar(
        id=spec["id"],
        name=as_text(spec["name"]),
        timezone=spec["timezone"],
        week=tuple(week),
        holidays=spec.get("holidays", ""),
        years=public.years | frozenset(spec.get("listed_years", ())) if "holidays" in spec else frozenset(asked or ()),
        days_off=days_off,
        working_days=working,
        source=source,
        asked=asked,
    )


def _windows(written: Sequence[str]) -> tuple[Window, ...]:
    return tuple(sorted(rules.read_window(window) for window in written))
