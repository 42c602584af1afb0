"""`requirements/*.yaml`: what a customer asked for."""

from __future__ import annotations

from pipeline.load import rules
from pipeline.load.kinds.fields import (
    IDENTIFIER,
    TARGET,
    TEXTS,
    Schema,
    Spec,
    as_targets,
    as_text,
    as_texts,
    choice,
    many,
    record,
    text,
    word,
    written,
)
from pipeline.load.kinds.issues import REVISIONS, as_issues
from pipeline.model.quantities import LANGUAGES
from pipeline.model.requirements import (
    ChangeCase,
    Option,
    Point,
    Requirement,
    RequirementItem,
    RequirementStatus,
)
from pipeline.model.reviews import Attendee
from pipeline.model.source import Source

VERDICTS = ("within", "beyond")

_ITEM = record(
    {
        "id": IDENTIFIER,
        "wanted": text(),
        "service": {**IDENTIFIER, "nullable": True},
        "calendar": written("identifier", required=False),
        "targets": many(TARGET),
        "workload": record({"incidents_per_month": {"type": "integer", "min": 1, "required": True}}),
        "other": many(
            record(
                {"text": text(), "verdict": choice(*VERDICTS, required=False), "decision": text(required=False)},
            )
        ),
        "decision": text(required=False),
    }
)

SCHEMA: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "title": text(),
    "status": choice(*RequirementStatus),
    "customer": IDENTIFIER,
    "language": choice(*LANGUAGES),
    "date": written("date"),
    "asked_by": record({"name": text(), "title": text()}, required=True),
    "received_by": IDENTIFIER,
    "agreement": written("identifier", required=False),
    "background": text(),
    "items": many(_ITEM, required=True, least=1),
    "analysis": TEXTS,
    "decisions": TEXTS,
    "change_request": record(
        {
            "reason": text(),
            "risks": many(text(), required=True, least=1),
            "options": many(
                record({"option": text(), "cost": text(required=False), "assessment": text()}), required=True, least=1
            ),
            "needed_by": written("date", required=False),
            "decision": text(required=False),
        }
    ),
    "revisions": REVISIONS,
}


def read(spec: Spec, source: Source) -> Requirement:
    """A requirement."""
    return Requirement(
        id=spec["id"],
        title=as_text(spec["title"]),
        status=RequirementStatus(spec["status"]),
        customer=spec["customer"],
        language=spec["language"],
        day=rules.read_date(spec["date"]),
        asked_by=Attendee(as_text(spec["asked_by"]["name"]), as_text(spec["asked_by"]["title"])),
        received_by=spec["received_by"],
        agreement=spec.get("agreement", ""),
        background=as_text(spec["background"]),
        items=tuple(_item(item) for item in spec["items"]),
        analysis=as_texts(spec.get("analysis")),
        decisions=as_texts(spec.get("decisions")),
        change=_change(spec["change_request"]) if "change_request" in spec else None,
        issues=as_issues(spec["revisions"]),
        source=source,
    )


def _item(spec: Spec) -> RequirementItem:
    return RequirementItem(
        id=spec["id"],
        wanted=as_text(spec["wanted"]),
        service=spec["service"] or "",
        calendar=spec.get("calendar", ""),
        targets=as_targets(spec.get("targets", ())),
        workload=spec["workload"]["incidents_per_month"] if "workload" in spec else None,
        others=tuple(
            Point(as_text(one["text"]), one.get("verdict", ""), as_text(one.get("decision")))
            for one in spec.get("other", ())
        ),
        decision=as_text(spec.get("decision")),
    )


def _change(spec: Spec) -> ChangeCase:
    return ChangeCase(
        reason=as_text(spec["reason"]),
        risks=as_texts(spec["risks"]),
        options=tuple(
            Option(as_text(one["option"]), as_text(one.get("cost")), as_text(one["assessment"]))
            for one in spec["options"]
        ),
        needed_by=rules.read_date(spec["needed_by"]) if "needed_by" in spec else None,
        decision=as_text(spec.get("decision")),
    )
