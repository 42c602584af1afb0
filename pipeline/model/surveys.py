"""Satisfaction surveys: a series of rounds with the same questions, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from pipeline.model.quantities import Month, Text
from pipeline.model.records import SET_ASIDE_REASONS
from pipeline.model.source import Source
from pipeline.problems import Place


@dataclass(frozen=True, slots=True)
class Scale:
    """Whole scores from `least` to `most`; who gives `satisfied` or more is satisfied."""

    least: int
    most: int
    satisfied: int

    @property
    def dissatisfied(self) -> int:
        """Up to this score people are dissatisfied: as far from the worst as `satisfied` is from the best."""
        return self.least + self.most - self.satisfied


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, in rounds that opened `since` a day; `service` is empty where it is about all of them."""

    id: str
    text: Text
    service: str
    since: date | None = None

    def asked_in(self, held: Round) -> bool:
        """Whether a round asked it."""
        return self.since is None or self.since <= held.opens


@dataclass(frozen=True, slots=True)
class Answer:
    """What one respondent said; `comments` are by question, or under "" where they are about everything.

    Nothing tells who it was; `group` is printed only where enough people share it.
    """

    scores: Mapping[str, int]
    group: str = ""
    comments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AnswerSetAside:
    """A row of answers that cannot be used: a code of `SET_ASIDE_REASONS` with its values."""

    place: Place
    code: str
    values: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why, in the words of problem lines; documents have their own."""
        return SET_ASIDE_REASONS[self.code].format(*self.values)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the tables of answers are written: which column holds what, and which words stand for a score or for none."""

    respondent: str = ""
    group: str = ""
    comment: str = ""
    questions: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, int] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    encoding: str = "utf-8"
    delimiter: str = ","

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        single = (self.respondent, self.group, self.comment)
        return (*(one for one in single if one), *self.questions.values(), *self.comments.values())


@dataclass(frozen=True, slots=True)
class Round:
    """One time that the questions were asked; `invited` counts the people who could answer.

    `index` is its position in the source, where rounds may stand in any order. A round that names neither answers nor
    a `file` with them is planned. `sha256` is the digest of the file.
    """

    index: int
    opens: date
    closes: date
    invited: int
    held: bool
    file: str
    analysis: tuple[Text, ...]
    suggestions: tuple[Text, ...]
    answers: tuple[Answer, ...] = field(default=(), repr=False)
    set_aside: tuple[AnswerSetAside, ...] = ()
    sha256: str = ""

    @property
    def month(self) -> Month:
        """The month that it closes in, which names it within its series."""
        return Month(self.closes.year, self.closes.month)

    @property
    def returned(self) -> int:
        """Answers that came back, usable or not."""
        return len(self.answers) + len(self.set_aside)


@dataclass(frozen=True, slots=True)
class Survey:
    """A series of rounds about the services of one SLA, in the order in which they close.

    `overall` is the question that asks for everything at once; without one, a respondent's overall score is the mean of
    the scores that they gave.
    """

    id: str
    title: Text
    agreement: str
    purpose: Text
    audience: Text
    method: Text
    scale: Scale
    questions: tuple[Question, ...]
    overall: str
    rounds: tuple[Round, ...]
    layout: Layout | None
    source: Source = field(repr=False)

    @property
    def held(self) -> tuple[Round, ...]:
        """The rounds that were answered."""
        return tuple(one for one in self.rounds if one.held)

    @property
    def services(self) -> tuple[str, ...]:
        """The services that questions are about."""
        return tuple(dict.fromkeys(one.service for one in self.questions if one.service))

    def about(self, service: str) -> tuple[str, ...]:
        """The questions about a service."""
        return tuple(one.id for one in self.questions if one.service == service)

    def score(self, answer: Answer, questions: Iterable[str]) -> Fraction | None:
        """The mean of the scores that a respondent gave to those questions; None where they gave none."""
        given = [answer.scores[one] for one in questions if one in answer.scores]
        return Fraction(sum(given), len(given)) if given else None

    def overall_score(self, answer: Answer) -> Fraction | None:
        """What a respondent thinks of everything."""
        return self.score(answer, (self.overall,) if self.overall else (one.id for one in self.questions))

    def asked_for(self, answer: Answer, question: str) -> Fraction | None:
        """The score that a target is about: that of a question, or the overall one where none is named."""
        return self.score(answer, (question,)) if question else self.overall_score(answer)
