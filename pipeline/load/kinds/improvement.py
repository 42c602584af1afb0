"""`improvements/*.yaml`: service improvement plans."""

from __future__ import annotations

from pipeline.load import rules
from pipeline.load.kinds.fields import (
    GOAL,
    IDENTIFIER,
    TEXTS,
    Schema,
    Spec,
    as_figure,
    as_text,
    as_texts,
    choice,
    record,
    text,
    word,
    written,
)
from pipeline.load.kinds.issues import REVISIONS, as_issues
from pipeline.load.kinds.review import ACTIONS, as_actions
from pipeline.model.improvements import (
    ORIGINS,
    USUAL_MONTHS,
    Aim,
    Approval,
    Goal,
    Improvement,
    ImprovementState,
    Origin,
)
from pipeline.model.source import Source

SCHEMA: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "title": text(),
    "state": choice(*ImprovementState),
    "agreement": written("identifier", required=False),
    "service": written("identifier", required=False),
    "process": text(required=False),
    "owner": IDENTIFIER,
    "source": record({"kind": choice(*ORIGINS), "reference": word(), "note": text(required=False)}, required=True),
    "approval": record({"by": IDENTIFIER, "date": written("date"), "note": text(required=False)}),
    "description": text(),
    "business_case": text(),
    "expected": text(),
    "cost": text(required=False),
    "target": record(
        {
            "service": IDENTIFIER,
            "target": IDENTIFIER,
            "months": {"type": "integer", "min": 1, "max": 6},
            "goal": {**GOAL, "required": False},
        }
    ),
    "planned": written("date"),
    "completed": written("date", required=False),
    "actions": ACTIONS,
    "evidence": TEXTS,
    "revisions": REVISIONS,
}


def read(spec: Spec, source: Source) -> Improvement:
    """A service improvement plan."""
    origin = spec["source"]
    return Improvement(
        id=spec["id"],
        title=as_text(spec["title"]),
        state=ImprovementState(spec["state"]),
        agreement=spec.get("agreement", ""),
        service=spec.get("service", ""),
        process=as_text(spec.get("process")),
        owner=spec["owner"],
        origin=Origin(origin["kind"], origin["reference"], as_text(origin.get("note"))),
        approval=_approval(spec["approval"]) if "approval" in spec else None,
        description=as_text(spec["description"]),
        business_case=as_text(spec["business_case"]),
        expected=as_text(spec["expected"]),
        cost=as_text(spec.get("cost")),
        aim=_aim(spec["target"]) if "target" in spec else None,
        planned=rules.read_date(spec["planned"]),
        completed=rules.read_date(spec["completed"]) if "completed" in spec else None,
        actions=as_actions(spec.get("actions")),
        evidence=as_texts(spec.get("evidence")),
        issues=as_issues(spec["revisions"]),
        source=source,
    )


def _approval(spec: Spec) -> Approval:
    return Approval(spec["by"], rules.read_date(spec["date"]), as_text(spec.get("note")))


def _aim(spec: Spec) -> Aim:
    goal = Goal(*as_figure(spec["goal"])) if "goal" in spec else None
    return Aim(spec["service"], spec["target"], spec.get("months", USUAL_MONTHS), goal)
