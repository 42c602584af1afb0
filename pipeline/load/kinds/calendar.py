"""`calendars/*.yaml`: service hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.load import rules
from pipeline.load.holidays import NotPublishedError, chinese_days
from pipeline.load.kinds.fields import IDENTIFIER, Schema, Spec, as_text, choice, many, record, text, word, written
from pipeline.model.calendars import WEEKDAYS, Calendar, Window
from pipeline.model.quantities import Text
from pipeline.model.source import Source
from pipeline.problems import Problem, error

SCHEMA: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "name": text(),
    "timezone": written("timezone"),
    "holidays": choice("CN", required=False),
    "years": record(
        {
            "from": {"type": "integer", "min": 1990, "max": 2100, "required": True},
            "until": {"type": "integer", "min": 1990, "max": 2100, "required": True},
        }
    ),
    "hours": {
        "type": "dict",
        "required": True,
        "minlength": 1,
        "schema": {day: many(written("window")) for day in ("every_day", "workdays", *WEEKDAYS)},
    },
    "days_off": many(record({"date": written("date"), "reason": text()})),
    "working_days": many(
        record({"date": written("date"), "reason": text(), "hours": many(written("window"), least=1)})
    ),
}


def read(spec: Spec, source: Source) -> tuple[Calendar, tuple[Problem, ...]]:
    """A calendar with its public holidays filled in; a year that is not published yet is a problem."""
    hours = spec["hours"]
    week = []
    for index, day in enumerate(WEEKDAYS):
        shared = hours.get("workdays") if index < 5 and "workdays" in hours else hours.get("every_day", ())  # noqa: PLR2004 - Monday to Friday
        week.append(_windows(hours.get(day, shared)))
    problems = []
    days_off: dict[date, Text] = {}
    working: dict[date, tuple[Window, ...]] = {}
    years = range(spec["years"]["from"], spec["years"]["until"] + 1) if "years" in spec else range(0)
    if "holidays" in spec:
        try:
            days_off, worked = chinese_days(years)
            working = dict.fromkeys(worked, week[0])
        except NotPublishedError as mistake:
            hint = "leave it out of years:; when its days are announced, update the library"
            edge = "from" if mistake.args[1] == years.start else "until"
            problems.append(error(source.at("years", edge), "holidays-unknown", mistake.args[0], hint))
    for item in spec.get("days_off", ()):
        free = rules.read_date(item["date"])
        days_off[free] = as_text(item["reason"])
        working.pop(free, None)
    for item in spec.get("working_days", ()):
        extra = rules.read_date(item["date"])
        working[extra] = _windows(item["hours"]) if "hours" in item else week[0]
    made = Calendar(
        id=spec["id"],
        name=as_text(spec["name"]),
        timezone=spec["timezone"],
        week=tuple(week),
        holidays=spec.get("holidays", ""),
        years=frozenset(years),
        days_off=days_off,
        working_days=working,
        source=source,
    )
    return made, tuple(problems)


def _windows(written: Sequence[str]) -> tuple[Window, ...]:
    return tuple(sorted(rules.read_window(window) for window in written))
