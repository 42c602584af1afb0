"""Which passage of one text became which of the other, and which words in it changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")
_ALIKE = 0.4
_MOST_PAIRS = 4000
"""Beyond this many possible pairs, unequal passages are paired by their order."""
_LONG = 4000
"""Sequences longer than this are aligned without their most frequent entries."""
_MOST_TOKENS = 3_000_000
_CONTEXT = 20
_SHORT = 24
"""A passage of at most this many characters is quoted whole."""
_TOKEN = re.compile(r"\ue000[^\ue001]*\ue001|\d+(?:[.,:]\d+)*%?|[A-Za-z]+|.", re.DOTALL)


def align(
    old: Sequence[T],
    new: Sequence[T],
    key: Callable[[T], str],
    likeness: Callable[[T, T], float],
    most_pairs: int = _MOST_PAIRS,
) -> list[tuple[T | None, T | None]]:
    """Pairs in reading order; None where the other text has no counterpart."""
    before, after = [key(one) for one in old], [key(one) for one in new]
    pairs: list[tuple[T | None, T | None]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) + len(after) > _LONG)
    for code, start, end, first, last in matcher.get_opcodes():
        if code == "equal":
            pairs.extend(zip(old[start:end], new[first:last], strict=True))
        else:
            group = _pair_up(old[start:end], new[first:last], likeness, most_pairs)
            pairs.extend(group)
    return pairs


def _pair_up(
    old: Sequence[T], new: Sequence[T], likeness: Callable[[T, T], float], most_pairs: int
) -> list[tuple[T | None, T | None]]:
    """The pairs, in order, that are most alike in sum."""
    rows, columns = len(old), len(new)
    if not rows or not columns or rows * columns > most_pairs:
        both = min(rows, columns)
        pairs: list[tuple[T | None, T | None]] = list(zip(old[:both], new[:both], strict=True))
        return [*pairs, *((one, None) for one in old[both:]), *((None, one) for one in new[both:])]
    alike = [[likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            paired = alike[row][column] + best[row + 1][column + 1] if alike[row][column] >= _ALIKE else -1.0
            best[row][column] = max(best[row + 1][column], best[row][column + 1], paired)
    found: list[tuple[T | None, T | None]] = []
    row = column = 0
    while row < rows and column < columns:
        if alike[row][column] >= _ALIKE and best[row][column] == alike[row][column] + best[row + 1][column + 1]:
            found.append((old[row], new[column]))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            found.append((old[row], None))
            row += 1
        else:
            found.append((None, new[column]))
            column += 1
    return [*found, *((one, None) for one in old[row:]), *((None, one) for one in new[column:])]


def alike(old: str, new: str) -> float:
    """How much two texts share, 0 to 1, by their pairs of letters."""
    if not old or not new:
        return float(old == new)
    one, other = (Counter(pairwise(text[:_LONG])) or Counter([(text, "")]) for text in (old, new))
    return 2 * (one & other).total() / (one.total() + other.total())


@dataclass(frozen=True, slots=True)
class Edit:
    """Words that became others, and the words around them in the new text."""

    before: str
    after: str
    lead: str
    tail: str
    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A stretch that both texts share, by where it starts in each."""

    old_start: int
    new_start: int
    length: int


def compare_words(old: str, new: str, *, whole: bool = True) -> tuple[list[Edit], list[Kept]]:
    """The words of a passage that changed, and the stretches that did not; a short passage is quoted `whole`."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(before) * len(after) > _MOST_TOKENS:
        return [Edit(old, new, "", "", 0, len(old), 0, len(new))], []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    old_at, new_at = _offsets(before), _offsets(after)
    edits: list[tuple[int, int, int, int]] = []
    kept = []
    for code, start, end, first, last in matcher.get_opcodes():
        span = (old_at[start], old_at[end], new_at[first], new_at[last])
        if code == "equal":
            kept.append(Kept(span[0], span[2], span[1] - span[0]))
        elif edits and span[0] - edits[-1][1] <= 2:  # noqa: PLR2004 - two letters between changes do not part them
            edits[-1] = (edits[-1][0], span[1], edits[-1][2], span[3])
        else:
            edits.append(span)
    if whole and edits and 0 < len(old) <= _SHORT and 0 < len(new) <= _SHORT:
        return [Edit(old, new, "", "", 0, len(old), 0, len(new))], kept
    return [
        Edit(
            old[start:end],
            new[first:last],
            new[max(first - _CONTEXT, 0) : first],
            new[last : last + _CONTEXT],
            start,
            end,
            first,
            last,
        )
        for start, end, first, last in edits
    ], kept


def _offsets(tokens: Sequence[str]) -> list[int]:
    offsets = [0]
    for token in tokens:
        offsets.append(offsets[-1] + len(token))
    return offsets
