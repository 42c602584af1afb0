"""Whether OLAs and UCs carry an SLA: sums along chains, suppliers within or behind a team, availability, validity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from pipeline.measure.assessments import Assessment, Finding, Kind, Verdict
from pipeline.measure.shortfalls import check_underpinning
from pipeline.measure.underpinning import assess
from pipeline.model.agreements import Agreement, Maintenance, ServiceTerms, Status, Step
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import Target
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import DateRange, Text
from pipeline.model.recurrence import Recurrence
from pipeline.problems import Severity
from tests.builders import at, make_always, make_calendar, make_portfolio, make_sla, make_target, make_uptime

HOUR = 3600
OFFICE = make_calendar("09:00-17:00", identifier="office")
ALWAYS = replace(make_always(), id="always")


def support(identifier: str, *targets: Target, calendar: str = "always", **fields: object) -> Agreement:
    """An OLA (`ola-…`) or a UC (`uc-…`) of the service `desk`."""
    one = make_sla(*targets, identifier=identifier)
    terms = replace(one.services[0], calendar=calendar)
    changed = replace(one, kind=identifier.partition("-")[0], services=(terms,), customer="organization")
    return replace(changed, provider=identifier, **fields)  # type: ignore[arg-type]


def sla(*targets: Target, by: Sequence[str | Step] = (), calendar: str = "always", **fields: object) -> Agreement:
    """An SLA for `desk` whose chain is stated for the service."""
    one = make_sla(*targets)
    steps = tuple((step,) if isinstance(step, str) else step for step in by)
    terms = replace(one.services[0], calendar=calendar, underpinned_by=steps)
    return replace(one, services=(terms,), **fields)  # type: ignore[arg-type]


def portfolio(*agreements: Agreement, calendars: Sequence[Calendar] = (OFFICE, ALWAYS)) -> Portfolio:
    return replace(make_portfolio(*agreements), calendars={one.id: one for one in calendars})


def only(*agreements: Agreement, calendars: Sequence[Calendar] = (OFFICE, ALWAYS)) -> Assessment:
    """The one assessment of an SLA with one target."""
    (found,) = assess(portfolio(*agreements, calendars=calendars)).assessments
    return found


def kinds(found: Sequence[Finding]) -> list[str]:
    return [str(one.kind) for one in found]


WAITS = ("waiting-customer", "waiting-supplier")


@pytest.mark.parametrize(
    ("limits", "verdict", "margin"),
    [(("1 h", "2 h"), "carried", 1), (("2 h", "2 h"), "carried", 0), (("2 h", "2.5 h"), "short", Fraction(-1, 2))],
)
def test_times_add_up_along_the_chain(limits: tuple[str, str], verdict: str, margin: Fraction) -> None:
    found = only(
        sla(make_target(limit="4 h"), by=["ola-a", "ola-b"]),
        support("ola-a", make_target(limit=limits[0])),
        support("ola-b", make_target(limit=limits[1])),
    )
    assert found.verdict == verdict
    assert found.margin == margin * HOUR


@pytest.mark.parametrize(("limit", "verdict"), [("4 h", "carried"), ("14401 s", "short")])
def test_a_support_may_be_as_slow_as_the_promise_and_no_second_slower(limit: str, verdict: str) -> None:
    assert (
        only(sla(make_target(limit="4 h"), by=["ola-a"]), support("ola-a", make_target(limit=limit))).verdict == verdict
    )


def test_two_office_hours_do_not_carry_four_hours_around_the_clock() -> None:
    found = only(
        sla(make_target(limit="4 h"), by=["ola-a"]), support("ola-a", make_target(limit="2 h"), calendar="office")
    )
    assert found.verdict is Verdict.SHORT
    # over a weekend: from Friday 17:00 to Monday 11:00
    assert found.carried == 66 * HOUR
    assert found.worst_moment == at("2026-01-02 17:00")


def test_a_business_day_is_as_long_as_the_support_works_a_day() -> None:
    day = support("ola-a", make_target(limit="1 d"), calendar="office")
    assert only(sla(make_target(limit="8 h"), by=["ola-a"], calendar="office"), day).verdict is Verdict.CARRIED
    assert only(sla(make_target(limit="7 h"), by=["ola-a"], calendar="office"), day).verdict is Verdict.SHORT


def test_limits_count_in_each_links_own_time_zone() -> None:
    shanghai = make_calendar("09:00-17:00", timezone="Asia/Shanghai", identifier="shanghai")
    # at 09:00 UTC the day ends in Shanghai: what is opened then waits there until 01:00 UTC, outside of our hours
    found = only(
        sla(make_target(limit="8 h"), by=["ola-a"], calendar="office"),
        support("ola-a", make_target(limit="1 h"), calendar="shanghai"),
        calendars=(OFFICE, ALWAYS, shanghai),
    )
    assert found.carried == 8 * HOUR


def test_of_redundant_links_the_slowest_counts() -> None:
    agreements = [
        sla(make_target(limit="4 h"), by=[("uc-a", "uc-b")]),
        support("uc-a", make_target(limit="1 h")),
        support("uc-b", make_target(limit="5 h")),
    ]
    assert only(*agreements).carried == 5 * HOUR


def test_a_team_that_waits_for_its_supplier_hands_over_and_both_times_count() -> None:
    found = only(
        sla(make_target(limit="4 h"), by=["ola-a", "uc-b"]),
        support("ola-a", make_target(limit="2 h", pause_on=["waiting-supplier"])),
        support("uc-b", make_target(limit="3 h")),
    )
    assert found.carried == 5 * HOUR
    assert kinds(found.findings) == ["time"]


def test_a_supplier_works_within_the_limit_of_a_team_that_does_not_wait() -> None:
    found = only(
        sla(make_target(limit="4 h"), by=["ola-a", "uc-b"]),
        support("ola-a", make_target(limit="4 h")),
        support("uc-b", make_target(limit="3 h")),
    )
    assert found.carried == 4 * HOUR
    assert found.findings == ()


def test_a_supplier_that_does_not_fit_into_the_teams_limit_is_found_even_if_the_promise_is_kept() -> None:
    found = only(
        sla(make_target(limit="6 h"), by=["ola-a", "uc-b"]),
        support("ola-a", make_target(limit="2 h")),
        support("uc-b", make_target(limit="5 h")),
    )
    assert found.carried == 5 * HOUR
    assert [(one.kind, one.items, one.value) for one in found.findings] == [
        (Kind.INSIDE, ("uc-b",), Fraction(3 * HOUR))
    ]


def test_a_supplier_in_office_hours_does_not_fit_into_a_limit_around_the_clock() -> None:
    found = only(
        sla(make_target(limit="100 h"), by=["ola-a", "uc-b"]),
        support("ola-a", make_target(limit="8 h")),
        support("uc-b", make_target(limit="2 h"), calendar="office"),
    )
    assert [(one.kind, one.value) for one in found.findings] == [(Kind.INSIDE, Fraction(58 * HOUR))]


def test_where_the_promise_pauses_for_suppliers_their_time_does_not_count() -> None:
    found = only(
        sla(make_target(limit="4 h", pause_on=WAITS), by=["ola-a", "uc-b"]),
        support("ola-a", make_target(limit="2 h", pause_on=WAITS)),
        support("uc-b", make_target(limit="90 h", goal="50%")),
    )
    assert (found.carried, found.share, found.verdict) == (Fraction(2 * HOUR), Decimal(95), Verdict.CARRIED)
    assert kinds(found.remarks) == ["uncounted"]


def test_a_pause_that_the_promise_does_not_have_weakens_it() -> None:
    found = only(
        sla(make_target(limit="4 h"), by=["ola-a"]),
        support("ola-a", make_target(limit="1 h", pause_on=["waiting-change", "waiting-supplier"])),
    )
    # no contract stands behind the team, so that nobody limits how long it waits
    assert [(one.kind, one.items) for one in found.findings] == [(Kind.PAUSE, ("waiting-change", "waiting-supplier"))]


def test_a_link_without_resolution_hands_on_after_its_response_time() -> None:
    response = make_target("p1-response", measure="response_time", limit="10 min")
    found = only(
        sla(make_target(limit="4 h"), by=["ola-desk", "ola-net"]),
        support("ola-desk", response),
        support("ola-net", make_target(limit="2 h")),
    )
    assert found.carried == 2 * HOUR + 600


def test_whoever_only_responds_resolves_nothing() -> None:
    response = make_target("p1-response", measure="response_time", limit="10 min")
    found = only(sla(make_target(limit="4 h"), by=["ola-desk"]), support("ola-desk", response))
    assert (found.verdict, found.carried) == (Verdict.GAP, None)


def test_every_priority_promised_needs_its_counterpart() -> None:
    found = only(
        sla(make_target("p2-resolution", priority="P2", limit="8 h"), by=["ola-a"]),
        support("ola-a", make_target(limit="1 h")),
    )
    assert found.verdict is Verdict.GAP
    assert [(one.kind, one.support.id) for one in found.findings if one.support] == [(Kind.COUNTERPART, "ola-a")]


def test_the_lowest_goal_of_the_chain_decides_and_the_product_is_remarked_on() -> None:
    def goals(first: str, second: str) -> Assessment:
        return only(
            sla(make_target(limit="4 h", goal="95%"), by=["ola-a", "ola-b"]),
            support("ola-a", make_target(limit="1 h", goal=first)),
            support("ola-b", make_target(limit="1 h", goal=second)),
        )

    assert (goals("98%", "98%").findings, goals("98%", "98%").remarks) == ((), ())
    assert kinds(goals("96%", "95%").remarks) == ["product"]
    assert goals("96%", "95%").remarks[0].value == Fraction(912, 10)
    assert goals("96%", "95%").verdict is Verdict.CARRIED
    assert [(one.kind, one.value) for one in goals("96%", "94%").findings] == [(Kind.SHARE, Fraction(94))]


def test_availability_in_series_is_the_exact_product() -> None:
    agreements = [support("ola-a", make_uptime("99.98%")), support("uc-b", make_uptime("99.98%"))]
    carried = Fraction(9998**2, 10**6)
    found = only(sla(make_uptime("99.95%"), by=["ola-a", "uc-b"]), *agreements)
    assert (found.carried, found.verdict) == (carried, Verdict.CARRIED)
    found = only(sla(make_uptime("99.960005%"), by=["ola-a", "uc-b"]), *agreements)
    assert (found.verdict, found.findings[0].value) == (Verdict.SHORT, Fraction("99.960005") - carried)


def test_redundant_links_are_down_only_when_all_are() -> None:
    found = only(
        sla(make_uptime("99.9%"), by=[("uc-a", "uc-b")]),
        support("uc-a", make_uptime("99%")),
        support("uc-b", make_uptime("98%")),
    )
    assert found.carried == Fraction(9998, 100)


def test_a_link_without_availability_takes_no_part_in_it() -> None:
    found = only(
        sla(make_uptime("99.9%"), by=["ola-a", "uc-b"]),
        support("ola-a", make_uptime("99.9%")),
        support("uc-b", make_target()),
    )
    assert (found.verdict, kinds(found.remarks)) == (Verdict.CARRIED, ["no-part"])


def test_availability_in_office_hours_backs_only_those() -> None:
    found = only(
        sla(make_uptime("99%"), by=["ola-a"], effective=DateRange(date(2026, 3, 2), date(2026, 3, 8))),
        support("ola-a", make_uptime("99.9%"), calendar="office"),
    )
    assert [(one.kind, one.value) for one in found.findings] == [(Kind.HOURS, Fraction(100 * 40, 168))]
    whole = only(sla(make_uptime("99%"), by=["ola-a"], calendar="office"), support("ola-a", make_uptime("99.9%")))
    assert whole.verdict is Verdict.CARRIED


def test_what_a_link_excludes_must_be_excluded_by_the_promise() -> None:
    backing = support("ola-a", make_uptime("99.9%", exclude=["agreed-maintenance", "force-majeure"]))
    found = only(sla(make_uptime("99.9%", exclude=["agreed-maintenance"]), by=["ola-a"]), backing)
    assert [(one.kind, one.items) for one in found.findings] == [(Kind.EXCLUDED, ("force-majeure",))]
    both = sla(make_uptime("99.9%", exclude=["agreed-maintenance", "force-majeure"]), by=["ola-a"])
    assert only(both, backing).findings == ()


def window(when: str, hours: tuple[int, int] | None = None, nth: int = 3, *services: str) -> Maintenance:
    recurrence = Recurrence((hours[0] * 60, hours[1] * 60), weekday=5, nth=nth) if hours else None
    return Maintenance(Text(when), Text("patches"), recurrence, services)


@pytest.mark.parametrize(
    ("agreed", "needed", "expected"),
    [
        (window("Saturdays", (1, 5), 0), window("third Saturday", (2, 4)), ([], [])),
        (window("third Saturday", (1, 4)), window("third Saturday, later", (2, 5)), (["window"], [])),
        (window("second Saturday", (1, 4), 2), window("third Saturday", (1, 4)), (["window"], [])),
        (window("third Saturday"), window("third Saturday"), ([], [])),
        (window("third Saturday"), window("Saturday, third"), ([], ["uncompared"])),
        (window("second Saturday", (1, 4), 2), window("third Saturday", (1, 4), 3, "other"), ([], [])),
    ],
    ids=["within", "too long", "another week", "equal words", "other words", "another service"],
)
def test_maintenance_left_out_of_availability_happens_in_agreed_windows(
    agreed: Maintenance, needed: Maintenance, expected: tuple[list[str], list[str]]
) -> None:
    uptime = make_uptime("99.9%", exclude=["agreed-maintenance"])
    found = only(sla(uptime, by=["ola-a"], maintenance=(agreed,)), support("ola-a", uptime, maintenance=(needed,)))
    assert (kinds(found.findings), kinds(found.remarks)) == expected


def test_maintenance_of_a_support_of_a_customer_without_any_window_is_not_agreed() -> None:
    uptime = make_uptime("99.9%", exclude=["agreed-maintenance"])
    found = only(sla(uptime, by=["ola-a"]), support("ola-a", uptime, maintenance=(window("Saturdays"),)))
    assert kinds(found.findings) == ["window"]


def test_supports_of_the_whole_sla_back_the_services_that_they_cover_one_after_another() -> None:
    elsewhere = support("uc-c", make_target(limit="9 h"))
    elsewhere = replace(elsewhere, services=(replace(elsewhere.services[0], service="printing"),))
    found = only(
        sla(make_target(limit="4 h"), underpinned_by=("ola-a", "uc-c", "ola-b")),
        support("ola-a", make_target(limit="1 h")),
        support("ola-b", make_target(limit="2 h")),
        elsewhere,
    )
    assert found.carried == 3 * HOUR


def test_a_promise_that_nobody_is_named_for_is_shown_and_is_no_problem() -> None:
    alone = portfolio(sla(make_target()))
    assert [one.verdict for one in assess(alone).assessments] == [Verdict.NOT_BACKED]
    assert check_underpinning(alone) == ()


def test_a_support_named_for_a_service_that_it_does_not_cover_leaves_a_gap() -> None:
    elsewhere = support("ola-a", make_target())
    elsewhere = replace(elsewhere, services=(replace(elsewhere.services[0], service="printing"),))
    found = only(sla(make_target(), by=["ola-a"]), elsewhere)
    assert (found.verdict, kinds(found.findings)) == (Verdict.GAP, ["foreign"])


def test_versions_of_the_same_days_are_compared() -> None:
    first = support("ola-a", make_target(limit="2 h"), effective=DateRange(date(2026, 1, 1), date(2026, 6, 30)))
    second = replace(
        support("ola-a", make_target(limit="5 h"), effective=DateRange(date(2026, 7, 1), date(2026, 12, 31))),
        version=replace(first.version, modification=1),
    )
    found = assess(portfolio(sla(make_target(limit="4 h"), by=["ola-a"]), first, second))
    assert [(str(one.days.start), one.verdict.value) for one in found.assessments] == [
        ("2026-01-01", "carried"),
        ("2026-07-01", "short"),
    ]
    assert found.lapses == ()


def test_days_without_a_support_are_named_once_for_all_targets() -> None:
    short = support("ola-a", make_target(), effective=DateRange(date(2026, 2, 1), date(2026, 11, 30)))
    weak = portfolio(sla(make_target(), make_target("p1-other"), by=["ola-a"]), short)
    (lapse,) = assess(weak).lapses
    assert lapse.days == (
        DateRange(date(2026, 1, 1), date(2026, 1, 31)),
        DateRange(date(2026, 12, 1), date(2026, 12, 31)),
    )
    assert [problem.message for problem in check_underpinning(weak)] == [
        "sla-acme@A/00 is in force from 2026-01-01 to 2026-01-31 and from 2026-12-01 to 2026-12-31, but ola-a is not"
    ]


def test_a_draft_backs_nothing() -> None:
    draft = support("ola-a", make_target(), status=Status.DRAFT)
    weak = portfolio(sla(make_target(), by=["ola-a"]), draft)
    assert [one.verdict for one in assess(weak).assessments] == [Verdict.UNCOVERED]
    assert len(check_underpinning(weak)) == 1


def test_of_redundant_supports_one_in_force_is_enough() -> None:
    ended = support("uc-a", make_target(), effective=DateRange(date(2026, 1, 1), date(2026, 6, 30)))
    found = assess(portfolio(sla(make_target(), by=[("uc-a", "uc-b")]), ended, support("uc-b", make_target())))
    assert found.lapses == ()
    assert {one.verdict for one in found.assessments} == {Verdict.CARRIED}


def test_a_problem_names_promise_chain_sum_and_what_is_missing() -> None:
    weak = portfolio(
        sla(make_target(limit="3 h"), by=["ola-a", ("uc-b", "uc-c")]),
        support("ola-a", make_target(limit="1 h", pause_on=["waiting-supplier"])),
        support("uc-b", make_target(limit="2.5 h")),
        support("uc-c", make_target(limit="2 h")),
    )
    (problem,) = check_underpinning(weak)
    assert problem.message == (
        "sla-acme@A/00 desk p1-resolution: 3 h promised, 3 h 30 min carried by "
        "ola-a 1 h → (uc-b 2.5 h or uc-c 2 h), 30 min too slow"
    )
    assert problem.severity is Severity.ERROR
    lenient = replace(weak, policy=replace(weak.policy, underpinning=Severity.WARNING))
    assert [one.severity for one in check_underpinning(lenient)] == [Severity.WARNING]


def test_a_calendar_or_an_agreement_that_nobody_knows_is_left_to_other_checks() -> None:
    unknown = portfolio(sla(make_target(), by=["ola-a", "ola-nobody"]), support("ola-a", make_target(limit="9 h")))
    assert len(check_underpinning(unknown)) == 1
    assert check_underpinning(replace(unknown, calendars={"office": OFFICE})) == ()
    assert check_underpinning(replace(unknown, unreadable=frozenset({"ola-a"}))) == ()


def test_terms_name_their_supports_once() -> None:
    terms: ServiceTerms = sla(make_target(), by=["ola-a", ("uc-b", "ola-a")]).services[0]
    one = replace(sla(make_target(), underpinned_by=("uc-b", "uc-c")), services=(terms,))
    assert one.relies_on == ("uc-b", "uc-c", "ola-a")
