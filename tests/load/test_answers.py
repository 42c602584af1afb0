"""Answers from tables: what is used, what is set aside and why, and what makes a file unusable."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline.load.answers import answers_set_aside, read_answers
from pipeline.load.characters import UNSEEN, all_covered
from pipeline.load.kinds import KINDS
from pipeline.load.marked_yaml import parse
from pipeline.load.validate import validate
from pipeline.model.surveys import Answer, Survey
from pipeline.problems import Problem

YAML = """\
kind: survey
id: yard
title: Yard
agreement: sla-bay
purpose: To know
audience: All
method: On paper
scale: {from: 1, to: 5}
questions:
  - {id: all, text: All in all}
  - {id: desk, text: Desk, service: app-support, since: 2026-01-01}
table:
  respondent: No
  group: Team
  comment: Remarks
  questions: {all: Q1, desk: Q2}
  comments: {desk: Why}
  values: {good: 4}
rounds:
  - {opens: 2026-06-01, closes: 2026-06-30, invited: 20, file: june.csv}
"""
HEADER = "No,Name,Team,Q1,Q2,Why,Remarks\n"


def survey_of(text: str) -> Survey:
    value, source, problems = parse(text.encode(), "sources/surveys/yard.yaml", all_covered)
    assert (*problems, *validate(value, source)) == ()
    found = KINDS["survey"].read(value, source)
    assert isinstance(found, Survey)
    return found


def read(
    tmp_path: Path, rows: str | bytes, text: str = YAML, name: str = "june.csv"
) -> tuple[Survey, tuple[Problem, ...]]:
    (tmp_path / "surveys").mkdir(exist_ok=True)
    content = rows if isinstance(rows, bytes) else rows.encode()
    (tmp_path / "surveys" / name).write_bytes(content)
    found, problems = read_answers(tmp_path, {"yard": survey_of(text)}, all_covered)
    return found["yard"], problems + answers_set_aside(found)


def lines(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem) for problem in problems]


def test_scores_are_numbers_or_words_that_stand_for_them_and_may_be_missing(tmp_path: Path) -> None:
    found, problems = read(tmp_path, HEADER + '1,Ann,Yard,5,good,"quick, kind",\n2,Bob,,4.0,N/A,,Thanks\n')
    (june,) = found.rounds
    assert problems == ()
    assert june.answers == (
        Answer({"all": 5, "desk": 4}, "Yard", {"desk": "quick, kind"}),
        Answer({"all": 4}, "", {"": "Thanks"}),
    )
    assert (june.file, len(june.sha256), june.returned) == ("sources/surveys/june.csv", 64, 2)
    assert "Ann" not in repr(june.answers)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("3,,,6,4,,", "2:4: warning: set aside: Q1 is '6'; scores are 1 – 5"),
        ("3,,,4,0,,", "2:5: warning: set aside: Q2 is '0'; scores are 1 – 5"),
        ("3,,,4.5,4,,", "2:4: warning: set aside: Q1 is '4.5'; write 1 … 5"),
        ("3,,,very,4,,", "2:4: warning: set aside: Q1 is 'very'; write 1 … 5"),
        ("3,,Yard,,,,", "2:4: warning: set aside: no question is answered"),
        ("3,,,4,4,,,,", "2:1: warning: set aside: the row has 9 cells, the header 7"),
    ],
)
def test_a_row_that_cannot_be_relied_on_is_set_aside_with_its_place(tmp_path: Path, row: str, line: str) -> None:
    found, problems = read(tmp_path, f"{HEADER}{row}\n4,,,5,5,,\n")
    (june,) = found.rounds
    assert lines(problems) == [f"sources/surveys/june.csv:{line}"]
    assert (len(june.answers), len(june.set_aside), june.returned) == (1, 1, 2)


def test_nobody_answers_twice_and_the_message_does_not_say_who(tmp_path: Path) -> None:
    found, problems = read(tmp_path, HEADER + "17,,,5,5,,\n18,,,4,4,,\n17,,,1,1,,\n,,,3,3,,\n,,,2,2,,\n")
    assert [answer.scores["all"] for answer in found.rounds[0].answers] == [5, 4, 3, 2]
    place = "sources/surveys/june.csv"
    assert lines(problems) == [f"{place}:4:1: warning: set aside: No appears twice, first at {place}:2"]


def test_empty_rows_say_nothing(tmp_path: Path) -> None:
    found, problems = read(tmp_path, HEADER + "1,,,5,5,,\n,,,,,,\n\n2,,,4,4,,\n")
    assert (len(found.rounds[0].answers), found.rounds[0].returned, problems) == (2, 2, ())


def test_characters_that_no_document_can_carry_are_taken_out_and_told(tmp_path: Path) -> None:
    found, problems = read(tmp_path, HEADER + "1,,,5,5,,a\u202eb\n")
    assert found.rounds[0].answers[0].comments == {"": "ab"}
    assert not UNSEEN.search(repr(found.rounds[0].answers[0].comments[""]))
    assert lines(problems) == ["sources/surveys/june.csv:2:7: warning: illegal character U+202E taken out of Remarks"]


def test_a_column_of_a_question_asked_later_may_be_missing(tmp_path: Path) -> None:
    early = YAML.replace("2026-06-01, closes: 2026-06-30", "2025-06-01, closes: 2025-06-30")
    found, problems = read(tmp_path, "No,Team,Q1,Remarks\n1,Yard,4,\n", early)
    assert (found.rounds[0].answers, problems) == ((Answer({"all": 4}, "Yard"),), ())


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            "No,Team,Q1,Why,Remarks\n",
            "june.csv:1:1: error: the column 'Q2' is missing; known: No, Q1, Remarks, Team, Why",
        ),
        ("No,Team,Q1,Q1,Q2,Why,Remarks\n", "june.csv:1:4: error: the column 'Q1' appears twice"),
        (
            (HEADER + "1,,码头,5,5,,\n").encode("gbk"),
            (
                "june.csv:2:4: error: the file is not UTF-8; write its encoding into sources/surveys/yard.yaml, "
                "for example encoding: gb18030"
            ),
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_with_its_place(tmp_path: Path, content: str | bytes, line: str) -> None:
    found, problems = read(tmp_path, content)
    assert lines(problems) == [f"sources/surveys/{line}"]
    assert found.rounds[0].answers == ()


def test_other_encodings_delimiters_and_workbooks_are_read_too(tmp_path: Path) -> None:
    german = YAML.replace("  values:", '  encoding: gbk\n  delimiter: ";"\n  values:')
    rows = (HEADER + "1,,码头,5,4,,\n").replace(",", ";").encode("gbk")
    found, problems = read(tmp_path, rows, german)
    assert (found.rounds[0].answers, problems) == ((Answer({"all": 5, "desk": 4}, "码头"),), ())
    (tmp_path / "surveys" / "june.csv").unlink()
    book = openpyxl.Workbook()
    sheet = book.create_sheet("answers", 0)
    for row in (HEADER.strip().split(","), [1, "Ann", "Yard", 5, 4, None, "Fine"]):
        sheet.append(row)
    book.save(tmp_path / "june.xlsx")
    content = (tmp_path / "june.xlsx").read_bytes()
    found, problems = read(tmp_path, content, YAML.replace("june.csv", "june.xlsx"), "june.xlsx")
    assert found.rounds[0].answers == (Answer({"all": 5, "desk": 4}, "Yard", {"": "Fine"}),)
    assert problems == ()


def test_files_that_are_missing_unnamed_or_without_a_table_are_told(tmp_path: Path) -> None:
    _, problems = read(tmp_path, HEADER, YAML.replace("june.csv", "jun.csv"))
    assert lines(problems) == [
        "sources/surveys/yard.yaml:20:64: error: there is no file sources/surveys/jun.csv; did you mean 'june.csv'?",
        (
            "sources/surveys/june.csv:1:1: warning: no round of a survey names this file; "
            "write it as file: of a round, or take it away"
        ),
    ]
    start, stop = YAML.index("table:"), YAML.index("rounds:")
    _, problems = read(tmp_path, HEADER, YAML[:start] + YAML[stop:])
    assert lines(problems) == [
        (
            "sources/surveys/yard.yaml:13:64: error: a file of answers needs table: which column holds what; "
            "add table: {questions: {…: …}}"
        )
    ]


def test_a_link_that_leads_outside_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_text(HEADER + "1,,,5,5,,\n", "utf-8")
    sources = tmp_path / "sources"
    (sources / "surveys").mkdir(parents=True)
    (sources / "surveys" / "june.csv").symlink_to(tmp_path / "elsewhere.csv")
    found, problems = read_answers(sources, {"yard": survey_of(YAML)}, all_covered)
    assert found["yard"].rounds[0].answers == ()
    assert [problem.code for problem in problems] == ["outside-link"]


def test_rounds_are_put_in_order_of_time(tmp_path: Path) -> None:
    text = YAML + "  - {opens: 2026-01-05, closes: 2026-01-20, invited: 9, answers: [{scores: {all: 3}}]}\n"
    text += "  - {opens: 2026-12-01, closes: 2026-12-20, invited: 9}\n"
    found, _ = read(tmp_path, HEADER + "1,,,5,5,,\n", text)
    assert [str(one.month) for one in found.rounds] == ["2026-01", "2026-06", "2026-12"]
    assert [str(one.month) for one in found.held] == ["2026-01", "2026-06"]
