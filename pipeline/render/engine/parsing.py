"""Reading pages: HTML without compiling one pattern for each word, and style sheets once a process."""

from __future__ import annotations

import logging
import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, Self

from tinyhtml5 import inputstream
from weasyprint import CSS, css
from weasyprint.logger import LOGGER
from weasyprint.urls import select_source

_MOST_SHEETS = 128
_REACHING_OUT = re.compile(r"@(?:import|font-face|counter-style|color-profile|layer)", re.IGNORECASE)
"""Rules that leave more behind than selectors, declarations and pages."""


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


_sheets: dict[tuple[Any, ...], Any] = {}


def style_sheet(**given: Any) -> Any:  # noqa: ANN401 - WeasyPrint has no types
    """`CSS`, parsed once for the same text; WeasyPrint complains of a faulty one each time."""
    if given.get("matcher") is not None:  # imported into another one
        return CSS(**given)
    source = select_source(
        url=given.get("url"),
        string=given.get("string"),
        base_url=given.get("base_url"),
        url_fetcher=given["url_fetcher"],
        check_css_mime_type=given.get("_check_mime_type", False),
    )
    with source as (file, base_url, encoding, _):
        content = file.read()
    words = content if isinstance(content, str) else content.decode("utf-8", "replace")
    if encoding or _REACHING_OUT.search(words):
        return CSS(**given)
    key = (content, base_url, given["media_type"])
    if key not in _sheets:
        with _Listening() as listening:
            made = CSS(**{**given, "page_rules": [], "layers": []})
        if listening.heard:
            return _with_pages(made, given)
        if len(_sheets) >= _MOST_SHEETS:
            _sheets.clear()
        _sheets[key] = made
    return _with_pages(_sheets[key], given)


def _with_pages(known: Any, given: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
    """The sheet for one more document, which lists the rules of its pages."""
    given["page_rules"].extend(known.page_rules)
    sheet = object.__new__(CSS)
    sheet.base_url, sheet.matcher = known.base_url, known.matcher
    sheet.page_rules, sheet.layers = given["page_rules"], given["layers"]
    return sheet


class _Listening(logging.Handler):
    """Whether WeasyPrint has something to say."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard = False

    def emit(self, _record: logging.LogRecord) -> None:
        """It has."""
        self.heard = True

    def __enter__(self) -> Self:
        LOGGER.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        LOGGER.removeHandler(self)


def install() -> None:
    """Let pages be read like this."""
    inputstream.HTMLUnicodeInputStream.chars_until = chars_until
    css.CSS = style_sheet
