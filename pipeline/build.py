"""The whole flow on one page: load, check, measure, merge, render, publish."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path

from pipeline import parallel
from pipeline.check import check
from pipeline.cluster import cluster
from pipeline.load.answers import answers_set_aside
from pipeline.load.exports import misnamed_folders, missing_exports, month_folders
from pipeline.load.labels import load_labels
from pipeline.load.memory import give_back
from pipeline.load.reading import Reading
from pipeline.load.sources import load_portfolio
from pipeline.measure.measurement import Measurement, longest, measure
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
from pipeline.publish.manifest import Entry, intact, read_manifest
from pipeline.publish.uptodate import Inputs, changed_since
from pipeline.render import fonts
from pipeline.render.renderers import RENDERERS, Job, Rendered, make_ready, render_job, template_files

PAYS = 16
"""From this many documents on, starting worker processes is quicker than not."""

Progress = Callable[[], None]
"""Called after each document that was rendered."""


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
    shared = months[-1].plus(1 - longest(months[-1])) if months else None
    reading = Reading.of(options.sources, portfolio, months, fonts.uncovered, shared=shared)
    if has_errors(problems):
        # rows are held against sources that are wrong: whether they are set aside shows when those are right
        deque(reading.batches(), maxlen=0)
        wrong = tuple(one for one in reading.problems if one.severity is Severity.ERROR)
        return Measured(None, labels, problems + wrong)
    measurement, found = measure(portfolio, reading, months, lambda customer: options.customer in {"", customer})
    give_back()
    problems += (*reading.problems, *missing_exports(portfolio, reading.files, months[-1:]))
    if has_errors(problems):
        return Measured(None, labels, problems)
    problems += found
    if has_errors(problems):
        return Measured(None, labels, problems)
    return Measured(portfolio, labels, problems, months, measurement)


def planned(options: Options) -> tuple[Iterator[Document], Labels, tuple[Problem, ...]]:
    """Everything up to rendering: the documents wanted, or none and the errors that forbid them.

    Each is made when it is asked for, since all at once may not fit into memory. MissingLabelError comes with the one
    that needs a label that is not there.
    """
    found = measured(options)
    portfolio, labels, problems = found.portfolio, found.labels, found.problems
    if portfolio is None:
        return iter(()), labels, problems
    problems += answers_set_aside(portfolio.surveys)
    problems += unexplained(portfolio, found.measurement, found.month)
    wanted = Wanted(found.month, options.customer)
    documents = (
        document
        for kind, make in DOCUMENTS.items()
        if kind in options.kinds or not options.kinds
        for document in make(portfolio, found.measurement, labels, wanted)
    )
    return documents, labels, problems


def gather(options: Options) -> tuple[tuple[Document, ...], Labels, tuple[Problem, ...]]:
    """The documents wanted, all at once, or none and the errors that forbid them."""
    documents, labels, problems = planned(options)
    try:
        return tuple(documents), labels, problems
    except MissingLabelError as missing:
        return (), labels, (*problems, label_missing(missing))


def label_missing(missing: MissingLabelError) -> Problem:
    """A label that documents need and no locale file has."""
    key, language = missing.args
    place = Place(f"templates/locales/{language}.yaml")
    return error(place, "label-missing", f"the label {key!r} is missing")


def build(options: Options, inputs: Inputs, progress: Progress) -> Outcome:
    """Make every document wanted; with errors (or, under `strict`, warnings) `output/` stays as it is.

    Busy where another program writes into it.
    """
    with Staging(options.output) as staging:
        return _build(options, inputs, progress, staging)


def _build(options: Options, inputs: Inputs, progress: Progress, staging: Staging) -> Outcome:
    documents, labels, problems = planned(options)
    problems += changed_since(options, inputs, "sources/")
    if has_errors(problems) or (options.strict and problems):
        return Outcome(problems)
    before = read_manifest(options.output)
    keys: dict[str, str] = {}
    entries: list[Entry] = []

    def stale() -> Iterator[Document]:
        """The documents to render; of the others the entries are noted."""
        for document in documents:
            key = keys[document.stem] = _key(document, labels, inputs)
            paths = [document.stem + ending for ending in RENDERERS[document.kind]]
            if all(_is_current(before.entries.get(path), key, options.output) for path in paths):
                entries.extend(_entries(document, {path: before.entries[path].sha256 for path in paths}, key, inputs))
            else:
                yield document

    rendered = 0
    # whatever ends this ends the workers too
    with closing(render(stale(), labels, options)) as files:
        try:
            for made in files:
                problems += made.problems
                stem = made.document.stem
                digests = {stem + ending: staging.add(stem + ending, made.files[ending]) for ending in made.files}
                entries.extend(_entries(made.document, digests, keys[stem], inputs))
                rendered += 1
                progress()
        except MissingLabelError as missing:
            problems += (label_missing(missing),)
    problems += changed_since(options, inputs, "templates/")
    if has_errors(problems):
        return Outcome(problems, len(keys))
    changed = staging.publish(before.with_entries(entries, options.name, inputs.all))
    return Outcome(problems, len(keys), rendered, changed)


def render(documents: Iterable[Document], labels: Labels, options: Options) -> Generator[Rendered]:
    """The documents' files, in order, made by as many processes as pay."""
    jobs = (Job(document, options.templates, labels) for document in documents)
    first = list(islice(jobs, PAYS))
    with _executor(len(first), labels, options) as executor:
        yield from parallel.run(render_job, chain(first, jobs), executor)


def _executor(jobs: int, labels: Labels, options: Options) -> AbstractContextManager[parallel.Executor | None]:
    if options.cluster and jobs:
        return cluster(options.cluster, options.templates, labels)
    workers = options.workers or (parallel.cores() if jobs >= PAYS else 1)
    return parallel.processes(min(workers, jobs), partial(make_ready, options.templates))


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
        inputs.templates[name]
        for ending in RENDERERS[document.kind]
        for name in template_files(document, ending, inputs.templates)
    }
    words = sorted(labels[document.language].items())
    return combined([repr(document), repr(sorted(used)), repr(words), inputs.rendering])


def _is_current(entry: Entry | None, key: str, output: Path) -> bool:
    """Whether a file was published from the same inputs and still has its bytes."""
    return entry is not None and entry.key == key and intact(output, entry)


def _entries(document: Document, digests: Mapping[str, str], key: str, inputs: Inputs) -> Iterator[Entry]:
    """What the manifest says of the document's files, given by path."""
    sources = tuple(inputs.sources[name] for name in document.sources)
    for path, sha256 in digests.items():
        templates = template_files(document, path.removeprefix(document.stem), inputs.templates)
        yield Entry(
            path=path,
            kind=document.kind,
            sha256=sha256,
            agreement=document.agreement,
            version=document.version,
            retain_until=document.retain_until.isoformat(),
            key=key,
            template=tuple(inputs.templates[name] for name in templates),
            inputs=sources,
            flags=document.flags,
        )
