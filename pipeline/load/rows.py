"""One row of an export, read through its import profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from pipeline.load.characters import UNSEEN, Glyphs, name, printable
from pipeline.load.instants import YEARS, read_instant
from pipeline.model.quantities import Month
from pipeline.model.records import ALL_CUSTOMERS, ANY_VALUE, MISSING, ImportProfile, Origin
from pipeline.problems import Place, Problem, warning


class Unusable(ValueError):  # noqa: N818 - not an error of the program: the row is set aside
    """Why a row cannot be measured: a code of SET_ASIDE_REASONS with its values; `field` is the column to look at.

    `place` is where to look when it is not in the row that stands for the record.
    """

    def __init__(self, code: str, field: str, *values: str, place: Place | None = None) -> None:
        super().__init__(code, field, *values)
        self.code = code
        self.field = field
        self.values = values
        self.place = place


@cache
def plausible(month: Month) -> tuple[int, int]:
    """The instants that an export of that month may speak of: ten years back, a year ahead.

    An old log may be filed under its first month; but one slip of a key (2062 for 2026) would ask every calendar for
    years that nobody has published.
    """
    first, last = month.plus(-120), month.plus(14)
    start, stop = (datetime(one.year, one.month, 1, tzinfo=UTC) for one in (first, last))
    return int(start.timestamp()), int(stop.timestamp())


@dataclass(slots=True, eq=False)
class Row:
    """The fields of one row by the names of our model; columns count from 1 in messages."""

    profile: ImportProfile
    month: Month
    file: str
    line: int
    fields: Sequence[str]
    positions: Mapping[str, int]
    width: int
    glyphs: Glyphs
    problems: list[Problem]
    gridded: bool = True
    """Whether cells stand in columns that a person can count."""

    def raw(self, field: str) -> str:
        """The cell as written, or the profile's constant; empty where missing."""
        if field in self.profile.constants:
            return self.profile.constants[field]
        position = self.positions.get(field)
        if position is None or position >= len(self.fields):
            return ""
        cell = self.fields[position].strip()
        return "" if cell in self.profile.missing else cell

    def has(self, field: str) -> bool:
        """Whether the profile says where the field comes from."""
        return field in self.positions or field in self.profile.constants

    def mapped(self, field: str) -> str:
        """The cell translated by the profile's `values`; one that is not listed becomes that of `*`, or stays.

        An outage without a customer concerns all of them.
        """
        cell = self.raw(field)
        if field == "customer" and not cell and self.profile.describes == "outages":
            return ALL_CUSTOMERS
        mapping = self.profile.values.get(field, {})
        return mapping.get(cell) or (mapping.get(ANY_VALUE, cell) if cell else cell)

    def place(self, field: str = "") -> Place:
        """Where the field's cell is."""
        return Place(self.file, self.line, self.positions.get(field, 0) + 1 if self.gridded else 1)

    def origin(self, field: str) -> Origin:
        """The file as the place of records that this field names."""
        return Origin(self.file, self.month, self.place(field).column)

    def column(self, field: str) -> str:
        """How the user's tool calls the column."""
        return self.profile.columns.get(field, field)

    def instant(self, field: str) -> int:
        """UTC seconds, MISSING where empty; Unusable when it is no time."""
        cell = self.raw(field)
        return self.read_instant(cell, field) if cell else MISSING

    def read_instant(self, cell: str, field: str) -> int:
        """UTC seconds of a written time; Unusable when it is none."""
        try:
            moment = read_instant(cell, self.profile.date_formats, self.profile.timezone, self.profile.decimal)
        except ValueError:
            formats = f"{' or '.join(self.profile.date_formats)} in the years {YEARS[0]} to {YEARS[1]}"
            raise Unusable("time", field, self.column(field), cell, formats) from None
        earliest, latest = plausible(self.month)
        if not earliest <= moment < latest:
            raise Unusable("far", field, self.column(field), cell)
        return moment

    def text(self, field: str) -> str:
        """A text to print: characters that documents cannot carry are taken out or named, with a warning."""
        cell = self.raw(field)
        if cell.isascii() and cell.isprintable():
            return cell
        illegal = UNSEEN.findall(cell)
        if illegal:
            shown = ", ".join(sorted({name(character) for character in illegal}))
            message = f"illegal character {shown} taken out of {self.column(field)}"
            self.problems.append(warning(self.place(field), "control-character", message))
        for character in self.glyphs(UNSEEN.sub("", cell)):
            message = f"no font of the documents has {character}; printed as [{name(character)}]"
            self.problems.append(warning(self.place(field), "no-glyph", message))
        return self.printable(cell)

    def printable(self, text: str) -> str:
        """A text as documents can carry it."""
        return printable(text, self.glyphs)

    def whole(self) -> None:
        """Unusable when the row has more or fewer cells than the header."""
        if len(self.fields) != self.width:
            raise Unusable("cells", "", str(len(self.fields)), str(self.width))
