"""`slm explain`: how one ticket, or one figure of a report, was measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from pipeline.build import label_missing, months_of, prepare
from pipeline.load.exports import month_folders
from pipeline.load.mentions import Mention, mentions, near
from pipeline.load.reading import Reading
from pipeline.measure.clock import build_clocks
from pipeline.measure.explanation import ASIDE, NO_LIMIT, NO_SLA, Story, courses
from pipeline.measure.figures import figures
from pipeline.measure.judgements import Terms, agreed_tickets
from pipeline.measure.measurement import measure
from pipeline.measure.promises import Promise, Span, period_of, promises_of, sla_spans
from pipeline.measure.selection import joined
from pipeline.measure.settlement import settle
from pipeline.merge.document import Document
from pipeline.merge.explained import figure_record, ticket_record
from pipeline.merge.explaining import ticket_sheets
from pipeline.merge.explanation import FigureRecord, Sheet, TicketRecord
from pipeline.merge.figures import figure_sheet
from pipeline.merge.plain import plain
from pipeline.merge.words import Labels, MissingLabelError, Words
from pipeline.model.catalog import TIMED
from pipeline.model.measures import needs_limit, types_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import MISSING, Tickets
from pipeline.options import Options
from pipeline.problems import Place, Problem, did_you_mean, error, has_errors
from pipeline.render import fonts
from pipeline.render.pdf import page_count
from pipeline.render.renderers import Job, render_job

ASKED = Place("TICKET|TARGET")


@dataclass(frozen=True, slots=True)
class Question:
    """A ticket's number or a target's id; whatever else narrows it down is empty where not given."""

    name: str
    sla: str = ""
    service: str = ""
    profile: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One ticket or figure as a record and to read; further sheets say the same in fewer rows."""

    sheets: tuple[Sheet, ...]
    record: TicketRecord | FigureRecord

    @property
    def json(self) -> str:
        """The record as one line."""
        return json.dumps(plain(self.record), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """The explanations, one for each service where several have that target; none, and problems, where it failed."""

    explanations: tuple[Explanation, ...] = ()
    labels: Labels | None = None
    problems: tuple[Problem, ...] = ()


def explain(options: Options, question: Question) -> Answer:
    """A target where the SLA named has one of that id, a ticket otherwise."""
    prepared = prepare(options)
    portfolio, labels = prepared.portfolio, prepared.labels
    if portfolio is None or has_errors(prepared.problems):
        return Answer((), labels, prepared.problems)
    months, problems = _months(options, question, portfolio)
    if problems:
        return Answer((), labels, problems)
    try:
        if question.sla and question.name in _targets(portfolio, question.sla):
            return _figure(options, question, portfolio, labels, months)
        return _ticket(options, question, portfolio, labels, months)
    except MissingLabelError as missing:
        return Answer((), labels, (label_missing(missing),))


def page_of(explanation: Explanation, options: Options, labels: Labels) -> tuple[bytes, tuple[Problem, ...]]:
    """The explanation as a PDF: the first of its sheets that fits on one page, else the last."""
    content = b""
    for sheet in explanation.sheets:
        document = Document("explain", "explain", sheet.language, "", "", date.min, date.min, sheet, ())
        rendered = render_job(Job(document, options.templates, labels))
        content = rendered.files.get(".pdf", b"")
        if rendered.problems or page_count(content) == 1:
            return content, rendered.problems
    return content, ()


def _months(
    options: Options, question: Question, portfolio: Portfolio
) -> tuple[tuple[Month, ...], tuple[Problem, ...]]:
    """The months up to the one asked for, and what is wrong with the options."""
    folders = month_folders(options.sources)
    problems = list(months_of(options, portfolio)[1])
    if not folders and not problems:
        problems.append(error(Place("sources/metrics"), "no-month", "there are no exports"))
    slas = [identifier for identifier, versions in portfolio.agreements.items() if versions[0].kind == "sla"]
    for option, chosen, known in (
        ("--sla", question.sla, slas),
        ("--customer", options.customer, portfolio.customers),
        ("--service", question.service, portfolio.services),
        ("--profile", question.profile, portfolio.profiles),
    ):
        if chosen and chosen not in known:
            name = "SLA" if option == "--sla" else option.removeprefix("--")
            problems.append(
                error(Place(option), "unknown-id", f"unknown {name} {chosen!r}", did_you_mean(chosen, known))
            )
    return tuple(month for month in folders if options.month is None or month <= options.month), tuple(problems)


def _targets(portfolio: Portfolio, sla: str) -> set[str]:
    versions = portfolio.agreements[sla]
    return {target.id for version in versions for terms in version.services for target in terms.targets}


# -- a figure -----------------------------------------------------------------------------------------------------


def _figure(
    options: Options, question: Question, portfolio: Portfolio, labels: Labels, months: Sequence[Month]
) -> Answer:
    versions = portfolio.agreements[question.sla]
    reported, _ = months_of(options, portfolio)
    reading = Reading.of(options.sources, portfolio, reported, fonts.uncovered)
    measurement, found = measure(portfolio, reading, reported, lambda customer: customer == versions[0].customer)
    problems = tuple(one for one in (*reading.problems, *found) if has_errors((one,)))
    if measurement is None or problems:
        return Answer((), labels, problems)
    month = next((one for one in measurement.months.get(question.sla, ()) if one.period.month == months[-1]), None)
    made = figures(measurement.measured, month, question.name, settle(measurement, month)) if month else ()
    made = tuple(one for one in made if question.service in {"", one.result.promise.terms.service})
    if month is None or not made:
        where = f" for {question.service}" if question.service else ""
        message = f"{question.sla} has no target {question.name}{where} in force in {months[-1]}"
        return Answer((), labels, (error(ASKED, "not-in-force", message),))
    language = question.language or month.span.agreement.language
    words, records = Words(language, labels[language]), measurement.measured.records
    explanations = []
    for one in made:
        sheet = figure_sheet(one, portfolio, records.tickets, records.outages, words)
        explanations.append(Explanation((sheet,), figure_record(one, records.tickets, records.outages, words)))
    return Answer(tuple(explanations), labels)


# -- a ticket -----------------------------------------------------------------------------------------------------


def _ticket(
    options: Options, question: Question, portfolio: Portfolio, labels: Labels, months: Sequence[Month]
) -> Answer:
    rows = mentions(options.sources, portfolio, months, fonts.uncovered, question.name)
    rows = tuple(one for one in rows if options.customer in {"", one.customer})
    rows = tuple(one for one in rows if question.profile in {"", one.export.profile.id})
    if not rows:
        return Answer((), labels, (_unknown(options, question, portfolio, months),))
    named = tuple(one for one in rows if one.customer in portfolio.customers) or rows
    owners = sorted({(one.customer, one.export.profile.id) for one in named})
    if len(owners) > 1:
        return Answer((), labels, (_ambiguous(question.name, owners),))
    story, problems = _story(question, portfolio, months[-1], rows, owners[0])
    if story is None:
        return Answer((), labels, problems)
    customer = portfolio.customers.get(story.customer)
    language = question.language or (
        story.courses[0].promise.span.agreement.language
        if story.courses
        else customer.language
        if customer
        else portfolio.languages[0]
    )
    words = Words(language, labels[language])
    sheets = ticket_sheets(story, portfolio, words)
    return Answer((Explanation(sheets, ticket_record(story, portfolio, words)),), labels)


def _unknown(options: Options, question: Question, portfolio: Portfolio, months: Sequence[Month]) -> Problem:
    """No export has the ticket: it may be a target without its SLA, or a slip of a key."""
    slas = [identifier for identifier, versions in portfolio.agreements.items() if versions[0].kind == "sla"]
    promising = [sla for sla in slas if question.name in _targets(portfolio, sla)]
    if promising and not question.sla:
        hint = f"name its agreement: --sla {' or --sla '.join(promising)}"
        return error(ASKED, "no-sla", f"{question.name} is a target", hint)
    targets = _targets(portfolio, question.sla) if question.sla else set()
    tickets = near(options.sources, portfolio, months, fonts.uncovered, question.name)
    what = "ticket or target" if question.sla else "ticket"
    whose = f" of {options.customer}" if options.customer else ""
    until = f" up to {months[-1]}" if options.month else ""
    hint = did_you_mean(question.name, targets or tickets)
    if not hint.startswith("did you mean"):
        hint = did_you_mean(question.name, tickets)
    return error(ASKED, "unknown-id", f"no export{until} has a {what} {question.name!r}{whose}", hint)


def _ambiguous(ticket: str, owners: Sequence[tuple[str, str]]) -> Problem:
    """Two customers, or two tools, use the same number."""
    customers = sorted({customer for customer, _ in owners})
    if len(customers) > 1:
        shown = " and ".join(customer or "(no customer)" for customer in customers)
        hint = f"say whose: --customer {next(filter(None, customers))}"
        return error(ASKED, "two-tickets", f"several tickets have the number {ticket}, of {shown}", hint)
    profiles = sorted({profile for _, profile in owners})
    message = f"several tickets have the number {ticket}, read by {' and '.join(profiles)}"
    return error(ASKED, "two-tickets", message, f"say which: --profile {profiles[0]}")


def _story(
    question: Question, portfolio: Portfolio, last: Month, rows: Sequence[Mention], owner: tuple[str, str]
) -> tuple[Story | None, tuple[Problem, ...]]:
    """The ticket as the exports that speak of it tell, measured as in the report of the last month."""
    customer, profile = owner
    rows = [one for one in rows if one.export.profile.id == profile]
    telling = {one.export.file: one.export for one in rows}
    reading = Reading(tuple(telling.values()), portfolio, fonts.uncovered)
    kept = []
    for batch in reading.batches():
        numbers = [row for row, number in enumerate(batch.id) if number == question.name]
        mine = [row for row in numbers if batch.customer[row] == customer]
        if mine:
            kept.append((batch, np.array(mine, np.int64)))
    mistakes = tuple(one for one in reading.problems if has_errors((one,)))
    if mistakes:
        return None, mistakes
    tickets = joined(kept)
    aside = tuple(one for one in reading.set_aside if one.record == question.name and one.customer in {"", customer})
    story = Story(
        question.name,
        profile,
        customer,
        tickets,
        0 if len(tickets) else None,
        (),
        tuple(one.place for one in rows),
        aside,
        ASIDE,
    )
    return _measured(story, question.sla, portfolio, last) if len(tickets) else (story, ())


def _measured(story: Story, sla: str, portfolio: Portfolio, last: Month) -> tuple[Story | None, tuple[Problem, ...]]:
    """The story with the courses of the ticket, or why there are none."""
    spans = {
        identifier: found
        for identifier, found in sla_spans(portfolio).items()
        if sla in {"", identifier} and found[0].agreement.customer == story.customer
    }
    promises = [one for found in spans.values() for one in promises_of(portfolio, found)]
    now = {identifier: period_of(found[-1].agreement, last).stop for identifier, found in spans.items()}
    tickets, opened = story.tickets, int(story.tickets.opened[0])
    covering = [span for found in spans.values() for span in found if _covers(span, tickets, opened)]
    applying = [one for one in promises if one.span in covering and _applies(one, tickets)]
    if not applying:
        return replace(story, unmeasured=NO_LIMIT if covering else NO_SLA), ()
    used = {one.terms.calendar: portfolio.calendars[one.terms.calendar] for one in applying}
    told = tickets.responded, tickets.resolved, tickets.reopened, tickets.prioritized
    moments = [opened, *(int(column[0]) for column in told)]
    moments = [one for one in moments if one != MISSING]
    still = MISSING in {int(tickets.responded[0]), int(tickets.resolved[0])}
    moments += [now[one.span.agreement.id] for one in applying if still]
    clocks, problems = build_clocks(used.values(), min(moments), max(moments) + 1)
    if problems:
        return None, problems
    terms = Terms.of(applying, now, agreed_tickets(portfolio))
    return replace(story, courses=courses(tickets, 0, terms, clocks, used), unmeasured=""), ()


def _covers(span: Span, tickets: Tickets, opened: int) -> bool:
    return span.start <= opened < span.stop and span.agreement.terms(tickets.service[0]) is not None


def _applies(promise: Promise, tickets: Tickets) -> bool:
    target = promise.target
    priority = tickets.first_priority[0] if target.on_priority_change == "continue" else tickets.priority[0]
    return (
        promise.terms.service == tickets.service[0]
        and target.measure in TIMED
        and needs_limit(target)
        and target.priority in {"", priority}
        and tickets.type[0] in types_of(target)
    )
