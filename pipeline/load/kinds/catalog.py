"""`catalog.yaml`: what stands around the services of the catalogue, and its revision record."""

from __future__ import annotations

from pipeline.load.kinds.fields import IDENTIFIER, Schema, Spec, as_text, as_texts, many, text, word
from pipeline.load.kinds.issues import REVISIONS, as_issues
from pipeline.model.publications import Catalog
from pipeline.model.source import Source

_PARAGRAPHS = many(text(), required=True, least=1)

SCHEMA: Schema = {
    "kind": word(),
    "number": word(),
    "title": text(),
    "revisions": REVISIONS,
    "purpose": _PARAGRAPHS,
    "reading": _PARAGRAPHS,
    "requesting": _PARAGRAPHS,
    "services": many(IDENTIFIER, required=True, least=1),
}


def read(spec: Spec, source: Source) -> Catalog:
    """`catalog.yaml`."""
    return Catalog(
        number=spec["number"],
        title=as_text(spec["title"]),
        purpose=as_texts(spec["purpose"]),
        reading=as_texts(spec["reading"]),
        requesting=as_texts(spec["requesting"]),
        services=tuple(spec["services"]),
        issues=as_issues(spec["revisions"]),
        source=source,
    )
