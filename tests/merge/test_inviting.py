"""Review packs: what those invited read before the meeting, and what a customer must never read in one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from pipeline.check.reviews import check_reviews
from pipeline.load.characters import all_covered
from pipeline.load.exports import month_folders
from pipeline.load.labels import load_labels
from pipeline.load.reading import Reading
from pipeline.load.sources import load_portfolio
from pipeline.measure.attainment import MISSED, key_of
from pipeline.measure.measurement import Measurement, SlaMonth, measure
from pipeline.measure.suggestions import Hint, Suggestion, from_dates, from_figures, from_workload
from pipeline.measure.tallies import Load
from pipeline.merge.document import Document, Wanted
from pipeline.merge.documents import minutes
from pipeline.merge.inviting import review_packs
from pipeline.merge.minutes import MinutesContext
from pipeline.merge.review_pack import PackContext
from pipeline.merge.words import Labels
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import Month
from pipeline.options import ROOT
from pipeline.render.renderers import RENDERERS, Workshop

SOURCES = ROOT / "sources"
OCTOBER = Wanted(Month(2026, 10))


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    found, problems = load_portfolio(SOURCES, all_covered)
    assert found is not None, problems
    return found


@pytest.fixture(scope="module")
def measurement(portfolio: Portfolio) -> Measurement:
    months = month_folders(SOURCES)
    found, _ = measure(portfolio, Reading.of(SOURCES, portfolio, months, all_covered), months)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def labels() -> Labels:
    return load_labels(ROOT / "templates", all_covered)[0]


def planned(portfolio: Portfolio, review: str, identifier: str, day: str) -> Portfolio:
    """The next meeting after a review, planned over the months that followed."""
    one = portfolio.reviews[review]
    following = replace(
        one,
        id=identifier,
        status="planned",
        day=date.fromisoformat(day),
        first=Month(2025, 11),
        last=Month(2026, 10),
        previous_actions=(),
        actions=(),
        present_team=(),
        present_suppliers=(),
    )
    return replace(portfolio, reviews={**portfolio.reviews, identifier: following})


def packs(portfolio: Portfolio, measurement: Measurement | None, labels: Labels) -> dict[str, Document]:
    return {one.stem: one for one in review_packs(portfolio, measurement, labels, OCTOBER)}


def context_of(document: Document) -> PackContext:
    assert isinstance(document.context, PackContext)
    return document.context


def test_a_pack_holds_agenda_figures_and_who_has_to_come(
    portfolio: Portfolio, measurement: Measurement, labels: Labels
) -> None:
    [(stem, document)] = packs(portfolio, measurement, labels).items()
    assert stem == "renhe-hospital/reviews/renhe-2026-12_pack"
    context = context_of(document)
    assert context.agenda[0] == "十二个月服务质量达成情况与趋势"
    assert [(one.name, one.function) for one in context.invited_provider] == [
        ("苏婉清", "主持人"),
        ("高磊", "记录人"),
        ("何静", "按规定出席"),
        ("唐一帆", "按规定出席"),
    ]
    assert [one.email for one in context.invited_other] == ["gu.wenbin@renhe.example.com"]
    assert len(context.months) == 12
    counted = [
        result
        for month in measurement.months["sla-renhe-clinical"]
        for result in month.results
        if result.status == MISSED
    ]
    assert len(context.missed) == len(counted) == 7
    assert context.headline.endswith("其中 7 项次未达成。")
    assert context.last_review == ""


def test_open_actions_and_decisions_of_the_last_review_come_along(
    portfolio: Portfolio, measurement: Measurement, labels: Labels
) -> None:
    both = planned(portfolio, "harbour-2026-07", "harbour-2027-01", "2027-01-21")
    context = context_of(packs(both, measurement, labels)["harbour-port/reviews/harbour-2027-01_pack"])
    assert [(row.id, row.overdue) for row in context.open_actions] == [
        ("act-2026-07-4", True),
        ("act-2026-07-6", False),
    ]
    assert "act-2026-07-1" in {row.id for row in context.closed_actions}
    assert context.last_decisions[0].startswith("确认 B/00 版")
    assert context.satisfaction.startswith("6 月向 40 名关键用户")
    assert [row.id for row in context.plans] == ["sip-2026-01"]
    assert context.suggestions[0].startswith("1 个行动项已逾期")
    assert any(one.startswith("网络运维的“P3 解决时间”在 12 个月中有 3 个月未达成") for one in context.suggestions)


def test_a_customer_s_pack_says_nothing_of_supports_and_of_other_customers(
    portfolio: Portfolio, measurement: Measurement, labels: Labels
) -> None:
    both = planned(portfolio, "harbour-2026-07", "harbour-2027-01", "2027-01-21")
    for stem, document in packs(both, measurement, labels).items():
        own = stem.partition("/")[0]
        text = repr(document.context)
        strangers = [one for name, one in portfolio.customers.items() if name != own]
        for stranger in strangers:
            for name in (*stranger.name.translations.values(), *stranger.short_name.translations.values()):
                assert name not in text, f"{name} stands in {stem}"
        for identifier, versions in portfolio.agreements.items():
            if versions[0].kind != "sla":
                assert identifier not in text
                assert identifier.upper() not in text
        assert context_of(document).terms == ()


def test_a_supplier_s_pack_names_no_customer(portfolio: Portfolio, measurement: Measurement, labels: Labels) -> None:
    both = planned(portfolio, "hengyuan-2026-08", "hengyuan-2027-02", "2027-02-11")
    document = packs(both, measurement, labels)["hengyuan-telecom/reviews/hengyuan-2027-02_pack"]
    context, text = context_of(document), repr(document.context)
    assert context.other_label == "供应商"
    assert context.terms
    assert not context.results
    assert not context.missed
    assert [row.id for row in context.open_actions] == ["hy-2026-08-1"]
    assert "wei.lan@lanshi.example.com" in {one.email for one in context.invited_provider}  # required at reviews of UCs
    for customer in portfolio.customers.values():
        for name in (*customer.name.translations.values(), *customer.short_name.translations.values()):
            assert name not in text
    assert "sla-" not in text.lower()
    assert not any("余量" in one for one in context.suggestions)  # how close we sail is not for suppliers


def test_the_invitation_is_a_calendar_file_in_the_time_of_the_place(
    portfolio: Portfolio, measurement: Measurement, labels: Labels
) -> None:
    [document] = packs(portfolio, measurement, labels).values()
    content = RENDERERS["review-pack"][".ics"](document, Workshop(ROOT / "templates", labels), {})
    calendar: Any = Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event.decoded("DTSTART").isoformat() == "2026-12-10T07:00:00+00:00"  # 15:00 in Shanghai
    assert event.decoded("DTEND").isoformat() == "2026-12-10T09:00:00+00:00"
    assert str(event["ORGANIZER"]) == "mailto:su.wanqing@lanshi.example.com"
    assert "mailto:gu.wenbin@renhe.example.com" in [str(one) for one in event["ATTENDEE"]]
    assert event["SUMMARY"] == "服务回顾会议：仁禾医院临床信息系统运维服务级别协议"


def test_without_exports_there_is_a_pack_without_figures(portfolio: Portfolio, labels: Labels) -> None:
    [document] = packs(portfolio, None, labels).values()
    context = context_of(document)
    assert (context.months, context.measured, context.headline) == ((), (), "")


# suggestions


def hints(found: Iterable[Suggestion]) -> list[tuple[str, str, int]]:
    return [
        (one.result.promise.target.id if one.result else one.service, str(one.hint), len(one.months)) for one in found
    ]


def test_a_target_missed_three_months_running_is_told_apart_from_one_missed_now_and_then(
    measurement: Measurement,
) -> None:
    months = measurement.months["sla-harbour-core"]
    august = [one for one in months if one.period.month <= Month(2026, 8)]
    assert ("p3-resolution", "often", 2) in hints(from_figures(august))
    doctored = [replace_status(one, "uptime") for one in august[-3:]]
    found = [one for one in hints(from_figures([*august[:-3], *doctored])) if one[0] == "uptime"]
    assert ("uptime", "running", 3) in found


def replace_status(month: SlaMonth, target: str) -> SlaMonth:
    """The same month, with a target of that id missed in every service."""
    found = {
        key_of(one.promise): replace(one, status=MISSED) if one.promise.target.id == target else one
        for one in month.results
    }
    return SlaMonth(month.span, month.period, lambda _: found)


def test_more_work_than_agreed_is_told_by_the_months(measurement: Measurement) -> None:
    months = measurement.months["sla-renhe-clinical"]
    assert list(from_workload(months, measurement.measured.loads)) == []
    flooded = {
        ((one.period.start, one.period.stop), "sla-renhe-clinical", "service-desk"): Load(opened=10_000)
        for one in months[-4:]
    }
    [found] = from_workload(months, flooded)
    assert (found.hint, found.service, len(found.months), found.of) == (Hint.WORKLOAD, "service-desk", 4, 12)


def test_an_agreement_that_ends_within_half_a_year_is_talked_about(portfolio: Portfolio) -> None:
    versions = portfolio.agreements["sla-harbour-core"]
    assert list(from_dates(versions, date(2026, 12, 1))) == []
    [found] = from_dates(versions, date(2027, 1, 21))
    assert (found.hint, found.day) == (Hint.ENDING, date(2027, 6, 30))


# reviews with teams and suppliers


def test_minutes_of_a_team_s_review_name_the_team_as_the_other_side(
    portfolio: Portfolio, measurement: Measurement, labels: Labels
) -> None:
    found = {one.stem: one.context for one in minutes(portfolio, measurement, labels, OCTOBER)}
    team = found["infrastructure-team/reviews/infrastructure-2026-08"]
    assert isinstance(team, MinutesContext)
    assert (team.customer_label, team.customer.id, team.provider.id) == (
        "支持团队",
        "infrastructure-team",
        "organization",
    )
    assert [one.name for one in team.present_customer] == ["潘文杰", "余浩然"]
    supplier = found["hengyuan-telecom/reviews/hengyuan-2026-08"]
    assert isinstance(supplier, MinutesContext)
    assert [one.name for one in supplier.present_customer] == ["程立", "白帆"]
    assert supplier.present_suppliers == ()  # they are the other side, not guests
    customer = found["harbour-port/reviews/harbour-2026-07"]
    assert isinstance(customer, MinutesContext)
    assert (customer.customer_label, len(customer.present_suppliers)) == ("客户", 1)


def test_a_team_is_reviewed_after_the_customers_that_rely_on_it(portfolio: Portfolio) -> None:
    assert "review-order" not in {one.code for one in check_reviews(portfolio)}
    early = replace(portfolio.reviews["infrastructure-2026-08"], day=date(2026, 7, 20))
    found = check_reviews(replace(portfolio, reviews={**portfolio.reviews, early.id: early}))
    [problem] = [one for one in found if one.code == "review-order"]
    assert "harbour-2026-07 on 2026-07-23" in problem.message


@pytest.mark.parametrize(
    ("review", "missing", "code"),
    [
        ("infrastructure-2026-08", {"present_team": ()}, "team-absent"),
        ("hengyuan-2026-08", {"present_suppliers": ()}, "supplier-absent"),
        ("harbour-2026-07", {"present_customer": ()}, "customer-absent"),
        ("hengyuan-2026-08", {"present_provider": ("su-wanqing", "tang-yifan")}, "role-absent"),
    ],
)
def test_a_review_needs_the_other_side_and_the_roles_of_its_kind(
    portfolio: Portfolio, review: str, missing: dict[str, tuple[str, ...]], code: str
) -> None:
    assert code not in {one.code for one in check_reviews(portfolio)}
    alone = replace(portfolio.reviews[review], **missing)  # type: ignore[arg-type]
    found = {one.code for one in check_reviews(replace(portfolio, reviews={**portfolio.reviews, review: alone}))}
    assert code in found
