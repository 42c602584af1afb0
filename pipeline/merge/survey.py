"""What a satisfaction report template may see; the same value is written beside the report as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.merge.blocks import AgreementRef, PartyBlock
from pipeline.merge.report import SetAsideRow, SourceRow


@dataclass(frozen=True, slots=True)
class CountCell:
    """A score (a mean of several questions may lie between two) and how many gave it."""

    score: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class CountRow:
    """How many people gave each score of the scale to one question, the worst first."""

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RoundPoint:
    """The mean of one round, with the ends of its interval; None where nobody answered, or no interval can be told."""

    month: str
    value: Decimal | None
    shown: str
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The figures of a subject: `overall`, a `service`, a `question`, or a `group` of respondents.

    `low` and `high` are the ends of the mean's interval, `share` is the percentage of `satisfied` among `n`. `change`
    is the difference of the means to the round before. `history` is by round, `note` the question behind a service.
    """

    subject: str
    id: str
    service: str
    label: str
    note: str
    n: int
    mean: Decimal | None
    mean_shown: str
    low: Decimal | None
    high: Decimal | None
    interval_shown: str
    satisfied: int
    neutral: int
    dissatisfied: int
    share: Decimal | None
    share_shown: str
    share_low: Decimal | None
    share_high: Decimal | None
    share_interval_shown: str
    counts: tuple[CountCell, ...]
    change: Decimal | None = None
    change_shown: str = ""
    history: tuple[RoundPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One round's sample: who was invited, what came back, what could be used."""

    month: str
    period: str
    invited: int
    returned: int
    set_aside: int
    answered: int
    response: Decimal
    response_shown: str


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator and its formula; `source` is the literature."""

    name: str
    formula: str
    source: str


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A target of the agreement that this survey measures."""

    target: str
    service_name: str
    asked: str
    goal: Decimal
    goal_shown: str
    value: Decimal | None
    value_shown: str
    status: str
    status_label: str


@dataclass(frozen=True, slots=True)
class CommentRow:
    """What somebody wrote, word for word; `mood` is that of the score given (empty where none was)."""

    mood: str
    mood_label: str
    score_shown: str
    words: str


@dataclass(frozen=True, slots=True)
class CommentBlock:
    """The comments on one question, or on everything, low scores first."""

    title: str
    comments: tuple[CommentRow, ...]


@dataclass(frozen=True, slots=True)
class SurveyContext:
    """A satisfaction report on one round of a series.

    `rows` are the overall score, then questions and services in the order asked; `distribution` those of them that are
    one question, by the scores (`steps`) of the scale. `groups` is empty where telling them
    apart could show what a few people said. `small` and `census` tell what the sample is worth.
    """

    language: str
    title: str
    number: str
    survey: str
    name: str
    round: str
    month: str
    agreement: AgreementRef
    provider: PartyBlock
    customer: PartyBlock
    purpose: str
    period: str
    audience: str
    method: str
    prepared_by: str
    approved_by: str
    headline: str
    least: int
    most: int
    satisfied_from: int
    dissatisfied_to: int
    scale: str
    sample: SampleRow
    samples: tuple[SampleRow, ...]
    small: bool
    census: bool
    overall: ScoreRow
    rows: tuple[ScoreRow, ...]
    steps: tuple[int, ...]
    distribution: tuple[CountRow, ...]
    highest: str
    lowest: str
    groups: tuple[ScoreRow, ...]
    smallest_group: int
    goals: tuple[GoalRow, ...]
    indicators: tuple[IndicatorRow, ...]
    comments: tuple[CommentBlock, ...]
    analysis: tuple[str, ...]
    suggestions: tuple[str, ...]
    set_aside: tuple[SetAsideRow, ...]
    sources: tuple[SourceRow, ...]
    records_keeper: str
    retention_years: int
