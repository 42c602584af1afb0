"""Whether the OLAs and UCs behind an SLA can carry what it promises (ISO/IEC 20000-1:2018, 8.3.4).

The rules:

- The chain of a service is what the SLA states for it in `underpinned_by`, in the order in which work is handed on;
  where it states none, every support of the SLA that covers the service, one after another. Versions are those in
  force on the same days.
- Response and resolution times add up along the chain. Each link takes its limit in its own calendar, starting when
  the one before ends; the sum is read off the SLA's clock and must not exceed its limit, whenever a ticket is opened.
  A link that promises no resolution holds a ticket for its response time. Of redundant links the slowest counts.
- An own team whose target pauses on `waiting-supplier` hands over to the UC behind it. If it does not pause, the
  supplier works within the team's limit: the longer of both counts, and the UC has to fit in. A pause that the SLA
  does not have, and that nobody stands behind, weakens the promise. Where the SLA itself pauses for suppliers, their
  time does not count.
- Shares of tickets: the lowest goal of the chain must reach the SLA's. The product, right only if each ticket passes
  every link and misses are independent, is a remark.
- Availability: links in series multiply, redundant ones fail together only (1 minus the product of 1 minus each). Links
  must serve all of the SLA's service time, exclude nothing that the SLA counts, and do maintenance in agreed windows.
- Only shares of tickets within a limit and availability can be reckoned together: a mean or a rate of the SLA has no
  counterpart to add up. A limit counts with its grace.
- A link that promises the measure, but not for the priority, leaves a gap; so does a team that says nothing about
  resolution. A contract without availability takes no part in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import prod

from pipeline.measure.assessments import Assessment, Finding, Kind, Underpinning, Verdict
from pipeline.measure.chains import Chain, Link, Part, carried_by_others, chains_of, lapses_of, links_of, spans_of
from pipeline.measure.delays import Delays, Leg, Worst, horizon
from pipeline.measure.links import Case, ids, instants, paths, stages_of
from pipeline.measure.windows import Agreed, compare_windows
from pipeline.model.agreements import Agreement, ServiceTerms
from pipeline.model.catalog import TIMED, Target
from pipeline.model.measures import allowed
from pipeline.model.portfolio import Portfolio

MAINTENANCE = "agreed-maintenance"
_GAPS = frozenset({Kind.COUNTERPART, Kind.FOREIGN})
_Reckoned = tuple[Fraction | None, int | None, list[Finding], list[Finding]]
"""What is carried, the worst moment, findings and remarks."""


def assess(portfolio: Portfolio) -> Underpinning:
    """Every target of every SLA version that is ever in force."""
    spans = spans_of(portfolio)
    slas = [span for found in spans.values() for span in found if span.agreement.kind == "sla"]
    if not slas or not portfolio.calendars:
        return Underpinning((), ())
    runs = [
        (span.agreement, (index, terms), chain)
        for span in slas
        for index, terms in enumerate(span.agreement.services)
        for chain in chains_of(portfolio, spans, span, terms)
    ]
    cuts = {moment for sla, _, chain in runs for moment in instants(sla, chain.days)}
    assessor = _Assessor(portfolio, Delays(portfolio.calendars, horizon(span.days for span in slas), cuts))
    assessments = tuple(
        assessor.assess(sla, terms, chain, (index, position))
        for sla, (index, terms), chain in runs
        if assessor.can_reckon(terms, chain)
        for position, target in enumerate(terms.targets)
        if carried_by_others(target)
    )
    lapses = tuple(lapse for span in slas for lapse in lapses_of(portfolio, spans, span))
    return Underpinning(assessments, lapses)


class _Assessor:
    """What all assessments of a portfolio share."""

    def __init__(self, portfolio: Portfolio, delays: Delays) -> None:
        self._portfolio = portfolio
        self._delays = delays

    def can_reckon(self, terms: ServiceTerms, chain: Chain) -> bool:
        """Whether all calendars are known and have hours; if not, that is reported elsewhere."""
        used = {terms.calendar, *(support.terms.calendar for step in chain.steps for support in step)}
        calendars = [self._portfolio.calendars.get(one) for one in used]
        return all(one is not None and any(one.week) for one in calendars)

    def assess(self, sla: Agreement, terms: ServiceTerms, chain: Chain, place: tuple[int, int]) -> Assessment:
        """One target against one chain."""
        target = terms.targets[place[1]]
        links = links_of(chain, target)
        case = Case(sla, terms, target, links, chain.days)
        findings = [Finding(Kind.FOREIGN, one) for one in chain.foreign]
        findings += [Finding(Kind.COUNTERPART, one.agreement) for one in case.all if one.part is Part.MISSING]
        remarks = [Finding(Kind.YEARS, items=years) for years in [self._unstated(case)] if years]
        reckon = self._time if target.measure in TIMED else self._availability
        carried, share, moment = None, None, None
        if chain.steps and not chain.absent:
            carried, moment, more, notes = reckon(case)
            findings, remarks = [*findings, *more], [*remarks, *notes]
            counted = [one for one in case.all if case.counts(one)]
            if target.measure in TIMED and counted:
                share, found = _share(case)
                findings += [one for one in found if one.kind is Kind.SHARE]
                remarks += [one for one in found if one.kind is Kind.PRODUCT]
        return Assessment(
            sla=sla,
            days=chain.days,
            terms=terms,
            target=target,
            place=place,
            links=links,
            promised=self._promised(terms, target),
            carried=None if any(one.kind in _GAPS for one in findings) else carried,
            share=share,
            worst_moment=moment,
            verdict=_verdict(chain, findings),
            findings=tuple(findings),
            remarks=tuple(remarks),
        )

    def _promised(self, terms: ServiceTerms, target: Target) -> Fraction:
        if target.limit is None:
            return Fraction(target.goal)
        return Fraction(self._seconds(terms, target))

    def _seconds(self, terms: ServiceTerms, target: Target) -> int:
        return allowed(target, self._portfolio.calendars[terms.calendar].day_seconds)

    def _unstated(self, case: Case) -> tuple[str, ...]:
        """Years of the days for which some calendar states no holidays."""
        years = range(case.days.start.year, case.days.end.year + 1)
        calendars = [self._portfolio.calendars[one.terms.calendar] for one in case.all]
        calendars.append(self._portfolio.calendars[case.terms.calendar])
        if all(one.always for one in calendars):
            return ()
        return tuple(str(year) for year in years if any(one.holidays and year not in one.years for one in calendars))

    def _time(self, case: Case) -> _Reckoned:
        """The longest time along any path through the chain."""
        silent = [one for one in case.all if one.part is Part.NONE]
        gaps = silent if len(silent) == len(case.all) else [one for one in silent if case.needs(one)]
        findings = [Finding(Kind.COUNTERPART, one.agreement) for one in gaps]
        remarks = [Finding(Kind.NO_PART, one.agreement) for one in silent if one not in gaps]
        if len(gaps) == len(case.all):
            return None, None, findings, remarks
        start, stop = instants(case.sla, case.days)
        stages: list[list[tuple[Leg, ...]]] = []
        for own, suppliers in stages_of(case.links, timed=True):
            inner: list[tuple[Leg, ...]] = [tuple(self._leg(case, one) for one in path) for path in paths(suppliers)]
            if own is None:
                stages.append(inner)
                continue
            stages.append([(self._leg(case, one),) for one in own if one.takes_part])
            stages[-1] += [path for path in inner if all(leg.counted for leg in path)]
            for one, within in product(own, inner):
                limit = self._seconds(one.terms, one.target) if one.target else 0
                legs = [Leg(leg.calendar, leg.seconds) for leg in within]
                taken = self._delays.worst(one.terms.calendar, legs, start, stop).seconds
                if taken > limit:
                    findings.append(Finding(Kind.INSIDE, one.agreement, ids(suppliers), Fraction(taken - limit)))
        findings += case.pauses()
        if any(not case.counts(one) for one in case.all if one.takes_part):
            remarks.append(Finding(Kind.UNCOUNTED))
        worst = Worst(0)
        for path in product(*(stage for stage in stages if stage)):
            legs = [leg for part in path for leg in part]
            found = self._delays.worst(case.terms.calendar, legs, start, stop)
            worst = max(worst, found, key=lambda one: one.seconds)
        promised = self._seconds(case.terms, case.target)
        if worst.seconds > promised:
            findings.append(Finding(Kind.TIME, value=Fraction(worst.seconds - promised)))
        return Fraction(worst.seconds), worst.moment, findings, remarks

    def _leg(self, case: Case, one: Link) -> Leg:
        return Leg(one.terms.calendar, self._seconds(one.terms, one.target) if one.target else 0, case.counts(one))

    def _availability(self, case: Case) -> _Reckoned:
        """What the chain promises together, and what it leaves out that the customer was promised."""
        findings, remarks = [], [Finding(Kind.NO_PART, one.agreement) for one in case.all if one.part is Part.NONE]
        steps = [[one for one in step if one.target is not None] for step in case.links]
        if not any(steps):
            return None, None, [Finding(Kind.COUNTERPART, one.agreement) for one in case.all], []
        start, stop = instants(case.sla, case.days)
        carried = Fraction(1)
        for step in filter(None, steps):
            hours = [self._delays.covered(case.terms.calendar, one.terms.calendar, start, stop) for one in step]
            serving = [one for one, (asked, common) in zip(step, hours, strict=True) if asked == common]
            if not serving:
                for one, (asked, common) in zip(step, hours, strict=True):
                    findings.append(Finding(Kind.HOURS, one.agreement, value=Fraction(100 * common, asked)))
            carried *= 1 - prod(
                (1 - Fraction(one.target.goal) / 100 for one in serving or step if one.target), start=Fraction(1)
            )
            for one in step:
                more, notes = _left_out(case, one)
                findings, remarks = [*findings, *more], [*remarks, *notes]
        if 100 * carried < Fraction(case.target.goal):
            findings.append(Finding(Kind.AVAILABILITY, value=Fraction(case.target.goal) - 100 * carried))
        return 100 * carried, None, findings, remarks


def _share(case: Case) -> tuple[Decimal, list[Finding]]:
    """The lowest goal along the chain; a remark where misses at every link could add up to more than is allowed."""
    goals = [[one.target.goal for one in step if one.target and case.counts(one)] for step in case.links]
    lowest = [min(step) for step in goals if step]
    together = 100 * prod((Fraction(goal) / 100 for goal in lowest), start=Fraction(1))
    if min(lowest) < case.target.goal:
        weak = [one for one in case.all if one.target and case.counts(one) and one.target.goal < case.target.goal]
        return min(lowest), [
            Finding(Kind.SHARE, one.agreement, value=Fraction(one.target.goal)) for one in weak if one.target
        ]
    return min(lowest), [Finding(Kind.PRODUCT, value=together)] if together < case.target.goal else []


def _left_out(case: Case, one: Link) -> tuple[list[Finding], list[Finding]]:
    """Downtime that a link does not count although the SLA does."""
    excluded = one.target.exclude if one.target else frozenset()
    findings, remarks = [], []
    beyond = excluded - case.target.exclude
    if beyond:
        findings.append(Finding(Kind.EXCLUDED, one.agreement, tuple(sorted(beyond))))
    if MAINTENANCE in excluded & case.target.exclude:
        for check in compare_windows(case.sla, one.agreement, case.terms.service, case.days):
            if check.agreed is Agreed.OUTSIDE:
                findings.append(Finding(Kind.WINDOW, one.agreement, window=check))
            elif check.agreed is Agreed.UNKNOWN:
                remarks.append(Finding(Kind.UNCOMPARED, one.agreement, window=check))
    return findings, remarks


def _verdict(chain: Chain, findings: Sequence[Finding]) -> Verdict:
    if chain.absent:
        return Verdict.UNCOVERED
    if any(one.kind in _GAPS for one in findings):
        return Verdict.GAP
    if not chain.steps:
        return Verdict.NOT_BACKED
    return Verdict.SHORT if findings else Verdict.CARRIED
