"""`slm due`: what changes of the sources, and the days that pass, ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.build import gather
from pipeline.compare.deadlines import deadlines
from pipeline.compare.duties import Duty
from pipeline.compare.impact import CATALOGUE, PROCEDURE, duties
from pipeline.compare.portfolios import Change, compare
from pipeline.load.characters import all_covered
from pipeline.load.exports import month_folders
from pipeline.load.history import NoEarlierState, sources_at
from pipeline.load.sources import load_portfolio
from pipeline.merge.document import Document, said
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.problems import Problem
from pipeline.records import Expired, Where, expired, uncertain
from pipeline.render.renderers import RENDERERS

_KINDS = {CATALOGUE: "catalog", PROCEDURE: "procedure"}


@dataclass(frozen=True, slots=True)
class Task:
    """A duty with the files that a build will make anew for it."""

    duty: Duty
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that is due, party by party; without a portfolio the sources cannot be read and `problems` say why."""

    portfolio: Portfolio | None
    tasks: tuple[Task, ...]
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...] = ()
    today: date = date.min


def due_by_date(options: Options, today: date | None, within: int) -> Outlook:
    """What falls due up to so many days after `today`, by default the end of the newest month of exports."""
    portfolio, problems = load_portfolio(options.sources, all_covered)
    if portfolio is None:
        return Outlook(None, (), problems)
    day = today or newest_day(options, portfolio)
    newest = next(reversed(month_folders(options.sources)), None)
    kept, mistakes = _records(options, portfolio, day)
    tasks = sorted(
        (*map(Task, deadlines(portfolio, day, within, newest)), *kept),
        key=lambda task: (task.duty.party, task.duty.day),
    )
    return Outlook(portfolio, tuple(tasks), problems + mistakes, today=day)


def _records(options: Options, portfolio: Portfolio, today: date) -> tuple[list[Task], tuple[Problem, ...]]:
    """Mails of which nobody knows whether they arrived, and what need not be kept any longer."""
    tasks = [Task(Duty(party, "mails", "uncertain", said, action)) for party, said, action in uncertain(options)]
    over, problems = expired(options, portfolio, today)
    files: dict[Duty, list[str]] = {}
    for one in over:
        action = "may be deleted: slm dispose --yes"
        if one.where is Where.REGISTER:
            action = "may be deleted by hand, together with its version and its entry in register.yaml"
        said = f"kept until {one.until}"
        duty = Duty(_owner(one, portfolio), "records", "retention over", said, action, day=str(one.until))
        files.setdefault(duty, []).append(one.file)
    return [*tasks, *(Task(duty, tuple(names)) for duty, names in files.items())], problems


def _owner(one: Expired, portfolio: Portfolio) -> str:
    """The party that a file is about."""
    folder, rest = one.path.split("/", 1) if "/" in one.path else ("", "")
    if one.where is Where.REGISTER:
        return portfolio.agreements[folder][-1].other_party
    folder = rest.partition("/")[0] if folder == "dispatch" else folder
    return folder if folder in {*portfolio.customers, *portfolio.teams, *portfolio.suppliers} else ORGANIZATION


def due_since(options: Options, since: str, today: date | None) -> Outlook:
    """What the changes since a revision or a day ask for; NoEarlierState where there is no such earlier state."""
    portfolio, problems = load_portfolio(options.sources, all_covered)
    if portfolio is None:
        return Outlook(None, (), problems)
    with sources_at(options.sources, since) as past:
        before, _ = load_portfolio(past, all_covered)
        if before is None:
            msg = f"the organization or the policy of {since} cannot be read any more; name a later state"
            raise NoEarlierState(msg)
        earlier, _, _ = gather(replace(options, sources=past))
    changes = compare(before, portfolio)
    documents, _, problems = gather(options)
    known = {document.stem: said(document) for document in earlier}
    different = [document for document in documents if known.get(document.stem) != said(document)]
    day = today or newest_day(options, portfolio)
    found = duties(changes, before, portfolio, day)
    return Outlook(portfolio, _with_documents(found, different, portfolio), problems, changes, day)


def newest_day(options: Options, portfolio: Portfolio) -> date:
    """The day that the sources have come to: the last of the newest month of exports, else the newest revision."""
    months = month_folders(options.sources)
    if months:
        return months[-1].contract_days(1).end
    versions = [version for versions in portfolio.agreements.values() for version in versions]
    return max((version.revision.date for version in versions), default=date.min)


def _with_documents(found: Sequence[Duty], different: Sequence[Document], portfolio: Portfolio) -> tuple[Task, ...]:
    """The duties with their files; documents that belong to none of them come last, party by party."""
    tasks, told = [], set()
    for duty in found:
        documents = [document for document in different if _belongs(document, duty)]
        told |= {document.stem for document in documents}
        tasks.append(Task(duty, _files(documents)))
    parties = {*portfolio.customers, *portfolio.teams, *portfolio.suppliers}
    left: dict[str, list[Document]] = {}
    for document in different:
        folder = document.stem.partition("/")[0]
        if document.stem not in told:
            left.setdefault(folder if folder in parties else ORGANIZATION, []).append(document)
    tasks += [
        Task(Duty(party, "other documents", "", "", "make builds them anew"), _files(documents))
        for party, documents in left.items()
    ]
    return tuple(sorted(tasks, key=lambda task: (task.duty.party, task.duty.subject == "other documents", task.duty)))


def _belongs(document: Document, duty: Duty) -> bool:
    if duty.subject in _KINDS:
        return document.kind == _KINDS[duty.subject]
    if duty.subject.startswith("review "):
        name = document.stem.rpartition("/")[2].removesuffix("_pack")
        return document.kind in {"minutes", "review-pack"} and name == duty.subject.removeprefix("review ")
    if duty.subject.startswith("improvement "):
        name = document.stem.rpartition("/")[2].partition(".")[0]
        return document.kind == "sip" and name == duty.subject.removeprefix("improvement ")
    if duty.subject.startswith("requirement "):
        name = document.stem.rpartition("/")[2].partition("_")[0]
        return name == duty.subject.removeprefix("requirement ") and document.kind in {"requirement", "change-request"}
    return (document.agreement, document.version) == (duty.agreement, duty.version) and duty.file in document.sources


def _files(documents: Sequence[Document]) -> tuple[str, ...]:
    return tuple(document.stem + ending for document in documents for ending in RENDERERS[document.kind])
