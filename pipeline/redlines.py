"""What changed between two versions of an agreement, or two Word files: in words, and as tracked changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.build import label_missing, prepare
from pipeline.compare.package import MOST_BYTES, Package, open_package
from pipeline.compare.results import Comparison, Unreadable
from pipeline.compare.returned import compare_returned
from pipeline.merge.agreement import AgreementContext
from pipeline.merge.contracts import contract_documents
from pipeline.merge.document import Document
from pipeline.merge.words import Labels, MissingLabelError
from pipeline.model.agreements import Agreement, Version
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.problems import Place, Problem, did_you_mean, error, has_errors
from pipeline.redline import Redlined, Revision, redline
from pipeline.render.renderers import Job, render_job

ASKED = Place("ID@VERSION")


@dataclass(frozen=True, slots=True)
class Versions:
    """Two versions of one agreement; no language means the one that binds."""

    agreement: str
    old: Version
    new: Version
    language: str = ""


def compare_files(old: Path, new: Path) -> tuple[Comparison | None, tuple[Problem, ...]]:
    """The differences between two Word files, passage by passage; OSError when one cannot be read."""
    contents = []
    for file in (old, new):
        why = _refused(file) or open_package(file.read_bytes())
        if not isinstance(why, Package):
            return None, (error(Place(str(file)), "compare-unreadable", str(why)),)
        contents.append(file.read_bytes())
    found = compare_returned(*contents)
    if isinstance(found, Unreadable):
        return None, (error(Place(str(new)), "compare-unreadable", str(found)),)
    return found, ()


def redline_files(old: Path, new: Path, revision: Revision) -> Redlined:
    """The changes between two Word files; OSError when one cannot be read."""
    refused = tuple(
        error(Place(str(file)), "redline-unreadable", why) for file in (old, new) if (why := _refused(file))
    )
    if refused:
        return Redlined(b"", refused)
    return redline(old.read_bytes(), new.read_bytes(), revision, (str(old), str(new)))


def _refused(file: Path) -> str:
    """Why a file is not even opened: a pipe would be waited for without end."""
    if not file.is_file():
        return "this is no file"
    return f"the file has more than {MOST_BYTES >> 20} MB" if file.stat().st_size > MOST_BYTES else ""


def redline_versions(wanted: Versions, options: Options) -> Redlined:
    """The changes between two versions, by whom, when and why the revision record of the newer one says."""
    prepared = prepare(options)
    if prepared.portfolio is None or has_errors(prepared.problems):
        return Redlined(b"", prepared.problems)
    agreements, problems = _agreements(wanted, prepared.portfolio)
    if problems:
        return Redlined(b"", problems)
    try:
        documents, problems = _documents(wanted, agreements, prepared.portfolio, prepared.labels)
    except MissingLabelError as missing:
        return Redlined(b"", (label_missing(missing),))
    if problems:
        return Redlined(b"", problems)
    rendered = [render_job(Job(one, options.templates, prepared.labels, (".docx",))) for one in documents]
    problems = tuple(problem for one in rendered for problem in one.problems)
    if problems:
        return Redlined(b"", problems)
    old, new = (one.files[".docx"] for one in rendered)
    names = f"{documents[0].stem}.docx", f"{documents[1].stem}.docx"
    return redline(old, new, _revision(wanted, documents[1], agreements[1]), names)


def _agreements(wanted: Versions, portfolio: Portfolio) -> tuple[tuple[Agreement, ...], tuple[Problem, ...]]:
    versions = {one.version: one for one in portfolio.agreements.get(wanted.agreement, ())}
    if not versions:
        hint = did_you_mean(wanted.agreement, portfolio.agreements)
        return (), (error(ASKED, "unknown-id", f"unknown agreement {wanted.agreement!r}", hint),)
    known = f"known: {', '.join(map(str, versions))}"
    problems = tuple(
        error(ASKED, "unknown-id", f"{wanted.agreement} has no version {one}", known)
        for one in (wanted.old, wanted.new)
        if one not in versions
    )
    return () if problems else (versions[wanted.old], versions[wanted.new]), problems


def _documents(
    wanted: Versions, agreements: tuple[Agreement, ...], portfolio: Portfolio, labels: Labels
) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """Both documents in one language; without one asked for, in that of the newer version."""
    language = wanted.language or agreements[1].language
    made = [list(contract_documents(portfolio, one, labels)) for one in agreements]
    found = [[one for one in documents if one.language == language] for documents in made]
    problems = tuple(
        error(Place("--language"), "unknown-id", f"{agreement.label} is not made in {language}",
              f"made in: {', '.join(one.language for one in documents)}")
        for agreement, documents, kept in zip(agreements, made, found, strict=True)
        if not kept
    )  # fmt: skip
    return tuple(one for kept in found for one in kept), problems


def _revision(wanted: Versions, document: Document, agreement: Agreement) -> Revision:
    """The revision as the newer document prints it."""
    span = f"{wanted.old} → {wanted.new}"
    rows = document.context.revisions if isinstance(document.context, AgreementContext) else ()
    row = next((one for one in rows if one.version == document.version), None)
    if row is None:
        return Revision(document.context.provider.name, document.day, span)
    return Revision(row.responsible, agreement.revision.date, f"{span}\n{row.summary}")
