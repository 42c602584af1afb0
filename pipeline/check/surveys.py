"""Surveys: their scale, their rounds, the answers written into them, and the targets that are measured by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.model.agreements import Agreement
from pipeline.model.catalog import Target
from pipeline.model.portfolio import Portfolio
from pipeline.model.source import Path, Source
from pipeline.model.surveys import Round, Survey
from pipeline.problems import Problem, did_you_mean, error, warning

MOST_STEPS = 10
"""From 0 to 10 is the finest scale that anybody answers; a table has a column for each score."""


def check_surveys(portfolio: Portfolio) -> tuple[Problem, ...]:
    """What neither a schema nor a reference can tell."""
    problems: list[Problem] = []
    for survey in portfolio.surveys.values():
        problems += _scale(survey)
        problems += _columns(survey)
        problems += _services(survey, portfolio)
        problems += _rounds(survey)
        for held in survey.rounds:
            problems += _round(survey, held)
            problems += _few(survey, held, portfolio.policy.smallest_group)
    for versions in portfolio.agreements.values():
        for agreement in versions:
            for index, terms in enumerate(agreement.services):
                problems += _promised(agreement, ("services", index, "targets"), terms.targets, portfolio)
    for service in portfolio.services.values():
        for index, level in enumerate(service.levels):
            problems += _offered(service.source, ("levels", index, "targets"), level.targets)
    for requirement in portfolio.requirements.values():
        for index, item in enumerate(requirement.items):
            problems += _offered(requirement.source, ("items", index, "targets"), item.targets)
    return tuple(problems)


def _scale(survey: Survey) -> Iterator[Problem]:
    scale, source = survey.scale, survey.source
    if not 0 <= scale.least < scale.most <= scale.least + MOST_STEPS:
        message = f"a scale from {scale.least} to {scale.most} cannot be reported on"
        hint = f"write two whole numbers of 0 or more that lie at most {MOST_STEPS} apart, the worst score first"
        yield error(source.at("scale"), "survey-scale", message, hint)
    elif not scale.least + scale.most < 2 * scale.satisfied <= 2 * scale.most:
        message = f"who gives {scale.satisfied} of {scale.most} cannot be called satisfied"
        yield error(source.at("scale", "satisfied"), "survey-scale", message, "write a score above the middle")


def _columns(survey: Survey) -> Iterator[Problem]:
    """Every question has a column, and every word that stands for a score one of the scale."""
    layout, source, scale = survey.layout, survey.source, survey.scale
    if layout is None:
        return
    for index, question in enumerate(survey.questions):
        if question.id not in layout.questions:
            message = f"table: no column holds the scores of {question.id!r}"
            hint = f"add {question.id}: … to questions: of table:"
            yield error(source.at("questions", index, "id"), "survey-column", message, hint)
    for written, score in layout.values.items():
        if not scale.least <= score <= scale.most:
            message = f"{written!r} stands for {score}; scores are {scale.least} to {scale.most}"
            yield error(source.at("table", "values", written), "survey-score", message)


def _services(survey: Survey, portfolio: Portfolio) -> Iterator[Problem]:
    """Questions are about services that the agreement ever covered."""
    versions = portfolio.agreements.get(survey.agreement, ())
    covered = {terms.service for version in versions for terms in version.services}
    for index, question in enumerate(survey.questions):
        if versions and question.service in portfolio.services and question.service not in covered:
            message = f"{survey.agreement} does not cover {question.service}"
            hint = did_you_mean(question.service, covered)
            yield error(survey.source.at("questions", index, "service"), "survey-service", message, hint)


def _rounds(survey: Survey) -> Iterator[Problem]:
    """A round is named after the month that it closes in."""
    months: dict[object, Round] = {}
    files: dict[str, Round] = {}
    for one in sorted(survey.rounds, key=lambda found: found.index):
        if months.setdefault(one.month, one) is not one:
            message = f"another round of {survey.id} closes in {one.month} too"
            yield error(
                survey.source.at("rounds", one.index, "closes"), "survey-round", message, "put the two together"
            )
        if one.file and files.setdefault(one.file, one) is not one:
            message = "another round has the same file"
            yield error(survey.source.at("rounds", one.index, "file"), "survey-round", message)


def _round(survey: Survey, held: Round) -> Iterator[Problem]:
    source, path = survey.source, ("rounds", held.index)
    if held.closes < held.opens:
        message = f"the round closes on {held.closes}, before it opens on {held.opens}"
        yield error(source.at(*path, "closes"), "survey-dates", message, "exchange the two, or correct one")
    if held.returned > held.invited:
        message = f"{held.returned} answered, but only {held.invited} were invited"
        yield error(source.at(*path, "invited"), "survey-invited", message, "correct invited, or take repetitions out")
    if (path[0], held.index, "file") in source.marks and (path[0], held.index, "answers") in source.marks:
        message = "a round has either a file of answers or answers"
        yield error(source.at(*path, "file"), "survey-round", message, "keep one of the two")
    if held.held and not held.answers:
        message = "there is not one usable answer"
        yield warning(source.at(*path), "survey-empty", message, "take answers and file out while the round is planned")
    yield from _written(survey, held)


def _few(survey: Survey, held: Round, smallest: int) -> Iterator[Problem]:
    """A round is a group too: of one that few answered, the whole report tells what each of them said."""
    if 0 < len(held.answers) < smallest:
        message = f"only {len(held.answers)} answered; of fewer than {smallest}, a reader can tell who said what"
        hint = "leave the answers out until more have come in, or ask those who answered"
        yield warning(survey.source.at("rounds", held.index), "survey-few", message, hint)


def _written(survey: Survey, held: Round) -> Iterator[Problem]:
    """The answers that stand in the source itself."""
    source, path, scale = survey.source, ("rounds", held.index), survey.scale
    questions = [one.id for one in survey.questions]
    for index, answer in enumerate(held.answers if not held.file else ()):
        where = (*path, "answers", index)
        for question, score in answer.scores.items():
            if question not in questions:
                hint = did_you_mean(question, questions)
                place = source.at(*where, "scores", question, "@key")
                yield error(place, "unknown-id", f"unknown question {question!r}", hint)
            elif not scale.least <= score <= scale.most:
                message = f"{question}: {score} is off the scale"
                hint = f"write a whole number from {scale.least} to {scale.most}"
                yield error(source.at(*where, "scores", question), "survey-score", message, hint)
        for question in answer.comments:
            if question and question not in questions:
                place = source.at(*where, "comments", question, "@key")
                hint = did_you_mean(question, questions)
                yield error(place, "unknown-id", f"unknown question {question!r}", hint)


def _promised(agreement: Agreement, path: Path, targets: Sequence[Target], portfolio: Portfolio) -> Iterator[Problem]:
    """A target is measured by a survey of the same SLA, and its goal lies on the scale."""
    for index, target in enumerate(targets):
        survey = portfolio.surveys.get(target.survey)
        if survey is None:
            continue
        if survey.agreement != agreement.id:
            message = f"the survey {survey.id} is about {survey.agreement}"
            hint = did_you_mean(
                survey.id, [one.id for one in portfolio.surveys.values() if one.agreement == agreement.id]
            )
            yield error(agreement.source.at(*path, index, "survey"), "survey-agreement", message, hint)
        elif not survey.scale.least <= target.goal <= survey.scale.most:
            message = f"goal: {target.goal_text} is off the scale of {survey.id}"
            hint = f"write a number from {survey.scale.least} to {survey.scale.most}"
            yield error(agreement.source.at(*path, index, "goal"), "target-goal", message, hint)


def _offered(source: Source, path: Path, targets: Sequence[Target]) -> Iterator[Problem]:
    """Surveys are those of a customer: no level on offer and no wish can name one."""
    for index, target in enumerate(targets):
        if target.survey:
            message = "only a target of an agreement can name a survey"
            yield error(source.at(*path, index, "survey"), "target-excess", message, "take it out")
