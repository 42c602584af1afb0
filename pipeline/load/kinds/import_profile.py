"""`imports/*.yaml`: how one tool's exports are read."""

from __future__ import annotations

from pipeline.load.kinds.fields import IDENTIFIER, Schema, Spec, choice, keyed, many, word, written
from pipeline.model.records import PAUSE_REASONS, ImportProfile
from pipeline.model.source import Source

TICKET_COLUMNS = (
    "ticket", "customer", "service", "priority", "opened", "responded", "resolved", "pauses", "summary", "cause",
    "action", "state", "changed", "reopened",
)  # fmt: skip
OUTAGE_COLUMNS = ("outage", "customer", "service", "category", "started", "ended", "cause", "action")

SCHEMA: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "describes": choice("tickets", "outages"),
    "shape": choice("ticket", "event-log", required=False),
    "files": many(written("glob"), required=True, least=1),
    "encoding": choice("utf-8", "gbk", "gb18030", required=False),
    "delimiter": {"type": "string", "allowed": [",", ";", "\t", "|"]},
    "timezone": written("timezone"),
    "date_formats": many(written("date_format"), required=True, least=1),
    "missing": many({"type": "string"}),
    "columns": keyed(word(), keys=choice(*TICKET_COLUMNS, *OUTAGE_COLUMNS, required=False), required=True),
    "constants": keyed(word(), keys=choice(*TICKET_COLUMNS, *OUTAGE_COLUMNS, required=False)),
    "values": keyed(
        keyed(word(), keys={"type": "string"}),
        keys=choice("customer", "service", "priority", "category", required=False),
    ),
    "states": keyed(choice("new", "running", "resolved", *PAUSE_REASONS), keys={"type": "string"}),
}


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
        date_formats=tuple(spec["date_formats"]),
        missing=frozenset(spec.get("missing", ())) | {""},
        columns=dict(spec["columns"]),
        constants=dict(spec.get("constants", {})),
        values={column: dict(mapping) for column, mapping in spec.get("values", {}).items()},
        states=dict(spec.get("states", {})),
        source=source,
    )
