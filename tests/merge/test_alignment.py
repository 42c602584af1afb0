"""The alignment report says what is at risk, worst first, in both languages, and shows it to nobody outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.load.sources import load_portfolio
from pipeline.measure.underpinning import assess
from pipeline.merge.aligning import RULES, alignment_context, alignments
from pipeline.merge.alignment import AlignmentContext
from pipeline.merge.document import Document, Wanted
from pipeline.merge.words import Labels, Words
from pipeline.model.agreements import Agreement
from pipeline.model.portfolio import Portfolio
from pipeline.model.quantities import DateRange, Limit, Month
from pipeline.options import ROOT

OCTOBER = Wanted(Month(2026, 10))


@pytest.fixture(scope="module")
def demo() -> Portfolio:
    portfolio, problems = load_portfolio(ROOT / "sources", all_covered)
    assert portfolio is not None
    assert problems == ()
    return portfolio


@pytest.fixture(scope="module")
def labels() -> Labels:
    return load_labels(Path(ROOT / "templates"), all_covered)[0]


def changed(portfolio: Portfolio, identifier: str, **fields: object) -> Portfolio:
    """The portfolio with one field of the first version of an agreement changed."""
    first, *rest = portfolio.agreements[identifier]
    one: Agreement = replace(first, **fields)  # type: ignore[arg-type]
    return replace(portfolio, agreements={**portfolio.agreements, identifier: (one, *rest)})


def slower(portfolio: Portfolio, identifier: str, target_id: str, limit: str) -> Portfolio:
    """The portfolio with another limit in the first service of an agreement."""
    terms, *rest = portfolio.agreements[identifier][0].services
    targets = tuple(replace(one, limit=Limit.parse(limit)) if one.id == target_id else one for one in terms.targets)
    return changed(portfolio, identifier, services=(replace(terms, targets=targets), *rest))


def report(portfolio: Portfolio, labels: Labels, language: str = "en") -> AlignmentContext:
    return alignment_context(portfolio, assess(portfolio), date(2026, 10, 1), Words(language, labels[language]))


def test_the_demonstration_keeps_its_promises_with_two_margins_to_watch(demo: Portfolio, labels: Labels) -> None:
    found = report(demo, labels)
    assert found.headline == f"All {found.assessed} promises assessed are carried on paper, 2 with little margin"
    assert (found.carried, found.short, found.not_backed, found.lapses) == (found.assessed, 0, 0, ())
    assert [(row.customer, row.target, row.carried, row.margin) for row in found.risks] == [
        ("Donglan Port", "P1 Resolution time", "2\xa0h 45\xa0min (≥\xa097%)", "15\xa0min"),
        ("Donglan Port", "P2 Resolution time", "5\xa0h 30\xa0min (≥\xa097%)", "30\xa0min"),
    ]
    assert found.risks[0].chain == "Infrastructure team 45\xa0min → Hengyuan Telecom 2\xa0h"
    assert found.thin == 2


def test_a_chain_that_is_too_slow_leads_the_list_with_what_is_missing(demo: Portfolio, labels: Labels) -> None:
    weak = slower(demo, "uc-hengyuan-lines", "p1-resolution", "4 h")
    chinese = report(weak, labels, "zh-CN")
    # the service with the worst promise first, with all that is at risk in it
    assert [(row.customer, row.target, row.promised, row.margin, row.verdict_label) for row in chinese.risks] == [
        ("东澜港口", "P1 解决时间", "3\xa0小时（≥\xa095%）", "−1\xa0小时 45\xa0分钟", "支撑不足"),
        ("东澜港口", "P2 解决时间", "6\xa0小时（≥\xa095%）", "30\xa0分钟", "余量不足"),
        ("诺风亚太", "P1 解决时间", "4\xa0小时（≥\xa090%）", "−45\xa0分钟", "支撑不足"),
    ]
    assert chinese.headline == f"共评估 {chinese.assessed} 项承诺，其中 2 项未能得到足够支撑"


def test_a_supplier_within_a_team_is_shown_inside_its_limit(demo: Portfolio, labels: Labels) -> None:
    rows = report(demo, labels).promises
    assert rows[0].chain == "Infrastructure team 5\xa0min (including Hengyuan Telecom 5\xa0min)"


def test_versions_that_have_ended_are_history(demo: Portfolio, labels: Labels) -> None:
    assert {row.agreement for row in report(demo, labels).promises} == {
        "sla-harbour-core@B/00", "sla-nordwind-office@A/00", "sla-renhe-clinical@A/00",
    }  # fmt: skip


def test_a_support_that_ends_early_is_listed_and_its_promises_are_not_called_carried(
    demo: Portfolio, labels: Labels
) -> None:
    weak = changed(demo, "uc-qirui-maintenance", effective=DateRange(date(2025, 1, 1), date(2027, 3, 31)))
    found = report(weak, labels)
    assert [(row.agreement, row.supports, row.days) for row in found.lapses] == [
        ("sla-harbour-core@B/00", "Qirui Maintenance", "1 April 2027 to 30 June 2027"),
        ("sla-nordwind-office@A/00", "Qirui Maintenance", "1 April 2027 to 30 June 2027"),
    ]
    assert found.short == 18
    assert found.assessed == report(demo, labels).assessed
    assert all(row.verdict == "thin" for row in found.risks)


def test_availability_is_never_shown_better_than_it_is(demo: Portfolio, labels: Labels) -> None:
    terms, *rest = demo.agreements["uc-hengyuan-lines"][0].services
    targets = tuple(replace(one, goal=Decimal("99.97")) if one.id == "uptime" else one for one in terms.targets)
    weak = changed(demo, "uc-hengyuan-lines", services=(replace(terms, targets=targets), *rest))
    row = report(weak, labels).availability[0]
    # 99.98% x 99.97% = 99.950006%, a hair above the 99.95% promised
    assert (row.carried, row.margin, row.verdict) == ("99.95%", "0 points", "thin")


def test_windows_and_rules_are_told_in_the_readers_language(demo: Portfolio, labels: Labels) -> None:
    found = report(demo, labels, "zh-CN")
    assert {row.agreed_label for row in found.windows} == {"已约定"}
    assert len(found.rules) == len(RULES)
    assert found.unstated_years == "2027"


def test_the_report_names_the_days_it_looked_at_and_what_it_did_not(demo: Portfolio, labels: Labels) -> None:
    found = report(demo, labels)
    assert found.period == "1 October 2026 to 30 September 2027"
    assert found.left_out[:2] == (
        "Not looked at, since the calendars do not state the public holidays yet: 2027.",
        "Drafts and versions in negotiation: sla-renhe-clinical@A/01. They are to be assessed before they are signed.",
    )
    (first, *_) = alignments(demo, None, labels, OCTOBER)
    assert "sources/agreements/sla-renhe-clinical/A-01.yaml" in first.sources
    signed = changed(demo, "sla-renhe-clinical")
    only = replace(
        signed, agreements={**signed.agreements, "sla-renhe-clinical": demo.agreements["sla-renhe-clinical"][:1]}
    )
    assert "negotiation" not in "".join(report(only, labels).left_out)


def test_the_report_is_made_in_both_languages_and_never_for_a_customer(demo: Portfolio, labels: Labels) -> None:
    made: list[Document] = list(alignments(demo, None, labels, OCTOBER))
    assert [one.stem for one in made] == ["internal/alignment.zh-CN", "internal/alignment.en"]
    assert {one.day for one in made} == {date(2026, 6, 18)}
    assert "sources/agreements/uc-qirui-maintenance/A-00.yaml" in made[0].sources
    assert list(alignments(demo, None, labels, replace(OCTOBER, customer="harbour-port"))) == []


def test_without_slas_there_is_nothing_to_report(demo: Portfolio, labels: Labels) -> None:
    supports = {key: versions for key, versions in demo.agreements.items() if versions[0].kind != "sla"}
    assert list(alignments(replace(demo, agreements=supports), None, labels, OCTOBER)) == []
