"""Recalculations in words: what would have come of the past months under other terms, set beside what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from pipeline.measure.attainment import NO_DATA, Result
from pipeline.measure.comparing import Compared, Comparison, Due, Flip, Judged, Summary, summary
from pipeline.measure.judgements import Verdict
from pipeline.merge import amounts
from pipeline.merge.blocks import party
from pipeline.merge.crediting import amount_of
from pipeline.merge.drafting import target_name
from pipeline.merge.explaining import verdict_label
from pipeline.merge.explanation import SUM, Column, Row, Section
from pipeline.merge.reporting import by_verdict
from pipeline.merge.settings import Revision, revisions
from pipeline.merge.tables import iso
from pipeline.merge.whatif import CreditPoint, Curve, Pair, Point, WhatIfSheet
from pipeline.merge.words import EMPTY, Words
from pipeline.model.agreements import ORGANIZATION, Agreement
from pipeline.model.catalog import Target
from pipeline.model.measures import better_of, needs_limit, unit_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Money
from pipeline.model.records import Tickets
from pipeline.model.settings import Setting

LISTED = 60
"""Tickets that a sheet lists; the JSON has all."""


@dataclass(frozen=True, slots=True)
class Supposition:
    """What was set, every version of the SLA as it is and as changed (or the same), and what came of it."""

    portfolio: Portfolio
    sla: str
    settings: tuple[Setting, ...]
    versions: tuple[tuple[Agreement, Agreement], ...]
    comparison: Comparison
    tickets: Tickets

    @property
    def changed(self) -> tuple[tuple[Agreement, Agreement], ...]:
        """The versions in force in the months."""
        return tuple((one, other) for one, other in self.versions if one is not other)

    @property
    def newest(self) -> Agreement:
        """The last version in force in the months, as it is."""
        return self.changed[-1][0]

    def revisions(self, words: Words) -> tuple[Revision, ...]:
        """What was set, with the values before and after."""
        return revisions(self.portfolio, self.settings, self.changed, words)


def whatif_sheet(supposed: Supposition, words: Words) -> WhatIfSheet:
    """The sheet of a recalculation."""
    return _Writer(supposed, words).sheet()


def total(dues: Sequence[Due | None]) -> tuple[Decimal, Money | None]:
    """Credits of all months: percents of a month's charge, and the money; none without charge, or in two currencies."""
    known = [one for one in dues if one is not None]
    charges = [one.month.span.agreement.charge for one in known]
    currencies = {charge.currency for charge in charges if charge is not None}
    paid = [amount for one in known if (amount := amount_of(one.month, one.settlement)) is not None]
    money = Money(sum(paid, Decimal(0)), currencies.pop()) if len(currencies) == 1 else None
    return sum((one.settlement.total for one in known), Decimal(0)), money


def counted_only(judged: Judged) -> bool:
    """Whether the ticket goes into a figure without being judged itself: into a mean, or a number of tickets."""
    return judged.verdict is Verdict.MET and not by_verdict(judged.promise)


@dataclass(frozen=True, slots=True)
class _Writer:
    """The parts of the sheet."""

    supposed: Supposition
    words: Words

    def sheet(self) -> WhatIfSheet:
        """All of it."""
        words, supposed = self.words, self.supposed
        newest, found = supposed.newest, supposed.comparison
        title = words.label("whatif.title")
        shown = tuple(one for one in found.targets if one.differs or self._asked(one))
        differing = tuple(one for one in shown if one.differs)
        return WhatIfSheet(
            language=words.language,
            title=f"{title} {newest.id}",
            document=title,
            number=newest.number,
            provider=party(supposed.portfolio, ORGANIZATION, words),
            customer=party(supposed.portfolio, newest.customer, words).name,
            headline=self._headline(differing),
            verdict="",
            facts=tuple(self._facts()),
            sections=(
                *((self._settings(),) if supposed.settings else ()),
                self._overview(shown, differing),
                *self._credits(),
                *self._flips(),
                *map(self._months, differing),
                Section(words.label("whatif.section.basis"), tuple(self._basis())),
            ),
            pairs=tuple(self._pair(one) for one in differing if _one_unit(one)),
            credits=tuple(
                CreditPoint(str(month), *(None if due is None else due.settlement.total for due in (before, after)))
                for month, before, after in zip(found.months, found.before, found.after, strict=True)
            ),
        )

    def _asked(self, one: Compared) -> bool:
        return any(setting.concerns(one.service, one.target) for setting in self.supposed.settings)

    def _headline(self, differing: Sequence[Compared]) -> str:
        found, label = self.supposed.comparison, self.words.label
        before, after = (self._money(total(side)) for side in (found.before, found.after))
        parts = []
        if differing:
            sides = [[summary(side) for side in (one.before, one.after)] for one in differing]
            counts = [
                f"{sum(one.met for one in side)}/{sum(one.measured for one in side)}"
                for side in zip(*sides, strict=True)
            ]
            parts.append(label("whatif.headline.met", before=counts[0], after=counts[1]))
        if before != after:
            parts.append(label("whatif.headline.credits", before=before, after=after))
        if found.flips:
            parts.append(label("whatif.headline.flips", count=len(found.flips)))
        return self.words.joined(tuple(parts)) if parts else label("whatif.headline.same")

    def _money(self, found: tuple[Decimal, Money | None]) -> str:
        percent, money = found
        return self.words.money(money) if money is not None else self.words.percent(percent)

    def _facts(self) -> Iterator[tuple[str, str]]:
        words, supposed = self.words, self.supposed
        newest, months = supposed.newest, supposed.comparison.months
        yield words.label("explain.customer"), party(supposed.portfolio, newest.customer, words).name
        versions = words.listed(tuple(str(one.version) for one, _ in supposed.changed))
        yield words.label("explain.agreement"), f"{newest.id} {versions}"
        span = words.months(months[0], months[-1])
        yield words.label("whatif.months"), words.label("whatif.months.of", months=span, count=len(months))
        yield words.label("explain.timezone"), newest.timezone

    def _settings(self) -> Section:
        """What was set, in words, with the values of the versions in force."""
        words, label = self.words, self.words.label
        found = self.supposed.revisions(words)
        notes = tuple(
            label("whatif.unchanged", versions=words.listed(tuple(map(str, one.unchanged))), name=one.name)
            for one in found
            if one.unchanged
        )
        columns = (
            Column(label("whatif.term"), 40),
            Column(label("whatif.before"), 32),
            Column(label("whatif.after"), 28),
        )
        rows = tuple(Row((one.name, one.before(words), one.after(words))) for one in found)
        return Section(label("whatif.section.settings"), notes, columns, rows)

    def _overview(self, shown: Sequence[Compared], differing: Sequence[Compared]) -> Section:
        """How often each target was met, its poorest month, and all months together."""
        label = self.words.label
        others = len(self.supposed.comparison.targets) - len(shown)
        notes = [label("whatif.overview.overall")] if shown else []
        if others:
            notes.append(label("whatif.overview.others", count=others))
        heads = [
            Column(label(f"whatif.{side}.{name}"), 10 if name == "met" else 14, right=True)
            for side in ("before", "after")
            for name in ("met", "poorest", "overall")
        ]
        columns = (Column(label("explain.target"), 24), *heads)
        rows = tuple(Row((self._name(one), *self._summed(one.before), *self._summed(one.after))) for one in shown)
        if not differing:
            notes.insert(0, label("whatif.overview.same"))
        return Section(label("whatif.section.overview"), tuple(notes), columns if rows else (), rows)

    def _summed(self, side: Sequence[Result | None]) -> tuple[str, str, str]:
        found, last = summary(side), _last(side)
        if last is None:
            return EMPTY, EMPTY, EMPTY
        return f"{found.met}/{found.measured}", self._poorest(found), self._shown(found.overall, last)

    def _poorest(self, found: Summary) -> str:
        return self._shown(found.poorest.value, found.poorest) if found.poorest is not None else EMPTY

    def _shown(self, value: object, result: Result) -> str:
        return amounts.shown(value, result.promise, self.words)  # type: ignore[arg-type]

    def _name(self, one: Compared) -> str:
        return self.words.label("whatif.name", service=self._service(one.service), target=self._target(one))

    def _service(self, identifier: str) -> str:
        return self.words(self.supposed.portfolio.services[identifier].name)

    def _target(self, one: Compared) -> str:
        result = _last(one.after) or _last(one.before)
        return target_name(result.promise.target, self.words) if result is not None else one.target

    def _months(self, one: Compared) -> Section:
        """One target month by month."""
        words, label = self.words, self.words.label
        columns = (
            Column(label("report.credits.month"), 16),
            *(
                column
                for side in ("before", "after")
                for column in (
                    Column(label(f"whatif.{side}.value"), 16, right=True),
                    Column(label("whatif.tickets"), 13, right=True),
                    Column(label("explain.verdict"), 13),
                )
            ),
        )
        rows = [
            Row(
                (words.month(month), *self._month(before), *self._month(after)),
                status=after.status if after is not None else NO_DATA,
            )
            for month, before, after in zip(self.supposed.comparison.months, one.before, one.after, strict=True)
        ]
        return Section(self._name(one), (), columns, tuple(rows))

    def _month(self, result: Result | None) -> tuple[str, str, str]:
        """Value, tickets in time of those judged, and whether the goal was met."""
        if result is None:
            return EMPTY, EMPTY, self.words.label(f"status.{NO_DATA}")
        counts = f"{result.tally.met}/{result.count}" if needs_limit(result.promise.target) else EMPTY
        return self._shown(result.value, result), counts, self.words.label(f"status.{result.status}")

    def _credits(self) -> Iterator[Section]:
        """The credits of each month on both sides."""
        words, label, found = self.words, self.words.label, self.supposed.comparison
        sums = [total(side) for side in (found.before, found.after)]
        if not any(percent for percent, _ in sums):
            yield Section(label("explain.section.credits"), (label("whatif.credits.none"),))
            return
        columns = (
            Column(label("report.credits.month"), 20),
            Column(label("whatif.before"), 15, right=True),
            Column(label("report.credits.amount"), 25, right=True),
            Column(label("whatif.after"), 15, right=True),
            Column(label("report.credits.amount"), 25, right=True),
        )
        rows = [
            Row((words.month(month), *self._credit(before), *self._credit(after)))
            for month, before, after in zip(found.months, found.before, found.after, strict=True)
        ]
        cells = [
            cell for percent, money in sums for cell in (words.percent(percent), words.money(money) if money else EMPTY)
        ]
        rows.append(Row((label("explain.sum"), *cells), SUM))
        yield Section(label("explain.section.credits"), (label("whatif.credits.note"),), columns, tuple(rows))

    def _credit(self, due: Due | None) -> tuple[str, str]:
        if due is None:
            return EMPTY, EMPTY
        charge, amount = due.month.span.agreement.charge, amount_of(due.month, due.settlement)
        money = self.words.money(Money(amount, charge.currency)) if charge is not None and amount is not None else EMPTY
        return self.words.percent(due.settlement.total), money

    def _flips(self) -> Iterator[Section]:
        """The tickets that are judged otherwise."""
        label, flips = self.words.label, self.supposed.comparison.flips
        if not flips:
            return
        columns = (
            Column(label("explain.ticket"), 16),
            Column(label("explain.opened"), 14),
            Column(label("explain.target"), 22),
            Column(label("whatif.before"), 24),
            Column(label("whatif.after"), 24),
        )
        notes = (label("whatif.flips.more", count=len(flips) - LISTED),) if len(flips) > LISTED else ()
        rows = tuple(self._flip(one) for one in flips[:LISTED])
        yield Section(label("whatif.section.flips", count=len(flips)), notes, columns, rows)

    def _flip(self, flip: Flip) -> Row:
        tickets, zone = self.supposed.tickets, ZoneInfo(self.supposed.newest.timezone)
        judged = flip.after or flip.before
        target = target_name(judged.promise.target, self.words) if judged is not None else flip.target
        name = self.words.label("whatif.name", service=self._service(flip.service), target=target)
        moved = {one.month for one in (flip.before, flip.after) if one is not None}
        sides = (self._standing(one, told=len(moved) > 1) for one in (flip.before, flip.after))
        opened = iso(int(tickets.opened[flip.row]), zone)[:16].replace("T", " ")
        return Row((tickets.id[flip.row], opened, name, *sides))

    def _standing(self, judged: Judged | None, *, told: bool) -> str:
        """Verdict, time taken and allowed and, where both sides differ in it, the month that the ticket counts in."""
        words = self.words
        if judged is None:
            return words.label("whatif.not_judged")
        said = words.label("whatif.counted") if counted_only(judged) else verdict_label(judged.verdict, words)
        if needs_limit(judged.promise.target):
            taken, allowed = words.elapsed(judged.elapsed), words.elapsed(judged.promise.allowed)
            said = words.label("whatif.standing", verdict=said, elapsed=taken, limit=allowed)
        return words.joined((said, words.month(judged.month))) if told and judged.month is not None else said

    def _basis(self) -> Iterator[str]:
        last = self.supposed.comparison.months[-1]
        yield self.words.label("whatif.basis.method")
        yield self.words.label("whatif.basis.exports", month=self.words.month(last))
        yield self.words.label("explain.rounding")

    def _pair(self, one: Compared) -> Pair:
        target = _any(one)
        return Pair(
            service=one.service,
            service_name=self._service(one.service),
            target_name=self._target(one),
            unit=unit_of(target).value,
            better=better_of(target).value,
            before=self._curve(one.before),
            after=self._curve(one.after),
        )

    def _curve(self, side: Sequence[Result | None]) -> Curve:
        found, last = summary(side), _last(side)
        points = (
            Point(
                str(month),
                None if result is None else amounts.number(result.value, result.promise),
                NO_DATA if result is None else result.status,
            )
            for month, result in zip(self.supposed.comparison.months, side, strict=True)
        )
        goal = amounts.goal_number(last.promise) if last is not None else Decimal(0)
        shown = amounts.bound(last.promise.target, self.words) if last is not None else EMPTY
        return Curve(goal, shown, tuple(points), found.measured, found.met)


def _last(side: Sequence[Result | None]) -> Result | None:
    """The newest result."""
    return next((one for one in reversed(side) if one is not None), None)


def _one_unit(one: Compared) -> bool:
    """Whether one axis can have both curves: shares are not drawn among times."""
    return len({unit_of(found.promise.target) for found in (*one.before, *one.after) if found is not None}) == 1


def _any(one: Compared) -> Target:
    """The target in its newest version."""
    return next(side for side in (_last(one.after), _last(one.before)) if side is not None).promise.target
