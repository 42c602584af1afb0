"""A page before it is written, and how a long list becomes several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.portal.rows import ActionRow, AgreementRow, DueRow, Link, MonthRow, ReportRow, ReviewRow, ServiceRow
from pipeline.portal.views import View

ROWS = 100
"""Rows on a page."""

Row = ActionRow | AgreementRow | DueRow | MonthRow | ReportRow | ReviewRow | ServiceRow


@dataclass(frozen=True, slots=True)
class Pager:
    """Which of how many pages of a list this is, with the way to all of them."""

    number: int = 1
    pages: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page at a path below the folder of its language; `section` is the part of the menu that it belongs to.

    `rows` are those of its list, if it is about one.

    `group` and `keywords` are what the search finds it by besides its title; a page without a group is not found.
    """

    path: str
    template: str
    section: str
    title: str
    view: View
    group: str = ""
    keywords: str = ""
    rows: tuple[Row, ...] = ()
    pager: Pager = Pager()


def split(page: Page, language: str) -> Iterator[Page]:
    """The page, as several where its list is long."""
    count = max(1, -(-len(page.rows) // ROWS))
    names = [page.path, *(f"{page.path.removesuffix('.html')}_{number}.html" for number in range(2, count + 1))]
    links = tuple(Link(f"{language}/{name}", str(number)) for number, name in enumerate(names, 1))
    for at, name in enumerate(names):
        yield replace(
            page,
            path=name,
            rows=page.rows[at * ROWS : (at + 1) * ROWS],
            group=page.group if at == 0 else "",
            pager=Pager(at + 1, links if count > 1 else ()),
        )
