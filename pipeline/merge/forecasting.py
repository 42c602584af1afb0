"""Forecasts to read: a sheet for each SLA, with the rules by which its figures were worked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

from pipeline.measure.breaching import OpenTicket
from pipeline.measure.forecast import Basis, Forecast, Outlook, Standing
from pipeline.merge.amounts import bound, shown
from pipeline.merge.blocks import party
from pipeline.merge.drafting import target_name
from pipeline.merge.explanation import Column, Row, Section, Sheet
from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.portfolio import Portfolio
from pipeline.model.records import MISSING, Tickets

GRAVE = {
    Standing.LOST: "missed",
    Standing.LIKELY: "missed",
    Standing.BUDGET: "pending",
    Standing.OK: "met",
    Standing.EARLY: "",
    Standing.NO_DATA: "",
}
"""The colour of a row, by how the target stands."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom and what forecasts are told of: `newest` is the latest instant that the exports know of."""

    portfolio: Portfolio
    tickets: Tickets
    newest: int
    words: Words

    def sheet(self, one: Forecast) -> Sheet:
        """Everything of one SLA."""
        words, agreement = self.words, one.span.agreement
        return Sheet(
            language=words.language,
            title=f"{words.label('forecast.title')} {agreement.number} {agreement.version}",
            document=words.label("forecast.title"),
            number=agreement.number,
            provider=party(self.portfolio, ORGANIZATION, words),
            customer=party(self.portfolio, agreement.customer, words).name,
            headline=self.headline(one.targets, one.tickets),
            verdict=_verdict(one),
            facts=tuple(self._facts(one)),
            sections=(
                self.target_section(one.targets),
                *([self.ticket_section(one, one.tickets)] if one.tickets else []),
                self.rule_section(one.targets, one.tickets),
            ),
        )

    def headline(self, targets: Sequence[Outlook], tickets: Sequence[OpenTicket]) -> str:
        """How many of each kind there are."""
        standings = [one.standing for one in targets]
        counts = [(f"forecast.headline.{grave}", standings.count(grave)) for grave in reversed(Standing)][:3]
        late = sum(one.late for one in tickets)
        counts += [("forecast.headline.late", late), ("forecast.headline.due", len(tickets) - late)]
        told = tuple(self.words.label(key, count=count) for key, count in counts if count)
        return self.words.listed(told) or self.words.label("forecast.headline.nothing")

    def moment(self, instant: int, timezone: str) -> str:
        """A time, or a dash."""
        return EMPTY if instant == MISSING else self.words.moment(instant, timezone)

    def _facts(self, one: Forecast) -> Iterator[tuple[str, str]]:
        words, agreement = self.words, one.span.agreement
        zone = agreement.timezone
        yield words.label("explain.customer"), party(self.portfolio, agreement.customer, words).name
        period = f"{words.moment(one.period.start, zone)} – {words.moment(one.period.stop, zone)}"
        yield words.label("explain.period"), period
        yield words.label("forecast.at"), self.moment(one.at, zone)
        yield words.label("forecast.newest"), self.moment(self.newest, zone)
        yield words.label("explain.timezone"), words.timezone(zone)

    def target_section(self, targets: Sequence[Outlook]) -> Section:
        """How each target stands."""
        label = self.words.label
        columns = (
            Column(label("explain.service"), 12),
            Column(label("explain.target"), 14),
            Column(label("explain.goal"), 7, right=True),
            Column(label("forecast.so_far"), 8, right=True),
            Column(label("forecast.counted"), 6, right=True),
            Column(label("forecast.allowed"), 11, right=True),
            Column(label("forecast.spent"), 8, right=True),
            Column(label("forecast.left"), 8, right=True),
            Column(label("forecast.used"), 8, right=True),
            Column(label("forecast.projected"), 8, right=True),
            Column(label("forecast.standing"), 10),
        )
        return Section(label("forecast.section.targets"), (), columns, tuple(map(self._target, targets)))

    def _target(self, one: Outlook) -> Row:
        words, promise = self.words, one.result.promise
        allowed, spent, left = self._budget(one)
        return Row(
            (
                self._service(promise.terms.service),
                target_name(promise.target, words),
                bound(promise.target, words),
                shown(one.result.value, promise, words),
                EMPTY if one.basis in {Basis.DOWNTIME, Basis.STOCK} else words.number(one.result.count),
                allowed,
                spent,
                left,
                self._used(one),
                shown(one.projected, promise, words),
                words.label(f"forecast.standing.{one.standing}"),
            ),
            status=GRAVE[one.standing],
        )

    def _budget(self, one: Outlook) -> tuple[str, str, str]:
        """Allowed, spent and left; rounded so that nobody thinks there is more left than there is."""
        words, budget = self.words, one.budget
        if budget is None:
            return EMPTY, EMPTY, EMPTY
        if one.basis is Basis.DOWNTIME:
            left = floor(budget.left)
            sign = "−" if left < 0 else ""
            return (
                words.elapsed(floor(budget.allowed)),
                words.elapsed(ceil(budget.spent)),
                sign + words.elapsed(abs(left)),
            )
        allowed = words.number(floor(budget.allowed))
        if one.expected is not None:
            allowed = words.label("forecast.allowed.of", allowed=allowed, expected=words.number(one.expected))
        return allowed, words.number(ceil(budget.spent)), words.number(floor(budget.left))

    def _used(self, one: Outlook) -> str:
        """`45% / 32%`: of the budget, and of the period's service time."""
        if one.budget is None:
            return EMPTY
        used = one.budget.used
        spent = _percent(used) if used is not None else self.words.label("forecast.used.over")
        return f"{spent} / {_percent(one.elapsed)}"

    def ticket_section(self, one: Forecast, tickets: Sequence[OpenTicket]) -> Section:
        """Tickets over their limits and those near them."""
        label = self.words.label
        columns = (
            Column(label("explain.ticket"), 12),
            Column(label("explain.service"), 12),
            Column(label("explain.target"), 14),
            Column(label("forecast.state"), 14),
            Column(label("explain.limit"), 9, right=True),
            Column(label("explain.elapsed"), 9, right=True),
            Column(label("forecast.remaining"), 9, right=True),
            Column(label("explain.deadline"), 11),
            Column(label("explain.summary"), 10),
        )
        zone = one.span.agreement.timezone
        rows = tuple(self._ticket(ticket, zone) for ticket in tickets)
        return Section(label("forecast.section.tickets"), (), columns, rows)

    def _ticket(self, one: OpenTicket, zone: str) -> Row:
        words, promise = self.words, one.promise
        sign = "−" if one.left < 0 else ""
        limit = promise.target.limit
        return Row(
            (
                self.tickets.id[one.row],
                self._service(promise.terms.service),
                target_name(promise.target, words),
                words.label(f"forecast.state.{ticket_state(one)}"),
                words.limit(limit) if limit is not None else EMPTY,
                words.elapsed(one.elapsed),
                sign + words.elapsed(abs(one.left)),
                words.label("forecast.deadline.unknown") if one.deadline is None else to_the_second(one.deadline, zone),
                self.tickets.summary[one.row] or EMPTY,
            ),
            status="missed" if one.late else "pending",
        )

    def rule_section(self, targets: Sequence[Outlook], tickets: Sequence[OpenTicket]) -> Section:
        """How what is shown was worked out, and from when on there is an alert."""
        words, rules = self.words, self.portfolio.policy.alerts
        bases = {one.basis for one in targets}
        notes = [words.label(f"forecast.rule.{basis}") for basis in Basis if basis in bases]
        if targets:
            thresholds = words.label(
                "forecast.rule.thresholds",
                budget=words.percent(rules.budget_used),
                least=rules.least_tickets,
                elapsed=words.percent(rules.least_elapsed),
            )
            notes += [words.label("forecast.rule.used"), thresholds]
        if tickets:
            notes.append(words.label("forecast.rule.tickets", left=words.percent(rules.time_left)))
        return Section(words.label("forecast.section.rules"), tuple(notes))

    def _service(self, identifier: str) -> str:
        return self.words(self.portfolio.services[identifier].name)


def ticket_state(one: OpenTicket) -> str:
    """Late or near, and whether the clock runs."""
    if one.late:
        return "late" if one.open else "closed"
    return "paused" if one.paused else "due"


def _verdict(one: Forecast) -> str:
    standings = {GRAVE[target.standing] for target in one.targets} | {
        "missed" if ticket.late and ticket.open else "pending" for ticket in one.tickets
    }
    return next((grave for grave in ("missed", "pending", "met") if grave in standings), "no-data")


def _percent(share: Fraction) -> str:
    """Whole percents, rounded down: nothing is used up, and no period over, before it is."""
    return f"{floor(100 * share)}%"


def to_the_second(instant: int, timezone: str) -> str:
    """`2026-11-20 14:30:05`: to the second, as deadlines are."""
    return f"{datetime.fromtimestamp(instant, ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S}"
