"""What an explanation shows: a sheet to read, and the same as records for programs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.merge.blocks import PartyBlock

PLAIN, EVENT, QUIET, SUM = "", "event", "quiet", "sum"
"""Kinds of rows: what is counted, what happened, what is not counted, and sums."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `status` colours it where it tells how something stands."""

    cells: tuple[str, ...]
    kind: str = PLAIN
    status: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; `width` is in percent of the page, numbers stand on the `right`."""

    heading: str
    width: int
    right: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table under a title, with sentences before it."""

    title: str
    notes: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """An explanation in one language; every value is ready to print."""

    language: str
    title: str
    document: str
    number: str
    provider: PartyBlock
    customer: str
    headline: str
    verdict: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A row of an export."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class AsideRecord:
    """A row of an export that could not be used, and why."""

    file: str
    line: int
    column: int
    reason: str


@dataclass(frozen=True, slots=True)
class StretchRecord:
    """Service time in which the clock ran, or was stopped for `paused_for`."""

    start: str
    stop: str
    seconds: int
    paused_for: str


@dataclass(frozen=True, slots=True)
class PauseRecord:
    """A pause; `stop` is empty while it lasts."""

    start: str
    stop: str
    reason: str
    agreed: bool
    service_s: int
    taken_off_s: int


@dataclass(frozen=True, slots=True)
class CourseRecord:
    """A ticket against one limit: `windows_s` less `paused_s` is `elapsed_s`. Times are ISO 8601 with offset.

    `in_force_until` is the first instant in which the version is not in force any more. `deadline` is the last instant
    that keeps the limit, empty where nobody can tell. `counts_in` is empty as long as the ticket counts nowhere.
    """

    agreement: str
    version: str
    in_force_from: str
    in_force_until: str
    service: str
    target: str
    measure: str
    priority: str
    calendar: str
    timezone: str
    limit: str
    limit_s: int
    start: str
    stop: str
    running: bool
    windows_s: int
    paused_s: int
    elapsed_s: int
    verdict: str
    deadline: str
    counted_at: str
    counts_in: str
    why: str
    windows: tuple[StretchRecord, ...]
    pauses: tuple[PauseRecord, ...]


@dataclass(frozen=True, slots=True)
class TicketRecord:
    """A ticket with the rows of the exports that speak of it; the last of them is the one that counts.

    `unmeasured` says why there are no `results`; it is empty where there are some.
    """

    ticket: str
    profile: str
    customer: str
    service: str
    priority: str
    summary: str
    opened: str
    responded: str
    resolved: str
    reopened: str
    rows: tuple[PlaceRecord, ...]
    set_aside: tuple[AsideRecord, ...]
    unmeasured: str
    results: tuple[CourseRecord, ...]


@dataclass(frozen=True, slots=True)
class TicketShareRecord:
    """A ticket behind a figure."""

    ticket: str
    file: str
    line: int
    version: str
    opened: str
    elapsed_s: int
    paused_s: int
    limit_s: int
    verdict: str
    deadline: str
    counted_at: str


@dataclass(frozen=True, slots=True)
class OutageShareRecord:
    """An outage behind a figure, as far as it lies in the period."""

    outage: str
    file: str
    line: int
    version: str
    category: str
    start: str
    stop: str
    excluded: bool
    service_s: int
    counted_s: Decimal


@dataclass(frozen=True, slots=True)
class InterruptionRecord:
    """A time without full service that ended (or began) in the period; `service_s` of it count."""

    start: str
    stop: str
    service_s: int


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A round of a survey that counts: scores given by so many of those invited, and their sum."""

    survey: str
    closes: str
    invited: int
    scores: int
    sum: Decimal
    file: str


@dataclass(frozen=True, slots=True)
class TierRecord:
    """A credit tier, and whether the value lies below it (`above` it, where less is better)."""

    below: Decimal
    above: bool
    credit: Decimal
    applies: bool


@dataclass(frozen=True, slots=True)
class FigureRecord:
    """A figure: `kept` of `total` (tickets, or service seconds) is the exact share that `value` rounds.

    Of a mean `kept` is the sum; where tickets are counted, the number itself. `goal` and `value`
    are in the unit of the target, times in seconds. `service_s`, `excluded_s` and `down_s` are seconds of the period,
    for measures of outages only. Credits are in percent of the charge; `year_cap` and `year_used` of one period's.
    """

    agreement: str
    version: str
    month: str
    start: str
    end: str
    timezone: str
    service: str
    target: str
    measure: str
    aggregate: str
    unit: str
    priority: str
    formula: str
    calendar: str
    limit: str
    goal: Decimal
    kept: Decimal
    total: int
    value: Decimal | None
    shown: str
    status: str
    met: int
    missed: int
    unmeasured: int
    set_aside: int
    pending: int
    service_s: int
    excluded_s: int
    down_s: Decimal
    tiers: tuple[TierRecord, ...]
    credit: Decimal
    all_credits: Decimal
    credit_cap: Decimal | None
    year_cap: Decimal | None
    year_used: Decimal
    credited: Decimal
    tickets: tuple[TicketShareRecord, ...]
    outages: tuple[OutageShareRecord, ...]
    interruptions: tuple[InterruptionRecord, ...]
    rounds: tuple[RoundRecord, ...]
    rows_set_aside: tuple[AsideRecord, ...]
