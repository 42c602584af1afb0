"""Documents that the provider publishes for all: their revision record, and the catalogue as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.model.agreements import Revision, Version
from pipeline.model.quantities import Text
from pipeline.model.source import Source


@dataclass(frozen=True, slots=True)
class Issue:
    """A version of a published document: a row of its revision record."""

    version: Version
    revision: Revision


@dataclass(frozen=True, slots=True)
class Catalog:
    """What stands around the services; `services` is their order, `issues` run from the oldest to the newest."""

    number: str
    title: Text
    purpose: tuple[Text, ...]
    reading: tuple[Text, ...]
    requesting: tuple[Text, ...]
    services: tuple[str, ...]
    issues: tuple[Issue, ...]
    source: Source = field(repr=False)
