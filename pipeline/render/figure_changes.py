"""What became of the figures of two reports, in words: a line a figure, and below it a line a reason."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.merge.words import Words
from pipeline.recount.changes import Case, FigureChange, Reason, ReportChanges, Why
from pipeline.recount.data import Target

MOST_NAMED = 10
INDENT = "  "


def lines(changes: ReportChanges, words: Words) -> Iterator[str]:
    """First what differs of the reports as a whole, then the figures."""
    label = words.label
    yield label(
        "figurediff.same" if changes.same_period else "figurediff.periods",
        old=changes.numbers[0],
        new=changes.numbers[1],
    )
    if changes.versions[0] != changes.versions[1]:
        yield label("figurediff.versions", old=changes.versions[0], new=changes.versions[1])
    for export in changes.exports:
        kind = "changed" if export.old and export.new else "added" if export.new else "gone"
        yield label(f"figurediff.export.{kind}", file=export.file)
    if changes.rows[0] != changes.rows[1]:
        (read, _, aside, _), (now, _, left, _) = changes.rows
        yield label("figurediff.rows", read=read, aside=aside, now=now, left=left)
    gone, come = (set(one) - set(other) for one, other in (changes.exclusions, changes.exclusions[::-1]))
    yield from (label("figurediff.exclusion", exclusion=one) for one in sorted(come))
    yield from (label("figurediff.exclusion.gone", exclusion=one) for one in sorted(gone))
    if changes.credits[0] != changes.credits[1]:
        yield label("figurediff.credits", old=changes.credits[0], new=changes.credits[1])
    if not changes.figures:
        yield label("figurediff.none")
    for figure in changes.figures:
        yield _figure(figure, words)
        yield from (f"{INDENT}{_reason(one, words)}" for one in figure.reasons)


def _figure(figure: FigureChange, words: Words) -> str:
    known = figure.new or figure.old
    name = f"{known.service_name} {known.name}" if known else ""
    if figure.old is None or figure.new is None:
        key = "figurediff.row.new" if figure.new else "figurediff.row.gone"
        return words.label(key, name=name, figure=_shown(known, words) if known else "")
    return words.label("figurediff.row", name=name, old=_shown(figure.old, words), new=_shown(figure.new, words))


def _shown(target: Target, words: Words) -> str:
    """`94% (missed)`."""
    shown = target.shown if target.value is not None else ""
    return words.label("figurediff.figure", figure=shown, status=target.status_label) if shown else target.status_label


def _reason(reason: Reason, words: Words) -> str:
    if reason.why in {Why.LIMIT, Why.SERVICE_TIME}:
        (case,) = reason.cases
        old, new = (words.elapsed(one or 0) for one in (case.before, case.after))
        return words.label(f"figurediff.why.{reason.why}", old=old, new=new)
    if reason.cases:
        named = words.label("list.separator").join(_case(one, words) for one in reason.cases[:MOST_NAMED])
        more = len(reason.cases) - MOST_NAMED
        cases = words.label("figurediff.more", cases=named, count=more) if more > 0 else named
        return words.label(f"figurediff.why.{reason.why}", cases=cases)
    return words.label(f"figurediff.why.{reason.why}", old=reason.before, new=reason.after)


def _case(case: Case, words: Words) -> str:
    """`INC1 (3 h 05 min 00 s)`, or with the time before and after."""
    times = [words.elapsed(one) for one in (case.before, case.after) if one is not None]
    told = " → ".join(dict.fromkeys(times))
    return words.label("figurediff.case", record=case.record, time=told) if told else case.record
