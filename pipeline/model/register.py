"""What was signed: recorded once, and held against the sources from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline.model.agreements import Version
from pipeline.model.source import Path, Source


@dataclass(frozen=True, slots=True)
class Registration:
    """A version that was signed on `day` and registered by the person `by`.

    `digest` is the SHA-256 of `content`, the JSON of all that the version said, which lies in `file`; `agreed` is the
    part of it that the agreement's own source says, by key. `words` holds a digest of each language's printed words and
    `templates` the Word template to print them with, where it is not the kind's own. `scan` is the signed copy's file,
    empty where none was given.
    """

    agreement: str
    version: Version
    digest: str
    day: date
    by: str
    file: str
    content: str = field(repr=False)
    agreed: Mapping[str, str] = field(repr=False)
    words: Mapping[str, str]
    templates: Mapping[str, str]
    scan: str
    scan_sha256: str
    source: Source = field(repr=False)
    path: Path = ()
