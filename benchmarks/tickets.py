"""The tickets of a customer, month by month: when they come, how they go, and what an export shows of them."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Any, TypeVar

import chinese_calendar

from benchmarks.company import (
    DAY,
    HOUR,
    MINUTE,
    PRIORITIES,
    RESOLUTION,
    RESPONSE,
    Month,
    Plan,
    Portfolio,
    Terms,
    day_text,
    instant,
    moment,
    month_bounds,
    written,
)

SEED = "slm"
# tickets an hour of the day, of 100
HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 9, 11, 10, 7, 4, 6, 8, 8, 7, 5, 3, 2, 2, 1, 1, 1)
PAUSED, PAUSED_TWICE = 0.16, 0.12
PAUSE_SPAN = ((5 * MINUTE, 20 * MINUTE), (5 * MINUTE, 45 * MINUTE), (30 * MINUTE, 20 * HOUR), (HOUR, 60 * HOUR))
LATE_SHARE, REQUEST_SHARE = 0.02, 0.25
NO_LIMIT = 4 * HOUR

Item = TypeVar("Item")
Row = tuple[str, ...]
Miss = tuple[str, str, str, int]
"""Service, priority, measure, how many."""
Draft = tuple[int, Terms, int]
"""When opened, for what, at which priority (0 is P1)."""
Fate = tuple[str, "Life"]
"""Which measure comes late (empty for none), and how the ticket goes."""
Happening = tuple[int, str, int, "Life", str, str, str]
"""Opened, service, priority, life, summary, cause, action."""


def seeded(*names: str) -> random.Random:
    """A generator of its own for whatever the names say."""
    return random.Random("/".join((SEED, *names)))


@dataclass(frozen=True, slots=True)
class Life:
    """How a ticket goes; `pauses` are (start, stop, reason). Times in local seconds since 1970, here and below."""

    responded: int
    resolved: int
    pauses: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket with its whole life; customer, service and priority as the tool calls them."""

    id: str
    customer: str
    service: str
    priority: str
    opened: int
    life: Life
    summary: str
    cause: str
    action: str

    def row(self, now: int) -> Row:
        """The ticket as an export of that instant shows it."""
        life = self.life
        done = life.resolved < now
        pauses = ";".join(
            f"{moment(start)}/{moment(stop) if stop < now else ''}/{reason}"
            for start, stop, reason in life.pauses
            if start < now
        )
        return (
            self.id,
            self.customer,
            self.service,
            self.priority,
            moment(self.opened),
            moment(life.responded) if life.responded < now else "",
            moment(life.resolved) if done else "",
            pauses,
            self.summary,
            self.cause if done else "",
            self.action if done else "",
        )


@lru_cache(maxsize=1000)
def _day_weights(month: Month, around_the_clock: bool) -> tuple[float, ...]:
    """Cumulative share of the tickets up to each day of the month."""
    start, stop = month_bounds(month)
    days = [date(1970, 1, 1) + timedelta(seconds=second) for second in range(start, stop, DAY)]
    quiet = 0.55 if around_the_clock else 0.08
    return tuple(accumulate(1.0 if chinese_calendar.is_workday(day) else quiet for day in days))


_HOUR_WEIGHTS = tuple(accumulate(HOURS))


def pick(items: Sequence[Item], rng: random.Random) -> Item:
    """One of them; `random.choice` may change between Python versions, `random.random` does not."""
    return items[int(rng.random() * len(items))]


def live(terms: Terms, priority: int, opened: int, late: str, rng: random.Random) -> Life:
    """Response and resolution on the calendar of the service; late for the named measure only."""
    clock, limit = terms.clock, terms.response[priority]
    share = 1.05 + 0.6 * rng.random() if late == RESPONSE else 0.08 + 0.8 * rng.random() ** 1.7
    response = int(limit * share)
    limit = terms.resolution[priority] or NO_LIMIT
    if late == RESOLUTION:
        work = int(limit * (1.03 + 0.3 * rng.random()))
    else:
        work = response + int((0.92 * limit - response) * (0.05 + 0.95 * rng.random() ** 1.6))
    at, done, pauses = opened, 0, []
    if priority and terms.pause_on[priority] and rng.random() < PAUSED:
        shortest, longest = PAUSE_SPAN[priority]
        for share in sorted(rng.random() for _ in range(2 if rng.random() < PAUSED_TWICE else 1)):
            before = response + int((work - response) * share)
            start = clock.after(at, before - done)
            at, done = start + shortest + int((longest - shortest) * rng.random() ** 2), before
            pauses.append((start, at, pick(terms.pause_on[priority], rng)))
    return Life(clock.after(opened, response), clock.after(at, work - done), tuple(pauses))


def tickets_opened_in(
    month: Month,
    plan: Plan,
    portfolio: Portfolio,
    misses: Sequence[Miss] | None = None,
    outages: Iterable[Mapping[str, str]] = (),
) -> list[Ticket]:
    """The tickets of a customer that were opened in a month; without `misses` limits are missed by chance."""
    rng = seeded(plan.customer, written(month))
    drafts = list(_drafts(month, plan, portfolio, rng))
    late: dict[int, Fate] = {}
    for miss in misses or ():
        _make_late(miss, month_bounds(month)[1], drafts, rng, late)
    happenings = []
    for index, (opened, terms, priority) in enumerate(drafts):
        measure, life = late.get(index) or _fate(terms, priority, opened, rng, by_chance=misses is None)
        told = _told(plan, terms.service, priority, measure, rng)
        happenings.append((opened, terms.service, priority, life, *told))
    happenings += [_major(outage, rng) for outage in outages if outage.get("summary")]
    return list(_tickets(sorted(happenings, key=lambda happening: happening[0]), plan))


def _drafts(month: Month, plan: Plan, portfolio: Portfolio, rng: random.Random) -> Iterator[Draft]:
    start = month_bounds(month)[0]
    for terms in portfolio.terms(plan.terms_of, month):
        expected = plan.pace[terms.service] * plan.season.get(written(month), 1.0)
        days = _day_weights(month, not terms.clock.starts)
        for priority, share in enumerate(plan.priorities[terms.service]):
            for _ in range(int(expected * share + rng.random())):
                day = bisect(days, rng.random() * days[-1])
                hour = bisect(_HOUR_WEIGHTS, rng.random() * _HOUR_WEIGHTS[-1])
                yield start + day * DAY + hour * HOUR + int(rng.random() * HOUR), terms, priority


def _fate(terms: Terms, priority: int, opened: int, rng: random.Random, *, by_chance: bool) -> Fate:
    chance = rng.random() if by_chance else 1.0
    measure = ""
    if chance < LATE_SHARE:
        measure = RESPONSE
    elif chance < 2 * LATE_SHARE and terms.resolution[priority]:
        measure = RESOLUTION
    return measure, live(terms, priority, opened, measure, rng)


def _make_late(miss: Miss, end: int, drafts: Sequence[Draft], rng: random.Random, fates: dict[int, Fate]) -> None:
    """Let the wanted number of tickets miss a limit before `end`: then every way to count says the same."""
    service, level, measure, count = miss
    free = [
        index
        for index, (_, terms, priority) in enumerate(drafts)
        if (terms.service, PRIORITIES[priority]) == (service, level) and index not in fates
    ]
    wanted = len(fates) + count
    while len(fates) < wanted:
        if not free:
            msg = f"no {service} {level} ticket is left to be late before {moment(end)}"
            raise RuntimeError(msg)
        index = free.pop(int(rng.random() * len(free)))
        opened, terms, priority = drafts[index]
        life = live(terms, priority, opened, measure, rng)
        if life.resolved < end:
            fates[index] = measure, life


def _told(plan: Plan, service: str, priority: int, late: str, rng: random.Random) -> tuple[str, str, str]:
    """Summary, cause and action; the last two are written down for late and for P1 tickets."""
    cause = action = ""
    if late == RESOLUTION:
        summary, cause, action = pick(plan.late[service]["resolution"], rng)
    elif priority == 0:
        summary, cause, action = pick(plan.major[service], rng)
    elif priority > 1 and rng.random() < REQUEST_SHARE:
        summary = pick(plan.requests[service], rng)
    else:
        summary = pick(plan.faults[service], rng)
    if late == RESPONSE:
        cause, action = pick(plan.late[service]["response"], rng)
    summary = summary.replace("{place}", pick(plan.places, rng))
    return summary[0].upper() + summary[1:], cause, action


def _major(outage: Mapping[str, str], rng: random.Random) -> Happening:
    """The P1 ticket that an outage opened: noticed after a minute or two, closed some minutes after recovery."""
    opened = instant(outage["started"]) + MINUTE + int(rng.random() * 2 * MINUTE)
    responded = opened + MINUTE + int(rng.random() * 3 * MINUTE)
    resolved = instant(outage["ended"]) + 2 * MINUTE + int(rng.random() * 4 * MINUTE)
    return opened, outage["service"], 0, Life(responded, resolved), outage["summary"], outage["cause"], outage["action"]


def _tickets(happenings: Iterable[Happening], plan: Plan) -> Iterator[Ticket]:
    """Numbered within each day."""
    today, number = -1, 0
    for opened, service, priority, life, summary, cause, action in happenings:
        day = opened // DAY
        today, number = day, number + 1 if day == today else 1
        name = f"INC{day_text(day).replace('-', '')}-{plan.block}{number:03d}"
        yield Ticket(
            name, plan.name, plan.names[service], plan.names[PRIORITIES[priority]], opened, life, summary, cause, action
        )


def exported(
    plan: Plan, portfolio: Portfolio, span: Sequence[Month], story: Mapping[str, Any] | None = None
) -> Iterator[tuple[Month, list[Ticket]]]:
    """The tickets of a customer that each month's export shows: those still open come again."""
    still_open: list[Ticket] = []
    for month in span:
        misses = outages = None
        if story is not None:
            misses, outages = _misses(story, plan.customer, month), _outages(story, plan.customer, month)
        tickets = still_open + tickets_opened_in(month, plan, portfolio, misses, outages or ())
        yield month, tickets
        still_open = [ticket for ticket in tickets if ticket.life.resolved >= month_bounds(month)[1]]


def _misses(story: Mapping[str, Any], customer: str, month: Month) -> list[Miss]:
    return [
        (service, priority, measure, int(count))
        for when, who, service, priority, measure, count in story["misses"]
        if (when, who) == (written(month), customer)
    ]


def _outages(story: Mapping[str, Any], customer: str, month: Month) -> list[Mapping[str, str]]:
    return [
        outage
        for outage in story["outages"]
        if outage["customer"] == customer and outage["started"].startswith(written(month))
    ]
