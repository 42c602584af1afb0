"""Recalculations as records: what `slm whatif --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pipeline.measure.attainment import Result
from pipeline.measure.comparing import Compared, Due, Flip, Judged, summary
from pipeline.merge import amounts
from pipeline.merge.crediting import amount_of
from pipeline.merge.explaining import STATUS
from pipeline.merge.reporting import by_verdict
from pipeline.merge.supposing import Supposition, counted_only, total
from pipeline.merge.tables import iso
from pipeline.merge.whatif import (
    CreditRecord,
    CreditSide,
    CreditSum,
    FigureSide,
    FlipRecord,
    MonthRecord,
    SettingRecord,
    StandingRecord,
    SummaryRecord,
    TargetRecord,
    VersionValue,
    WhatIfRecord,
)
from pipeline.merge.words import Words
from pipeline.model.measures import unit_of


def whatif_record(supposed: Supposition, words: Words) -> WhatIfRecord:
    """All targets, changed or not, all months, and every ticket that is judged otherwise."""
    found, newest = supposed.comparison, supposed.newest
    return WhatIfRecord(
        agreement=newest.id,
        customer=newest.customer,
        first=str(found.months[0]),
        last=str(found.months[-1]),
        timezone=newest.timezone,
        currency=newest.charge.currency if newest.charge else "",
        settings=tuple(
            SettingRecord(
                one.setting.written,
                one.service,
                one.setting.target,
                one.setting.key,
                tuple(VersionValue(str(version), before, after) for version, before, after in one.values),
                tuple(map(str, one.unchanged)),
            )
            for one in supposed.revisions(words)
        ),
        results=tuple(_target(one, supposed, words) for one in found.targets),
        credits=tuple(
            CreditRecord(str(month), _credit(before), _credit(after))
            for month, before, after in zip(found.months, found.before, found.after, strict=True)
        ),
        credits_before=_sum(found.before),
        credits_after=_sum(found.after),
        flips=tuple(_flip(one, supposed) for one in found.flips),
    )


def _target(found: Compared, supposed: Supposition, words: Words) -> TargetRecord:
    target = next(one for one in (*reversed(found.after), *reversed(found.before)) if one is not None).promise.target
    sides = zip(supposed.comparison.months, found.before, found.after, strict=True)
    return TargetRecord(
        service=found.service,
        target=found.target,
        measure=str(target.measure),
        priority=target.priority,
        unit=unit_of(target).value,
        changed=found.differs,
        before=_summary(found.before),
        after=_summary(found.after),
        months=tuple(MonthRecord(str(month), _side(one, words), _side(other, words)) for month, one, other in sides),
    )


def _summary(results: Sequence[Result | None]) -> SummaryRecord:
    found, known = summary(results), [one for one in results if one is not None]
    return SummaryRecord(
        measured=found.measured,
        met=found.met,
        poorest=amounts.number(found.poorest.value, found.poorest.promise) if found.poorest else None,
        overall=amounts.number(found.overall, known[-1].promise) if known else None,
    )


def _side(result: Result | None, words: Words) -> FigureSide | None:
    if result is None:
        return None
    promise = result.promise
    return FigureSide(
        version=str(promise.span.agreement.version),
        limit=str(promise.target.limit or ""),
        goal=amounts.goal_number(promise),
        value=amounts.number(result.value, promise),
        shown=amounts.shown(result.value, promise, words),
        status=result.status,
        met=result.tally.met if by_verdict(promise) else 0,
        missed=result.tally.missed,
        credit=result.credit,
    )


def _credit(due: Due | None) -> CreditSide | None:
    if due is None:
        return None
    agreement, settlement = due.month.span.agreement, due.settlement
    return CreditSide(
        version=str(agreement.version),
        uncapped=settlement.uncapped,
        credited=settlement.total,
        amount=amount_of(due.month, settlement),
        currency=agreement.charge.currency if agreement.charge else "",
    )


def _sum(dues: Sequence[Due | None]) -> CreditSum:
    percent, money = total(dues)
    return CreditSum(percent, money.amount if money is not None else None)


def _flip(flip: Flip, supposed: Supposition) -> FlipRecord:
    tickets, zone = supposed.tickets, ZoneInfo(supposed.newest.timezone)
    place = tickets.place[flip.row]
    return FlipRecord(
        ticket=tickets.id[flip.row],
        file=place.file,
        line=place.line,
        opened=iso(int(tickets.opened[flip.row]), zone),
        service=flip.service,
        target=flip.target,
        before=_standing(flip.before),
        after=_standing(flip.after),
    )


def _standing(judged: Judged | None) -> StandingRecord | None:
    if judged is None:
        return None
    return StandingRecord(
        version=str(judged.promise.span.agreement.version),
        elapsed_s=judged.elapsed,
        limit_s=judged.promise.allowed,
        verdict="counted" if counted_only(judged) else STATUS[judged.verdict],
        counts_in=str(judged.month or ""),
    )
