"""Which figures differ between two reports on one agreement, and why, from the data and the evidence inside both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.recount.data import Data, Part, Target


class Why(StrEnum):
    """What makes a figure another one; of outages times are those that count against availability."""

    GOAL = "goal"
    LIMIT = "limit"
    VERSION = "version"
    LATE = "late"
    IN_TIME = "in-time"
    COUNTED = "counted"
    COUNTED_LATE = "counted-late"
    DROPPED = "dropped"
    DROPPED_LATE = "dropped-late"
    ELAPSED = "elapsed"
    LATE_THEN = "late-then"
    LATE_NOW = "late-now"
    DOWN = "down"
    DOWN_THEN = "down-then"
    DOWN_NOW = "down-now"
    SERVICE_TIME = "service-time"
    NUMBERS = "numbers"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket or outage with the seconds that it took before and after; None where it has none there."""

    record: str
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: the cases that it is about, or the words before and after."""

    why: Why
    cases: tuple[Case, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A target that came to something else, or that only one of the reports has (the other is None)."""

    old: Target | None
    new: Target | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ExportChange:
    """An export that both reports name, with other contents; or one that only one of them names."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ReportChanges:
    """All of it; `same_period` tells two builds of one report from reports on two periods. Rows: read, …, set aside."""

    numbers: tuple[str, str]
    same_period: bool
    figures: tuple[FigureChange, ...]
    exports: tuple[ExportChange, ...]
    rows: tuple[tuple[int, int, int, int], tuple[int, int, int, int]]
    versions: tuple[str, str]
    exclusions: tuple[tuple[str, ...], tuple[str, ...]]
    credits: tuple[str, str]


def compare_reports(old: Data, new: Data) -> ReportChanges | None:
    """What differs; None where the reports are about two agreements, of which no figure belongs to another."""
    if old.report.agreement != new.report.agreement:
        return None
    same = (old.report.start, old.report.end) == (new.report.start, new.report.end)
    return ReportChanges(
        numbers=(old.report.number, new.report.number),
        same_period=same,
        figures=tuple(sorted(_figures(old, new, same=same), key=_weight)),
        exports=tuple(_exports(dict(old.report.exports), dict(new.report.exports))) if same else (),
        rows=(old.report.rows, new.report.rows),
        versions=(", ".join(old.report.versions), ", ".join(new.report.versions)),
        exclusions=(old.report.exclusions, new.report.exclusions),
        credits=(_credit(old), _credit(new)),
    )


def _weight(change: FigureChange) -> int:
    """Another verdict before another figure, and that before other numbers behind the same figure."""
    if change.old is None or change.new is None:
        return 0
    return (change.old.status == change.new.status) + (change.old.value == change.new.value)


def _credit(data: Data) -> str:
    told = data.report.credits
    return " ".join(one for one in (told.total_shown, told.amount_shown) if one)


def _exports(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[ExportChange]:
    for file in sorted(old.keys() | new.keys()):
        if old.get(file) != new.get(file):
            yield ExportChange(file, old.get(file, ""), new.get(file, ""))


def _figures(old: Data, new: Data, *, same: bool) -> Iterator[FigureChange]:
    before, after = (_by_target(data) for data in (old, new))
    for key in dict.fromkeys((*after, *before)):
        one, other = before.get(key), after.get(key)
        if one is None or other is None:
            yield FigureChange(one[0] if one else None, other[0] if other else None, ())
        elif _told(one[0]) != _told(other[0]):
            yield FigureChange(one[0], other[0], tuple(_reasons(one, other, same=same)))


Row = tuple[Target, Sequence[Part]]


def _by_target(data: Data) -> dict[tuple[str, str, str], Row]:
    """Service, target and what is measured -> its row, and the evidence behind it."""
    return {
        (one.service, one.id, one.name): (one, data.workbook.evidence.get(at, ()))
        for at, one in enumerate(data.report.targets)
    }


def _told(target: Target) -> tuple[object, ...]:
    """What makes a figure the same for its reader."""
    numbers = target.value, target.count, target.met, target.missed
    return (*numbers, target.status, target.goal_written, target.allowed_s, target.credit)


def _reasons(old: Row, new: Row, *, same: bool) -> Iterator[Reason]:
    found = [*_terms(old, new), *(_corrected(old, new) if same else _of_two_periods(old, new))]
    yield from found
    if not found:
        counts = [f"{target.met}/{target.count}" for target, _ in (old, new)]
        yield Reason(Why.NUMBERS, (), *counts) if counts[0] != counts[1] else Reason(Why.UNKNOWN)


def _terms(old: Row, new: Row) -> Iterator[Reason]:
    """What the agreement says otherwise."""
    (before, parts), (after, others) = old, new
    if before.goal_written != after.goal_written:
        yield Reason(Why.GOAL, (), before.goal_written, after.goal_written)
    if before.allowed_s != after.allowed_s:
        yield Reason(Why.LIMIT, (Case("", before.allowed_s, after.allowed_s),))
    versions = [", ".join(sorted({one.version for one in each})) for each in (parts, others)]
    if all(versions) and versions[0] != versions[1]:
        yield Reason(Why.VERSION, (), *versions)


def _corrected(old: Row, new: Row) -> Iterator[Reason]:
    """Two builds of one report: what became of every ticket and outage."""
    before, after = _counted(old), _counted(new)
    both = [record for record in after if record in before]
    late, later = _late(old), _late(new)
    changed = [one for one in both if before[one] != after[one]]
    yield from _reason(Why.LATE, [one for one in both if one in later - late], before, after)
    yield from _reason(Why.IN_TIME, [one for one in both if one in late - later], before, after)
    come, gone = [one for one in after if one not in before], [one for one in before if one not in after]
    yield from _reason(Why.COUNTED_LATE, [one for one in come if one in later], before, after)
    yield from _reason(Why.COUNTED, [one for one in come if one not in later], before, after)
    yield from _reason(Why.DROPPED_LATE, [one for one in gone if one in late], before, after)
    yield from _reason(Why.DROPPED, [one for one in gone if one not in late], before, after)
    if new[0].unit != "%":
        yield from _reason(Why.ELAPSED, [one for one in changed if one not in late ^ later], before, after)
    yield from _outages(old, new)


def _of_two_periods(old: Row, new: Row) -> Iterator[Reason]:
    """Two periods have other tickets and outages: which of them count against each."""
    before, after = _counted(old), _counted(new)
    yield from _reason(Why.LATE_THEN, sorted(_late(old)), before, {})
    yield from _reason(Why.LATE_NOW, sorted(_late(new)), {}, after)
    was, now = _down(old), _down(new)
    yield from _reason(Why.DOWN_THEN, was, was, {})
    yield from _reason(Why.DOWN_NOW, now, {}, now)


def _outages(old: Row, new: Row) -> Iterator[Reason]:
    was, now = _down(old), _down(new)
    yield from _reason(Why.DOWN, [one for one in (was | now) if was.get(one) != now.get(one)], was, now)
    agreed = [sum(int(one.denominator) for one in parts if not one.record) for _, parts in (old, new)]
    if new[0].measure == "availability" and agreed[0] != agreed[1]:
        yield Reason(Why.SERVICE_TIME, (Case("", *agreed),))


def _reason(
    why: Why,
    records: Sequence[str] | Mapping[str, int],
    before: Mapping[str, int | None],
    after: Mapping[str, int | None],
) -> Iterator[Reason]:
    if records:
        yield Reason(why, tuple(Case(one, before.get(one), after.get(one)) for one in records))


def _counted(row: Row) -> dict[str, int | None]:
    """The tickets that count in the figure, with the seconds that each took."""
    target, parts = row
    if target.measure in {"availability", "mttr", "mtbf"}:
        return {}
    return {one.record: one.elapsed for one in parts if one.record and one.denominator}


def _late(row: Row) -> frozenset[str]:
    """Those of them that count against it."""
    target, parts = row
    if target.aggregate != "share" or target.measure == "availability":
        return frozenset()
    bad = 1 if target.better == "lower" else 0
    return frozenset(one.record for one in parts if one.record and one.denominator and one.numerator == bad)


def _down(row: Row) -> dict[str, int]:
    """The outages that count against availability, with their seconds."""
    target, parts = row
    if target.measure != "availability":
        return {}
    down: dict[str, int] = {}
    for one in parts:
        if one.record and not one.denominator and one.numerator:
            down[one.record] = down.get(one.record, 0) - int(one.numerator)
    return down
