"""What assessing the agreements behind an SLA comes to: one assessment a promise, with all that weakens it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from pipeline.measure.chains import Lapse, Link
from pipeline.measure.windows import WindowCheck
from pipeline.model.agreements import Agreement, ServiceTerms
from pipeline.model.catalog import TIMED, Target
from pipeline.model.quantities import DateRange


class Kind(StrEnum):
    """What is wrong with a chain, or worth knowing about it."""

    TIME = "time"
    INSIDE = "inside"
    PAUSE = "pause"
    SHARE = "share"
    AVAILABILITY = "availability"
    HOURS = "hours"
    EXCLUDED = "excluded"
    WINDOW = "window"
    COUNTERPART = "counterpart"
    FOREIGN = "foreign"
    # remarks
    PRODUCT = "product"
    NO_PART = "no-part"
    UNCOUNTED = "uncounted"
    UNCOMPARED = "uncompared"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Finding:
    """A weakness or a remark: which support it is about, ids it names, and a figure in seconds or percent."""

    kind: Kind
    support: Agreement | None = None
    items: tuple[str, ...] = ()
    value: Fraction = Fraction(0)
    window: WindowCheck | None = None


class Verdict(StrEnum):
    """What an assessment comes to, worst first."""

    SHORT = "short"
    GAP = "gap"
    UNCOVERED = "uncovered"
    """A support is not in force then; the lapse is reported once for all targets."""
    NOT_BACKED = "not-backed"
    """No support is named; that is no mistake."""
    CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class Assessment:
    """One target of an SLA version on the days of one chain.

    `place` is the position of service and target in the SLA. `promised` and `carried` are service seconds of the SLA's
    calendar for times, percent for availability; `carried` is None where it cannot be told. `share` is the lowest goal
    along the chain. `links` are the steps that were looked at.
    """

    sla: Agreement
    days: DateRange
    terms: ServiceTerms
    target: Target
    place: tuple[int, int]
    links: tuple[tuple[Link, ...], ...]
    promised: Fraction
    carried: Fraction | None
    share: Decimal | None
    worst_moment: int | None
    verdict: Verdict
    findings: tuple[Finding, ...]
    remarks: tuple[Finding, ...]

    @property
    def timed(self) -> bool:
        """Whether figures are times."""
        return self.target.measure in TIMED

    @property
    def margin(self) -> Fraction | None:
        """What is left of the promise: seconds, or percentage points; negative where it is not carried."""
        if self.carried is None:
            return None
        return self.promised - self.carried if self.timed else self.carried - self.promised

    @property
    def relative_margin(self) -> Fraction | None:
        """The margin as a part of the time promised, or of the downtime allowed."""
        allowed = self.promised if self.timed else 100 - self.promised
        return self.margin / allowed if self.margin is not None and allowed else self.margin


@dataclass(frozen=True, slots=True)
class Underpinning:
    """All assessments in the order of agreements, services and targets, and the days on which supports are missing."""

    assessments: tuple[Assessment, ...]
    lapses: tuple[Lapse, ...]
