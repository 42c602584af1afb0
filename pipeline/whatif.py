"""`slm whatif`: past months of an SLA under other targets, service hours or credits."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.build import label_missing, months_of, prepare
from pipeline.check import check
from pipeline.load.amending import amended
from pipeline.load.exports import missing_exports, month_folders
from pipeline.load.reading import Reading
from pipeline.load.settings import read_settings
from pipeline.measure.comparing import compare, side_by_side
from pipeline.measure.measurement import measure
from pipeline.measure.promises import period_of, sla_spans
from pipeline.measure.settlement import history_needed
from pipeline.measure.shortfalls import check_underpinning
from pipeline.merge.document import Document
from pipeline.merge.plain import plain
from pipeline.merge.reporting import TREND
from pipeline.merge.supposed import whatif_record
from pipeline.merge.supposing import Supposition, whatif_sheet
from pipeline.merge.whatif import WhatIfRecord, WhatIfSheet
from pipeline.merge.words import Labels, MissingLabelError, Words
from pipeline.model.agreements import Agreement
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.settings import Setting
from pipeline.options import Options
from pipeline.problems import Place, Problem, Severity, did_you_mean, error, has_errors, warning
from pipeline.render import fonts
from pipeline.render.renderers import Job, render_job

ASKED = Place("SLA")
_NUMBER = re.compile(r"\[\d+\]")
_INSIDE = re.compile(r"\bservices\[\d+\](\.\w+\[\d+\])?\.")
"""Where in a file a value would stand that a setting gives."""


@dataclass(frozen=True, slots=True)
class Question:
    """An SLA, what is set (`p1-resolution.limit=2h`), and over how many months up to the one of the options."""

    sla: str
    settings: tuple[str, ...]
    months: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The recalculation to read and as a record; none, and problems, where it failed."""

    sheet: WhatIfSheet | None = None
    record: WhatIfRecord | None = None
    labels: Labels | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def json(self) -> str:
        """The record as one line."""
        return json.dumps(plain(self.record), ensure_ascii=False)


def whatif(options: Options, question: Question) -> Answer:
    """Measure the SLA as agreed and as changed, in one pass; nothing is written to the sources."""
    prepared = prepare(options)
    if prepared.portfolio is None or has_errors(prepared.problems):
        return Answer(problems=prepared.problems)
    try:
        return _recalculated(options, question, prepared.portfolio, prepared.labels)
    except MissingLabelError as missing:
        return Answer(problems=(label_missing(missing),))


def _recalculated(options: Options, question: Question, portfolio: Portfolio, labels: Labels) -> Answer:
    months, problems = _months(options, question, portfolio)
    if problems:
        return Answer(problems=problems)
    in_force = _in_force(portfolio, question.sla, months)
    if not in_force:
        message = f"no version of {question.sla} is in force from {months[0]} to {months[-1]}"
        return Answer(problems=(error(ASKED, "not-in-force", message),))
    settings, problems = read_settings(question.settings, in_force)
    if problems:
        return Answer(problems=problems)
    changed, problems = _changed(options, portfolio, settings, in_force)
    if has_errors(problems):
        return Answer(problems=problems)
    both = side_by_side(portfolio, question.sla, changed)
    # every month rests on the exports that its own report would read
    earliest = months[0].plus(1 - max(TREND, history_needed(both)))
    read = [one for one in month_folders(options.sources) if earliest <= one <= months[-1]]
    reading = Reading.of(options.sources, portfolio, read, fonts.uncovered)
    measurement, found = measure(both, reading, read, lambda _: True, since=months[0])
    problems += (*missing_exports(portfolio, reading.files, months[-1:]), *_gaps(months, read))
    mistakes = tuple(one for one in (*reading.problems, *found) if has_errors((one,)))
    if measurement is None or mistakes or has_errors(problems):
        return Answer(problems=(*problems, *mistakes))
    supposed = Supposition(
        portfolio,
        question.sla,
        settings,
        tuple(zip(portfolio.agreements[question.sla], changed, strict=True)),
        compare(measurement, question.sla, months),
        measurement.measured.records.tickets,
    )
    language = question.language or in_force[-1].language
    words = Words(language, labels[language])
    return Answer(whatif_sheet(supposed, words), whatif_record(supposed, words), labels, problems)


def letter(sheet: WhatIfSheet, options: Options, labels: Labels) -> tuple[bytes, tuple[Problem, ...]]:
    """The recalculation as a PDF to take to the negotiation."""
    document = Document("whatif", "whatif", sheet.language, "", "", date.min, date.min, sheet, ())
    rendered = render_job(Job(document, options.templates, labels))
    return rendered.files.get(".pdf", b""), rendered.problems


def _months(
    options: Options, question: Question, portfolio: Portfolio
) -> tuple[tuple[Month, ...], tuple[Problem, ...]]:
    """The months asked for, from the first that there are exports of; what is wrong with the question."""
    slas = [identifier for identifier, versions in portfolio.agreements.items() if versions[0].kind == "sla"]
    if question.sla not in slas:
        hint = did_you_mean(question.sla, slas)
        return (), (error(ASKED, "unknown-id", f"unknown SLA {question.sla!r}", hint),)
    reported, problems = months_of(options, portfolio)
    if problems:
        return (), problems
    if not reported:
        return (), (error(Place("sources/metrics"), "no-month", "there are no exports"),)
    last = reported[-1]
    first = max(last.plus(1 - question.months), month_folders(options.sources)[0])
    return tuple(first.plus(at) for at in range(last.since(first) + 1)), ()


def _gaps(months: Sequence[Month], read: Sequence[Month]) -> tuple[Problem, ...]:
    """Months in between that nothing is known of."""
    return tuple(
        warning(Place(f"sources/metrics/{one}"), "no-month", f"there are no exports for {one}", "it counts on no side")
        for one in months
        if one not in read
    )


def _in_force(portfolio: Portfolio, sla: str, months: Sequence[Month]) -> tuple[Agreement, ...]:
    """The versions that bind in those months."""
    return tuple(
        span.agreement
        for span in sla_spans(portfolio).get(sla, ())
        if span.start < period_of(span.agreement, months[-1]).stop
        and span.stop > period_of(span.agreement, months[0]).start
    )


def _changed(
    options: Options, portfolio: Portfolio, settings: Sequence[Setting], in_force: Sequence[Agreement]
) -> tuple[tuple[Agreement, ...], tuple[Problem, ...]]:
    """All versions of the SLA, those in force changed, and what is wrong or weak with them that was not before."""
    versions: list[Agreement] = []
    problems: list[Problem] = []
    sla = in_force[0].id
    for one in portfolio.agreements[sla]:
        if one not in in_force:
            versions.append(one)
            continue
        other, mistakes = amended(options.sources, one, settings, fonts.uncovered)
        versions.append(other or one)
        problems += mistakes
    if problems:
        return (), _told_once(problems, settings)
    # that a signed version is not what was signed is the point of the question
    unsigned = replace(portfolio, register={})
    supposed = replace(unsigned, agreements={**portfolio.agreements, sla: tuple(versions)})
    found = [one for one in _new(check(supposed), check(unsigned)) if has_errors((one,))]
    if found:
        return (), _told_once(found, settings)
    newest = in_force[-1].source.file
    weak = _new(check_underpinning(supposed), check_underpinning(unsigned))
    return tuple(versions), tuple(
        warning(Place("--set"), one.code, one.message, one.hint) for one in weak if one.place.file == newest
    )


def _new(now: Sequence[Problem], before: Sequence[Problem]) -> tuple[Problem, ...]:
    known = frozenset(before)
    return tuple(one for one in now if one not in known)


def _told_once(problems: Sequence[Problem], settings: Sequence[Setting]) -> tuple[Problem, ...]:
    """The first of the mistakes that one setting makes in the same way in several services or versions."""
    found: dict[tuple[str, str, str], Problem] = {}
    for one in problems:
        message = _INSIDE.sub("", one.message)
        told = _behind(replace(one, message=message), settings)
        found.setdefault((told.place.file, one.code, _NUMBER.sub("", message)), told)
    return tuple(found.values())


def _behind(problem: Problem, settings: Sequence[Setting]) -> Problem:
    """A mistake told at the setting behind it, also where it shows in a file that is right as it is."""
    if problem.place.file.startswith("--set") or problem.severity is not Severity.ERROR:
        return problem
    place = Place(settings[0].option if len(settings) == 1 else "--set")
    return error(place, problem.code, f"{problem.message} ({problem.place})", problem.hint)
