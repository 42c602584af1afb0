"""Reading pages: HTML without compiling one pattern for each word, and style sheets once a process."""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from tinyhtml5 import inputstream


@lru_cache(maxsize=256)
def _run_of(characters: Any, opposite: bool) -> re.Pattern[str]:  # noqa: ANN401 - any of the collections that tinyhtml5 names
    listed = "".join(f"\\x{ord(character):02x}" for character in characters)
    return re.compile(f"[{listed}]+" if opposite else f"[^{listed}]+")


def chars_until(stream: Any, characters: Hashable, opposite: bool = False) -> str:  # noqa: ANN401 - as above
    """`chars_until`, whose own memory of patterns never finds one."""
    pattern, found = _run_of(characters, opposite), []
    while True:
        chunk, start = stream.chunk, stream.chunk_offset
        match = pattern.match(chunk, start)
        end = start if match is None else match.end()
        found.append(chunk[start:end])
        if end != stream.chunk_size:
            stream.chunk_offset = end
            break
        if not stream.read_chunk():
            break
    return "".join(found)


def install() -> None:
    """Let pages be read like this."""
    inputstream.HTMLUnicodeInputStream.chars_until = chars_until
