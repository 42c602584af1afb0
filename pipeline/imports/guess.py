"""What an unknown export seems to be: format, layout, columns and dates, each to be confirmed by its owner."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from pipeline.load.formats import FORMATS, format_of
from pipeline.load.formats.delimited import DELIMITERS
from pipeline.load.formats.table import Layout, Table, Unreadable
from pipeline.load.formats.workbook import first_rows
from pipeline.load.instants import read_instant
from pipeline.load.kinds.import_profile import OUTAGE_COLUMNS, READY, TICKET_COLUMNS, ready

SAMPLE = 2000
"""Records looked at."""

_TOP = 20
"""Rows among which the header is looked for."""

HEADINGS: Mapping[str, str] = {
    "ticket": (
        "ticket|number|ticket id|ticket number|ticket no|incident|incident id|issue key|id|ref|key|case:concept:name|"
        "工单号|工单编号|事件编号|事件单号|单号|编号|工单id"
    ),
    "customer": "customer|client|company|organization|organisation|entity|account|org|客户|客户名称|单位|公司|所属单位",
    "service": (
        "service|business service|service name|product|application|system|category|"
        "服务|服务名称|系统|系统名称|业务系统|服务项"
    ),
    "priority": "priority|severity|urgency|impact|level|优先级|级别|事件级别|紧急程度|等级",
    "opened": (
        "opened|opened at|created|created at|created on|open time|opening date|start date|reported|submitted|"
        "sys created on|"
        "受理时间|创建时间|报修时间|登记时间|提交时间|发生时间|建单时间"
    ),
    "responded": (
        "responded|responded at|first response|first reply|response time|assignment date|acknowledged|"
        "响应时间|首次响应时间|接单时间"
    ),
    "resolved": (
        "resolved|resolved at|resolution date|solved|solved at|close time|closed at|closed|completed|resolve time|"
        "解决时间|恢复时间|完成时间|处理完成时间|关闭时间|办结时间"
    ),
    "state": "state|status|incident state|lifecycle:transition|状态|工单状态|事件状态",
    "changed": (
        "changed|changed at|updated|updated at|sys updated at|sys updated on|time:timestamp|timestamp|"
        "变更时间|更新时间|操作时间"
    ),
    "summary": "summary|subject|title|short description|description|摘要|标题|主题|事件描述|故障描述|问题描述",
    "cause": "cause|root cause|reason|原因|原因分析|故障原因",
    "action": "action|solution|resolution|close notes|处理措施|解决方案|处理过程|处理结果",
    "pauses": "pauses|on hold|挂起时段",
    "outage": "outage|outage id|event id|eventid|alarm id|id|number|编号|中断编号|告警编号",
    "category": "category|type|kind|class|类别|类型|中断类型",
    "started": "started|start|start time|from|begin|down since|clock|开始时间|中断开始|故障开始时间|开始",
    "ended": "ended|end|end time|to|until|recovery time|restored|结束时间|恢复时间|中断结束|结束",
}
"""Our name -> headings that tools and sheets use for it, the likeliest first."""

DATES = (
    "iso", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日 %H时%M分", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p",
    "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%m-%d-%Y %H:%M:%S", "%m-%d-%Y %H:%M",
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d/%b/%y %I:%M %p", "%d/%b/%y %H:%M", "epoch", "epoch_ms", "excel",
)  # fmt: skip
"""Date formats that are tried."""

_NOTHING = ("-", "--", "—", "?", "/", "N/A", "n/a", "NULL", "null", "None", "无", "空")
"""What tools and people write for nothing."""

_TIMES = ("opened", "responded", "resolved", "changed", "started", "ended")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a file seems to be; `doubts` say what could as well be otherwise."""

    format: str
    layout: Layout
    describes: str
    shape: str
    columns: Mapping[str, str]
    names: tuple[str, ...]
    date_formats: tuple[str, ...]
    zoned: bool
    values: Mapping[str, Mapping[str, int]]
    missing: tuple[str, ...] = ()
    extends: str = ""
    doubts: tuple[str, ...] = field(default=())


def guess(path: Path) -> Guess:
    """Look into a file; Unreadable where no format can read it."""
    form, layout = _format(path)
    names, sample = _sample(path, form, layout)
    describes = _describes(names)
    known = TICKET_COLUMNS if describes == "tickets" else OUTAGE_COLUMNS
    columns = _columns(names, known)
    extends = _extends(form, names)
    if extends:
        columns |= {ours: name for ours, name in ready(extends)["columns"].items() if name in names}
    by_field = {ours: [row[names.index(name)].strip() for row in sample] for ours, name in columns.items()}
    missing = tuple(mark for mark in _NOTHING if any(mark in cells for cells in by_field.values()))
    by_field = {ours: ["" if cell in missing else cell for cell in cells] for ours, cells in by_field.items()}
    times = [cell for ours in _TIMES for cell in by_field.get(ours, ()) if cell]
    formats, doubts = _dates(times)
    event_log = (
        describes == "tickets" and {"state", "changed"} <= columns.keys() and _repeats(by_field.get("ticket", ()))
    )
    if not event_log:
        columns = {ours: name for ours, name in columns.items() if ours not in {"state", "changed"}}
    counted = ("customer", "service", "priority", "category", *(("state",) if event_log else ()))
    return Guess(
        format=form,
        layout=layout,
        describes=describes,
        shape="event-log" if event_log else "ticket",
        columns=columns,
        names=names,
        date_formats=formats,
        zoned=bool(times) and all(map(_has_zone, times)),
        values={
            ours: dict(Counter(filter(None, by_field[ours])).most_common()) for ours in counted if ours in by_field
        },
        missing=missing,
        extends=extends,
        doubts=doubts,
    )


def _format(path: Path) -> tuple[str, Layout]:
    with path.open("rb") as stream:
        head = stream.read(4096)
    layout = Layout()
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return "xlsx", _sheet(path, layout)
    if head.startswith(b"PAR1"):
        return "parquet", layout
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if head.startswith(b"\x1f\x8b") or start.startswith((b"<?xml", b"<log")):
        return "xes", layout
    if start.startswith(b"["):
        return "json", layout
    if start.startswith(b"{"):
        return _json(path, head, layout)
    layout = replace(layout, encoding=_encoding(path, head))
    layout = replace(layout, delimiter=_delimiter(path, layout.encoding))
    return "csv", replace(layout, header_row=_header_row(_top_lines(path, layout)))


def _sheet(path: Path, layout: Layout) -> Layout:
    """The first sheet with a table; its name only where another sheet stands before it."""
    for index, (name, rows) in enumerate(first_rows(path, _TOP)):
        if any(sum(map(bool, cells)) > 1 for cells in rows):
            return replace(layout, sheet=name if index else "", header_row=_header_row(rows))
    return layout


def _json(path: Path, head: bytes, layout: Layout) -> tuple[str, Layout]:
    for name, records in (("prometheus", "data.result"), ("zabbix-sla-report", "result"), ("zabbix-events", "result")):
        marks = {"prometheus": b'"resultType"', "zabbix-sla-report": b'"serviceids"', "zabbix-events": b'"eventid"'}
        if marks[name] in head:
            return name, replace(layout, records=records)
    try:
        next(FORMATS["jsonl"].open(path, layout).rows, None)
    except Unreadable:
        lists = re.findall(rb'"([A-Za-z_]\w*)"\s*:\s*\[\s*\{', head)
        return "json", replace(layout, records=lists[0].decode() if lists else "")
    return "jsonl", layout


def _encoding(path: Path, head: bytes) -> str:
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8", "gb18030", "windows-1252"):
        try:
            with path.open(encoding=encoding) as stream:
                while stream.read(1 << 20):
                    pass
        except UnicodeError:
            continue
        return encoding
    raise Unreadable("encoding", "the file is text in no known encoding, or damaged", "save it as UTF-8")  # noqa: EM101 - a code


def _delimiter(path: Path, encoding: str) -> str:
    """The one that cuts the first lines into the most cells, evenly."""
    with path.open(encoding=encoding, newline="") as stream:
        lines = list(islice(stream, 100))

    def cells(delimiter: str) -> int:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            return 0
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return (width - 1) * rows

    return max(DELIMITERS, key=cells)


def _header_row(rows: Iterable[Sequence[str]]) -> int:
    """The first row near the top that is about as full as any, with texts that differ: titles stand above it."""
    filled = [[cell for cell in cells if cell.strip()] for cells in rows]
    fullest = max(map(len, filled), default=0)
    for number, cells in enumerate(filled, start=1):
        distinct = len(set(cells)) >= len(cells) - len(cells) // 4
        if len(cells) > 1 and len(cells) * 3 >= fullest * 2 and distinct and not any(map(_is_figure, cells)):
            return number
    return 1


def _top_lines(path: Path, layout: Layout) -> list[list[str]]:
    with path.open(encoding=layout.encoding, newline="") as stream:
        lines = list(islice(stream, _TOP))
    try:
        return [next(csv.reader([line], delimiter=layout.delimiter), []) for line in lines]
    except csv.Error:
        return []


def _is_figure(cell: str) -> bool:
    return re.fullmatch(r"[-+\d.,:/ TZ]+", cell.strip()) is not None


def _sample(path: Path, form: str, layout: Layout) -> tuple[tuple[str, ...], list[Sequence[str]]]:
    """The names of the columns, and the cells of the first records."""
    table = FORMATS[form].open(path, layout)
    if not table.gridded:
        names = _names(table)
        table = FORMATS[form].open(path, replace(layout, columns=names))
    rows = (cells for _, cells in islice(table.rows, SAMPLE))
    width = len(table.header)
    return table.header, [cells for cells in rows if len(cells) == width]


def _names(table: Table) -> tuple[str, ...]:
    for _ in islice(table.rows, SAMPLE):
        pass
    return tuple(table.names)


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-./#*()（）]+", " ", name).strip().lower()


def _columns(names: Sequence[str], known: Iterable[str]) -> dict[str, str]:
    """Our names and the headings that seem to be meant; a heading is used once."""
    plain = {name: {_plain(name), _plain(name.removeprefix("case:"))} for name in names}
    found: dict[str, str] = {}
    for exact in (True, False):
        for ours in known:
            if ours in found or ours not in HEADINGS:
                continue
            words = [_plain(word) for word in HEADINGS[ours].split("|")]
            fits = (
                name
                for word in words
                for name, shown in plain.items()
                if name not in found.values()
                and (word in shown or (not exact and len(word) > 3 and any(word in one for one in shown)))  # noqa: PLR2004 - shorter words are parts of others
            )
            name = next(fits, None)
            if name is not None:
                found[ours] = name
    return {ours: found[ours] for ours in known if ours in found}


def _describes(names: Sequence[str]) -> str:
    """Outages begin and end; tickets are opened and resolved."""
    outages = {"started", "ended"} & _columns(names, OUTAGE_COLUMNS).keys()
    tickets = {"opened", "resolved", "changed"} & _columns(names, TICKET_COLUMNS).keys()
    return "outages" if len(outages) > len(tickets) else "tickets"


def _extends(form: str, names: Sequence[str]) -> str:
    """The ready profile all of whose columns the file has; the one with the most of them."""
    fitting = [
        (len(ready(name)["columns"]), name)
        for name in READY
        if ready(name).get("format", "csv") == form and set(ready(name)["columns"].values()) <= set(names)
    ]
    if not fitting and form in FORMATS and form in READY:
        return form
    return max(fitting)[1] if fitting else ""


def _repeats(cells: Sequence[str]) -> bool:
    return len(set(cells)) < len(cells)


def _reads(cell: str, pattern: str) -> bool:
    try:
        read_instant(cell, (pattern,), "UTC")
    except ValueError:
        return False
    return True


def _dates(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Formats that read all times of the sample, and what else would."""
    left = dict.fromkeys(cells)
    formats: list[str] = []
    doubts: list[str] = []
    while left and len(formats) < 3:  # noqa: PLR2004 - more would be a coincidence
        read = {pattern: [cell for cell in left if _reads(cell, pattern)] for pattern in DATES}
        best = max(DATES, key=lambda pattern: len(read[pattern]))
        if not read[best]:
            break
        formats.append(best)
        also = [one for one in DATES if one != best and len(read[one]) == len(read[best])]
        if also:
            doubts.append(f"{' and '.join(also)} would read the times of {best} as well: say which is meant")
        left = dict.fromkeys(cell for cell in left if cell not in set(read[best]))
    if left:
        doubts.append(f"no known format reads the time {next(iter(left))!r}")
    return tuple(formats), tuple(doubts)


def _has_zone(cell: str) -> bool:
    return re.search(r"(Z|[+-]\d\d:?\d\d)$", cell) is not None or re.fullmatch(r"\d{9,13}([.]\d+)?", cell) is not None


def stated_format(path: Path, form: str) -> str:
    """The format where the file name does not tell it."""
    return "" if format_of(path.name) == form else form
