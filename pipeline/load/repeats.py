"""Which tickets were told of before, without keeping them: exports are read from the newest month back.

A ticket that several months tell of is what the newest says; a month that tells of it twice is wrong. Each ticket is
remembered by two 64-bit hashes of its number, so that even among 100 million tickets two different ones are taken for
the same with a chance below one in 10^22.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pipeline.model.records import Places
from pipeline.problems import Place

Numbers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

_SPREAD = 0x9E3779B97F4A7C15
"""An odd number without a pattern, which spreads the hashes of owners over those of numbers."""


@dataclass(frozen=True, eq=False)
class Keys:
    """The two hashes of n tickets."""

    first: Numbers
    second: Numbers

    @classmethod
    def of(cls, ids: Sequence[str], owners: Numbers) -> Keys:
        """Keys by number and hash of who uses that number."""
        count = len(ids)
        first = np.fromiter(map(hash, ids), np.int64, count)
        second = np.fromiter(map(hash, map("\0".__add__, ids)), np.int64, count)
        return cls(_mixed(first, owners), _mixed(second, owners))

    def __len__(self) -> int:
        return len(self.first)

    @cached_property
    def order(self) -> Numbers:
        """The rows by first hash: what is sorted once is searched, and searched for, several times faster."""
        return np.argsort(self.first)

    @cached_property
    def ascending(self) -> tuple[Numbers, Numbers]:
        """Both hashes in that order."""
        return self.first[self.order], self.second[self.order]

    def rows(self, chosen: Marks | Numbers) -> Keys:
        """Some of them."""
        return Keys(self.first[chosen], self.second[chosen])


def owner(profile: str, customer: str) -> int:
    """Whose numbers a ticket's number is among: two tools, and two customers, may use the same."""
    return hash((profile, customer))


def _mixed(hashes: Numbers, owners: Numbers) -> Numbers:
    return (hashes.view(np.uint64) + owners.view(np.uint64) * np.uint64(_SPREAD)).view(np.int64)


class Told:
    """The tickets told of so far, in parts each of which is in order of its first hash, and where some of them were."""

    def __init__(self) -> None:
        self._parts: list[tuple[Numbers, Numbers]] = []
        self._places: list[tuple[Keys, Places]] = []

    def add(self, keys: Keys, places: Places | None = None) -> None:
        """Remember those tickets; the places are asked for only where one of them comes again."""
        self._parts.append(keys.ascending)
        if places is not None:
            self._places.append((keys, places))

    def join(self, other: Told) -> None:
        """Remember all that another remembers as one part, without the places."""
        if other._parts:
            first, second = (np.concatenate(columns) for columns in zip(*other._parts, strict=True))
            order = np.argsort(first, kind="stable")  # the parts are ascending runs: a stable sort only merges them
            self._parts.append((first[order], second[order]))

    def has(self, keys: Keys) -> Marks:
        """Which of those tickets were told of."""
        marks = np.zeros(len(keys), bool)
        first, second = keys.ascending
        for known, other in self._parts:
            at = np.searchsorted(known, first)
            left = np.arange(len(keys))
            while left.size:  # again only for tickets that share the first hash of another one
                left = left[at[left] < len(known)]
                left = left[known[at[left]] == first[left]]
                hit = other[at[left]] == second[left]
                marks[keys.order[left[hit]]] = True
                left = left[~hit]
                at[left] += 1
        return marks

    def place(self, keys: Keys) -> Place | None:
        """Where the one ticket that is asked for was told of."""
        for known, places in self._places:
            for row in np.flatnonzero((known.first == keys.first) & (known.second == keys.second)).tolist():
                return places[row]
        return None


def repeated(keys: Keys, lines: Numbers) -> Numbers:
    """For each ticket the row of the one with the same key that comes first, itself where it is alone."""
    alone = np.arange(len(keys))
    if np.diff(keys.ascending[0]).all():
        return alone
    order = np.lexsort((lines, keys.second, keys.first))
    first, second = keys.first[order], keys.second[order]
    new = np.ones(len(order), bool)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    heads = order[np.flatnonzero(new)]
    result = np.empty(len(order), np.int64)
    result[order] = heads[np.cumsum(new) - 1]
    return result
