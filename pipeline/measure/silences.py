"""The longest silence of a ticket: service time without a sign of life while it was open.

Signs of life are its opening, first response, updates and resolution. Pauses that stop the clock of the target are
taken off, and so is the time between a resolution and a reopening.
"""

from __future__ import annotations

import numpy as np

from pipeline.measure.clock import Clock, Instants
from pipeline.measure.running import Running, Taken, pauses_of
from pipeline.model.records import MISSING, RESOLVED, Tickets


def silences(
    tickets: Tickets,
    who: Instants,
    edges: tuple[Instants, Instants],
    counting: tuple[Clock, frozenset[str]],
    limit: Instants,
) -> Taken:
    """The longest silence of n rows of tickets (`who`) between the edges, by a clock that pauses for those reasons.

    `deadline` is the last instant at which the first silence over the limit could have been broken.
    """
    (start, stop), (clock, reasons), count = edges, counting, len(who)
    group, moment = _signs(tickets, who, start, stop)
    ends = np.append(moment[1:], 0)
    last = np.append(group[1:] != group[:-1], True) if group.size else np.zeros(0, bool)
    ends = np.where(last, stop[group], ends)
    running = Running(clock, moment, ends, *pauses_of(tickets, who[group], reasons))
    paused = running.paused(ends)
    elapsed = clock.worked(ends) - clock.worked(moment) - paused
    longest, all_paused = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.maximum.at(longest, group, elapsed)
    np.add.at(all_paused, group, paused)
    deadline = np.full(count, MISSING, np.int64)
    over = elapsed > limit[group]
    if over.any():
        broken = running.rows(over).deadline(limit[group[over]])
        first = np.unique(group[over], return_index=True)
        deadline[first[0]] = broken[first[1]]
    return Taken(longest, all_paused, deadline)


def _signs(tickets: Tickets, who: Instants, start: Instants, stop: Instants) -> tuple[Instants, Instants]:
    """Signs of life from start to before stop, as (row of `who`, instant) in order; the start is the first of each."""
    rows = np.arange(len(who))
    responded = np.asarray(tickets.responded, np.int64)[who]
    solved = np.array([reason == RESOLVED for reason in tickets.pause_reason.values], bool)
    solved = solved[np.asarray(tickets.pause_reason.codes)] if solved.size else np.zeros(0, bool)
    told = [
        (rows, start),
        (rows, responded),
        _of(np.asarray(tickets.update_ticket, np.int64), np.asarray(tickets.update_at, np.int64), who),
        _of(np.asarray(tickets.pause_ticket, np.int64)[solved], np.asarray(tickets.pause_start, np.int64)[solved], who),
    ]
    group, moment = (np.concatenate([one[part] for one in told]) for part in (0, 1))
    within = (moment == start[group]) | ((moment > start[group]) & (moment < stop[group]))
    group, moment = group[within], moment[within]
    order = np.lexsort((moment, group))
    return group[order], moment[order]


def _of(owner: Instants, moment: Instants, who: Instants) -> tuple[Instants, Instants]:
    """For each row of `who` the moments of its ticket; `owner` is ascending."""
    first = np.searchsorted(owner, who, side="left")
    count = np.searchsorted(owner, who, side="right") - first
    group = np.repeat(np.arange(len(who)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return group, moment[np.repeat(first, count) + offset]


def silent_for(
    tickets: Tickets, who: Instants, edges: tuple[Instants, Instants], counting: tuple[Clock, frozenset[str]]
) -> Instants:
    """Service seconds since the last sign of life before the end, for n rows of tickets."""
    (start, stop), (clock, reasons) = edges, counting
    group, moment = _signs(tickets, who, start, stop)
    last = start.copy()
    np.maximum.at(last, group, moment)
    return Running(clock, last, stop, *pauses_of(tickets, who, reasons)).elapsed(stop)
