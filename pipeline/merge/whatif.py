"""What a recalculation under other terms shows: a sheet to negotiate with, and the same as records for programs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.merge.explanation import Sheet


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a target on one side; no `value` where nothing was measured."""

    month: str
    value: Decimal | None
    status: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A target over the months on one side, with the goal of the last of them and how often it was met."""

    goal: Decimal
    goal_shown: str
    points: tuple[Point, ...]
    measured: int
    met: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A target on both sides; `unit` is what its figures are counted in, `better` which way they improve."""

    service: str
    service_name: str
    target_name: str
    unit: str
    better: str
    before: Curve
    after: Curve


@dataclass(frozen=True, slots=True)
class CreditPoint:
    """What is credited for a month on both sides, in percent of its charge; None where the SLA was not in force."""

    month: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class WhatIfSheet(Sheet):
    """The recalculation in one language; `pairs` and `credits` are what its charts draw."""

    pairs: tuple[Pair, ...]
    credits: tuple[CreditPoint, ...]


@dataclass(frozen=True, slots=True)
class FigureSide:
    """A target in a month under one set of terms; `goal` and `value` are in its unit, times in seconds.

    `met` and `missed` count the tickets where they are judged one by one.
    """

    version: str
    limit: str
    goal: Decimal
    value: Decimal | None
    shown: str
    status: str
    met: int
    missed: int
    credit: Decimal


@dataclass(frozen=True, slots=True)
class MonthRecord:
    """A target in a month on both sides; nothing on a side where no version with it was in force."""

    month: str
    before: FigureSide | None
    after: FigureSide | None


@dataclass(frozen=True, slots=True)
class SummaryRecord:
    """Months measured and met, the poorest month's value, and the figure of all months together."""

    measured: int
    met: int
    poorest: Decimal | None
    overall: Decimal | None


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """A target over the months; `changed` tells whether any of them comes to something else."""

    service: str
    target: str
    measure: str
    priority: str
    unit: str
    changed: bool
    before: SummaryRecord
    after: SummaryRecord
    months: tuple[MonthRecord, ...]


@dataclass(frozen=True, slots=True)
class CreditSide:
    """Credits in percent of the month's charge, before any cap and as due; `amount` where there is a charge."""

    version: str
    uncapped: Decimal
    credited: Decimal
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """The credits of a month on both sides."""

    month: str
    before: CreditSide | None
    after: CreditSide | None


@dataclass(frozen=True, slots=True)
class CreditSum:
    """All months: percents of a month's charge added up, and the money, rounded month by month, of one currency."""

    credited: Decimal
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class StandingRecord:
    """How a ticket stands against a target; `limit_s` is what it may take with the grace, 0 without a limit.

    `verdict` is `counted` where the figure is made of tickets that are not judged one by one.
    """

    version: str
    elapsed_s: int
    limit_s: int
    verdict: str
    counts_in: str


@dataclass(frozen=True, slots=True)
class FlipRecord:
    """A ticket that one side judges otherwise, or counts in another month; nothing on a side that does not judge it."""

    ticket: str
    file: str
    line: int
    opened: str
    service: str
    target: str
    before: StandingRecord | None
    after: StandingRecord | None


@dataclass(frozen=True, slots=True)
class VersionValue:
    """What a version says."""

    version: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SettingRecord:
    """A key that was set, with its value in each version concerned; `unchanged` versions have no such target."""

    set: str
    service: str
    target: str
    key: str
    versions: tuple[VersionValue, ...]
    unchanged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhatIfRecord:
    """The whole recalculation. `currency` is that of the newest version, empty where no charge is agreed."""

    agreement: str
    customer: str
    first: str
    last: str
    timezone: str
    currency: str
    settings: tuple[SettingRecord, ...]
    results: tuple[TargetRecord, ...]
    credits: tuple[CreditRecord, ...]
    credits_before: CreditSum
    credits_after: CreditSum
    flips: tuple[FlipRecord, ...]
