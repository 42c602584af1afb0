"""`metrics/<month>/commentary.yaml`: words on the figures of a month, for each SLA."""

from __future__ import annotations

from pipeline.load import rules
from pipeline.load.kinds.fields import (
    IDENTIFIER,
    TEXTS,
    Schema,
    Spec,
    as_text,
    as_texts,
    choice,
    keyed,
    many,
    record,
    text,
    word,
    written,
)
from pipeline.model.commentary import Commentary, MajorRemark, MissRemark, Progress, Remarks
from pipeline.model.quantities import Month
from pipeline.model.reviews import ACTION_STATES
from pipeline.model.source import Source

SCHEMA: Schema = {
    "kind": word(),
    "month": written("month"),
    "agreements": keyed(
        record(
            {
                "summary": text(required=False),
                "misses": many(
                    record(
                        {
                            "service": IDENTIFIER,
                            "target": IDENTIFIER,
                            "cause": text(),
                            "action": text(),
                            "owner": text(required=False),
                            "due": written("date", required=False),
                        }
                    )
                ),
                "major": many(record({"ticket": word(), "performance": text()})),
                "actions": many(
                    record({"id": IDENTIFIER, "state": choice(*ACTION_STATES), "note": text(required=False)})
                ),
                "plan": TEXTS,
            }
        ),
        required=True,
    ),
}


def read(spec: Spec, source: Source) -> Commentary:
    """The words on a month."""
    return Commentary(
        Month.parse(spec["month"]), {sla: _remarks(one) for sla, one in spec["agreements"].items()}, source
    )


def _remarks(spec: Spec) -> Remarks:
    return Remarks(
        summary=as_text(spec.get("summary")),
        misses=tuple(
            MissRemark(
                service=one["service"],
                target=one["target"],
                cause=as_text(one["cause"]),
                action=as_text(one["action"]),
                owner=as_text(one.get("owner")),
                due=rules.read_date(one["due"]) if "due" in one else None,
            )
            for one in spec.get("misses", ())
        ),
        major=tuple(MajorRemark(one["ticket"], as_text(one["performance"])) for one in spec.get("major", ())),
        actions=tuple(Progress(one["id"], one["state"], as_text(one.get("note"))) for one in spec.get("actions", ())),
        plan=as_texts(spec.get("plan")),
    )
