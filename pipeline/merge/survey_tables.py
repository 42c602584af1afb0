"""The figures behind a satisfaction report as sheets: enough to work every mean, share and interval out again."""

from __future__ import annotations

from pipeline.merge.survey import ScoreRow, SurveyContext
from pipeline.merge.tables import Cell, Table, sheet
from pipeline.merge.words import Words

_FIGURES = (
    "item", "question", "answers", "mean", "mean_low", "mean_high", "satisfied_count", "share", "share_low",
    "share_high", "change",
)  # fmt: skip


def survey_tables(context: SurveyContext, words: Words) -> tuple[Table, ...]:
    """Rounds, figures, how often each score was given, groups, comments, and rows set aside."""
    samples: tuple[tuple[Cell, ...], ...] = tuple(
        (one.month, one.invited, one.returned, one.set_aside, one.answered, one.response) for one in context.samples
    )
    counts: tuple[tuple[Cell, ...], ...] = tuple(
        (row.label, row.note, cell.score, cell.count) for row in context.rows for cell in row.counts
    )
    comments: tuple[tuple[Cell, ...], ...] = tuple(
        (block.title, one.mood_label, one.score_shown, one.words)
        for block in context.comments
        for one in block.comments
    )
    aside: tuple[tuple[Cell, ...], ...] = tuple(
        (one.file, one.line, one.column, one.reason) for one in context.set_aside
    )
    rounds: tuple[tuple[Cell, ...], ...] = tuple(
        (row.label, row.note, *(point.value for point in row.history)) for row in context.rows
    )
    months = tuple(one.month for one in context.samples)
    trend = sheet(words, "trend", ("item", "question"), ())
    return (
        sheet(words, "figures", _FIGURES, tuple(map(_figures, context.rows))),
        sheet(words, "scores", ("item", "question", "score", "count"), counts),
        Table(trend.name, (*trend.keys, *months), (*trend.headings, *months), rounds),
        sheet(words, "groups", _FIGURES, tuple(map(_figures, context.groups))),
        sheet(words, "rounds", ("round", "invited", "returned", "set_aside", "answers", "response"), samples),
        sheet(words, "comments", ("item", "mood", "score", "comment"), comments),
        sheet(words, "set_aside", ("file", "line", "column", "reason"), aside),
    )


def _figures(row: ScoreRow) -> tuple[Cell, ...]:
    return (
        row.label, row.note, row.n, row.mean, row.low, row.high, row.satisfied, row.share, row.share_low,
        row.share_high, row.change,
    )  # fmt: skip
