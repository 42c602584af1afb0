"""`slm register sign`: what was signed, written down once and for all beside the sources."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.build import label_missing, prepare
from pipeline.load.register import content_path
from pipeline.merge.contracts import Contract, contract, contract_documents
from pipeline.merge.words import Labels, MissingLabelError
from pipeline.model.agreements import Agreement, Status, Version
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.problems import Place, Problem, did_you_mean, error, has_errors
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
    """What the administrator tells: which version was signed on which day, who registers it, and the signed copy."""

    agreement: str
    version: Version
    day: date
    by: str
    scan: Path | None


def register_signature(signature: Signature, options: Options) -> tuple[str, tuple[Problem, ...]]:
    """Register a signature; the digest registered, or "" and the problems that stood in the way."""
    prepared = prepare(options)
    if prepared.portfolio is None or has_errors(prepared.problems):
        return "", prepared.problems
    portfolio = prepared.portfolio
    agreement, problems = _found(signature, portfolio)
    if agreement is None or problems:
        return "", problems
    try:
        made = contract(portfolio, agreement, prepared.labels)
    except MissingLabelError as missing:
        return "", (label_missing(missing),)
    words, problems = _words(portfolio, agreement, prepared.labels, options)
    if problems:
        return "", problems
    _write(options.sources, signature, made, words)
    return made.digest, ()


def _found(signature: Signature, portfolio: Portfolio) -> tuple[Agreement | None, tuple[Problem, ...]]:
    """The version that was signed, and what forbids to register it."""
    versions = portfolio.agreements.get(signature.agreement, ())
    agreement = next((one for one in versions if one.version == signature.version), None)
    problems = []
    if not versions:
        hint = did_you_mean(signature.agreement, portfolio.agreements)
        problems.append(error(Place("--id"), "unknown-id", f"unknown agreement {signature.agreement!r}", hint))
    elif agreement is None:
        known = ", ".join(str(one.version) for one in versions)
        message = f"{signature.agreement} has no version {signature.version}"
        problems.append(error(Place("--id"), "unknown-id", message, f"known: {known}"))
    else:
        problems += _forbidden(signature, agreement, portfolio)
    return agreement, tuple(problems)


def _forbidden(signature: Signature, agreement: Agreement, portfolio: Portfolio) -> list[Problem]:
    problems = []
    people, roles = portfolio.organization.people, portfolio.organization.roles
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
    else:
        allowed = portfolio.policy.approvals.get(agreement.kind)
        if allowed is not None and signature.by not in {roles.get(role) for role in allowed}:
            message = f"{signature.by!r} may not register a signed {agreement.kind}"
            needed = "policy.yaml wants the role " + " or ".join(allowed)
            problems.append(error(Place("--by"), "approver-role", message, needed))
    if signature.day < agreement.revision.date:
        message = f"{signature.day} is before {agreement.revision.date}, the date of the revision"
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


def _write(sources: Path, signature: Signature, made: Contract, words: Mapping[str, str]) -> None:
    """The content first, then the entry that vouches for it: a crash in between leaves nothing that counts."""
    content = sources / content_path(signature.agreement, signature.version)
    content.parent.mkdir(parents=True, exist_ok=True)
    _replace(content, made.content + "\n")
    register = sources / REGISTER
    before = register.read_text(encoding="utf-8") if register.is_file() else _HEADER
    if not before.endswith("\n"):
        before += "\n"
    _replace(register, before + _entry(signature, made, words))


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
        name = signature.scan.name.replace("'", "''")
        lines += ["    scan:", f"      file: '{name}'", f"      sha256: {scanned}"]
    return "\n".join(lines) + "\n"


def _replace(path: Path, text: str) -> None:
    """Write a file so that it is there whole or as it was."""
    staged = path.with_name(f".{path.name}.new")
    staged.write_text(text, encoding="utf-8")
    staged.replace(path)
