"""What each template of the portal may see besides the frame and the rows of its list."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.merge.catalog import ServicePage
from pipeline.merge.changes import Changed
from pipeline.portal.rows import (
    ActionRow,
    AgreementRow,
    ContactLine,
    DueRow,
    Fact,
    ImprovementRow,
    Link,
    Mark,
    MissLine,
    ReportRow,
    ReviewRow,
    ServiceResults,
    SlaLine,
    SurveyRow,
    VersionRow,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A count that a reader looks for first."""

    count: int
    words: str
    status: str
    link: Link


@dataclass(frozen=True, slots=True)
class HomeView:
    """The month at a glance; `more` leads to what was left out of a list to keep the page short."""

    headline: str
    status: str
    tiles: tuple[Tile, ...]
    slas: tuple[SlaLine, ...]
    more_slas: Link | None
    misses: tuple[MissLine, ...]
    more_misses: Link | None
    due: tuple[DueRow, ...]
    more_due: Link | None
    documents: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ListView:
    """A list with what it is about in a sentence."""

    lead: str


@dataclass(frozen=True, slots=True)
class PartyView:
    """A customer, team or supplier."""

    facts: tuple[Fact, ...]
    contacts: tuple[ContactLine, ...]
    agreements: tuple[AgreementRow, ...]
    reports: tuple[ReportRow, ...]
    reviews: tuple[ReviewRow, ...]
    surveys: tuple[SurveyRow, ...]
    actions: tuple[ActionRow, ...]
    due: tuple[DueRow, ...]


@dataclass(frozen=True, slots=True)
class AgreementView:
    """An agreement with its figures and its versions; `mark` is None where it is not measured."""

    number: str
    mark: Mark | None
    counts: str
    period: str
    facts: tuple[Fact, ...]
    months: tuple[str, ...]
    results: tuple[ServiceResults, ...]
    versions: tuple[VersionRow, ...]
    reports: tuple[ReportRow, ...]
    reviews: tuple[ReviewRow, ...]
    actions: tuple[ActionRow, ...]


@dataclass(frozen=True, slots=True)
class ServicesView:
    """The catalogue as a document, which stands above its services."""

    documents: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service as the catalogue tells of it, and who has agreed on it."""

    service: ServicePage


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month in a sentence, which stands above its reports."""

    headline: str
    status: str


@dataclass(frozen=True, slots=True)
class ActionsView:
    """The improvement plans, which stand below the actions."""

    plans: tuple[ImprovementRow, ...]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """What changed from one version to the next, by what it means for the customer."""

    agreement: Link
    changed: Changed
    columns: tuple[str, str, str]
    notes: tuple[str, ...]


View = (
    HomeView
    | ListView
    | PartyView
    | AgreementView
    | ServicesView
    | ServiceView
    | MonthView
    | ActionsView
    | ComparisonView
)
