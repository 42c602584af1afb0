"""Exports of ticket and monitoring tools as Records: every record is used or set aside with place and reason."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain, groupby
from pathlib import Path
from typing import Protocol

from pipeline.load.characters import Glyphs
from pipeline.load.outages import OutageReader
from pipeline.load.rows import Row, Unusable
from pipeline.load.tickets import EventReader, TicketReader
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.model.records import ALL_CUSTOMERS, ExportFile, ImportProfile, Records, RowKey, SetAside
from pipeline.problems import Place, Problem, did_you_mean, error, warning

MAX_FIELD = 1_000_000


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
class _Export:
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
    exports = tuple(_exports(folder, portfolio, months, problems))
    for (_, *kind), together in groupby(sorted(exports, key=_month_and_kind), key=_month_and_kind):
        reader = readers[kind[0], kind[1]]
        found = chain.from_iterable(_rows(_read(export, files), export, glyphs, problems) for export in together)
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


def _month_and_kind(export: _Export) -> tuple[Month, str, str]:
    """What is read together: the event log of a month may come in several files."""
    return export.month, export.profile.describes, export.profile.shape


def _read(export: _Export, files: list[ExportFile]) -> bytes:
    content = export.path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    files.append(ExportFile(export.file, export.month, export.profile.describes, digest))
    return content


def _told(row: Row, portfolio: Portfolio) -> tuple[str, str, str]:
    """Customer, service and priority of a row as far as they are known ids."""
    customer, service, priority = row.mapped("customer"), row.mapped("service"), row.mapped("priority")
    priorities = {one.id for one in portfolio.policy.priorities}
    return (
        customer if customer in portfolio.customers or customer == ALL_CUSTOMERS else "",
        service if service in portfolio.services else "",
        priority if priority in priorities else "",
    )


def _exports(folder: Path, portfolio: Portfolio, months: Sequence[Month], problems: list[Problem]) -> Iterator[_Export]:
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
                yield _Export(path, file, month, fitting[0])
            elif fitting:
                names = " and ".join(sorted(profile.id for profile in fitting))
                problems.append(error(Place(file), "two-profiles", f"the import profiles {names} both claim this file"))
            elif not portfolio.unreadable:
                patterns = [pattern for profile in portfolio.profiles.values() for pattern in profile.files]
                hint = did_you_mean(path.name, patterns)
                problems.append(error(Place(file), "no-profile", "no import profile reads this file", hint))


def _rows(content: bytes, export: _Export, glyphs: Glyphs, problems: list[Problem]) -> Iterator[Row]:
    """The data rows of a CSV export; problems that make the whole file unusable are added to `problems`."""
    text = _decode(content, export, problems)
    if text is None:
        return
    profile = export.profile
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=profile.delimiter, strict=True)
    line = 1
    try:
        header = next(reader, [])
        positions = _positions(header, export, problems)
        if positions is None:
            return
        line = reader.line_num + 1
        for fields in reader:
            if fields:
                yield Row(profile, export.month, export.file, line, fields, positions, len(header), glyphs, problems)
            line = reader.line_num + 1
    except csv.Error as mistake:
        problems.append(error(Place(export.file, line), "csv-syntax", f"not valid CSV: {mistake}"))


def _decode(content: bytes, export: _Export, problems: list[Problem]) -> str | None:
    encoding = export.profile.encoding
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as mistake:
        before = content[: mistake.start]
        place = Place(export.file, before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
        hint = f"write its encoding into {export.profile.source.file}, for example encoding: "
        hint += "gb18030" if encoding == "utf-8" else "utf-8"
        problems.append(error(place, "encoding", f"the file is not {encoding.upper()}", hint))
        return None


def _positions(header: Sequence[str], export: _Export, problems: list[Problem]) -> Mapping[str, int] | None:
    """Field -> index of its column; None, with problems, when a column is missing or named twice."""
    names = [name.strip() for name in header]
    mistakes = []
    if not any(names):
        mistakes.append(error(Place(export.file), "csv-empty", "the file has no header row"))
    else:
        for name in export.profile.columns.values():
            if name not in names:
                mistakes.append(
                    error(
                        Place(export.file),
                        "column-missing",
                        f"the column {name!r} is missing",
                        did_you_mean(name, names),
                    )
                )
            elif names.count(name) > 1:
                second = names.index(name, names.index(name) + 1) + 1
                place = Place(export.file, 1, second)
                mistakes.append(error(place, "column-twice", f"the column {name!r} appears twice"))
    problems += mistakes
    return None if mistakes else {field: names.index(name) for field, name in export.profile.columns.items()}
