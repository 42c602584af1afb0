"""Some tickets out of many: what is kept when batches have been measured and go."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.model.packed import PackedTexts
from pipeline.model.records import Coded, Instants, Texts, Tickets, Value

Numbers = npt.NDArray[np.int64]
Part = tuple[Tickets, Numbers]
"""A batch, and the numbers of the rows wanted of it."""


def joined(parts: Sequence[Part]) -> Tickets:
    """Those tickets in order of opening, customer and id."""
    order = _order(parts)
    owner, paused = _owned(parts, order, lambda tickets: tickets.pause_ticket)
    told, updated = _owned(parts, order, lambda tickets: tickets.update_ticket)
    arranged, lined = np.argsort(owner, kind="stable"), np.argsort(told, kind="stable")

    def coded(column: Callable[[Tickets], Coded[Value]]) -> Coded[Value]:
        found = _coded(parts, column)
        return Coded(found.values, np.asarray(found.codes)[order])

    def numbers(column: Callable[[Tickets], Instants]) -> array[int]:
        return _array(_numbers(parts, column)[order])

    def texts(column: Callable[[Tickets], Texts]) -> PackedTexts:
        found = _texts(parts, column)
        return PackedTexts(found[row] for row in order.tolist())

    def pauses(column: Callable[[Tickets], Instants]) -> array[int]:
        chosen = [(tickets, rows) for (tickets, _), rows in zip(parts, paused, strict=True)]
        return _array(_numbers(chosen, column)[arranged])

    reasons = _coded(
        [(tickets, rows) for (tickets, _), rows in zip(parts, paused, strict=True)], lambda one: one.pause_reason
    )
    return Tickets(
        id=texts(lambda one: one.id),
        customer=coded(lambda one: one.customer),
        service=coded(lambda one: one.service),
        priority=coded(lambda one: one.priority),
        opened=numbers(lambda one: one.opened),
        responded=numbers(lambda one: one.responded),
        resolved=numbers(lambda one: one.resolved),
        reopened=numbers(lambda one: one.reopened),
        summary=texts(lambda one: one.summary),
        cause=texts(lambda one: one.cause),
        action=texts(lambda one: one.action),
        origin=coded(lambda one: one.origin),
        line=numbers(lambda one: one.line),
        pause_ticket=_array(owner[arranged]),
        pause_start=pauses(lambda one: one.pause_start),
        pause_stop=pauses(lambda one: one.pause_stop),
        pause_reason=Coded(reasons.values, np.asarray(reasons.codes)[arranged]),
        type=coded(lambda one: one.type),
        first_priority=coded(lambda one: one.first_priority),
        prioritized=numbers(lambda one: one.prioritized),
        reopens=numbers(lambda one: one.reopens),
        first_contact=coded(lambda one: one.first_contact),
        outcome=coded(lambda one: one.outcome),
        score=numbers(lambda one: one.score),
        updates=numbers(lambda one: one.updates),
        update_ticket=_array(told[lined]),
        update_at=_array(
            _numbers(
                [(tickets, rows) for (tickets, _), rows in zip(parts, updated, strict=True)], lambda one: one.update_at
            )[lined]
        ),
    )


def _order(parts: Sequence[Part]) -> Numbers:
    """The rows by opening, customer and id; texts are compared only where the numbers before them are the same."""
    customer, opened = _coded(parts, lambda one: one.customer), _numbers(parts, lambda one: one.opened)
    rank = np.empty(len(customer.values), np.int64)
    rank[sorted(range(len(rank)), key=customer.values.__getitem__)] = np.arange(len(rank))
    ranked = rank[np.asarray(customer.codes, np.int64)]
    order = np.lexsort((ranked, opened))
    same = np.flatnonzero((np.diff(opened[order]) == 0) & (np.diff(ranked[order]) == 0))
    if same.size:
        ids = _texts(parts, lambda one: one.id)
        for run in np.split(same, np.flatnonzero(np.diff(same) > 1) + 1):
            tied = slice(run[0], run[-1] + 2)
            order[tied] = sorted(order[tied].tolist(), key=ids.__getitem__)
    return order


def _array(column: Numbers) -> array[int]:
    """The same as plain integers, which is what documents take."""
    plain = array("q")
    plain.frombytes(column.tobytes())
    return plain


def _numbers(parts: Sequence[Part], column: Callable[[Tickets], Instants]) -> Numbers:
    found = [np.asarray(column(tickets), np.int64)[rows] for tickets, rows in parts]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _texts(parts: Sequence[Part], column: Callable[[Tickets], Texts]) -> list[str]:
    return [text for tickets, rows in parts for text in column(tickets).take(rows.tolist())]


def _coded(parts: Sequence[Part], column: Callable[[Tickets], Coded[Value]]) -> Coded[Value]:
    known: dict[Value, int] = {}
    codes = []
    for tickets, rows in parts:
        one = column(tickets)
        mine = np.array([known.setdefault(value, len(known)) for value in one.values], np.int64)
        codes.append(mine[np.asarray(one.codes, np.int64)[rows]] if len(mine) else np.zeros(0, np.int64))
    return Coded(tuple(known), np.concatenate(codes) if codes else np.zeros(0, np.int64))


def _owned(
    parts: Sequence[Part], order: Numbers, owners_of: Callable[[Tickets], Instants]
) -> tuple[Numbers, list[Numbers]]:
    """For each pause (or update) of the tickets wanted, the row that its ticket comes to; per part, which these are."""
    becomes = np.empty(len(order), np.int64)
    becomes[order] = np.arange(len(order))
    owners, chosen, before = [], [], 0
    for tickets, rows in parts:
        number = np.full(len(tickets), -1, np.int64)
        number[rows] = becomes[before : before + len(rows)]
        owner = number[np.asarray(owners_of(tickets), np.int64)]
        chosen.append(np.flatnonzero(owner >= 0))
        owners.append(owner[owner >= 0])
        before += len(rows)
    return np.concatenate(owners) if owners else np.zeros(0, np.int64), chosen
