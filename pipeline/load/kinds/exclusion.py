"""`exclusions/*.yaml`: a ticket or an outage that the customer agreed not to count."""

from __future__ import annotations

from pipeline.load import rules
from pipeline.load.kinds.fields import IDENTIFIER, Schema, Spec, as_text, many, text, word, written
from pipeline.model.exclusions import Exclusion
from pipeline.model.source import Source

SCHEMA: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "customer": IDENTIFIER,
    "ticket": word(required=False),
    "outage": word(required=False),
    "targets": many(IDENTIFIER, least=1),
    "reason": text(),
    "approved_by": text(),
    "date": written("date"),
}


def read(spec: Spec, source: Source) -> Exclusion:
    """An exclusion as approved."""
    return Exclusion(
        id=spec["id"],
        customer=spec["customer"],
        ticket=spec.get("ticket", ""),
        outage=spec.get("outage", ""),
        targets=tuple(spec.get("targets", ())),
        reason=as_text(spec["reason"]),
        approved_by=as_text(spec["approved_by"]),
        date=rules.read_date(spec["date"]),
        source=source,
    )
