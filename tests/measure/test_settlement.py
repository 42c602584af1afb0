"""Credits: tiers, repeated misses, caps of the period and of the contract year, and when the customer may leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

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
