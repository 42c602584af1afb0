"""What a round of a survey came to: scores as a whole, by service, question and group, and the comments in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pipeline.measure.estimates import Interval, mean_interval, share_interval
from pipeline.model.surveys import Answer, Round, Scale, Survey

Subject = Literal["overall", "service", "question"]

SATISFIED, NEUTRAL, DISSATISFIED = "satisfied", "neutral", "dissatisfied"
MOODS = (DISSATISFIED, NEUTRAL, SATISFIED)
"""Of a score, worst first; without a score there is none."""

SMALL = 30
"""With fewer answers the t interval leans on scores that are about normally distributed: reports say so."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The scores of so many people, a value (a mean of several questions may be a fraction) and how often it was given.

    `mean` is exact; `satisfied` counts those who gave the scale's `satisfied` or more, `share` them in percent.
    """

    counts: tuple[tuple[Fraction, int], ...]
    n: int
    mean: Fraction | None
    interval: Interval | None
    satisfied: int
    dissatisfied: int
    share: Fraction | None
    share_interval: Interval | None

    @property
    def neutral(self) -> int:
        """Those in between."""
        return self.n - self.satisfied - self.dissatisfied


@dataclass(frozen=True, slots=True)
class Item:
    """The figures of a subject: all, a service, or a question by its id."""

    subject: Subject
    id: str
    service: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Group:
    """The overall score of those who share something; without a name, of smaller groups together."""

    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote about a question (or about everything), by the score that they gave to it."""

    question: str
    mood: str
    score: Fraction | None
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A round in figures; `response` is the share of those invited whose answers could be used, in percent."""

    survey: Survey
    round: Round
    response: Fraction
    overall: Figures
    items: tuple[Item, ...]

    def item(self, subject: Subject, identifier: str) -> Item | None:
        """That service or question."""
        return next((one for one in self.items if (one.subject, one.id) == (subject, identifier)), None)


def outcome(survey: Survey, held: Round) -> Outcome:
    """The figures of a round that was held."""
    return Outcome(
        survey,
        held,
        Fraction(100 * len(held.answers), held.invited),
        figures_of(survey.scale, held.invited, _overall(survey, held.answers)),
        tuple(_items(survey, held)),
    )


def figures_of(scale: Scale, population: int | None, scores: Iterable[Fraction]) -> Figures:
    """Scores of some of a population, whose size nobody may know."""
    counts = Counter(scores)
    n = counts.total()
    total = sum((value * count for value, count in counts.items()), Fraction(0))
    satisfied = sum(count for value, count in counts.items() if value >= scale.satisfied)
    return Figures(
        counts=tuple(sorted(counts.items())),
        n=n,
        mean=total / n if n else None,
        interval=mean_interval(counts, population, (scale.least, scale.most)),
        satisfied=satisfied,
        dissatisfied=sum(count for value, count in counts.items() if value <= scale.dissatisfied),
        share=Fraction(100 * satisfied, n) if n else None,
        share_interval=share_interval(satisfied, n),
    )


def _overall(survey: Survey, answers: Sequence[Answer]) -> list[Fraction]:
    return [score for one in answers if (score := survey.overall_score(one)) is not None]


def _items(survey: Survey, held: Round) -> Iterator[Item]:
    """Questions about everything, then each service and its questions; the overall question is the overall figure."""

    def item(subject: Subject, identifier: str, service: str, questions: Sequence[str]) -> Item:
        scores = [score for one in held.answers if (score := survey.score(one, questions)) is not None]
        return Item(subject, identifier, service, figures_of(survey.scale, held.invited, scores))

    asked = {one.id for one in survey.questions if one.asked_in(held)}
    for service in ("", *survey.services):
        questions = [one for one in survey.about(service) if one != survey.overall and one in asked]
        if service and questions:
            yield item("service", service, service, questions)
        for question in questions:
            yield item("question", question, service, (question,))


def groups(survey: Survey, held: Round, smallest: int) -> tuple[Group, ...]:
    """The overall score by group, larger ones first; none where telling would show what a few people said.

    Groups of fewer than `smallest` people are put together; if they are still fewer, the next larger one joins them,
    for otherwise the total less the groups shown would tell what they said. One group alone tells nothing.
    """
    members: dict[str, list[Fraction]] = {}
    for one in held.answers:
        score = survey.overall_score(one)
        if score is not None:
            members.setdefault(one.group, []).append(score)
    shown = sorted(((name, found) for name, found in members.items() if name), key=lambda one: (-len(one[1]), one[0]))
    pooled = list(members.get("", []))
    while shown and (len(shown[-1][1]) < smallest or 0 < len(pooled) < smallest):
        pooled += shown.pop()[1]
    made = [*shown, *([("", pooled)] if pooled else [])]
    if len(made) < 2 or 0 < len(pooled) < smallest:  # noqa: PLR2004 - a comparison takes two
        return ()
    return tuple(Group(name, figures_of(survey.scale, None, scores)) for name, scores in made)


def comments(survey: Survey, held: Round) -> tuple[Comment, ...]:
    """What was written, by question in the order asked, then about everything; low scores first.

    Within a score they are in order of their letters, so that nobody is recognized by the place in the file.
    """
    order = {one.id: index for index, one in enumerate(survey.questions)}
    found = []
    for one in held.answers:
        for question, words in one.comments.items():
            score = survey.asked_for(one, question)
            found.append(Comment(question, mood(survey.scale, score), score, words))

    def key(one: Comment) -> tuple[int, bool, Fraction, str]:
        return order.get(one.question, len(order)), one.score is None, one.score or Fraction(0), one.words

    return tuple(sorted(found, key=key))


def mood(scale: Scale, score: Fraction | None) -> str:
    """What a score says of whoever gave it."""
    if score is None:
        return ""
    if score >= scale.satisfied:
        return SATISFIED
    return DISSATISFIED if score <= scale.dissatisfied else NEUTRAL
