"""What happened: tickets and outages as columns, and the rows that could not be used.

Instants are whole UTC seconds since 1970 in buffers of 64-bit integers (`array('q')`, numpy), so that the measuring
stage can look at a column without copying it; `MISSING` stands for an instant that the export does not give.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from pipeline.model.quantities import Month
from pipeline.model.source import Source
from pipeline.problems import Place

MISSING = -(2**63)
ALL_CUSTOMERS = "*"
ANY_VALUE = "*"


@dataclass(frozen=True, slots=True)
class ImportProfile:
    """How the exports of one tool map to tickets or outages; `format` is empty where the file name decides.

    In `values` and `states` the key `*` (ANY_VALUE) stands for every value that is not listed.
    """

    id: str
    describes: str
    shape: str
    files: tuple[str, ...]
    encoding: str
    delimiter: str
    timezone: str
    date_formats: tuple[str, ...]
    missing: frozenset[str]
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    states: Mapping[str, str]
    source: Source = field(repr=False)
    format: str = ""
    sheet: str = ""
    header_row: int = 1
    records: str = ""
    decimal: str = "."
    query: str = ""
    url_env: str = ""


Value = TypeVar("Value")


class Instants(Protocol):
    """A column of 64-bit integers: an `array('q')` or a numpy array."""

    def __len__(self) -> int: ...
    def __getitem__(self, row: Any, /) -> Any: ...  # noqa: ANN401 - numpy has many ways to ask
    def __iter__(self) -> Iterator[Any]: ...
    def tolist(self) -> list[int]:
        """The numbers as plain integers."""


class Texts(Protocol):
    """A column of texts; those of an export of millions of rows become strings only when they are asked for."""

    def __len__(self) -> int: ...
    def __getitem__(self, row: int, /) -> str: ...
    def __iter__(self) -> Iterator[str]: ...
    def take(self, rows: Sequence[int]) -> Texts:
        """Those rows."""

    def among(self, wanted: Collection[str]) -> Sequence[int]:
        """The rows that hold one of those texts, ascending."""


class TextList(tuple[str, ...]):
    """Texts that are strings already."""

    __slots__ = ()

    def take(self, rows: Sequence[int]) -> TextList:
        """Those rows."""
        return TextList(self[row] for row in rows)

    def among(self, wanted: Collection[str]) -> Sequence[int]:
        """The rows that hold one of those texts, ascending."""
        return [row for row, text in enumerate(self) if text in wanted]


@dataclass(frozen=True, slots=True, eq=False)
class Coded(Generic[Value]):
    """A column of few different values: `values[codes[row]]`, so that a million rows are compared as numbers."""

    values: tuple[Value, ...]
    codes: Instants

    @classmethod
    def of(cls, column: Iterable[Value]) -> Coded[Value]:
        """The column of those values; they must be hashable."""
        known: dict[Value, int] = {}
        codes = array("q", (known.setdefault(value, len(known)) for value in column))
        return cls(tuple(known), codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> Value:
        code: int = self.codes[row]
        return self.values[code]

    def __iter__(self) -> Iterator[Value]:
        return (self.values[code] for code in self.codes)


@dataclass(frozen=True, slots=True)
class Origin:
    """An export file as the place of records: the month it is of, and the column that names the record."""

    file: str
    month: Month
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where the records of a column were read."""

    origin: Coded[Origin]
    line: Instants

    def __len__(self) -> int:
        return len(self.line)

    def __getitem__(self, row: int) -> Place:
        origin = self.origin[row]
        return Place(origin.file, int(self.line[row]), origin.column)


@dataclass(frozen=True, slots=True, eq=False)
class Tickets:
    """n tickets as columns, each of length n; pauses and updates as flat lists of rows that name their ticket.

    `pause_ticket` holds row numbers into the ticket columns, ascending; `pause_stop` is MISSING while a pause lasts;
    pauses of one ticket may overlap. `reopened` is the last reopening, MISSING where there was none; the time between
    a resolution and the reopening that follows it is a pause with the reason RESOLVED, which stops every clock.

    `first_priority` is the priority that the ticket was opened with, `prioritized` the last change of it, MISSING where
    it was never changed. What an export does not tell is MISSING in `reopens`, `score` (in millionths) and `updates`
    (how many signs of life there are), and empty in `first_contact` and `outcome`.
    """

    id: Texts
    customer: Coded[str]
    service: Coded[str]
    priority: Coded[str]
    opened: Instants
    responded: Instants
    resolved: Instants
    reopened: Instants
    summary: Texts
    cause: Texts
    action: Texts
    origin: Coded[Origin]
    line: Instants
    pause_ticket: Instants
    pause_start: Instants
    pause_stop: Instants
    pause_reason: Coded[str]
    type: Coded[str]
    first_priority: Coded[str]
    prioritized: Instants
    reopens: Instants
    first_contact: Coded[str]
    outcome: Coded[str]
    score: Instants
    updates: Instants
    update_ticket: Instants
    update_at: Instants

    def __len__(self) -> int:
        return len(self.opened)

    @property
    def month(self) -> Coded[Month]:
        """The month whose export told of each ticket last."""
        return Coded(tuple(origin.month for origin in self.origin.values), self.origin.codes)

    @property
    def place(self) -> Places:
        """Where each ticket was read."""
        return Places(self.origin, self.line)


@dataclass(frozen=True, slots=True, eq=False)
class Outages:
    """n outages as columns; customer ALL_CUSTOMERS means every customer, `stop` is MISSING while it lasts.

    `component` is the part of the service that was out, empty for all of it; `impact` is how much of it, in millionths
    of a percent.
    """

    id: tuple[str, ...]
    customer: tuple[str, ...]
    service: tuple[str, ...]
    category: tuple[str, ...]
    start: array[int]
    stop: array[int]
    cause: tuple[str, ...]
    action: tuple[str, ...]
    month: tuple[Month, ...]
    place: tuple[Place, ...]
    component: tuple[str, ...]
    impact: array[int]

    def __len__(self) -> int:
        return len(self.id)


SET_ASIDE_REASONS = {
    "missing": "{0} is missing",
    "missing-in-line": "{0} is missing in line {1}",
    "before": "{0} is before {1}",
    "twice": "{0} appears twice, first at {1}",
    "cells": "the row has {0} cells, the header {1}",
    "time": "{0} is {1!r}, not a time of the form {2}",
    "far": "{0} is {1!r}, far from the month of the export",
    "unknown": "{0}: {1!r} is not known; {2}",
    "pause": "{0} has {1!r}; write start/end/reason with a reason of {2}",
    "pause-order": "{0}: the pause ends before it starts: {1!r}",
    "closed": "the ticket is closed, but {0} is missing",
    "number": "{0} is {1!r}; write {2}",
    "scale": "{0} is {1!r}; scores are {2}",
    "no-answer": "no question is answered",
    "state": "the state {0!r} in line {1} is not known; add it to states: in {2}",
}
"""Code -> why a row was set aside; documents say it in the words of the label `aside.<code>`."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row of an export that cannot be measured, and why; ids are empty where the row does not tell a known one."""

    describes: str
    record: str
    month: Month
    customer: str
    service: str
    priority: str
    code: str
    values: tuple[str, ...]
    place: Place

    @property
    def reason(self) -> str:
        """Why, in the words of problem lines; documents have their own."""
        return SET_ASIDE_REASONS[self.code].format(*self.values)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """An export that was read; `shares` are digests of what is in it about each customer, where they were asked for."""

    file: str
    month: Month
    describes: str
    sha256: str
    shares: Mapping[str, str] = field(default_factory=dict)

    def share(self, customer: str) -> str:
        """The digest of what is in it about a customer, rows about everybody first; empty where nothing is."""
        parts = [self.shares[one] for one in (ALL_CUSTOMERS, customer) if one in self.shares]
        return parts[0] if len(parts) == 1 else hashlib.sha256("".join(parts).encode()).hexdigest() if parts else ""


RowKey = tuple[Month, str, str]
"""Month folder, customer and service of a row as read; empty where the row does not tell, `ALL_CUSTOMERS` for all."""


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Everything read from the exports of the months asked for.

    `rows` counts the records read, good or bad, `replaced` those of which a later month told anew. A record is a row,
    or all rows of one ticket in an event log.
    """

    tickets: Tickets
    outages: Outages
    set_aside: tuple[SetAside, ...]
    rows: Mapping[RowKey, int]
    files: tuple[ExportFile, ...]
    replaced: Mapping[RowKey, int] = field(default_factory=dict)

    def batches(self) -> Iterator[Tickets]:
        """All tickets at once."""
        yield self.tickets


PAUSE_REASONS = ("waiting-customer", "waiting-supplier", "waiting-change", "waiting-evidence", "waiting-problem")
"""Reasons that may stop the clock of a target."""

RESOLVED = "resolved"

TICKET_TYPES = ("incident", "request", "change", "other")
"""What a ticket may be; one whose export does not tell is an incident."""

CHANGE_OUTCOMES = ("successful", "failed", "cancelled")
YES, NO = "yes", "no"

FULL_IMPACT = 10**8
"""An outage of all of a service or component, in millionths of a percent."""

SCORE_STEP = 10**6
"""Scores are kept as whole numbers of millionths."""

OUTAGE_CATEGORIES = ("outage", "agreed-maintenance", "customer-caused", "force-majeure")
"""What an interruption was; all but `outage` may be excluded by a target."""
