"""Dates, numbers, limits and labels as a reader of one language expects them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_name
from babel.numbers import format_currency, format_decimal

from pipeline.merge.capitals import in_capitals
from pipeline.model.agreements import Due
from pipeline.model.calendars import WEEKDAYS, Window
from pipeline.model.quantities import Limit, Money, Month, Text, TimeUnit, display_share

LOCALES = {"zh-CN": "zh_CN", "en": "en_GB"}
EMPTY = "—"
_SAMPLE_YEAR = 2026  # any year shows whether a zone has summer time

Labels = Mapping[str, Mapping[str, str]]
"""Language -> key -> the fixed words of documents."""


class MissingLabelError(LookupError):
    """A label that no locale file has; its arguments are the key and the language."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: str
    labels: Mapping[str, str]

    @property
    def locale(self) -> Locale:
        """Babel's data of the language."""
        return _locale(self.language)

    def __call__(self, text: Text) -> str:
        """A text in this language."""
        return text.in_language(self.language)

    def many(self, texts: tuple[Text, ...]) -> tuple[str, ...]:
        """Several texts."""
        return tuple(self(text) for text in texts)

    def label(self, key: str, **fields: object) -> str:
        """A label with its placeholders filled; MissingLabelError where there is none."""
        words = self.labels.get(key)
        if words is None:
            raise MissingLabelError(key, self.language)
        return words.format(**fields) if fields else words

    def of_kind(self, key: str, kind: str, **fields: object) -> str:
        """A label as a kind of document words it (`key.uc`), else as all do (`key`)."""
        own = f"{key}.{kind}"
        return self.label(own if own in self.labels else key, **fields)

    def date(self, day: date) -> str:
        """`2026年7月1日`, `1 July 2026`."""
        return _date(day, self.language)

    def month(self, month: Month) -> str:
        """`2026年10月`, `October 2026`."""
        pattern = "y年M月" if self.language == "zh-CN" else "MMMM y"
        return format_date(month.first_day(), pattern, locale=self.locale)

    def months(self, first: Month, last: Month) -> str:
        """From one month to another, a single one once: `2026年10月`, `May 2026 to June 2026`."""
        if first == last:
            return self.month(first)
        return self.label("date.range", first=self.month(first), last=self.month(last))

    def period(self, last: Month, months: int) -> str:
        """So many months up to the last one: `2026年10月`, `2026年第三季度`, `Q3 2026`, `2026`."""
        if months == 1:
            return self.month(last)
        return self.label(f"period.{months}.{last.month // months}", year=last.year)

    def moment(self, seconds: int, timezone: str) -> str:
        """`2026-10-08 14:30`: short, sortable and the same in both languages."""
        return datetime.fromtimestamp(seconds, ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")

    def timezone(self, name: str) -> str:
        """`北京时间（UTC+08:00）`, `Central European Time`: the offset where it is the same all the year."""
        zone = ZoneInfo(name)
        offsets = {datetime(_SAMPLE_YEAR, month, 1, tzinfo=zone).utcoffset() for month in range(1, 13)}
        variant: Literal["standard", "generic"] = "standard" if len(offsets) == 1 else "generic"
        babel = get_timezone_name(name, zone_variant=variant, locale=self.locale)
        spoken = self.labels.get(f"timezone.{name}", str(babel))
        if len(offsets) > 1:
            return spoken
        minutes = (offsets.pop() or timedelta()) // timedelta(minutes=1)
        offset = f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
        return self.label("timezone", name=spoken, offset=offset)

    def number(self, number: Decimal | int) -> str:
        """With the language's separators."""
        return str(format_decimal(number, locale=self.locale))

    def number_as_written(self, number: Decimal, places: int) -> str:
        """With the language's separators, and so many decimals."""
        return str(format_decimal(number, format="#,##0." + "0" * places, locale=self.locale))

    def percent(self, number: Decimal) -> str:
        """`99.9%`, with the decimals it was written with."""
        return f"{number}%"

    def money(self, money: Money) -> str:
        """`¥42,000.00`, `CNY 42,000.00`."""
        pattern = None if self.language == "zh-CN" else "¤¤ #,##0.00"
        return str(format_currency(money.amount, money.currency, pattern, locale=self.locale))

    def capitals(self, money: Money) -> str:
        """`人民币壹拾捌万捌仟元整`, for Chinese contracts in yuan; nothing elsewhere."""
        return in_capitals(money.amount) if (self.language, money.currency) == ("zh-CN", "CNY") else ""

    def limit(self, limit: Limit) -> str:
        """`15 分钟`, `2 service days`."""
        amount = format_decimal(limit.amount, locale=self.locale)
        if limit.unit is TimeUnit.DAY:
            return self.label("unit.d.one" if limit.amount == 1 else "unit.d.other", amount=amount)
        return self.label(f"unit.{limit.unit}", amount=amount)

    def elapsed(self, seconds: int) -> str:
        """`3 小时 05 分 20 秒`, `3 h 05 min 20 s`."""
        hours, rest = divmod(seconds, 3600)
        minutes, secs = divmod(rest, 60)
        if hours:
            return self.label("elapsed.h", h=hours, m=minutes, s=secs)
        return self.label("elapsed.min", m=minutes, s=secs) if minutes else self.label("elapsed.s", s=secs)

    def due(self, due: Due) -> str:
        """`within 5 business days of the end of the period`."""
        return self.label("due.business" if due.business else "due.days", days=due.days)

    def windows(self, windows: tuple[Window, ...]) -> str:
        """`09:00–12:00、13:30–18:00`."""
        shown = [f"{start // 60:02d}:{start % 60:02d}–{stop // 60:02d}:{stop % 60:02d}" for start, stop in windows]
        return ("、" if self.language == "zh-CN" else ", ").join(shown) or self.label("hours.none")

    def joined(self, sentences: tuple[str, ...]) -> str:
        """Several remarks in a row."""
        return ("；" if self.language == "zh-CN" else "; ").join(sentences)

    def listed(self, items: tuple[str, ...]) -> str:
        """Several words in a row."""
        return ("、" if self.language == "zh-CN" else ", ").join(items)

    def language_name(self, language: str) -> str:
        """`英文`, `Chinese`: how a contract in this language calls a text in another."""
        return self.label(f"language.{language}")

    def region(self, region: str) -> str:
        """`德国（BY）`, `Germany (BY)`: a region of public holidays."""
        country, _, part = region.partition("-")
        name = str(self.locale.territories.get(country, country))
        return name + self.label("region.part", part=part) if part else name

    def days(self, first: int, last: int) -> str:
        """`周一至周五`, `Saturday`; weekdays count from Monday = 0."""
        if (first, last) == (0, 6):
            return self.label("days.every_day")
        if (first, last) == (0, 4):
            return self.label("days.workdays")
        names = [self.label(f"weekday.{WEEKDAYS[day]}") for day in (first, last)]
        return names[0] if first == last else self.label("days.range", first=names[0], last=names[1])


@cache
def _locale(language: str) -> Locale:
    """Parsed once: by its name Babel would look through all of its locales for each number."""
    return Locale.parse(LOCALES[language])


@lru_cache(maxsize=4096)
def _date(day: date, language: str) -> str:
    return format_date(day, "long", locale=_locale(language))


def exact(value: Fraction) -> Decimal:
    """A fraction as a Decimal of 28 digits: far more than any goal is written with."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def figure(value: Fraction | None, goal: Decimal, *, most: bool = False) -> Decimal | None:
    """A result for machines: six decimals, and never rounded across the goal."""
    if value is None:
        return None
    shown = display_share(exact(value), goal + Decimal("0.000000"), most=most)
    return shown.normalize() if shown != shown.to_integral() else shown.quantize(Decimal(1), ROUND_HALF_UP)
