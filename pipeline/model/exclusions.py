"""What the customer agreed not to count: single tickets and outages, with who approved it and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pipeline.model.quantities import Text
from pipeline.model.source import Source


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A ticket or an outage of a customer (the other id is empty) that counts for no target, or not for `targets`."""

    id: str
    customer: str
    ticket: str
    outage: str
    targets: tuple[str, ...]
    reason: Text
    approved_by: Text
    date: date
    source: Source = field(repr=False)

    def covers(self, target: str) -> bool:
        """Whether it is about the target of that id."""
        return not self.targets or target in self.targets
