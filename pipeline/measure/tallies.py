"""The verdicts of all batches of tickets, counted: what is left of millions of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pipeline.measure.covering import Covered
from pipeline.measure.judgements import Judgements, Terms, Verdict
from pipeline.model.catalog import Aggregate, Better, MeasureName
from pipeline.model.measures import VALUED, better_of
from pipeline.model.records import MISSING, RESOLVED, RowKey, Tickets

FOREVER = np.iinfo(np.int64).max
"""When a ticket that is open will be resolved, as far as is known."""

Counts = npt.NDArray[np.int64]
"""Promises x verdicts."""

Edges = tuple[int, int]
"""Start and stop of a period."""


@dataclass(slots=True)
class Values:
    """The times (or scores) of the tickets that count: their sum, their number, and as many as the aggregate needs.

    A mean needs none, the worst one needs one, median and percentile need all.
    """

    total: int = 0
    count: int = 0
    parts: list[Counts] = field(default_factory=list)

    @property
    def numbers(self) -> Counts:
        """Those kept."""
        return np.concatenate(self.parts) if self.parts else np.zeros(0, np.int64)


def open_before(tickets: Tickets, instant: int) -> npt.NDArray[np.bool_]:
    """Which tickets are open in the last moment before an instant; from a resolution to a reopening none is."""
    opened, resolved = np.asarray(tickets.opened, np.int64), np.asarray(tickets.resolved, np.int64)
    waiting: npt.NDArray[np.bool_] = (opened < instant) & ((resolved == MISSING) | (resolved >= instant))
    if RESOLVED in tickets.pause_reason.values:
        start, stop = np.asarray(tickets.pause_start, np.int64), np.asarray(tickets.pause_stop, np.int64)
        solved = np.asarray(tickets.pause_reason.codes) == tickets.pause_reason.values.index(RESOLVED)
        solved = solved & (start < instant) & ((stop == MISSING) | (stop >= instant))
        waiting[np.asarray(tickets.pause_ticket, np.int64)[solved]] = False
    return waiting


@dataclass(frozen=True, slots=True)
class Load:
    """Tickets of a service that an SLA covers: opened and resolved in a period, and open at its end."""

    opened: int = 0
    resolved: int = 0
    left: int = 0


LoadKey = tuple[Edges, str, str]
"""Period, SLA and service."""


class Loads(Mapping[LoadKey, Load]):
    """The work of each service of each SLA, period by period: a row of three numbers for each of `services`."""

    def __init__(self, periods: Iterable[Edges], services: Sequence[tuple[str, str]]) -> None:
        self._numbers = {service: number for number, service in enumerate(services)}
        self._counts = {edges: np.zeros((len(services), 3), np.int32) for edges in periods}

    def add(self, edges: Edges, opened: Counts, resolved: Counts, left: Counts) -> None:
        """Count tickets, each given by the number of its service."""
        counts = self._counts[edges]
        for column, numbers in enumerate((opened, resolved, left)):
            counts[:, column] += np.bincount(numbers, minlength=len(counts)).astype(np.int32)

    def __getitem__(self, key: LoadKey) -> Load:
        edges, *service = key
        return Load(*self._counts[edges][self._numbers[service[0], service[1]]].tolist())

    def __iter__(self) -> Iterator[LoadKey]:
        return ((edges, *service) for edges in self._counts for service in self._numbers)

    def __len__(self) -> int:
        return len(self._counts) * len(self._numbers)


class Tallies:
    """Counts by period and promise, and what is kept of the values of those promises that need them."""

    def __init__(self, terms: Terms, periods: Sequence[Edges], services: Sequence[tuple[str, str]]) -> None:
        self.terms = terms
        self.verdicts: dict[Edges, Counts] = {
            edges: np.zeros((len(terms.promises), len(Verdict)), np.int32) for edges in periods
        }
        self.values: dict[tuple[Edges, int], Values] = {}
        self.backlogs: Counter[tuple[Edges, int]] = Counter()
        self.loads = Loads(periods, services)
        self.kept: Counter[RowKey] = Counter()
        targets = [promise.target for promise in terms.promises]
        self._valued = [(index, one) for index, one in enumerate(targets) if one.aggregate in VALUED]
        self._waiting = [index for index, one in enumerate(targets) if one.measure is MeasureName.BACKLOG]

    def add(self, tickets: Tickets, judgements: Judgements, covered: Covered) -> None:
        """Count another batch; `covered` tells which of its tickets belong to which of the services."""
        cell = judgements.promise * len(Verdict) + judgements.verdict
        for edges, counts in self.verdicts.items():
            inside = (judgements.counted_at >= edges[0]) & (judgements.counted_at < edges[1])
            flat = counts.reshape(-1)
            flat += np.bincount(cell[inside], minlength=flat.size).astype(np.int32)
            for index, target in self._valued:
                self._add_values(judgements, index, edges, target.aggregate, higher=better_of(target) is Better.HIGHER)
        for index in self._waiting:
            self._add_backlog(tickets, judgements, index)
        self._add_loads(tickets, covered)
        self._add_kept(tickets)

    def _add_values(
        self, judgements: Judgements, index: int, edges: Edges, aggregate: Aggregate, *, higher: bool
    ) -> None:
        pairs = judgements.of(index)
        counted = judgements.counted_at[pairs]
        chosen = (judgements.verdict[pairs] == Verdict.MET) & (counted >= edges[0]) & (counted < edges[1])
        if not chosen.any():
            return
        numbers = judgements.elapsed[pairs][chosen]
        values = self.values.setdefault((edges, index), Values())
        values.total += int(numbers.sum())
        values.count += len(numbers)
        if aggregate is Aggregate.WORST:
            worst = np.array([*values.numbers, numbers.min() if higher else numbers.max()])
            values.parts = [np.array([worst.min() if higher else worst.max()])]
        elif aggregate is not Aggregate.MEAN:
            values.parts.append(numbers)

    def _add_backlog(self, tickets: Tickets, judgements: Judgements, index: int) -> None:
        """Tickets that were open at the end of each period."""
        pairs = judgements.of(index)
        rows = judgements.ticket[pairs][judgements.verdict[pairs] != Verdict.EXCLUDED]
        for edges in self.verdicts:
            self.backlogs[edges, index] += int(np.count_nonzero(open_before(tickets, edges[1])[rows]))

    def _add_loads(self, tickets: Tickets, covered: Covered) -> None:
        """Tickets that came, went, and stayed in each period; most batches touch few of the periods."""
        rows, whose = covered
        if not rows.size:
            return
        opened, resolved = (np.asarray(one, np.int64)[rows] for one in (tickets.opened, tickets.resolved))
        last = np.where(resolved == MISSING, FOREVER, resolved)
        first_opened, last_resolved = int(opened.min()), int(last.max())
        for edges in self.verdicts:
            start, stop = edges
            if first_opened >= stop or last_resolved < start:
                continue
            came, went = (opened >= start) & (opened < stop), (last >= start) & (last < stop)
            self.loads.add(edges, whose[came], whose[went], whose[open_before(tickets, stop)[rows]])

    def _add_kept(self, tickets: Tickets) -> None:
        months, customers, services = tickets.month, tickets.customer, tickets.service
        sizes = len(months.values), len(customers.values), len(services.values)
        cells = np.ravel_multi_index([np.asarray(one.codes) for one in (months, customers, services)], sizes)
        counted = np.bincount(cells)
        for found in np.flatnonzero(counted).tolist():
            month, customer, service = np.unravel_index(found, sizes)
            key = months.values[month], customers.values[customer], services.values[service]
            self.kept[key] += int(counted[found])
