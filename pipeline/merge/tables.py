"""The figures behind a report as tables: what its .xlsx and .tickets.csv hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from zoneinfo import ZoneInfo

from pipeline.measure.cases import Stand, TicketCase, outage_cases, ticket_cases
from pipeline.measure.figures import every_figure
from pipeline.measure.judgements import Verdict
from pipeline.measure.measurement import Measurement, SlaMonth
from pipeline.measure.measures import Measured
from pipeline.measure.settlement import settle
from pipeline.merge.evidence import KEYS as EVIDENCE_KEYS
from pipeline.merge.evidence import Row as EvidenceRow
from pipeline.merge.evidence import evidence, evidence_by_month
from pipeline.merge.report import ReportContext
from pipeline.merge.words import Words
from pipeline.model.catalog import Better, MeasureName, Unit
from pipeline.model.records import FULL_IMPACT, MISSING

Cell = str | int | Decimal | None

OTHER_PERIOD = "other-period"
"""Status of a ticket that counts in another period than the report's."""

EXCLUDED = "excluded"
"""Status of a ticket that the customer agreed not to count."""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, the keys and headings of its columns, and its rows."""

    name: str
    keys: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


LISTED = 200
"""Of a longer table about all customers a PDF shows so many rows, the worst first; the workbook beside it has all."""

_FIRST_ROW = 2
"""Of a sheet, below its headings."""

TICKET_KEYS = (
    "ticket", "service", "priority", "opened", "responded", "resolved", "paused_s", "response_s", "resolution_s",
    "response_status", "resolution_status",
)  # fmt: skip


def report_tables(
    measurement: Measurement, month: SlaMonth, context: ReportContext, words: Words
) -> tuple[Table, tuple[Table, ...]]:
    """The tickets as programs read them, and all sheets of the workbook."""
    measured = measurement.measured
    zone = ZoneInfo(month.span.agreement.timezone)
    cases = ticket_cases(measured, month)
    tickets = Table("tickets", TICKET_KEYS, TICKET_KEYS, tuple(_ticket(measured, case, zone) for case in cases))
    names = {one.service: one.service_name for one in context.results}
    told = tuple(
        (*_readable(row, names, words), *_told(measured, case)) for row, case in zip(tickets.rows, cases, strict=True)
    )
    sheets: tuple[Table, ...] = (
        sheet(words, "figures", _FIGURES, tuple(_figures(context, words))),
        sheet(words, "tickets", (*TICKET_KEYS, "summary", "cause", "action"), told),
        sheet(words, "outages", _OUTAGES, tuple(_outages(measured, month, zone, names, words))),
        sheet(
            words,
            "set_aside",
            ("file", "line", "column", "record", "reason"),
            tuple((one.file, one.line, one.column, one.record, one.reason) for one in context.set_aside),
        ),
    )
    parts = enumerate(_parts(measurement, month, words), _FIRST_ROW)
    rows = tuple((row, *part) for row, found in parts for part in found)
    return tickets, (*sheets, sheet(words, "evidence", EVIDENCE_KEYS, rows))


def _parts(measurement: Measurement, month: SlaMonth, words: Words) -> Iterator[Iterator[EvidenceRow]]:
    """The evidence of each figure, in the order of the sheet of figures."""
    measured = measurement.measured
    if month.period.months == 1:
        for figure in every_figure(measured, month, settle(measurement, month)):
            yield evidence(measured, figure, words)
    else:
        months = measurement.months[month.span.agreement.id]
        for result in month.results:
            yield evidence_by_month(measured, result, months, words)


def sheet(words: Words, name: str, keys: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...]) -> Table:
    """A sheet with the headings of its columns."""
    headings = tuple(words.label(f"column.{key}") for key in keys)
    return Table(words.label(f"sheet.{name}"), keys, headings, rows)


def listing(words: Words, name: str, columns: Mapping[str, str], rows: Iterable[object]) -> Table:
    """Rows of a context as a sheet: for each column a field of the rows (`miss.cause` goes deeper), and its label."""
    found = attrgetter(*columns)

    def cell(value: object) -> Cell:
        if isinstance(value, bool):
            return words.label("yes") if value else ""
        if isinstance(value, tuple):
            return "\n".join(value)
        return value if isinstance(value, int | Decimal) else str(value)

    headings = tuple(words.label(key) for key in columns.values())
    return Table(words.label(name), tuple(columns), headings, tuple(tuple(map(cell, found(row))) for row in rows))


_FIGURES = (
    "service", "target", "measure", "priority", "limit", "bound", "goal", "value", "unit", "count", "met", "missed",
    "set_aside", "excluded", "status", "credit", "version", "formula",
)  # fmt: skip
_OUTAGES = (
    "outage", "service", "component", "impact", "category", "started", "ended", "seconds", "counted", "cause", "action",
)  # fmt: skip


def _figures(context: ReportContext, words: Words) -> Iterator[tuple[Cell, ...]]:
    for one in context.results:
        bound = "≥" if one.better == Better.HIGHER else "≤"
        unit = words.label(f"figure.unit.{one.unit}") if one.unit in {Unit.COUNT, Unit.SCORE} else one.unit
        yield (
            one.service_name, one.target, one.measure_label, one.priority, one.limit, bound, one.goal, one.value, unit,
            one.count, one.met, one.missed, one.set_aside, one.excluded, one.status_label, one.credit, one.version,
            one.formula,
        )  # fmt: skip


def iso(instant: int, zone: ZoneInfo) -> str:
    """ISO 8601 with offset, empty where missing."""
    return "" if instant == MISSING else datetime.fromtimestamp(instant, zone).isoformat()


def _ticket(measured: Measured, case: TicketCase, zone: ZoneInfo) -> tuple[Cell, ...]:
    tickets, row = measured.records.tickets, case.row
    response, resolution = case.stand(MeasureName.RESPONSE_TIME), case.stand(MeasureName.RESOLUTION_TIME)
    paused = resolution or response
    return (
        tickets.id[row],
        tickets.service[row],
        tickets.priority[row],
        iso(tickets.opened[row], zone),
        iso(tickets.responded[row], zone),
        iso(tickets.resolved[row], zone),
        paused.paused if paused else None,
        _seconds(response),
        _seconds(resolution),
        _status(response),
        _status(resolution),
    )


def _readable(row: tuple[Cell, ...], names: Mapping[str, str], words: Words) -> tuple[Cell, ...]:
    """A row of the tickets in the words of the document: names of services and of what was found."""
    ticket, service, *middle, response, resolution = row
    found = (words.label(f"status.{status}") if status else "" for status in (response, resolution))
    return (ticket, names.get(str(service), str(service)), *middle, *found)


def _seconds(stand: Stand | None) -> int | None:
    return None if stand is None or stand.verdict is Verdict.PENDING else stand.elapsed


def _status(stand: Stand | None) -> str:
    if stand is None or stand.verdict is Verdict.UNMEASURED:
        return ""
    if stand.verdict is Verdict.EXCLUDED:
        return EXCLUDED
    if stand.verdict is Verdict.PENDING:
        return "pending"
    if not stand.counted:
        return OTHER_PERIOD
    return "met" if stand.verdict is Verdict.MET else "missed"


def _told(measured: Measured, case: TicketCase) -> Sequence[str]:
    tickets, row = measured.records.tickets, case.row
    return tickets.summary[row], tickets.cause[row], tickets.action[row]


def _outages(
    measured: Measured, month: SlaMonth, zone: ZoneInfo, names: Mapping[str, str], words: Words
) -> Iterator[tuple[Cell, ...]]:
    outages = measured.records.outages
    for case in outage_cases(measured, month):
        row = case.row
        yield (
            outages.id[row], names.get(outages.service[row], outages.service[row]), outages.component[row],
            f"{Decimal(100 * outages.impact[row]) / FULL_IMPACT:f}%",
            words.label(f"outage.{outages.category[row]}"), iso(outages.start[row], zone),
            iso(outages.stop[row], zone), case.seconds, words.label("yes" if case.counted else "no"),
            outages.cause[row], outages.action[row],
        )  # fmt: skip
