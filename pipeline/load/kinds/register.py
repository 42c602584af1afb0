"""`register.yaml`: what was signed, when, and who registered it; `slm register` appends to it."""

from __future__ import annotations

from pipeline.load import rules
from pipeline.load.kinds.fields import IDENTIFIER, Schema, Spec, keyed, many, record, word, written
from pipeline.model.agreements import Version
from pipeline.model.quantities import LANGUAGES
from pipeline.model.register import Registration
from pipeline.model.source import Source

_LANGUAGE = {"type": "string", "allowed": list(LANGUAGES)}

SCHEMA: Schema = {
    "kind": word(),
    "signed": many(
        record(
            {
                "agreement": IDENTIFIER,
                "version": written("version"),
                "digest": written("sha256"),
                "date": written("date"),
                "by": IDENTIFIER,
                "words": keyed(written("sha256"), keys=_LANGUAGE, required=True),
                "templates": keyed(written("docx"), keys=_LANGUAGE),
                "scan": record({"file": word(), "sha256": written("sha256")}),
            }
        )
    ),
}


def read(spec: Spec, source: Source) -> tuple[Registration, ...]:
    """`register.yaml`, without the contents that it points to."""
    return tuple(
        Registration(
            agreement=item["agreement"],
            version=Version.parse(item["version"]),
            digest=item["digest"],
            day=rules.read_date(item["date"]),
            by=item["by"],
            file="",
            content="",
            agreed={},
            words=dict(item["words"]),
            templates=dict(item.get("templates", {})),
            scan=item.get("scan", {}).get("file", ""),
            scan_sha256=item.get("scan", {}).get("sha256", ""),
            source=source,
            path=("signed", index),
        )
        for index, item in enumerate(spec.get("signed", ()))
    )
