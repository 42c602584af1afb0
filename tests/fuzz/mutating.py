"""Inputs made of others: pieces cut out, doubled, replaced by words of the format; of archives, within their parts."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

from tests.fuzz.targets import Target

_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Edit:
    """A cut at a share of the length, and what is put there."""

    where: int
    cut: int
    put: bytes

    def __call__(self, content: bytes) -> bytes:
        at = self.where * (len(content) + 1) >> 16
        return content[:at] + self.put + content[at + self.cut :]


def edits(target: Target) -> st.SearchStrategy[list[tuple[int, Edit]]]:
    """Some edits, each with the number of the part that it changes: 0 is the archive itself."""
    put = st.sampled_from(target.words()) | st.binary(max_size=6) | st.text(max_size=3).map(_encoded)
    cut = st.sampled_from([0, 0, 0, 1, 2, 4, 8, 30, 200])
    one = st.builds(Edit, st.integers(0, 0xFFFF), cut, put)
    return st.lists(st.tuples(st.integers(0, 40), one), min_size=1, max_size=6)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def edited(target: Target, seed: bytes, changes: Sequence[tuple[int, Edit]]) -> bytes:
    """A seed with those edits."""
    content = seed
    for part, change in changes:
        content = within(content, part, change) if target.packed else change(content)
    return content


def within(content: bytes, number: int, change: Callable[[bytes], bytes]) -> bytes:
    """An archive with one of its parts changed; with the number 0, or where it is none, the bytes themselves."""
    if not number:
        return change(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if not entries or sum(one.file_size for one in entries) > _LARGEST:
                return change(content)
            parts = [(one.filename, archive.read(one)) for one in entries]
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is to be read by the product, not here
        return change(content)
    buffer = io.BytesIO()
    chosen = _chosen(parts, number)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for at, (name, part) in enumerate(parts):
            archive.writestr(zipfile.ZipInfo(name), change(part) if at == chosen else part)
    return buffer.getvalue()


def _chosen(parts: Sequence[tuple[str, bytes]], number: int) -> int:
    """Every second time the part that holds most, else each in turn."""
    if number % 2:
        return max(range(len(parts)), key=lambda at: len(parts[at][1]) if parts[at][0].endswith(".xml") else 0)
    return number // 2 % len(parts)


def random_edit(target: Target, random: Random) -> Edit:
    """An edit without hypothesis, for the fuzzer."""
    put = random.choice(target.words())
    return Edit(random.randrange(1 << 16), random.choice([0, 0, 1, 4, 30]), put)
