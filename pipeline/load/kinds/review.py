"""`reviews/*.yaml`: review meetings, planned and held."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.load import rules
from pipeline.load.kinds.fields import (
    IDENTIFIER,
    TEXTS,
    Schema,
    Spec,
    as_text,
    as_texts,
    choice,
    many,
    record,
    text,
    word,
    written,
)
from pipeline.model.quantities import Month
from pipeline.model.reviews import ACTION_STATES, Action, Attendee, Review
from pipeline.model.source import Source

PERIOD_OF_MONTHS = record({"from": written("month"), "until": written("month")}, required=True)
ATTENDEES = many(record({"name": text(), "title": text()}))
ACTIONS = many(
    record(
        {
            "id": IDENTIFIER,
            "action": text(),
            "owner": text(),
            "due": written("date"),
            "state": choice(*ACTION_STATES),
            "note": text(required=False),
        }
    )
)

SCHEMA: Schema = {
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
    "present": record(
        {"provider": many(IDENTIFIER), "customer": ATTENDEES, "suppliers": ATTENDEES, "team": many(IDENTIFIER)}
    ),
    "absent": record(
        {"provider": many(IDENTIFIER), "customer": ATTENDEES, "suppliers": ATTENDEES, "team": many(IDENTIFIER)}
    ),
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


def read(spec: Spec, source: Source) -> Review:
    """A review meeting."""
    present, absent = spec.get("present", {}), spec.get("absent", {})
    return Review(
        id=spec["id"],
        status=spec["status"],
        agreement=spec["agreement"],
        day=rules.read_date(spec["date"]),
        time=spec["time"],
        location=as_text(spec["location"]),
        first=Month.parse(spec["period"]["from"]),
        last=Month.parse(spec["period"]["until"]),
        chair=spec["chair"],
        recorder=spec["recorder"],
        present_provider=tuple(present.get("provider", ())),
        absent_provider=tuple(absent.get("provider", ())),
        present_customer=_attendees(present.get("customer")),
        absent_customer=_attendees(absent.get("customer")),
        present_suppliers=_attendees(present.get("suppliers")),
        agenda=as_texts(spec["agenda"]),
        previous_actions=as_actions(spec.get("previous_actions")),
        quality=as_texts(spec.get("quality")),
        unusual=as_texts(spec.get("unusual")),
        satisfaction=as_text(spec.get("satisfaction")),
        customer_requests=as_texts(spec.get("customer_requests")),
        provider_requests=as_texts(spec.get("provider_requests")),
        decisions=as_texts(spec.get("decisions")),
        actions=as_actions(spec.get("actions")),
        suggestions=as_texts(spec.get("suggestions")),
        next_review=rules.read_date(spec["next_review"]) if "next_review" in spec else None,
        source=source,
        present_team=tuple(present.get("team", ())),
        absent_team=tuple(absent.get("team", ())),
        absent_suppliers=_attendees(absent.get("suppliers")),
    )


def _attendees(specs: Sequence[Spec] | None) -> tuple[Attendee, ...]:
    return tuple(Attendee(as_text(item["name"]), as_text(item["title"])) for item in specs or ())


def as_actions(specs: Sequence[Spec] | None) -> tuple[Action, ...]:
    """A list of actions."""
    return tuple(
        Action(
            item["id"],
            as_text(item["action"]),
            as_text(item["owner"]),
            rules.read_date(item["due"]),
            item["state"],
            as_text(item.get("note")),
        )
        for item in specs or ()
    )
