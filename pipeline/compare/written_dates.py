"""Whether words are a date as people write one in a contract, in figures, in Chinese or in English."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_FIGURES = {"〇": 0, "○": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[., ]+|[ (]*(?:星期|周)[一二三四五六日天]\)?$"
)
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_FORMS = (
    ("ymd", re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})")),
    ("ymd", re.compile(r"(\d{4}) ?(年) ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?")),
    ("ymd", re.compile(r"(\d{4})()(\d{2})(\d{2})")),
    ("dmy", re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})")),
    ("dNy", re.compile(rf"(?:the )?{_DAY}(?: day)?(?: of)?([ -]){_NAME},?[ -](\d{{4}})")),
    ("Ndy", re.compile(rf"{_NAME}( ){_DAY},? ?(\d{{4}})")),
)
_CHINESE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?"
)


def is_date(words: str) -> bool:
    """Whether the words are one day of the calendar and nothing else."""
    said = _WEEKDAY.sub("", " ".join(unicodedata.normalize("NFKC", words).lower().split()))
    chinese = _CHINESE.fullmatch(said)
    if chinese is not None:
        year = int("".join(str(_FIGURES[one]) for one in chinese[1]))
        return _exists(year, _number(chinese[2]), _number(chinese[3]))
    for order, form in _FORMS:
        found = form.fullmatch(said)
        if found is not None:
            first, _, second, third = found.groups()
            if order == "ymd":
                return _exists(int(first), int(second), int(third))
            if order == "dmy":  # which of the two is the day differs from country to country
                return _exists(int(third), int(first), int(second)) or _exists(int(third), int(second), int(first))
            day, month = (first, second) if order == "dNy" else (second, first)
            return _exists(int(third), _MONTHS.index(month[:3]) + 1, int(day))
    return False


def _number(words: str) -> int:
    """A number below a hundred in Chinese figures: 二十一; 0 for none."""
    tens, ten, ones = words.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_FIGURES.get(tens, 1) * 10 if ten else 0) + _FIGURES.get(ones, 0)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
