"""`slm portal`: measure, make the pages of an edition, and publish them in place of the earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.build import label_missing, measured
from pipeline.due import newest_day
from pipeline.merge.words import MissingLabelError
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.portal.edition import Edition, narrowed
from pipeline.portal.shelf import Filed, Shelf, shelf, shelf_of
from pipeline.portal.writing import files
from pipeline.problems import Place, Problem, error, has_errors
from pipeline.publish.digests import digest
from pipeline.publish.files import Staging
from pipeline.publish.manifest import read_manifest
from pipeline.publish.sites import PORTAL, PORTALS, publish_site
from pipeline.render.templates import TemplateMistake, environment


@dataclass(frozen=True, slots=True)
class Published:
    """Where the site lies, how many files it has and how many of them changed; no folder where nothing was written."""

    problems: tuple[Problem, ...]
    folder: Path | None = None
    files: int = 0
    changed: int = 0


def portal(options: Options, today: date | None) -> Published:
    """The site of all, or of the customer asked for; with errors (or, under `strict`, warnings) it stays as it is."""
    with Staging(options.output) as staging:
        return _portal(options, today, staging)


def _portal(options: Options, today: date | None, staging: Staging) -> Published:
    found = measured(options)
    portfolio, problems = found.portfolio, found.problems
    if portfolio is None:
        return Published(problems)
    customer = options.customer
    edition = Edition(
        portfolio=narrowed(portfolio, customer) if customer else portfolio,
        measurement=found.measurement,
        month=found.month,
        today=today or newest_day(options, portfolio),
        languages=portfolio.languages,
        shelf=_shelf(options, portfolio, customer),
        customer=customer,
    )
    try:
        made = dict(files(edition, environment(options.templates), options.templates, found.labels))
    except TemplateMistake as mistake:
        return Published((*problems, mistake.problem))
    except MissingLabelError as missing:
        return Published((*problems, label_missing(missing)))
    brought, changed_since = _brought(options, edition.shelf)
    problems += changed_since
    if has_errors(problems) or (options.strict and problems):
        return Published(problems)
    content = {**made, **brought}
    folder = site_of(customer)
    changed = publish_site(staging, folder, content)
    return Published(problems, options.output / folder, len(content), changed)


def site_of(customer: str) -> str:
    """The folder of a site in `output/`."""
    return f"{PORTALS}/{customer}" if customer else PORTAL


def _shelf(options: Options, portfolio: Portfolio, customer: str) -> Shelf:
    """The documents that were published and are there, as far as the edition may show them."""
    published = [
        Filed(one.path, one.kind, one.agreement, one.version, one.sha256)
        for one in read_manifest(options.output).entries.values()
        if (options.output / one.path).is_file()
    ]
    if not customer:
        return shelf(published)
    versions = {
        (one.id, str(one.version)) for found in narrowed(portfolio, customer).agreements.values() for one in found
    }
    return shelf_of(customer, versions, published)


def _brought(options: Options, shown: Shelf) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """What a site to hand over brings along; a document that was changed after it was published is not passed on."""
    if not shown.copied:
        return {}, ()
    brought, problems = {}, []
    for file in shown.all:
        content = (options.output / file.path).read_bytes()
        if digest(content) != file.sha256:
            place = Place(f"{options.output.name}/{file.path}")
            problems.append(error(place, "changed", "it was changed after it was published", "build it again: make"))
        brought[shown.place(file.path)] = content
    return brought, tuple(problems)
