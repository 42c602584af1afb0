"""What a change of a term means for the customer."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from pipeline.compare import terms
from pipeline.compare.meanings import Meaning
from pipeline.compare.terms import State, TermChange, changed_terms
from pipeline.load.kinds.fields import as_targets
from pipeline.model.agreements import (
    Agreement,
    CreditTier,
    Due,
    MissClause,
    Reporting,
    ReviewTerms,
    ServiceTerms,
    SupplierTerms,
)
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import Level, Service, Target, Unit
from pipeline.model.quantities import Money, Text
from tests.builders import make_always, make_calendar, make_portfolio, make_sla, make_target, make_uptime

BETTER, WORSE, NEUTRAL, WORDING = Meaning.BETTER, Meaning.WORSE, Meaning.NEUTRAL, Meaning.WORDING


def compared(old: Agreement, new: Agreement, *, before: Calendar | None = None, after: Calendar | None = None) -> Any:
    sides = State(old, make_portfolio(old, calendar=before)), State(new, make_portfolio(new, calendar=after or before))
    return changed_terms(*sides)


def told(changes: tuple[TermChange, ...]) -> list[tuple[str, str, Meaning]]:
    return [(one.target, one.term, one.meaning) for one in changes]


TIME = {"id": "t", "measure": "resolution_time", "priority": "P1", "limit": "4 h", "goal": "95%"}
MEAN = {"id": "t", "measure": "resolution_time", "priority": "P1", "goal": "4 h", "aggregate": "mean"}
LATE = {"id": "t", "measure": "resolution_time", "limit": "4 h", "goal": 3, "aggregate": "count"}
PERCENTILE = {"id": "t", "measure": "response_time", "goal": "4 h", "percentile": 90}
UPTIME = {"id": "t", "measure": "availability", "goal": "99.9%", "exclude": ["agreed-maintenance"]}
REOPENED = {"id": "t", "measure": "reopen_rate", "goal": "5%"}
SCORE = {"id": "t", "measure": "satisfaction", "goal": 4}


@pytest.mark.parametrize(
    ("target", "changed", "term", "meaning"),
    [
        (TIME, {"limit": "2 h"}, "limit", BETTER),
        (TIME, {"limit": "8 h"}, "limit", WORSE),
        (TIME, {"limit": "1 d"}, "limit", WORSE),
        (TIME, {"goal": "99%"}, "goal", BETTER),
        (TIME, {"goal": "90%"}, "goal", WORSE),
        (MEAN, {"goal": "3 h"}, "goal", BETTER),
        (MEAN, {"goal": "5 h"}, "goal", WORSE),
        (LATE, {"goal": 2}, "goal", BETTER),
        (LATE, {"goal": 4}, "goal", WORSE),
        (REOPENED, {"goal": "4%"}, "goal", BETTER),
        (SCORE, {"goal": 5}, "goal", BETTER),
        (PERCENTILE, {"percentile": 95}, "percentile", BETTER),
        (TIME, {"grace": "5 min"}, "grace", WORSE),
        (TIME, {"minimum_sample": 5}, "minimum_sample", WORSE),
        (TIME, {"pause_on": ["waiting-customer"]}, "pause_on", WORSE),
        ({**TIME, "pause_on": ["waiting-customer"]}, {"pause_on": []}, "pause_on", BETTER),
        ({**TIME, "pause_on": ["waiting-customer"]}, {"pause_on": ["waiting-supplier"]}, "pause_on", NEUTRAL),
        (TIME, {"on_reopen": "restart"}, "on_reopen", WORSE),
        (TIME, {"on_priority_change": "restart"}, "on_priority_change", NEUTRAL),
        (UPTIME, {"exclude": ["agreed-maintenance", "force-majeure"]}, "exclude", WORSE),
        (UPTIME, {"exclude": []}, "exclude", BETTER),
        (UPTIME, {"components": ["a", "b"]}, "components", NEUTRAL),
    ],
)
def test_each_term_of_a_target_has_its_direction(
    target: dict[str, Any], changed: dict[str, Any], term: str, meaning: Meaning
) -> None:
    (old,), (new,) = as_targets([target]), as_targets([{**target, **changed}])
    assert told(compared(make_sla(old), make_sla(new))) == [("t", term, meaning)]


def test_figures_of_different_measures_or_priorities_are_not_held_against_each_other() -> None:
    old, new = make_target(limit="4 h"), make_target(priority="P2", limit="2 h", goal="99%")
    assert set(told(compared(make_sla(old), make_sla(new)))) == {
        ("p1-resolution", "priority", NEUTRAL),
        ("p1-resolution", "limit", NEUTRAL),
        ("p1-resolution", "goal", NEUTRAL),
    }


def test_limits_in_service_days_of_different_length_cannot_be_ordered() -> None:
    old, new = make_sla(make_target(limit="1 d")), make_sla(make_target(limit="2 d"))
    assert told(compared(old, new)) == [("p1-resolution", "limit", WORSE)]
    wider = compared(old, new, before=make_calendar("09:00-12:00"), after=make_calendar("09:00-18:00"))
    assert told(wider) == [("", "calendar", BETTER), ("p1-resolution", "limit", NEUTRAL)]


@pytest.mark.parametrize(
    ("before", "after", "meaning"),
    [
        (make_calendar("09:00-18:00"), make_always(), BETTER),
        (make_always(), make_calendar("09:00-18:00"), WORSE),
        (make_calendar("09:00-18:00"), make_calendar("08:00-17:00"), NEUTRAL),
        (make_calendar("09:00-18:00"), make_calendar("09:00-12:00 12:00-18:00"), WORDING),
        (make_calendar("09:00-18:00"), make_calendar("08:00-20:00", timezone="Asia/Tokyo"), NEUTRAL),
    ],
)
def test_service_hours_are_compared_minute_by_minute(before: Calendar, after: Calendar, meaning: Meaning) -> None:
    sla = make_sla(make_target())
    assert told(compared(sla, sla, before=before, after=after)) == [("", "calendar", meaning)]


@pytest.mark.parametrize(
    ("before", "after", "meaning"),
    [
        ("", "CN", WORSE), ("CN", "", BETTER), ("DE", "CN", NEUTRAL),
        ("always", "CN", WORSE), ("CN", "always", BETTER), ("wider", "CN", WORSE), ("CN", "wider", BETTER),
        ("shorter", "CN", NEUTRAL),
    ],
)  # fmt: skip
def test_service_hours_in_a_year_without_published_holidays_are_compared_all_the_same(
    before: str, after: str, meaning: Meaning
) -> None:
    sides = [
        make_always() if one == "always"
        else make_calendar("08:00-18:00") if one == "wider"
        else make_calendar("09:00-12:00") if one == "shorter"
        else replace(make_calendar(), holidays=one)
        for one in (before, after)
    ]  # fmt: skip
    sla = make_sla(make_target(), since="2027-01-01", until="2027-12-31")
    assert told(compared(sla, sla, before=sides[0], after=sides[1])) == [("", "calendar", meaning)]


def test_targets_are_paired_by_id_never_by_position() -> None:
    one, other = make_target("one", limit="1 h"), make_target("other", limit="2 h")
    assert compared(make_sla(one, other), make_sla(other, one)) == ()
    assert told(compared(make_sla(one), make_sla(other, one))) == [("other", "target", BETTER)]
    assert told(compared(make_sla(other, one), make_sla(one))) == [("other", "target", WORSE)]


def terms_with(**more: Any) -> Agreement:
    sla = make_sla(make_uptime())
    return replace(sla, services=(replace(sla.services[0], **more),))


def tier(below: str, credit: str, **more: Any) -> CreditTier:
    return CreditTier("uptime", Decimal(below), Decimal(credit), **more)


LATE_TIER = {"above": True, "unit": Unit.COUNT}


@pytest.mark.parametrize(
    ("old", "new", "meaning"),
    [
        ((), (tier("99.9", "5"),), BETTER),
        ((tier("99.9", "5"),), (), WORSE),
        ((tier("99.9", "5"),), (tier("99.9", "8"),), BETTER),
        ((tier("99.9", "5"),), (tier("99.5", "5"),), WORSE),
        ((tier("99.9", "5"),), (tier("99.95", "5"),), BETTER),
        ((tier("99.9", "5"),), (tier("99.5", "10"),), NEUTRAL),
        ((tier("99.9", "5"), tier("99", "8")), (tier("99.9", "5"), tier("99", "3")), WORSE),
        ((tier("99.9", "5"),), (tier("99.9", "5"), tier("99", "3")), NEUTRAL),
        ((tier("30", "5", **LATE_TIER),), (tier("20", "5", **LATE_TIER),), BETTER),
        ((tier("30", "5", **LATE_TIER),), (tier("40", "5", **LATE_TIER),), WORSE),
    ],
)
def test_credits_are_compared_by_what_they_come_to(
    old: tuple[CreditTier, ...], new: tuple[CreditTier, ...], meaning: Meaning
) -> None:
    assert told(compared(terms_with(credits=old), terms_with(credits=new))) == [("uptime", "credits", meaning)]


def clause(months: int, of: int, credit: str | None = "5") -> MissClause:
    return MissClause("uptime", months, of, None if credit is None else Decimal(credit))


@pytest.mark.parametrize(
    ("old", "new", "meaning"),
    [
        ((), (clause(3, 3),), BETTER),
        ((clause(3, 3),), (clause(2, 2),), BETTER),
        ((clause(2, 3),), (clause(2, 6),), BETTER),
        ((clause(2, 3),), (clause(3, 3),), WORSE),
        ((clause(2, 3),), (clause(2, 3, "2"),), WORSE),
        ((clause(2, 3),), (clause(3, 6),), NEUTRAL),
        ((clause(2, 3),), (clause(3, 6), clause(2, 3)), BETTER),
    ],
)
def test_clauses_on_repeated_misses_are_compared_by_what_fulfils_them(
    old: tuple[MissClause, ...], new: tuple[MissClause, ...], meaning: Meaning
) -> None:
    found = compared(terms_with(repeated_miss=old), terms_with(repeated_miss=new))
    assert told(found) == [("uptime", "repeated_miss", meaning)]
    free = [tuple(replace(one, credit=None) for one in side) for side in (old, new)]
    if free[0] != free[1]:
        (found,) = compared(terms_with(termination_triggers=free[0]), terms_with(termination_triggers=free[1]))
        assert found.meaning is meaning


def texts(*words: str) -> tuple[Text, ...]:
    return tuple(map(Text, words))


@pytest.mark.parametrize(
    ("changed", "meanings"),
    [
        ({"scope": texts("switches", "firewalls")}, [BETTER]),
        ({"scope": ()}, [WORSE]),
        ({"exceptions": texts("power cuts")}, [WORSE]),
        ({"workload_limit": 30}, [WORSE]),
        ({"level": "silver"}, [NEUTRAL]),
        ({"underpinned_by": (("ola-one",),)}, [NEUTRAL]),
    ],
)
def test_each_term_of_a_service_has_its_direction(changed: dict[str, Any], meanings: list[Meaning]) -> None:
    old = terms_with(scope=texts("switches"))
    new = replace(old, services=(replace(old.services[0], **changed),))
    assert [one.meaning for one in compared(old, new)] == meanings


AGREED: dict[str, Any] = {
    "charge": Money(Decimal(100), "CNY"),
    "credit_cap": Decimal(10),
    "reporting": Reporting("monthly", texts("figures"), Due(5, business=True), Text("mail"), texts("Li")),
    "provider_duties": texts("answers calls"),
}


@pytest.mark.parametrize(
    ("changed", "term", "meaning"),
    [
        ({"charge": Money(Decimal(90), "CNY")}, "charge", BETTER),
        ({"charge": Money(Decimal(110), "CNY")}, "charge", WORSE),
        ({"charge": Money(Decimal(20), "EUR")}, "charge", NEUTRAL),
        ({"credit_cap": Decimal(8)}, "credit_cap", WORSE),
        ({"credit_cap": Decimal(15)}, "credit_cap", BETTER),
        ({"credit_cap": None}, "credit_cap", BETTER),
        ({"credit_cap_year": Decimal(5)}, "credit_cap_year", WORSE),
        ({"reporting": replace(AGREED["reporting"], frequency="yearly")}, "reporting.frequency", WORSE),
        ({"reporting": replace(AGREED["reporting"], due=Due(3, business=True))}, "reporting.due", BETTER),
        ({"reporting": replace(AGREED["reporting"], due=Due(3, business=False))}, "reporting.due", NEUTRAL),
        ({"review": ReviewTerms("quarterly", ())}, "review.frequency", BETTER),
        ({"provider_duties": ()}, "provider_duties", WORSE),
        ({"customer_duties": texts("gives access")}, "customer_duties", WORSE),
        ({"dependencies": texts("power is there")}, "dependencies", WORSE),
        ({"counted_by": "opened"}, "counted_by", NEUTRAL),
        ({"termination": Text("by letter")}, "termination", NEUTRAL),
        ({"title": Text("An agreement")}, "title", WORDING),
    ],
)
def test_each_term_of_the_agreement_has_its_direction(changed: dict[str, Any], term: str, meaning: Meaning) -> None:
    old = replace(make_sla(make_target()), **AGREED)
    assert told(compared(old, replace(old, **changed))) == [("", term, meaning)]


@pytest.mark.parametrize(
    ("old", "new", "meaning"),
    [
        ("Calls are answered in good time", "Calls get an answer in good time", WORDING),
        ("Calls are answered in 5 minutes", "Calls are answered in 10 minutes", NEUTRAL),
        ("Faults may be repaired at night", "Faults shall be repaired at night", NEUTRAL),
        ("Holidays are included", "Holidays are not included", NEUTRAL),
        ("收到后五个工作日内答复", "收到后三个工作日内答复", NEUTRAL),
        ("服务方提供备件", "服务方不提供备件", NEUTRAL),
        ("故障申告与服务请求", "故障申告和服务请求", WORDING),
    ],
)
def test_a_text_is_wording_only_while_its_figures_and_duties_stay(old: str, new: str, meaning: Meaning) -> None:
    sla = make_sla(make_target())
    found = compared(replace(sla, objective=Text(old)), replace(sla, objective=Text(new)))
    assert told(found) == [("", "objective", meaning)]


def test_entries_of_a_list_are_paired_by_what_they_say() -> None:
    sla = make_sla(make_target())
    before = replace(sla, deliverables=texts("monthly report", "drawing of the network", "list of devices"))
    after = replace(sla, deliverables=texts("list of devices", "drawings of the network", "monthly report", "backup"))
    found = compared(before, after)
    assert [(one.old and one.old.plain, one.new and one.new.plain, one.meaning) for one in found] == [
        ("drawing of the network", "drawings of the network", WORDING),
        (None, "backup", BETTER),
    ]


def test_what_tells_of_the_version_is_compared_in_two_states_of_one_version_only() -> None:
    old = make_sla(make_target())
    revision = replace(old.revision, summary=Text("Second issue"))
    later = replace(old, revision=revision, version=replace(old.version, modification=1))
    assert compared(old, later) == ()
    assert told(compared(old, replace(old, revision=revision))) == [("", "revision.summary", WORDING)]


@pytest.mark.parametrize(
    ("kind", "known", "elsewhere"),
    [
        (
            Agreement,
            terms.AGREEMENT,
            {"kind", "id", "version", "services", "source", "content"},  # told by headings, or no terms
        ),
        (ServiceTerms, terms.SERVICE, {"service", "targets", *terms.CLAUSES}),
        (Target, terms.TARGET, {"id", "goal_unit", "time_goal"}),
        (Service, terms.CATALOGUED, {"id", "levels", "source"}),
        (Level, terms.LEVEL, {"id", "targets"}),
    ],
)
def test_every_field_of_an_agreement_has_a_direction(kind: Any, known: Any, elsewhere: set[str]) -> None:
    names = {name.partition(".")[0] for name in known}
    assert {one.name for one in fields(kind)} == names | elsewhere
    for part, nested in (("reporting", Reporting), ("review", ReviewTerms), ("supplier_terms", SupplierTerms)):
        if kind is Agreement:
            assert {f"{part}.{one.name}" for one in fields(nested)} == {
                one for one in known if one.startswith(f"{part}.")
            }


def test_nothing_changed_where_nothing_changed() -> None:
    sla = make_sla(make_target(), make_uptime(), tiers=(("uptime", "99.9%", "5%"),))
    assert compared(sla, replace(sla, source=make_sla().source)) == ()
