"""No text is missing in the language of a document that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import LANGUAGES
from pipeline.model.source import Source
from pipeline.problems import Problem, error


def check_languages(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Agreements and reviews in their own language; what they share in every language that a document is written in."""
    agreements = [version for versions in portfolio.agreements.values() for version in versions]
    languages = sorted({version.language for version in agreements})
    shared = [portfolio.organization.source, portfolio.policy.source]
    shared += [calendar.source for calendar in portfolio.calendars.values()]
    shared += [service.source for service in portfolio.services.values()]
    shared += [party.source for parties in (portfolio.teams, portfolio.suppliers) for party in parties.values()]
    wanted: list[tuple[Source, Iterable[str]]] = [(source, languages) for source in shared]
    wanted += [(version.source, [version.language]) for version in agreements]
    for customer in portfolio.customers.values():
        used = {version.language for version in agreements if version.customer == customer.id}
        wanted.append((customer.source, sorted({customer.language, *used})))
    for review in portfolio.reviews.values():
        if review.agreement in portfolio.agreements:
            wanted.append((review.source, [portfolio.agreements[review.agreement][-1].language]))
    return tuple(problem for source, languages in wanted for problem in _missing(source, languages))


def _missing(source: Source, languages: Iterable[str]) -> Iterator[Problem]:
    """A map whose keys are languages is a text; the marks tell which languages it has."""
    texts = sorted({path[:-1] for path in source.marks if path and path[-1] in LANGUAGES}, key=source.marks.__getitem__)
    for path in texts:
        for language in languages:
            if (*path, language) not in source.marks:
                message = f"the text has no {language}, which documents need here"
                yield error(source.at(*path), "translation-missing", message, f"add {language}: …")
