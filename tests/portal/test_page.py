"""Long lists become several pages."""

from __future__ import annotations

from pipeline.portal.page import ROWS, Page, split
from pipeline.portal.rows import Link, MonthRow
from pipeline.portal.rows import Mark as Status
from pipeline.portal.views import ListView


def listed(count: int) -> Page:
    rows = tuple(MonthRow(Link("", str(at)), Status("met", "met"), at, 0, 0) for at in range(count))
    return Page("due.html", "due", "due", "Due", ListView(""), "Page", rows=rows)


def test_a_list_that_fits_is_one_page_without_numbers() -> None:
    for count in (0, 1, ROWS):
        (page,) = split(listed(count), "en")
        assert (page.path, page.pager.pages, len(page.rows)) == ("due.html", (), count)


def test_a_longer_one_is_split_without_losing_a_row_and_each_part_leads_to_all() -> None:
    pages = list(split(listed(2 * ROWS + 1), "en"))
    assert [page.path for page in pages] == ["due.html", "due_2.html", "due_3.html"]
    assert [row for page in pages for row in page.rows] == list(listed(2 * ROWS + 1).rows)
    assert {tuple(link.path for link in page.pager.pages) for page in pages} == {
        ("en/due.html", "en/due_2.html", "en/due_3.html")
    }


def test_only_its_first_part_is_searched() -> None:
    assert [page.group for page in split(listed(ROWS + 1), "en")] == ["Page", ""]
