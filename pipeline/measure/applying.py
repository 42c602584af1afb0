"""What applies to which ticket: its customer, service and priority, and the instant it was opened at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.model.records import Coded

Numbers = npt.NDArray[np.int64]

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
        self._codes, self._first = np.unique(code[self._order], return_index=True)
        self._count = np.diff(self._first, append=len(rules))
        self._start = np.array([start for _, start, _ in rules], np.int64)
        self._stop = np.array([stop for _, _, stop in rules], np.int64)

    def pairs(self, columns: Sequence[Coded[str]], opened: Numbers) -> tuple[Numbers, Numbers]:
        """(row of a ticket, number of a rule that applies to it), in order of rule, then row.

        `columns` hold the n keys of the tickets, a column for each part of the key.
        """
        if not len(opened) or not self._codes.size:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        code = np.zeros(len(opened), np.int64)
        known = np.ones(len(opened), bool)
        for names, column in zip(self._names, columns, strict=True):
            mine = np.array([names.get(value, -1) for value in column.values], np.int64)
            part = mine[np.asarray(column.codes)]
            known &= part >= 0
            code = code * len(names) + part
        at = np.minimum(np.searchsorted(self._codes, code), len(self._codes) - 1)
        rows = np.flatnonzero(known & (self._codes[at] == code))
        count = self._count[at[rows]]
        row = np.repeat(rows, count)
        within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        rule = self._order[np.repeat(self._first[at[rows]], count) + within]
        holds = (self._start[rule] <= opened[row]) & (opened[row] < self._stop[rule])
        row, rule = row[holds], rule[holds]
        order = np.argsort(rule, kind="stable")
        return row[order], rule[order]
