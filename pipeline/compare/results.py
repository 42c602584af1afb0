"""What a comparison says: in the words of the agreement, never in those of the file format."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

LONGEST = 600
"""Characters of a changed passage that are quoted."""


class Kind(StrEnum):
    """How a returned text differs from the one that was sent."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    HIDDEN = "hidden"
    TRACKED = "tracked"
    COMMENT = "comment"
    PICTURE = "picture"
    LINK = "link"
    FIELD = "field"
    OBJECT = "object"


class Part(StrEnum):
    """Where in a document words can stand."""

    BODY = "body"
    TABLE = "table"
    HEADER = "header"
    FOOTER = "footer"
    TEXT_BOX = "text-box"
    FOOTNOTE = "footnote"
    ENDNOTE = "endnote"
    COMMENT = "comment"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Where:
    """A place as a reader finds it: the heading it stands under and, in a table, caption, row and column."""

    number: str = ""
    heading: str = ""
    table: str = ""
    row: str = ""
    column: str = ""

    def __str__(self) -> str:
        table = f"table {self.table}" if self.table.isdigit() else self.table
        entries = (
            f"{self.number} {self.heading}".strip(),
            table,
            f"row {self.row}" if self.row else "",
            f"column {self.column}" if self.column else "",
        )
        return ", ".join(entry for entry in entries if entry)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is no longer as it was sent; `lead` and `tail` are the words around it.

    `detail` says what `before` and `after` do not: who tracked a change, what a number or a look became.
    """

    kind: Kind
    part: Part
    where: Where
    before: str = ""
    after: str = ""
    lead: str = ""
    tail: str = ""
    detail: str = ""
    author: str = ""
    date: str = ""

    def __str__(self) -> str:
        place = str(self.where)
        if self.part not in {Part.BODY, Part.TABLE}:
            place = f"{self.part}, {place}" if place else str(self.part)
        said = self._said()
        if self.lead or self.tail:
            said += f" (at “{self.lead}▸◂{self.tail}”)"
        return f"{place or 'beginning'}: {said}"

    def _said(self) -> str:
        signed = " ".join(entry for entry in (f"by {self.author}" if self.author else "", self.date) if entry)
        detail = f" [{', '.join(entry for entry in (self.detail, signed) if entry)}]" if self.detail or signed else ""
        if self.before and self.before == self.after:
            return f'"{self.before}" is {self.detail}'
        if self.before and self.after:
            said = f'"{self.before}" became "{self.after}"'
        elif self.before:
            said = f'"{self.before}"' if self.kind is Kind.HIDDEN else f'removed "{self.before}"'
        elif self.after:
            said = f'added "{self.after}"'
        else:
            return f"{self.kind}{detail}"
        named = self.kind not in {Kind.CHANGED, Kind.ADDED, Kind.REMOVED}
        return f"{self.kind}: {said}{detail}" if named else f"{said}{detail}"


class About(StrEnum):
    """What a note is about: worth knowing, but no difference in the text."""

    PROTECTION_REMOVED = "protection-removed"
    CONTROLS_LOST = "controls-lost"
    PROPERTIES_LOST = "properties-lost"
    PICTURE_IN_SIGNATURE = "picture-in-signature"
    CONTENTS_UPDATED = "contents-updated"
    FIELD_FROZEN = "field-frozen"
    FIELD_CLEARED = "field-cleared"
    SIGNATORY_CHANGED = "signatory-changed"
    FIELD_LONG = "field-long"
    LINK_OF_ITS_WORDS = "link-of-its-words"
    TRACKED_IN_FIELD = "tracked-in-field"
    TRACKED_LOOKS = "tracked-looks"
    TEMPLATE_ATTACHED = "template-attached"
    FONTS_EMBEDDED = "fonts-embedded"
    SAVED_BY = "saved-by"
    DIGITALLY_SIGNED = "digitally-signed"


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the file that its reader should know; `detail` holds the words that belong to it."""

    about: About
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.about}: {self.detail}" if self.detail else str(self.about)


@dataclass(frozen=True, slots=True)
class FilledField:
    """A signature field with what stands in it; `sent` is the value that it was sent with, or empty."""

    side: str
    number: int
    field: str
    value: str
    sent: str = ""

    @property
    def tag(self) -> str:
        """The name by which the document knows the field."""
        return f"sign:{self.side}:{self.number}:{self.field}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of a text that was sent."""

    filled: tuple[FilledField, ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[Note, ...] = field(default=())

    @property
    def untouched(self) -> bool:
        """Whether a reader of the returned text reads what was sent, signature fields aside."""
        return not self.differences


class Cause(StrEnum):
    """Why a file cannot be compared."""

    NOT_WORD = "not-word"
    PDF = "pdf"
    OLD_WORD = "old-word"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    UNSAFE = "unsafe"
    NO_FINGERPRINT = "no-fingerprint"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that cannot be compared, and why, as a user should read it."""

    cause: Cause
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Identity:
    """Which agreement a file says it is; only `short` (16 hex digits) is known where a program lost the properties."""

    short: str
    fingerprint: str = ""
    agreement: str = ""
    language: str = ""
