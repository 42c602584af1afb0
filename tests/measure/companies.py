"""Companies at random: agreements in several versions, calendars over a change of the clocks, tickets and outages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from pipeline.load.kinds.agreement import _tier
from pipeline.load.kinds.fields import as_targets
from pipeline.model.agreements import Agreement
from pipeline.model.calendars import Calendar
from pipeline.model.exclusions import Exclusion
from pipeline.model.quantities import Month, Text
from tests.builders import SOURCE, make_calendar, make_sla
from tests.measure.company import FOREVER, Case, Company, Fault, Spell

SPRING, AUTUMN = (datetime(2026, 1, 25, tzinfo=UTC), 130), (datetime(2026, 8, 25, tzinfo=UTC), 130)
DAY = 1440
ZONES = ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe"]
"""Clocks change by an hour, by half an hour, at night and at midnight; or never."""

HOURS = ["09:00-17:00", "09:00-12:00 13:00-17:30", "00:00-24:00", "20:00-24:00", "01:00-02:15 02:30-06:00"]
REASONS = ["waiting-customer", "waiting-supplier", "waiting-change"]


@st.composite
def calendars(draw: st.DrawFn, identifier: str, season: int, timezone: str) -> Calendar:
    hours = draw(st.sampled_from(HOURS))
    changing = {3: ("2026-03-29", "2026-03-30"), 10: ("2026-10-25", "2026-10-26")}[season]
    return make_calendar(
        hours,
        weekend=draw(st.sampled_from(["", hours])),
        timezone=timezone,
        identifier=identifier,
        days_off=draw(st.sampled_from([(), changing[1:], changing])),
        working_days=draw(st.sampled_from([{}, {changing[0]: "08:00-09:00 22:00-24:00"}])),
    )


TIMED_KINDS: Sequence[Mapping[str, Any]] = [
    {"id": "response", "measure": "response_time", "priority": "P1"},
    {"id": "resolution", "measure": "resolution_time", "priority": "P1"},
    {"id": "resolution-2", "measure": "resolution_time", "priority": "P2"},
    {"id": "updates", "measure": "update_interval", "priority": "P1"},
    {"id": "requests", "measure": "request_fulfilment"},
]
FACTS: Sequence[Mapping[str, Any]] = [
    {"id": "first", "measure": "first_contact_resolution", "goal": "50%"},
    {"id": "reopens", "measure": "reopen_rate", "goal": "40%"},
    {"id": "reopens-1", "measure": "reopen_rate", "goal": 1, "aggregate": "count", "priority": "P1"},
    {"id": "changes", "measure": "change_success", "goal": "60%"},
    {"id": "failed", "measure": "change_success", "goal": 0, "aggregate": "count"},
    {"id": "score", "measure": "satisfaction", "goal": Decimal("3.5")},
    {"id": "score-median", "measure": "satisfaction", "goal": 4, "aggregate": "median"},
    {"id": "score-worst", "measure": "satisfaction", "goal": 2, "aggregate": "worst"},
    {"id": "work", "measure": "workload", "goal": 3},
    {"id": "waiting", "measure": "backlog", "goal": 1},
    {"id": "waiting-1", "measure": "backlog", "goal": 1, "priority": "P1", "types": ["incident"]},
]
DOWN: Sequence[Mapping[str, Any]] = [
    {"id": "uptime", "measure": "availability", "goal": "99.5%"},
    {"id": "restore", "measure": "mttr", "goal": "3 h"},
    {"id": "between", "measure": "mtbf", "goal": "200 h"},
]
LIMITS = ["15 min", "90 min", "4 h", "1 d", "0.33333 d", "100 s"]
ADDED_UP: Sequence[Mapping[str, Any]] = [
    {"aggregate": "mean", "goal": "3 h"},
    {"aggregate": "median", "goal": "0.33333 d"},
    {"aggregate": "worst", "goal": "8 h"},
    {"percentile": 75, "goal": "4 h"},
    {"percentile": Decimal("33.3"), "goal": "1 d"},
]


@st.composite
def timed(draw: st.DrawFn) -> Mapping[str, Any]:
    """A target about times, in one of the many ways they may be agreed."""
    target = dict(draw(st.sampled_from(TIMED_KINDS)))
    target["pause_on"] = draw(st.lists(st.sampled_from(REASONS), unique=True, max_size=2))
    if draw(st.booleans()):
        target |= {"limit": draw(st.sampled_from(LIMITS)), "goal": "80%"}
        target |= draw(st.sampled_from([{}, {"grace": "10 min"}, {"grace": "0.12345 d"}]))
        target |= draw(st.sampled_from([{}, {}, {"aggregate": "count", "goal": 1}]))
    else:
        target |= draw(st.sampled_from(ADDED_UP))
    if target["measure"] in {"resolution_time", "request_fulfilment"}:
        target["on_reopen"] = draw(st.sampled_from(["continue", "restart"]))
    if "priority" in target:
        target["on_priority_change"] = draw(st.sampled_from(["latest", "restart", "continue"]))
    if target["measure"] == "resolution_time":
        target |= draw(st.sampled_from([{}, {"types": ["incident"]}, {"types": ["incident", "request", "change"]}]))
    return target


@st.composite
def down(draw: st.DrawFn) -> Mapping[str, Any]:
    """A target about outages."""
    target = dict(draw(st.sampled_from(DOWN)))
    target["exclude"] = draw(st.sampled_from([[], ["agreed-maintenance"], ["agreed-maintenance", "customer-caused"]]))
    parts = draw(st.sampled_from([[], ["web"], ["web", {"any_of": ["db-1", "db-2"]}]]))
    return target | ({"components": parts} if parts else {})


@st.composite
def targets(draw: st.DrawFn) -> list[Mapping[str, Any]]:
    """Some targets, each id once."""
    kinds = st.one_of(timed(), timed(), st.sampled_from(FACTS), down())
    found: list[Mapping[str, Any]] = draw(st.lists(kinds, min_size=4, max_size=8, unique_by=lambda one: str(one["id"])))
    rare = st.sampled_from([0, 0, 0, 2, 3])
    return [
        {**one, "minimum_sample": draw(rare)} if one.get("aggregate") != "count" and one["id"] in SAMPLED else one
        for one in found
    ]


SAMPLED = {"response", "resolution", "updates", "requests", "first", "score", "reopens", "restore", "between"}
OTHER = {"limit": "2 h", "goal": "90%"}


@st.composite
def versions(draw: st.DrawFn, season: int, timezone: str) -> tuple[Agreement, ...]:
    """One to three versions of an SLA; a later one changes some targets and drops others."""
    first = draw(targets())
    start = draw(st.sampled_from([1, 1, 2, 15, 28]))
    more: dict[str, Any] = {"timezone": timezone, "starts_on_day": start}
    month = date(2026, season, 1)
    changes = sorted(draw(st.lists(st.integers(-20, 50), max_size=2, unique=True)))
    begin = draw(st.sampled_from([-150, -150, 5]))
    found = []
    for number, day in enumerate([begin, *(one for one in changes if one > begin)]):
        if number:
            keep = draw(st.lists(st.booleans(), min_size=len(first), max_size=len(first)))
            first = [one for one, kept in zip(first, keep, strict=True) if kept] or first
            first = [
                {**one, **OTHER} if "limit" in one and "aggregate" not in one and draw(st.booleans()) else one
                for one in first
            ]
        sla = make_sla(
            *as_targets(first),
            version=f"A/0{number}",
            since=str(month + timedelta(days=day)),
            until="2027-12-31",
            replaces=f"A/0{number - 1}" if number else "",
            counted_by=draw(st.sampled_from(["resolved", "opened"])),
            **more,
        )
        tiers = [_tier(spec) for spec in draw(credits_of(first))]
        calendar = draw(st.sampled_from(["office", "other"]))
        found.append(replace(sla, services=(replace(sla.services[0], credits=tuple(tiers), calendar=calendar),)))
    return tuple(found)


@st.composite
def credits_of(draw: st.DrawFn, specs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Tiers on the right side of the goal."""
    found: list[Mapping[str, Any]] = []
    for one in specs:
        if draw(st.booleans()):
            goal = str(one["goal"])
            if goal.endswith("%"):
                side = "above" if one["measure"] == "reopen_rate" else "below"
                found += [{"target": one["id"], side: value, "credit": share} for value, share in SHARES[side]]
            elif goal.endswith(("h", "d")):
                side = "below" if one["measure"] == "mtbf" else "above"
                found.append({"target": one["id"], side: goal, "credit": "4%"})
    return found


SHARES = {"below": [("50%", "5%"), ("20%", "10%")], "above": [("50%", "5%"), ("60%", "3%")]}

OPENING = st.integers(24 * DAY, 96 * DAY)
LASTING = st.one_of(st.integers(0, 300), st.integers(0, 4 * DAY), st.integers(0, 40 * DAY))


@st.composite
def cases(draw: st.DrawFn, number: int, season: int) -> Case:
    """A ticket with a life of its own; moments come in the order in which they can happen."""
    opened = draw(OPENING)
    lasting = draw(LASTING)
    end = min(opened + lasting, 126 * DAY)

    def moment() -> int:
        return draw(st.integers(opened, end))

    solved, reopened, resolved = sorted((moment(), moment(), end))
    again = draw(st.booleans())
    last = resolved if draw(st.integers(0, 3)) else None
    spells = []
    for _ in range(draw(NUMBER)):
        begin, stop = sorted((moment(), moment()))
        spells.append(Spell(begin, stop, draw(st.sampled_from(REASONS))))
    if again:
        spells.append(Spell(solved, reopened, "resolved"))
    if draw(st.integers(0, 5)) == 0:
        spells.append(Spell(moment(), FOREVER, draw(st.sampled_from(REASONS))))
    before = draw(st.integers(0, 400))
    spells += [Spell(opened - before, opened + draw(st.integers(-before, 60)), REASONS[0])] if before > 300 else []
    priority = draw(st.sampled_from(["P1", "P1", "P2"]))
    changed = draw(st.booleans())
    return Case(
        id=f"T{number}",
        opened=opened,
        resolved=last,
        responded=moment() if draw(st.integers(0, 3)) else None,
        reopened=reopened if again else None,
        prioritized=moment() if changed else None,
        priority=priority,
        first_priority=draw(st.sampled_from(["P1", "P2"])) if changed else priority,
        type=draw(st.sampled_from(["incident", "incident", "incident", "request", "request", "change"])),
        pauses=tuple(sorted(spells, key=lambda one: (one.start, one.stop))),
        updates=draw(st.sampled_from([None, ()])) or tuple(sorted(moment() for _ in range(draw(NUMBER)))) or None,
        reopens=draw(st.sampled_from([None, int(again), int(again), 2])),
        first_contact=draw(st.sampled_from(["", "yes", "no"])),
        outcome=draw(st.sampled_from(["", "successful", "failed", "cancelled"])),
        score=draw(st.sampled_from(["", "5", "4.25", "3.7", "1"])),
        told=Month(2026, season).plus(draw(st.integers(-1, 2))),
    )


NUMBER = st.integers(0, 3)


@st.composite
def faults(draw: st.DrawFn, number: int) -> Fault:
    begin = draw(OPENING)
    lasting = draw(st.one_of(st.none(), st.integers(0, 200), st.integers(0, 3 * DAY)))
    stop = None if lasting is None and begin > 50 * DAY else begin + (lasting or 0)
    return Fault(
        f"O{number}",
        begin,
        stop,
        draw(st.sampled_from(["outage", "outage", "agreed-maintenance", "customer-caused"])),
        draw(st.sampled_from(["", "web", "db-1", "db-2", "printer"])),
        draw(st.sampled_from([100, 100, 40, 7, 0])),
    )


@st.composite
def beside(draw: st.DrawFn, number: int, other: Fault) -> Fault:
    """An outage that adjoins, overlaps or lies within another."""
    begin = other.start + draw(st.integers(-90, 90))
    stop = other.start if other.stop is None or draw(st.booleans()) else other.stop
    found = draw(faults(number))
    start, end = sorted((begin, draw(st.sampled_from([stop, stop + 30, begin + 60]))))
    return replace(found, start=start, stop=end)


@st.composite
def companies(draw: st.DrawFn) -> Company:
    season = draw(st.sampled_from([3, 10]))
    base, days = SPRING if season == 3 else AUTUMN
    timezone = draw(st.sampled_from(ZONES))
    office, other = (
        draw(calendars(name, season, zone))
        for name, zone in (("office", timezone), ("other", draw(st.sampled_from(ZONES))))
    )
    happened = tuple(draw(cases(number, season)) for number in range(draw(st.sampled_from([1, 4, 9, 14]))))
    out = [draw(faults(number)) for number in range(draw(st.sampled_from([1, 2, 3, 5])))]
    out += [draw(beside(10 * number + more, one)) for number, one in enumerate(out, 1) for more in range(draw(NUMBER))]
    agreed = draw(versions(season, timezone))
    named = sorted({target.id for one in agreed for target in one.services[0].targets})
    left_out = [
        exclusion(number, ticket, outage, draw(st.lists(st.sampled_from(named), max_size=2)))
        for number, (ticket, outage) in enumerate(
            draw(st.lists(st.sampled_from([("T0", ""), ("T1", ""), ("", "O0"), ("", "O11")]), max_size=2))
        )
    ]
    months = (Month(2026, season), Month(2026, season + 1))
    known = frozenset(Month(2026, season).plus(number) for number in range(-1, 3))
    return Company(
        base,
        days,
        agreed,
        {"office": office, "other": other},
        happened,
        tuple(out),
        tuple(left_out),
        months,
        known - {draw(st.sampled_from([Month(2000, 1), Month(2000, 1), *months]))},
    )


def exclusion(number: int, ticket: str, outage: str, about: Sequence[str]) -> Exclusion:
    text = Text("agreed")
    return Exclusion(f"x{number}", "acme", ticket, outage, tuple(about), text, text, date(2026, 4, 2), SOURCE)
