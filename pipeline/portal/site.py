"""All pages of an edition in one language."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.portal.home import home
from pipeline.portal.lists import lists
from pipeline.portal.page import Page, split
from pipeline.portal.services import service_pages
from pipeline.portal.single import agreement_pages, party_pages
from pipeline.portal.tasks import actions, duties
from pipeline.portal.telling import Telling, agreement_row
from pipeline.portal.versions import comparison_pages


def pages(telling: Telling) -> Iterator[Page]:
    """Every page, the first one first; what is told on several pages is put in words once."""
    tasks, found = actions(telling), tuple(duties(telling))
    rows = {identifier: agreement_row(telling, identifier) for identifier in telling.portfolio.agreements}
    for page in (
        home(telling, found, tasks),
        *lists(telling, tuple(rows.values()), found, tasks),
        *agreement_pages(telling, tasks),
        *comparison_pages(telling),
        *party_pages(telling, rows, tasks, found),
        *service_pages(telling, rows),
    ):
        yield from split(page, telling.words.language)
