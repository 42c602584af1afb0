"""Two states of the sources as a reviewer reads them: agreement by agreement, then what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from pipeline.compare.meanings import Meaning
from pipeline.compare.portfolios import Change
from pipeline.compare.terms import State, changed_service
from pipeline.merge.changed_terms import Side
from pipeline.merge.changes import (
    Changed,
    ChangeRow,
    changed_agreement,
    counted,
    first_version,
    grouped,
    pieces,
    rows_of,
)
from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import Agreement, Version
from pipeline.model.portfolio import Portfolio

_AGREEMENTS = ("sla", "ola", "uc")


@dataclass(frozen=True, slots=True)
class Affected:
    """A document that comes out otherwise, with its files; no agreement where it belongs to none."""

    agreement: str
    version: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Both states, all that changed between them, and the documents concerned; of one `agreement`, where named.

    `titles` are what the keys of sources are called in the language of the reader.
    """

    before: Portfolio
    after: Portfolio
    changes: tuple[Change, ...]
    agreement: str
    documents: tuple[Affected, ...]
    titles: Mapping[str, str] = field(default_factory=dict)


def review_sections(review: Review, words: Words) -> Iterator[Changed]:
    """Agreements first, then everything else that changed, last the documents that belong to none of them."""
    told: set[tuple[str, str]] = set()
    for identifier in sorted({*review.before.agreements, *review.after.agreements, *review.after.unreadable}):
        if review.agreement in {"", identifier}:
            for one, version in _agreement(identifier, review, words):
                told.add((identifier, version))
                yield replace(one, documents=_files(review, identifier, version))
    if review.agreement:
        return
    others = [one for one in review.changes if one.kind not in _AGREEMENTS]
    for (kind, identifier), changes in groupby(others, lambda one: (one.kind, one.id)):
        yield _other(kind, identifier, tuple(changes), review, words)
    left = tuple(file for one in review.documents if (one.agreement, one.version) not in told for file in one.files)
    if left:
        yield _thing(words.label("compare.other_documents"), "", (), words, documents=left)


def _files(review: Review, identifier: str, version: str) -> tuple[str, ...]:
    return tuple(
        file for one in review.documents if (one.agreement, one.version) == (identifier, version) for file in one.files
    )


def _agreement(identifier: str, review: Review, words: Words) -> Iterator[tuple[Changed, str]]:
    """Each version that was written, changed or taken away, with its number."""
    if identifier in review.after.unreadable and identifier in {*review.before.agreements, *review.after.agreements}:
        yield _thing(identifier.upper(), words.label("compare.unreadable"), (), words), ""
        return
    before, after = (_versions(identifier, side) for side in (review.before, review.after))
    for version in sorted({*before, *after}):
        was, now = before.get(version), after.get(version)
        if now is None and was is not None:
            head = f"{was.number} {version}"
            yield _thing(head, words.label("compare.gone"), (), words), str(version)
        elif now is not None:
            earlier = was or _previous(now, after)
            state = State(now, review.after)
            if earlier is None:
                yield first_version(state, words), str(version)
                continue
            found = changed_agreement(State(earlier, review.before if was is not None else review.after), state, words)
            if found.groups or was is None:
                yield found, str(version)


def _versions(identifier: str, portfolio: Portfolio) -> dict[Version, Agreement]:
    return {one.version: one for one in portfolio.agreements.get(identifier, ())}


def _previous(agreement: Agreement, versions: dict[Version, Agreement]) -> Agreement | None:
    """What a version stands beside: the one that it replaces, or the one before it."""
    if agreement.replaces in versions:
        return versions[agreement.replaces]
    return next((versions[one] for one in sorted(versions, reverse=True) if one < agreement.version), None)


def _other(kind: str, identifier: str, changes: Sequence[Change], review: Review, words: Words) -> Changed:
    """A catalogue entry in the words of the agreements; of anything else, what its file says."""
    name = words.label(f"compare.kind.{kind}")
    title = name if identifier == kind else words.label("whatif.term.of", owner=name, term=identifier)
    first = changes[0]
    if not first.steps:
        return _thing(title, words.label("compare.new" if first.new else "compare.gone"), (), words)
    if kind == "service":
        sides = Side(review.before, words), Side(review.after, words)
        calendars = review.before.calendars, review.after.calendars
        services = review.before.services[identifier], review.after.services[identifier]
        rows = rows_of(changed_service(*services, calendars), sides)
        title = words.label("whatif.term.of", owner=name, term=words(services[1].name))
    else:
        rows = tuple(_row(one, review, words) for one in changes)
    return _thing(title, words.label("compare.edited"), rows, words)


def _row(change: Change, review: Review, words: Words) -> ChangeRow:
    named = (review.titles.get(step, step) for step in change.steps)
    what = change.what if words.language == "en" else words.listed(tuple(named))
    old, new = change.old or EMPTY, change.new or EMPTY
    key = "compare.added" if not change.old else "compare.removed" if not change.new else "compare.changed"
    text = words.label(key, what=what, old=old, new=new)
    return ChangeRow(str(Meaning.NEUTRAL), what, "", "", what, old, new, text, *pieces(old, new))


def _thing(
    title: str, heading: str, rows: Sequence[ChangeRow], words: Words, documents: tuple[str, ...] = ()
) -> Changed:
    """What has no versions."""
    return Changed(
        kind="",
        id="",
        number="",
        title=title,
        heading=heading,
        note="",
        summary="",
        old=None,
        new=None,
        counts=counted(rows, words) if rows else "",
        groups=grouped(rows, words),
        documents=documents,
    )
