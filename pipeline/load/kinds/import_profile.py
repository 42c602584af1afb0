"""`imports/*.yaml`: how one tool's exports are read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.load.characters import all_covered
from pipeline.load.formats import FORMATS
from pipeline.load.formats.delimited import DELIMITERS, ENCODINGS
from pipeline.load.instants import ISO
from pipeline.load.kinds.fields import IDENTIFIER, Schema, Spec, choice, keyed, many, word, written
from pipeline.load.marked_yaml import parse
from pipeline.model.records import PAUSE_REASONS, ImportProfile
from pipeline.model.source import Source

TICKET_COLUMNS = (
    "ticket", "customer", "service", "priority", "opened", "responded", "resolved", "pauses", "summary", "cause",
    "action", "state", "changed", "reopened", "type", "updates", "reopens", "first_contact", "outcome", "score",
    "first_priority", "priority_changed",
)  # fmt: skip
OUTAGE_COLUMNS = (
    "outage", "customer", "service", "category", "started", "ended", "cause", "action", "component", "impact",
)  # fmt: skip

_FOLDER = Path(__file__).resolve().parents[1] / "profiles"
READY = tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
"""Profiles that come with the program, for the exports of well-known tools; `extends:` names one."""

_OVERLAID = ("columns", "constants", "values", "states")
"""Maps of which a profile writes only what differs; a key without a value takes it away."""

SCHEMA: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "extends": choice(*READY, required=False),
    "describes": choice("tickets", "outages"),
    "shape": choice("ticket", "event-log", required=False),
    "files": many(written("glob"), required=True, least=1),
    "format": choice(*FORMATS, required=False),
    "encoding": choice(*ENCODINGS, required=False),
    "delimiter": choice(*DELIMITERS, required=False),
    "decimal": choice(".", ",", required=False),
    "sheet": word(required=False),
    "header_row": {"type": "integer", "min": 1, "max": 1000},
    "records": word(required=False),
    "query": written("query", required=False),
    "url_env": written("environment", required=False),
    "timezone": written("timezone"),
    "date_formats": many(written("date_format"), required=True, least=1),
    "missing": many({"type": "string"}),
    "columns": keyed(word(), keys=choice(*TICKET_COLUMNS, *OUTAGE_COLUMNS, required=False), required=True),
    "constants": keyed(word(), keys=choice(*TICKET_COLUMNS, *OUTAGE_COLUMNS, required=False)),
    "values": keyed(
        keyed(word(), keys={"type": "string"}),
        keys=choice("customer", "service", "priority", "category", "type", "first_contact", "outcome", required=False),
    ),
    "states": keyed(choice("new", "running", "resolved", *PAUSE_REASONS), keys={"type": "string"}),
}


def completed(value: Any) -> Any:  # noqa: ANN401 - YAML values are of any type
    """An import profile with what it need not write: that of the profile it extends, and what a query settles."""
    if not isinstance(value, dict) or value.get("kind") != "import":
        return value
    base = value.get("extends")
    if isinstance(base, str) and base in READY:
        value = _overlaid(ready(base), value)
    if "query" in value and isinstance(value.get("id"), str):
        value = {"files": [f"{value['id']}.csv"], "date_formats": [ISO], **value}
    return value


@cache
def ready(name: str) -> Mapping[str, Any]:
    """A profile that comes with the program, as it is written."""
    path = _FOLDER / f"{name}.yaml"
    value, _, problems = parse(path.read_bytes(), path.name, all_covered)
    if problems:
        raise ValueError(str(problems[0]))
    return dict(value)


def _overlaid(base: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**base, **value}
    for key in _OVERLAID:
        merged[key] = _with(base.get(key, {}), value.get(key, {}))
    for field, other in (("columns", "constants"), ("constants", "columns")):  # what is said last of a name holds
        stated, own = value.get(field), value.get(other, {})
        if isinstance(stated, dict) and isinstance(own, dict):
            merged[other] = {key: one for key, one in merged[other].items() if key not in stated or key in own}
    return {key: one for key, one in merged.items() if one != {} or key in value}


def _with(base: Any, value: Any) -> Any:  # noqa: ANN401 - as above
    """Both maps as one, all the way down."""
    if not isinstance(base, dict) or not isinstance(value, dict):
        return value
    merged = {key: _with(base.get(key), one) for key, one in value.items() if one is not None or key not in base}
    return {key: one for key, one in base.items() if key not in value} | merged


def read(spec: Spec, source: Source) -> ImportProfile:
    """How one tool's exports are read."""
    return ImportProfile(
        id=spec["id"],
        describes=spec["describes"],
        shape=spec.get("shape", "ticket"),
        files=tuple(spec["files"]),
        encoding=spec.get("encoding", "utf-8"),
        delimiter=spec.get("delimiter", ","),
        timezone=spec["timezone"],
        date_formats=_formats(spec),
        missing=frozenset(spec.get("missing", ())) | {""},
        columns=dict(spec["columns"]),
        constants=dict(spec.get("constants", {})),
        values={column: dict(mapping) for column, mapping in spec.get("values", {}).items()},
        states=dict(spec.get("states", {})),
        source=source,
        format=spec.get("format", ""),
        sheet=spec.get("sheet", ""),
        header_row=spec.get("header_row", 1),
        records=spec.get("records", ""),
        decimal=spec.get("decimal", "."),
        query=spec.get("query", ""),
        url_env=spec.get("url_env", ""),
    )


def _formats(spec: Spec) -> tuple[str, ...]:
    """The date formats; what a query brings is written in ISO 8601."""
    formats = tuple(spec["date_formats"])
    return formats if "query" not in spec or ISO in formats else (*formats, ISO)
