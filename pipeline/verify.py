"""`slm verify FILE`: a returned copy against the text that was sent, a report against the data inside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.build import label_missing, prepare
from pipeline.compare.identity import read_identity
from pipeline.compare.results import Comparison, Identity, Unreadable
from pipeline.compare.returned import compare_returned
from pipeline.load.ledger import read_ledger
from pipeline.merge.agreement import AgreementContext
from pipeline.merge.contracts import contract_documents
from pipeline.merge.document import Document
from pipeline.merge.words import Labels, MissingLabelError
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.problems import Place, Problem, error, has_errors
from pipeline.publish.digests import digest
from pipeline.publish.manifest import read_manifest
from pipeline.recount.checks import recount
from pipeline.recount.results import Recount, RefusedError
from pipeline.render.renderers import Job, render_job

LARGEST = 64 * 1024 * 1024
"""Bytes of a returned file that are read; an agreement has some 50,000, with scanned seals a few million."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a returned copy is a copy of, and how it differs.

    `called` is the number and version that its properties claim. `same_fingerprint` is False where no text has the
    copy's fingerprint now, so that its number had to tell.
    """

    agreement: str
    version: str
    language: str
    fingerprint: str
    same_fingerprint: bool
    called: str
    comparison: Comparison

    @property
    def untouched(self) -> bool:
        """Whether only signature fields were filled in."""
        return self.same_fingerprint and self.comparison.untouched


def verify(file: Path, options: Options) -> tuple[Verdict | None, tuple[Problem, ...]]:
    """Compare a returned .docx with the version that its fingerprint names; OSError when it cannot be read."""
    place = Place(str(file))
    refused = _refused(file)
    if refused:
        return None, (error(place, "returned-unreadable", refused),)
    returned = file.read_bytes()
    identity = read_identity(returned)
    if isinstance(identity, Unreadable):
        return None, (error(place, "returned-unreadable", identity.message),)
    document, labels, problems = _sent(identity, place, options)
    if document is None:
        return None, problems
    rendered = render_job(Job(document, options.templates, labels, (".docx",)))
    if rendered.problems:
        return None, rendered.problems
    comparison = compare_returned(rendered.files[".docx"], returned)
    if isinstance(comparison, Unreadable):
        return None, (error(place, "returned-unreadable", comparison.message),)
    same = _is_of(identity, document)
    agreement, version, language = document.agreement, document.version, document.language
    return Verdict(agreement, version, language, identity.short, same, identity.agreement, comparison), ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A report and how its figures stand; `published` and `issued` are where the same bytes lie, if anywhere."""

    recount: Recount
    published: str
    issued: str


def verify_report(file: Path, options: Options) -> tuple[Checked | None, tuple[Problem, ...]]:
    """Add the figures of a report up again from the data inside it; OSError when it cannot be read."""
    place = Place(str(file))
    refused = _refused(file)
    if refused:
        return None, (error(place, "report-unreadable", refused),)
    content = file.read_bytes()
    try:
        found = recount(content)
    except RefusedError as why:
        return None, (error(place, "report-unreadable", str(why)),)
    sha256 = digest(content)
    published = [entry.path for entry in read_manifest(options.output).entries.values() if entry.sha256 == sha256]
    ledger, problems = read_ledger(options.sources)
    issued = [path for path, copy in ledger.copies.items() if copy.sha256 == sha256]
    return Checked(found, "".join(published[:1]), "".join(issued[:1])), problems


def _refused(file: Path) -> str:
    """Why a file is not even opened."""
    if not file.is_file():  # a pipe would be waited for without end
        return "this is no file"
    return f"the file is over {LARGEST // 2**20} MB" if file.stat().st_size > LARGEST else ""


def _sent(identity: Identity, place: Place, options: Options) -> tuple[Document | None, Labels, tuple[Problem, ...]]:
    """The document that was sent; None and the reason where it cannot be made any more."""
    prepared = prepare(options)
    if prepared.portfolio is None or has_errors(prepared.problems):
        return None, prepared.labels, prepared.problems
    try:
        document = _document(identity, prepared.portfolio, prepared.labels)
    except MissingLabelError as missing:
        return None, prepared.labels, (label_missing(missing),)
    if document is None:
        hint = "it may be another provider's, or a version whose sources are gone"
        problem = error(place, "returned-unknown", f"no agreement has the fingerprint {identity.short}", hint)
        return None, prepared.labels, (problem,)
    return document, prepared.labels, ()


def _document(identity: Identity, portfolio: Portfolio, labels: Labels) -> Document | None:
    """What was sent: the text of that fingerprint, else the one that has the number and version of the file."""
    documents = [
        document
        for versions in portfolio.agreements.values()
        for agreement in versions
        for document in contract_documents(portfolio, agreement, labels)
    ]
    alike = [document for document in documents if _is_of(identity, document)]
    alike = alike or [one for one in documents if f"{one.agreement}@{one.version}" == identity.agreement]
    in_language = [document for document in alike if document.language == identity.language]
    return next(iter([*in_language, *alike]), None)


def _is_of(identity: Identity, document: Document) -> bool:
    """Whether the file carries the document's fingerprint, or at least the beginning of it that is printed."""
    context = document.context
    if not isinstance(context, AgreementContext):
        return False
    return identity.fingerprint == context.fingerprint or (
        not identity.fingerprint and identity.short == context.fingerprint_short
    )
