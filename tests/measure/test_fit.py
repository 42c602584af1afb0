"""The catalogue beside what was asked for: each comparison at its border, and the level that comes out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pipeline.measure.fit import Lack, LevelFit, RequirementFit, Verdict, fit
from pipeline.measure.hours import Hours
from pipeline.model.agreements import Revision, Version
from pipeline.model.catalog import Level, Target
from pipeline.model.publications import Issue
from pipeline.model.quantities import Limit, Money, Text
from pipeline.model.requirements import Point, Requirement, RequirementItem, RequirementStatus
from pipeline.model.reviews import Attendee
from tests.builders import (
    NO_TEXT,
    SOURCE,
    make_calendar,
    make_portfolio,
    make_service,
    make_sla,
    make_target,
    make_uptime,
)

DAY = date(2026, 6, 15)
SEVEN_DAYS = "00:00-24:00"
CALENDARS = {
    "always": make_calendar(SEVEN_DAYS, weekend=SEVEN_DAYS, identifier="always"),
    "office": make_calendar("09:00-12:00 13:30-18:00", identifier="office"),
    "early": make_calendar("09:00-12:00", identifier="early"),
    "long": make_calendar("08:00-22:00", weekend="08:00-22:00", identifier="long"),
    "long-but-one": make_calendar(
        "08:00-22:00", weekend="08:00-22:00", days_off=["2026-10-01"], identifier="long-but-one"
    ),
    "office-and-saturday": make_calendar(
        "09:00-12:00 13:30-18:00", working_days={"2026-10-10": "09:00-12:00"}, identifier="office-and-saturday"
    ),
    "shanghai": make_calendar("17:00-20:00", timezone="Asia/Shanghai", identifier="shanghai"),
}


def item(
    *targets: Target, calendar: str = "office", service: str = "desk", others: Sequence[Point] = ()
) -> RequirementItem:
    name = f"{service or 'none'}-{len(targets)}-{calendar}"
    return RequirementItem(name, Text("something"), service, calendar, targets, None, tuple(others), NO_TEXT)


def level(identifier: str, charge: int, calendar: str, *targets: Target) -> Level:
    return Level(identifier, Text(identifier), NO_TEXT, calendar, Money(Decimal(charge), "CNY"), targets)


def compared(
    items: Sequence[RequirementItem], levels: Sequence[Level], *, state: str = "offered", present: str = ""
) -> RequirementFit:
    """A requirement of acme, who has the service `desk` at the level `present`, if any."""
    requirement = Requirement(
        id="wish",
        title=NO_TEXT,
        status=RequirementStatus.ANALYSED,
        customer="acme",
        language="en",
        day=DAY,
        asked_by=Attendee(NO_TEXT, NO_TEXT),
        received_by="somebody",
        agreement="",
        background=NO_TEXT,
        items=tuple(items),
        analysis=(),
        decisions=(),
        change=None,
        issues=(Issue(Version.parse("A/00"), Revision(NO_TEXT, "somebody", "somebody", DAY)),),
        source=SOURCE,
    )
    sla = make_sla()
    sla = replace(sla, services=(replace(sla.services[0], level=present),))
    portfolio = make_portfolio(*([sla] if present else []))
    service = replace(make_service("desk"), levels=tuple(levels), state=state)
    return fit(replace(portfolio, calendars=CALENDARS, services={"desk": service}), requirement)


def met_by(asked: Target, offered: Target, calendar: str = "office", level_calendar: str = "office") -> bool:
    found = compared([item(asked, calendar=calendar)], [level("gold", 10, level_calendar, offered)])
    return found.services[0].levels[0].meets


TIMED = [
    ("the same limit is enough", "4 h", "4 h", "office", "office", True),
    ("a longer limit is not", "4 h", "4.5 h", "office", "office", False),
    ("a unit is no difference", "60 min", "1 h", "office", "office", True),
    ("a day is as long as the calendar's own", "1 d", "7.5 h", "office", "office", True),
    ("and not a minute longer", "1 d", "451 min", "office", "office", False),
    ("a long day holds one short day", "1 d", "1 d", "office", "long", True),
    ("an hour more reaches into a second", "1 d", "15 h", "office", "long", False),
    ("a day on the clock holds one long day", "1 d", "1 d", "long", "always", True),
    ("hours around the clock hold all others", "4 h", "4 h", "office", "always", True),
    ("office hours do not hold the night", "4 h", "1 h", "always", "office", False),
    ("half a day does not hold a whole one", "4 h", "1 h", "office", "early", False),
    ("one day off is a day not covered", "4 h", "1 h", "long", "long-but-one", False),
    ("a day off in what was asked for is no harm", "4 h", "1 h", "long-but-one", "long", True),
    ("a make-up day that is not offered is not covered", "4 h", "1 h", "office-and-saturday", "office", False),
    ("a make-up day more is no harm", "4 h", "1 h", "office", "office-and-saturday", True),
    ("hours are compared across time zones", "1 h", "1 h", "shanghai", "early", True),
    ("in both directions", "1 h", "1 h", "early", "shanghai", True),
    ("eight hours on the clock never hold more than a service day", "1 d", "8 h", "office", "always", True),
    ("nor do twenty-four", "1 d", "24 h", "office", "always", True),
    ("but twenty-five do", "1 d", "25 h", "office", "always", False),
]


@pytest.mark.parametrize(
    ("asked", "offered", "calendar", "level_calendar", "met"), [row[1:] for row in TIMED], ids=[row[0] for row in TIMED]
)
def test_a_limit_is_compared_in_service_time(
    asked: str, offered: str, calendar: str, level_calendar: str, met: bool
) -> None:
    wish = make_target("p1-response", measure="response_time", limit=asked)
    promise = make_target("p1-response", measure="response_time", limit=offered)
    assert met_by(wish, promise, calendar, level_calendar) is met


def test_with_pauses_a_day_on_the_clock_may_hold_more_than_a_service_day() -> None:
    wish = make_target(limit="1 d", pause_on=["waiting-customer"])
    assert met_by(wish, make_target(limit="24 h"), "office", "always")
    assert not met_by(wish, make_target(limit="24 h", pause_on=["waiting-customer"]), "office", "always")
    assert met_by(wish, make_target(limit="7.5 h", pause_on=["waiting-customer"]), "office", "always")


@pytest.mark.parametrize(
    ("limit", "hours"), [("1 h", 1), ("4 h", 4), ("5 h", 4.5), ("8 h", 6.5), ("9 h", 7.5), ("24 h", 7.5), ("26 h", 9.5)]
)
def test_the_most_office_hours_in_a_run_around_the_clock(limit: str, hours: float) -> None:
    both = Hours(CALENDARS["office"], CALENDARS["always"], DAY)
    assert both._most_asked(Limit.parse(limit).seconds(0)) == hours * 3600


OTHERWISE: list[tuple[str, Target, Target, list[Lack]]] = [
    ("a higher goal meets a lower", make_target(goal="90%"), make_target(goal="95%"), []),
    ("an equal goal meets", make_target(goal="95.0%"), make_target(goal="95%"), []),
    ("a lower goal does not", make_target(goal="95%"), make_target(goal="94.9%"), [Lack.GOAL]),
    (
        "two shortfalls are two",
        make_target(limit="1 h", goal="95%"),
        make_target(limit="2 h", goal="90%"),
        [Lack.LIMIT, Lack.GOAL],
    ),
    ("another priority is another promise", make_target(priority="P2"), make_target(priority="P1"), [Lack.TARGET]),
    ("another measure too", make_target(), make_target(measure="response_time"), [Lack.TARGET]),
    ("availability is compared by its goal", make_uptime("99.95%"), make_uptime("99.9%"), [Lack.GOAL]),
    (
        "what was accepted may be left out",
        make_uptime(exclude=["agreed-maintenance", "force-majeure"]),
        make_uptime(exclude=["agreed-maintenance"]),
        [],
    ),
    ("what was not may not", make_uptime(), make_uptime(exclude=["agreed-maintenance"]), [Lack.EXCLUDE]),
    (
        "a pause that was not accepted",
        make_target(pause_on=["waiting-customer"]),
        make_target(pause_on=["waiting-customer", "waiting-supplier"]),
        [Lack.PAUSE],
    ),
    (
        "counting on is stricter than starting afresh",
        make_target(on_reopen="restart"),
        make_target(on_reopen="continue"),
        [],
    ),
    ("starting afresh is weaker", make_target(on_reopen="continue"), make_target(on_reopen="restart"), [Lack.REOPEN]),
]


@pytest.mark.parametrize(
    ("asked", "offered", "lacks"), [row[1:] for row in OTHERWISE], ids=[row[0] for row in OTHERWISE]
)
def test_what_else_a_promise_may_lack(asked: Target, offered: Target, lacks: list[Lack]) -> None:
    found = compared([item(asked)], [level("gold", 10, "office", offered)])
    assert list(found.services[0].levels[0].items[0].targets[0].lacks) == lacks


def test_of_two_promises_alike_the_nearest_is_compared() -> None:
    wish = make_target(limit="4 h", goal="100%")
    levels = [
        level(
            "gold", 10, "office", make_target("a", limit="1 h", goal="95%"), make_target("b", limit="4 h", goal="100%")
        )
    ]
    assert compared([item(wish)], levels).services[0].levels[0].meets


LEVELS = (
    level("gold", 30, "always", make_target(limit="1 h"), make_uptime("99.9%")),
    level("silver", 20, "always", make_target(limit="2 h"), make_uptime("99.5%")),
    level("bronze", 10, "office", make_target(limit="4 h")),
)


def proposed(found: RequirementFit) -> str:
    nearest: LevelFit | None = found.services[0].proposed
    return nearest.level.id if nearest else ""


def test_the_cheapest_level_that_meets_everything_is_proposed() -> None:
    found = compared([item(make_target(limit="3 h"))], LEVELS)
    assert (proposed(found), found.verdict(found.requirement.items[0])) == ("silver", Verdict.NEW)


def test_the_level_must_meet_all_items_of_its_service() -> None:
    found = compared([item(make_target(limit="4 h")), item(make_uptime("99.9%"), calendar="always")], LEVELS)
    assert proposed(found) == "gold"
    assert {found.verdict(one) for one in found.requirement.items} == {Verdict.NEW}


@pytest.mark.parametrize(
    ("present", "verdict", "level_id"),
    [("gold", Verdict.PRESENT, "gold"), ("silver", Verdict.PRESENT, "silver"), ("bronze", Verdict.OTHER, "silver")],
)
def test_the_present_level_stays_where_it_does(present: str, verdict: Verdict, level_id: str) -> None:
    found = compared([item(make_target(limit="3 h"))], LEVELS, present=present)
    assert (found.verdict(found.requirement.items[0]), proposed(found)) == (verdict, level_id)


def test_beyond_every_level_the_nearest_is_shown_and_what_it_meets_still_counts() -> None:
    beyond, within = item(make_target(limit="30 min")), item(make_target(limit="1 h"), calendar="always")
    found = compared([beyond, within], LEVELS, present="gold")
    assert proposed(found) == "gold"
    assert [found.verdict(one) for one in found.requirement.items] == [Verdict.BEYOND, Verdict.PRESENT]
    assert found.beyond == (beyond,)


@pytest.mark.parametrize("state", ["planned", "retired"])
def test_a_service_that_cannot_be_ordered_meets_nothing(state: str) -> None:
    found = compared([item(make_target(limit="8 h"))], LEVELS, state=state)
    assert (found.services[0].proposed, found.verdict(found.requirement.items[0])) == (None, Verdict.BEYOND)


def test_what_the_catalogue_does_not_know_is_beyond_it() -> None:
    found = compared([item(calendar="", service="")], LEVELS)
    assert found.services == ()
    assert found.verdict(found.requirement.items[0]) is Verdict.BEYOND


@pytest.mark.parametrize(
    ("verdict", "expected"), [("within", Verdict.NEW), ("", Verdict.NEW), ("beyond", Verdict.BEYOND)]
)
def test_a_wish_without_figures_is_judged_by_people(verdict: str, expected: Verdict) -> None:
    found = compared([item(make_target(limit="8 h"), others=[Point(Text("in Welsh"), verdict, NO_TEXT)])], LEVELS)
    assert found.verdict(found.requirement.items[0]) is expected


def test_what_the_customer_has_is_what_was_in_force_on_the_day() -> None:
    later = make_sla(since="2026-07-01")
    requirement = compared([item(make_target())], LEVELS).requirement
    portfolio = replace(
        make_portfolio(later),
        calendars=CALENDARS,
        services={"desk": replace(make_service("desk"), levels=LEVELS)},
    )
    assert fit(portfolio, requirement).services[0].agreement is None
    after = fit(portfolio, replace(requirement, day=date(2026, 7, 1))).services[0]
    assert (after.agreement, after.present and after.present.level.id) == (later, "gold")
