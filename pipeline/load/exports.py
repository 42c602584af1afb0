"""Exports of ticket and monitoring tools as Records: every record is used or set aside with place and reason."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import chain, groupby
from pathlib import Path
from typing import Protocol

from pipeline.load.characters import Glyphs
from pipeline.load.formats import FORMATS, format_of
from pipeline.load.formats.table import Layout, Table, Unreadable
from pipeline.load.instants import ISO
from pipeline.load.outages import OutageReader
from pipeline.load.rows import Row, Unusable
from pipeline.load.tickets import EventReader, TicketReader
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import ALL_CUSTOMERS, ExportFile, ImportProfile, Records, RowKey, SetAside
from pipeline.problems import Place, Problem, did_you_mean, error, warning


def month_folders(folder: Path) -> tuple[Month, ...]:
    """The months that have a folder under `metrics/`, oldest first."""
    months = []
    for path in filter(Path.is_dir, (folder / "metrics").glob("*")):
        try:
            months.append(Month.parse(path.name))
        except ValueError:
            continue
    return tuple(sorted(months))


def misnamed_folders(folder: Path) -> tuple[Problem, ...]:
    """What lies in `metrics/` and is no month."""
    problems = []
    for path in sorted((folder / "metrics").glob("[!.]*")):
        try:
            Month.parse(path.name)
        except ValueError as mistake:
            place = Place(f"sources/metrics/{path.name}")
            problems.append(error(place, "month-folder", str(mistake), "rename the folder"))
            continue
        if path.is_symlink() or path.parent.is_symlink():
            place = Place(f"sources/metrics/{path.name}")
            problems.append(error(place, "folder-link", "links to folders are not followed", "move the folder here"))
        elif not path.is_dir():
            place = Place(f"sources/metrics/{path.name}")
            problems.append(error(place, "month-folder", "a month is a folder of exports, this is a file"))
    return tuple(problems)


def missing_exports(portfolio: Portfolio, records: Records, months: Sequence[Month]) -> tuple[Problem, ...]:
    """Kinds of export that a profile reads and a month lacks.

    Without outages, availability is without data. Without tickets, every ticket that was open the month before would
    seem to run out of time: that is an error.
    """
    described = sorted({profile.describes for profile in portfolio.profiles.values()})
    found = {(file.month, file.describes) for file in records.files}
    return tuple(
        (error if kind == "tickets" else warning)(
            Place(f"sources/metrics/{month}"),
            "no-export",
            f"there is no export of {kind} for {month}",
            "add the file, or report on an earlier month" if kind == "tickets" else "availability is without data",
        )
        for month in months
        for kind in described
        if (month, kind) not in found
    )


class Reader(Protocol):
    """Takes the rows of one shape of export."""

    def group(self, rows: Iterable[Row]) -> Iterable[Row]:
        """A row for each record; the records of an event log span several rows."""

    def take(self, row: Row) -> None:
        """Keep the record that the row stands for; Unusable when it cannot be measured."""

    def drop(self, row: Row) -> None:
        """What becomes of an earlier record that the row, which is set aside, would have replaced."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export file with the profile that reads it."""

    path: Path
    file: str
    month: Month
    profile: ImportProfile


def load_records(
    folder: Path, portfolio: Portfolio, months: Sequence[Month], glyphs: Glyphs
) -> tuple[Records, tuple[Problem, ...]]:
    """All exports of those months. A row set aside is a warning; an export that cannot be read at all is an error."""
    problems: list[Problem] = []
    exports = tuple(_exports(folder, portfolio, months, problems))
    records, more = read_exports(exports, portfolio, glyphs)
    return records, (*problems, *more)


def read_exports(
    exports: Iterable[Export], portfolio: Portfolio, glyphs: Glyphs
) -> tuple[Records, tuple[Problem, ...]]:
    """The records of those exports, month by month."""
    problems: list[Problem] = []
    tickets = TicketReader(portfolio)
    events = EventReader(tickets)
    outages = OutageReader(portfolio)
    readers: dict[tuple[str, str], Reader] = {
        ("tickets", "ticket"): tickets,
        ("tickets", "event-log"): events,
        ("outages", "ticket"): outages,
    }
    rows: Counter[RowKey] = Counter()
    set_aside: list[SetAside] = []
    files: list[ExportFile] = []
    for (_, *kind), together in groupby(sorted(exports, key=_month_and_kind), key=_month_and_kind):
        reader = readers[kind[0], kind[1]]
        found = chain.from_iterable(read_rows(_noted(export, files), glyphs, problems) for export in together)
        for row in reader.group(found):
            customer, service, priority = _told(row, portfolio)
            rows[row.month, customer, service] += 1
            try:
                reader.take(row)
            except Unusable as why:
                reader.drop(row)
                described, record = row.profile.describes, row.printable(row.raw("ticket") or row.raw("outage"))
                values, place = tuple(map(row.printable, why.values)), why.place or row.place(why.field)
                set_aside.append(
                    SetAside(described, record, row.month, customer, service, priority, why.code, values, place)
                )
    problems += [warning(aside.place, "set-aside", f"set aside: {aside.reason}") for aside in set_aside]
    files.sort(key=lambda one: (one.month, one.file))
    return Records(tickets.table(), outages.table(), tuple(set_aside), dict(rows), tuple(files)), tuple(problems)


def _month_and_kind(export: Export) -> tuple[Month, str, str]:
    """What is read together: the event log of a month may come in several files."""
    return export.month, export.profile.describes, export.profile.shape


def _noted(export: Export, files: list[ExportFile]) -> Export:
    with export.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    files.append(ExportFile(export.file, export.month, export.profile.describes, digest))
    return export


def _told(row: Row, portfolio: Portfolio) -> tuple[str, str, str]:
    """Customer, service and priority of a row as far as they are known ids."""
    customer, service, priority = row.mapped("customer"), row.mapped("service"), row.mapped("priority")
    priorities = {one.id for one in portfolio.policy.priorities}
    return (
        customer if customer in portfolio.customers or customer == ALL_CUSTOMERS else "",
        service if service in portfolio.services else "",
        priority if priority in priorities else "",
    )


def _exports(folder: Path, portfolio: Portfolio, months: Sequence[Month], problems: list[Problem]) -> Iterator[Export]:
    root = folder.resolve()
    for month in months:
        for path in sorted((folder / "metrics" / str(month)).iterdir()):
            file = f"sources/metrics/{month}/{path.name}"
            if path.name.startswith(".") or path.suffix == ".yaml":
                continue
            if path.is_dir():
                problems.append(error(Place(file), "folder", "a folder lies among the exports", "take its files out"))
                continue
            if not file.isprintable():
                message = "the file name has characters that cannot be shown"
                problems.append(error(Place(ascii(file)[1:-1]), "file-name", message, "rename it"))
                continue
            fitting = [
                profile
                for profile in portfolio.profiles.values()
                if any(fnmatchcase(path.name, pattern) for pattern in profile.files)
            ]
            if not path.resolve().is_relative_to(root):
                problems.append(error(Place(file), "outside-link", "the link leads outside of the sources"))
            elif len(fitting) == 1:
                yield Export(path, file, month, fitting[0])
            elif fitting:
                names = " and ".join(sorted(profile.id for profile in fitting))
                problems.append(error(Place(file), "two-profiles", f"the import profiles {names} both claim this file"))
            elif not portfolio.unreadable:
                patterns = [pattern for profile in portfolio.profiles.values() for pattern in profile.files]
                hint = did_you_mean(path.name, patterns)
                problems.append(error(Place(file), "no-profile", "no import profile reads this file", hint))


def read_rows(export: Export, glyphs: Glyphs, problems: list[Problem]) -> Iterator[Row]:
    """The data rows of an export; problems that make the whole file unusable are added to `problems`."""
    form = FORMATS[format_of(export.path.name, export.profile.format)]
    profile = as_typed(export.profile) if form.typed else export.profile
    layout = Layout(
        encoding=profile.encoding,
        delimiter=profile.delimiter,
        sheet=profile.sheet,
        header_row=profile.header_row,
        records=profile.records,
        columns=tuple(profile.columns.values()),
    )
    try:
        table = form.open(export.path, layout)
        positions = _positions(table, export, problems)
        if positions is None:
            return
        month, file, width, gridded = export.month, export.file, len(table.header), table.gridded
        for line, fields in table.rows:
            yield Row(profile, month, file, line, fields, positions, width, glyphs, problems, gridded)
    except Unreadable as mistake:
        place = Place(export.file, mistake.line, mistake.column)
        hint = mistake.hint.replace("{profile}", export.profile.source.file)
        problems.append(error(place, mistake.code, mistake.message, hint))
        return
    for name in sorted(table.unseen):
        message = f"no record has {name!r}"
        problems.append(warning(Place(export.file), "column-missing", message, did_you_mean(name, table.names)))


def as_typed(profile: ImportProfile) -> ImportProfile:
    """The profile for a format with types, which writes times and numbers in its own way."""
    formats = profile.date_formats if ISO in profile.date_formats else (*profile.date_formats, ISO)
    return replace(profile, date_formats=formats, decimal=".")


def _positions(table: Table, export: Export, problems: list[Problem]) -> Mapping[str, int] | None:
    """Field -> index of its column; None, with problems, when a column is missing or named twice."""
    columns = export.profile.columns
    names = list(table.names or table.header)
    mistakes = []
    if table.gridded and not any(table.header):
        message, hint = "the file has no header row", ""
        if export.profile.header_row > 1:
            hint = f"{export.profile.source.file} says header_row: {export.profile.header_row}"
        mistakes.append(error(Place(export.file), "csv-empty", message, hint))
    else:
        for name in columns.values():
            if name not in table.header:
                message = f"the column {name!r} is missing"
                mistakes.append(
                    error(Place(export.file, table.header_line), "column-missing", message, did_you_mean(name, names))
                )
            elif names.count(name) > 1:
                second = names.index(name, names.index(name) + 1) + 1
                place = Place(export.file, table.header_line, second)
                mistakes.append(error(place, "column-twice", f"the column {name!r} appears twice"))
    problems += mistakes
    return None if mistakes else {field: table.header.index(name) for field, name in columns.items()}
