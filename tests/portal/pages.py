"""Pages of a site as a reader of HTML finds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html


def pages(site: Path) -> list[Path]:
    """Every page."""
    return sorted(site.rglob("*.html"))


def read(page: Path) -> html.HtmlElement:
    """A page as a tree."""
    return html.fromstring(page.read_bytes())


def words(element: html.HtmlElement) -> str:
    """What is read, in one line."""
    return " ".join(element.text_content().split())


def section(page: html.HtmlElement, name: str) -> html.HtmlElement:
    """The part of a page with that heading's id."""
    (found,) = page.xpath("//section[@aria-labelledby=$name]", name=name)
    assert isinstance(found, html.HtmlElement)
    return found


def targets(page: Path) -> Iterator[tuple[str, Path, str]]:
    """Where a page leads: as it is written, the file, and the place in it."""
    for found in read(page).xpath("//@href | //@src | //@data-index"):
        parts = urlsplit(str(found))
        if parts.scheme not in {"mailto", "tel"}:
            file = page if not parts.path else (page.parent / unquote(parts.path)).resolve()
            yield str(found), file, parts.fragment
