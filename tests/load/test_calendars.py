"""Calendars: public holidays from libraries, days of a customer's own, and years that nobody has published."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import chinese_calendar
import pytest

from pipeline.load.characters import all_covered
from pipeline.load.holidays import public_holidays, read_region
from pipeline.load.sources import load_portfolio
from pipeline.model.calendars import Calendar
from pipeline.problems import Problem

OFFICE = """kind: calendar
id: office
name: {zh-CN: 办公时间, en: Office hours}
timezone: Asia/Shanghai
holidays: CN
hours:
  workdays: ["09:00-12:00", "13:00-17:00"]
days_off:
  - {date: 2026-09-11, reason: Company day}
working_days:
  - {date: 2026-12-26, reason: Closing, hours: ["09:00-12:00"]}
"""
MORNING, AFTERNOON = (540, 720), (780, 1020)


def load(sources: Path, **files: str) -> tuple[dict[str, Calendar], tuple[Problem, ...]]:
    for name, text in files.items():
        (sources / "calendars" / f"{name}.yaml").write_text(text, encoding="utf-8")
    portfolio, problems = load_portfolio(sources, all_covered)
    assert portfolio is not None
    return dict(portfolio.calendars), problems


def own(*lines: str) -> str:
    """A calendar of a customer's own that extends the office."""
    return "\n".join(["kind: calendar", "id: acme", "name: Acme", "extends: office", *lines, ""])


@pytest.mark.parametrize("year", range(2004, 2027))
def test_days_off_and_make_up_days_of_mainland_china_are_those_announced_for_each_year(year: int) -> None:
    found = public_holidays("CN", None)
    for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        usual = day.weekday() < 5
        worked = (usual or day in found.worked) and day not in found.days_off
        assert worked == chinese_calendar.is_workday(day), day


def test_the_holidays_and_the_make_up_days_of_2026_are_known_by_name() -> None:
    found = public_holidays("CN", range(2026, 2027))
    assert found.years == {2026}
    assert found.days_off[date(2026, 2, 17)].in_language("zh-CN") == "春节"
    assert found.days_off[date(2026, 10, 1)].in_language("en") == "National Day"
    assert found.worked == tuple(
        date.fromisoformat(day)
        for day in ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")
    )


@pytest.mark.parametrize(
    ("region", "day", "name"),
    [
        ("DE-BY", "2026-01-06", "Epiphany"),
        ("DE", "2026-10-03", "German Unity Day"),
        ("GB-ENG", "2026-12-28", "Boxing Day (observed)"),
        ("US", "2026-11-26", "Thanksgiving Day"),
        ("HK", "2026-07-01", "Hong Kong S.A.R. Establishment Day"),
        ("SG", "2026-08-10", "National Day (observed)"),
    ],
)
def test_other_regions_have_their_own_holidays(region: str, day: str, name: str) -> None:
    assert public_holidays(region, None).days_off[date.fromisoformat(day)].in_language("en") == name


def test_a_part_of_a_country_has_holidays_that_the_country_has_not() -> None:
    epiphany = date(2026, 1, 6)
    assert epiphany in public_holidays("DE-BY", None).days_off
    assert epiphany not in public_holidays("DE-BE", None).days_off


def test_hong_kong_is_named_in_chinese_too() -> None:
    assert public_holidays("HK", None).days_off[date(2026, 7, 1)].in_language("zh-CN").startswith("香港特别行政区成立")


def test_years_whose_days_an_authority_still_has_to_announce_are_not_known() -> None:
    assert max(public_holidays("SG", None).years) == 2027
    assert max(public_holidays("CN", range(2025, 2031)).years) == 2026
    assert public_holidays("CN", range(2030, 2032)).years == frozenset()


@pytest.mark.parametrize(
    ("region", "reason"),
    [
        ("XX", "the public holidays of 'XX' are not known"),
        ("Germany", "the public holidays of 'Germany' are not known"),
        ("DE-XY", "DE has no part 'XY' with holidays of its own"),
        ("CN-BJ", "the public holidays of 'CN-BJ' are not known"),
    ],
)
def test_a_region_that_nobody_knows_is_refused(region: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_region(region)


def test_without_years_all_that_are_published_are_known(demo_sources: Path) -> None:
    calendars, problems = load(demo_sources, office=OFFICE)
    assert problems == ()
    assert calendars["office"].years == frozenset(range(2004, 2027))
    assert calendars["office"].windows(date(2026, 10, 10)) == (MORNING, AFTERNOON)  # a Saturday worked for the holiday
    assert calendars["office"].windows(date(2026, 10, 8)) == (MORNING, AFTERNOON)
    assert calendars["office"].windows(date(2026, 10, 7)) == ()


def test_a_year_that_is_not_published_can_be_listed_by_hand(demo_sources: Path) -> None:
    listed = OFFICE + "listed_years: [2027]\n"
    listed = listed.replace("days_off:\n", "days_off:\n  - {date: 2027-01-01, reason: New Year}\n")
    calendars, problems = load(demo_sources, office=listed)
    assert problems == ()
    assert 2027 in calendars["office"].years
    assert calendars["office"].windows(date(2027, 1, 1)) == ()


def test_a_customers_calendar_adds_days_to_the_one_that_it_extends(demo_sources: Path) -> None:
    calendars, problems = load(
        demo_sources,
        office=OFFICE,
        acme=own("days_off:", "  - {date: 2026-11-20, reason: Plant holiday}"),
    )
    assert problems == ()
    office, acme = calendars["office"], calendars["acme"]
    assert (acme.timezone, acme.week, acme.years) == (office.timezone, office.week, office.years)
    assert acme.windows(date(2026, 11, 20)) == () != office.windows(date(2026, 11, 20))
    assert acme.windows(date(2026, 9, 11)) == ()
    assert acme.windows(date(2026, 12, 26)) == (MORNING,)
    assert acme.extends == "office"


def test_a_customers_own_day_replaces_the_same_day_of_the_calendar_that_it_extends(demo_sources: Path) -> None:
    calendars, _ = load(
        demo_sources,
        office=OFFICE,
        acme=own(
            "days_off:",
            "  - {date: 2026-12-26, reason: Closed}",
            "  - {date: 2026-10-10, reason: No make-up day here}",
            "working_days:",
            "  - {date: 2026-09-11, reason: Open}",
        ),
    )
    assert calendars["acme"].windows(date(2026, 12, 26)) == ()
    assert calendars["acme"].windows(date(2026, 10, 10)) == ()
    assert calendars["acme"].windows(date(2026, 9, 11)) == (MORNING, AFTERNOON)


def test_hours_of_its_own_hold_on_make_up_days_too(demo_sources: Path) -> None:
    calendars, _ = load(demo_sources, office=OFFICE, acme=own('hours: {workdays: ["09:00-12:00"]}'))
    assert calendars["acme"].windows(date(2026, 10, 10)) == (MORNING,)
    assert calendars["acme"].day_seconds == 3 * 3600


def test_a_region_of_its_own_comes_without_the_years_of_the_other(demo_sources: Path) -> None:
    stated = OFFICE.replace("holidays: CN\n", "holidays: CN\nyears: {from: 2025, until: 2026}\n")
    calendars, problems = load(demo_sources, office=stated, acme=own("holidays: DE-BY"))
    assert problems == ()
    assert calendars["acme"].windows(date(2027, 1, 6)) == ()
    assert 2027 in calendars["acme"].years


def test_a_calendar_may_extend_one_that_extends_another(demo_sources: Path) -> None:
    third = own("days_off:", "  - {date: 2026-11-23, reason: Audit}").replace("id: acme", "id: plant")
    third = third.replace("extends: office", "extends: acme")
    first = own("days_off:", "  - {date: 2026-11-20, reason: Plant holiday}")
    calendars, problems = load(demo_sources, office=OFFICE, acme=first, plant=third)
    assert problems == ()
    closed = [calendars["plant"].windows(date(2026, month, day)) for month, day in ((9, 11), (11, 20), (11, 23))]
    assert closed == [(), (), ()]


def test_a_calendar_without_hours_must_extend_another(demo_sources: Path) -> None:
    _, problems = load(demo_sources, office=OFFICE[: OFFICE.index("hours:")])
    assert [problem.message for problem in problems] == ["the key 'hours' is missing"]


def test_what_extends_a_calendar_that_cannot_be_read_is_no_further_mistake(demo_sources: Path) -> None:
    _, problems = load(demo_sources, office=OFFICE.replace("Asia/Shanghai", "Asia/Nowhere"), acme=own())
    assert [problem.place.file for problem in problems] == ["sources/calendars/office.yaml"]
