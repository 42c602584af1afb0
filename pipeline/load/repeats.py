"""Which tickets were told of before, without keeping them: exports are read from the newest month back.

A ticket that several months tell of is what the newest says; a month that tells of it twice is wrong. Each ticket is
remembered by two 64-bit hashes of its number, so that even among 100 million tickets two different ones are taken for
the same with a chance below one in 10^22.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.model.records import Places
from pipeline.problems import Place

Numbers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

_SPREAD = 0x9E3779B97F4A7C15
"""An odd number without a pattern, which spreads the hashes of owners over those of numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The two hashes of n tickets."""

    first: Numbers
    second: Numbers

    @classmethod
    def of(cls, ids: Sequence[str], owners: Numbers) -> Keys:
        """Keys by number and hash of who uses that number."""
        count = len(ids)
        first = np.fromiter(map(hash, ids), np.int64, count)
        second = np.fromiter((hash(one + "\0") for one in ids), np.int64, count)
        return cls(_mixed(first, owners), _mixed(second, owners))

    def __len__(self) -> int:
        return len(self.first)

    def rows(self, chosen: Marks | Numbers) -> Keys:
        """Some of them."""
        return Keys(self.first[chosen], self.second[chosen])


def owner(profile: str, customer: str) -> int:
    """Whose numbers a ticket's number is among: two tools, and two customers, may use the same."""
    return hash((profile, customer))


def _mixed(hashes: Numbers, owners: Numbers) -> Numbers:
    return (hashes.view(np.uint64) + owners.view(np.uint64) * np.uint64(_SPREAD)).view(np.int64)


class Told:
    """The tickets told of so far, and where."""

    def __init__(self) -> None:
        self._parts: list[tuple[Keys, Places | None, Numbers]] = []

    def add(self, keys: Keys, places: Places | None = None) -> None:
        """Remember those tickets; the places are asked for only where one of them comes again."""
        order = np.lexsort((keys.second, keys.first))
        self._parts.append((keys.rows(order), places, order))

    def join(self, other: Told) -> None:
        """Remember all that another remembers, without the places."""
        self._parts += [(keys, None, order[:0]) for keys, _, order in other._parts]

    def has(self, keys: Keys) -> Marks:
        """Which of those tickets were told of."""
        marks = np.zeros(len(keys), bool)
        for known, _, _ in self._parts:
            marks |= _positions(known, keys) >= 0
        return marks

    def place(self, keys: Keys) -> Place | None:
        """Where the one ticket that is asked for was told of."""
        for known, places, order in self._parts:
            at = int(_positions(known, keys)[0])
            if at >= 0 and places is not None:
                return places[int(order[at])]
        return None


def _positions(known: Keys, keys: Keys) -> Numbers:
    """Where each key lies among the known, which are sorted; -1 for none."""
    found = np.full(len(keys), -1, np.int64)
    at = np.empty(len(keys), np.int64)
    order = np.argsort(keys.first)  # looking for neighbours one after the other is several times faster
    at[order] = np.searchsorted(known.first, keys.first[order])
    while True:
        within = np.minimum(at, len(known) - 1)
        same = (at < len(known)) & (known.first[within] == keys.first) if len(known) else np.zeros(len(keys), bool)
        hit = same & (known.second[within] == keys.second) if len(known) else same
        found[hit] = at[hit]
        if not (same & ~hit).any():  # else two tickets share the first hash: look at the next
            return found
        at = np.where(same & ~hit, at + 1, len(known))


def repeated(keys: Keys, lines: Numbers) -> Numbers:
    """For each ticket the row of the one with the same key that comes first, itself where it is alone."""
    order = np.lexsort((lines, keys.second, keys.first))
    first, second = keys.first[order], keys.second[order]
    new = np.ones(len(order), bool)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    heads = order[np.flatnonzero(new)]
    result = np.empty(len(order), np.int64)
    result[order] = heads[np.cumsum(new) - 1]
    return result
