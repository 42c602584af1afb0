"""Figures of surveys against plain counts, and what groups and comments must not give away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.surveys import DISSATISFIED, NEUTRAL, SATISFIED, comments, groups, mood, outcome
from pipeline.model.quantities import Text
from pipeline.model.surveys import Answer, Question, Round, Scale, Survey
from tests.builders import SOURCE

QUESTIONS = (
    Question("overall", Text("All in all?"), ""),
    Question("reach", Text("Reachable?"), "desk"),
    Question("solve", Text("Solved?"), "desk"),
    Question("wires", Text("Network?"), "network", date(2026, 6, 1)),
)
ANSWERS = st.builds(
    Answer,
    scores=st.dictionaries(st.sampled_from([one.id for one in QUESTIONS]), st.integers(1, 5)),
    group=st.sampled_from(["", "Yard", "Office", "Ships", "Tower"]),
)


def held(answers: Sequence[Answer], invited: int = 100, opens: date = date(2026, 6, 1)) -> Round:
    return Round(0, opens, date(2026, 6, 30), invited, True, "", (), (), tuple(answers))


def survey(one: Round, overall: str = "overall") -> Survey:
    name = Text("Survey")
    return Survey("yard", name, "sla", name, name, name, Scale(1, 5, 4), QUESTIONS, overall, (one,), None, SOURCE)


@given(st.lists(ANSWERS, max_size=40), st.booleans())
def test_every_figure_is_that_of_a_plain_count(answers: list[Answer], asked: bool) -> None:
    found = outcome(survey(one := held(answers), "overall" if asked else ""), one)
    if asked:
        plain = [Fraction(answer.scores["overall"]) for answer in answers if "overall" in answer.scores]
    else:
        plain = [Fraction(sum(every), len(every)) for answer in answers if (every := list(answer.scores.values()))]
    assert found.overall.n == len(plain)
    assert found.overall.mean == (sum(plain) / len(plain) if plain else None)
    assert found.overall.satisfied == sum(score >= 4 for score in plain)
    assert found.overall.dissatisfied == sum(score <= 2 for score in plain)
    assert found.overall.satisfied + found.overall.neutral + found.overall.dissatisfied == len(plain)
    assert dict(found.overall.counts) == Counter(plain)
    desk = found.item("service", "desk")
    given_there = [[answer.scores[key] for key in ("reach", "solve") if key in answer.scores] for answer in answers]
    means = [Fraction(sum(scores), len(scores)) for scores in given_there if scores]
    assert desk is not None
    assert desk.figures.mean == (sum(means) / len(means) if means else None)
    assert found.response == Fraction(len(answers))


def test_a_question_that_was_asked_later_has_no_figures_before() -> None:
    early = held([Answer({"overall": 4})], opens=date(2026, 5, 31))
    found = outcome(survey(early), early)
    assert [one.id for one in found.items] == ["desk", "reach", "solve"]
    late = held([Answer({"wires": 4})])
    assert [one.id for one in outcome(survey(late), late).items][-2:] == ["network", "wires"]


@given(st.lists(ANSWERS, max_size=60), st.integers(3, 8))
def test_no_group_and_no_difference_between_groups_tells_what_a_few_said(answers: list[Answer], smallest: int) -> None:
    one = held(answers)
    shown = groups(survey(one), one, smallest)
    whole = outcome(survey(one), one).overall
    if not shown:
        return
    assert len(shown) > 1
    assert all(group.figures.n >= smallest for group in shown)
    assert sum(group.figures.n for group in shown) == whole.n
    total = sum((group.figures.mean or Fraction(0)) * group.figures.n for group in shown)
    assert whole.mean is not None
    assert total == whole.mean * whole.n


def people(**sizes: int) -> list[Answer]:
    return [
        Answer({"overall": 4}, "" if name == "nobody" else name) for name, size in sizes.items() for _ in range(size)
    ]


def test_small_groups_are_put_together_and_take_a_larger_one_along_where_they_must() -> None:
    def shown(**sizes: int) -> list[tuple[str, int]]:
        one = held(people(**sizes))
        return [(group.name, group.figures.n) for group in groups(survey(one), one, 5)]

    assert shown(Yard=12, Office=9, Ships=5) == [("Yard", 12), ("Office", 9), ("Ships", 5)]
    assert shown(Yard=12, Office=9, Ships=3, Tower=2) == [("Yard", 12), ("Office", 9), ("", 5)]
    assert shown(Yard=12, Office=9, Ships=3) == [("Yard", 12), ("", 12)]
    assert shown(Yard=12, nobody=2) == []
    assert shown(Yard=12, nobody=6) == [("Yard", 12), ("", 6)]
    assert shown(Yard=4, Office=4) == []
    assert shown(Yard=20) == []
    assert shown(nobody=20) == []


def test_comments_are_in_the_order_asked_low_scores_first_and_say_nothing_of_who_wrote_them() -> None:
    one = held(
        [
            Answer({"overall": 5, "reach": 5}, "Yard", {"": "Thank you", "reach": "At once"}),
            Answer({"overall": 1, "reach": 2}, "Office", {"reach": "Nobody answers", "": "Bad"}),
            Answer({"reach": 3}, "Ships", {"reach": "So-so", "": "No idea"}),
            Answer({"reach": 2}, "Ships", {"reach": "Busy"}),
        ]
    )
    told = [(found.question, found.mood, found.words) for found in comments(survey(one), one)]
    assert told == [
        ("reach", DISSATISFIED, "Busy"),
        ("reach", DISSATISFIED, "Nobody answers"),
        ("reach", NEUTRAL, "So-so"),
        ("reach", SATISFIED, "At once"),
        ("", DISSATISFIED, "Bad"),
        ("", SATISFIED, "Thank you"),
        ("", "", "No idea"),
    ]


def test_the_mood_of_a_score_mirrors_the_satisfied_end_of_the_scale() -> None:
    ten = Scale(0, 10, 8)
    moods = [mood(ten, Fraction(score)) for score in range(11)]
    assert moods == [DISSATISFIED] * 3 + [NEUTRAL] * 5 + [SATISFIED] * 3
    assert mood(Scale(1, 5, 4), Fraction(7, 2)) == NEUTRAL
