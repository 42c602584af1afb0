"""The overview tells of every SLA what its own report tells, worst first, and is nobody's but ours."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from pipeline.build import gather
from pipeline.load.labels import load_labels
from pipeline.merge.alignment import AlignmentContext
from pipeline.merge.document import Document
from pipeline.merge.overview import OverviewContext
from pipeline.merge.report import ReportContext
from pipeline.merge.tables import LISTED
from pipeline.model.quantities import Month
from pipeline.options import ROOT, Options
from pipeline.render import fonts
from pipeline.render.renderers import Job, render_job
from tests.tools.checkers import pdf_text


@cache
def documents(month: str, customer: str = "") -> tuple[Document, ...]:
    options = Options(
        sources=ROOT / "sources", month=Month.parse(month), kinds=("reports", "overview"), customer=customer
    )
    found, _, _ = gather(options)
    return found


def overview(month: str, language: str = "zh-CN") -> OverviewContext:
    (found,) = (one.context for one in documents(month) if one.kind == "overview" and one.language == language)
    assert isinstance(found, OverviewContext)
    return found


def test_every_row_is_what_the_report_of_that_sla_says() -> None:
    for month in ("2026-08", "2026-10"):
        reports = {
            one.agreement: one.context
            for one in documents(month)
            if isinstance(one.context, ReportContext) and one.context.period.months == 1
        }
        rows = {row.agreement: row for row in overview(month).slas}
        assert set(rows) == set(reports)
        for sla, context in reports.items():
            row, summary = rows[sla], context.summary
            assert (row.met, row.missed, row.no_data) == (summary.met, summary.missed, summary.no_data)
            assert (row.credit, row.late) == (context.credits.total, len(context.breaches))
            assert row.over == sum(one.status == "over" for one in context.workload)
            assert row.overdue == sum(one.overdue for one in context.follow_ups)
        told = {(one.agreement, one.miss.service, one.miss.target) for one in overview(month).misses}
        assert told == {(sla, miss.service, miss.target) for sla, one in reports.items() for miss in one.misses}


def test_the_worst_come_first_and_months_running_are_counted() -> None:
    found = overview("2026-08")
    assert [row.missed for row in found.slas] == sorted((row.missed for row in found.slas), reverse=True)
    assert found.headline == f"3 份服务级别协议中有 {found.missed} 份存在未达成的指标"
    trends = {
        (one.agreement, row.service, row.target): [point.status for point in row.trend]
        for one in documents("2026-08")
        if isinstance(one.context, ReportContext)
        for row in one.context.results
    }
    assert found.misses
    for row in found.misses:
        statuses = trends[row.agreement, row.miss.service, row.miss.target]
        running = next((at for at, status in enumerate(reversed(statuses)) if status != "missed"), len(statuses))
        assert row.running == running >= 1


def test_it_is_about_all_customers_or_not_made_at_all() -> None:
    assert {one.stem for one in documents("2026-10") if one.kind == "overview"} == {
        "internal/overview_2026-10.zh-CN", "internal/overview_2026-10.en",
    }  # fmt: skip
    assert not [one for one in documents("2026-10", "harbour-port") if one.kind == "overview"]


def test_credits_are_added_up_for_each_currency() -> None:
    due = {"CNY": Decimal(0), "USD": Decimal(0)}
    for row in overview("2026-08", "en").slas:
        if row.amount:
            due[row.currency] += row.amount
    assert due["CNY"] > 0
    assert overview("2026-08", "en").amounts == tuple(f"{one} {sum_:,.2f}" for one, sum_ in due.items() if sum_)


def test_the_workbook_has_every_row_of_the_overview() -> None:
    (document,) = (one for one in documents("2026-08") if one.kind == "overview" and one.language == "en")
    context = overview("2026-08", "en")
    slas, misses = document.sheets
    assert [row[:7] for row in slas.rows] == [
        (one.customer, one.title, one.agreement, one.version, one.met, one.missed, one.no_data) for one in context.slas
    ]
    assert [(row[1], row[3], row[6], row[8]) for row in misses.rows] == [
        (one.agreement, one.miss.target, one.miss.value_shown, one.miss.cause) for one in context.misses
    ]
    assert slas.headings[:3] == ("Customer", "Title", "Agreement")


@pytest.mark.parametrize("kind", ["overview", "alignment"])
def test_of_very_many_rows_the_pages_show_the_worst_and_say_where_the_others_are(kind: str, tmp_path: Path) -> None:
    found, _, _ = gather(Options(sources=ROOT / "sources", kinds=(kind,)))
    (document,) = (one for one in found if one.language == "en")
    context = document.context
    if isinstance(context, OverviewContext):
        first = context.slas[0]
        many = tuple(replace(first, agreement=f"sla-made-up-{number}") for number in range(LISTED + 3))
        document = replace(document, context=replace(context, slas=many))
    elif isinstance(context, AlignmentContext):
        one = context.agreements[0]
        lots = tuple(replace(one, id=f"sla-made-up-{number}") for number in range(LISTED + 3))
        document = replace(document, context=replace(context, agreements=lots))
    labels, _ = load_labels(ROOT / "templates", fonts.uncovered)
    (tmp_path / "made.pdf").write_bytes(render_job(Job(document, ROOT / "templates", labels, (".pdf",))).files[".pdf"])
    text = "".join(pdf_text(tmp_path / "made.pdf").split())
    assert f"sla-made-up-{LISTED - 1}" in text
    assert f"sla-made-up-{LISTED}" not in text
    assert f"Thefirst{LISTED}of{LISTED + 3}rows;theworkbookofthesamenamehasallofthem." in text
