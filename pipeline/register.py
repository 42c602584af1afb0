"""`slm register sign`: what was signed, written down once and for all beside the sources."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.build import label_missing, prepare
from pipeline.check.approvals import may_approve
from pipeline.load.marked_yaml import parse
from pipeline.load.register import content_path
from pipeline.load.validate import validate
from pipeline.merge.contracts import Contract, contract, contract_documents, short
from pipeline.merge.words import Labels, MissingLabelError
from pipeline.model.agreements import Agreement, Status, Version
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.problems import Place, Problem, did_you_mean, error, has_errors
from pipeline.render import fonts
from pipeline.render.printed import words_digest
from pipeline.render.renderers import Job, render_job

REGISTER = "register.yaml"
_HEADER = """\
# What was signed, when, and who registered it. Written by `slm register sign`; the contents lie under register/.
# 已签署文件登记簿：由 `slm register sign` 追加，请勿修改已有条目；签署时的内容存于 register/ 目录。
kind: register
signed:
"""


@dataclass(frozen=True, slots=True)
class Signature:
    """What the administrator tells: which version was signed on which day, and who registers it.

    `scan` is the signed copy, `fingerprint` (or its beginning) what that copy carries.
    """

    agreement: str
    version: Version
    day: date
    by: str
    scan: Path | None
    fingerprint: str = ""


def register_signature(signature: Signature, options: Options) -> tuple[str, tuple[Problem, ...]]:
    """Register a signature; the digest registered, or "" and the problems that stood in the way."""
    with _alone(options.sources):
        prepared = prepare(options)
        if prepared.portfolio is None or has_errors(prepared.problems):
            return "", prepared.problems
        agreement, problems = _found(signature, prepared.portfolio)
        if agreement is None or problems:
            return "", problems
        try:
            made = contract(prepared.portfolio, agreement, prepared.labels)
        except MissingLabelError as missing:
            return "", (label_missing(missing),)
        problems = _other_text(signature, made)
        words, found = _words(prepared.portfolio, agreement, prepared.labels, options)
        problems += found
        register = options.sources / REGISTER
        text = (register.read_text(encoding="utf-8") if register.is_file() else _HEADER).rstrip("\n") + "\n"
        entry = _entry(signature, made, words)
        problems += _unwritable(text, entry)
        if problems:
            return "", problems
        _write(options.sources, signature, made, text + entry)
    return made.digest, ()


@contextmanager
def _alone(sources: Path) -> Iterator[None]:
    """Nobody else registers meanwhile: what is read is what is written after."""
    with (sources / ".register.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _other_text(signature: Signature, made: Contract) -> tuple[Problem, ...]:
    """Whether the sources changed since the paper was printed, by the fingerprint on it."""
    wanted = signature.fingerprint.lower().replace("-", "").replace(" ", "")
    if made.digest.startswith(wanted):
        return ()
    message = f"the text has the fingerprint {short(made.digest)} now: it changed since the signed copy was printed"
    hint = "take the change back, or have the new text signed"
    return (error(Place("--fingerprint"), "fingerprint", message, hint),)


def _unwritable(text: str, entry: str) -> tuple[Problem, ...]:
    """Why the register cannot take the entry: what is there is no list that it could be added to, or a name in it."""
    file = f"sources/{REGISTER}"
    parsed, source, problems = parse((text + entry).encode(errors="replace"), file, fonts.uncovered)
    problems = problems or validate(parsed, source)
    if not problems:
        return ()
    if any(problem.place.line > text.count("\n") and "scan" in entry for problem in problems):
        return (error(Place("--scan"), "file-name", "the file name has characters that cannot be kept", "rename it"),)
    return problems


def _found(signature: Signature, portfolio: Portfolio) -> tuple[Agreement | None, tuple[Problem, ...]]:
    """The version that was signed, and what forbids to register it."""
    versions = portfolio.agreements.get(signature.agreement, ())
    agreement = next((one for one in versions if one.version == signature.version), None)
    problems = []
    if not versions:
        hint = did_you_mean(signature.agreement, portfolio.agreements)
        problems.append(error(Place("ID@VERSION"), "unknown-id", f"unknown agreement {signature.agreement!r}", hint))
    elif agreement is None:
        known = ", ".join(str(one.version) for one in versions)
        message = f"{signature.agreement} has no version {signature.version}"
        problems.append(error(Place("ID@VERSION"), "unknown-id", message, f"known: {known}"))
    else:
        problems += _forbidden(signature, agreement, portfolio)
    return agreement, tuple(problems)


def _forbidden(signature: Signature, agreement: Agreement, portfolio: Portfolio) -> list[Problem]:
    problems = []
    people = portfolio.organization.people
    known = portfolio.registration(agreement)
    if known is not None:
        message = f"{agreement.label} is registered already, as signed on {known.day}"
        problems.append(error(known.source.at(*known.path), "registered", message))
    if agreement.status is not Status.SIGNED:
        place = agreement.source.at("status")
        message = f"{agreement.label} is {agreement.status}"
        problems.append(error(place, "signed-status", message, "write status: signed"))
    if signature.by not in people:
        hint = did_you_mean(signature.by, people)
        problems.append(error(Place("--by"), "unknown-id", f"unknown person {signature.by!r}", hint))
    elif not may_approve(portfolio, agreement.kind, signature.by, signature.day):
        message = f"{signature.by!r} may not register a signed {agreement.kind}"
        needed = "policy.yaml wants the role " + " or ".join(portfolio.policy.approvals[agreement.kind])
        problems.append(error(Place("--by"), "approver-role", message, needed))
    if signature.day < agreement.revision.date:
        message = f"{signature.day} is before {agreement.revision.date}, the date of the revision"
        problems.append(error(Place("--date"), "dates-order", message))
    if signature.day > agreement.effective.end:
        message = f"{signature.day} is after {agreement.effective.end}, the end of the version"
        problems.append(error(Place("--date"), "dates-order", message))
    return problems


def _words(
    portfolio: Portfolio, agreement: Agreement, labels: Labels, options: Options
) -> tuple[Mapping[str, str], tuple[Problem, ...]]:
    """The digest of the printed words in each language."""
    words = {}
    problems: tuple[Problem, ...] = ()
    for document in contract_documents(portfolio, agreement, labels):
        rendered = render_job(Job(document, options.templates, labels, (".docx",)))
        problems += rendered.problems
        if not rendered.problems:
            words[document.language] = words_digest(rendered.files[".docx"])
    return words, problems


def _write(sources: Path, signature: Signature, made: Contract, register: str) -> None:
    """The content first, then the entry that vouches for it: a crash in between leaves nothing that counts."""
    content = sources / content_path(signature.agreement, signature.version)
    content.parent.mkdir(parents=True, exist_ok=True)
    _replace(content, made.content + "\n")
    _replace((sources / REGISTER).resolve(), register)


def _entry(signature: Signature, made: Contract, words: Mapping[str, str]) -> str:
    lines = [
        f"  - agreement: {signature.agreement}",
        f"    version: {signature.version}",
        f"    date: {signature.day}",
        f"    by: {signature.by}",
        f"    digest: {made.digest}",
        "    words:",
        *(f"      {language}: {digest}" for language, digest in words.items()),
    ]
    if signature.scan is not None:
        scanned = hashlib.sha256(signature.scan.read_bytes()).hexdigest()
        name = signature.scan.name.encode(errors="replace").decode().replace("'", "''")
        lines += ["    scan:", f"      file: '{name}'", f"      sha256: {scanned}"]
    return "\n".join(lines) + "\n"


def _replace(path: Path, text: str) -> None:
    """Write a file so that it is there whole or as it was; a link keeps leading to it."""
    staged = path.with_name(f".{path.name}.new")
    staged.write_text(text, encoding="utf-8")
    staged.replace(path)
