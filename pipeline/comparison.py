"""`slm compare`: two versions of agreements, or two states of the sources, in business terms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from pipeline.build import gather, label_missing
from pipeline.compare.portfolios import compare
from pipeline.compare.terms import State
from pipeline.load.agreed import agreed_version
from pipeline.load.characters import all_covered
from pipeline.load.history import sources_at
from pipeline.load.json_schema import titles
from pipeline.load.labels import load_labels
from pipeline.load.sources import load_portfolio
from pipeline.merge.changes import ChangesSheet, changed_agreement, changes_sheet
from pipeline.merge.document import said
from pipeline.merge.explanation import Section
from pipeline.merge.plain import plain
from pipeline.merge.reviewing import Affected, Review, review_sections
from pipeline.merge.words import Labels, MissingLabelError, Words
from pipeline.model.agreements import Agreement, Version
from pipeline.model.portfolio import Portfolio
from pipeline.model.register import Registration
from pipeline.options import Options
from pipeline.problems import Place, Problem, did_you_mean, error, has_errors
from pipeline.render.changes import as_page
from pipeline.render.renderers import RENDERERS
from pipeline.render.templates import TemplateMistake
from pipeline.whatif import effect


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared: two versions, or the sources (all, or one agreement) at two states of their repository.

    `signed`: against what was registered as signed. `months`: how many the effect is computed for; 0 for none.
    `documents`: also which files of the output come out otherwise, which takes as long as a check of both states.
    """

    old: str = ""
    new: str = ""
    base: str = ""
    to: str = ""
    signed: bool = False
    months: int = 0
    documents: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The comparison; none, and problems, where there is nothing to compare."""

    sheet: ChangesSheet | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def json(self) -> str:
        """The comparison as one line."""
        return json.dumps(plain(self.sheet), ensure_ascii=False)


def comparison(options: Options, question: Question) -> Answer:
    """The comparison asked for; NoEarlierState where git has no such state."""
    labels, problems = load_labels(options.templates, all_covered)
    if has_errors(problems):
        return Answer(problems=problems)
    try:
        return (_states if question.base else _versions)(options, question, labels)
    except MissingLabelError as missing:
        return Answer(problems=(label_missing(missing),))


def page(sheet: ChangesSheet, options: Options) -> tuple[bytes, tuple[Problem, ...]]:
    """The comparison as one HTML file."""
    try:
        return as_page(sheet, options.templates), ()
    except TemplateMistake as mistake:
        return b"", (mistake.problem,)


def _versions(options: Options, question: Question, labels: Labels) -> Answer:
    """Two versions of today's sources, or one against what was registered."""
    portfolio, problems = load_portfolio(options.sources, all_covered)
    if portfolio is None:
        return Answer(problems=problems)
    new, mistakes = _version(question.new or question.old, portfolio, problems)
    old, found = (
        (_signed(new, portfolio) if new else (None, ()))
        if question.signed
        else _version(question.old, portfolio, problems)
    )
    if old is None or new is None:
        return Answer(problems=(*mistakes, *found))
    if old.kind != new.kind:
        message = f"{old.label} is {old.kind.upper()} and {new.label} is {new.kind.upper()}"
        return Answer(problems=(error(Place(question.new), "not-comparable", message, "compare two of one kind"),))
    language = question.language or new.language
    words = Words(language, labels[language])
    sheet = changes_sheet((changed_agreement(State(old, portfolio), State(new, portfolio), words),), words)
    return _with_effect(sheet, (old, new), options, question, words) if question.months else Answer(sheet)


def _with_effect(
    sheet: ChangesSheet, versions: tuple[Agreement, Agreement], options: Options, question: Question, words: Words
) -> Answer:
    """The comparison with what past months would have come to."""
    old, new = versions
    if new.kind != "sla" or old.id != new.id:
        message = "the effect of a change is computed for two versions of one SLA"
        return Answer(problems=(error(Place("--effect"), "not-comparable", message),))
    supposed = effect(options, new, question.months, words)
    if supposed.sheet is None:
        return Answer(problems=supposed.problems)
    head = Section(supposed.sheet.title, (supposed.sheet.headline, words.label("compare.effect", version=new.version)))
    return Answer(replace(sheet, effect=(head, *supposed.sheet.sections), record=supposed.record), supposed.problems)


def _version(
    written: str, portfolio: Portfolio, broken: Sequence[Problem]
) -> tuple[Agreement | None, tuple[Problem, ...]]:
    """`sla-x@A/01`; without a version the newest."""
    identifier, _, number = written.partition("@")
    versions = portfolio.agreements.get(identifier, ())
    if identifier in portfolio.unreadable:
        return None, tuple(broken)
    if not versions:
        hint = did_you_mean(identifier, portfolio.agreements)
        return None, (error(Place(written), "unknown-id", f"unknown agreement {identifier!r}", hint),)
    if not number:
        return versions[-1], ()
    found = next((one for one in versions if str(one.version) == number), None)
    known = ", ".join(str(one.version) for one in versions)
    message = f"{identifier} has no version {number!r}"
    return found, () if found else (error(Place(written), "unknown-version", message, f"versions: {known}"),)


def _signed(agreement: Agreement, portfolio: Portfolio) -> tuple[Agreement | None, tuple[Problem, ...]]:
    """What was registered under that version; of one that was never signed, the last one signed before it."""
    registered: dict[Version, Registration] = {
        version: one for (identifier, version), one in portfolio.register.items() if identifier == agreement.id
    }
    earlier = [version for version in registered if version <= agreement.version]
    if not earlier:
        message = f"no version of {agreement.id} up to {agreement.version} was registered as signed"
        return None, (error(Place("--with-signed"), "not-signed", message),)
    found, problems = agreed_version(agreement.kind, registered[max(earlier)])
    kept = next((one for one in portfolio.agreements[agreement.id] if one.version == max(earlier)), None)
    if found is not None and kept is not None:  # what became of it was never part of what was signed
        found = replace(found, status=kept.status, terminated_on=kept.terminated_on)
    return found, problems


def _states(options: Options, question: Question, labels: Labels) -> Answer:
    """All that changed between two states of the sources."""
    with ExitStack() as stack:
        past = replace(options, sources=stack.enter_context(sources_at(options.sources, question.base)))
        if question.to:
            options = replace(options, sources=stack.enter_context(sources_at(options.sources, question.to)))
        before, mistakes = load_portfolio(past.sources, all_covered)
        after, problems = load_portfolio(options.sources, all_covered)
        if before is None or after is None:
            return Answer(problems=problems if after is None else mistakes)
        if question.old and not {question.old} & {*before.agreements, *after.agreements, *after.unreadable}:
            hint = did_you_mean(question.old, after.agreements)
            message = f"unknown agreement {question.old!r}"
            return Answer(problems=(error(Place(question.old), "unknown-id", message, hint),))
        language = question.language or after.languages[0]
        words = Words(language, labels[language])
        review = Review(
            before,
            after,
            compare(before, after),
            question.old,
            _different(options, past, question),
            titles(language),
        )
        sheet = changes_sheet(tuple(review_sections(review, words)), words)
        title = words.label("compare.review", base=question.base)
        told = tuple(map(str, sorted(problems)))
        headline = _headline(sheet, words)
        return Answer(replace(sheet, title=title, headline=headline, problems=told), problems)


def _headline(sheet: ChangesSheet, words: Words) -> str:
    """`2 drafts, 1 signed text, 3 other sources: 4 better, 1 worse`."""
    versions = [one.new or one.old for one in sheet.sections]
    counts = {
        "draft": sum(one is not None and not one.final for one in versions),
        "final": sum(one is not None and one.final for one in versions),
        "other": sum(one is None and bool(one_.heading) for one, one_ in zip(versions, sheet.sections, strict=True)),
    }
    told = tuple(words.label(f"compare.things.{name}", count=count) for name, count in counts.items() if count)
    if not told:
        return sheet.headline
    return words.label("whatif.term.of", owner=words.listed(told), term=sheet.headline)


def _different(options: Options, past: Options, question: Question) -> tuple[Affected, ...]:
    """The documents that come out otherwise; none where either state cannot be built."""
    if not question.documents:
        return ()
    earlier, _, _ = gather(past)
    known = {document.stem: said(document) for document in earlier}
    documents, _, _ = gather(options)
    return tuple(
        Affected(one.agreement, one.version, tuple(one.stem + ending for ending in RENDERERS[one.kind]))
        for one in documents
        if known and known.get(one.stem) != said(one)
    )
