"""Review meetings: planned and held."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pipeline.model.quantities import Month, Text
from pipeline.model.source import Source

ACTION_STATES = ("open", "in-progress", "done", "cancelled")
OPEN_STATES = frozenset({"open", "in-progress"})


@dataclass(frozen=True, slots=True)
class Attendee:
    """Someone at the table (or missing from it) who is not in the organization's list of people."""

    name: Text
    title: Text


@dataclass(frozen=True, slots=True)
class Action:
    """Something that someone promised to do by a day."""

    id: str
    action: Text
    owner: Text
    due: date
    state: str
    note: Text


@dataclass(frozen=True, slots=True)
class Review:
    """A review meeting on one agreement over the months `first` to `last`.

    `provider` are our own people; the other side is the customer of an SLA, the `team` of an OLA, or the suppliers.
    """

    id: str
    status: str
    agreement: str
    day: date
    time: str
    location: Text
    first: Month
    last: Month
    chair: str
    recorder: str
    present_provider: tuple[str, ...]
    absent_provider: tuple[str, ...]
    present_customer: tuple[Attendee, ...]
    absent_customer: tuple[Attendee, ...]
    present_suppliers: tuple[Attendee, ...]
    agenda: tuple[Text, ...]
    previous_actions: tuple[Action, ...]
    quality: tuple[Text, ...]
    unusual: tuple[Text, ...]
    satisfaction: Text
    customer_requests: tuple[Text, ...]
    provider_requests: tuple[Text, ...]
    decisions: tuple[Text, ...]
    actions: tuple[Action, ...]
    suggestions: tuple[Text, ...]
    next_review: date | None
    source: Source = field(repr=False)
    present_team: tuple[str, ...] = ()
    absent_team: tuple[str, ...] = ()
    absent_suppliers: tuple[Attendee, ...] = ()
