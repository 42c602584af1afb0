"""A profile to start from: what was guessed, marked to be confirmed, with blanks where nobody can guess."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from pipeline.check.profiles import REQUIRED_COLUMNS
from pipeline.imports.guess import Guess, stated_format
from pipeline.load.blanks import blank
from pipeline.load.characters import UNSEEN
from pipeline.load.kinds.import_profile import ready
from pipeline.load.quoting import quoted
from pipeline.model.portfolio import Portfolio
from pipeline.model.records import OUTAGE_CATEGORIES

MAX_VALUES = 30
"""Values of a column that are listed; more are no list of priorities or customers."""

_CONFIRM = "  # to be confirmed"

_PRIORITIES = {
    "P1": "1 critical urgent highest blocker major disaster 紧急 特急 一级 特别重大 非常高",
    "P2": "2 high 高 二级 重大 重要",
    "P3": "3 medium moderate normal average 中 三级 较大 普通",
    "P4": "4 low minor 低 四级 一般",
}
_STATES = {
    "new": "new open 新建 待受理 未受理",
    "running": "active in progress assigned work reopened 处理中 进行中 已受理",
    "waiting-customer": "waiting for customer awaiting user info pending customer on hold pending 等待客户 待客户 挂起",
    "waiting-supplier": "awaiting vendor waiting for supplier 等待供应商 待厂商",
    "waiting-change": "awaiting change 等待变更",
    "waiting-problem": "awaiting problem 等待问题",
    "waiting-evidence": "awaiting evidence",
    "resolved": "resolved closed solved done completed canceled cancelled 已解决 已关闭 已完成 完成",
}
_CATEGORIES = {
    "outage": "outage unplanned down incident 故障 中断 非计划",
    "agreed-maintenance": "planned maintenance scheduled 计划 维护 计划维护",
    "customer-caused": "customer caused by customer 客户原因",
    "force-majeure": "force majeure 不可抗力",
}


def starter(path: Path, found: Guess, portfolio: Portfolio) -> str:
    """The text of `sources/imports/<id>.yaml`; once its blanks are filled, the file loads."""
    return "".join(f"{UNSEEN.sub('', line)}\n" for line in _lines(path, found, portfolio))


def _lines(path: Path, found: Guess, portfolio: Portfolio) -> Iterator[str]:
    identifier = _identifier(path, portfolio)
    yield f"# Guessed from {path.name}: every line is to be confirmed. Save as sources/imports/{identifier}.yaml"
    yield from (f"# - {doubt}" for doubt in found.doubts)
    yield "kind: import"
    yield f"id: {identifier}"
    if found.extends:
        yield f"extends: {found.extends}{_CONFIRM}"
    yield f"files: [{_text(_pattern(path))}]"
    yield from _zone(found, portfolio)
    if found.extends:
        base = ready(found.extends)
        if base.get("encoding", "utf-8") != found.layout.encoding and found.format == "csv":
            yield f"encoding: {found.layout.encoding}"
        yield from _values(
            found, portfolio, tuple(field for field in ("customer", "service") if field in base["columns"])
        )
        return
    yield f"describes: {found.describes}{_CONFIRM}"
    yield f"shape: {found.shape}{_CONFIRM}"
    yield from _layout(path, found)
    formats = ", ".join(map(_text, found.date_formats)) or _text(blank("the date format, such as %Y-%m-%d %H:%M:%S"))
    yield f"date_formats: [{formats}]{_CONFIRM}"
    if found.missing:
        yield f"missing: [{', '.join(map(_text, found.missing))}]{_CONFIRM}"
    yield "columns:"
    yield from (f"  {ours}: {_text(name)}{_CONFIRM}" for ours, name in found.columns.items())
    missing = [ours for ours in REQUIRED_COLUMNS[found.describes, found.shape] if ours not in found.columns]
    yield from (f"  {ours}: {_text(blank(f'the heading of {ours}'))}" for ours in missing if ours not in _CONSTANT)
    if set(missing) & set(_CONSTANT):
        yield "constants:"
        yield from (f"  {ours}: {_text(blank(_CONSTANT[ours]))}" for ours in missing if ours in _CONSTANT)
    yield from _values(found, portfolio, ("customer", "service", "priority", "category"))
    if "state" in found.values:
        yield "states:"
        yield from _mapped(found.values["state"], {}, _STATES, "new, running, resolved or a reason to wait")


_CONSTANT = {
    "customer": "the id of the customer of all rows",
    "service": "the id of the service of all rows",
    "priority": "the priority of all rows, such as P3",
    "category": "the category of all rows, such as outage",
}


def _text(text: str) -> str:
    return quoted(text)


def _layout(path: Path, found: Guess) -> Iterator[str]:
    form = stated_format(path, found.format)
    if form:
        yield f"format: {form}"
    if found.format == "csv":
        yield f"encoding: {found.layout.encoding}"
        yield f"delimiter: {_text(found.layout.delimiter)}"
    if found.layout.sheet:
        yield f"sheet: {_text(found.layout.sheet)}{_CONFIRM}"
    if found.layout.header_row > 1:
        yield f"header_row: {found.layout.header_row}{_CONFIRM}"
    if found.layout.records:
        yield f"records: {found.layout.records}"


def _zone(found: Guess, portfolio: Portfolio) -> Iterator[str]:
    if found.zoned:
        yield "timezone: UTC  # the times tell their offset themselves"
        return
    zones = Counter(calendar.timezone for calendar in portfolio.calendars.values()).most_common(1)
    if zones:
        yield f"timezone: {zones[0][0]}  # of the service hours; to be confirmed for the tool that exported"
    else:
        yield f"timezone: {_text(blank('the time zone of the export, such as Asia/Shanghai'))}"


def _values(found: Guess, portfolio: Portfolio, fields: tuple[str, ...]) -> Iterator[str]:
    names = {
        "customer": {identifier: _names(one.name) for identifier, one in portfolio.customers.items()},
        "service": {identifier: _names(one.name) for identifier, one in portfolio.services.items()},
        "priority": {priority.id: "" for priority in portfolio.policy.priorities},
        "category": dict.fromkeys(OUTAGE_CATEGORIES, ""),
    }
    words = {"priority": _PRIORITIES, "category": _CATEGORIES}
    unknown = {
        field: [
            value for value in found.values.get(field, ()) if value not in names[field] and not UNSEEN.search(value)
        ]
        for field in fields
    }
    listed = [field for field, values in unknown.items() if values]
    if listed:
        yield "values:"
    for field in listed:
        yield f"  {field}:"
        for line in _mapped(found.values[field], names[field], words.get(field, {}), f"our {field}"):
            yield f"  {line}"


def _mapped(
    values: Mapping[str, int], names: Mapping[str, str], words: Mapping[str, str], wanted: str
) -> Iterator[str]:
    """A line for each value: the id that it seems to mean, or a blank."""
    for value, rows in list(values.items())[:MAX_VALUES]:
        if value in names or UNSEEN.search(value):  # which no source may hold: those rows are set aside
            continue
        meant = _meant(value, names, words)
        plain = re.sub(r"[<>]", " ", value)
        shown = meant or blank(f"{wanted} for {plain}")
        yield f"  {_text(value)}: {_text(shown)}  # {rows} of the rows looked at" + (
            "; to be confirmed" if meant else ""
        )
    if len(values) > MAX_VALUES:
        yield f'  "*": {_text(blank(f"{wanted} for the {len(values) - MAX_VALUES} values that are not listed"))}'


def _meant(value: str, names: Mapping[str, str], words: Mapping[str, str]) -> str:
    lowered = value.lower().strip()
    for identifier, known in names.items():
        if lowered in {identifier, *known.lower().split("\n")}:
            return identifier
    parts = {lowered, *re.split(r"[\s\-_.]+", lowered)}
    for meaning, known in words.items():
        if (meaning in names or not names) and (parts & set(known.split()) or f" {lowered} " in f" {known} "):
            return meaning
    by_name = {name.lower(): identifier for identifier, known in names.items() for name in known.split("\n") if name}
    near = get_close_matches(lowered, by_name, n=1, cutoff=0.75)
    return by_name[near[0]] if near else ""


def _names(name: object) -> str:
    """All languages of a name, a line each."""
    translations = getattr(name, "translations", {})
    return "\n".join(filter(None, (getattr(name, "plain", ""), *translations.values())))


def _identifier(path: Path, portfolio: Portfolio) -> str:
    """An id from the file name that no profile has yet."""
    words = re.findall(r"[a-z]+", path.name.lower().split(".")[0])
    wanted = "-".join(words)[:40] or "export"
    candidates = (wanted, *(f"{wanted}-{number}" for number in range(2, 1000)))
    return next(candidate for candidate in candidates if candidate not in portfolio.profiles)


def _pattern(path: Path) -> str:
    """The file name with a star for what changes from month to month."""
    stem, dot, ending = path.name.partition(".")
    begins = re.match(r"[^\d]*", stem)
    return f"{(begins[0] if begins else '').rstrip('-_ ')}*{dot}{ending}"
