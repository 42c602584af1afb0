"""Values as plain YAML that reads back as the same text."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=~.][^\n\r\t,\[\]{}]*")
_NUMBER = re.compile(r"[-+0-9.]+")
_WORDS = frozenset({"true", "false", "null"})


def quoted(text: str) -> str:
    """The text as it may stand anywhere in a source: bare where that is safe, else in double quotes."""
    plain = _PLAIN.fullmatch(text) is not None and ": " not in text and " #" not in text
    if plain and not text.endswith((":", " ")) and text not in _WORDS and not _NUMBER.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)
