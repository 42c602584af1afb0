"""What is worth telling the SLM manager of: the thresholds, and alerts that can be told apart from earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class AlertRules:
    """`alerts:` of policy.yaml; shares are percentages, `stale_after` is seconds of the clock on the wall.

    `timezone` is the zone of times that are written without one, and of those in notices.
    """

    budget_used: Decimal = Decimal(80)
    time_left: Decimal = Decimal(25)
    least_tickets: int = 5
    least_elapsed: Decimal = Decimal(20)
    stale_after: int = 24 * 3600
    timezone: str = "UTC"


class AlertKind(StrEnum):
    """What an alert is about, mild ones before grave ones."""

    BUDGET_USED = "budget-used"
    LIKELY_MISS = "likely-miss"
    CANNOT_KEEP = "cannot-keep"
    TICKET_DUE = "ticket-due"
    TICKET_LATE = "ticket-late"


@dataclass(frozen=True, slots=True, order=True)
class Alert:
    """An alert by what makes it the same one at another moment.

    `period` is the month of a target's period, empty for a ticket, which may outlast it; `ticket` and `opened` (UTC
    seconds) are empty and 0 for a target.
    """

    customer: str
    agreement: str
    service: str
    target: str
    kind: AlertKind
    period: str = ""
    ticket: str = ""
    opened: int = 0
