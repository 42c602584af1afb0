"""A figure of a report in words: from the tickets and outages behind it to the credit that it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from pipeline.measure.attainment import same_target
from pipeline.measure.figures import Figure, TicketShare
from pipeline.measure.judgements import Verdict
from pipeline.merge import amounts
from pipeline.merge.blocks import party
from pipeline.merge.drafting import missed_often, target_name, tier_words
from pipeline.merge.explaining import STATUS, aside_reason, period_label, verdict_label
from pipeline.merge.explanation import QUIET, SUM, Column, Row, Section, Sheet
from pipeline.merge.survey_scores import score_words
from pipeline.merge.words import EMPTY, Words, exact
from pipeline.model.agreements import ORGANIZATION
from pipeline.model.catalog import TIMED, Aggregate, MeasureName, Unit
from pipeline.model.measures import Basis, basis_of, needs_limit, unit_of
from pipeline.model.portfolio import Portfolio
from pipeline.model.records import FULL_IMPACT, SCORE_STEP, Outages, Tickets

_FACTS = frozenset({MeasureName.FIRST_CONTACT_RESOLUTION, MeasureName.REOPEN_RATE, MeasureName.CHANGE_SUCCESS})
"""Measures that ask of a ticket whether something is so."""

_WHEN = {MeasureName.WORKLOAD: "opened", MeasureName.BACKLOG: "waiting"}


def figure_sheet(found: Figure, portfolio: Portfolio, tickets: Tickets, outages: Outages, words: Words) -> Sheet:
    """The sheet of one figure."""
    return _Writer(found, portfolio, tickets, outages, words).sheet()


@dataclass(frozen=True, slots=True)
class _Writer:
    """The parts of a figure's sheet."""

    found: Figure
    portfolio: Portfolio
    tickets: Tickets
    outages: Outages
    words: Words

    def sheet(self) -> Sheet:
        """All of it."""
        words, found = self.words, self.found
        agreement, result = found.month.span.agreement, found.result
        name = target_name(result.promise.target, words)
        number = f"{agreement.id}-{result.period.month} · {result.promise.target.id}"
        value = amounts.shown(result.value, result.promise, words)
        return Sheet(
            language=words.language,
            title=f"{words.label('explain.figure.title')} {number}",
            document=words.label("explain.figure.title"),
            number=number,
            provider=party(self.portfolio, ORGANIZATION, words),
            customer=party(self.portfolio, agreement.customer, words).name,
            headline=words.label("explain.figure.headline", target=name, value=value)
            if result.value is not None
            else words.label("explain.figure.no_data", target=name),
            verdict=result.status,
            facts=tuple(self._facts()),
            sections=(
                self._figure(),
                *self._tickets(),
                *self._outages(),
                *self._interruptions(),
                *self._rounds(),
                *self._aside(),
                *self._credits(),
            ),
        )

    def _facts(self) -> Iterator[tuple[str, str]]:
        words, label = self.words, self.words.label
        result, agreement = self.found.result, self.found.month.span.agreement
        promise = result.promise
        yield label("explain.customer"), party(self.portfolio, agreement.customer, words).name
        yield label("explain.agreement"), f"{agreement.id} {promise.span.agreement.version}"
        yield label("explain.period"), f"{period_label(agreement, result.period, words)} ({agreement.timezone})"
        yield label("explain.service"), words(self.portfolio.services[promise.terms.service].name)
        yield label("explain.target"), f"{target_name(promise.target, words)} ({promise.target.id})"
        if promise.target.limit:
            yield label("explain.limit"), words.label("limit.within", limit=words.limit(promise.target.limit))
        yield label("explain.goal"), amounts.bound(promise.target, words)
        yield label("explain.calendar"), words(self.portfolio.calendars[promise.terms.calendar].name)

    def _figure(self) -> Section:
        """From the counts to the share that is shown."""
        words, label = self.words, self.words.label
        result = self.found.result
        target = result.promise.target
        rows = [*self._counts(), *self._exactly()]
        rows.append((label("explain.shown"), amounts.shown(result.value, result.promise, words)))
        cells = [Row(row) for row in rows]
        cells.append(Row((label("explain.verdict"), label(f"status.{result.status}")), SUM, result.status))
        notes = (amounts.formula(target, words), *amounts.rules(target, words), *self._rules())
        columns = (Column(label("explain.item"), 40), Column(label("explain.value"), 60))
        return Section(label("explain.section.figure"), notes, columns, tuple(cells))

    def _counts(self) -> Iterator[tuple[str, str]]:
        """What was counted, and what was not."""
        words, label, found = self.words, self.words.label, self.found
        target, tally, served = found.result.promise.target, found.result.tally, found.served
        if target.measure is MeasureName.MTTR:
            yield label("explain.section.interruptions"), str(len(found.interruptions))
            yield label("explain.restoring"), words.elapsed(sum(one.seconds for one in found.interruptions))
            return
        basis = basis_of(target)
        if basis is Basis.OUTAGES:
            if served:
                service, excluded = sum(one.service for one in served), sum(one.excluded for one in served)
                yield label("explain.service_time"), words.elapsed(service)
                yield label("explain.excluded"), words.elapsed(excluded)
                yield label("explain.agreed_time"), words.elapsed(service - excluded)
                yield label("explain.down"), self._seconds(sum((one.down for one in served), Fraction(0)))
            return
        if needs_limit(target) or target.measure in _FACTS:
            yield self._verdict(Verdict.MET), str(tally.met)
            yield self._verdict(Verdict.MISSED), str(tally.missed)
        if basis is Basis.SURVEYS:
            yield label("explain.rounds"), str(len(found.rounds))
            yield label("explain.scores"), str(tally.total)
            yield label("explain.set_aside"), str(tally.unmeasured)
            return
        yield label("explain.judged"), str(found.result.count)
        if tally.excluded:
            yield label("status.excluded"), str(tally.excluded)
        yield label("explain.unmeasured"), str(tally.unmeasured)
        yield label("explain.set_aside"), str(len(found.set_aside))
        if target.measure in TIMED:
            yield label("explain.pending"), str(found.pending)

    def _verdict(self, verdict: Verdict) -> str:
        """What a verdict on a ticket is called, by what is asked of it."""
        target, status = self.found.result.promise.target, STATUS[verdict]
        if verdict not in {Verdict.MET, Verdict.MISSED}:
            return verdict_label(verdict, self.words)
        if target.measure in _FACTS:
            return self.words.label(f"fact.{target.measure}.{status}")
        return self.words.label(f"explain.{status}" if needs_limit(target) else "explain.counts")

    def _exactly(self) -> Iterator[tuple[str, str]]:
        """The division behind the figure, where there is one."""
        target, tally, value = self.found.result.promise.target, self.found.result.tally, self.found.result.value
        if value is None or target.aggregate not in {Aggregate.SHARE, Aggregate.MEAN}:
            return
        unit = unit_of(target)
        sign = " s" if unit is Unit.SECOND or target.measure is MeasureName.AVAILABILITY else ""
        kept = Fraction(tally.kept) / (SCORE_STEP if unit is Unit.SCORE else 1)
        if target.aggregate is Aggregate.SHARE:
            sum_ = f"{_plain(kept)}{sign} ÷ {tally.total}{sign} × 100% = {exact(value):.8f}%"
        else:
            sum_ = f"{_plain(kept)}{sign} ÷ {tally.total} = {exact(value):.6f}{sign}"
        yield self.words.label("explain.exact"), sum_

    def _rules(self) -> Iterator[str]:
        if self.found.result.promise.target.measure in TIMED:
            yield self.words.label(f"counting.{self.found.month.span.agreement.counted_by}")
        yield self.words.label("explain.rounding")

    def _seconds(self, seconds: Fraction) -> str:
        """A duration; parts of a second, which only partial outages have, as decimals."""
        whole = seconds.numerator // seconds.denominator
        rest = seconds - whole
        return self.words.elapsed(whole) + (f" + {exact(rest):.2f} s" if rest else "")

    def _moment(self, moment: int | None) -> str:
        zone = ZoneInfo(self.found.month.span.agreement.timezone)
        return EMPTY if moment is None else f"{datetime.fromtimestamp(moment, zone):%Y-%m-%d %H:%M:%S}"

    def _tickets(self) -> Iterator[Section]:
        words, label, target = self.words, self.words.label, self.found.result.promise.target
        if not self.found.tickets:
            return
        columns = (
            Column(label("explain.ticket"), 17),
            Column(label("explain.opened"), 18),
            Column(label("explain.version"), 8),
            Column(label("explain.minus_pauses"), 13, right=True),
            Column(
                label("explain.score" if target.measure is MeasureName.SATISFACTION else "explain.elapsed"),
                15,
                right=True,
            ),
            Column(label("explain.verdict"), 10),
            Column(label("explain.counted_at"), 19),
        )
        rows = [
            Row(
                (
                    self.tickets.id[one.row],
                    self._moment(int(self.tickets.opened[one.row])),
                    str(one.promise.span.agreement.version),
                    words.elapsed(one.paused) if target.measure in TIMED else EMPTY,
                    self._taken(one),
                    self._verdict(one.verdict),
                    self._moment(one.counted_at),
                ),
                status=STATUS[one.verdict],
            )
            for one in self.found.tickets
        ]
        title = label("explain.section.tickets", count=len(rows))
        when = "limit" if needs_limit(target) else _WHEN.get(target.measure, "resolved")
        yield Section(title, (label(f"explain.tickets.{when}"),), columns, tuple(rows))

    def _taken(self, one: TicketShare) -> str:
        """The time, or the score, that a ticket brings in."""
        measure = self.found.result.promise.target.measure
        if measure is MeasureName.SATISFACTION:
            return f"{exact(Fraction(one.elapsed, SCORE_STEP)):.2f}"
        measured = measure in TIMED and one.verdict is not Verdict.UNMEASURED
        return self.words.elapsed(one.elapsed) if measured else EMPTY

    def _interruptions(self) -> Iterator[Section]:
        label = self.words.label
        if not self.found.interruptions:
            return
        columns = (Column(label("explain.interruption"), 60), Column(label("explain.in_service"), 40, right=True))
        rows = [
            Row((f"{self._moment(one.start)} – {self._moment(one.stop)}", self.words.elapsed(one.seconds)))
            for one in self.found.interruptions
        ]
        name = self.found.result.promise.target.measure
        yield Section(
            label("explain.section.interruptions"), (label(f"explain.interruptions.{name}"),), columns, tuple(rows)
        )

    def _outages(self) -> Iterator[Section]:
        words, label = self.words, self.words.label
        if not self.found.outages or self.found.result.promise.target.measure is MeasureName.MTTR:
            return
        columns = (
            Column(label("explain.outage"), 16),
            Column(label("explain.outage.time"), 31),
            Column(label("explain.category"), 11),
            Column(label("explain.in_service"), 14, right=True),
            Column(label("explain.share"), 14, right=True),
            Column(label("explain.remark"), 14),
        )
        rows = []
        for one in sorted(self.found.outages, key=lambda share: (share.start, share.row)):
            remark = label("explain.remark.excluded") if one.excluded else ""
            impact = Fraction(self.outages.impact[one.row], FULL_IMPACT)
            if one.counted < one.service * impact:
                remark = label("explain.remark.overlap")
            elif impact < 1 and not one.excluded:
                remark = label("explain.remark.impact", impact=words.percent(exact(100 * impact)))
            cells = (
                self.outages.id[one.row],
                f"{self._moment(one.start)} – {self._moment(one.stop)}",
                label(f"outage.{self.outages.category[one.row]}"),
                words.elapsed(one.service),
                self._seconds(one.counted),
                remark,
            )
            rows.append(Row(cells, QUIET if one.excluded else ""))
        down = sum((one.counted for one in self.found.outages if not one.excluded), Fraction(0))
        rows.append(Row((label("explain.down"), "", "", "", self._seconds(down), ""), SUM))
        yield Section(label("explain.section.outages"), (label("explain.outages.note"),), columns, tuple(rows))

    def _rounds(self) -> Iterator[Section]:
        """The scores given in each round, from which anybody can work the mean out."""
        words, label = self.words, self.words.label
        if not self.found.rounds:
            return
        columns = (
            Column(label("explain.round"), 26),
            Column(label("survey.invited"), 12, right=True),
            Column(label("explain.scores"), 12, right=True),
            Column(label("explain.scores.given"), 38),
            Column(label("explain.scores.sum"), 12, right=True),
        )
        rows = [
            Row(
                (
                    words.date(one.held.closes),
                    str(one.held.invited),
                    str(one.n),
                    words.listed(tuple(f"{score_words(value)} × {count}" for value, count in one.counts)),
                    score_words(one.total),
                )
            )
            for one in self.found.rounds
        ]
        note = label("explain.rounds.note", survey=words(self.found.rounds[0].survey.title))
        yield Section(label("explain.section.rounds"), (note,), columns, tuple(rows))

    def _aside(self) -> Iterator[Section]:
        label = self.words.label
        if self.found.set_aside:
            columns = (
                Column(label("explain.ticket"), 20),
                Column(label("explain.row"), 40),
                Column(label("explain.reason"), 40),
            )
            rows = tuple(
                Row((one.record or EMPTY, f"{one.place.file}:{one.place.line}", aside_reason(one, self.words)))
                for one in self.found.set_aside
            )
            yield Section(label("explain.section.aside"), (), columns, rows)

    def _credits(self) -> Iterator[Section]:
        """The tiers of the target, and what the whole agreement credits in the period."""
        words, label = self.words, self.words.label
        found, agreement = self.found, self.found.month.span.agreement
        settlement, year = found.settlement, found.settlement.year
        target = found.result.promise
        repeated = [one for one in settlement.repeated if same_target(one.result.promise, target)]
        if not found.tiers and not repeated:
            return
        columns = (Column(label("explain.tier"), 60), Column(label("explain.credit"), 20, right=True), Column("", 20))
        rows = [
            Row(
                (
                    tier_words(tier, target.target, words),
                    words.percent(tier.credit),
                    label("explain.tier.applies") if applies else "",
                ),
                "" if applies else QUIET,
            )
            for tier, applies in found.tiers
        ]
        for one in repeated:
            clause = label(
                "report.credits.repeated",
                rule=missed_often(one.clause, words),
                months=label("list.separator").join(map(str, one.missed)),
            )
            rows.append(Row((clause, words.percent(one.clause.credit or Decimal(0)), label("explain.tier.applies"))))
        sums = [
            (label("explain.credit.target"), found.result.credit + sum(one.clause.credit or 0 for one in repeated)),
            (label("explain.credit.all"), settlement.uncapped),
        ]
        if agreement.credit_cap is not None:
            sums.append((label("explain.credit.cap"), agreement.credit_cap))
        if year is not None:
            sums.append((label("report.credits.year", since=words.date(year.since)), year.limit))
            sums.append((label("report.credits.year_left"), max(year.limit - year.used, Decimal(0))))
        sums.append((label("explain.credit.total"), settlement.total))
        rows += [Row((text, words.percent(share), ""), SUM) for text, share in sums]
        yield Section(label("explain.section.credits"), (label("explain.credits.note"),), columns, tuple(rows))


def _plain(kept: Fraction | int) -> str:
    """A number of tickets or seconds."""
    return str(kept) if isinstance(kept, int) or kept.denominator == 1 else f"{exact(Fraction(kept)):.2f}"
