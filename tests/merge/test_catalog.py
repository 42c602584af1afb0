"""The service catalogue: what customers get to see, and what they do not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.load.sources import load_portfolio
from pipeline.merge.catalog import CatalogContext, ServicePage, catalog_context, catalogs
from pipeline.merge.document import Wanted
from pipeline.merge.words import Labels, Words
from pipeline.model.catalog import Service
from pipeline.model.portfolio import Portfolio
from pipeline.options import ROOT


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    found, _ = load_portfolio(ROOT / "sources", all_covered)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def labels() -> Labels:
    return load_labels(ROOT / "templates", all_covered)[0]


def context(portfolio: Portfolio, labels: Labels, language: str = "en") -> CatalogContext:
    assert portfolio.catalog is not None
    return catalog_context(portfolio, portfolio.catalog, Words(language, labels[language]))


def page(portfolio: Portfolio, labels: Labels, name: str) -> ServicePage:
    return next(one for one in context(portfolio, labels).services if one.name == name)


def with_service(portfolio: Portfolio, service: Service) -> Portfolio:
    return replace(portfolio, services={**portfolio.services, service.id: service})


def test_services_stand_in_the_order_of_the_catalogue(portfolio: Portfolio, labels: Labels) -> None:
    assert portfolio.catalog is not None
    backwards = replace(portfolio.catalog, services=portfolio.catalog.services[::-1])
    shown = [one.name for one in context(replace(portfolio, catalog=backwards), labels).services]
    assert shown == [
        "Network Operations", "Database Operations", "Server Operations", "Application Support", "Service Desk",
    ]  # fmt: skip


def test_a_retired_service_is_left_out_and_nobody_relies_on_it(portfolio: Portfolio, labels: Labels) -> None:
    desk = replace(portfolio.services["service-desk"], state="retired")
    shown = context(with_service(portfolio, desk), labels).services
    assert "Service Desk" not in [one.name for one in shown]
    assert all("Service Desk" not in one.supporting for one in shown)
    assert "Service Desk" in page(portfolio, labels, "Application Support").supporting


def test_a_planned_service_is_marked(portfolio: Portfolio, labels: Labels) -> None:
    desk = replace(portfolio.services["service-desk"], state="planned")
    shown = page(with_service(portfolio, desk), labels, "Service Desk")
    assert (shown.planned, shown.state) == (True, "Planned")
    assert not page(portfolio, labels, "Service Desk").planned


def test_levels_are_compared_point_by_point(portfolio: Portfolio, labels: Labels) -> None:
    shown = page(portfolio, labels, "Application Support")
    rows = {row.label: row.cells for row in shown.comparison}
    assert list(rows) == [
        "Suits", "Service hours",
        "Response time P1", "Response time P2", "Response time P3", "Response time P4",
        "Resolution time P1", "Resolution time P2", "Resolution time P3", "Resolution time P4",
        "Availability", "Charge per month",
    ]  # fmt: skip
    assert rows["Resolution time P2"] == ("8 h (≥ 95%)", "1 service day (≥ 90%)", "2 service days (≥ 90%)")
    assert rows["Availability"] == ("≥ 99.9%", "—", "—")
    assert rows["Charge per month"] == ("CNY 48,000.00", "CNY 30,000.00", "CNY 18,000.00")


def test_a_point_that_no_level_promises_has_no_row(portfolio: Portfolio, labels: Labels) -> None:
    assert "Availability" not in [row.label for row in page(portfolio, labels, "Service Desk").comparison]


def test_the_overview_has_the_figures_of_the_highest_priority(portfolio: Portfolio, labels: Labels) -> None:
    gold, silver, _ = page(portfolio, labels, "Application Support").levels
    assert gold.headline == "P1 response 15 min, resolution 4 h; availability ≥ 99.9%"
    assert silver.headline == "P1 response 15 min, resolution 4 h"
    assert gold.charge == "CNY 48,000.00 per month"


def test_service_hours_are_told_once_only_where_all_levels_share_them(portfolio: Portfolio, labels: Labels) -> None:
    service = portfolio.services["application-support"]
    alike = replace(service, levels=tuple(replace(level, calendar="always") for level in service.levels))
    assert page(portfolio, labels, "Application Support").hours == ""
    assert page(with_service(portfolio, alike), labels, "Application Support").hours == "Around the clock (24/7)"


def test_a_change_of_a_charge_shows_on_the_page_and_in_the_overview(portfolio: Portfolio, labels: Labels) -> None:
    service = portfolio.services["service-desk"]
    level = replace(service.levels[0], charge=replace(service.levels[0].charge, amount=Decimal("36500.00")))
    shown = page(with_service(portfolio, replace(service, levels=(level, *service.levels[1:]))), labels, "Service Desk")
    assert shown.levels[0].charge.startswith("CNY 36,500.00")
    assert shown.comparison[-1].cells[0] == "CNY 36,500.00"


def test_the_newest_revision_is_the_version_of_the_document(portfolio: Portfolio, labels: Labels) -> None:
    chinese, english = catalogs(portfolio, None, labels, Wanted(None))
    assert [chinese.stem, english.stem] == ["catalog/service-catalog.zh-CN", "catalog/service-catalog.en"]
    assert {chinese.version, english.version} == {"B/00"}
    assert english.day.isoformat() == "2026-06-05"
    assert english.retain_until.isoformat() == "2029-06-05"
    assert isinstance(english.context, CatalogContext)
    assert [row.version for row in english.context.revisions] == ["A/00", "A/01", "B/00"]
    assert "sources/catalog/service-desk.yaml" in english.sources


def test_no_catalogue_is_made_for_one_customer(portfolio: Portfolio, labels: Labels) -> None:
    assert list(catalogs(portfolio, None, labels, Wanted(None, customer="harbour-port"))) == []
    assert list(catalogs(replace(portfolio, catalog=None), None, labels, Wanted(None))) == []


def test_names_come_in_the_language_of_the_document(portfolio: Portfolio, labels: Labels) -> None:
    first = context(portfolio, labels, "zh-CN").services[0]
    assert (first.name, first.owner.name, first.levels[0].name) == ("服务台", "罗欣", "金牌")
    assert first.levels[0].headline == "P1 响应 5 分钟、解决 4 小时"
