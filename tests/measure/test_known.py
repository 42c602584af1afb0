"""Records as they were known at an instant are those of an export made then."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.measure.known import known_outages, known_tickets, newest
from pipeline.model.records import MISSING, Tickets
from tests.builders import Outage, Ticket, at, make_outages, make_tickets

NOON = at("2026-03-02 12:00")


def known(ticket: Ticket, moment: int = NOON) -> Tickets:
    return known_tickets(make_tickets(ticket), moment)


def test_a_ticket_opened_at_or_after_the_moment_is_not_there() -> None:
    assert len(known(Ticket("T1", "2026-03-02 12:00"))) == 0
    assert len(known(Ticket("T1", "2026-03-02 11:59:59"))) == 1


def test_what_happened_at_or_after_the_moment_had_not_happened() -> None:
    found = known(Ticket("T1", "2026-03-02 09:00", "2026-03-02 15:00", "2026-03-02 12:00"))
    assert (found.responded[0], found.resolved[0]) == (MISSING, MISSING)
    found = known(Ticket("T1", "2026-03-02 09:00", "2026-03-02 15:00", "2026-03-02 11:00"))
    assert (found.responded[0], found.resolved[0]) == (at("2026-03-02 11:00"), MISSING)


def test_a_pause_that_ended_later_lasts_and_one_that_began_later_is_not_there() -> None:
    pauses = (
        ("2026-03-02 10:00", "2026-03-02 13:00", "waiting-customer"),
        ("2026-03-02 14:00", "2026-03-02 15:00", "waiting-supplier"),
    )
    found = known(Ticket("T1", "2026-03-02 09:00", "2026-03-02 16:00", pauses=pauses))
    assert list(found.pause_start) == [at("2026-03-02 10:00")]
    assert list(found.pause_stop) == [MISSING]
    assert [found.pause_reason[row] for row in range(len(found.pause_start))] == ["waiting-customer"]


def test_between_two_reopenings_the_first_is_the_last_one() -> None:
    pauses = (
        ("2026-03-02 10:00", "2026-03-02 11:00", "resolved"),
        ("2026-03-02 11:30", "2026-03-02 14:00", "resolved"),
    )
    ticket = Ticket("T1", "2026-03-02 09:00", "2026-03-02 16:00", reopened="2026-03-02 14:00", pauses=pauses, reopens=2)
    found = known(ticket)
    assert found.resolved[0] == at("2026-03-02 11:30")
    assert found.reopened[0] == at("2026-03-02 11:00")
    assert found.reopens[0] == 1
    assert list(found.pause_start) == [at("2026-03-02 10:00")]


def test_a_priority_given_later_is_still_the_first_one() -> None:
    ticket = Ticket("T1", "2026-03-02 09:00", priority="P3", first_priority="P1", prioritized="2026-03-02 13:00")
    assert known(ticket).priority[0] == "P1"
    assert known(replace(ticket, prioritized="2026-03-02 11:00")).priority[0] == "P3"


def test_updates_sent_later_are_not_counted() -> None:
    found = known(Ticket("T1", "2026-03-02 09:00", updates=("2026-03-02 10:00", "2026-03-02 13:00")))
    assert (found.updates[0], list(found.update_at)) == (1, [at("2026-03-02 10:00")])
    assert known(Ticket("T1", "2026-03-02 09:00", "2026-03-02 13:00")).updates[0] == MISSING


def test_where_nothing_is_later_the_records_are_the_same() -> None:
    tickets = make_tickets(Ticket("T1", "2026-03-02 09:00", "2026-03-02 11:00"))
    outages = make_outages(Outage("O1", "2026-03-02 09:00", "2026-03-02 11:00"))
    assert known_tickets(tickets, NOON) is tickets
    assert known_outages(outages, NOON) is outages
    assert newest(tickets) == at("2026-03-02 11:00")


def test_an_outage_that_ended_later_lasts() -> None:
    found = known_outages(
        make_outages(
            Outage("O1", "2026-03-02 09:00", "2026-03-02 13:00"),
            Outage("O2", "2026-03-02 08:00", "2026-03-02 08:30"),
            Outage("O3", "2026-03-02 12:00", "2026-03-02 13:00"),
        ),
        NOON,
    )
    assert list(zip(found.id, found.stop, strict=True)) == [("O1", MISSING), ("O2", at("2026-03-02 08:30"))]


@settings(deadline=None)
@given(
    moment=st.integers(0, 600),
    lives=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 100), st.integers(0, 100)), max_size=6),
)
def test_of_many_tickets_each_is_cut_by_itself(moment: int, lives: list[tuple[int, int, int]]) -> None:
    def clock(minutes: int) -> str:
        return f"2026-03-02 {minutes // 60:02d}:{minutes % 60:02d}"

    tickets = make_tickets(
        *(
            Ticket(f"T{number}", clock(begin), clock(begin + more + last), clock(begin + more))
            for number, (begin, more, last) in enumerate(lives)
        )
    )
    found = known_tickets(tickets, at("2026-03-02 00:00") + 60 * moment)
    rows = {found.id[row]: (found.responded[row], found.resolved[row]) for row in range(len(found))}
    assert rows == {
        f"T{number}": (
            at(clock(begin + more)) if begin + more < moment else MISSING,
            at(clock(begin + more + last)) if begin + more + last < moment else MISSING,
        )
        for number, (begin, more, last) in enumerate(lives)
        if begin < moment
    }
