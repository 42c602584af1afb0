"""What only some exports tell of a ticket: its type, signs of life, reopenings, outcome, score, earlier priority."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from pipeline.load.rows import Row, Unusable
from pipeline.model.records import CHANGE_OUTCOMES, MISSING, NO, SCORE_STEP, TICKET_TYPES, YES
from pipeline.problems import did_you_mean

COUNT = re.compile(r"[0-9]{1,6}")
SCORE = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,6})?")

CHOICES = {"type": TICKET_TYPES, "first_contact": (YES, NO), "outcome": CHANGE_OUTCOMES}
"""Field -> what its cells may say once they are mapped; they may be empty."""

USUAL = {"type": TICKET_TYPES[0]}
"""What an empty cell, or a missing column, means where it means anything."""


@dataclass(frozen=True, slots=True)
class Details:
    """As in `Tickets`; `updates` is None where the export does not tell of them, not even that there were none.

    `first_priority` is empty where it is the one that the ticket still has.
    """

    type: str
    first_priority: str
    prioritized: int
    reopens: int
    first_contact: str
    outcome: str
    score: int
    updates: tuple[int, ...] | None

    def completed(self, row: Row, reopened: int) -> Details:
        """With the reopenings that the time of the last one tells of."""
        reopens = self.reopens
        if reopens == MISSING and tells(row, "reopened"):
            reopens = 0
        if reopened != MISSING:
            reopens = max(reopens, 1)
        return replace(self, reopens=reopens)


def tells(row: Row, field: str) -> bool:
    """Whether the profile says where the field comes from."""
    return field in row.profile.columns or field in row.profile.constants


def read_details(row: Row, priorities: Collection[str]) -> Details:
    """What the row's own cells say; Unusable where one of them cannot be read."""
    type_, first_contact, outcome = (_choice(row, field, allowed) for field, allowed in CHOICES.items())
    return Details(
        type=type_,
        first_priority=_priority(row, priorities),
        prioritized=row.instant("priority_changed"),
        reopens=count_of(_number(row, "reopens", COUNT, "0, 1, 2 …")),
        first_contact=first_contact,
        outcome=outcome,
        score=score_of(_number(row, "score", SCORE, "4 / 4.5")),
        updates=_updates(row) if tells(row, "updates") else None,
    )


def count_of(cell: str) -> int:
    """A whole number, MISSING where empty."""
    return int(cell) if cell else MISSING


def score_of(cell: str) -> int:
    """A score in millionths, MISSING where empty."""
    return int(Decimal(cell) * SCORE_STEP) if cell else MISSING


def _choice(row: Row, field: str, allowed: Collection[str]) -> str:
    value = row.mapped(field)
    if value and value not in allowed:
        raise Unusable("unknown", field, row.column(field), value, did_you_mean(value, allowed))
    return value or USUAL.get(field, "")


def _priority(row: Row, priorities: Collection[str]) -> str:
    """The priority that the ticket was opened with, written as its priority is."""
    cell = row.raw("first_priority")
    value = row.profile.values.get("priority", {}).get(cell, cell)
    if value and value not in priorities:
        raise Unusable(
            "unknown", "first_priority", row.column("first_priority"), value, did_you_mean(value, priorities)
        )
    return value


def _number(row: Row, field: str, form: re.Pattern[str], wanted: str) -> str:
    cell = row.raw(field)
    if cell and form.fullmatch(cell) is None:
        raise Unusable("number", field, row.column(field), cell, wanted)
    return cell


def _updates(row: Row) -> tuple[int, ...]:
    """Times with `;` between."""
    written = filter(None, (part.strip() for part in row.raw("updates").split(";")))
    return tuple(sorted(row.read_instant(one, "updates") for one in written))
