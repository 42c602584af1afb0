"""A block of ticket rows as ticket columns: the rows that are plainly in order, all at once.

What is not plainly in order (an unknown value, a time written in another way, a resolution before the opening, a
character that no font has) is left to `tickets.read_ticket`, whose reading is the one that counts: it reads the row
after all, or says why it cannot. So both must agree on every row that is taken here; a test holds them against each
other on mutated exports.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.load.characters import UNSEEN, Glyphs
from pipeline.load.details import CHOICES, COUNT, SCORE, USUAL, count_of, score_of
from pipeline.load.rows import plausible
from pipeline.load.tickets import WRITTEN_REASONS, Known
from pipeline.load.times import Marks, read_times
from pipeline.model.records import ANY_VALUE, MISSING, Coded, ImportProfile, Origin, Tickets

Numbers = npt.NDArray[np.int64]

TIMES = ("opened", "responded", "resolved", "reopened", "priority_changed")
TEXTS = ("ticket", "summary", "cause", "action")


@dataclass(frozen=True, slots=True, eq=False)
class ArrowTexts:
    """Texts as pyarrow holds them."""

    cells: pa.Array

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, row: int) -> str:
        return str(self.cells[int(row)])

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells.to_pylist())

    def take(self, rows: Sequence[int]) -> ArrowTexts:
        """Those rows."""
        return ArrowTexts(self.cells.take(pa.array(rows, pa.int64())))

    def among(self, wanted: Collection[str]) -> Sequence[int]:
        """The rows that hold one of those texts, ascending."""
        found = pc.is_in(self.cells, pa.array(sorted(wanted), pa.string()))
        rows: list[int] = np.flatnonzero(found.to_numpy(zero_copy_only=False)).tolist()
        return rows


@dataclass(frozen=True, slots=True, eq=False)
class _Pauses:
    """p pauses: row of the block, start, stop, code of the reason; and which of the block's rows could be read."""

    owner: Numbers
    start: Numbers
    stop: Numbers
    reason: Numbers
    good: Marks


@dataclass(frozen=True, slots=True, eq=False)
class _Updates:
    """Signs of life: row of the block and instant of each, how many each row has, and which rows could be read."""

    owner: Numbers
    moment: Numbers
    count: Numbers
    good: Marks


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The n cells of each field: trimmed, empty where missing; a field without a column is empty throughout."""

    cells: Mapping[str, pa.Array]
    lines: Numbers
    profile: ImportProfile
    origin: Origin
    ids: Known
    glyphs: Glyphs

    def __len__(self) -> int:
        return len(self.lines)

    def read(self) -> PlainRows:
        """All rows, and which of them are plainly tickets."""
        names = {
            "customer": tuple(self.ids.customers),
            "service": tuple(self.ids.services),
            "priority": tuple(self.ids.priorities),
        }
        codes = {field: self._codes(field, values) for field, values in names.items()}
        for field, values in CHOICES.items():
            names[field] = values if field in USUAL else ("", *values)
            codes[field] = self._codes(field, names[field], names[field].index(USUAL.get(field, "")))
        names["first_priority"] = names["priority"]
        codes["first_priority"] = self._first_priorities(names["priority"], codes["priority"])
        times, marks = self._times()
        numbers, read = self._numbers(times["reopened"])
        updates = self._updates()
        good = np.logical_and.reduce([*(column >= 0 for column in codes.values()), *marks, *read, updates.good])
        for field in TEXTS:
            good &= self._printable(self.cells[field])
        good &= _lengths(self.cells["ticket"]) > 0
        pauses = self._pauses()
        return PlainRows(self, good & pauses.good, names, codes, {**times, **numbers}, pauses, updates)

    def _told(self, field: str) -> bool:
        """Whether the profile says where the field comes from."""
        return field in self.profile.columns or field in self.profile.constants

    def _first_priorities(self, names: Sequence[str], latest: Numbers) -> Numbers:
        """The priority that each ticket was opened with: where nothing tells, the one that it has."""
        if not self._told("first_priority"):
            return latest
        mapping = self.profile.values.get("priority", {})
        known = {name: code for code, name in enumerate(names)}
        told = self._each("first_priority", lambda cell: known.get(mapping.get(cell, cell), -1), MISSING)
        return np.where(told == MISSING, latest, told)

    def _numbers(self, reopened: Numbers) -> tuple[dict[str, Numbers], list[Marks]]:
        """Reopenings and scores, and which rows could be read."""
        unread = -1
        reopens = self._each("reopens", lambda cell: count_of(cell) if COUNT.fullmatch(cell) else unread, MISSING)
        score = self._each("score", lambda cell: score_of(cell) if SCORE.fullmatch(cell) else unread, MISSING)
        good = [reopens != unread, score != unread]
        if self._told("reopened"):
            reopens = np.where(reopens == MISSING, 0, reopens)
        return {"reopens": np.where(reopened != MISSING, np.maximum(reopens, 1), reopens), "score": score}, good

    def _each(self, field: str, read: Callable[[str], int], empty: int) -> Numbers:
        """A number for each cell, read once for each different one."""
        if not self._told(field):
            return np.full(len(self), empty, np.int64)
        column = self.cells[field].dictionary_encode()
        told = np.array([read(cell) if cell else empty for cell in column.dictionary.to_pylist()], np.int64)
        return told[column.indices.to_numpy()] if told.size else np.zeros(0, np.int64)

    def _updates(self) -> _Updates:
        """Times with `;` between, in order of row and time."""
        good, none = np.ones(len(self), bool), np.zeros(0, np.int64)
        if not self._told("updates"):
            return _Updates(none, none, np.full(len(self), MISSING, np.int64), good)
        updated = np.flatnonzero(_lengths(self.cells["updates"]))
        if not updated.size:
            return _Updates(none, none, np.zeros(len(self), np.int64), good)
        written = pc.split_pattern(self.cells["updates"].take(pa.array(updated)), ";")
        owner = updated[pc.list_parent_indices(written).to_numpy()]
        each = pc.utf8_trim_whitespace(pc.list_flatten(written))
        filled = np.flatnonzero(_lengths(each))
        owner, each = owner[filled], each.take(pa.array(filled))
        moment, read = self._instants(each)
        good[owner[~read]] = False
        order = np.lexsort((moment, owner))
        return _Updates(owner[order], moment[order], np.bincount(owner, minlength=len(self)), good)

    def _codes(self, field: str, names: Sequence[str], empty: int = -1) -> Numbers:
        """For each row the place of its value among the names, -1 for any other; `empty` where it has none."""
        if empty >= 0 and not self._told(field):
            return np.full(len(self), empty, np.int64)
        known = {name: code for code, name in enumerate(names) if name}
        mapping = self.profile.values.get(field, {})
        column = self.cells[field].dictionary_encode()
        cells = column.dictionary.to_pylist()
        told = [known.get(mapping.get(cell) or mapping.get(ANY_VALUE, cell), -1) if cell else empty for cell in cells]
        return np.array(told, np.int64)[column.indices.to_numpy()] if told else np.zeros(0, np.int64)

    def _times(self) -> tuple[dict[str, Numbers], list[Marks]]:
        """The instants of each field, and what must hold of them."""
        times, marks = {}, []
        for field in TIMES:
            times[field], read = self._instants(self.cells[field])
            marks.append(read)
        opened, resolved, reopened = times["opened"], times["resolved"], times["reopened"]
        marks.append(opened != MISSING)
        marks += [(times[field] == MISSING) | (times[field] >= opened) for field in TIMES]
        marks.append((resolved == MISSING) | (reopened <= resolved))
        return times, marks

    def _instants(self, cells: pa.Array) -> tuple[Numbers, Marks]:
        instants, good = read_times(cells, self.profile.date_formats, self.profile.timezone)
        first, last = plausible(self.origin.month)
        return instants, good & ((instants == MISSING) | ((instants >= first) & (instants < last)))

    def _printable(self, cells: pa.Array) -> Marks:
        """Which texts documents can carry as they are."""
        good = np.ones(len(cells), bool)
        if pc.all(pc.ascii_is_printable(cells)).as_py():
            return good
        found = _characters(cells)
        joining = {one for one in found if unicodedata.combining(one) or "\u1100" <= one <= "\u11ff"}
        for one in {*UNSEEN.findall(found), *self.glyphs(found), *joining}:
            good &= ~pc.match_substring(cells, one).to_numpy(zero_copy_only=False)
        return good

    def _pauses(self) -> _Pauses:
        """Pauses written `start/end/reason`, several of them with `;` between; in order of row, start, end, reason."""
        good = np.ones(len(self), bool)
        paused = np.flatnonzero(_lengths(self.cells["pauses"]))
        if not paused.size:
            none = np.zeros(0, np.int64)
            return _Pauses(none, none, none, none, good)
        written = pc.split_pattern(self.cells["pauses"].take(pa.array(paused)), ";")
        owner = paused[pc.list_parent_indices(written).to_numpy()]
        each = pc.utf8_trim_whitespace(pc.list_flatten(written))
        filled = np.flatnonzero(_lengths(each))
        owner, each = owner[filled], each.take(pa.array(filled))
        parts = pc.split_pattern(each, "/")
        plain = pc.list_value_length(parts).to_numpy() == len(("start", "end", "reason"))
        good[owner[~plain]] = False
        owner, parts = owner[plain], parts.filter(pa.array(plain))
        start, stop, reason = (pc.utf8_trim_whitespace(pc.list_element(parts, at)) for at in range(3))
        (begins, begun), (ends, ended) = self._instants(start), self._instants(stop)
        column = reason.dictionary_encode()
        known = {name: code for code, name in enumerate(WRITTEN_REASONS)}
        told = np.array([known.get(name, -1) for name in column.dictionary.to_pylist()], np.int64)
        reasons = told[column.indices.to_numpy()] if told.size else np.zeros(0, np.int64)
        plain = begun & ended & (reasons >= 0) & (begins != MISSING) & ((ends == MISSING) | (ends >= begins))
        good[owner[~plain]] = False
        by_name = np.argsort(np.argsort(WRITTEN_REASONS))
        order = np.lexsort((by_name[reasons], ends, begins, owner))
        return _Pauses(owner[order], begins[order], ends[order], reasons[order], good)


@dataclass(frozen=True, slots=True, eq=False)
class PlainRows:
    """n rows as columns of n numbers each; they mean something where `good`."""

    columns: Columns
    good: Marks
    names: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, Numbers]
    times: Mapping[str, Numbers]
    pauses: _Pauses
    updates: _Updates

    def customers(self, rows: Numbers) -> list[str]:
        """Whose tickets those rows are."""
        names = np.array(self.names["customer"], object)
        return list(names[self.codes["customer"][rows]]) if len(rows) else []

    def counts(self, chosen: Marks) -> Iterator[tuple[str, str, int]]:
        """How many of those rows, all of them good, there are of which customer and service."""
        customers, services = self.names["customer"], self.names["service"]
        both = self.codes["customer"][chosen] * len(services) + self.codes["service"][chosen]
        counts = np.bincount(both)
        for code in np.flatnonzero(counts).tolist():
            yield customers[code // len(services)], services[code % len(services)], int(counts[code])

    def tickets(self, chosen: Marks) -> Tickets:
        """Those rows, all of them good, as tickets."""
        columns, times, pauses, updates = self.columns, self.times, self.pauses, self.updates
        rows, number, paused = np.flatnonzero(chosen), np.cumsum(chosen) - 1, chosen[pauses.owner]
        updated = chosen[updates.owner]
        texts = {field: ArrowTexts(columns.cells[field].take(pa.array(rows))) for field in TEXTS}
        coded = {field: Coded(self.names[field], codes[rows]) for field, codes in self.codes.items()}
        return Tickets(
            id=texts["ticket"],
            customer=coded["customer"],
            service=coded["service"],
            priority=coded["priority"],
            opened=times["opened"][rows],
            responded=times["responded"][rows],
            resolved=times["resolved"][rows],
            reopened=times["reopened"][rows],
            summary=texts["summary"],
            cause=texts["cause"],
            action=texts["action"],
            origin=Coded((columns.origin,), np.zeros(len(rows), np.int64)),
            line=columns.lines[rows],
            pause_ticket=number[pauses.owner[paused]],
            pause_start=pauses.start[paused],
            pause_stop=pauses.stop[paused],
            pause_reason=Coded(WRITTEN_REASONS, pauses.reason[paused]),
            type=coded["type"],
            first_priority=coded["first_priority"],
            prioritized=times["priority_changed"][rows],
            reopens=times["reopens"][rows],
            first_contact=coded["first_contact"],
            outcome=coded["outcome"],
            score=times["score"][rows],
            updates=updates.count[rows],
            update_ticket=number[updates.owner[updated]],
            update_at=updates.moment[updated],
        )


def _lengths(cells: pa.Array) -> Numbers:
    """Bytes of each cell."""
    lengths: Numbers = pc.binary_length(cells).to_numpy().astype(np.int64)
    return lengths


def _characters(cells: pa.Array) -> str:
    """The different characters of a column that are not printable ASCII."""
    seen = np.zeros(0x110000, bool)
    text = "".join(pc.unique(cells).to_pylist())
    seen[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)] = True
    seen[0x20:0x7F] = False
    return "".join(map(chr, np.flatnonzero(seen)))
