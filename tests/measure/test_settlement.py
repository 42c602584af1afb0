"""Credits: tiers, repeated misses, caps of the period and of the contract year, and when the customer may leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.load.kinds.agreement import _tier
from pipeline.measure.settlement import Settlement, history_needed, settle
from pipeline.model.agreements import Agreement, MissClause
from pipeline.model.quantities import Month
from tests.builders import Ticket, make_portfolio, make_sla, make_target
from tests.measure.results import measured, results

JANUARY = Month(2026, 1)


def with_clauses(
    *,
    repeated: Sequence[MissClause] = (),
    triggers: Sequence[MissClause] = (),
    cap: str = "",
    year: str = "",
    **more: Any,
) -> Agreement:
    """P1 within 4 h for 95%; a miss costs 5%."""
    sla = make_sla(make_target(), tiers=[("p1-resolution", "95%", "5%")], **more)
    terms = replace(sla.services[0], repeated_miss=tuple(repeated), termination_triggers=tuple(triggers))
    return replace(
        sla,
        services=(terms,),
        credit_cap=Decimal(cap) if cap else None,
        credit_cap_year=Decimal(year) if year else None,
    )


def history(sla: Agreement, pattern: str) -> Settlement:
    """The last month of a pattern of months from January: `m` missed, `k` kept, `-` without a ticket."""
    tickets = []
    for number, letter in enumerate(pattern):
        month = JANUARY.plus(number)
        if letter != "-":
            hour = "10" if letter == "k" else "20"
            tickets.append(Ticket(f"T{number}", f"{month}-05 09:00", f"{month}-05 {hour}:00"))
    found, _ = measured(sla, tickets=tickets, months=[JANUARY.plus(number) for number in range(len(pattern))])
    return settle(found, found.months["sla-acme"][-1])


TWO_OF_THREE = MissClause("p1-resolution", 2, 3, Decimal(10))


@pytest.mark.parametrize(
    ("pattern", "credit"),
    [("m", 5), ("mm", 15), ("mkm", 15), ("mkkm", 5), ("mmk", 0), ("m-m", 15), ("mmm", 15), ("km", 5)],
)
def test_a_second_miss_within_three_months_costs_more(pattern: str, credit: int) -> None:
    assert history(with_clauses(repeated=[TWO_OF_THREE]), pattern).total == credit


def test_the_months_that_were_missed_are_named() -> None:
    (found,) = history(with_clauses(repeated=[TWO_OF_THREE]), "mkm").repeated
    assert found.missed == (JANUARY, JANUARY.plus(2))


def test_the_cap_of_the_period_holds_for_repeated_misses_too() -> None:
    found = history(with_clauses(repeated=[TWO_OF_THREE], cap="8"), "mm")
    assert (found.uncapped, found.capped, found.total) == tuple(map(Decimal, (15, 8, 8)))


@pytest.mark.parametrize(
    ("pattern", "total", "used"), [("m", 5, 0), ("mm", 5, 5), ("mmm", 2, 10), ("mmmm", 0, 12), ("mkm", 5, 5)]
)
def test_the_cap_of_the_year_is_used_up_month_by_month(pattern: str, total: int, used: int) -> None:
    found = history(with_clauses(year="1"), pattern)  # 1% of twelve charges is 12% of one
    assert found.year is not None
    assert (found.total, found.year.used, found.year.limit) == tuple(map(Decimal, (total, used, 12)))


def test_a_contract_year_begins_anew_on_the_day_the_first_version_took_effect() -> None:
    sla = with_clauses(year="0.5", since="2025-03-01", until="2026-12-31")
    found = history(sla, "mmm")
    assert found.year is not None
    assert (str(found.year.since), found.year.used, found.total) == ("2026-03-01", Decimal(0), Decimal(5))


@pytest.mark.parametrize(
    ("pattern", "may"), [("mmm", True), ("mm", False), ("mkmm", False), ("mm-m", False), ("mmmk", False)]
)
def test_after_three_misses_in_a_row_the_customer_may_leave(pattern: str, may: bool) -> None:
    found = history(with_clauses(triggers=[MissClause("p1-resolution", 3, 3)]), pattern)
    assert bool(found.triggers) == may
    assert found.total == (5 if pattern.endswith("m") else 0)


def test_a_later_version_goes_on_where_the_earlier_one_left_off() -> None:
    clause = MissClause("p1-resolution", 2, 2, Decimal(10))
    old = with_clauses(repeated=[clause], until="2026-12-31")
    new = with_clauses(repeated=[clause], version="A/01", since="2026-02-01", replaces="A/00")
    tickets = [Ticket("a", "2026-01-05 09:00", "2026-01-05 20:00"), Ticket("b", "2026-02-05 09:00", "2026-02-05 20:00")]
    found, _ = measured(old, new, tickets=tickets, months=[JANUARY, JANUARY.plus(1)])
    assert settle(found, found.months["sla-acme"][-1]).total == 15


def by_hand(
    pattern: str,
    *,
    repeated: Sequence[MissClause],
    triggers: Sequence[MissClause],
    cap: int,
    year: Decimal,
    begins: date,
) -> list[tuple[Decimal, tuple[str, ...], int]]:
    """Per month of a pattern: what is credited, which months make it a repeated miss, how many triggers apply.

    A contract year's months are told apart by counting its birthdays up to their last days.
    """
    told: list[tuple[Decimal, tuple[str, ...], int]] = []
    spent: dict[int, Decimal] = {}
    for number, letter in enumerate(pattern):
        names = [str(JANUARY.plus(at)) for at in range(len(pattern))]

        def missed(clause: MissClause, now: int = number, names: Sequence[str] = tuple(names)) -> list[str]:
            return [names[at] for at in range(now + 1) if pattern[at] == "m" and now - at < clause.of]

        applying = [one for one in repeated if letter == "m" and len(missed(one)) >= one.months]
        leaving = [one for one in triggers if letter == "m" and len(missed(one)) >= one.months]
        due = Decimal(5 if letter == "m" else 0) + sum((one.credit or Decimal(0) for one in applying), Decimal(0))
        due = min(due, Decimal(cap)) if cap else due
        month = JANUARY.plus(number)
        last = date(month.year, month.month, month.days())
        which = last.year - ((last.month, last.day) < (begins.month, begins.day))
        if year:
            due = min(due, 12 * year - spent.get(which, Decimal(0)))
        spent[which] = spent.get(which, Decimal(0)) + due
        told.append((due, tuple(name for one in applying for name in missed(one)), len(leaving)))
    return told


CLAUSES = st.tuples(st.integers(2, 5), st.integers(0, 4)).map(lambda one: (one[0], one[0] + one[1]))


@settings(deadline=None, max_examples=60)
@given(
    pattern=st.text("mmk-", min_size=1, max_size=16),
    repeated=st.lists(CLAUSES, max_size=2),
    triggers=st.lists(CLAUSES, max_size=2),
    cap=st.sampled_from([0, 0, 8, 12]),
    year=st.sampled_from(["", "", "0.5", "1.25", "3"]),
    begins=st.sampled_from(["2025-01-01", "2025-03-15", "2025-08-31", "2025-12-02"]),
)
def test_every_month_of_a_history_is_settled_as_by_hand(
    *, pattern: str, repeated: list[tuple[int, int]], triggers: list[tuple[int, int]], cap: int, year: str, begins: str
) -> None:
    paid = [MissClause("p1-resolution", months, of, Decimal(10)) for months, of in repeated]
    leaving = [MissClause("p1-resolution", months, of) for months, of in triggers]
    sla = with_clauses(repeated=paid, triggers=leaving, cap=str(cap or ""), year=year, since=begins, until="2028-12-31")
    found = [history(sla, pattern[: number + 1]) for number in range(len(pattern))]
    told = [
        (one.total, tuple(str(month) for clause in one.repeated for month in clause.missed), len(one.triggers))
        for one in found
    ]
    assert told == by_hand(
        pattern,
        repeated=paid,
        triggers=leaving,
        cap=cap,
        year=Decimal(year or 0),
        begins=date.fromisoformat(begins),
    )


def test_of_a_target_to_be_low_a_credit_is_due_above_its_value() -> None:
    sla = make_sla(make_target(limit="", goal="4 h", aggregate="mean"))
    tiers = [
        {"target": "p1-resolution", "above": above, "credit": credit}
        for above, credit in (("4 h", "2%"), ("8 h", "6%"))
    ]
    sla = replace(sla, services=(replace(sla.services[0], credits=tuple(map(_tier, tiers))),))

    def due(resolved: str) -> Decimal:
        return results(sla, tickets=[Ticket(resolved=f"2026-03-02 {resolved}")])["p1-resolution"].credit

    assert [due("13:00:00"), due("13:00:01"), due("17:00:00"), due("17:00:01")] == [0, 2, 2, 6]


def test_as_many_months_are_read_as_credits_look_back_over() -> None:
    portfolio = make_portfolio(with_clauses(repeated=[TWO_OF_THREE], year="5"))
    assert history_needed(portfolio) == 12 + 2
    assert history_needed(make_portfolio(with_clauses())) == 1
