"""What customers said in the last rounds of their surveys, for service reports and reviews."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.merge.report import SatisfactionRow
from pipeline.merge.surveying import survey_context
from pipeline.merge.words import Words
from pipeline.model.portfolio import Portfolio


def satisfaction(portfolio: Portfolio, agreement: str, until: date, words: Words) -> Iterator[SatisfactionRow]:
    """The last round held of every survey on an agreement, up to that day."""
    for survey in portfolio.surveys.values():
        held = [one for one in survey.held if one.closes <= until]
        if survey.agreement != agreement or not held:
            continue
        told = survey_context(portfolio, survey, held[-1], words)
        yield SatisfactionRow(
            survey=survey.id,
            name=told.name,
            number=told.number,
            period=told.period,
            answered=told.sample.answered,
            invited=told.sample.invited,
            mean=told.overall.mean,
            mean_shown=words.label("satisfaction.mean", mean=told.overall.mean_shown, most=told.most),
            interval_shown=told.overall.interval_shown,
            share_shown=told.overall.share_shown,
            change_shown=told.overall.change_shown,
            highest=told.highest,
            lowest=told.lowest,
            suggestions=told.suggestions,
        )
