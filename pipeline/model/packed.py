"""What is looked at seldom, kept small: many thousands of source files have to fit into memory at once."""

from __future__ import annotations

import marshal
import zlib
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


@lru_cache(maxsize=2**16)
def _shared(packed: bytes) -> bytes:
    """One object for equal bytes: files written after the same pattern have their keys in the same places."""
    return packed


def _pack(value: Iterable[object]) -> bytes:
    return _shared(zlib.compress(marshal.dumps(tuple(value)), level=1))  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def _unpack(keys: bytes, values: bytes) -> dict[Any, Any]:
    """What `_pack` made in this run; a stage asks for the entries of one file many times in a row."""
    named, told = (marshal.loads(zlib.decompress(one)) for one in (keys, values))  # noqa: S302 - our own bytes
    return dict(zip(named, told, strict=True))


class PackedMap(Mapping[Key, Value]):
    """A mapping of texts, numbers and tuples of them."""

    __slots__ = ("_keys", "_values")

    def __init__(self, value: Mapping[Key, Value]) -> None:
        self._keys, self._values = _pack(value), _pack(value.values())

    def __getitem__(self, key: Key) -> Value:
        found: Value = _unpack(self._keys, self._values)[key]
        return found

    def __iter__(self) -> Iterator[Key]:
        return iter(_unpack(self._keys, self._values))

    def __len__(self) -> int:
        return len(_unpack(self._keys, self._values))


class PackedTexts:
    """A column of texts, one behind the other: as strings, those of half a million tickets take four times as much."""

    __slots__ = ("_edges", "_written")

    def __init__(self, texts: Iterable[str]) -> None:
        written = [text.encode("utf-8", "surrogatepass") for text in texts]
        self._written, self._edges = b"".join(written), array("q", accumulate(map(len, written), initial=0))

    def __len__(self) -> int:
        return len(self._edges) - 1

    def __getitem__(self, row: int) -> str:
        row = range(len(self))[row]
        return self._written[self._edges[row] : self._edges[row + 1]].decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        for begin, end in pairwise(self._edges):
            yield self._written[begin:end].decode("utf-8", "surrogatepass")

    def take(self, rows: Sequence[int]) -> PackedTexts:
        """Those rows."""
        return PackedTexts(self[row] for row in rows)

    def among(self, wanted: Collection[str]) -> Sequence[int]:
        """The rows that hold one of those texts, ascending."""
        return [row for row, text in enumerate(self) if text in wanted]
