"""Characters that would spoil a document: refused where they are read, so that the place can be named."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.problems import Place, Problem, error

Glyphs = Callable[[str], tuple[str, ...]]
"""Which characters of a text no font of the documents can draw."""

# XML 1.0 production [2] Char: what is not in it silently damages a Word file; docxtpl then drops later < > &.
_NO_XML = "\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
ILLEGAL = re.compile(f"[{_NO_XML}]")
# legal XML too, but nobody sees C1 controls or further line ends, and direction overrides change how a contract reads
UNSEEN = re.compile(f"[{_NO_XML}\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def all_covered(_text: str) -> tuple[str, ...]:
    """A `Glyphs` for callers that draw nothing."""
    return ()


def name(character: str) -> str:
    """How messages name a character: `U+1F600`."""
    return f"U+{ord(character):04X}"


def printable(text: str, glyphs: Glyphs) -> str:
    """A text without the characters that documents cannot carry, and with those that they cannot draw named."""
    text = UNSEEN.sub("", text)
    for character in glyphs(text):
        text = text.replace(character, f"[{name(character)}]")
    return text


def text_problems(text: str, place: Place, glyphs: Glyphs) -> tuple[Problem, ...]:
    """What is wrong with the characters of a text; reported at the text's own place."""
    if text.isascii() and text.isprintable():
        return ()
    bad = sorted(set(UNSEEN.findall(text)))
    if bad:
        shown = ", ".join(map(name, bad))
        return (error(place, "control-character", f"illegal character {shown} in the text", "remove it"),)
    missing = glyphs(text)
    if missing:
        shown = ", ".join(f"{character} ({name(character)})" for character in missing)
        return (error(place, "no-glyph", f"no font of the documents has {shown}", "write it in other characters"),)
    return ()
