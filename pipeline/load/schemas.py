"""The cerberus schema of every kind of source file, as data.

`check_with` names a rule of `load.rules`; a rule knows how a written value such as `15 min` or `A/01` must look.
"""

from __future__ import annotations

from typing import Any

from pipeline.model.agreements import Status
from pipeline.model.calendars import WEEKDAYS
from pipeline.model.catalog import MeasureName
from pipeline.model.quantities import LANGUAGES
from pipeline.model.records import OUTAGE_CATEGORIES, PAUSE_REASONS

Schema = dict[str, Any]

FREQUENCIES = ("monthly", "quarterly", "half-yearly", "yearly")
SEVERITIES = ("warning", "error")
TICKET_COLUMNS = (
    "ticket", "customer", "service", "priority", "opened", "responded", "resolved", "pauses", "summary", "cause",
    "action", "state", "changed", "reopened",
)  # fmt: skip
OUTAGE_COLUMNS = ("outage", "customer", "service", "category", "started", "ended", "cause", "action")


def written(rule: str, *, required: bool = True) -> Schema:
    """A string that the named rule reads."""
    return {"type": "string", "check_with": rule, "required": required}


def text(*, required: bool = True) -> Schema:
    """A text that a customer reads: a string, or a map from language to string."""
    return {"type": "text", "check_with": "text", "required": required}


def word(*, required: bool = True) -> Schema:
    """A string shown as it is."""
    return {"type": "string", "check_with": "plain", "required": required}


def choice(*allowed: str, required: bool = True) -> Schema:
    """One of a few words."""
    return {"type": "string", "allowed": list(allowed), "required": required}


def many(item: Schema, *, required: bool = False, least: int = 0) -> Schema:
    """A list of `item`."""
    return {"type": "list", "schema": item, "required": required, "minlength": least}


def record(fields: Schema, *, required: bool = False) -> Schema:
    """A nested map with those fields."""
    return {"type": "dict", "schema": fields, "required": required}


def keyed(values: Schema, *, keys: Schema | None = None, required: bool = False) -> Schema:
    """A map from identifiers (or `keys`) to `values`."""
    return {"type": "dict", "keysrules": keys or written("identifier"), "valuesrules": values, "required": required}


IDENTIFIER = written("identifier")
TEXTS = many(text())
MONEY = {"amount": {"type": "number", "required": True, "min": 0}, "currency": written("currency")}
CONTACT = record(
    {
        "purpose": text(),
        "name": text(),
        "phone": word(),
        "email": written("email"),
        "hours": text(),
    }
)
PERIOD_OF_MONTHS = record({"from": written("month"), "until": written("month")}, required=True)
ATTENDEES = many(record({"name": text(), "title": text()}))
ACTIONS = many(
    record(
        {
            "id": IDENTIFIER,
            "action": text(),
            "owner": text(),
            "due": written("date"),
            "state": choice("open", "in-progress", "done", "cancelled"),
            "note": text(required=False),
        }
    )
)
TARGET = record(
    {
        "id": IDENTIFIER,
        "measure": choice(*MeasureName),
        "priority": written("priority", required=False),
        "limit": written("limit", required=False),
        "goal": written("percent"),
        "pause_on": many(choice(*PAUSE_REASONS)),
        "on_reopen": choice("continue", "restart", required=False),
        "exclude": many(choice(*OUTAGE_CATEGORIES[1:])),
    }
)

ORGANIZATION: Schema = {
    "kind": word(),
    "name": text(),
    "short_name": text(),
    "address": text(),
    "phone": word(),
    "email": written("email"),
    "departments": many(record({"id": IDENTIFIER, "name": text()}), required=True, least=1),
    "people": many(
        record(
            {
                "id": IDENTIFIER,
                "name": text(),
                "title": text(),
                "department": IDENTIFIER,
                "email": written("email"),
                "phone": word(),
            }
        ),
        required=True,
        least=1,
    ),
    "roles": keyed(IDENTIFIER, required=True),
    "records_keeper": IDENTIFIER,
}

POLICY: Schema = {
    "kind": word(),
    "priorities": many(
        record({"id": written("priority"), "name": text(), "description": text()}), required=True, least=1
    ),
    "impacts": keyed(text(), required=True),
    "urgencies": keyed(text(), required=True),
    "matrix": keyed(keyed(written("priority")), required=True),
    "review": record({"chair": IDENTIFIER, "required_roles": many(IDENTIFIER, required=True)}, required=True),
    "retention_years": {"type": "integer", "min": 1, "max": 100, "required": True},
    "underpinning": choice(*SEVERITIES),
}

CALENDAR: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "name": text(),
    "timezone": written("timezone"),
    "holidays": choice("CN", required=False),
    "years": record(
        {
            "from": {"type": "integer", "min": 1990, "max": 2100, "required": True},
            "until": {"type": "integer", "min": 1990, "max": 2100, "required": True},
        }
    ),
    "hours": {
        "type": "dict",
        "required": True,
        "minlength": 1,
        "schema": {day: many(written("window")) for day in ("every_day", "workdays", *WEEKDAYS)},
    },
    "days_off": many(record({"date": written("date"), "reason": text()})),
    "working_days": many(
        record({"date": written("date"), "reason": text(), "hours": many(written("window"), least=1)})
    ),
}

SERVICE: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "name": text(),
    "description": text(),
    "objective": text(),
    "audience": text(),
    "content": many(text(), required=True, least=1),
    "frequency": text(),
    "delivery": text(),
    "deliverables": many(text(), required=True),
    "owner": IDENTIFIER,
    "state": choice("planned", "offered", "retired"),
    "request": text(),
    "supporting": many(IDENTIFIER),
    "levels": many(
        record(
            {
                "id": IDENTIFIER,
                "name": text(),
                "summary": text(),
                "calendar": IDENTIFIER,
                "charge": record(MONEY, required=True),
                "targets": many(TARGET, required=True, least=1),
            }
        ),
        required=True,
        least=1,
    ),
}

PARTY: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "name": text(),
    "short_name": text(),
    "address": text(),
    "language": choice(*LANGUAGES),
    "contacts": many(CONTACT, required=True, least=1),
}

AGREEMENT: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "title": text(),
    "version": written("version"),
    "status": choice(*Status),
    "effective": record({"from": written("date"), "until": written("date")}, required=True),
    "terminated_on": written("date", required=False),
    "replaces": written("version", required=False),
    "revision": record(
        {"summary": text(), "responsible": IDENTIFIER, "approver": IDENTIFIER, "date": written("date")},
        required=True,
    ),
    "provider": IDENTIFIER,
    "customer": IDENTIFIER,
    "language": choice(*LANGUAGES),
    "timezone": written("timezone"),
    "period": record(
        {
            "frequency": choice("monthly"),
            "starts_on_day": {"type": "integer", "min": 1, "max": 28},
            "counted_by": choice("resolved", "opened"),
        },
        required=True,
    ),
    "objective": text(),
    "services": many(
        record(
            {
                "service": IDENTIFIER,
                "level": IDENTIFIER,
                "calendar": IDENTIFIER,
                "scope": TEXTS,
                "workload_limit": record({"incidents_per_month": {"type": "integer", "min": 1, "required": True}}),
                "exceptions": TEXTS,
                "targets": many(TARGET, required=True, least=1),
                "credits": many(
                    record({"target": IDENTIFIER, "below": written("percent"), "credit": written("percent")})
                ),
            }
        ),
        required=True,
        least=1,
    ),
    "dependencies": TEXTS,
    "duties": record({"provider": many(text(), least=1), "customer": many(text(), least=1)}, required=True),
    "deliverables": TEXTS,
    "contacts": many(CONTACT, required=True, least=1),
    "maintenance": many(record({"when": text(), "purpose": text()})),
    "escalation": many(record({"after": text(), "provider": text(), "customer": text()}), required=True, least=1),
    "change": text(),
    "termination": text(),
    "charge": record(MONEY),
    "credit_cap": written("percent", required=False),
    "underpinned_by": many(IDENTIFIER),
    "reporting": record(
        {
            "frequency": choice(*FREQUENCIES),
            "content": many(text(), required=True, least=1),
            "due": written("due"),
            "channel": text(),
            "recipients": many(text(), required=True, least=1),
        },
        required=True,
    ),
    "review": record(
        {"frequency": choice(*FREQUENCIES), "content": many(text(), required=True, least=1)}, required=True
    ),
    "signatories": many(
        record({"party": choice("provider", "customer"), "name": text(required=False), "title": text()}),
        required=True,
        least=2,
    ),
}

IMPORT: Schema = {
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

REVIEW: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "status": choice("planned", "held"),
    "agreement": IDENTIFIER,
    "date": written("date"),
    "time": written("window"),
    "location": text(),
    "period": PERIOD_OF_MONTHS,
    "chair": IDENTIFIER,
    "recorder": IDENTIFIER,
    "present": record({"provider": many(IDENTIFIER), "customer": ATTENDEES, "suppliers": ATTENDEES}),
    "absent": record({"provider": many(IDENTIFIER), "customer": ATTENDEES}),
    "agenda": many(text(), required=True, least=1),
    "previous_actions": ACTIONS,
    "quality": TEXTS,
    "unusual": TEXTS,
    "satisfaction": text(required=False),
    "customer_requests": TEXTS,
    "provider_requests": TEXTS,
    "decisions": TEXTS,
    "actions": ACTIONS,
    "suggestions": TEXTS,
    "next_review": written("date", required=False),
}

SCHEMAS: dict[str, Schema] = {
    "organization": ORGANIZATION,
    "policy": POLICY,
    "calendar": CALENDAR,
    "service": SERVICE,
    "customer": PARTY,
    "team": PARTY,
    "supplier": PARTY,
    "sla": AGREEMENT,
    "ola": AGREEMENT,
    "uc": AGREEMENT,
    "import": IMPORT,
    "review": REVIEW,
}
