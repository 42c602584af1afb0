"""Public holidays and make-up working days (调休) of a region, from well-kept libraries.

Mainland China (`CN`) comes from `chinesecalendar`, which knows exactly the years that the State Council has announced;
all other regions come from `holidays`. A year that nobody can know yet is left out, never guessed.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import dropwhile, takewhile

from pipeline.model.calendars import CHINA, SATURDAY
from pipeline.model.quantities import Text
from pipeline.problems import did_you_mean

SPAN = range(2000, 2051)
"""The years looked up where a calendar names none, outside of mainland China."""

_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
_ESTIMATED = "estimated"
"""What `holidays` writes behind a day that an authority still has to announce."""


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """Days off by name, weekend days that are worked instead, and the years for which both are known."""

    days_off: Mapping[date, Text]
    worked: tuple[date, ...]
    years: frozenset[int]


def read_region(text: str) -> str:
    """`CN`, `DE`, `DE-BY`: a country and, where its holidays differ, a part of it; ValueError otherwise."""
    country, _, part = text.partition("-")
    if text == CHINA:
        return text
    import holidays  # noqa: PLC0415 - a tenth of a second that calendars of mainland China do without

    parts = holidays.list_supported_countries(include_aliases=False)
    if country not in parts or country == CHINA:
        msg = f"the public holidays of {text!r} are not known; write a country, or a part of one: CN, HK, GB, DE-BY"
        raise ValueError(msg)
    if part and part not in parts[country]:
        hint = did_you_mean(part, parts[country]) or "it has none"
        msg = f"{country} has no part {part!r} with holidays of its own; {hint}"
        raise ValueError(msg)
    return text


@lru_cache(maxsize=64)
def public_holidays(region: str, years: range | None) -> PublicHolidays:
    """The holidays of a region in those of the years (by default: all) that are published."""
    return _china(years) if region == CHINA else _elsewhere(region, years or SPAN)


def _china(years: range | None) -> PublicHolidays:
    from chinese_calendar.constants import holidays, workdays  # noqa: PLC0415 - most runs need one region

    known = frozenset(day.year for day in holidays if years is None or day.year in years)
    days_off = {
        day: Text(translations={"zh-CN": _NAMES.get(name, name), "en": name})
        for day, name in holidays.items()
        if day.year in known and day not in workdays
    }
    worked = sorted(day for day in workdays if day.year in known and day.weekday() >= SATURDAY)
    return PublicHolidays(days_off, tuple(worked), known)


def _elsewhere(region: str, years: range) -> PublicHolidays:
    import holidays  # noqa: PLC0415 - as above

    country, _, part = region.partition("-")
    languages = holidays.list_localized_countries(include_aliases=False).get(country, [])

    def names(language: str | None) -> holidays.HolidayBase:
        return holidays.country_holidays(country, subdiv=part or None, years=years, language=language)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # years that the library does not have are left out below
        found = names("en_US" if "en_US" in languages else None)
        chinese = names("zh_CN") if "zh_CN" in languages else {}
    estimated = {day.year for day, name in found.items() if _ESTIMATED in name}
    known = _first_run([year for year in years if found.start_year <= year <= found.end_year], estimated)
    days_off = {
        day: Text(translations={"zh-CN": chinese[day], "en": name}) if day in chinese else Text(name)
        for day, name in sorted(found.items())
        if day.year in known
    }
    worked = sorted(day for day in found.weekend_workdays if day.year in known)
    return PublicHolidays(days_off, tuple(worked), known)


def _first_run(years: Sequence[int], unknown: Collection[int]) -> frozenset[int]:
    """The first years in a row that are all known: whoever knows a year knows those around it."""
    run = takewhile(lambda year: year not in unknown, dropwhile(lambda year: year in unknown, years))
    return frozenset(run)
