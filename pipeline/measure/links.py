"""A promise and the links that are to keep it: who works after whom, whose time counts, which pauses weaken it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from pipeline.measure.assessments import Finding, Kind
from pipeline.measure.chains import Link, Part
from pipeline.measure.clock import instant
from pipeline.model.agreements import Agreement, ServiceTerms
from pipeline.model.catalog import MeasureName, Target
from pipeline.model.quantities import DateRange

SUPPLIER = "waiting-supplier"

Stage = tuple[tuple[Link, ...] | None, tuple[tuple[Link, ...], ...]]
"""An own team with the suppliers that work within its limit; no team where each works for itself."""


@dataclass(frozen=True, slots=True)
class Case:
    """A promise and the links that are to keep it."""

    sla: Agreement
    terms: ServiceTerms
    target: Target
    links: tuple[tuple[Link, ...], ...]
    days: DateRange

    @property
    def all(self) -> tuple[Link, ...]:
        """Every link, whichever step it belongs to."""
        return tuple(one for step in self.links for one in step)

    def counts(self, one: Link) -> bool:
        """Whether a link has a part in the promise and its time is the SLA's, too."""
        return one.takes_part and not (one.agreement.kind == "uc" and SUPPLIER in self.target.pause_on)

    def needs(self, one: Link) -> bool:
        """Whether a team may work on the ticket for a time that nobody has limited."""
        return self.target.measure is MeasureName.RESOLUTION_TIME and one.agreement.kind == "ola"

    def pauses(self) -> Iterator[Finding]:
        """Pauses of a link during which the SLA's clock runs; handing over to a UC is none, its time is counted."""
        for position, step in enumerate(self.links):
            for one in step:
                if one.part is not Part.KEEPS or one.target is None or not self.counts(one):
                    continue
                reasons = one.target.pause_on - self.target.pause_on
                if any(self._bounded(after) for after in self.links[position + 1 :]):
                    reasons -= {SUPPLIER}
                if reasons:
                    yield Finding(Kind.PAUSE, one.agreement, tuple(sorted(reasons)))

    def _bounded(self, step: Sequence[Link]) -> bool:
        return _suppliers(step) and any(one.takes_part for one in step)


def instants(sla: Agreement, days: DateRange) -> tuple[int, int]:
    """Days of an SLA as instants [start, stop)."""
    return instant(days.start, sla.timezone), instant(days.end + timedelta(days=1), sla.timezone)


def stages_of(steps: Sequence[tuple[Link, ...]], *, timed: bool) -> Iterator[Stage]:
    """What comes one after another; the suppliers behind a team that does not wait for them work within its limit."""
    position = 0
    while position < len(steps):
        step, position = steps[position], position + 1
        if not timed or not _waits_for_no_one(step):
            yield None, (step,)
            continue
        behind = position
        while behind < len(steps) and _suppliers(steps[behind]):
            behind += 1
        yield step, tuple(steps[position:behind])
        position = behind


def _waits_for_no_one(step: Sequence[Link]) -> bool:
    """An own team that keeps the limit itself, whatever its suppliers do."""
    return all(
        one.agreement.kind == "ola" and one.part is Part.KEEPS and one.target and SUPPLIER not in one.target.pause_on
        for one in step
    )


def _suppliers(step: Sequence[Link]) -> bool:
    return all(one.agreement.kind == "uc" for one in step)


def paths(steps: Sequence[Sequence[Link]]) -> Iterator[tuple[Link, ...]]:
    """Every way through steps in series: of redundant links any one may be at work."""
    taking = [[one for one in step if one.takes_part] for step in steps]
    return (path for path in product(*filter(None, taking)) if path)


def ids(steps: Sequence[Sequence[Link]]) -> tuple[str, ...]:
    """The agreements that take part."""
    return tuple(one.agreement.id for step in steps for one in step if one.takes_part)
