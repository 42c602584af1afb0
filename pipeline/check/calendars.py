"""Calendars mean one thing only: windows do not overlap, and a service day has one length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.model.agreements import in_force
from pipeline.model.calendars import SATURDAY, WEEKDAYS, Calendar, Window
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import TimeUnit
from pipeline.problems import Problem, error


def check_calendars(portfolio: Portfolio) -> tuple[Problem, ...]:
    """What is wrong with each calendar, and with limits in days that a calendar cannot measure."""
    problems: list[Problem] = []
    for calendar in portfolio.calendars.values():
        problems += _calendar(calendar)
    problems += _limits_in_days(portfolio)
    return tuple(problems)


def _calendar(calendar: Calendar) -> Iterator[Problem]:
    source = calendar.source
    for key in sorted({_written(calendar, day) for day, windows in enumerate(calendar.week) if _overlap(windows)}):
        yield error(source.at("hours", key), "windows-overlap", f"the windows of {key} overlap", "join them")
    if any(_overlap(windows) for windows in calendar.working_days.values()):
        hint = "join them"
        yield error(source.at("working_days"), "windows-overlap", "the windows of a working day overlap", hint)
    if not any(calendar.week):
        yield error(source.at("hours"), "no-hours", "the calendar has no service hours")
    if calendar.asked is not None and not calendar.asked:
        yield error(source.at("years", "until"), "years-order", "the years end before they start")
    elif calendar.holidays and not calendar.years:
        hint = "ask for other years, or leave years: out for all that are published"
        message = f"no public holidays ({calendar.holidays}) are published for those years"
        yield error(source.at("years"), "holidays-unknown", message, hint)


def _written(calendar: Calendar, day: int) -> str:
    """The key that says the hours of a weekday."""
    names = (WEEKDAYS[day], "workdays" if day < SATURDAY else "every_day", "every_day")
    return next((name for name in names if ("hours", name) in calendar.source.marks), "")


def _overlap(windows: Sequence[Window]) -> bool:
    return any(second[0] < first[1] for first, second in pairwise(windows))


def _limits_in_days(portfolio: Portfolio) -> Iterator[Problem]:
    """`1 d` is the calendar's service day; with weekdays of different lengths nobody could say which."""
    for versions in portfolio.agreements.values():
        for span in in_force(versions):
            for index, terms in enumerate(span.agreement.services):
                calendar = portfolio.calendars.get(terms.calendar)
                if calendar is None:
                    continue
                lengths = {sum(stop - start for start, stop in windows) for windows in calendar.week if windows}
                for position, target in enumerate(terms.targets):
                    if target.limit is not None and target.limit.unit is TimeUnit.DAY and len(lengths) > 1:
                        place = span.agreement.source.at("services", index, "targets", position, "limit")
                        message = f"a day of {calendar.id} has no single length"
                        yield error(place, "day-length", message, "write the limit in hours")
