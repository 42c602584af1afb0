"""What the template of the alignment report may see: an internal document, never one of a customer's."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.merge.blocks import PartyBlock


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement version that was looked at; `left` and `width` place its days in the timeline, in percent."""

    kind: str
    kind_label: str
    id: str
    version: str
    title: str
    party: str
    validity: str
    left: str
    width: str


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A target of an SLA and what the chain behind it carries; `verdict` is an id, `days` empty for all days."""

    agreement: str
    customer: str
    service: str
    target: str
    days: str
    promised: str
    chain: str
    carried: str
    margin: str
    verdict: str
    verdict_label: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service of an SLA: how many of its promises are carried, and the one with the least left."""

    agreement: str
    customer: str
    service: str
    calendar: str
    supports: str
    promises: int
    carried: int
    tightest: str


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A maintenance window of an OLA or UC and whether that customer agreed to it; `agreed` is an id."""

    support: str
    when: str
    purpose: str
    agreement: str
    customer: str
    service: str
    agreed: str
    agreed_label: str


@dataclass(frozen=True, slots=True)
class LapseRow:
    """Days on which an SLA is in force and its support is not."""

    agreement: str
    customer: str
    supports: str
    days: str


@dataclass(frozen=True, slots=True)
class AlignmentContext:
    """The report as its template sees it; rows are sorted worst first where that is what the reader wants.

    `period` is the days looked at, `left_out` says what was not looked at.
    Of longer tables the PDF shows `at_most` rows.
    """

    language: str
    id: str
    title: str
    provider: PartyBlock
    purpose: str
    date: str
    scope: str
    period: str
    headline: str
    assessed: int
    carried: int
    thin: int
    short: int
    not_backed: int
    risks: tuple[PromiseRow, ...]
    lapses: tuple[LapseRow, ...]
    services: tuple[ServiceRow, ...]
    promises: tuple[PromiseRow, ...]
    availability: tuple[PromiseRow, ...]
    windows: tuple[WindowRow, ...]
    agreements: tuple[AgreementRow, ...]
    at_most: int
    timeline: tuple[str, str]
    unstated_years: str
    rules: tuple[str, ...]
    left_out: tuple[str, ...]
    records_keeper: str
    retention_years: int
