"""Merges the old and the new row of pieces of a paragraph into one that holds both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from pipeline.redline.pieces import Kind, Piece

_MOST = 3_000_000
"""Of rows with more possible pairs of pieces, the one is replaced by the other."""
_ISLAND = 2
"""So few letters between two changes are changed along with them: what is left reads in one go."""
_LEAST = 0.25
"""Of rows that share less, the one is replaced by the other."""


class State(Enum):
    """What becomes of a piece; the value is the element that says so."""

    KEPT = ""
    DELETED = "del"
    ADDED = "ins"


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A piece of the merged row: `old` and `new` where it is kept, else the one there is; what it holds is merged."""

    state: State
    old: Piece | None
    new: Piece | None
    inner: tuple[Change, ...] = ()

    @property
    def piece(self) -> Piece:
        """What is shown."""
        piece = self.new or self.old
        if piece is None:
            msg = "a change of nothing"
            raise ValueError(msg)
        return piece


def one_sided(row: Sequence[Piece], state: State) -> tuple[Change, ...]:
    """A whole row that is deleted or added."""
    gone = state is State.DELETED
    return tuple(
        Change(state, piece if gone else None, None if gone else piece, one_sided(piece.inner, state)) for piece in row
    )


def merged(old: Sequence[Piece], new: Sequence[Piece]) -> tuple[Change, ...]:
    """Both rows in one, deletions before additions; where ranges start and end stands beside the words, unchanged."""
    left, right = _Row.of(old), _Row.of(new)
    found: list[Change] = []
    for code, start, end, first, last in _opcodes(left.pieces, right.pieces):
        if code == "equal":
            for index in range(end - start):
                found += [*left.ranges(start + index, State.DELETED), *right.ranges(first + index, State.ADDED)]
                one, other = left.pieces[start + index], right.pieces[first + index]
                found.append(Change(State.KEPT, one, other, merged(one.inner, other.inner)))
            continue
        for row, state, span in ((left, State.DELETED, range(start, end)), (right, State.ADDED, range(first, last))):
            for index in span:
                found += [*row.ranges(index, state), *one_sided(row.pieces[index : index + 1], state)]
    found += [*left.ranges(len(left.pieces), State.DELETED), *right.ranges(len(right.pieces), State.ADDED)]
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """A row without the edges of ranges, and those that stand before each of its pieces."""

    pieces: tuple[Piece, ...]
    edges: tuple[tuple[Piece, ...], ...]

    @classmethod
    def of(cls, row: Sequence[Piece]) -> _Row:
        """Take the edges out of a row."""
        edges: list[tuple[Piece, ...]] = [()]
        for piece in row:
            if piece.kind is Kind.RANGE:
                edges[-1] = (*edges[-1], piece)
            else:
                edges.append(())
        return cls(tuple(piece for piece in row if piece.kind is not Kind.RANGE), tuple(edges))

    def ranges(self, index: int, state: State) -> tuple[Change, ...]:
        """What starts or ends before a piece, or behind the last one."""
        return one_sided(self.edges[index], state)


_Span = tuple[str, int, int, int, int]


def _opcodes(old: Sequence[Piece], new: Sequence[Piece]) -> Iterator[_Span]:
    before, after = [piece.key for piece in old], [piece.key for piece in new]
    if before == after:
        yield ("equal", 0, len(old), 0, len(new))
        return
    if len(old) * len(new) > _MOST:
        yield ("replace", 0, len(old), 0, len(new))
        return
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    shared = sum(_weight(old[start:end]) for code, start, end, _, _ in codes if code == "equal")
    longest = max(_weight(old), _weight(new))
    replaced = shared < _LEAST * longest
    pending: _Span | None = None
    for number, code in enumerate(codes):
        inside = 0 < number < len(codes) - 1
        if code[0] == "equal" and not _is_absorbed(old[code[1] : code[2]], replaced=replaced, inside=inside):
            if pending is not None:
                yield pending
            pending = None
            yield code
        elif pending is None:
            pending = ("replace", *code[1:])
        else:
            pending = ("replace", pending[1], code[2], pending[3], code[4])
    if pending is not None:
        yield pending


def _weight(row: Sequence[Piece]) -> int:
    return sum(len(piece.text) or 1 for piece in row)


def _is_absorbed(kept: Sequence[Piece], *, replaced: bool, inside: bool) -> bool:
    """Whether words that both rows have are replaced with what is around them."""
    if any(piece.kind is not Kind.WORDS for piece in kept):
        return False
    return replaced or (inside and _weight(kept) <= _ISLAND)
