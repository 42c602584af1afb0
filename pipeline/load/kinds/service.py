"""`catalog/*.yaml`: what is on offer."""

from __future__ import annotations

from decimal import Decimal

from pipeline.load.kinds.fields import (
    IDENTIFIER,
    MONEY,
    TARGET,
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
)
from pipeline.model.catalog import Level, Service
from pipeline.model.quantities import Money
from pipeline.model.source import Source

SCHEMA: Schema = {
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


def read(spec: Spec, source: Source) -> Service:
    """A catalogue entry."""
    return Service(
        id=spec["id"],
        name=as_text(spec["name"]),
        description=as_text(spec["description"]),
        objective=as_text(spec["objective"]),
        audience=as_text(spec["audience"]),
        content=as_texts(spec["content"]),
        frequency=as_text(spec["frequency"]),
        delivery=as_text(spec["delivery"]),
        deliverables=as_texts(spec["deliverables"]),
        owner=spec["owner"],
        state=spec["state"],
        request=as_text(spec["request"]),
        supporting=tuple(spec.get("supporting", ())),
        levels=tuple(
            Level(
                item["id"],
                as_text(item["name"]),
                as_text(item["summary"]),
                item["calendar"],
                Money(Decimal(item["charge"]["amount"]), item["charge"]["currency"]),
                as_targets(item["targets"]),
            )
            for item in spec["levels"]
        ),
        source=source,
    )
