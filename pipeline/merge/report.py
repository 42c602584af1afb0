"""What a service report template may see; the same value is written beside the report as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.merge.blocks import AgreementRef, PartyBlock


@dataclass(frozen=True, slots=True)
class Period:
    """The half-open interval reported on: ISO 8601 with offset, and in words (`interval` names the time zone too)."""

    start: str
    end: str
    timezone: str
    label: str
    first_day: str
    last_day: str
    interval: str
    months: int = 1


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One month of a trend, `shown` for narrow columns; `value` is None where nothing was measured."""

    month: str
    value: Decimal | None
    shown: str
    status: str


@dataclass(frozen=True, slots=True)
class TierRow:
    """What is credited where a figure lies below a value (above it, where less is better)."""

    value: Decimal
    above: bool
    credit: Decimal


@dataclass(frozen=True, slots=True)
class ResultRow:
    """How one target did. `value` and `goal` are in `unit` (`%`, `s`, `count` or `score`), `credit` is a percentage.

    `better` tells whether the goal is a least (`higher`) or a most (`lower`). `count` is the number of tickets or
    interruptions behind the figure, `met` and `missed` those that were judged by a limit or by what the export says.
    """

    target: str
    service: str
    service_name: str
    measure: str
    measure_label: str
    priority: str
    unit: str
    limit: str
    goal: Decimal
    value: Decimal | None
    count: int
    met: int
    missed: int
    set_aside: int
    status: str
    credit: Decimal
    version: str
    goal_shown: str
    value_shown: str
    status_label: str
    credit_shown: str
    formula: str
    calendar: str
    note: str
    trend: tuple[TrendPoint, ...]
    better: str
    aggregate: str
    goal_written: str
    excluded: int
    standard: str
    rules: tuple[str, ...]
    percentile: Decimal | None = None
    minimum_sample: int = 0
    allowed_s: int = 0
    tiers: tuple[TierRow, ...] = ()


@dataclass(frozen=True, slots=True)
class BreachRow:
    """A ticket that missed a target; times are service time in words."""

    ticket: str
    service: str
    priority: str
    target: str
    measure_label: str
    opened: str
    elapsed: str
    limit: str
    over: str
    summary: str
    cause: str
    action: str


@dataclass(frozen=True, slots=True)
class MajorRow:
    """An incident of the highest priority and how it was handled; times are service time in words, empty while open."""

    ticket: str
    service: str
    opened: str
    response: str
    response_status: str
    resolution: str
    resolution_status: str
    summary: str
    cause: str
    action: str
    afterwards: str = ""


@dataclass(frozen=True, slots=True)
class MissRow:
    """A target missed, why, and what is done about it, by whom and by when; what nobody said is empty.

    `remarked` where the administrator said so for the target; otherwise it is what tickets and interruptions say.
    """

    target: str
    service: str
    service_name: str
    target_name: str
    goal_shown: str
    value_shown: str
    cause: str
    action: str
    remarked: bool
    owner: str
    due: str


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """An action of the last review; `state` is open, in-progress, done or cancelled, `overdue` at the period's end."""

    id: str
    action: str
    owner: str
    due: str
    state: str
    state_label: str
    overdue: bool
    note: str


@dataclass(frozen=True, slots=True)
class OutageRow:
    """An interruption in the period; `counted` tells whether it lowered a figure.

    `window` is the agreed maintenance window that it lies in, `reason` why it does not count.
    """

    outage: str
    service: str
    category: str
    started: str
    ended: str
    duration: str
    counted: bool
    cause: str
    action: str
    component: str
    impact: str
    window: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExclusionRow:
    """A ticket or an outage of the period that the customer agreed not to count."""

    id: str
    record: str
    kind: str
    service: str
    targets: str
    reason: str
    approved_by: str
    date: str


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A clause on repeated misses that applies in the period; `credit` is 0 where it lets the customer terminate."""

    target: str
    service: str
    service_name: str
    target_name: str
    rule: str
    months: tuple[str, ...]
    credit: Decimal
    credit_shown: str


@dataclass(frozen=True, slots=True)
class WorkloadRow:
    """Incidents opened in the period against the limit; `limit` is None where none is agreed."""

    service: str
    opened: int
    resolved: int
    open: int
    limit: int | None
    status: str
    status_label: str


@dataclass(frozen=True, slots=True)
class SetAsideRow:
    """A row of the exports that could not be measured."""

    file: str
    line: int
    column: int
    record: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """An export that figures come from."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in = rows measured + rows set aside + rows replaced by a later month's."""

    read: int
    measured: int
    set_aside: int
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class CreditMonth:
    """What the provider credits for one of several months; `amount` is None without a charge."""

    month: str
    month_shown: str
    credit: Decimal
    credit_shown: str
    amount: Decimal | None
    amount_shown: str


@dataclass(frozen=True, slots=True)
class CreditSummary:
    """What the provider credits for the period, in percent of its charge and in money (`amount_shown` may be empty).

    Of several `months` percentages are of a month's charge each, and added up; the caps are those of the last one.

    `year_cap` is what may be credited in the contract year since `year_since`, in percent of one period's charge too;
    `year_used` is what its earlier periods have used.
    """

    uncapped: Decimal
    cap: Decimal | None
    total: Decimal
    total_shown: str
    cap_shown: str
    charge_shown: str
    amount_shown: str
    year_cap: Decimal | None = None
    year_used: Decimal = Decimal(0)
    year_since: str = ""
    year_cap_shown: str = ""
    year_left_shown: str = ""
    repeated: tuple[ClauseRow, ...] = ()
    months: tuple[CreditMonth, ...] = ()
    charge: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The report in one line: how many targets were met, missed, or had nothing to measure."""

    targets: int
    met: int
    missed: int
    no_data: int
    headline: str


@dataclass(frozen=True, slots=True)
class DistributionBar:
    """Tickets judged by one timed measure and priority: how many within and over the limit."""

    label: str
    met: int
    missed: int


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day of a service: `closed`, `up`, `down` or `below` its goal; seconds of service time."""

    day: str
    state: str
    agreed_s: int
    down_s: Decimal
    shown: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """The days of the period for one service with an availability target."""

    service: str
    service_name: str
    goal_shown: str
    days: tuple[DayCell, ...]


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """Resolved tickets of one target by how much of the limit they took; the classes are those of the context."""

    service: str
    service_name: str
    target: str
    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """Tickets of all services opened and resolved in a month, and open at its end."""

    month: str
    opened: int
    resolved: int
    open: int


@dataclass(frozen=True, slots=True)
class SatisfactionRow:
    """The last round of a survey: who answered, the overall score with its 95 % interval, and what is to be improved.

    `change_shown` is against the round before, empty where there is none; `number` is that of the report on the round.
    """

    survey: str
    name: str
    number: str
    period: str
    answered: int
    invited: int
    mean: Decimal | None
    mean_shown: str
    interval_shown: str
    share_shown: str
    change_shown: str
    highest: str
    lowest: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportContext:
    """A service report of one SLA and one period.

    `trend_months` labels the (at most 12) points of every trend. `incomplete` lists tickets that are measured but lack
    the time that one of their targets is about; they count as set aside for that target. `spread` counts tickets up to
    25, 50, 75, 100, 150 and 200 percent of their limit, and above. `message` and `plan` are the administrator's words;
    `review` is the day of the last review, whose actions are `follow_ups`.
    """

    language: str
    title: str
    number: str
    period: Period
    agreement: AgreementRef
    versions: tuple[str, ...]
    provider: PartyBlock
    customer: PartyBlock
    purpose: str
    audience: tuple[str, ...]
    prepared_by: str
    approved_by: str
    summary: Summary
    results: tuple[ResultRow, ...]
    breaches: tuple[BreachRow, ...]
    major: tuple[MajorRow, ...]
    outages: tuple[OutageRow, ...]
    workload: tuple[WorkloadRow, ...]
    distribution: tuple[DistributionBar, ...]
    trend_months: tuple[str, ...]
    credits: CreditSummary
    counting_rule: str
    rows: Rows
    set_aside: tuple[SetAsideRow, ...]
    incomplete: tuple[SetAsideRow, ...]
    sources: tuple[SourceRow, ...]
    records_keeper: str
    retention_years: int
    exclusions: tuple[ExclusionRow, ...]
    termination_triggers: tuple[ClauseRow, ...]
    days: tuple[DayRow, ...]
    spread: tuple[SpreadRow, ...]
    loads: tuple[LoadPoint, ...]
    message: str
    misses: tuple[MissRow, ...]
    plan: tuple[str, ...]
    review: str
    follow_ups: tuple[FollowUpRow, ...]
    satisfaction: tuple[SatisfactionRow, ...]
