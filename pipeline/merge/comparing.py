"""The comparison of a requirement with the catalogue, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.measure.fit import Lack, LevelFit, RequirementFit, ServiceFit, TargetFit, Verdict
from pipeline.merge import amounts
from pipeline.merge.drafting import target_name
from pipeline.merge.requirement import ChargeRow, ComparedRow, ItemBlock, LevelRow, LevelTable
from pipeline.merge.words import EMPTY, Words
from pipeline.model.calendars import Calendar
from pipeline.model.catalog import Better, Level, Target
from pipeline.model.measures import better_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Limit, Money, TimeUnit
from pipeline.model.requirements import RequirementItem


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the words are made from."""

    portfolio: Portfolio
    fit: RequirementFit
    words: Words

    def items(self) -> tuple[ItemBlock, ...]:
        """Every item, numbered from 1."""
        return tuple(self._item(number, item) for number, item in enumerate(self.fit.requirement.items, 1))

    def _item(self, number: int, item: RequirementItem) -> ItemBlock:
        words, found, verdict = self.words, self.fit.of(item), self.fit.verdict(item)
        rows = tuple(self._rows(item, found))
        return ItemBlock(
            number=number,
            id=item.id,
            wanted=words(item.wanted),
            service=words(found.service.name) if found else "",
            level=words(found.proposed.level.name) if found and found.proposed else "",
            present=words(found.present.level.name) if found and found.present else "",
            verdict=str(verdict),
            verdict_label=words.label(f"requirement.verdict.{verdict}"),
            conclusion=self._conclusion(found, verdict, sum(1 for row in rows if not row.met)),
            rows=rows,
            gaps=tuple(row for row in rows if not row.met),
            decision=words(item.decision),
        )

    def _conclusion(self, found: ServiceFit | None, verdict: Verdict, missed: int) -> str:
        words = self.words
        if found is None:
            return words.label("requirement.conclusion.nothing")
        name = words(found.service.name)
        if found.proposed is None:
            return words.label(f"requirement.conclusion.{found.service.state}", service=name)
        level = words(found.proposed.level.name)
        charge = self._charge(found.proposed.level)
        if verdict is Verdict.BEYOND:
            return words.label("requirement.conclusion.beyond", service=name, level=level, charge=charge, count=missed)
        if verdict is Verdict.NEW:
            return words.label("requirement.conclusion.new", level=level, charge=charge)
        if verdict is Verdict.OTHER and found.terms is not None:
            present = found.present
            before = words(present.level.name) if present else found.terms.level
            return words.label("requirement.conclusion.other", present=before, level=level, charge=charge)
        sentence = words.label("requirement.conclusion.present", level=level)
        if found.cheapest is not None and found.cheapest.level.charge.amount < found.proposed.level.charge.amount:
            cheaper = found.cheapest.level
            fields = {"level": words(cheaper.name), "charge": self._charge(cheaper)}
            sentence += words.label("requirement.conclusion.cheaper", **fields)
        return sentence

    def _rows(self, item: RequirementItem, found: ServiceFit | None) -> Iterator[ComparedRow]:
        """What was asked for: hours, targets, workload, and the points that no figure decides."""
        words, proposed = self.words, found.proposed if found else None
        fit = next((one for one in proposed.items if one.item is item), None) if proposed else None
        asked = self.portfolio.calendars.get(item.calendar)
        if asked is not None:
            level = self.portfolio.calendars[proposed.level.calendar] if proposed else None
            covered = fit is not None and fit.covered
            yield ComparedRow(
                words.label("requirement.hours"),
                words(asked.name),
                words(level.name) if level else EMPTY,
                covered,
                words.label("requirement.met")
                if covered
                else words.label("requirement.lack.hours" if fit else "requirement.lack.service"),
            )
            for index, target in enumerate(item.targets):
                one = fit.targets[index] if fit else None
                yield self._target(target, one, asked, level, covered=covered)
        if item.workload is not None:
            yield self._workload(item.workload, found)
        for point in item.others:
            label = words.label(f"requirement.point.{point.verdict or 'open'}")
            result = (
                words.label("requirement.point.why", verdict=label, why=words(point.decision))
                if point.decision
                else label
            )
            yield ComparedRow(
                words.label("requirement.other"), words(point.text), EMPTY, point.verdict != "beyond", result
            )

    def _target(
        self, asked: Target, fit: TargetFit | None, hours: Calendar, level: Calendar | None, *, covered: bool
    ) -> ComparedRow:
        words = self.words
        offered = fit.offered if fit else None
        shown = self._promise(offered, level) if offered and level else EMPTY
        if fit is None:
            result = words.label("requirement.lack.service")
        elif fit.lacks:
            lacks = tuple(self._lack(lack, asked, offered) for lack in fit.lacks)
            result = words.label("requirement.lack.join").join(lacks)
        else:
            result = words.label("requirement.met" if covered else "requirement.met.hours")
        met = covered and fit is not None and not fit.lacks
        return ComparedRow(target_name(asked, words), self._promise(asked, hours), shown, met, result)

    def _lack(self, lack: Lack, asked: Target, offered: Target | None) -> str:
        words = self.words
        if offered is None or lack is Lack.TARGET:
            return words.label("requirement.lack.target")
        if lack is Lack.LIMIT and asked.limit and offered.limit:
            return words.label(
                "requirement.lack.limit", asked=words.limit(asked.limit), offered=words.limit(offered.limit)
            )
        if lack is Lack.GOAL:
            return words.label(
                f"requirement.lack.{'most' if better_of(asked) is Better.LOWER else 'goal'}",
                asked=amounts.goal_words(asked, words),
                offered=amounts.goal_words(offered, words),
            )
        if lack is Lack.EXCLUDE:
            kinds = sorted(offered.exclude - asked.exclude)
            return words.label(
                "requirement.lack.exclude", what=words.listed(tuple(words.label(f"outage.{one}") for one in kinds))
            )
        if lack is Lack.PAUSE:
            kinds = sorted(offered.pause_on - asked.pause_on)
            return words.label(
                "requirement.lack.pause", what=words.listed(tuple(words.label(f"pause.{one}") for one in kinds))
            )
        return words.label("requirement.lack.reopen")

    def _promise(self, target: Target, calendar: Calendar) -> str:
        """`15 分钟内，≥ 95%`; days also in hours, since a day is as long as the calendar says."""
        words = self.words
        goal = amounts.bound(target, words)
        if target.limit is None:
            return goal
        limit = words.limit(target.limit)
        if target.limit.unit is TimeUnit.DAY:
            hours = Limit((Decimal(target.limit.seconds(calendar.day_seconds)) / 3600).normalize(), TimeUnit.HOUR)
            limit = words.label("requirement.days", limit=limit, hours=words.limit(hours))
        return words.label("requirement.promise", limit=words.label("limit.within", limit=limit), goal=goal)

    def _workload(self, asked: int, found: ServiceFit | None) -> ComparedRow:
        """Against the limit agreed today; levels on offer have none."""
        words = self.words
        agreed = found.terms.workload_limit if found and found.terms else None
        result = "none" if agreed is None else "within" if asked <= agreed else "over"
        return ComparedRow(
            words.label("requirement.workload"),
            words.label("requirement.workload.asked", count=asked),
            words.label("requirement.workload.agreed", count=agreed) if agreed else EMPTY,
            met=True,
            result=words.label(f"requirement.workload.{result}"),
        )

    def tables(self) -> Iterator[LevelTable]:
        """Each service with all its levels."""
        numbers = {item.id: number for number, item in enumerate(self.fit.requirement.items, 1)}
        for found in self.fit.services:
            named = [str(numbers[item.id]) for item in self.fit.requirement.items if item.service == found.service.id]
            state = found.service.state
            yield LevelTable(
                self.words(found.service.name),
                self.words.listed(tuple(named)),
                tuple(self._level(found, level) for level in found.levels),
                ""
                if found.levels
                else self.words.label(f"requirement.conclusion.{state}", service=self.words(found.service.name)),
            )

    def _level(self, found: ServiceFit, fit: LevelFit) -> LevelRow:
        words = self.words
        asked = sum(len(one.targets) + bool(one.item.calendar) for one in fit.items)
        missing = [] if all(one.covered for one in fit.items) else [words.label("requirement.hours")]
        missing += [target_name(target.asked, words) for one in fit.items for target in one.targets if target.lacks]
        missed = fit.distance[0]
        marks = [
            words.label(f"requirement.mark.{mark}")
            for mark, level in (("present", found.present), ("proposed", found.proposed))
            if level is fit and (mark == "present" or found.proposed is not found.present)
        ]
        return LevelRow(
            words(fit.level.name),
            words(self.portfolio.calendars[fit.level.calendar].name),
            words.money(fit.level.charge),
            f"{asked - missed}/{asked}",
            words.listed(tuple(dict.fromkeys(missing))) or EMPTY,
            words.listed(tuple(marks)),
        )

    def charges(self) -> Iterator[ChargeRow]:
        """What each service costs, today and as proposed; charges are by the month."""
        words = self.words
        for found in self.fit.services:
            proposed, present = found.proposed, found.present
            if proposed is None:
                continue
            yield ChargeRow(
                words(found.service.name),
                words(present.level.name) if present else EMPTY,
                words.money(present.level.charge) if present else EMPTY,
                words(proposed.level.name),
                words.money(proposed.level.charge),
                self._difference(difference(found)),
            )

    def total(self) -> str:
        """The difference of all services a month; nothing where their currencies differ."""
        each = [difference(found) for found in self.fit.services if found.proposed is not None]
        known = [one for one in each if one is not None]
        if not known or len(known) < len(each) or len({one.currency for one in known}) > 1:
            return EMPTY
        return self._difference(Money(sum((one.amount for one in known), Decimal(0)), known[0].currency))

    def _charge(self, level: Level) -> str:
        return self.words.money(level.charge) + self.words.label("per.month")

    def _difference(self, money: Money | None) -> str:
        if money is None:
            return EMPTY
        return ("+" if money.amount > 0 else "") + self.words.money(money)


def difference(found: ServiceFit) -> Money | None:
    """What the proposed level costs more than the present one; None where the currencies differ."""
    if found.proposed is None:
        return None
    after = found.proposed.level.charge
    if found.present is None:
        return after
    before = found.present.level.charge
    return Money(after.amount - before.amount, after.currency) if before.currency == after.currency else None
