"""The rows of a satisfaction report: figures of a round, with those of the rounds before it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from pipeline.measure.estimates import Interval
from pipeline.measure.surveys import Figures, Group, Item, Outcome
from pipeline.merge.survey import CountCell, RoundPoint, ScoreRow
from pipeline.merge.words import EMPTY, Words, exact
from pipeline.model.catalog import Target
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import display_share
from pipeline.model.surveys import Survey

TWO, ONE = Decimal("0.01"), Decimal("0.1")

Key = tuple[str, str, str]
"""Subject, its id, and the service that it is about."""


def score_words(value: Fraction) -> str:
    """A score or a sum of scores: whole where it is, else with two decimals."""
    return str(value) if value.denominator == 1 else f"{rounded(exact(value), TWO)}"


@dataclass(frozen=True, slots=True)
class Scores:
    """The rounds of a survey up to the one reported on, and the targets that it measures."""

    portfolio: Portfolio
    survey: Survey
    rounds: Sequence[Outcome]
    targets: Sequence[Target]
    words: Words

    @property
    def found(self) -> Outcome:
        """The round reported on."""
        return self.rounds[-1]

    def overall(self) -> ScoreRow:
        """What people think of everything."""
        words, survey = self.words, self.survey
        asked = next((words(one.text) for one in survey.questions if one.id == survey.overall), "")
        note = asked or words.label("survey.overall.mean")
        history = [one.overall for one in self.rounds]
        return self._row(("overall", survey.overall, ""), words.label("survey.overall"), note, history)

    def items(self) -> Iterator[ScoreRow]:
        """Questions and services; a service of which one thing was asked is one row."""
        texts = {one.id: self.words(one.text) for one in self.survey.questions}
        for item in self.found.items:
            questions = self.survey.about(item.service) if item.service else ()
            if item.subject == "question" and item.service and len(questions) == 1:
                continue
            history = [self._figures(one, item) for one in self.rounds]
            key = (str(item.subject), item.id, item.service)
            if item.subject == "question":
                yield self._row(key, texts[item.id], "", history)
            else:
                name = self.words(self.portfolio.services[item.service].name)
                yield self._row(key, name, texts[questions[0]] if len(questions) == 1 else "", history)

    @staticmethod
    def _figures(one: Outcome, item: Item) -> Figures | None:
        found = one.item(item.subject, item.id)
        return found.figures if found else None

    def _row(self, key: Key, name: str, note: str, history: Sequence[Figures | None]) -> ScoreRow:
        now = history[-1]
        before = next((one for one in reversed(history[:-1]) if one is not None and one.mean is not None), None)
        if now is None:
            msg = f"{key} was not asked"
            raise ValueError(msg)
        change = now.mean - before.mean if now.mean is not None and before and before.mean is not None else None
        points = tuple(
            RoundPoint(
                str(one.round.month),
                number(figures.mean) if figures else None,
                self._mean(figures.mean if figures else None, key),
                _end(figures.interval, 0) if figures else None,
                _end(figures.interval, 1) if figures else None,
            )
            for one, figures in zip(self.rounds, history, strict=True)
        )
        return self._scores(key, (name, note), now, change, points)

    def _scores(
        self,
        key: Key,
        names: tuple[str, str],
        now: Figures,
        change: Fraction | None = None,
        history: tuple[RoundPoint, ...] = (),
    ) -> ScoreRow:
        return ScoreRow(
            subject=key[0],
            id=key[1],
            service=key[2],
            label=names[0],
            note=names[1],
            n=now.n,
            mean=number(now.mean),
            mean_shown=self._mean(now.mean, key),
            low=_end(now.interval, 0),
            high=_end(now.interval, 1),
            interval_shown=_range(now.interval, TWO, ""),
            satisfied=now.satisfied,
            neutral=now.neutral,
            dissatisfied=now.dissatisfied,
            share=number(now.share),
            share_shown=EMPTY if now.share is None else f"{rounded(exact(now.share), ONE)}%",
            share_low=_end(now.share_interval, 0),
            share_high=_end(now.share_interval, 1),
            share_interval_shown=_range(now.share_interval, ONE, "%"),
            counts=tuple(CountCell(number(value) or Decimal(0), count) for value, count in now.counts),
            change=number(change),
            change_shown=_signed(change),
            history=history,
        )

    def _mean(self, value: Fraction | None, key: Key) -> str:
        """Two decimals; never across a goal that the mean is held against."""
        if value is None:
            return EMPTY
        goals = [target.goal for target in self.targets if self._asked(target) == key[:2]]
        places = TWO if not goals else goals[0] + Decimal("0.00")
        shown = display_share(exact(value), places) if goals else rounded(exact(value), TWO)
        return f"{shown}"

    def _asked(self, target: Target) -> tuple[str, str]:
        """The row that a target is about."""
        survey = self.survey
        if target.question in {"", survey.overall}:
            return "overall", survey.overall
        service = next(one.service for one in survey.questions if one.id == target.question)
        alone = bool(service) and len(survey.about(service)) == 1
        return ("service", service) if alone else ("question", target.question)

    def group(self, group: Group) -> ScoreRow:
        """Those who share something."""
        name = group.name or self.words.label("survey.group.others")
        return self._scores(("group", group.name, ""), (name, ""), group.figures)


def number(value: Fraction | None) -> Decimal | None:
    """A figure for machines: six decimals."""
    if value is None:
        return None
    found = rounded(exact(value), Decimal("0.000001"))
    return found.normalize() if found != found.to_integral() else found.quantize(Decimal(1))


def _end(interval: Interval | None, end: int) -> Decimal | None:
    return None if interval is None else rounded((interval.low, interval.high)[end], Decimal("0.000001"))


def _range(interval: Interval | None, step: Decimal, sign: str) -> str:
    if interval is None:
        return EMPTY
    return f"{rounded(interval.low, step)} – {rounded(interval.high, step)}{sign}"


def _signed(change: Fraction | None) -> str:
    if change is None:
        return ""
    found = rounded(exact(change), TWO)
    return f"±{abs(found)}" if not found else f"{found:+}".replace("-", "−")


def rounded(value: Decimal, step: Decimal) -> Decimal:
    """Half up."""
    return value.quantize(step, ROUND_HALF_UP)
