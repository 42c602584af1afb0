"""The service catalogue: what its template may see, and the documents it is made as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.measure.measurement import Measurement
from pipeline.merge import amounts
from pipeline.merge.agreement import CalendarBlock, PriorityRow
from pipeline.merge.blocks import PartyBlock, PersonRow, RevisionRow, party, person, records_keeper, revision_row
from pipeline.merge.document import Document, Wanted, retained
from pipeline.merge.drafting import calendar_block
from pipeline.merge.words import EMPTY, Labels, Words
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.catalog import Aggregate, Level, MeasureName, Service, Target
from pipeline.model.measures import DEFINITIONS
from pipeline.model.portfolio import Portfolio
from pipeline.model.publications import Catalog


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level in one line: `headline` has the figures that customers compare first."""

    name: str
    summary: str
    headline: str
    charge: str


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """What each level says on one point; `cells` stand in the order of the levels."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServicePage:
    """A service in the customer's words; `hours` is empty where they depend on the level; so may be `supporting`."""

    name: str
    description: str
    objective: str
    audience: str
    content: tuple[str, ...]
    frequency: str
    hours: str
    delivery: str
    deliverables: str
    owner: PersonRow
    state: str
    planned: bool
    request: str
    supporting: str
    levels: tuple[LevelRow, ...]
    comparison: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class CatalogContext:
    """The catalogue as its Word template sees it."""

    language: str
    number: str
    title: str
    version: str
    version_date: str
    provider: PartyBlock
    revisions: tuple[RevisionRow, ...]
    purpose: tuple[str, ...]
    reading: tuple[str, ...]
    requesting: tuple[str, ...]
    priorities: tuple[PriorityRow, ...]
    calendars: tuple[CalendarBlock, ...]
    services: tuple[ServicePage, ...]
    records_keeper: str
    retention_years: int


def catalogs(
    portfolio: Portfolio, _measurement: Measurement | None, labels: Labels, wanted: Wanted
) -> Iterator[Document]:
    """The catalogue in every language; it is for all customers, not for one."""
    catalog = portfolio.catalog
    if catalog is None or wanted.customer:
        return
    issue = catalog.issues[-1]
    sources = {catalog.source.file, portfolio.organization.source.file, portfolio.policy.source.file}
    sources |= {one.source.file for one in portfolio.calendars.values()}
    sources |= {one.source.file for one in portfolio.services.values()}
    for language in portfolio.languages:
        yield Document(
            kind="catalog",
            stem=f"catalog/service-catalog.{language}",
            language=language,
            agreement="",
            version=str(issue.version),
            day=issue.revision.date,
            retain_until=retained(portfolio, issue.revision.date),
            context=catalog_context(portfolio, catalog, Words(language, labels[language])),
            sources=tuple(sorted(sources)),
        )


def catalog_context(portfolio: Portfolio, catalog: Catalog, words: Words) -> CatalogContext:
    """Everything the catalogue says, in one language; services that were retired are left out."""
    issue, policy = catalog.issues[-1], portfolio.policy
    services = [one for one in (portfolio.services[key] for key in catalog.services) if one.state != "retired"]
    calendars = dict.fromkeys(level.calendar for service in services for level in service.levels)
    return CatalogContext(
        language=words.language,
        number=catalog.number,
        title=words(catalog.title),
        version=str(issue.version),
        version_date=words.date(issue.revision.date),
        provider=party(portfolio, ORGANIZATION, words),
        revisions=tuple(revision_row(portfolio, one.version, one.revision, words) for one in catalog.issues),
        purpose=words.many(catalog.purpose),
        reading=words.many(catalog.reading),
        requesting=words.many(catalog.requesting),
        priorities=tuple(PriorityRow(one.id, words(one.name), words(one.description)) for one in policy.priorities),
        calendars=tuple(calendar_block(portfolio.calendars[calendar], words) for calendar in calendars),
        services=tuple(service_page(portfolio, service, words) for service in services),
        records_keeper=records_keeper(portfolio, words),
        retention_years=policy.retention_years,
    )


def service_page(portfolio: Portfolio, service: Service, words: Words) -> ServicePage:
    """A service as the catalogue tells of it."""
    hours = tuple(dict.fromkeys(words(portfolio.calendars[level.calendar].name) for level in service.levels))
    others = (portfolio.services[key] for key in service.supporting)
    return ServicePage(
        name=words(service.name),
        description=words(service.description),
        objective=words(service.objective),
        audience=words(service.audience),
        content=words.many(service.content),
        frequency=words(service.frequency),
        hours=hours[0] if len(hours) == 1 else "",
        delivery=words(service.delivery),
        deliverables=words.listed(words.many(service.deliverables)),
        owner=person(portfolio, service.owner, words),
        state=words.label(f"catalog.state.{service.state}"),
        planned=service.state == "planned",
        request=words(service.request),
        supporting=words.listed(tuple(words(other.name) for other in others if other.state != "retired")),
        levels=tuple(_level(portfolio, level, words) for level in service.levels),
        comparison=tuple(_comparison(portfolio, service, words)),
    )


def _level(portfolio: Portfolio, level: Level, words: Words) -> LevelRow:
    first = portfolio.policy.priorities[0].id
    limits = tuple(
        words.label(f"catalog.brief.{target.measure}", value=words.limit(target.limit))
        for target in level.targets
        if target.limit and target.priority == first and target.aggregate is Aggregate.SHARE
    )
    told = [f"{first} {words.listed(limits)}"] if limits else []
    told += [_brief(target, words) for target in level.targets if target.limit is None and not target.priority]
    return LevelRow(
        name=words(level.name),
        summary=words(level.summary),
        headline=words.label("catalog.figures.separator").join(told),
        charge=words.money(level.charge) + words.label("per.month"),
    )


def _brief(target: Target, words: Words) -> str:
    """A promise without a limit: briefly where it is added up as usual, else by its full name."""
    value = amounts.bound(target, words)
    if target.aggregate is DEFINITIONS[target.measure].aggregates[0]:
        return words.label(f"catalog.brief.{target.measure}", value=value)
    return f"{amounts.measure_name(target, words)} {value}"


def _comparison(portfolio: Portfolio, service: Service, words: Words) -> Iterator[ComparisonRow]:
    """One row for each point that at least one level makes a promise on."""
    levels = service.levels
    yield ComparisonRow(words.label("catalog.suits"), tuple(words(level.summary) for level in levels))
    hours = tuple(words(portfolio.calendars[level.calendar].name) for level in levels)
    yield ComparisonRow(words.label("catalog.hours"), hours)
    priorities = [priority.id for priority in portfolio.policy.priorities]
    promised = [target for level in levels for target in level.targets]
    order = list(MeasureName), ["", *priorities]
    points = {(one.measure, one.priority, amounts.measure_name(one, words)) for one in promised}
    for point in sorted(points, key=lambda one: (order[0].index(one[0]), order[1].index(one[1]), one[2])):
        cells = tuple(_promised(level, point, words) for level in levels)
        _, priority, measure = point
        name = words.label("catalog.point", priority=priority, measure=measure) if priority else measure
        yield ComparisonRow(name, cells)
    yield ComparisonRow(words.label("catalog.charge"), tuple(words.money(level.charge) for level in levels))


def _promised(level: Level, point: tuple[MeasureName, str, str], words: Words) -> str:
    """The limit with its goal, or the goal alone; EMPTY where the level makes no such promise."""
    for target in level.targets:
        if (target.measure, target.priority, amounts.measure_name(target, words)) == point:
            if target.limit is None:
                return amounts.bound(target, words)
            goal = amounts.bound(target, words)
            return words.label("catalog.promise", limit=words.limit(target.limit), goal=goal)
    return EMPTY
