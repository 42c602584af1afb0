"""The overview tells of every SLA what its own report tells, worst first, and is nobody's but ours."""

from __future__ import annotations

from functools import cache

from pipeline.build import gather
from pipeline.merge.document import Document
from pipeline.merge.overview import OverviewContext
from pipeline.merge.report import ReportContext
from pipeline.model.quantities import Month
from pipeline.options import ROOT, Options


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
