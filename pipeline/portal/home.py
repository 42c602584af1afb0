"""The first page: the month at a glance, short however many customers there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.measure.attainment import MET, MISSED, NO_DATA
from pipeline.merge.overview import OverviewContext, SlaRow, overview_context
from pipeline.portal.edition import status_of
from pipeline.portal.page import Page
from pipeline.portal.rows import ActionRow, DueRow, Fact, Link, MissLine, SlaLine
from pipeline.portal.telling import Telling
from pipeline.portal.views import HomeView, Tile

MOST_SLAS, MOST_MISSES, MOST_DUE = 25, 15, 10


def home(telling: Telling, found: Sequence[DueRow], tasks: Sequence[ActionRow]) -> Page:
    """The overview of the month, what is due next, and the documents for all."""
    words, edition = telling.words, telling.edition
    context = _overview(telling)
    slas = tuple(_lines(telling, context.slas[:MOST_SLAS])) if context else ()
    month = telling.page(f"reports/{edition.month}.html")
    late = sum(one.overdue for one in found)
    soon = tuple(sorted(found, key=lambda one: not one.overdue)[:MOST_DUE])
    view = HomeView(
        headline=context.headline if context else words.label("portal.home.nothing"),
        status=(MISSED if context.missed else MET) if context else NO_DATA,
        tiles=tuple(_tiles(telling, context, late, tasks)),
        slas=slas,
        more_slas=Link(month, words.label("portal.more.slas", count=len(context.slas)))
        if context and len(context.slas) > MOST_SLAS
        else None,
        misses=tuple(_misses(telling, context)) if context else (),
        more_misses=Link(month, words.label("portal.more.misses", count=len(context.misses)))
        if context and len(context.misses) > MOST_MISSES
        else None,
        due=soon,
        more_due=Link(telling.page("due.html"), words.label("portal.more.due", count=len(found)))
        if len(found) > MOST_DUE
        else None,
        documents=tuple(_documents(telling)),
    )
    title = (
        words.label("portal.home.title", period=words.month(edition.month))
        if edition.month
        else words.label("portal.title")
    )
    return Page("index.html", "home", "home", title, view, words.label("portal.group.page"))


def _overview(telling: Telling) -> OverviewContext | None:
    edition = telling.edition
    if edition.measurement is None or edition.month is None:
        return None
    months = list(edition.measured(edition.month))
    if not months:
        return None
    return overview_context(telling.portfolio, edition.measurement, months, edition.month, telling.words)


def _tiles(telling: Telling, context: OverviewContext | None, late: int, tasks: Sequence[ActionRow]) -> Iterator[Tile]:
    words, page = telling.words, telling.page
    overdue = sum(one.task.overdue for one in tasks)
    if context is not None:
        month = Link(page(f"reports/{context.month}.html"), "")
        targets = [(one.targets, one.missed) for one in context.slas]
        missed = sum(count for _, count in targets)
        yield Tile(len(context.slas), words.label("portal.tile.slas"), "", month)
        yield Tile(context.missed, words.label("portal.tile.missed"), MISSED if context.missed else MET, month)
        yield Tile(missed, words.label("portal.tile.targets"), MISSED if missed else MET, month)
    yield Tile(overdue, words.label("portal.tile.actions"), MISSED if overdue else MET, Link(page("actions.html"), ""))
    yield Tile(late, words.label("portal.tile.due"), MISSED if late else MET, Link(page("due.html"), ""))


def _lines(telling: Telling, rows: Sequence[SlaRow]) -> Iterator[SlaLine]:
    words = telling.words
    for row in rows:
        month = telling.edition.newest(row.agreement)
        if month is None:
            continue
        remarks = (
            words.label("overview.may_terminate") if row.may_terminate else "",
            words.label("portal.credit", credit=row.amount_shown or row.credit_shown) if row.credit_shown else "",
            words.label("overview.over", count=row.over) if row.over else "",
            words.label("overview.overdue", count=row.overdue) if row.overdue else "",
            words.label("overview.ends", day=row.ends) if row.ends else "",
        )
        yield SlaLine(
            agreement=telling.agreement(row.agreement),
            party=telling.party(month.span.agreement.customer),
            mark=telling.mark(row.status),
            counts=telling.counts(month),
            strip=telling.strip([status_of(one) for one in telling.months(row.agreement)]),
            remarks=tuple(filter(None, remarks)),
        )


def _misses(telling: Telling, context: OverviewContext) -> Iterator[MissLine]:
    words = telling.words
    for row in context.misses[:MOST_MISSES]:
        months = "portal.running.one" if row.running == 1 else "portal.running"
        yield MissLine(
            agreement=telling.agreement(row.agreement),
            party=row.customer,
            service=row.miss.service_name,
            target=row.miss.target_name,
            goal=row.miss.goal_shown,
            value=row.miss.value_shown,
            running=words.label(months, count=row.running),
            cause=row.miss.cause,
            action=row.miss.action,
        )


def _documents(telling: Telling) -> Iterator[Fact]:
    """What is not about one party: the catalogue, the procedure, and what is for ourselves."""
    words, month = telling.words, telling.edition.month
    for stem, label in (
        ("catalog/service-catalog", "portal.document.catalog"),
        ("procedure/slm-procedure", "portal.document.procedure"),
        (f"internal/overview_{month}", "overview.document"),
        ("internal/alignment", "portal.document.alignment"),
        ("internal/improvement-register", "register.document"),
    ):
        name = words.label(label)
        links = telling.shelf.links(stem, words, name)
        if links:
            yield Fact(name, "", links)
