"""Whether the maintenance windows of an OLA or UC lie within those that the customer agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache

from pipeline.measure.clock import instant, local_day
from pipeline.model.agreements import Agreement, Maintenance
from pipeline.model.quantities import DateRange, Text
from pipeline.model.recurrence import Recurrence

Interval = tuple[int, int]


class Agreed(StrEnum):
    """What became of comparing a window with those of the SLA."""

    WITHIN = "within"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"
    """At least one side says it in words only, and the words differ."""


@dataclass(frozen=True, slots=True)
class WindowCheck:
    """A maintenance window of an OLA or UC, and whether the SLA has it too."""

    support: Agreement
    window: Maintenance
    agreed: Agreed


def windows_of(agreement: Agreement, service: str) -> tuple[Maintenance, ...]:
    """The maintenance windows that concern a service."""
    return tuple(one for one in agreement.maintenance if not one.services or service in one.services)


def within_window(agreement: Agreement, service: str, start: int, stop: int) -> Maintenance | None:
    """The agreed window that holds all of a time, by the second."""
    day, zone = timedelta(days=1), agreement.timezone
    around = DateRange(local_day(start, zone) - day, local_day(stop, zone) + day)
    for one in windows_of(agreement, service):
        parts = _intervals(one.window, zone, around) if one.window is not None else []
        if any(begin <= start and stop <= end for begin, end in parts):
            return one
    return None


def compare_windows(sla: Agreement, support: Agreement, service: str, days: DateRange) -> tuple[WindowCheck, ...]:
    """Each window that the support claims for the service, on these days."""
    promised = windows_of(sla, service)
    return tuple(
        WindowCheck(support, one, _agreed(one, support.timezone, promised, sla.timezone, days))
        for one in windows_of(support, service)
    )


def _agreed(
    one: Maintenance, timezone: str, promised: Sequence[Maintenance], sla_timezone: str, days: DateRange
) -> Agreed:
    if any(_written(one.when) & _written(other.when) for other in promised):
        return Agreed.WITHIN
    stated = tuple(other.window for other in promised if other.window is not None)
    if one.window is not None and _inside(one.window, timezone, stated, sla_timezone, days):
        return Agreed.WITHIN
    in_words = one.window is None or len(stated) < len(promised)
    return Agreed.UNKNOWN if promised and in_words else Agreed.OUTSIDE


def _written(text: Text) -> set[str]:
    return {text.plain, *text.translations.values()} - {""}


@cache
def _inside(
    window: Recurrence, timezone: str, others: tuple[Recurrence, ...], other_timezone: str, days: DateRange
) -> bool:
    """Whether every time the window comes, the others together are open for all of it."""
    days = DateRange(days.start, min(days.end, days.start + timedelta(days=731)))
    around = DateRange(days.start - timedelta(days=2), days.end + timedelta(days=2))
    merged: list[Interval] = []
    for start, stop in sorted(part for other in others for part in _intervals(other, other_timezone, around)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return all(
        any(begin <= start and stop <= end for begin, end in merged)
        for start, stop in _intervals(window, timezone, days)
    )


def _intervals(window: Recurrence, timezone: str, days: DateRange) -> list[Interval]:
    first, last = window.hours
    return [(instant(day, timezone, first), instant(day, timezone, last)) for day in window.days(days)]
