"""What the administrator says of a month beside the figures: why targets were missed, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline.model.quantities import Month, Text
from pipeline.model.source import Source


@dataclass(frozen=True, slots=True)
class MissRemark:
    """Why a target was missed and what is done about it; `owner` and `due` may be missing."""

    service: str
    target: str
    cause: Text
    action: Text
    owner: Text
    due: date | None


@dataclass(frozen=True, slots=True)
class MajorRemark:
    """How the service did after a major incident."""

    ticket: str
    performance: Text


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an action of a review stands at the end of the month."""

    action: str
    state: str
    note: Text


@dataclass(frozen=True, slots=True)
class Remarks:
    """Words on one SLA: for the first page, on each miss, on major incidents, and what is planned next."""

    summary: Text
    misses: tuple[MissRemark, ...]
    major: tuple[MajorRemark, ...]
    actions: tuple[Progress, ...]
    plan: tuple[Text, ...]

    def on(self, service: str, target: str) -> MissRemark | None:
        """What is said of a target."""
        return next((one for one in self.misses if (one.service, one.target) == (service, target)), None)


@dataclass(frozen=True, slots=True)
class Commentary:
    """The words on a month, by SLA."""

    month: Month
    agreements: Mapping[str, Remarks]
    source: Source = field(repr=False)
