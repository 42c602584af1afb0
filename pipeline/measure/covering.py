"""Which SLA a ticket belongs to: the one that covered its service for its customer when it was opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.measure.applying import Applying, Numbers, Rule
from pipeline.measure.promises import Span
from pipeline.model.records import Tickets

Covered = tuple[Numbers, Numbers]
"""Rows of tickets, and for each the number of the SLA's service that covers it."""


class Covering:
    """The services of all SLAs, prepared for looking up many tickets at once."""

    def __init__(self, spans: Mapping[str, Sequence[Span]]) -> None:
        covers: list[tuple[tuple[str, str], Rule]] = [
            ((identifier, terms.service), ((span.agreement.customer, terms.service), span.start, span.stop))
            for identifier, found in spans.items()
            for span in found
            for terms in span.agreement.services
        ]
        self._applying = Applying([rule for _, rule in covers])
        self.services: tuple[tuple[str, str], ...] = tuple(dict.fromkeys(service for service, _ in covers))
        numbers = {service: at for at, service in enumerate(self.services)}
        self._number = np.array([numbers[service] for service, _ in covers], np.int64)

    def pairs(self, tickets: Tickets) -> Covered:
        """Tickets that no SLA covers are left out; numbers are those of `services`, pairs of SLA and service."""
        opened = np.asarray(tickets.opened, np.int64)
        rows, rules = self._applying.pairs((tickets.customer, tickets.service), opened)
        return rows, self._number[rules]
