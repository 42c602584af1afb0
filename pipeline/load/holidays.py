"""Public holidays and make-up working days (调休) of a region, from the well-kept library `chinesecalendar`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import chinese_calendar

from pipeline.model.quantities import Text

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


class NotPublishedError(ValueError):
    """The holidays of a year are not known (yet); its arguments are the message and the year."""


def chinese_days(years: Iterable[int]) -> tuple[dict[date, Text], tuple[date, ...]]:
    """Days off by name, and weekend days that are worked instead; NotPublishedError for a year nobody announced."""
    days_off: dict[date, Text] = {}
    worked: list[date] = []
    for year in years:
        day = date(year, 1, 1)
        while day.year == year:
            try:
                free, name = chinese_calendar.get_holiday_detail(day)
            except NotImplementedError:
                msg = f"the public holidays of {year} are not published in the installed holiday library"
                raise NotPublishedError(msg, year) from None
            if free and name:
                days_off[day] = Text(translations={"zh-CN": _NAMES.get(name, name), "en": name})
            elif not free and day.weekday() > 4:  # noqa: PLR2004 - Saturday or Sunday
                worked.append(day)
            day += timedelta(days=1)
    return days_off, tuple(worked)
