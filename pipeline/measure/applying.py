"""What applies to which ticket: its customer, service and priority, and the instant it was opened at."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.model.records import Coded

Numbers = npt.NDArray[np.int64]

_UNKNOWN = -(1 << 40)
"""A part of a key that no rule has: it keeps the whole code below zero."""

Rule = tuple[tuple[str, ...], int, int]
"""A key, and the half-open interval [start, stop) of instants in which the rule holds for it."""


class Applying:
    """Rules, prepared for looking up a million tickets at once."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        parts = len(rules[0][0]) if rules else 0
        self._names: list[dict[str, int]] = [{} for _ in range(parts)]
        for key, _, _ in rules:
            for names, name in zip(self._names, key, strict=True):
                names.setdefault(name, len(names))
        code = np.zeros(len(rules), np.int64)
        for at, names in enumerate(self._names):
            code = code * len(names) + np.array([names[key[at]] for key, _, _ in rules], np.int64)
        self._order = np.argsort(code, kind="stable")
        self._count = np.bincount(code, minlength=math.prod(map(len, self._names)))
        self._first = np.cumsum(self._count) - self._count
        self._start = np.array([start for _, start, _ in rules], np.int64)
        self._stop = np.array([stop for _, _, stop in rules], np.int64)

    def pairs(self, columns: Sequence[Coded[str]], opened: Numbers) -> tuple[Numbers, Numbers]:
        """(row of a ticket, number of a rule that applies to it), in order of rule, then row.

        `columns` hold the n keys of the tickets, a column for each part of the key.
        """
        if not len(opened) or not self._order.size:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        code = np.zeros(len(opened), np.int64)
        for names, column in zip(self._names, columns, strict=True):
            mine = np.array([names.get(value, _UNKNOWN) for value in column.values], np.int64)
            code = code * len(names) + mine[np.asarray(column.codes)]
        rows = np.flatnonzero(code >= 0)
        rows = rows[self._count[code[rows]] > 0]
        count = self._count[code[rows]]
        row = np.repeat(rows, count)
        within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        rule = self._order[np.repeat(self._first[code[rows]], count) + within]
        holds = (self._start[rule] <= opened[row]) & (opened[row] < self._stop[rule])
        row, rule = row[holds], rule[holds]
        order = np.argsort(rule, kind="stable")
        return row[order], rule[order]
