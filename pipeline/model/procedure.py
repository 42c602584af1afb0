"""The management procedure: who does what, in which order, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.model.publications import Issue
from pipeline.model.quantities import Text
from pipeline.model.source import Source

END = "end"
"""Where a flow leads that leaves the procedure."""

STAGES = ("plan", "do", "check", "act")
"""The cycle that the activities run through."""

RACI = ("R", "A", "C", "I", "AR")
"""Responsible, accountable, consulted, informed; AR is both of the first two."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role and its duties; `short` heads its column in the RACI table."""

    id: str
    name: Text
    short: Text
    duties: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A term with its abbreviation, if it has one."""

    name: Text
    abbreviation: str
    meaning: Text


@dataclass(frozen=True, slots=True)
class Rules:
    """An execution policy: a heading and what it demands."""

    name: Text
    rules: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A kind of review meeting; without `roles` those are present that the policy requires."""

    name: Text
    content: tuple[Text, ...]
    roles: tuple[str, ...]
    others: tuple[Text, ...]
    frequency: Text


@dataclass(frozen=True, slots=True)
class Step:
    """What is done; `raci` maps a role to its part (one of RACI)."""

    name: Text
    text: Text
    raci: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Flow:
    """Where the work goes on: an activity, another process, or END; `when` is empty where it always does."""

    to: str
    when: Text


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity such as SLM1, in its stage of the cycle; with a `decision` one of several flows is taken."""

    id: str
    name: Text
    stage: str
    responsible: tuple[str, ...]
    inputs: tuple[Text, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Text, ...]
    decision: Text
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class OtherProcess:
    """A process outside of the procedure that work is handed to, and where it comes back."""

    id: str
    name: Text
    flows: tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """How the process itself is measured."""

    name: Text
    formula: Text
    goal: Text
    frequency: Text


@dataclass(frozen=True, slots=True)
class RecordKept:
    """A record that the procedure produces, and the activity that it comes from."""

    name: Text
    activity: str
    form: Text


@dataclass(frozen=True, slots=True)
class Procedure:
    """The procedure section by section; `issues` run from the oldest to the newest."""

    number: str
    title: Text
    issues: tuple[Issue, ...]
    purpose: tuple[Text, ...]
    scope: tuple[Text, ...]
    terms: tuple[Term, ...]
    policies: tuple[Rules, ...]
    meetings: tuple[Meeting, ...]
    roles: tuple[Role, ...]
    triggers: tuple[Text, ...]
    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]
    activities: tuple[Activity, ...]
    processes: tuple[OtherProcess, ...]
    indicators: tuple[Indicator, ...]
    records: tuple[RecordKept, ...]
    attachments: tuple[Text, ...]
    source: Source = field(repr=False)

    @property
    def stops(self) -> tuple[Activity | OtherProcess, ...]:
        """Everything that work flows to and from."""
        return (*self.activities, *self.processes)

    def reached(self) -> Iterator[str]:
        """Activities and processes that the work can come to, the first activity first, each once."""
        flows = {one.id: one.flows for one in self.stops}
        waiting, seen = [self.activities[0].id], set()
        while waiting:
            here = waiting.pop(0)
            if here in seen or here not in flows:
                continue
            seen.add(here)
            yield here
            waiting += [flow.to for flow in flows[here]]
