"""Answers to surveys from tables: a respondent a row; what cannot be used is set aside with place and reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.confined import leads_inside
from pipeline.load.characters import UNSEEN, Glyphs, name, printable
from pipeline.load.formats import FORMATS, format_of
from pipeline.load.formats.table import Layout as TableLayout
from pipeline.load.formats.table import Table, Unreadable
from pipeline.load.rows import Unusable
from pipeline.model.surveys import Answer, AnswerSetAside, Layout, Round, Survey
from pipeline.problems import Place, Problem, did_you_mean, error, warning

FOLDER = "surveys"
_SCORE = re.compile(r"[+-]?[0-9]{1,6}(?:[.,]0{1,6})?")


def read_answers(
    folder: Path, surveys: Mapping[str, Survey], glyphs: Glyphs
) -> tuple[Mapping[str, Survey], tuple[Problem, ...]]:
    """The surveys with the answers of their files, rounds in order of time; files that no round names are reported."""
    problems: list[Problem] = []
    found = {identifier: _completed(folder, survey, glyphs, problems) for identifier, survey in surveys.items()}
    named = {f"{FOLDER}/{one.file}" for survey in surveys.values() for one in survey.rounds}
    for path in sorted((folder / FOLDER).glob("[!.]*")):
        name_ = f"{FOLDER}/{path.name}"
        if path.suffix.lower() not in {".yaml", ".yml"} and name_ not in named:
            message, hint = "no round of a survey names this file", "write it as file: of a round, or take it away"
            problems.append(warning(Place(f"sources/{name_}"), "answers-unused", message, hint))
    return found, tuple(problems)


def answers_set_aside(surveys: Mapping[str, Survey]) -> tuple[Problem, ...]:
    """A warning for each answer that cannot be used."""
    aside = [found for survey in surveys.values() for held in survey.rounds for found in held.set_aside]
    return tuple(warning(found.place, "set-aside", f"set aside: {found.reason}") for found in aside)


def _completed(folder: Path, survey: Survey, glyphs: Glyphs, problems: list[Problem]) -> Survey:
    rounds = [_Reader(folder, survey, glyphs, problems).read(one) if one.file else one for one in survey.rounds]
    return replace(survey, rounds=tuple(sorted(rounds, key=lambda one: one.closes)))


def _of_round(survey: Survey, held: Round) -> Layout | None:
    """The columns of what that round asked."""
    later = {question.id for question in survey.questions if not question.asked_in(held)}
    layout = survey.layout
    return layout and replace(
        layout,
        questions={question: column for question, column in layout.questions.items() if question not in later},
        comments={question: column for question, column in layout.comments.items() if question not in later},
    )


@dataclass(slots=True)
class _Reader:
    """Reads the file of one round."""

    folder: Path
    survey: Survey
    glyphs: Glyphs
    problems: list[Problem]

    def read(self, one: Round) -> Round:
        """The round with its answers; with a problem where the file cannot be read."""
        path, file = self.folder / FOLDER / one.file, f"sources/{FOLDER}/{one.file}"
        place = self.survey.source.at("rounds", one.index, "file")
        layout = _of_round(self.survey, one)
        if layout is None:
            message = "a file of answers needs table: which column holds what"
            self.problems.append(error(place, "missing-key", message, "add table: {questions: {…: …}}"))
            return one
        if not path.is_file():
            known = [found.name for found in (self.folder / FOLDER).glob("[!.]*")]
            hint = did_you_mean(one.file, known)
            self.problems.append(error(place, "no-answers", f"there is no file {file}", hint))
            return one
        if not leads_inside(path, self.folder):
            self.problems.append(error(place, "outside-link", "the link leads outside of the sources"))
            return one
        content = path.read_bytes()
        wanted = TableLayout(encoding=layout.encoding, delimiter=layout.delimiter, columns=layout.columns)
        answers: list[Answer] = []
        aside: list[AnswerSetAside] = []
        try:
            table = FORMATS[format_of(one.file)].open(path, wanted)
            positions = self._positions(table, layout, file)
            for row in self._rows(table, layout, positions, file) if positions is not None else ():
                try:
                    answers.append(row.answer(self.survey))
                except Unusable as why:
                    values = tuple(printable(value, self.glyphs) for value in why.values)
                    aside.append(AnswerSetAside(row.place(why.field), why.code, values))
        except Unreadable as mistake:
            hint = mistake.hint.replace("{profile}", self.survey.source.file)
            where = Place(file, mistake.line, mistake.column)
            self.problems.append(error(where, mistake.code, mistake.message, hint))
            return one
        digest = hashlib.sha256(content).hexdigest()
        return replace(one, file=file, answers=tuple(answers), set_aside=tuple(aside), sha256=digest)

    def _positions(self, table: Table, layout: Layout, file: str) -> Mapping[str, int] | None:
        """Column -> its place in a row; None, with problems, where one is missing or there twice."""
        mistakes = []
        for column in dict.fromkeys(layout.columns):
            if column not in table.header:
                hint = did_you_mean(column, table.header)
                message = f"the column {column!r} is missing"
                mistakes.append(error(Place(file, table.header_line), "column-missing", message, hint))
            elif table.header.count(column) > 1:
                second = table.header.index(column, table.header.index(column) + 1) + 1
                message = f"the column {column!r} appears twice"
                mistakes.append(error(Place(file, table.header_line, second), "column-twice", message))
        self.problems += mistakes
        return None if mistakes else {column: table.header.index(column) for column in layout.columns}

    def _rows(self, table: Table, layout: Layout, positions: Mapping[str, int], file: str) -> Iterator[_Row]:
        """The rows that say anything."""
        seen: dict[str, int] = {}
        for line, cells in table.rows:
            if any(cell.strip() for cell in cells):
                yield _Row(layout, positions, file, line, cells, len(table.header), self.glyphs, self.problems, seen)


@dataclass(frozen=True, slots=True)
class _Row:
    """The answers of one respondent; `seen` are the lines of those who answered before."""

    layout: Layout
    positions: Mapping[str, int]
    file: str
    line: int
    cells: Sequence[str]
    width: int
    glyphs: Glyphs
    problems: list[Problem]
    seen: dict[str, int]

    def answer(self, survey: Survey) -> Answer:
        """What was answered; Unusable where the row cannot be relied on."""
        layout = self.layout
        if len(self.cells) != self.width:
            raise Unusable("cells", "", str(len(self.cells)), str(self.width))
        scores = {
            question: score
            for question, column in layout.questions.items()
            if (score := self._score(column, survey)) is not None
        }
        written = {question: self._text(column) for question, column in layout.comments.items()}
        if layout.comment:
            written[""] = self._text(layout.comment)
        comments = {question: words for question, words in written.items() if words}
        if not scores and not comments:
            raise Unusable("no-answer", next(iter(layout.questions.values()), ""))
        self._once()
        return Answer(scores, self._text(layout.group) if layout.group else "", comments)

    def place(self, column: str) -> Place:
        """Where the cell of a column is."""
        return Place(self.file, self.line, self.positions.get(column, 0) + 1)

    def _once(self) -> None:
        """Nobody answers twice; who it was is not said."""
        respondent = self._cell(self.layout.respondent) if self.layout.respondent else ""
        if not respondent:
            return
        first = self.seen.setdefault(respondent, self.line)
        if first != self.line:
            raise Unusable("twice", self.layout.respondent, self.layout.respondent, f"{self.file}:{first}")

    def _cell(self, column: str) -> str:
        cell = self.cells[self.positions[column]].strip()
        return "" if cell in self.layout.missing else cell

    def _score(self, column: str, survey: Survey) -> int | None:
        cell, scale = self._cell(column), survey.scale
        if not cell:
            return None
        if cell in self.layout.values:
            return self.layout.values[cell]
        if _SCORE.fullmatch(cell) is None:
            raise Unusable("number", column, column, cell, f"{scale.least} … {scale.most}")
        score = int(re.split("[.,]", cell)[0])
        if not scale.least <= score <= scale.most:
            raise Unusable("scale", column, column, cell, f"{scale.least} – {scale.most}")
        return score

    def _text(self, column: str) -> str:
        """A text to print: characters that documents cannot carry are taken out or named, with a warning."""
        cell = self._cell(column)
        illegal = sorted({name(character) for character in UNSEEN.findall(cell)})
        if illegal:
            message = f"illegal character {', '.join(illegal)} taken out of {column}"
            self.problems.append(warning(self.place(column), "control-character", message))
        for character in self.glyphs(UNSEEN.sub("", cell)):
            message = f"no font of the documents has {character}; printed as [{name(character)}]"
            self.problems.append(warning(self.place(column), "no-glyph", message))
        return printable(cell, self.glyphs)
