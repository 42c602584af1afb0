"""How dates, limits and figures are written for readers of either language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from pipeline.load.characters import all_covered
from pipeline.load.labels import load_labels
from pipeline.measure.promises import Promise, promises_of, spans_of
from pipeline.merge import amounts
from pipeline.merge.words import Words, figure
from pipeline.model.catalog import Target
from pipeline.model.quantities import Limit, Money, Month, Text
from pipeline.options import ROOT
from tests.builders import make_portfolio, make_sla, make_uptime

LABELS, _ = load_labels(ROOT / "templates", all_covered)
ZH, EN = Words("zh-CN", LABELS["zh-CN"]), Words("en", LABELS["en"])


def promised(target: Target) -> Promise:
    """A promise of that target."""
    (promise,) = promises_of(make_portfolio(make_sla(target)), spans_of((make_sla(target),)))
    return promise


def test_dates_and_months_are_written_as_the_language_does() -> None:
    assert (ZH.date(date(2026, 7, 1)), EN.date(date(2026, 7, 1))) == ("2026年7月1日", "1 July 2026")
    assert (ZH.month(Month(2026, 10)), EN.month(Month(2026, 10))) == ("2026年10月", "October 2026")
    first, last = Month(2026, 12), Month(2027, 1)
    assert (ZH.months(first, last), EN.months(first, last)) == (
        "2026年12月至2027年1月",
        "December 2026 to January 2027",
    )
    assert (ZH.months(last, last), EN.months(last, last)) == ("2027年1月", "January 2027")


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("15 min", "15 分钟", "15 min"),
        ("4 h", "4 小时", "4 h"),
        ("1 d", "1 个服务日", "1 service day"),
        ("2 d", "2 个服务日", "2 service days"),
        ("1.5 h", "1.5 小时", "1.5 h"),
    ],
)
def test_a_limit_keeps_the_unit_it_was_agreed_in(written: str, zh: str, en: str) -> None:
    assert (ZH.limit(Limit.parse(written)), EN.limit(Limit.parse(written))) == (zh, en)


@pytest.mark.parametrize(
    ("seconds", "en"), [(59, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"), (93514, "25 h 58 min 34 s")]
)
def test_an_elapsed_time_is_told_to_the_second(seconds: int, en: str) -> None:
    assert EN.elapsed(seconds) == en


@pytest.mark.parametrize(
    ("kept", "total", "goal", "shown"),
    [
        (18, 19, "95", "94%"),
        (99949, 100000, "99.95", "99.94%"),
        (99951, 100000, "99.95", "99.95%"),
        (95, 100, "95", "95%"),
        (9555, 10000, "95.5", "95.6%"),
        (1, 3, "33.3", "33.3%"),
    ],
)
def test_a_share_has_the_decimals_of_its_goal_and_never_crosses_it(
    kept: int, total: int, goal: str, shown: str
) -> None:
    promise = promised(make_uptime(f"{goal}%"))
    assert amounts.shown(Fraction(100 * kept, total), promise, EN) == shown


def test_nothing_measured_is_a_dash_and_no_number() -> None:
    assert (amounts.shown(None, promised(make_uptime()), EN), figure(None, Decimal(95))) == ("—", None)


@pytest.mark.parametrize(
    ("value", "goal", "expected"),
    [
        (Fraction(100), "95", "100"),
        (Fraction(1800, 19), "95", "94.736842"),
        (Fraction(99949999999, 10**9), "99.95", "99.949999"),
        (Fraction(200, 3), "50", "66.666667"),
    ],
)
def test_a_figure_for_machines_has_six_decimals_and_never_crosses_its_goal(
    value: Fraction, goal: str, expected: str
) -> None:
    assert figure(value, Decimal(goal)) == Decimal(expected)


def test_money_names_its_currency() -> None:
    money = Money(Decimal("82000.5"), "CNY")
    assert (ZH.money(money), EN.money(money)) == ("¥82,000.50", "CNY 82,000.50")


def test_an_amount_in_capitals_is_for_chinese_contracts_in_yuan() -> None:
    yuan, euros = Money(Decimal(82000), "CNY"), Money(Decimal(82000), "EUR")
    assert (ZH.capitals(yuan), ZH.capitals(euros), EN.capitals(yuan)) == ("人民币捌万贰仟元整", "", "")


def test_a_time_zone_has_the_name_that_people_call_it_by() -> None:
    assert ZH.timezone("Asia/Shanghai") == "北京时间（UTC+08:00）"
    assert EN.timezone("Asia/Shanghai") == "China Standard Time (UTC+08:00)"
    assert EN.timezone("Asia/Tokyo") == "Japan Standard Time (UTC+09:00)"
    assert EN.timezone("UTC") == "Coordinated Universal Time (UTC+00:00)"


@pytest.mark.parametrize(("zone", "offset"), [("Asia/Kolkata", "+05:30"), ("America/Bogota", "-05:00")])
def test_a_time_zone_without_summer_time_names_its_offset(zone: str, offset: str) -> None:
    assert EN.timezone(zone).endswith(f" (UTC{offset})")


def test_a_time_zone_with_summer_time_names_no_offset() -> None:
    assert (EN.timezone("Europe/Berlin"), ZH.timezone("Europe/Berlin")) == ("Central European Time", "中欧时间")


def test_windows_and_runs_of_days_read_naturally() -> None:
    assert ZH.windows(((540, 720), (810, 1080))) == "09:00–12:00、13:30–18:00"
    assert EN.windows(()) == "no service"
    assert (ZH.days(0, 4), EN.days(5, 5), EN.days(0, 5)) == ("周一至周五", "Saturday", "Monday to Saturday")


def test_a_text_comes_in_the_language_asked_for() -> None:
    text = Text(translations={"zh-CN": "网络", "en": "Network"})
    assert (ZH(text), EN(text), EN(Text(plain="Nordwind"))) == ("网络", "Network", "Nordwind")
