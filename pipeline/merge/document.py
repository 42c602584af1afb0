"""A document to make: its context with its place in `output/` and what it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from pipeline.measure.measurement import Measurement
from pipeline.merge.blocks import PartyBlock
from pipeline.merge.tables import Table
from pipeline.merge.words import Labels
from pipeline.model.agreements import Agreement
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.source import Source


class Context(Protocol):
    """What every context has: enough for the properties of a file. A template sees all of its fields."""

    @property
    def title(self) -> str:
        """What the document is called."""

    @property
    def provider(self) -> PartyBlock:
        """Who issues it, or provides what it is about."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document to render; its files are `stem` with the endings of its kind.

    `day` is the document's own date, which its properties carry; it is kept until `retain_until`. `sources` are the
    files that it was made from. A document that was signed is printed with the Word `template` named (its kind's own
    where none is) and must come to the `words` that were signed, a digest. `flags` go into the manifest.
    """

    kind: str
    stem: str
    language: str
    agreement: str
    version: str
    day: date
    retain_until: date
    context: Context
    sources: tuple[str, ...]
    tickets: Table | None = None
    sheets: tuple[Table, ...] = ()
    template: str = ""
    words: str = ""
    flags: tuple[str, ...] = ()


def said(document: Document) -> str:
    """All that decides what a document says: to be registered changes no word of it."""
    return repr(replace(document, sources=(), words=""))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents are asked for; nothing in `customer` means all."""

    month: Month | None
    customer: str = ""


Maker = Callable[[Portfolio, Measurement | None, Labels, Wanted], Iterator[Document]]


def retained(portfolio: Portfolio, day: date) -> date:
    """The same day after the years that the policy keeps records for (28 February for the 29th)."""
    year = day.year + portfolio.policy.retention_years
    return day.replace(year=year, day=min(day.day, Month(year, day.month).days()))


def files_behind(
    portfolio: Portfolio, agreement: Agreement, *more: Source, exports: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """The source files behind a document of this agreement."""
    services = [portfolio.services[terms.service].source for terms in agreement.services]
    calendars = [one for terms in agreement.services for one in portfolio.calendar_sources(terms.calendar)]
    party = portfolio.party(agreement.other_party).source
    shared = [portfolio.organization.source, portfolio.policy.source]
    files = {one.file for one in (*shared, party, *services, *calendars, *more)}
    return tuple(sorted(files | set(exports)))
