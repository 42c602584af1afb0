"""The revision record that published documents share."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.load import rules
from pipeline.load.kinds.fields import IDENTIFIER, Schema, Spec, as_text, many, record, text, written
from pipeline.model.agreements import Revision, Version
from pipeline.model.publications import Issue

REVISIONS: Schema = many(
    record(
        {
            "version": written("version"),
            "summary": text(),
            "responsible": IDENTIFIER,
            "approver": IDENTIFIER,
            "date": written("date"),
        }
    ),
    required=True,
    least=1,
)


def as_issues(specs: Sequence[Spec]) -> tuple[Issue, ...]:
    """A revision record, oldest version first."""
    return tuple(
        Issue(
            Version.parse(spec["version"]),
            Revision(as_text(spec["summary"]), spec["responsible"], spec["approver"], rules.read_date(spec["date"])),
        )
        for spec in specs
    )
