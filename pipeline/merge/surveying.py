"""From a round of a survey to its satisfaction report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from pipeline.measure.attainment import MET, MISSED, NO_DATA
from pipeline.measure.surveys import SMALL, comments, groups, outcome
from pipeline.merge import amounts
from pipeline.merge.blocks import party, person, records_keeper, reference
from pipeline.merge.report import SetAsideRow, SourceRow
from pipeline.merge.survey import (
    CommentBlock,
    CommentRow,
    CountRow,
    GoalRow,
    IndicatorRow,
    SampleRow,
    ScoreRow,
    SurveyContext,
)
from pipeline.merge.survey_scores import ONE, Scores, number, rounded, score_words
from pipeline.merge.words import EMPTY, Words, exact
from pipeline.model.agreements import Agreement, in_force
from pipeline.model.measures import better_of, reaches
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import display_share
from pipeline.model.surveys import Round, Survey

ROUNDS = 8
"""Rounds that a trend shows."""

INDICATORS = ("mean", "interval", "share", "share_interval", "response")


def answered(held: Round, words: Words) -> str:
    """How many answered a round, and how sure its overall score is, beside a figure that comes from it."""
    return words.label("note.survey", closes=words.date(held.closes), n=len(held.answers), invited=held.invited)


def version_at(portfolio: Portfolio, survey: Survey, held: Round) -> Agreement:
    """The version in force when the round closed; the last one where none was."""
    versions = portfolio.agreements[survey.agreement]
    inside = [span.agreement for span in in_force(versions) if held.closes in span.days]
    return inside[-1] if inside else versions[-1]


def survey_context(portfolio: Portfolio, survey: Survey, held: Round, words: Words) -> SurveyContext:
    """The report on a round that was held, with the rounds before it."""
    return _Writer(portfolio, survey, held, words).context()


class _Writer:
    """The parts of one report."""

    def __init__(self, portfolio: Portfolio, survey: Survey, held: Round, words: Words) -> None:
        self.portfolio, self.survey, self.held, self.words = portfolio, survey, held, words
        self.agreement = version_at(portfolio, survey, held)
        earlier = [outcome(survey, one) for one in survey.held if one.closes <= held.closes]
        self.rounds = earlier[-ROUNDS:]
        self.found = self.rounds[-1]
        self.targets = [
            (terms.service, target)
            for terms in self.agreement.services
            for target in terms.targets
            if target.survey == survey.id
        ]
        self.scores = Scores(portfolio, survey, self.rounds, [target for _, target in self.targets], words)

    def context(self) -> SurveyContext:
        """All of it."""
        words, survey, held, label = self.words, self.survey, self.held, self.words.label
        roles, scale = self.portfolio.organization.roles, self.survey.scale
        overall = self.scores.overall()
        rows = (overall, *self.scores.items())
        customer, month = party(self.portfolio, self.agreement.customer, words), words.month(held.month)
        asked = [row for row in rows[1:] if row.mean is not None and (row.subject == "question" or row.note)]
        best, worst = (self._extreme(asked, sign) for sign in (-1, 1))
        file = held.file or survey.source.file
        return SurveyContext(
            language=words.language,
            title=label("survey.title", name=words(survey.title), period=month),
            number=f"{survey.id.upper()}-{held.month}",
            survey=survey.id,
            name=words(survey.title),
            round=month,
            month=str(held.month),
            agreement=reference(self.agreement, words),
            provider=party(self.portfolio, self.agreement.provider, words),
            customer=customer,
            purpose=words(survey.purpose),
            period=self._days(held),
            audience=words(survey.audience),
            method=words(survey.method),
            prepared_by=person(self.portfolio, roles["slm-administrator"], words).name,
            approved_by=person(self.portfolio, roles["slm-manager"], words).name,
            headline=label("survey.headline", mean=overall.mean_shown, most=scale.most)
            if overall.mean is not None
            else label("survey.headline.none"),
            least=scale.least,
            most=scale.most,
            satisfied_from=scale.satisfied,
            dissatisfied_to=scale.dissatisfied,
            scale=label("survey.scale", least=scale.least, most=scale.most, satisfied=scale.satisfied),
            sample=self._sample(held),
            samples=tuple(self._sample(one.round) for one in self.rounds),
            small=overall.n < SMALL,
            census=overall.n == held.invited,
            overall=overall,
            rows=rows,
            steps=tuple(range(scale.least, scale.most + 1)),
            distribution=tuple(self._distribution()),
            highest=best if len(asked) > 1 else "",
            lowest=worst if len(asked) > 1 else "",
            groups=tuple(self.scores.group(one) for one in groups(survey, held, self.portfolio.policy.smallest_group)),
            smallest_group=self.portfolio.policy.smallest_group,
            goals=tuple(self._goals()),
            indicators=tuple(self._indicators()),
            comments=tuple(self._comments()),
            analysis=words.many(held.analysis),
            suggestions=words.many(held.suggestions),
            set_aside=tuple(
                SetAsideRow(
                    one.place.file,
                    one.place.line,
                    one.place.column,
                    "",
                    label(f"aside.{one.code}", **dict(zip("abc", one.values, strict=False))),
                )
                for one in held.set_aside
            ),
            sources=(SourceRow(file, held.sha256),),
            records_keeper=records_keeper(self.portfolio, words),
            retention_years=self.portfolio.policy.retention_years,
        )

    def _days(self, held: Round) -> str:
        return self.words.label("date.range", first=self.words.date(held.opens), last=self.words.date(held.closes))

    def _sample(self, held: Round) -> SampleRow:
        response = exact(Fraction(100 * len(held.answers), held.invited))
        return SampleRow(
            month=str(held.month),
            period=self._days(held),
            invited=held.invited,
            returned=held.returned,
            set_aside=len(held.set_aside),
            answered=len(held.answers),
            response=rounded(response, Decimal("0.000001")),
            response_shown=f"{rounded(response, ONE)}%",
        )

    def _distribution(self) -> Iterator[CountRow]:
        """How often each score was given to each question."""
        survey, scale = self.survey, self.survey.scale
        for question in survey.questions:
            if question.asked_in(self.held):
                given = Counter(one.scores[question.id] for one in self.held.answers if question.id in one.scores)
                counts = tuple(given[score] for score in range(scale.least, scale.most + 1))
                yield CountRow(self.words(question.text), counts)

    def _extreme(self, rows: Sequence[ScoreRow], sign: int) -> str:
        """What was rated highest (-1) or lowest (1): the first of those that share it."""
        found = min(rows, key=lambda row: sign * (row.mean or Decimal(0)), default=None)
        if found is None:
            return ""
        return self.words.label("survey.extreme", label=found.label, mean=found.mean_shown)

    def _goals(self) -> Iterator[GoalRow]:
        """The targets of the agreement that name this survey, against their goals."""
        words = self.words
        texts = {one.id: words(one.text) for one in self.survey.questions}
        for service, target in self.targets:
            item = self.found.item("question", target.question) if target.question else None
            figures = item.figures if item else self.found.overall
            value = figures.mean if figures.n >= target.minimum_sample else None
            kept = value is not None and reaches(value, Fraction(target.goal), better_of(target))
            status = NO_DATA if value is None else MET if kept else MISSED
            yield GoalRow(
                target=target.id,
                service_name=words(self.portfolio.services[service].name),
                asked=texts.get(target.question, words.label("survey.overall")),
                goal=target.goal,
                goal_shown=amounts.bound(target, words),
                value=number(value),
                value_shown=EMPTY if value is None else f"{display_share(exact(value), target.goal + Decimal('0.00'))}",
                status=status,
                status_label=words.label(f"status.{status}"),
            )

    def _indicators(self) -> Iterator[IndicatorRow]:
        scale, label = self.survey.scale, self.words.label
        overall = "overall.question" if self.survey.overall else "overall.mean"
        yield IndicatorRow(label("survey.overall"), label(f"survey.indicator.{overall}"), "")
        for name in INDICATORS:
            formula = label(f"survey.indicator.{name}", satisfied=scale.satisfied)
            literature = f"survey.indicator.{name}.source"
            source = label(literature) if literature in self.words.labels else ""
            yield IndicatorRow(label(f"survey.indicator.{name}.name"), formula, source)

    def _comments(self) -> Iterator[CommentBlock]:
        words, label = self.words, self.words.label
        titles: Mapping[str, str] = {
            one.id: label("survey.comments.about", service=words(self.portfolio.services[one.service].name),
                          question=words(one.text)) if one.service else words(one.text)
            for one in self.survey.questions
        }  # fmt: skip
        for question, found in groupby(comments(self.survey, self.held), key=lambda one: one.question):
            yield CommentBlock(
                titles.get(question, label("survey.comments.general")),
                tuple(
                    CommentRow(
                        one.mood,
                        label(f"survey.mood.{one.mood or 'none'}"),
                        EMPTY if one.score is None else label("survey.score", score=score_words(one.score)),
                        one.words,
                    )
                    for one in found
                ),
            )
