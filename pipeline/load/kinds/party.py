"""`parties/*/*.yaml`: customers, internal teams, suppliers."""

from __future__ import annotations

from pipeline.load.kinds.fields import (
    CONTACT,
    IDENTIFIER,
    Schema,
    Spec,
    as_contacts,
    as_text,
    choice,
    many,
    text,
    word,
)
from pipeline.model.parties import Party
from pipeline.model.quantities import LANGUAGES
from pipeline.model.source import Source

SCHEMA: Schema = {
    "kind": word(),
    "id": IDENTIFIER,
    "name": text(),
    "short_name": text(),
    "address": text(),
    "language": choice(*LANGUAGES),
    "contacts": many(
        {**CONTACT, "schema": {**CONTACT["schema"], "language": choice(*LANGUAGES, required=False)}},
        required=True,
        least=1,
    ),
}


def read(spec: Spec, source: Source) -> Party:
    """A customer, team or supplier."""
    return Party(
        kind=spec["kind"],
        id=spec["id"],
        name=as_text(spec["name"]),
        short_name=as_text(spec["short_name"]),
        address=as_text(spec["address"]),
        language=spec["language"],
        contacts=as_contacts(spec["contacts"]),
        source=source,
    )
