"""The whole stage: every SLA, over the months up to the one asked for."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.measure.attainment import Result, TargetKey, key_of, results
from pipeline.measure.availability import outage_rows
from pipeline.measure.clock import Clock, build_clocks
from pipeline.measure.covering import Covering
from pipeline.measure.judgements import Judgements, Terms, Verdict, agreed_tickets, judge
from pipeline.measure.measures import Measured
from pipeline.measure.promises import Period, Promise, Span, month_of, period_of, period_up_to, promises_of, sla_spans
from pipeline.measure.selection import Part, joined
from pipeline.measure.tallies import Counts, Tallies
from pipeline.model.agreements import Agreement
from pipeline.model.calendars import Calendar
from pipeline.model.exclusions import Exclusion
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import ALL_CUSTOMERS, MISSING, ExportFile, Outages, Records, RowKey, SetAside, Tickets
from pipeline.problems import Place, Problem, warning

QUARTER, HALF_YEAR, YEAR = 3, 6, 12
"""Months."""

REMEMBERED = 5000
"""Of so many periods of SLAs results are kept: reports of one SLA ask for those of a year again and again."""


class Exports(Protocol):
    """Where records come from; all but the outages is complete when the batches are taken."""

    @property
    def outages(self) -> Outages:
        """All outages."""

    @property
    def set_aside(self) -> Sequence[SetAside]:
        """What could not be used."""

    @property
    def rows(self) -> Mapping[RowKey, int]:
        """Records read, good or bad."""

    @property
    def replaced(self) -> Mapping[RowKey, int]:
        """Those of them of which a later month told anew."""

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """The files read."""

    def batches(self) -> Iterator[Tickets]:
        """All tickets, each once."""


Found = Mapping[TargetKey, Result]
"""What the targets of an SLA came to, each by what makes it the same one in other versions and months."""


@dataclass(frozen=True, slots=True, eq=False)
class SlaMonth:
    """One SLA in one period, and the version that the report is about."""

    span: Span
    period: Period
    _found: Callable[[SlaMonth], Found]

    @property
    def results(self) -> tuple[Result, ...]:
        """What its targets came to."""
        return tuple(self._found(self).values())

    def find(self, promise: Promise) -> Result | None:
        """What the same target came to here, whichever version promised it."""
        return self._found(self).get(key_of(promise))


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """SLA id -> its months, oldest first; months in which no version was in force are left out.

    `longer` are the quarters, half-years and years that end with the last month and are reported on.
    """

    measured: Measured
    months: Mapping[str, tuple[SlaMonth, ...]]
    longer: Mapping[str, tuple[SlaMonth, ...]]


Shown = Callable[[str], bool]
"""Whether a customer's tickets of the last month will be shown one by one."""


def measure(
    portfolio: Portfolio,
    exports: Exports,
    months: Sequence[Month],
    shown: Shown | None = None,
    since: Month | None = None,
) -> tuple[Measurement | None, tuple[Problem, ...]]:
    """Measure `months` (ascending; the last is the one reported on).

    None where there are no months, or where a calendar cannot tell the time. Memory stays flat: of the tickets only
    those are kept that the last month's reports of the customers `shown` list (without it, all); with `since`, those
    that the reports from that month on list.
    """
    if not months:
        return None, ()
    spans = sla_spans(portfolio)
    by_month = {identifier: tuple(months_in_force(found, months)) for identifier, found in spans.items()}
    longer = {identifier: tuple(_longer(found, months)) for identifier, found in spans.items()}
    now = {identifier: period_of(found[-1].agreement, months[-1]).stop for identifier, found in spans.items()}
    every = {identifier: (*by_month[identifier], *longer[identifier]) for identifier in spans}
    last = {
        identifier: tuple((span, period) for span, period in found if period.month >= (since or months[-1]))
        for identifier, found in every.items()
    }
    whole = [period for found in every.values() for _, period in found]
    return measure_periods(portfolio, exports, Asked(spans, by_month, longer, last, now, whole, months), shown)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which periods are measured of each SLA, which of them are shown, and until when records are known (`now`).

    `whole` are those periods without any cut, which clocks have to reach; `months` are those of the exports.
    """

    spans: Mapping[str, tuple[Span, ...]]
    periods: Mapping[str, Sequence[tuple[Span, Period]]]
    longer: Mapping[str, Sequence[tuple[Span, Period]]]
    shown: Mapping[str, Sequence[tuple[Span, Period]]]
    now: Mapping[str, int]
    whole: Sequence[Period]
    months: Sequence[Month]


def measure_periods(
    portfolio: Portfolio, exports: Exports, asked: Asked, shown: Shown | None
) -> tuple[Measurement | None, tuple[Problem, ...]]:
    """Measure exactly those periods."""
    spans = asked.spans
    promises: list[Promise] = []
    rows_of = {}
    for identifier, found in spans.items():
        begin = len(promises)
        promises += promises_of(portfolio, found)
        rows_of[identifier] = range(begin, len(promises))
    clocks = _Clocks(portfolio, promises, exports.outages, asked.whole)
    covering = Covering(spans)
    watch = _Watch(asked.shown, shown, portfolio.policy.priorities[0].id)
    agreed = _Agreed(portfolio, exports.outages)
    every = (*asked.periods.values(), *asked.longer.values())
    edges = {(period.start, period.stop) for found in every for _, period in found}
    tally = Tallies(Terms.of(promises, asked.now, agreed.tickets), sorted(edges), covering.services)
    for batch in exports.batches():
        if len(batch):
            clocks.reach(batch)
            judgements = judge(batch, tally.terms, clocks.running)
            covered = covering.pairs(batch)
            tally.add(batch, judgements, covered)
            watch.add(batch, judgements, covered[0])
            agreed.look(batch)
            del judgements, covered
        del batch  # it is large, and the next one is read before its name is taken
    if clocks.problems:
        return None, (*clocks.problems, *clocks.furthest())
    tickets = joined(watch.kept)
    watch.kept.clear()
    records = Records(tickets, exports.outages, tuple(exports.set_aside), exports.rows, exports.files, exports.replaced)
    set_aside: dict[str, list[SetAside]] = {}
    for aside in records.set_aside:
        set_aside.setdefault(aside.customer, []).append(aside)
    ticket_rows: dict[str, array[int]] = {}
    for row, number in zip(*(one.tolist() for one in covering.pairs(tickets)), strict=True):
        ticket_rows.setdefault(covering.services[number][0], array("q")).append(row)
    outages = records.outages
    measured = Measured(
        records=records,
        verdicts=tally.verdicts,
        values=tally.values,
        backlogs=tally.backlogs,
        loads=tally.loads,
        left_out=agreed.outages,
        surveys=portfolio.surveys,
        promises=tuple(promises),
        rows_of=rows_of,
        judgements=judge(tickets, tally.terms, clocks.running),
        ticket_rows=ticket_rows,
        clocks=clocks.running,
        outage_rows=outage_rows(outages),
        outage_months=frozenset(file.month for file in records.files if file.describes == "outages"),
        set_aside=set_aside,
        kept=tally.kept + Counter(zip(outages.month, outages.customer, outages.service, strict=True)),
    )

    @lru_cache(maxsize=REMEMBERED)
    def found_in(month: SlaMonth) -> Found:
        return results(measured, month.span, spans[month.span.agreement.id], month.period)

    found_months, found_longer = (
        {
            identifier: tuple(SlaMonth(span, period, found_in) for span, period in found)
            for identifier, found in chosen.items()
        }
        for chosen in (asked.periods, asked.longer)
    )
    return Measurement(measured, found_months, found_longer), (*watch.uncovered(), *agreed.unmatched(asked.months))


def months_in_force(spans: Sequence[Span], months: Sequence[Month]) -> Iterator[tuple[Span, Period]]:
    """Each month by the last version in force in it."""
    for month in months:
        for span in reversed(spans):
            period = period_of(span.agreement, month)
            if span.start < period.stop and span.stop > period.start:
                yield span, period
                break


def lengths(agreement: Agreement, last: Month) -> tuple[int, ...]:
    """How many months the quarter, the half-year (where agreed) and the year have that end with a month."""
    half_yearly = agreement.reporting.frequency == "half-yearly"
    return tuple(count for count in (QUARTER, *((HALF_YEAR,) if half_yearly else ()), YEAR) if last.month % count == 0)


def longest(last: Month) -> int:
    """How many months the longest period may have that ends with a month."""
    return max(count for count in (1, QUARTER, HALF_YEAR, YEAR) if last.month % count == 0)


def longer_in_force(spans: Sequence[Span], last: Month) -> Iterator[tuple[Span, int]]:
    """The quarter, half-year (where agreed) and year that a month ends, by the last version in force in them.

    An SLA that ended on the way has them too. The number is that of their months.
    """
    ending = [last.plus(at) for at in range(1 - YEAR, 1)]
    found = {period.month: span for span, period in months_in_force(spans, ending)}
    if not found:
        return
    newest = max(found)
    for count in lengths(found[newest].agreement, last):
        if newest > last.plus(-count):
            yield found[newest], count


def _longer(spans: Sequence[Span], months: Sequence[Month]) -> Iterator[tuple[Span, Period]]:
    """The quarter, half-year (where agreed) and year that the last month ends, as far as there are exports of it all.

    They are those of the calendar, made of contract months; of a year in which the SLA began later, what is left of it.
    """
    last = months[-1]
    for span, count in longer_in_force(spans, last):
        begun = month_of(span.agreement, min(one.start for one in spans))
        first = max(last.plus(1 - count), begun)
        if all(first.plus(at) in months for at in range(last.since(first) + 1)):
            yield span, period_up_to(span.agreement, last, count)


class _Clocks:
    """The clocks of all calendars used, right for every instant met so far."""

    def __init__(
        self, portfolio: Portfolio, promises: Sequence[Promise], outages: Outages, periods: Sequence[Period]
    ) -> None:
        used = sorted({promise.terms.calendar for promise in promises})
        self._calendars: list[Calendar] = [portfolio.calendars[identifier] for identifier in used]
        self._ends: list[tuple[int, Place] | None] = [None, None]
        self.running: Mapping[str, Clock] = {}
        self.problems: tuple[Problem, ...] = ()
        edges = [edge for period in periods for edge in (period.start, period.stop)]
        self._extent = min(edges, default=0), max(edges, default=0)
        self._build()
        for column in (outages.start, outages.stop):
            self._reach(np.asarray(column, np.int64), lambda row: outages.place[row])

    def reach(self, tickets: Tickets) -> None:
        """Go as far as those tickets do."""
        for column in (tickets.opened, tickets.responded, tickets.resolved):
            self._reach(np.asarray(column, np.int64), lambda row: tickets.place[row])

    def _reach(self, column: npt.NDArray[np.int64], place: Callable[[int], Place]) -> None:
        rows = np.flatnonzero(column != MISSING)
        if not rows.size:
            return
        low, high = int(rows[np.argmin(column[rows])]), int(rows[np.argmax(column[rows])])
        first, last = int(column[low]), int(column[high])
        if self._ends[0] is None or first < self._ends[0][0]:
            self._ends[0] = first, place(low)
        if self._ends[1] is None or last > self._ends[1][0]:
            self._ends[1] = last, place(high)
        if first < self._extent[0] or last > self._extent[1]:
            self._extent = min(first, self._extent[0]), max(last, self._extent[1])
            self._build()

    def _build(self) -> None:
        self.running, self.problems = build_clocks(self._calendars, *self._extent)

    def furthest(self) -> tuple[Problem, ...]:
        """The records that reach furthest back and ahead: one of them asks the calendars for too much."""
        ways = {end[1]: way for end, way in zip(self._ends, ("back", "ahead"), strict=True) if end is not None}
        return tuple(
            warning(place, "far-record", f"no record reaches further {way} than this one; is its time right?")
            for place, way in ways.items()
        )


class _Agreed:
    """What customers agreed not to count, by the records that it is about."""

    def __init__(self, portfolio: Portfolio, outages: Outages) -> None:
        self._exclusions = tuple(portfolio.exclusions.values())
        self.tickets = agreed_tickets(portfolio)
        self.outages: dict[int, list[Exclusion]] = {}
        self._found: set[str] = set()
        numbers: dict[str, list[int]] = {}
        for row, identifier in enumerate(outages.id):
            numbers.setdefault(identifier, []).append(row)
        for one in self._exclusions:
            for row in numbers.get(one.outage, ()):
                if outages.customer[row] in {one.customer, ALL_CUSTOMERS}:
                    self.outages.setdefault(row, []).append(one)
                    self._found.add(one.id)

    def look(self, tickets: Tickets) -> None:
        """Note which of the tickets are there."""
        for customer, agreed in self.tickets.items():
            for row in tickets.id.among(agreed):
                if tickets.customer[row] == customer:
                    self._found |= {one.id for one in agreed[tickets.id[row]]}

    def unmatched(self, months: Sequence[Month]) -> Iterator[Problem]:
        """Exclusions approved in the months read that name no record of theirs: a slip of a key counts for nobody."""
        for one in self._exclusions:
            if one.id not in self._found and months[0] <= Month(one.date.year, one.date.month) <= months[-1].plus(1):
                key = "ticket" if one.ticket else "outage"
                message = f"no {key} {one.ticket or one.outage!r} of {one.customer} is in the exports"
                yield warning(one.source.at(key), "exclusion-unmatched", message, "it excludes nothing")


class _Watch:
    """Which tickets are kept to be shown, and which no agreement covered."""

    def __init__(
        self,
        shown_periods: Mapping[str, Sequence[tuple[Span, Period]]],
        shown: Shown | None,
        highest: str,
    ) -> None:
        self.kept: list[Part] = []
        self._uncovered: dict[tuple[str, str], tuple[int, int, Place]] = {}
        self._everything = shown is None
        self._highest = highest
        self._periods: dict[Period, set[str]] = {}
        for found in shown_periods.values():
            for span, period in found:
                if shown is not None and shown(span.agreement.customer):
                    self._periods.setdefault(period, set()).add(span.agreement.customer)

    def add(self, tickets: Tickets, judgements: Judgements, covered: Counts) -> None:
        """Look at another batch; `covered` are the rows of the tickets that an SLA covers."""
        opened = np.asarray(tickets.opened, np.int64)
        self._note_uncovered(tickets, opened, covered)
        rows = np.arange(len(tickets)) if self._everything else self._listed(tickets, judgements, opened)
        if rows.size:
            self.kept.append((joined([(tickets, rows)]), np.arange(len(rows))))

    def _listed(self, tickets: Tickets, judgements: Judgements, opened: Counts) -> Counts:
        """Tickets open in a month that is shown, or counted in it; of longer periods the late and the highest only."""
        resolved = np.asarray(tickets.resolved, np.int64)
        listed = np.zeros(len(tickets), bool)
        customer, priority = (np.asarray(one.codes, np.int64) for one in (tickets.customer, tickets.priority))
        highest = np.array([name == self._highest for name in tickets.priority.values], bool)[priority]
        for period, whose in self._periods.items():
            mine = np.array([name in whose for name in tickets.customer.values], bool)[customer]
            touching = (opened < period.stop) & ((resolved == MISSING) | (resolved >= period.start))
            counted = (judgements.counted_at >= period.start) & (judgements.counted_at < period.stop)
            if period.months > 1:
                touching &= highest
                counted &= judgements.verdict != Verdict.MET
            touching[judgements.ticket[counted]] = True
            listed |= mine & touching
        return np.flatnonzero(listed)

    def _note_uncovered(self, tickets: Tickets, opened: Counts, covered: Counts) -> None:
        left = np.ones(len(opened), bool)
        left[covered] = False
        rows = np.flatnonzero(left)
        if not rows.size:
            return
        customer, service = (np.asarray(one.codes, np.int64)[rows] for one in (tickets.customer, tickets.service))
        order = np.lexsort((opened[rows], service, customer))  # of each customer and service, the first opened leads
        rows, customer, service = rows[order], customer[order], service[order]
        begins = np.flatnonzero(np.diff(customer, prepend=-1) | np.diff(service, prepend=-1))
        for row, size in zip(rows[begins].tolist(), np.diff(begins, append=len(rows)).tolist(), strict=True):
            key = tickets.customer[row], tickets.service[row]
            count, first, place = self._uncovered.get(key, (0, int(opened[row]) + 1, tickets.place[row]))
            if opened[row] < first:
                first, place = int(opened[row]), tickets.place[row]
            self._uncovered[key] = count + size, first, place

    def uncovered(self) -> tuple[Problem, ...]:
        """Tickets that no agreement was in force for when they were opened: one warning a customer and service."""
        return tuple(
            warning(
                place,
                "no-agreement",
                f"{count} tickets of {customer} for {service} were opened while no SLA was in force for it",
                "they appear in no report",
            )
            for (customer, service), (count, _, place) in sorted(self._uncovered.items())
        )
