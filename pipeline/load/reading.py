"""Exports as records: every record is used, replaced by a newer one, or set aside with place and reason."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.load.characters import Glyphs
from pipeline.load.columns import Columns, PlainRows
from pipeline.load.exports import Export, exports, month_folders
from pipeline.load.formats.blocks import Block
from pipeline.load.kinds.import_profile import TICKET_COLUMNS
from pipeline.load.memory import give_back, use_one_allocator
from pipeline.load.outages import OutageReader
from pipeline.load.repeats import Keys, Told, owner, repeated
from pipeline.load.rows import Row, Unusable
from pipeline.load.shares import Shares
from pipeline.load.tables import Opened, read_blocks, read_rows
from pipeline.load.tickets import EventReader, Known, Ticket, read_ticket, ticket_table
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import ALL_CUSTOMERS, Coded, ExportFile, Outages, Places, RowKey, SetAside, Tickets
from pipeline.problems import Problem, warning


class Reader(Protocol):
    """Takes the rows of one shape of export."""

    def group(self, rows: Iterable[Row]) -> Iterable[Row]:
        """A row for each record; the records of an event log span several rows."""

    @property
    def replaced(self) -> Sequence[RowKey]:
        """The records in place of which a later month told something else."""

    def take(self, row: Row) -> None:
        """Keep the record that the row stands for; Unusable when it cannot be measured."""

    def drop(self, row: Row) -> None:
        """What becomes of an earlier record that the row, which is set aside, would have replaced."""


class Reading:
    """Exports of the months asked for, read once: first `outages`, then the tickets in `batches()`.

    `problems`, `set_aside`, `rows` (records read, good or bad) and `replaced` (those of which a later month told anew)
    are complete when the tickets are read to their end. Of records set aside before the month `since` nobody is told
    again. `files` say what each customer's share of an export comes to, from the month `shared` on.
    """

    def __init__(
        self,
        exports: Sequence[Export],
        portfolio: Portfolio,
        glyphs: Glyphs,
        *,
        since: Month | None = None,
        shared: Month | None = None,
    ) -> None:
        self.problems: list[Problem] = []
        self.set_aside: list[SetAside] = []
        self.replaced: Counter[RowKey] = Counter()
        self.rows: Counter[RowKey] = Counter()
        self._portfolio = portfolio
        self._ids = Known.of(portfolio)
        self._glyphs = glyphs
        self._exports = exports
        self._since = since
        self._months = sorted({one.month for one in exports})
        self._shares = Shares(shared)
        self._digests = [_digest(one.path) for one in self._exports]
        reader = OutageReader(portfolio)
        for month in self._months:
            self._collect(reader, self._of("outages", "ticket", month))
        self.replaced.update(reader.replaced)
        self.outages: Outages = reader.table()

    @classmethod
    def of(
        cls,
        folder: Path,
        portfolio: Portfolio,
        months: Sequence[Month],
        glyphs: Glyphs,
        *,
        shared: Month | None = None,
    ) -> Reading:
        """The exports of those months, and all event logs before them: a history may have begun in any of these."""
        problems: list[Problem] = []
        earlier = [month for month in month_folders(folder) if months and month < months[0]]
        logs = [one for one in exports(folder, portfolio, earlier, []) if one.profile.shape == "event-log"]
        asked = exports(folder, portfolio, months, problems)
        reading = cls((*logs, *asked), portfolio, glyphs, since=months[0] if months else None, shared=shared)
        reading.problems[:0] = problems
        return reading

    @property
    def files(self) -> tuple[ExportFile, ...]:
        """The exports with their digests."""
        return tuple(
            ExportFile(one.file, one.month, one.profile.describes, digest, self._shares.of(one.file))
            for one, digest in zip(self._exports, self._digests, strict=True)
        )

    def batches(self) -> Iterator[Tickets]:
        """All tickets, each once, as the newest month tells of it; newest month first, event logs before all."""
        use_one_allocator()
        events = EventReader(self._ids)
        for month in self._months:
            self._collect(events, self._of("tickets", "event-log", month))
        self.replaced.update(events.replaced)
        yield events.table()
        newer = Told()
        for month in reversed(self._months):
            here, unusable = Told(), Told()
            for export in self._of("tickets", "ticket", month):
                for table, block in read_blocks(export, self._glyphs, self.problems):
                    yield from self._tickets_of(table, block, newer, here, unusable)
                    give_back()
            newer.join(here)
            newer.join(unusable)
        self.set_aside.sort(key=lambda one: one.place)
        told = [one for one in self.set_aside if self._since is None or one.month >= self._since]
        self.problems += [warning(one.place, "set-aside", f"set aside: {one.reason}") for one in told]

    def _of(self, describes: str, shape: str, month: Month) -> list[Export]:
        wanted = describes, shape, month
        return [one for one in self._exports if (one.profile.describes, one.profile.shape, one.month) == wanted]

    def _collect(self, reader: Reader, together: Iterable[Export]) -> None:
        """All records of those exports, row by row; the event log of a month may come in several files."""
        rows = chain.from_iterable(read_rows(one, self._glyphs, self.problems) for one in together)
        for row in reader.group(self._shares.noted(rows, self._portfolio.customers)):
            self._count(row)
            try:
                reader.take(row)
            except Unusable as why:
                reader.drop(row)
                self._put_aside(row, why)

    def _tickets_of(self, table: Opened, block: Block, newer: Told, here: Told, unusable: Told) -> tuple[Tickets, ...]:
        """The tickets of a block that neither it, nor the month so far, nor a newer month told of before."""
        cells = {field: table.cells(field, block) for field in TICKET_COLUMNS}
        plain = Columns(cells, block.lines, table.profile, table.origin, self._ids, self._glyphs).read()
        if self._shares.wants(table.export.month):
            self._shares.add_block(table.export.file, block, plain.names["customer"], plain.codes["customer"])
            for odd in block.odd:
                self._shares.add(table.row(*odd), self._portfolio.customers, odd=True)
        rows = np.flatnonzero(plain.good)
        self._count_plain(plain, table.export.month)
        others = self._others(table, block, np.flatnonzero(~plain.good), unusable)
        keys = _keys(
            table.profile.id,
            [*cells["ticket"].take(pa.array(rows)).to_pylist(), *(ticket.id for _, ticket in others)],
            [*plain.customers(rows), *(ticket.customer for _, ticket in others)],
        )
        lines = np.concatenate([block.lines[rows], np.array([row.line for row, _ in others], np.int64)])
        places = Places(Coded((table.origin,), np.zeros(len(lines), np.int64)), lines)
        first, before = repeated(keys, lines), here.has(keys)
        once = (first == np.arange(len(keys))) & ~before
        for at in np.flatnonzero(~once):
            row = others[at - len(rows)][0] if at >= len(rows) else table.row_of(block, int(rows[at]))
            place = here.place(keys.rows(np.array([at]))) if before[at] else places[int(first[at])]
            self._put_aside(row, Unusable("twice", "ticket", row.raw("ticket"), str(place)))
        here.add(keys.rows(once), Places(Coded((table.origin,), np.zeros(int(once.sum()), np.int64)), lines[once]))
        known = once & newer.has(keys)
        kept = once & ~known
        for customer, service, count in plain.counts(_marked(block, rows[known[: len(rows)]])):
            self.replaced[table.export.month, customer, service] += count
        for (_, ticket), again in zip(others, known[len(rows) :], strict=True):
            self.replaced[table.export.month, ticket.customer, ticket.service] += bool(again)
        chosen = _marked(block, rows[kept[: len(rows)]])
        rest = [ticket for (_, ticket), keep in zip(others, kept[len(rows) :], strict=True) if keep]
        return plain.tickets(chosen), ticket_table(rest)

    def _others(self, table: Opened, block: Block, left: npt.NDArray[np.int64], unusable: Told) -> _Others:
        """The tickets of the rows that are not plain, in order; what is none is set aside."""
        rows = [table.row_of(block, int(at)) for at in left] + [table.row(*odd) for odd in block.odd]
        found, bad = [], []
        for row in sorted(rows, key=lambda row: row.line):
            self._count(row)
            try:
                found.append((row, read_ticket(row, self._ids)))
            except Unusable as why:
                self._put_aside(row, why)
                bad.append(row)
        if bad:
            numbers = [row.printable(row.raw("ticket")) for row in bad]
            unusable.add(_keys(table.profile.id, numbers, [row.mapped("customer") for row in bad]))
        return found

    def _count(self, row: Row) -> None:
        customer, service, _ = _told(row, self._portfolio)
        self.rows[row.month, customer, service] += 1

    def _count_plain(self, plain: PlainRows, month: Month) -> None:
        for customer, service, count in plain.counts(plain.good):
            self.rows[month, customer, service] += count

    def _put_aside(self, row: Row, why: Unusable) -> None:
        described, record = row.profile.describes, row.printable(row.raw("ticket") or row.raw("outage"))
        values, place = tuple(map(row.printable, why.values)), why.place or row.place(why.field)
        told = _told(row, self._portfolio)
        self.set_aside.append(SetAside(described, record, row.month, *told, why.code, values, place))


def _marked(block: Block, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    marks = np.zeros(len(block), bool)
    marks[rows] = True
    return marks


_Others = list[tuple[Row, Ticket]]


def _keys(profile: str, ids: Sequence[str], customers: Sequence[str]) -> Keys:
    owners = {customer: owner(profile, customer) for customer in set(customers)}
    return Keys.of(ids, np.array([owners[customer] for customer in customers], np.int64))


def _told(row: Row, portfolio: Portfolio) -> tuple[str, str, str]:
    """Customer, service and priority of a row as far as they are known ids."""
    customer, service, priority = row.mapped("customer"), row.mapped("service"), row.mapped("priority")
    priorities = {one.id for one in portfolio.policy.priorities}
    return (
        customer if customer in portfolio.customers or customer == ALL_CUSTOMERS else "",
        service if service in portfolio.services else "",
        priority if priority in priorities else "",
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
