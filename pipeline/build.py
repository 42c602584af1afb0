"""The whole flow on one page: load, check, measure, merge, render, publish."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from pipeline import parallel
from pipeline.check import check
from pipeline.load.answers import answers_set_aside
from pipeline.load.exports import misnamed_folders, missing_exports, month_folders
from pipeline.load.labels import load_labels
from pipeline.load.reading import Reading
from pipeline.load.sources import load_portfolio
from pipeline.measure.measurement import Measurement, measure
from pipeline.measure.misses import unexplained
from pipeline.measure.settlement import history_needed
from pipeline.measure.shortfalls import check_underpinning
from pipeline.merge.document import Document, Wanted
from pipeline.merge.documents import DOCUMENTS
from pipeline.merge.reporting import TREND
from pipeline.merge.words import Labels, MissingLabelError
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.options import Options
from pipeline.problems import Place, Problem, Severity, did_you_mean, error, has_errors
from pipeline.publish.digests import combined
from pipeline.publish.files import Staging
from pipeline.publish.manifest import Entry, Manifest, intact, read_manifest
from pipeline.publish.uptodate import Inputs
from pipeline.render import fonts
from pipeline.render.renderers import RENDERERS, Job, Rendered, render_job, template_files, warm_up

PAYS = 16
"""From this many documents on, starting worker processes is quicker than not."""

Progress = Callable[[int], Callable[[], None]]
"""Told how many documents will be rendered, it returns what to call after each."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: all problems in order of place, documents wanted, documents rendered, files changed."""

    problems: tuple[Problem, ...]
    documents: int = 0
    rendered: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """The sources, loaded and checked; no portfolio where there is no provider or no policy."""

    portfolio: Portfolio | None
    labels: Labels
    problems: tuple[Problem, ...]


def prepare(options: Options) -> Prepared:
    """Load the labels and the sources, and check them."""
    labels, problems = load_labels(options.templates, fonts.uncovered)
    portfolio, found = load_portfolio(options.sources, fonts.uncovered)
    problems += found + misnamed_folders(options.sources)
    if portfolio is not None:
        problems += check(portfolio)
        if not has_errors(problems):  # one mistake would bring a finding for every promise that it is behind
            problems += check_underpinning(portfolio)
    return Prepared(portfolio, labels, problems)


@dataclass(frozen=True, slots=True)
class Measured:
    """The sources with all that was measured; no portfolio where an error forbids documents."""

    portfolio: Portfolio | None
    labels: Labels
    problems: tuple[Problem, ...]
    months: tuple[Month, ...] = ()
    measurement: Measurement | None = None

    @property
    def month(self) -> Month | None:
        """The month that is reported on."""
        return self.months[-1] if self.months else None


def measured(options: Options) -> Measured:
    """Everything up to merging: the sources checked, the exports read, every SLA measured."""
    prepared = prepare(options)
    portfolio, labels, problems = prepared.portfolio, prepared.labels, prepared.problems
    if portfolio is None:
        return Measured(None, labels, problems)
    gc.freeze()  # the sources stay to the end: looking through them for garbage takes longer than measuring
    months, found = months_of(options, portfolio)
    problems += found + known_customer(options, portfolio)
    reading = Reading.of(options.sources, portfolio, months, fonts.uncovered)
    if has_errors(problems):
        # rows are held against sources that are wrong: whether they are set aside shows when those are right
        deque(reading.batches(), maxlen=0)
        wrong = tuple(one for one in reading.problems if one.severity is Severity.ERROR)
        return Measured(None, labels, problems + wrong)
    measurement, found = measure(portfolio, reading, months, lambda customer: options.customer in {"", customer})
    problems += (*reading.problems, *missing_exports(portfolio, reading.files, months[-1:]))
    if has_errors(problems):
        return Measured(None, labels, problems)
    problems += found
    if has_errors(problems):
        return Measured(None, labels, problems)
    return Measured(portfolio, labels, problems, months, measurement)


def gather(options: Options) -> tuple[tuple[Document, ...], Labels, tuple[Problem, ...]]:
    """Everything up to rendering: the documents wanted, or none and the errors that forbid them."""
    found = measured(options)
    portfolio, labels, problems = found.portfolio, found.labels, found.problems
    if portfolio is None:
        return (), labels, problems
    problems += answers_set_aside(portfolio.surveys)
    problems += unexplained(portfolio, found.measurement, found.month)
    wanted = Wanted(found.month, options.customer)
    try:
        documents = tuple(
            document
            for kind, make in DOCUMENTS.items()
            if kind in options.kinds or not options.kinds
            for document in make(portfolio, found.measurement, labels, wanted)
        )
    except MissingLabelError as missing:
        return (), labels, (*problems, label_missing(missing))
    return documents, labels, problems


def label_missing(missing: MissingLabelError) -> Problem:
    """A label that documents need and no locale file has."""
    key, language = missing.args
    place = Place(f"templates/locales/{language}.yaml")
    return error(place, "label-missing", f"the label {key!r} is missing")


def build(options: Options, inputs: Inputs, progress: Progress) -> Outcome:
    """Make every document wanted; with errors (or, under `strict`, warnings) `output/` stays as it is."""
    documents, labels, problems = gather(options)
    if has_errors(problems) or (options.strict and problems):
        return Outcome(problems, len(documents))
    before = read_manifest(options.output)
    keys = {document.stem: _key(document, labels, inputs) for document in documents}
    current = {document.stem for document in documents if _is_current(document, keys, before, options)}
    stale = [document for document in documents if document.stem not in current]
    entries = [
        _entry(document, ending, before.entries[document.stem + ending].sha256, keys, inputs)
        for document in documents
        if document.stem in current
        for ending in RENDERERS[document.kind]
    ]
    advance = progress(len(stale))
    with Staging(options.output) as staging:
        for rendered in render(stale, labels, options):
            problems += rendered.problems
            for ending, content in rendered.files.items():
                sha256 = staging.add(rendered.document.stem + ending, content)
                entries.append(_entry(rendered.document, ending, sha256, keys, inputs))
            advance()
        if has_errors(problems):
            return Outcome(problems, len(documents))
        changed = staging.publish(before.with_entries(entries, options.name, inputs.all))
    return Outcome(problems, len(documents), len(stale), changed)


def render(documents: Sequence[Document], labels: Labels, options: Options) -> Iterator[Rendered]:
    """The documents' files, in order, made by as many processes as pay."""
    jobs = [Job(document, options.templates, labels) for document in documents]
    workers = options.workers or (parallel.cores() if len(jobs) >= PAYS else 1)
    with parallel.processes(min(workers, len(jobs)), partial(warm_up, options.templates, labels)) as executor:
        yield from parallel.run(render_job, jobs, executor)


def months_of(options: Options, portfolio: Portfolio) -> tuple[tuple[Month, ...], tuple[Problem, ...]]:
    """The months to measure, oldest first: the one asked for (or the newest), its trend, and those of held reviews."""
    folders = month_folders(options.sources)
    if options.month is not None and options.month not in folders:
        known = ", ".join(map(str, folders[-3:])) or "none"
        message = f"there are no exports for {options.month} under metrics/"
        return (), (error(Place("--month"), "no-month", message, f"newest months: {known}"),)
    if not folders:
        return (), ()
    last = options.month or folders[-1]
    reviewed = [one.first for one in portfolio.reviews.values()]
    first = min([last.plus(1 - max(TREND, history_needed(portfolio))), *reviewed])
    return tuple(month for month in folders if first <= month <= last), ()


def known_customer(options: Options, portfolio: Portfolio) -> tuple[Problem, ...]:
    """Whether the customer asked for is one."""
    if options.customer in {"", *portfolio.customers, *portfolio.unreadable}:
        return ()
    hint = did_you_mean(options.customer, portfolio.customers)
    return (error(Place("--customer"), "unknown-id", f"unknown customer {options.customer!r}", hint),)


def _key(document: Document, labels: Labels, inputs: Inputs) -> str:
    """The digest of all that decides a document's bytes."""
    used = {
        name: inputs.templates[name]
        for ending in RENDERERS[document.kind]
        for name in template_files(document, ending, inputs.templates)
    }
    words = sorted(labels[document.language].items())
    return combined([repr(document), repr(sorted(used.items())), repr(words), inputs.program])


def _is_current(document: Document, keys: dict[str, str], before: Manifest, options: Options) -> bool:
    """Whether every file of the document was published from the same inputs and still has its bytes."""
    found = [before.entries.get(document.stem + ending) for ending in RENDERERS[document.kind]]
    return all(one is not None and one.key == keys[document.stem] and intact(options.output, one) for one in found)


def _entry(document: Document, ending: str, sha256: str, keys: dict[str, str], inputs: Inputs) -> Entry:
    return Entry(
        path=document.stem + ending,
        kind=document.kind,
        sha256=sha256,
        agreement=document.agreement,
        version=document.version,
        retain_until=document.retain_until.isoformat(),
        key=keys[document.stem],
        template={name: inputs.templates[name] for name in template_files(document, ending, inputs.templates)},
        inputs={name: inputs.sources[name] for name in document.sources},
        flags=document.flags,
    )
