"""Pages to files: the frame around each, paths that work from any folder, and the index that is searched."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment

from pipeline.confined import is_file_inside
from pipeline.merge.words import Labels, Words
from pipeline.portal.edition import Edition
from pipeline.portal.page import Page
from pipeline.portal.rows import Link
from pipeline.portal.site import pages
from pipeline.portal.telling import Telling
from pipeline.render.renderers import variables
from pipeline.render.templates import TemplateMistake, foreign, render_file

FOLDER = "portal"
ASSETS = ("portal.css", "portal.js", "icon.svg")
"""Files that go into the site as they are."""

_MENU = ("home", "customers", "agreements", "services", "reports", "reviews", "actions", "due")


@dataclass(frozen=True, slots=True)
class Other:
    """The same page in another language."""

    language: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page of a language."""

    language: str
    name: str
    owner: str
    edition: str
    menu: tuple[tuple[str, Link], ...]
    search: str
    script: str
    style: str
    icon: str
    home: str
    as_of: str


def files(edition: Edition, environment: Environment, templates: Path, labels: Labels) -> Iterator[tuple[str, bytes]]:
    """Every file of the site but the documents; TemplateMistake for a template that cannot be filled."""
    for name in ASSETS:
        if not is_file_inside(templates / FOLDER / name, templates):
            raise TemplateMistake(foreign(f"templates/{FOLDER}/{name}"))
        yield name, (templates / FOLDER / name).read_bytes()
    for language in edition.languages:
        telling = Telling(edition, Words(language, labels[language]))
        frame = _frame(telling)
        made = tuple(pages(telling))
        for page in made:
            yield f"{language}/{page.path}", _written(page, frame, telling, environment, labels)
        yield _index_name(language), _index(made)
    variables_of_start = {
        "languages": [(one, labels[one]["portal.language"], labels[one]["portal.title"]) for one in edition.languages],
        "title": labels[edition.languages[0]]["portal.title"],
    }
    yield "index.html", render_file(environment, f"{FOLDER}/start.html", variables_of_start).encode()


def href(path: str, target: str) -> str:
    """The way from a page to a file of the site."""
    return quote(posixpath.relpath(target, posixpath.dirname(path) or "."))


def _frame(telling: Telling) -> Frame:
    words, edition = telling.words, telling.edition
    menu = [key for key in _MENU if key != "customers" or not edition.customer]
    whose = words.label("portal.edition.internal")
    if edition.customer:
        whose = words.label("portal.edition.customer", customer=telling.party(edition.customer).words)
    month = words.month(edition.month) if edition.month else ""
    return Frame(
        language=words.language,
        name=words.label("portal.title"),
        owner=words(telling.portfolio.organization.short_name),
        edition=whose,
        menu=tuple((key, Link(telling.page(_file(key)), words.label(f"portal.{key}"))) for key in menu),
        search=_index_name(words.language),
        script="portal.js",
        style="portal.css",
        icon="icon.svg",
        home=telling.page("index.html"),
        as_of=words.label("portal.as_of", month=month or words.label("not_measured"), day=words.date(edition.today)),
    )


def _file(key: str) -> str:
    return "index.html" if key == "home" else f"{key}.html"


def _written(page: Page, frame: Frame, telling: Telling, environment: Environment, labels: Labels) -> bytes:
    path = telling.page(page.path)
    others = tuple(
        Other(language, labels[language]["portal.language"], f"{language}/{page.path}")
        for language in telling.edition.languages
        if language != frame.language
    )
    seen = {
        **variables(page.view),
        "rows": page.rows,
        "frame": frame,
        "page": page,
        "others": others,
        "labels": telling.words.labels,
        "href": partial(href, path),
    }
    return render_file(environment, f"{FOLDER}/{page.template}.html", seen).encode()


def _index_name(language: str) -> str:
    return f"search.{language}.js"


def _index(made: Sequence[Page]) -> bytes:
    """Group, title, words and path of each page, as a script: a page opened from a folder may not read other files."""
    rows = [[page.group, page.title, page.keywords, page.path] for page in made if page.group]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return f"window.portalIndex = [\n{lines}\n];\n".encode()
