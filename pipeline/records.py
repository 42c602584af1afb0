"""What was published and issued: whether all of it is there as it was, and what may be disposed of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from pipeline.load.ledger import FOLDER, NAME, read_ledger
from pipeline.merge.document import retained
from pipeline.model.ledger import Ledger, State
from pipeline.model.portfolio import Portfolio
from pipeline.options import Options
from pipeline.problems import Problem
from pipeline.publish.alone import STAGING, ensure_free
from pipeline.publish.digests import digest
from pipeline.publish.files import Staging
from pipeline.publish.ledger import Writer, alone
from pipeline.publish.manifest import NAME as MANIFEST
from pipeline.publish.manifest import Entry, Manifest, intact, read_manifest
from pipeline.publish.notices import FOLDER as ALERTS
from pipeline.publish.sites import PORTAL, PORTALS, SUMS, read_sums, sites


class Wrong(StrEnum):
    """How a file is not as it should be."""

    MISSING = "is missing"
    CHANGED = "was changed"
    UNKNOWN = "is not in the manifest"
    FOREIGN = "is not of this portal"
    UNRECORDED = "is not in the ledger"
    OTHER = "is not the one that was sent"
    UNREADABLE = "cannot be read"


_NO_DOCUMENTS = (STAGING, f"{ALERTS}/", f"{PORTAL}/", f"{PORTALS}/")
_SITE = "build it again: make portal"
_MONTH = re.compile(r"/reports/[^/]*_(\d{4}-\d\d)\.")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A file that is not as it should be; `detail` says more where there is more to say."""

    file: str
    wrong: Wrong
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """How many files were held against their digests, and what was found."""

    published: int
    issued: int
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]


class Where(StrEnum):
    """Where something lies that need not be kept any longer."""

    OUTPUT = "output"
    RECORDS = "sources/records"
    REGISTER = "sources/register"


@dataclass(frozen=True, slots=True, order=True)
class Expired:
    """A file whose retention is over since the day `until`."""

    where: Where
    path: str
    until: date

    @property
    def file(self) -> str:
        """The file as messages name it."""
        return f"{self.where}/{self.path}"


def audit(options: Options) -> Audit:
    """Hold every published file, and every copy of what was issued, against its digest; Busy during a build."""
    ledger, problems = read_ledger(options.sources)
    manifest, findings = _settled(options.output)
    issued = {} if problems else ledger.copies
    findings += _issued(options, manifest, ledger, known=not problems)
    return Audit(len(manifest.entries), len(issued), tuple(sorted(findings)), problems)


def _settled(output: Path) -> tuple[Manifest, list[Finding]]:
    """The manifest and what is not as it says; what a build changes meanwhile is no finding, and Busy while it does."""
    while True:
        manifest = read_manifest(output)
        findings = [*_published(output, manifest), *_pages(output)]
        if findings:
            ensure_free(output)
        if not findings or read_manifest(output) == manifest:
            return manifest, findings


def _published(output: Path, manifest: Manifest) -> Iterator[Finding]:
    """What is missing or changed, and what nobody published."""
    name = output.name
    if (output / MANIFEST).exists() and not manifest.entries and not _empty(output / MANIFEST):
        yield Finding(f"{name}/{MANIFEST}", Wrong.UNREADABLE, "build everything again: make")
    for entry in manifest.entries.values():
        if not (output / entry.path).is_file():
            yield Finding(f"{name}/{entry.path}", Wrong.MISSING)
        elif not intact(output, entry):
            yield Finding(f"{name}/{entry.path}", Wrong.CHANGED)
    for path in _files(output):
        if path not in manifest.entries and path != MANIFEST and not path.startswith(_NO_DOCUMENTS):
            yield Finding(f"{name}/{path}", Wrong.UNKNOWN)


def _pages(output: Path) -> Iterator[Finding]:
    """What is missing or changed of the portal and those of single customers, and what is not of them."""
    for site in sites(output):
        sums = read_sums(output / site)
        if sums is None:
            wrong = Wrong.UNREADABLE if (output / site / SUMS).exists() else Wrong.MISSING
            yield Finding(f"{output.name}/{site}/{SUMS}", wrong, _SITE)
            continue
        for name, sha256 in sums.items():
            path = output / site / name
            if not path.is_file():
                yield Finding(f"{output.name}/{site}/{name}", Wrong.MISSING, _SITE)
            elif path.is_symlink() or digest(path.read_bytes()) != sha256:
                yield Finding(f"{output.name}/{site}/{name}", Wrong.CHANGED, _SITE)
        for name in _files(output / site):
            if name not in sums and name != SUMS:
                yield Finding(f"{output.name}/{site}/{name}", Wrong.FOREIGN, _SITE)


def _issued(options: Options, manifest: Manifest, ledger: Ledger, *, known: bool) -> Iterator[Finding]:
    """Copies of what was issued, against the ledger; and what is published now, against what was sent last."""
    if not known:
        return
    folder, name = options.sources / FOLDER, f"{options.sources.name}/{FOLDER}"
    for path, copy in ledger.copies.items():
        if not (folder / path).is_file():
            yield Finding(f"{name}/{path}", Wrong.MISSING)
        elif digest((folder / path).read_bytes()) != copy.sha256:
            yield Finding(f"{name}/{path}", Wrong.CHANGED)
    recorded = {copy.kept_as for one in ledger.posted.values() for copy in one.letter.documents} - ledger.disposed
    for path in _files(folder):
        if path not in recorded and path not in {NAME, ".lock"}:
            yield Finding(f"{name}/{path}", Wrong.UNRECORDED)
    latest = {copy.path: copy for one in ledger.reached for copy in one.letter.documents}
    for path, copy in latest.items():
        entry = manifest.entries.get(path)
        if entry is not None and entry.sha256 != copy.sha256:
            yield Finding(f"{options.output.name}/{path}", Wrong.OTHER, "slm dispatch sends it as a corrected version")


def expired(options: Options, portfolio: Portfolio, today: date) -> tuple[tuple[Expired, ...], tuple[Problem, ...]]:
    """What need not be kept any longer on a day: published files, copies of what was issued, signed versions."""
    ledger, problems = read_ledger(options.sources)
    found = [
        Expired(Where.OUTPUT, entry.path, date.fromisoformat(entry.retain_until))
        for entry in read_manifest(options.output).entries.values()
        if not _current(entry, portfolio)
    ]
    found += [Expired(Where.RECORDS, path, copy.retain_until) for path, copy in ledger.copies.items()]
    for versions in portfolio.agreements.values():
        for one in versions:
            registration = portfolio.registration(one)
            if registration is not None:
                path = registration.file.removeprefix("sources/register/")
                found.append(Expired(Where.REGISTER, path, retained(portfolio, one.effective.end)))
    return tuple(sorted(one for one in found if one.until < today)), problems


def _current(entry: Entry, portfolio: Portfolio) -> bool:
    """Whether it is the catalogue or the procedure that holds today, however long it has held."""
    held = {"catalog": portfolio.catalog, "procedure": portfolio.procedure}.get(entry.kind)
    return held is not None and entry.version == str(held.issues[-1].version)


def uncertain(options: Options) -> Iterator[tuple[str, str, str]]:
    """The letters of which nobody knows whether they arrived: party, what to say of them, and what to do."""
    ledger, _ = read_ledger(options.sources)
    corrected = {one.letter.corrects for one in ledger.posted.values() if one.state is State.SENT}
    for one in ledger.posted.values():
        letter = one.letter
        if one.state is State.UNCERTAIN and letter.id not in corrected:
            said = f"the mail {letter.id} to {letter.name} <{letter.to}> may have arrived on {one.day}"
            months = {found[1] for copy in letter.documents if (found := _MONTH.search(copy.path))}
            again = " ".join([*(f"--month {month}" for month in sorted(months)), f"--again {letter.id}"])
            yield letter.party, said, f"ask; slm dispatch --send {again} if it did not, --by-hand {again} if it did"


def dispose(options: Options, over: Sequence[Expired], now: datetime) -> tuple[Expired, ...]:
    """Delete what need not be kept any longer, but for signed versions; what was deleted.

    A file goes before its entry does: after a crash in between, the next run finishes.
    """
    published = {one.path for one in over if one.where is Where.OUTPUT}
    if published:
        with Staging(options.output) as staging:
            for path in published:
                (options.output / path).unlink(missing_ok=True)
            manifest = read_manifest(options.output)
            kept = {path: entry for path, entry in manifest.entries.items() if path not in published}
            staging.publish(replace(manifest, entries=kept))
    issued = {one.path for one in over if one.where is Where.RECORDS}
    if issued:
        folder = options.sources / FOLDER
        with alone(folder):
            ledger, _ = read_ledger(options.sources)
            copies = [copy for path, copy in ledger.copies.items() if path in issued]
            for copy in copies:
                (folder / copy.kept_as).unlink(missing_ok=True)
            Writer(folder / NAME, ledger, now).disposed(copies)
    return tuple(one for one in over if one.where is not Where.REGISTER)


def _files(folder: Path) -> Iterator[str]:
    """Every file below a folder, by its path there."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() or path.is_symlink():
            yield path.relative_to(folder).as_posix()


def _empty(manifest: Path) -> bool:
    """Whether the manifest says that there is nothing, rather than nothing that can be read."""
    try:
        return bool(json.loads(manifest.read_bytes())["documents"] == [])
    except (ValueError, KeyError, TypeError):
        return False
