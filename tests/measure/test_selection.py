"""Tickets of several batches come together in one order, whichever batch they were in."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.selection import joined
from tests.builders import Ticket, make_tickets

PAUSE = ("2026-03-02 09:05", "2026-03-02 09:10", "waiting-customer")
TICKETS = st.builds(
    Ticket,
    id=st.sampled_from(["T1", "T10", "T2", "港-3"]),
    customer=st.sampled_from(["acme", "zeta", "bolt"]),
    opened=st.sampled_from(["2026-03-02 09:00", "2026-03-02 08:00", "2026-03-05 09:00"]),
    pauses=st.sampled_from([(), (PAUSE,)]),
)


@given(st.lists(st.lists(TICKETS, max_size=5), max_size=4), st.data())
def test_chosen_tickets_are_in_order_of_opening_customer_and_id(
    batches: list[list[Ticket]], data: st.DataObject
) -> None:
    chosen = [np.array([row for row in range(len(batch)) if data.draw(st.booleans())], np.int64) for batch in batches]
    found = joined([(make_tickets(*batch), rows) for batch, rows in zip(batches, chosen, strict=True)])
    wanted = [batch[row] for batch, rows in zip(batches, chosen, strict=True) for row in rows.tolist()]
    wanted.sort(key=lambda one: (one.opened, one.customer, one.id))
    assert list(zip(found.customer, found.id, strict=True)) == [(one.customer, one.id) for one in wanted]
    paused = [sum(owner == row for owner in found.pause_ticket) for row in range(len(found))]
    by_place = sorted(zip([(one.opened, one.customer, one.id) for one in wanted], paused, strict=True))
    assert by_place == sorted(((one.opened, one.customer, one.id), len(one.pauses)) for one in wanted)
