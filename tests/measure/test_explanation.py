"""What is explained of a ticket adds up to what was judged, to the second; and so does a figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.load.characters import all_covered
from pipeline.load.exports import month_folders
from pipeline.load.sources import load_portfolio
from pipeline.measure.clock import build_clock
from pipeline.measure.explanation import Course, course_of, courses
from pipeline.measure.figures import Figure, figures
from pipeline.measure.judgements import Terms, Verdict, judge
from pipeline.measure.measurement import measure
from pipeline.measure.promises import period_of, promises_of, sla_spans, spans_of
from pipeline.measure.settlement import settle
from pipeline.merge.explained import figure_record
from pipeline.merge.words import Words
from pipeline.model.agreements import Agreement
from pipeline.model.calendars import Calendar
from pipeline.model.exclusions import Exclusion
from pipeline.model.quantities import Month
from pipeline.model.records import ExportFile, Outages, Tickets
from pipeline.options import ROOT
from tests.builders import (
    Outage,
    Ticket,
    at,
    load_records,
    make_calendar,
    make_outages,
    make_portfolio,
    make_records,
    make_sla,
    make_target,
    make_tickets,
    make_uptime,
)
from tests.measure.results import agreed
from tests.measure.test_clock import DAYS, calendars, moments, serves
from tests.test_real_input import ORIGIN_SECONDS, SLA, Trial, trial  # noqa: F401 - a fixture

HOUR = 3600
OFFICE = make_calendar("09:00-12:00 13:00-17:00")
CUSTOMER, SUPPLIER = "waiting-customer", "waiting-supplier"
MARCH = Month(2026, 3)


def explained(
    ticket: Ticket | Tickets, *slas: Agreement, calendar: Calendar = OFFICE, now: str = "2026-04-01 00:00"
) -> tuple[Course, ...]:
    """The courses of one ticket, as known at `now`."""
    tickets = make_tickets(ticket, timezone=calendar.timezone) if isinstance(ticket, Ticket) else ticket
    clock = build_clock(calendar, at("2025-12-01 00:00"), at("2027-02-01 00:00"))
    promises = promises_of(make_portfolio(*slas, calendar=calendar), spans_of(slas))
    terms = Terms.of(promises, {slas[0].id: at(now, slas[0].timezone)})
    return courses(tickets, 0, terms, {"office": clock}, {"office": calendar})


def one(ticket: Ticket, sla: Agreement | None = None, *, calendar: Calendar = OFFICE, **target: object) -> Course:
    """The only course of a ticket."""
    (found,) = explained(ticket, sla or make_sla(make_target(**target)), calendar=calendar)  # type: ignore[arg-type]
    return found


def utc(moment: int | None) -> str:
    assert moment is not None
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")


def windows(course: Course) -> list[tuple[str, str, int | None]]:
    return [(utc(one.start), utc(one.stop), one.pause) for one in course.stretches]


# -- a ticket -----------------------------------------------------------------------------------------------------


def test_a_limit_that_ran_out_after_years_of_waiting_is_explained() -> None:
    ticket = Ticket(
        opened="2020-03-02 11:00",
        resolved="2026-03-02 15:00",
        pauses=(("2020-03-02 12:00", "2026-03-02 09:00", CUSTOMER),),
    )
    sla = make_sla(make_target(pause_on=[CUSTOMER]), since="2020-01-01")
    clock = build_clock(OFFICE, at("2019-12-01 00:00"), at("2027-02-01 00:00"))
    promises = promises_of(make_portfolio(sla, calendar=OFFICE), spans_of((sla,)))
    terms = Terms.of(promises, {sla.id: at("2026-04-01 00:00")})
    (course,) = courses(make_tickets(ticket), 0, terms, {"office": clock}, {"office": OFFICE})
    assert (course.verdict, course.elapsed, utc(course.deadline)) == (Verdict.MISSED, 6 * HOUR, "2026-03-02 13:00")


def test_every_window_is_told_and_cut_where_a_pause_begins_and_ends() -> None:
    ticket = Ticket(
        opened="2026-03-02 11:00",
        resolved="2026-03-03 10:00",
        pauses=(("2026-03-02 14:00", "2026-03-03 09:30", CUSTOMER),),
    )
    course = one(ticket, pause_on=[CUSTOMER])
    assert windows(course) == [
        ("2026-03-02 11:00", "2026-03-02 12:00", None),
        ("2026-03-02 13:00", "2026-03-02 14:00", None),
        ("2026-03-02 14:00", "2026-03-02 17:00", 0),
        ("2026-03-03 09:00", "2026-03-03 09:30", 0),
        ("2026-03-03 09:30", "2026-03-03 10:00", None),
    ]
    assert (course.window_seconds, course.paused, course.elapsed) == (6 * HOUR, 3.5 * HOUR, 2.5 * HOUR)
    assert [(pause.service, pause.taken) for pause in course.pauses] == [(3.5 * HOUR, 3.5 * HOUR)]


def test_overlapping_pauses_are_taken_off_once_for_the_one_that_began_first() -> None:
    ticket = Ticket(
        opened="2026-03-02 09:00",
        resolved="2026-03-02 17:00",
        pauses=(
            ("2026-03-02 09:00", "2026-03-02 11:00", CUSTOMER),
            ("2026-03-02 10:00", "2026-03-02 12:00", SUPPLIER),
        ),
    )
    pauses = one(ticket, pause_on=[CUSTOMER, SUPPLIER]).pauses
    assert [(pause.service, pause.taken) for pause in pauses] == [(2 * HOUR, 2 * HOUR), (2 * HOUR, HOUR)]


def test_a_pause_that_the_agreement_does_not_know_is_told_but_takes_nothing_off() -> None:
    ticket = Ticket(
        opened="2026-03-02 09:00",
        resolved="2026-03-02 12:00",
        pauses=(("2026-03-02 10:00", "2026-03-02 11:00", SUPPLIER),),
    )
    (pause,) = one(ticket, pause_on=[CUSTOMER]).pauses
    assert (pause.agreed, pause.service, pause.taken) == (False, HOUR, 0)


@pytest.mark.parametrize(
    ("on_reopen", "start", "elapsed"),
    [("continue", "2026-03-02 09:00", 3 * HOUR), ("restart", "2026-03-03 09:00", HOUR)],
)
def test_a_reopened_ticket_goes_on_or_starts_again_as_agreed(on_reopen: str, start: str, elapsed: int) -> None:
    ticket = Ticket(
        opened="2026-03-02 09:00",
        resolved="2026-03-03 10:00",
        reopened="2026-03-03 09:00",
        pauses=(("2026-03-02 11:00", "2026-03-03 09:00", "resolved"),),
    )
    course = one(ticket, on_reopen=on_reopen)
    assert (utc(course.start), course.elapsed) == (start, elapsed)


@pytest.mark.parametrize(
    ("resolved", "verdict", "counted", "why"),
    [
        ("2026-03-31 16:00", Verdict.MET, "2026-03-31 16:00", "stopped"),
        ("2026-04-02 10:00", Verdict.MISSED, "2026-03-31 17:00", "ran-out"),
    ],
)
def test_the_period_is_that_of_the_stop_or_of_the_moment_the_limit_ran_out(
    resolved: str, verdict: Verdict, counted: str, why: str
) -> None:
    ticket = Ticket(opened="2026-03-31 13:00", resolved=resolved)
    course = one(ticket, limit="3.5 h")
    assert course.verdict is verdict
    assert course.why == why
    assert course.period is not None
    assert course.period.month == MARCH
    assert utc(course.deadline) == "2026-03-31 16:30"
    assert utc(course.counted_at) == ("2026-03-31 16:30" if verdict is Verdict.MISSED else counted)


def test_the_deadline_of_a_ticket_in_time_and_of_an_open_one_is_told_too() -> None:
    met = one(Ticket(opened="2026-03-02 16:00", resolved="2026-03-02 16:30"), limit="2 h")
    assert utc(met.deadline) == "2026-03-03 10:00"
    open_still = one(Ticket(opened="2026-03-31 16:00"), limit="2 h")
    assert (open_still.verdict, open_still.why, open_still.period) == (Verdict.PENDING, "open", None)
    assert utc(open_still.deadline) == "2026-04-01 10:00"


def test_while_a_pause_lasts_nobody_can_tell_the_deadline() -> None:
    ticket = Ticket(opened="2026-03-31 10:00", pauses=(("2026-03-31 11:00", "", CUSTOMER),))
    assert one(ticket, limit="4 h", pause_on=[CUSTOMER]).deadline is None


def test_no_deadline_is_told_for_a_year_without_published_holidays() -> None:
    calendar = replace(OFFICE, holidays="CN", years=frozenset({2026}))
    sla = make_sla(make_target(limit="4 h"), until="2027-12-31")
    (course,) = explained(Ticket(opened="2026-12-31 16:00"), sla, calendar=calendar, now="2027-01-01 00:00")
    assert course.deadline is None


def test_counted_by_opening_says_so() -> None:
    sla = make_sla(make_target(limit="2 h"), counted_by="opened")
    course = one(Ticket(opened="2026-03-31 16:30", resolved="2026-04-01 09:30"), sla)
    assert (course.why, utc(course.counted_at)) == ("opened", "2026-03-31 16:30")


def test_a_ticket_resolved_without_a_response_is_not_measurable() -> None:
    ticket = Ticket(opened="2026-03-02 10:00", resolved="2026-03-02 11:00")
    course = one(ticket, measure="response_time")
    assert (course.verdict, course.why) == (Verdict.UNMEASURED, "unanswered")


def test_what_does_not_add_up_is_never_told() -> None:
    calendar = make_calendar("09:00-17:00")  # not the hours that the ticket was judged by
    tickets = make_tickets(Ticket(opened="2026-03-02 10:00", resolved="2026-03-02 16:00"))
    sla = make_sla(make_target())
    terms = Terms.of(promises_of(make_portfolio(sla), spans_of((sla,))), {sla.id: at("2026-04-01 00:00")})
    clock = build_clock(OFFICE, at("2026-01-01 00:00"), at("2026-12-01 00:00"))
    with pytest.raises(AssertionError, match="judged by"):
        course_of(tickets, judge(tickets, terms, {"office": clock}), 0, terms, calendar)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Calendar, Ticket, int, list[str], str]:
    """A calendar in some time zone around a change of daylight saving, and a ticket with pauses and a reopening."""
    calendar = draw(calendars())
    first = draw(st.sampled_from(DAYS))
    times = sorted(draw(st.lists(moments(first), min_size=8, max_size=8)))

    def written(moment: int) -> str:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")

    opened, *inner, resolved = times
    pauses = [tuple(sorted(draw(st.permutations(inner))[:2])) for _ in range(draw(st.integers(0, 4)))]
    reasons = [draw(st.sampled_from([CUSTOMER, SUPPLIER])) for _ in pauses]
    shown = [(written(begin), written(end), why) for (begin, end), why in zip(pauses, reasons, strict=True)]
    reopened = draw(st.booleans())
    if reopened:
        shown.append((written(inner[0]), written(inner[1]), "resolved"))
    ticket = Ticket(
        opened=written(opened),
        resolved=written(resolved),
        reopened=written(inner[1]) if reopened else "",
        pauses=tuple(sorted(shown)),
    )
    stopping = sorted(draw(st.sets(st.sampled_from([CUSTOMER, SUPPLIER]))))
    return calendar, ticket, draw(st.integers(1, 600)), stopping, draw(st.sampled_from(["continue", "restart"]))


@settings(deadline=None)
@given(histories())
def test_stretches_pauses_and_deadline_equal_counting_minute_by_minute(
    history: tuple[Calendar, Ticket, int, list[str], str],
) -> None:
    calendar, ticket, limit, stopping, on_reopen = history
    target = make_target(limit=f"{limit} min", pause_on=stopping, on_reopen=on_reopen)
    (course,) = explained(make_tickets(ticket), make_sla(target), calendar=calendar, now="2026-12-01 00:00")
    start = at(ticket.reopened) if ticket.reopened and on_reopen == "restart" else at(ticket.opened)
    pauses = [(at(begin), at(end)) for begin, end, why in ticket.pauses if why in {*stopping, "resolved"}]
    running: set[int] = set()
    paused: set[int] = set()
    ran_out = None
    for second in range(start, at(ticket.resolved), 60):
        if serves(calendar, second):
            stopped = any(begin <= second < end for begin, end in pauses)
            (paused if stopped else running).add(second)
            if not stopped and len(running) == limit + 1:
                ran_out = second
    told = [(one.pause is None, second) for one in course.stretches for second in range(one.start, one.stop, 60)]
    assert {second for runs, second in told if runs} == running
    assert {second for runs, second in told if not runs} == paused
    assert len(told) == len(running) + len(paused)
    assert (course.elapsed, course.paused) == (60 * len(running), 60 * len(paused))
    assert course.window_seconds == course.elapsed + course.paused
    assert (course.verdict is Verdict.MISSED) == (ran_out is not None)
    if ran_out is not None:
        assert course.deadline == ran_out


def test_the_real_log_is_explained_ticket_by_ticket(trial: Trial) -> None:  # noqa: F811 - the fixture
    """858 incidents, each to the second of a count that walks minute by minute."""
    measured = trial.measurement.measured
    portfolio, _ = load_portfolio(trial.sources, all_covered)
    assert portfolio is not None
    tickets, columns = measured.records.tickets, measured.judgements
    now = {SLA: trial.measurement.months[SLA][-1].period.stop}
    terms = Terms.of(measured.promises, now)
    seen: Counter[str] = Counter()
    for pair in range(len(columns.ticket)):
        calendar = portfolio.calendars[measured.promises[columns.promise[pair]].terms.calendar]
        course = course_of(tickets, columns, pair, terms, calendar)
        number = tickets.id[columns.ticket[pair]]
        count = trial.expected[number, course.promise.target.id]
        assert (course.elapsed, course.paused) == (60 * count.elapsed, 60 * count.paused)
        assert course.window_seconds == course.elapsed + course.paused
        assert (course.verdict is Verdict.MET) == count.met
        assert course.counted_at == 60 * count.counted_at + ORIGIN_SECONDS
        if not count.met:
            assert course.deadline == course.counted_at
        seen[number] += 1
    assert len(seen) == 858
    assert set(seen.values()) == {2}


# -- a figure -----------------------------------------------------------------------------------------------------


def figure(
    sla: Agreement,
    target: str,
    *later: Agreement,
    tickets: Tickets | None = None,
    outages: Outages | None = None,
    exclusions: Sequence[Exclusion] = (),
) -> tuple[Figure, ...]:
    files = (ExportFile("sources/metrics/2026-03/outages.csv", MARCH, "outages", ""),)
    records = replace(make_records(tickets, outages), files=files)
    portfolio = replace(make_portfolio(sla, *later, calendar=OFFICE), exclusions={one.id: one for one in exclusions})
    found, problems = measure(portfolio, records, (MARCH,))
    assert found is not None
    assert problems == ()
    month = found.months[sla.id][0]
    return figures(found.measured, month, target, settle(found, month))


def test_a_share_names_the_tickets_behind_it_and_those_that_do_not_count_yet() -> None:
    tickets = make_tickets(
        Ticket("kept", opened="2026-03-02 09:00", resolved="2026-03-02 10:00"),
        Ticket("late", opened="2026-03-03 09:00", resolved="2026-03-04 16:00"),
        Ticket("open", opened="2026-03-31 16:00"),
        Ticket("other", opened="2026-03-03 09:00", resolved="2026-03-04 16:00", priority="P2"),
    )
    (found,) = figure(make_sla(make_target()), "p1-resolution", tickets=tickets)
    assert [(tickets.id[one.row], one.verdict) for one in found.tickets] == [
        ("kept", Verdict.MET),
        ("late", Verdict.MISSED),
    ]
    assert found.pending == 1
    assert utc(found.tickets[1].deadline) == "2026-03-03 14:00"


BACKLOG_WORDS = {"measure.backlog.formula": "…", "count.ticket.one": "{count} ticket"}


def test_a_backlog_names_the_tickets_that_wait() -> None:
    tickets = make_tickets(
        Ticket("a"), Ticket("done", resolved="2026-03-02 10:00"), Ticket("later", opened="2026-04-01 00:00")
    )
    sla = make_sla(make_target("waiting", measure="backlog", goal=Decimal(3), priority="", limit=""))
    (found,) = figure(sla, "waiting", tickets=tickets)
    assert [(tickets.id[one.row], one.counted_at) for one in found.tickets] == [("a", None)]
    record = figure_record(found, tickets, make_outages(), Words("en", BACKLOG_WORDS))
    assert [(one.ticket, one.counted_at) for one in record.tickets] == [("a", "")]


def test_what_was_excluded_under_an_earlier_version_is_told_in_report_and_explanation() -> None:
    old = make_sla(make_target())
    new = make_sla(make_target(), version="A/01", since="2026-03-10", replaces="A/00")
    tickets = make_tickets(Ticket("T2", resolved="2026-03-02 10:00"))
    (found,) = figure(old, "p1-resolution", new, tickets=tickets, exclusions=[agreed(ticket="T2")])
    assert (found.result.tally.excluded, [one.verdict for one in found.tickets]) == (1, [Verdict.EXCLUDED])


def test_outages_that_overlap_are_counted_once_and_excluded_time_first() -> None:
    outages = make_outages(
        Outage("whole", "2026-03-02 09:00", "2026-03-02 12:00"),
        Outage("within", "2026-03-02 10:00", "2026-03-02 11:00"),
        Outage("agreed", "2026-03-02 11:30", "2026-03-02 14:00", "agreed-maintenance"),
        Outage("night", "2026-03-02 18:00", "2026-03-03 02:00"),
        Outage("lasting", "2026-03-31 16:00", ""),
    )
    sla = make_sla(make_uptime(exclude=["agreed-maintenance"]))
    (found,) = figure(sla, "uptime", outages=outages)
    told = {outages.id[one.row]: (one.excluded, one.service, int(one.counted)) for one in found.outages}
    assert told == {
        "whole": (False, 3 * HOUR, 5 * HOUR // 2),
        "within": (False, HOUR, 0),
        "agreed": (True, 3 * HOUR // 2, 3 * HOUR // 2),
        "night": (False, 0, 0),
        "lasting": (False, HOUR, HOUR),
    }
    (served,) = found.served
    assert (served.excluded, int(served.down)) == (3 * HOUR // 2, 7 * HOUR // 2)


def test_credit_tiers_tell_which_apply_and_the_cap_of_the_agreement() -> None:
    tiers = [("p1-resolution", "95%", "3%"), ("p1-resolution", "50%", "9%"), ("p1-resolution", "40%", "12%")]
    sla = replace(make_sla(make_target(), tiers=tiers), credit_cap=make_target(goal="2%").goal)
    tickets = make_tickets(
        Ticket(opened="2026-03-03 09:00", resolved="2026-03-04 16:00"), Ticket("T2", resolved="2026-03-02 10:00")
    )
    (found,) = figure(sla, "p1-resolution", tickets=tickets)
    assert [applies for _, applies in found.tiers] == [True, False, False]
    assert tuple(map(int, (found.result.credit, found.settlement.uncapped, found.settlement.total))) == (3, 3, 2)


def test_every_ticket_and_figure_of_the_demonstration_company_adds_up() -> None:
    portfolio, _ = load_portfolio(ROOT / "sources", all_covered)
    assert portfolio is not None
    months = month_folders(ROOT / "sources")
    records, _ = load_records(ROOT / "sources", portfolio, months, all_covered)
    found, _ = measure(portfolio, records, months)
    assert found is not None
    measured = found.measured
    now = {sla: period_of(spans[-1].agreement, months[-1]).stop for sla, spans in sla_spans(portfolio).items()}
    terms = Terms.of(measured.promises, now)
    for pair in range(len(measured.judgements.ticket)):
        promise = measured.promises[measured.judgements.promise[pair]]
        calendar = portfolio.calendars[promise.terms.calendar]
        course = course_of(measured.records.tickets, measured.judgements, pair, terms, calendar)
        assert course.window_seconds == course.elapsed + course.paused
    made = [
        one
        for by_month in found.months.values()
        for month in by_month
        for target in dict.fromkeys(result.promise.target.id for result in month.results)
        for one in figures(measured, month, target, settle(found, month))
    ]
    assert len(made) == sum(len(month.results) for by_month in found.months.values() for month in by_month)
    assert any(one.outages for one in made)
    assert any(one.set_aside for one in made)
