"""Each measure comes to the figure that a careful reader of its formula would work out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.load.characters import all_covered
from pipeline.load.kinds.fields import as_targets
from pipeline.load.labels import load_labels
from pipeline.measure.measures import MEASURES
from pipeline.model.catalog import Better, MeasureName, Target, Unit
from pipeline.model.measures import DEFINITIONS
from pipeline.model.quantities import Month
from pipeline.options import ROOT
from tests.builders import Outage, Ticket, make_calendar, make_sla, make_target, make_uptime
from tests.measure.results import MARCH, agreed, measured, results

HOUR, DAY = 3600, 86400


def target(measure: str, goal: Any, **more: Any) -> Target:
    """A target of that id, as sources write it."""
    return as_targets([{"id": "t", "measure": measure, "goal": goal, **more}])[0]


def solved(number: int, hours: float, day: int = 2, **more: Any) -> Ticket:
    """A ticket that took so many hours, around the clock."""
    seconds = int(hours * HOUR)
    clock = f"{9 + seconds // HOUR:02d}:{seconds % HOUR // 60:02d}:{seconds % 60:02d}"
    return Ticket(f"T{number}", f"2026-03-{day:02d} 09:00", f"2026-03-{day:02d} {clock}", **more)


# -- the registry -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(MeasureName))
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_measure_has_a_formula_and_names_the_clause_that_asks_for_it(name: MeasureName, language: str) -> None:
    labels, problems = load_labels(ROOT / "templates", all_covered)
    assert problems == ()
    measure = MEASURES[name]
    assert "ISO/IEC 20000-1:2018" in labels[language][measure.source]
    assert len(labels[language][measure.formula]) > 10
    for aggregate in DEFINITIONS[name].aggregates[1:]:
        own, shared = f"measure.{name}.{aggregate}", f"aggregate.{aggregate}.formula"
        assert own in labels[language] or (shared in labels[language] and f"measure.{name}.value" in labels[language])


def test_a_measure_tells_its_unit_and_which_way_is_better() -> None:
    told = {name: (one.unit, one.better) for name, one in MEASURES.items()}
    assert told[MeasureName.REOPEN_RATE] == (Unit.PERCENT, Better.LOWER)
    assert told[MeasureName.MTBF] == (Unit.SECOND, Better.HIGHER)
    assert told[MeasureName.BACKLOG] == (Unit.COUNT, Better.LOWER)
    assert told[MeasureName.SATISFACTION] == (Unit.SCORE, Better.HIGHER)


# -- times, added up in several ways ------------------------------------------------------------------------------

FIVE = [solved(1, 1), solved(2, 2), solved(3, 3), solved(4, 4), solved(5, 9)]


@pytest.mark.parametrize(
    ("more", "hours"),
    [
        ({"aggregate": "mean"}, Fraction(19, 5)),
        ({"aggregate": "median"}, Fraction(3)),
        ({"percentile": 80}, Fraction(4)),
        ({"percentile": 81}, Fraction(9)),
        ({"percentile": 1}, Fraction(1)),
        ({"percentile": Decimal("60.0")}, Fraction(3)),
        ({"aggregate": "worst"}, Fraction(9)),
    ],
)
def test_times_come_to_the_exact_mean_median_rank_and_worst(more: dict[str, Any], hours: Fraction) -> None:
    found = results(make_sla(target("resolution_time", "4 h", priority="P1", **more)), tickets=FIVE)["t"]
    assert (found.value, found.count) == (hours * HOUR, 5)
    assert found.status == ("met" if hours <= 4 else "missed")


def test_the_median_of_an_even_number_is_the_mean_of_the_two_in_the_middle() -> None:
    goal = target("resolution_time", "150 min", priority="P1", aggregate="median")
    assert results(make_sla(goal), tickets=FIVE[:4])["t"].value == 150 * 60


def test_a_goal_of_a_day_is_the_service_day_of_the_calendar() -> None:
    goal = target("resolution_time", "1 d", priority="P1", aggregate="worst")
    office = make_calendar("09:00-17:00")
    whole = Ticket(opened="2026-03-02 09:00", resolved="2026-03-03 09:00")
    over = Ticket(opened="2026-03-02 09:00", resolved="2026-03-03 09:00:01")
    assert results(make_sla(goal), tickets=[whole], calendar=office)["t"].status == "met"
    assert results(make_sla(goal), tickets=[over], calendar=office)["t"].status == "missed"


def test_a_goal_of_a_part_of_a_day_is_not_rounded() -> None:
    """0.33333 d of 28,800 s are 9599.904 s: a mean of 9599.5 s keeps it."""
    goal = target("resolution_time", "0.33333 d", priority="P1", aggregate="mean")
    office = make_calendar("09:00-17:00")
    times = [Ticket("a", resolved="2026-03-02 11:39:59"), Ticket("b", resolved="2026-03-02 11:40:00")]
    assert results(make_sla(goal), tickets=times, calendar=office)["t"].status == "met"
    assert results(make_sla(goal), tickets=times[1:], calendar=office)["t"].status == "missed"


def test_limit_and_grace_are_added_up_before_anything_is_cut_off() -> None:
    """0.00002 d and 0.00002 d of 28,800 s are 1.152 s, not 0 s and 0 s."""
    goal = target("resolution_time", "95%", priority="P1", limit="0.00002 d", grace="0.00002 d")
    ticket = Ticket(resolved="2026-03-02 09:00:01")
    assert results(make_sla(goal), tickets=[ticket], calendar=make_calendar())["t"].status == "met"


def test_a_ticket_still_open_has_no_time_to_average() -> None:
    goal = target("resolution_time", "4 h", priority="P1", aggregate="mean")
    found = results(make_sla(goal), tickets=[solved(1, 1), Ticket("open")])["t"]
    assert (found.value, found.count) == (Fraction(HOUR), 1)


def test_so_many_late_tickets_may_be_agreed() -> None:
    goal = target("resolution_time", 1, priority="P1", limit="3 h", aggregate="count")
    found = results(make_sla(goal), tickets=FIVE)["t"]
    assert (found.value, found.status) == (Fraction(2), "missed")
    assert results(make_sla(goal), tickets=FIVE[:4])["t"].status == "met"
    assert results(make_sla(goal))["t"].status == "no-data"


@given(
    st.lists(st.integers(1, 14 * 60), min_size=1, max_size=30),
    st.decimals("0.5", "99.5", places=1),
)
def test_a_percentile_is_the_smallest_value_that_so_many_percent_do_not_exceed(
    minutes: list[int], rank: Decimal
) -> None:
    tickets = [solved(number, minute / 60) for number, minute in enumerate(minutes)]
    goal = target("resolution_time", "4 h", priority="P1", percentile=rank)
    found = results(make_sla(goal), tickets=tickets)["t"].value
    enough = [one for one in sorted(minutes) if 100 * sum(m <= one for m in minutes) >= rank * len(minutes)]
    assert found is not None
    assert round(found / 60) == enough[0]


# -- silence ------------------------------------------------------------------------------------------------------

UPDATES = target("update_interval", "90%", priority="P1", limit="2 h", pause_on=["waiting-customer"])


@pytest.mark.parametrize(
    ("updates", "resolved", "status"),
    [
        (("2026-03-02 11:00", "2026-03-02 13:00"), "2026-03-02 15:00:00", "met"),
        (("2026-03-02 11:00", "2026-03-02 13:00"), "2026-03-02 15:00:01", "missed"),
        (("2026-03-02 11:00:01",), "2026-03-02 12:00", "missed"),
        ((), "2026-03-02 11:00", "met"),
        (None, "2026-03-02 11:00", "no-data"),
    ],
)
def test_no_silence_may_be_longer_than_the_limit(updates: tuple[str, ...] | None, resolved: str, status: str) -> None:
    ticket = Ticket(resolved=resolved, updates=updates)
    found = results(make_sla(UPDATES), tickets=[ticket])["t"]
    assert (found.status, found.tally.unmeasured) == (status, int(updates is None))


def test_waiting_for_the_customer_is_no_silence() -> None:
    ticket = Ticket(
        resolved="2026-03-02 18:00",
        updates=("2026-03-02 10:00",),
        pauses=(("2026-03-02 11:00", "2026-03-02 17:00", "waiting-customer"),),
    )
    assert results(make_sla(UPDATES), tickets=[ticket])["t"].status == "met"


def test_a_solved_ticket_is_not_silent_until_it_is_reopened() -> None:
    ticket = Ticket(
        resolved="2026-03-05 11:00",
        reopened="2026-03-05 09:30",
        updates=("2026-03-02 10:00",),
        pauses=(("2026-03-02 11:30", "2026-03-05 09:30", "resolved"),),
    )
    assert results(make_sla(UPDATES), tickets=[ticket])["t"].status == "met"


def test_a_silence_that_goes_on_is_missed_in_the_month_in_which_it_became_too_long() -> None:
    found = results(make_sla(UPDATES), tickets=[Ticket(opened="2026-03-31 21:59:59", updates=())])["t"]
    assert (found.tally.met, found.tally.missed) == (0, 1)
    found = results(make_sla(UPDATES), tickets=[Ticket(opened="2026-03-31 22:00", updates=())])["t"]
    assert (found.tally.met, found.tally.missed) == (0, 0)


# -- what exports tell of tickets ---------------------------------------------------------------------------------


def test_requests_and_incidents_are_judged_by_their_own_targets() -> None:
    sla = make_sla(
        make_target("incidents", limit="4 h", types=["incident"]),
        as_targets([{"id": "requests", "measure": "request_fulfilment", "limit": "8 h", "goal": "95%"}])[0],
    )
    tickets = [solved(1, 5), solved(2, 5, type="request"), solved(3, 5, type="request", priority="P4"),
               solved(4, 5, type="change")]  # fmt: skip
    found = results(sla, tickets=tickets)
    assert (found["incidents"].count, found["incidents"].status) == (1, "missed")
    assert (found["requests"].count, found["requests"].status) == (2, "met")


def test_first_contact_resolution_is_of_the_tickets_that_say_it() -> None:
    tickets = [solved(1, 1, first_contact="yes"), solved(2, 1, first_contact="no"), solved(3, 1),
               Ticket("open", first_contact="yes")]  # fmt: skip
    found = results(make_sla(target("first_contact_resolution", "50%")), tickets=tickets)["t"]
    assert (found.value, found.status, found.set_aside) == (Fraction(50), "met", 1)


def test_of_a_rate_that_shall_be_low_the_goal_is_a_most() -> None:
    tickets = [solved(1, 1, reopens=0), solved(2, 1, reopens=3), *(solved(n, 1, reopens=0) for n in range(3, 21))]
    assert results(make_sla(target("reopen_rate", "5%")), tickets=tickets)["t"].status == "met"
    found = results(make_sla(target("reopen_rate", "4.9%")), tickets=tickets)["t"]
    assert (found.value, found.status) == (Fraction(5), "missed")


def test_cancelled_changes_count_neither_way() -> None:
    changes = [solved(n, 1, type="change", outcome=outcome) for n, outcome in
               enumerate(["successful", "successful", "failed", "cancelled", ""])]  # fmt: skip
    found = results(make_sla(target("change_success", "95%")), tickets=[*changes, solved(9, 1)])["t"]
    assert (found.value, found.count, found.set_aside) == (Fraction(200, 3), 3, 1)


@pytest.mark.parametrize(
    ("more", "value"), [({}, Fraction(13, 3)), ({"aggregate": "median"}, Fraction(9, 2)), ({"aggregate": "worst"}, 3)]
)
def test_scores_are_added_up_exactly_and_tickets_without_one_are_left_out(
    more: dict[str, Any], value: Fraction
) -> None:
    tickets = [solved(1, 1, score="5.5"), solved(2, 1, score="4.5"), solved(3, 1, score="3"), solved(4, 1)]
    found = results(make_sla(target("satisfaction", Decimal("4.4"), **more)), tickets=tickets)["t"]
    assert (found.value, found.set_aside) == (value, 0)
    assert found.status == ("met" if value >= Fraction("4.4") else "missed")


def test_the_backlog_is_what_is_open_in_the_last_instant_of_the_period() -> None:
    sla = make_sla(target("backlog", 1))
    tickets = [
        Ticket("a", opened="2026-03-31 23:59:59"),
        Ticket("b", opened="2026-03-01 00:00", resolved="2026-04-01 00:00"),
        Ticket("c", opened="2026-03-01 00:00", resolved="2026-03-31 23:59:59"),
        Ticket("d", opened="2026-04-01 00:00"),
    ]
    found = results(sla, tickets=tickets)["t"]
    assert (found.value, found.status) == (Fraction(2), "missed")
    assert (results(sla)["t"].value, results(sla)["t"].status) == (Fraction(0), "met")


def test_a_ticket_solved_at_the_end_of_the_period_is_no_backlog_though_it_was_reopened_later() -> None:
    sla = make_sla(target("backlog", 0))

    def left(solved: str, reopened: str, resolved: str = "") -> Fraction | None:
        ticket = Ticket(reopened=reopened, resolved=resolved, pauses=((solved, reopened, "resolved"),))
        return results(sla, tickets=[ticket])["t"].value

    assert left("2026-03-20 09:00", "2026-04-02 09:00", "2026-04-03 09:00") == 0
    assert left("2026-03-20 09:00", "2026-04-02 09:00") == 0
    assert left("2026-03-31 23:59:59", "2026-04-01 00:00") == 0
    assert left("2026-04-01 00:00", "2026-04-02 09:00") == 1
    assert left("2026-03-20 09:00", "2026-03-31 23:59:59") == 1


def test_the_work_that_came_in_counts_in_the_month_it_came() -> None:
    sla = make_sla(target("workload", 2))
    tickets = [Ticket("a"), Ticket("b", opened="2026-03-31 23:59:59"), Ticket("c", opened="2026-04-01 00:00")]
    assert results(sla, tickets=tickets)["t"].value == 2
    assert results(sla, tickets=tickets, months=[MARCH, MARCH.plus(1)])["t"].value == 1


# -- outages ------------------------------------------------------------------------------------------------------


def test_restoring_is_averaged_over_the_interruptions_that_ended_in_the_period() -> None:
    outages = [
        Outage("a", "2026-02-28 22:00", "2026-03-01 02:00"),  # 4 h, ends in March
        Outage("b", "2026-03-02 09:00", "2026-03-02 10:00"),
        Outage("c", "2026-03-02 10:00", "2026-03-02 11:00"),  # adjoins b: one interruption of 2 h
        Outage("d", "2026-03-31 23:00", "2026-04-01 00:00"),  # ends in April
    ]
    sla = make_sla(make_uptime("3 h", measure="mttr"))
    found = results(sla, outages=outages)["uptime"]
    assert (found.value, found.status, found.count) == (Fraction(3 * HOUR), "met", 2)
    assert results(sla)["uptime"].status == "no-data"


def test_time_between_failures_is_the_time_in_service_by_the_failures_that_began() -> None:
    outages = [Outage("a", "2026-03-02 09:00", "2026-03-02 10:00"), Outage("b", "2026-03-31 23:00")]
    found = results(make_sla(make_uptime("300 h", measure="mtbf")), outages=outages)["uptime"]
    assert (found.value, found.status) == (Fraction(31 * DAY - 2 * HOUR, 2), "met")


def test_time_between_failures_is_that_of_every_version_also_of_one_without_a_failure() -> None:
    """The half of the month that went well counts too: 31 days less an hour, by one failure."""
    old = make_sla(make_uptime("300 h", measure="mtbf"))
    new = make_sla(make_uptime("300 h", measure="mtbf"), version="A/01", since="2026-03-20", replaces="A/00")
    found = results(old, new, outages=[Outage("a", "2026-03-25 09:00", "2026-03-25 10:00")])["uptime"]
    assert (found.value, found.status) == (Fraction(31 * DAY - HOUR), "met")


def test_an_interruption_begins_and_ends_where_time_that_is_excluded_does_not() -> None:
    """Maintenance over the end of February, then a fault: it began in March, and is restored when that is over."""
    planned = {"category": "agreed-maintenance"}
    outages = [
        Outage("m", "2026-02-28 23:00", "2026-03-01 01:00", **planned),
        Outage("a", "2026-03-01 01:00", "2026-03-01 02:00"),
        Outage("b", "2026-03-31 22:00", "2026-03-31 23:00"),
        Outage("n", "2026-03-31 23:00", "2026-04-01 01:00", **planned),
    ]
    more = {"exclude": ["agreed-maintenance"]}
    restoring = results(make_sla(make_uptime("3 h", measure="mttr", **more)), outages=outages)["uptime"]
    between = results(make_sla(make_uptime("300 h", measure="mtbf", **more)), outages=outages)["uptime"]
    assert (restoring.value, restoring.count, between.count) == (Fraction(HOUR), 2, 2)


SERIES = ["web", {"any_of": ["db-1", "db-2"]}]


@pytest.mark.parametrize(
    ("outages", "down"),
    [
        ([("web", "09:00", "10:00", "100%")], 3600),
        ([("db-1", "09:00", "10:00", "100%")], 0),
        ([("db-1", "09:00", "10:00", "100%"), ("db-2", "09:30", "11:00", "100%")], 1800),
        ([("db-1", "09:00", "10:00", "100%"), ("db-2", "09:00", "10:00", "40%")], 1440),
        ([("web", "09:00", "10:00", "40%")], 1440),
        ([("web", "09:00", "10:00", "40%"), ("web", "09:30", "10:30", "70%")], 1800 * 0.4 + 3600 * 0.7),
        ([("web", "09:00", "10:00", "40%"), ("db-1", "09:00", "10:00", "100%")], 1440),
        ([("printer", "09:00", "10:00", "100%")], 3600),
        ([("", "09:00", "10:00", "25%")], 900),
    ],
)
def test_components_in_series_and_redundant_ones_take_what_they_take(
    outages: list[tuple[str, str, str, str]], down: float
) -> None:
    told = [
        Outage(str(number), f"2026-03-02 {start}", f"2026-03-02 {stop}", component=component, impact=impact)
        for number, (component, start, stop, impact) in enumerate(outages)
    ]
    found = results(make_sla(make_uptime(components=SERIES)), outages=told)["uptime"]
    assert found.value == Fraction(100 * (31 * DAY - int(down)), 31 * DAY)


def test_maintenance_of_one_of_two_redundant_components_takes_nothing_out_of_the_service_time() -> None:
    promise = make_uptime(components=SERIES, exclude=["agreed-maintenance"])
    planned = Outage("m", "2026-03-08 00:00", "2026-03-08 04:00", category="agreed-maintenance", component="db-1")
    fault = Outage("o", "2026-03-08 01:00", "2026-03-08 02:00", component="db-2")
    assert results(make_sla(promise), outages=[planned])["uptime"].tally.total == 31 * DAY
    assert results(make_sla(promise), outages=[planned, fault])["uptime"].tally.kept == 31 * DAY - HOUR


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["web", "db-1", "db-2", "", "printer"]),
            st.integers(0, 600),
            st.integers(0, 600),
            st.sampled_from([0, 25, 40, 100]),
            st.sampled_from(["outage", "agreed-maintenance"]),
        ),
        max_size=7,
    )
)
def test_availability_equals_walking_through_the_minutes(outages: list[tuple[str, int, int, int, str]]) -> None:
    def clock(minute: int) -> str:
        return f"2026-03-02 {minute // 60:02d}:{minute % 60:02d}"

    told = [
        Outage(str(n), clock(min(a, b)), clock(max(a, b)), category=kind, component=part, impact=f"{impact}%")
        for n, (part, a, b, impact, kind) in enumerate(outages)
    ]
    promise = make_uptime(components=SERIES, exclude=["agreed-maintenance"])
    office = make_calendar("08:00-09:00")  # minutes 480 to 540 of each of the 22 working days
    tally = results(make_sla(promise), outages=told, calendar=office)["uptime"].tally
    down, agreed_minutes = Fraction(0), 22 * 60
    for minute in range(480, 540):

        def taken(part: str, *, planned: bool, now: int = minute) -> int:
            mine = [one for one in outages if (one[0] if one[0] in {"web", "db-1", "db-2"} else "") == part]
            active = [one for one in mine if min(one[1], one[2]) <= now < max(one[1], one[2])]
            return max((one[3] for one in active if one[4] != "outage" or not planned), default=0)

        def whole(*, planned: bool) -> int:
            both = min(taken("db-1", planned=planned), taken("db-2", planned=planned))
            return max(taken("", planned=planned), taken("web", planned=planned), both)

        if whole(planned=True):
            agreed_minutes -= 1
        else:
            down += Fraction(whole(planned=False), 100)
    assert (tally.kept, tally.total) == (60 * (agreed_minutes - down), 60 * agreed_minutes)


def test_a_quarter_is_known_only_when_the_outages_of_all_its_months_are() -> None:
    """Also where another version took over in the meantime: a third of a quarter is none."""
    old = make_sla(make_uptime())
    new = make_sla(make_uptime(), version="A/01", since="2026-03-01", replaces="A/00")
    months = [Month(2026, number) for number in (1, 2, 3)]
    for exported, total in ((months, 90 * DAY), (months[1:], 0), (months[:1], 0)):
        found, _ = measured(old, new, months=months, exported=exported)
        (quarter,) = [one for one in found.longer["sla-acme"] if one.period.months == 3]
        assert quarter.results[0].tally.total == total


# -- exclusions ---------------------------------------------------------------------------------------------------


def test_a_ticket_that_the_customer_agreed_not_to_count_counts_nowhere() -> None:
    sla = make_sla(make_target(), make_target("p1-response", measure="response_time"))
    late = Ticket("late", resolved="2026-03-04 09:00", responded="2026-03-04 09:00")
    both = results(sla, tickets=[late, solved(1, 1, responded="2026-03-02 09:30")], exclusions=[agreed(ticket="late")])
    assert [(one.value, one.tally.excluded) for one in both.values()] == [(Fraction(100), 1)] * 2
    one = results(sla, tickets=[late], exclusions=[agreed(ticket="late", targets=["p1-response"])])
    assert (one["p1-resolution"].status, one["p1-response"].status) == ("missed", "no-data")


def test_another_customers_ticket_of_that_number_still_counts() -> None:
    late = Ticket("late", resolved="2026-03-04 09:00")
    found, problems = measured(
        make_sla(make_target()), tickets=[late], exclusions=[agreed(ticket="late", customer="other")]
    )
    assert found.months["sla-acme"][-1].results[0].status == "missed"
    assert [one.code for one in problems] == ["exclusion-unmatched"]


def test_an_outage_that_the_customer_agreed_not_to_count_leaves_the_denominator() -> None:
    outage = Outage("O7", "2026-03-02 09:00", "2026-03-02 10:00")
    tally = results(make_sla(make_uptime()), outages=[outage], exclusions=[agreed(outage="O7")])["uptime"].tally
    assert (tally.kept, tally.total) == (31 * DAY - HOUR, 31 * DAY - HOUR)
