"""No text is missing in the language of a document that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import LANGUAGES
from pipeline.model.source import Path, Source
from pipeline.problems import SHOWN, Problem, error

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]*[a-z]{2,}")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+")


def check_languages(portfolio: Portfolio) -> tuple[Problem, ...]:
    """Agreements and reviews in their own languages, what they share in those of all documents."""
    return tuple(
        problem
        for source, languages, under in (*((*one, ()) for one in _wanted(portfolio)), *_internal(portfolio))
        for problem in (*_missing(source, languages, under), *_written_once(source, languages, under))
    )


def _internal(portfolio: Portfolio) -> Iterator[tuple[Source, tuple[str, ...], Path]]:
    """What the alignment report, in the languages of the provider, quotes of supporting agreements."""
    slas = (one for versions in portfolio.agreements.values() for one in versions if one.kind == "sla")
    for support in dict.fromkeys(support for sla in slas for support in sla.relies_on):
        for version in portfolio.agreements.get(support, ()):
            if not set(portfolio.languages) <= set(version.languages):
                yield version.source, portfolio.languages, ("maintenance",)


def _wanted(portfolio: Portfolio) -> Iterator[tuple[Source, tuple[str, ...]]]:
    """Every source that documents are made of, with the languages of those documents."""
    agreements = [version for versions in portfolio.agreements.values() for version in versions]
    requirements = portfolio.requirements.values()
    everywhere = {*portfolio.languages, *(language for one in agreements for language in one.languages)}
    everywhere |= {requirement.language for requirement in requirements}
    published = [one.source for one in (portfolio.catalog, portfolio.procedure) if one is not None]
    shared = [portfolio.organization.source, portfolio.policy.source]
    shared += [calendar.source for calendar in portfolio.calendars.values()]
    shared += [service.source for service in portfolio.services.values()]
    yield from ((source, portfolio.languages) for source in published)
    yield from ((source, _ordered(everywhere)) for source in shared)
    yield from ((version.source, version.languages) for version in agreements)
    yield from ((one.source, (one.language,)) for one in requirements)
    for party in (*portfolio.customers.values(), *portfolio.teams.values(), *portfolio.suppliers.values()):
        used = {language for one in agreements if one.other_party == party.id for language in one.languages}
        used |= {one.language for one in requirements if one.customer == party.id}
        yield party.source, _ordered({party.language, *used})
    for survey in portfolio.surveys.values():
        if survey.agreement in portfolio.agreements:
            yield survey.source, (portfolio.agreements[survey.agreement][-1].language,)
    for review in portfolio.reviews.values():
        if review.agreement in portfolio.agreements:
            yield review.source, (portfolio.agreements[review.agreement][-1].language,)
    for plan in portfolio.improvements.values():
        # its document and the register of all of them; its actions also stand in the reports of its agreement
        spoken = {one.language for one in portfolio.agreements.get(plan.agreement, ())}
        yield plan.source, _ordered({*spoken, *portfolio.languages})


def _ordered(languages: set[str]) -> tuple[str, ...]:
    return tuple(language for language in LANGUAGES if language in languages)


def _written_once(source: Source, languages: tuple[str, ...], under: Path) -> Iterator[Problem]:
    """A text written once goes into documents of every language; that suits names such as VPN, not words.

    One problem a file, since the first English document makes whole files of Chinese texts wrong at once.
    """
    found = [
        source.at(*path)
        for path, words in source.single.items()
        if path[: len(under)] == under and _needs_translation(words, languages)
    ]
    if not found:
        return
    message = f"the text is written once, but documents need it in {' and '.join(languages)}"
    if len(found) > 1:
        lines = list(dict.fromkeys(str(place.line) for place in found[1:]))
        shown = ", ".join(lines[:SHOWN]) + (", …" if len(lines) > SHOWN else "")
        message += f"; so are {len(found) - 1} more in this file (line{'s' if len(lines) > 1 else ''} {shown})"
    yield error(found[0], "translation-missing", message, "write it as {zh-CN: …, en: …}")


def _needs_translation(words: str, languages: tuple[str, ...]) -> bool:
    chinese = _CHINESE.search(words) is not None
    if len(languages) == 1:
        return chinese and languages == ("en",)
    return chinese or _WORD.search(_ADDRESS.sub("", words)) is not None


def _missing(source: Source, languages: Iterable[str], under: Path) -> Iterator[Problem]:
    """A map whose keys are languages is a text; the marks tell which languages it has."""
    texts = {path[:-1] for path in source.marks if path[: len(under)] == under and path and path[-1] in LANGUAGES}
    for path in sorted(texts, key=source.marks.__getitem__):
        for language in languages:
            if (*path, language) not in source.marks:
                message = f"the text has no {language}, which documents need here"
                yield error(source.at(*path), "translation-missing", message, f"add {language}: …")
