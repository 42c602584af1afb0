"""What a comparison of two PDFs says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LONGEST = 300
"""Characters of a difference that are quoted."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from its lower left corner; pages count from 0."""

    page: int
    left: float
    bottom: float
    right: float
    top: float

    def near(self, other: Box, gap: float) -> bool:
        """Whether two rectangles touch, or lie no further apart than that."""
        return (
            self.page == other.page
            and self.left <= other.right + gap
            and other.left <= self.right + gap
            and self.bottom <= other.top + gap
            and other.bottom <= self.top + gap
        )

    def joined(self, other: Box) -> Box:
        """The rectangle around both, of one page."""
        return Box(
            self.page,
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )


class Kind(StrEnum):
    """What became of a passage, or of what is drawn."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    DRAWN = "drawn"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the words before and after (none where something is drawn otherwise), and where they stand.

    `lead` and `tail` are the words around it on its line.
    """

    kind: Kind
    before: str
    after: str
    old: tuple[Box, ...]
    new: tuple[Box, ...]
    lead: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class PagePair:
    """A page of the old file beside the page of the new one that it became; None where there is none."""

    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class PageChanges:
    """All differences in reading order, and which pages stand side by side."""

    changes: tuple[Change, ...]
    pairs: tuple[PagePair, ...]
    old_pages: int
    new_pages: int
