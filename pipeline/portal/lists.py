"""Pages that are lists: customers, agreements, services, reports by month, reviews, actions, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.measure.attainment import MET, MISSED, NO_DATA
from pipeline.model.quantities import Month
from pipeline.portal.edition import status_of
from pipeline.portal.page import Page, Row
from pipeline.portal.rows import ActionRow, AgreementRow, DueRow, Link, Mark, MonthRow, ServiceRow
from pipeline.portal.services import by_kind, catalogued, service_of, users
from pipeline.portal.tasks import AHEAD, plans
from pipeline.portal.telling import Telling, report_row, reviews
from pipeline.portal.views import ActionsView, ListView, MonthView, ServicesView, View

_TROUBLE = (MISSED, NO_DATA, MET)


def lists(
    telling: Telling, rows: Sequence[AgreementRow], found: Sequence[DueRow], tasks: Sequence[ActionRow]
) -> Iterator[Page]:
    """Every list, in the order of the menu."""
    words = telling.words
    if not telling.edition.customer:
        yield _list(telling, "customers", ListView(words.label("portal.customers.lead")), _customers(telling, rows))
    yield _list(telling, "agreements", ListView(words.label("portal.agreements.lead")), by_kind(rows))
    catalogue = telling.shelf.links("catalog/service-catalog", words, words.label("portal.document.catalog"))
    yield _list(telling, "services", ServicesView(catalogue), _services(telling))
    yield _list(telling, "reports", ListView(words.label("portal.reports.lead")), _months(telling))
    yield from _month_pages(telling)
    meetings = reviews(telling, tuple(telling.portfolio.agreements))
    yield _list(telling, "reviews", ListView(words.label("portal.reviews.lead")), meetings)
    yield _list(telling, "actions", ActionsView(tuple(plans(telling))), tasks)
    lead = words.label("portal.due.lead", day=words.date(telling.edition.today), count=AHEAD)
    yield _list(telling, "due", ListView(lead), found)


def _list(telling: Telling, name: str, view: View, rows: Iterable[Row]) -> Page:
    words = telling.words
    title, group = words.label(f"portal.{name}"), words.label("portal.group.page")
    return Page(f"{name}.html", name, name, title, view, group, rows=tuple(rows))


def _customers(telling: Telling, rows: Sequence[AgreementRow]) -> Iterator[AgreementRow]:
    """Customers with their SLAs, those in trouble first, and last those that have none."""
    slas = [row for row in rows if row.kind == "sla"]
    yield from sorted(slas, key=lambda row: (_rank(row.mark), row.party.words, row.number))
    known = {row.party.path for row in slas}
    for party in (telling.party(one) for one in telling.portfolio.customers):
        if party.path not in known:
            yield AgreementRow("", "", None, "", party, "", "", "", None, "", None)


def _rank(mark: Mark | None) -> int:
    return _TROUBLE.index(mark.status) if mark else len(_TROUBLE)


def _services(telling: Telling) -> Iterator[ServiceRow]:
    for one in catalogued(telling.portfolio):
        page = service_of(telling, one)
        levels = telling.words.listed(tuple(level.name for level in page.levels))
        count = len(users(telling.portfolio, one.id))
        yield ServiceRow(telling.service(one.id), page.description, page.state, page.hours, levels, count)


def _months(telling: Telling) -> Iterator[MonthRow]:
    for month in _measured(telling):
        statuses = [status_of(one) for one in telling.edition.measured(month)]
        missed, none = statuses.count(MISSED), statuses.count(NO_DATA)
        status = MISSED if missed else MET if MET in statuses else NO_DATA
        link = Link(telling.page(f"reports/{month}.html"), telling.words.month(month))
        yield MonthRow(link, telling.mark(status), len(statuses), missed, none)


def _measured(telling: Telling) -> list[Month]:
    found = {one.period.month for key in telling.portfolio.agreements for one in telling.months(key)}
    return sorted(found, reverse=True)


def _month_pages(telling: Telling) -> Iterator[Page]:
    """A page a month, with the SLAs in trouble first."""
    words = telling.words
    for month in _measured(telling):
        rows = [report_row(telling, one) for one in telling.edition.measured(month)]
        rows.sort(key=lambda row: (_rank(row.mark), row.party.words, row.agreement.words))
        missed = sum(row.mark is not None and row.mark.status == MISSED for row in rows)
        kind = "missed" if missed else "met"
        headline = words.label(f"overview.headline.{kind}", slas=len(rows), missed=missed)
        title, group = words.label("portal.month.title", period=words.month(month)), words.label("portal.reports")
        path, view = f"reports/{month}.html", MonthView(headline, kind)
        yield Page(path, "month", "reports", title, view, group, str(month), tuple(rows))
