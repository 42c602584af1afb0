"""Collects the words of one paragraph, leaving out what a reader does not see as words: the codes of fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.compare.looks import Look
from pipeline.compare.passages import CLOSE, OPEN, Link, Passage, Span, Story

_FILLED_IN = frozenset(
    [
        "PAGE",
        "NUMPAGES",
        "SECTIONPAGES",
        "SECTION",
        "PAGEREF",
        "DATE",
        "TIME",
        "SAVEDATE",
        "PRINTDATE",
        "CREATEDATE",
        "EDITTIME",
        "FILENAME",
        "FILESIZE",
        "NUMWORDS",
        "NUMCHARS",
        "REVNUM",
        "LASTSAVEDBY",
        "USERNAME",
        "USERINITIALS",
        "USERADDRESS",
    ]
)
"""Fields whose words a program replaces whenever it shows the page: their last result says nothing."""
_ADDRESS = re.compile(r'HYPERLINK\s+(?:\\[a-z]\s+)*"?([^"\s\\][^"\s]*)"?', re.IGNORECASE)
_OWN = str.maketrans({OPEN: "\ufffd", CLOSE: "\ufffd"})


@dataclass(slots=True)
class _Field:
    """A field while it is read: first its code, then its result."""

    code: str = ""
    in_result: bool = False

    @property
    def kind(self) -> str:
        words = self.code.split()
        return words[0].upper() if words else ""


@dataclass(slots=True)
class Fields:
    """The fields that are open; one can reach over several paragraphs."""

    story: Story
    open: list[_Field] = field(default_factory=list)

    @property
    def in_contents(self) -> bool:
        """Whether what is read belongs to a table of contents."""
        return any(one.kind == "TOC" and one.in_result for one in self.open)

    @property
    def silent(self) -> bool:
        """Whether words at this place are a code or a result that is filled in anew."""
        return any(not one.in_result or self._is_filled_in(one) for one in self.open)

    def _is_filled_in(self, one: _Field) -> bool:
        # one program writes the words of a table of contents into fields for page numbers
        return one.kind in _FILLED_IN and not (one.kind == "PAGEREF" and self.in_contents)

    def begin(self) -> None:
        """A field starts with its code."""
        self.open.append(_Field())

    def code(self, text: str) -> None:
        """More of the code."""
        if self.open and not self.open[-1].in_result:
            self.open[-1].code += text

    def result(self) -> str:
        """The code is complete; the sign for what the field fills in."""
        if not self.open or self.open[-1].in_result:
            return ""
        last = self.open[-1]
        sign = f"{OPEN}{last.kind}{CLOSE}" if self._is_filled_in(last) and not self.silent_outside() else ""
        last.in_result = True
        found = _ADDRESS.match(last.code.strip())
        if not found and last.kind:
            self.story.codes.append(" ".join(last.code.split()))
        return sign

    def silent_outside(self) -> bool:
        """Whether the fields around the last one keep it from being seen."""
        return any(not one.in_result or self._is_filled_in(one) for one in self.open[:-1])

    def end(self) -> None:
        """A field ends."""
        if self.open:
            self.open.pop()

    @property
    def address(self) -> str:
        """Where the nearest link that is written as a field leads."""
        for one in reversed(self.open):
            found = _ADDRESS.match(one.code.strip())
            if found and one.in_result:
                return found[1]
        return ""


@dataclass(slots=True)
class Writer:
    """The words of a paragraph as they are read."""

    fields: Fields
    pieces: list[str] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    links: list[Span] = field(default_factory=list)
    contents: bool = False

    @property
    def length(self) -> int:
        """Characters so far."""
        return len(self.looks)

    def write(self, words: str, look: Look) -> None:
        """Words of the document itself."""
        self.put(words.translate(_OWN), look)

    def put(self, words: str, look: Look) -> None:
        """Words, or the sign for something that is no words."""
        if not words or self.fields.silent:
            return
        if Look.SYMBOL in look:  # one program writes such a sign as a letter, another as a sign of private use
            words = "".join(chr(ord(one) + 0xF000) if 0x20 < ord(one) < 0x100 else one for one in words)  # noqa: PLR2004
            look &= ~Look.SYMBOL
        self.contents = self.contents or self.fields.in_contents
        address = self.fields.address
        if address:
            self.links.append(Span(self.length, self.length + len(words), address))
        self.pieces.append(words)
        self.looks += [look] * len(words)

    def leads(self) -> list[Link]:
        """The links, those in pieces put together."""
        text, whole = "".join(self.pieces), list[Span]()
        for span in self.links:
            if whole and whole[-1].end == span.start and whole[-1].name == span.name:
                whole[-1] = Span(whole[-1].start, span.end, span.name)
            elif span.start < span.end:
                whole.append(span)
        return [Link(text[span.start : span.end], span.name) for span in whole]

    def passage(self, stamp: str) -> Passage:
        """What was collected; blanks at the end are not seen."""
        text = "".join(self.pieces)
        kept = text.rstrip(" \t\n\u3000\u00a0")
        if any(span.end > len(kept) for span in self.spans):
            kept = text
        return Passage(kept, tuple(self.looks[: len(kept)]), tuple(self.spans), (stamp,) if stamp else ())
