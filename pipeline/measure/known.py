"""Records as they were known at an instant: what came later had not happened yet.

Of each ticket and outage only what lies before the instant is kept, as a half-open period counts it. A ticket that was
resolved then and reopened later is resolved. What an export does not date (a score, the outcome of a change, which of
several priorities held in between) is as the export tells it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pipeline.measure.measurement import Exports
from pipeline.measure.selection import joined
from pipeline.model.records import MISSING, RESOLVED, Coded, ExportFile, Outages, RowKey, SetAside, Tickets

_Numbers = npt.NDArray[np.int64]


class KnownAt:
    """Exports without what lies at or after an instant; `newest` is the latest instant before it, MISSING for none."""

    def __init__(self, exports: Exports, at: int) -> None:
        self._exports = exports
        self._at = at
        self.newest = MISSING

    @cached_property
    def outages(self) -> Outages:
        """Those that had begun; one that ended later lasts."""
        return known_outages(self._exports.outages, self._at)

    @property
    def set_aside(self) -> Sequence[SetAside]:
        """What could not be used."""
        return self._exports.set_aside

    @property
    def rows(self) -> Mapping[RowKey, int]:
        """Records read, good or bad."""
        return self._exports.rows

    @property
    def replaced(self) -> Mapping[RowKey, int]:
        """Those of them of which a later month told anew."""
        return self._exports.replaced

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """The files read."""
        return self._exports.files

    def batches(self) -> Iterator[Tickets]:
        """Those that had been opened."""
        for batch in self._exports.batches():
            known = known_tickets(batch, self._at)
            self.newest = max(self.newest, newest(known))
            yield known


def newest(tickets: Tickets) -> int:
    """The latest instant that tickets tell of, MISSING for none."""
    dated = tickets.opened, tickets.responded, tickets.resolved, tickets.pause_start, tickets.pause_stop
    columns = [np.asarray(column, np.int64) for column in (*dated, tickets.update_at)]
    return max((int(column.max()) for column in columns if column.size), default=MISSING)


def known_tickets(tickets: Tickets, at: int) -> Tickets:
    """The tickets as they were known at `at`; as they are where nothing is later."""
    moments = max(newest(tickets), *(_latest(column) for column in (tickets.reopened, tickets.prioritized)))
    if moments < at:
        return tickets
    opened = np.asarray(tickets.opened, np.int64)
    if (opened >= at).any():
        tickets = joined([(tickets, np.flatnonzero(opened < at))])
    return _without_later(tickets, at)


def _latest(column: Sequence[int] | _Numbers | object) -> int:
    return int(np.asarray(column, np.int64).max(initial=MISSING))


def _without_later(tickets: Tickets, at: int) -> Tickets:
    columns = tickets.responded, tickets.resolved, tickets.reopened, tickets.prioritized
    responded, resolved, reopened, prioritized = (_before(np.asarray(column, np.int64), at) for column in columns)
    owner, begun, ended = (
        np.asarray(column, np.int64) for column in (tickets.pause_ticket, tickets.pause_start, tickets.pause_stop)
    )
    solved = np.array([reason == RESOLVED for reason in tickets.pause_reason.values], bool)
    solved = solved[np.asarray(tickets.pause_reason.codes)] if solved.size else np.zeros(len(owner), bool)
    lasting = (ended == MISSING) | (ended >= at)
    waiting = solved & (begun < at) & lasting & (np.asarray(tickets.reopened, np.int64)[owner] >= at)
    resolved[owner[waiting]] = begun[waiting]
    again = solved & ~lasting
    np.maximum.at(reopened, owner[again], ended[again])
    reopens = np.asarray(tickets.reopens, np.int64).copy()
    later = solved & (ended >= at) & (reopens[owner] > 0)
    np.subtract.at(reopens, owner[later], 1)
    kept = (begun < at) & ~waiting
    reasons = np.asarray(tickets.pause_reason.codes, np.int64)[kept]
    told, updated = np.asarray(tickets.update_ticket, np.int64), np.asarray(tickets.update_at, np.int64)
    updates = np.asarray(tickets.updates, np.int64).copy()
    np.subtract.at(updates, told[updated >= at], 1)
    return replace(
        tickets,
        responded=_array(responded),
        resolved=_array(resolved),
        reopened=_array(reopened),
        prioritized=_array(prioritized),
        priority=_priority(tickets, at),
        reopens=_array(np.where(reopens == MISSING, MISSING, np.maximum(reopens, 0))),
        pause_ticket=_array(owner[kept]),
        pause_start=_array(begun[kept]),
        pause_stop=_array(_before(ended, at)[kept]),
        pause_reason=Coded(tickets.pause_reason.values, reasons),
        updates=_array(updates),
        update_ticket=_array(told[updated < at]),
        update_at=_array(updated[updated < at]),
    )


def _before(column: _Numbers, at: int) -> _Numbers:
    return np.where(column < at, column, MISSING)


def _priority(tickets: Tickets, at: int) -> Coded[str]:
    """The priority that it was opened with, where that was changed later."""
    changed = np.asarray(tickets.prioritized, np.int64) >= at
    if not changed.any():
        return tickets.priority
    rows = zip(changed.tolist(), tickets.first_priority, tickets.priority, strict=True)
    return Coded.of(first if later else last for later, first, last in rows)


def _array(column: _Numbers) -> array[int]:
    plain = array("q")
    plain.frombytes(np.ascontiguousarray(column, np.int64).tobytes())
    return plain


def known_outages(outages: Outages, at: int) -> Outages:
    """The outages that had begun at `at`; one that ended later lasts."""
    if max([*outages.start, *outages.stop], default=MISSING) < at:
        return outages
    rows = [row for row, start in enumerate(outages.start) if start < at]
    stops = (outages.stop[row] for row in rows)
    return Outages(
        id=tuple(outages.id[row] for row in rows),
        customer=tuple(outages.customer[row] for row in rows),
        service=tuple(outages.service[row] for row in rows),
        category=tuple(outages.category[row] for row in rows),
        start=array("q", (outages.start[row] for row in rows)),
        stop=array("q", (stop if stop < at else MISSING for stop in stops)),
        cause=tuple(outages.cause[row] for row in rows),
        action=tuple(outages.action[row] for row in rows),
        month=tuple(outages.month[row] for row in rows),
        place=tuple(outages.place[row] for row in rows),
        component=tuple(outages.component[row] for row in rows),
        impact=array("q", (outages.impact[row] for row in rows)),
    )
