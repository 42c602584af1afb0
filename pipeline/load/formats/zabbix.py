"""What Zabbix answers: events with their recovery, and the report on an SLA, as records of interruptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.load.formats.json_document import items, records_at
from pipeline.load.formats.named import Named, named_table
from pipeline.load.formats.table import Layout, Table, Unreadable

_NONE = {"", "0", "None"}


def open_events(path: Path, layout: Layout) -> Table:
    """`event.get` or `problem.get`: a record for each problem, `ended` from its recovery; recoveries are no records."""
    return named_table(_problems(path, layout.records or "result"), layout)


def _problems(path: Path, where: str) -> Iterator[Named]:
    recovered: dict[str, Any] = {}
    problems = []
    for number, event in records_at(path, where):
        if str(event.get("value", "1")) == "0":
            recovered[str(event.get("eventid"))] = event.get("clock")
        else:
            problems.append((number, event))
    for number, event in problems:
        ended = event.get("r_clock")
        if str(ended or "") in _NONE:
            ended = recovered.get(str(event.get("r_eventid")))
        yield number, {**event, "ended": ended or ""}


def open_sla_report(path: Path, layout: Layout) -> Table:
    """`sla.getsli`: a record for each period and service with downtime, and one for each excluded downtime.

    The report tells how long a service was down in a period, not when: the time is put at the beginning of the period,
    beside the excluded downtimes.
    """
    return named_table(_report(path, layout.records or "result"), layout)


def _report(path: Path, where: str) -> Iterator[Named]:
    for result in items(path, where):
        try:
            periods = [(int(one["period_from"]), int(one["period_to"])) for one in result["periods"]]
            services = [str(one) for one in result["serviceids"]]
            rows = [[_figures(one) for one in row] for row in result["sli"]]
        except (KeyError, TypeError, ValueError, AttributeError):
            break
        if len(rows) != len(periods) or any(len(row) != len(services) for row in rows):
            break
        number = 0
        for (start, stop), row in zip(periods, rows, strict=True):
            for service, (down, excluded) in zip(services, row, strict=True):
                for record in _interruptions(service, (start, stop), down, excluded):
                    number += 1
                    yield number, record
        return
    message = f"there is no answer of sla.getsli at {where!r}"
    raise Unreadable("json-records", message, "save the whole answer, with periods, serviceids and sli")


_Excluded = Sequence[tuple[int, int, str]]


def _figures(one: Mapping[str, Any]) -> tuple[int, _Excluded]:
    excluded = [
        (int(gap["period_from"]), int(gap["period_to"]), str(gap.get("name", "")))
        for gap in one.get("excluded_downtimes", ())
    ]
    return int(one["downtime"]), sorted(excluded)


def _interruptions(service: str, period: tuple[int, int], down: int, excluded: _Excluded) -> Iterator[dict[str, Any]]:
    for start, stop, name in excluded:
        yield _interruption(service, start, stop, name, "excluded")
    start, end = period
    for pause, resume in [*((begin, until) for begin, until, _ in excluded), (end, end)]:
        length = min(down, max(pause, start) - start)
        if length > 0:
            yield _interruption(service, start, start + length, "", "down")
            down -= length
        start = max(start, resume)


def _interruption(service: str, start: int, stop: int, name: str, kind: str) -> dict[str, Any]:
    return {
        "id": f"{service}@{start}", "serviceid": service, "started": start, "ended": stop, "name": name, "kind": kind,
    }  # fmt: skip
