"""`procedure.yaml`: the management procedure, section by section."""

from __future__ import annotations

from collections.abc import Sequence

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
from pipeline.load.kinds.issues import REVISIONS, as_issues
from pipeline.model.procedure import (
    RACI,
    STAGES,
    Activity,
    Flow,
    Indicator,
    Meeting,
    OtherProcess,
    Procedure,
    RecordKept,
    Role,
    Rules,
    Step,
    Term,
)
from pipeline.model.source import Source

_PARAGRAPHS = many(text(), required=True, least=1)
_FLOW = record({"to": word(), "when": text(required=False)})
_ACTIVITY = written("activity")
_STEP = record({"name": text(), "text": text(), "raci": keyed(choice(*RACI, required=False), required=True)})

SCHEMA: Schema = {
    "kind": word(),
    "number": word(),
    "title": text(),
    "revisions": REVISIONS,
    "purpose": _PARAGRAPHS,
    "scope": _PARAGRAPHS,
    "terms": many(
        record({"name": text(), "abbreviation": word(required=False), "meaning": text()}), required=True, least=1
    ),
    "policies": many(record({"name": text(), "rules": _PARAGRAPHS}), required=True, least=1),
    "meetings": many(
        record(
            {
                "name": text(),
                "content": _PARAGRAPHS,
                "roles": many(IDENTIFIER, least=1),
                "others": TEXTS,
                "frequency": text(),
            }
        ),
        required=True,
        least=1,
    ),
    "roles": many(
        record({"id": IDENTIFIER, "name": text(), "short": text(), "duties": _PARAGRAPHS}), required=True, least=1
    ),
    "triggers": _PARAGRAPHS,
    "inputs": _PARAGRAPHS,
    "outputs": _PARAGRAPHS,
    "activities": many(
        record(
            {
                "id": _ACTIVITY,
                "name": text(),
                "stage": choice(*STAGES),
                "responsible": many(IDENTIFIER, required=True, least=1),
                "inputs": TEXTS,
                "steps": many(_STEP, required=True, least=1),
                "outputs": TEXTS,
                "decision": text(required=False),
                "next": many(_FLOW, required=True, least=1),
            }
        ),
        required=True,
        least=1,
    ),
    "processes": many(record({"id": IDENTIFIER, "name": text(), "next": many(_FLOW)})),
    "indicators": many(record({"name": text(), "formula": text(), "goal": text(), "frequency": text()})),
    "records": many(record({"name": text(), "activity": _ACTIVITY, "form": text()}), required=True, least=1),
    "attachments": TEXTS,
}


def read(spec: Spec, source: Source) -> Procedure:
    """`procedure.yaml`."""
    return Procedure(
        number=spec["number"],
        title=as_text(spec["title"]),
        issues=as_issues(spec["revisions"]),
        purpose=as_texts(spec["purpose"]),
        scope=as_texts(spec["scope"]),
        terms=tuple(
            Term(as_text(one["name"]), one.get("abbreviation", ""), as_text(one["meaning"])) for one in spec["terms"]
        ),
        policies=tuple(Rules(as_text(one["name"]), as_texts(one["rules"])) for one in spec["policies"]),
        meetings=tuple(
            Meeting(
                as_text(one["name"]),
                as_texts(one["content"]),
                tuple(one.get("roles", ())),
                as_texts(one.get("others")),
                as_text(one["frequency"]),
            )
            for one in spec["meetings"]
        ),
        roles=tuple(
            Role(one["id"], as_text(one["name"]), as_text(one["short"]), as_texts(one["duties"]))
            for one in spec["roles"]
        ),
        triggers=as_texts(spec["triggers"]),
        inputs=as_texts(spec["inputs"]),
        outputs=as_texts(spec["outputs"]),
        activities=tuple(_activity(one) for one in spec["activities"]),
        processes=tuple(
            OtherProcess(one["id"], as_text(one["name"]), _flows(one.get("next", ())))
            for one in spec.get("processes", ())
        ),
        indicators=tuple(
            Indicator(as_text(one["name"]), as_text(one["formula"]), as_text(one["goal"]), as_text(one["frequency"]))
            for one in spec.get("indicators", ())
        ),
        records=tuple(
            RecordKept(as_text(one["name"]), one["activity"], as_text(one["form"])) for one in spec["records"]
        ),
        attachments=as_texts(spec.get("attachments")),
        source=source,
    )


def _activity(spec: Spec) -> Activity:
    return Activity(
        id=spec["id"],
        name=as_text(spec["name"]),
        stage=spec["stage"],
        responsible=tuple(spec["responsible"]),
        inputs=as_texts(spec.get("inputs")),
        steps=tuple(Step(as_text(one["name"]), as_text(one["text"]), dict(one["raci"])) for one in spec["steps"]),
        outputs=as_texts(spec.get("outputs")),
        decision=as_text(spec.get("decision")),
        flows=_flows(spec["next"]),
    )


def _flows(specs: Sequence[Spec]) -> tuple[Flow, ...]:
    return tuple(Flow(one["to"], as_text(one.get("when"))) for one in specs)
