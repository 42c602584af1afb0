"""How written values must look, and what they mean: the `check_with` rules of the schemas and their readers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pipeline.load.holidays import read_region
from pipeline.load.instants import NAMED
from pipeline.model.agreements import Due, Version
from pipeline.model.quantities import LANGUAGES, Limit, Month, TimeUnit, decimals, parse_percent
from pipeline.problems import did_you_mean

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")
_DAY = 24 * 3600
_MARK = re.compile(r"[\[【〔{]\s*[\[【〔{]\s*(?:sign|picture|toc)(?![a-z])", re.IGNORECASE)
"""What templates are marked with, in any spelling: full-width signs are made narrow first."""

_CURRENCIES = frozenset({"CNY", "HKD", "MOP", "TWD", "USD", "EUR", "GBP", "JPY", "SGD", "AUD", "CAD", "CHF", "KRW"})
MAX_IDENTIFIER = 64
_TAKEN = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))]
)
"""Names of devices: Windows makes no folder or file of that name."""
_NO_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
"""What a YAML reader takes for something else than a word."""
MAX_DECIMALS = 6
MAX_NUMBER = 1_000_000_000
FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Years that dates may lie in: far from where date arithmetic ends, and long enough for "until further notice"."""


def read_identifier(text: str) -> str:
    """Lower case with hyphens; nothing that a file system could read as a path."""
    if _IDENTIFIER.fullmatch(text) is None or len(text) > MAX_IDENTIFIER:
        msg = f"{text!r} is not an identifier; use lower-case letters, digits and single hyphens, such as sla-harbour"
        raise ValueError(msg)
    if text in _TAKEN | _NO_WORDS:
        meant = "a device" if text in _TAKEN else "a value"
        msg = f"{text!r} cannot be an identifier: to other programs it names {meant}"
        raise ValueError(msg)
    return text


def read_date(text: str) -> date:
    """`2026-04-01`."""
    if _DATE.fullmatch(text) is None:
        msg = f"{text!r} is not a date; write it as 2026-04-01"
        raise ValueError(msg)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        msg = f"{text!r} is not a day of the calendar"
        raise ValueError(msg) from None
    _check_year(text, day.year)
    return day


def _check_year(text: str, year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        msg = f"{text!r} lies outside of the years {FIRST_YEAR} to {LAST_YEAR}"
        raise ValueError(msg)


def read_month(text: str) -> Month:
    """`2026-10`."""
    month = Month.parse(text)
    _check_year(text, month.year)
    return month


def read_limit(text: str) -> Limit:
    """`15 min`, `2 d`; a year at most."""
    limit = Limit.parse(text)
    if limit.seconds(_DAY) > 366 * _DAY:
        msg = f"{text!r} is over a year"
        raise ValueError(msg)
    return limit


def read_wall_time(text: str) -> Limit:
    """`90 min`, `24 h`: time as clocks on the wall tell it."""
    limit = read_limit(text)
    if limit.unit is TimeUnit.DAY:
        msg = f"{text!r}: a day is a service day of a calendar here; write hours, such as 48 h"
        raise ValueError(msg)
    return limit


def read_percent(text: str) -> Decimal:
    """`99.9%`."""
    percent = parse_percent(text)
    if decimals(percent) > MAX_DECIMALS:
        msg = f"{text!r} has more than {MAX_DECIMALS} decimals"
        raise ValueError(msg)
    return percent


def read_goal(written: str | int | Decimal) -> Decimal | Limit:
    """A figure in the unit of its measure: `95%`, `4 h`, or a plain number for counts and scores."""
    if not isinstance(written, str):
        number = Decimal(written)
        if number < 0 or decimals(number) > MAX_DECIMALS or number > MAX_NUMBER:
            msg = f"{written} is not a number from 0 to {MAX_NUMBER} with {MAX_DECIMALS} decimals at most"
            raise ValueError(msg)
        return number
    if re.search(r"[a-z]\s*$", written):
        return read_limit(written)
    return read_percent(written)


def read_percentile(number: int | Decimal) -> Decimal:
    """`95`: more than 0 and less than 100."""
    value = Decimal(number)
    if not 0 < value < 100 or decimals(value) > MAX_DECIMALS:  # noqa: PLR2004 - a share of a whole
        msg = f"{number} is not a percentile; write a number between 0 and 100, such as 95"
        raise ValueError(msg)
    return value


def read_date_format(text: str) -> str:
    """A name such as `iso` or `epoch`, or a pattern of `strptime` that reads a day back."""
    moment = datetime(2026, 11, 22, 13, 14, 15, tzinfo=UTC)
    try:
        if text in NAMED or datetime.strptime(moment.strftime(text), text).date() == moment.date():  # noqa: DTZ007 - only the day matters
            return text
    except (ValueError, re.error):  # a letter that appears twice, such as %m for the minutes, is an error of re
        pass
    msg = f"{text!r} does not read a day and time; write it like %Y-%m-%d %H:%M:%S (minutes are %M, months %m)"
    msg += f", or {', '.join(NAMED)}"
    raise ValueError(msg)


PARAMETERS = ("month_start", "month_end")
_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


def read_query(text: str) -> str:
    """A query that reads, of one month; what is written `:name` is a parameter."""
    if re.match(r"\s*(select|with)\b", text, re.IGNORECASE) is None:
        msg = "a query starts with SELECT or WITH"
        raise ValueError(msg)
    found = _PARAMETER.findall(text)
    for name in found:
        if name not in PARAMETERS:
            msg = f"unknown parameter :{name}; {did_you_mean(name, PARAMETERS)}"
            raise ValueError(msg)
    if not found:
        msg = "the query has no :month_start and no :month_end; every month would get the same rows"
        raise ValueError(msg)
    return text


def read_window(text: str) -> tuple[int, int]:
    """`09:00-12:00` as minutes from midnight; the end may be 24:00."""
    match = _WINDOW.fullmatch(text)
    if match is None:
        msg = f"{text!r} is not a time window; write it as 09:00-12:00"
        raise ValueError(msg)
    numbers = [int(group) for group in match.groups() if group is not None]
    start, stop = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if start >= stop:
        msg = f"{text!r} ends before it starts; split a window at midnight in two"
        raise ValueError(msg)
    return start, stop


@cache
def _zones() -> frozenset[str]:
    # these two depend on the machine
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def read_timezone(text: str) -> str:
    """An IANA time zone name."""
    if text not in _zones():
        hint = did_you_mean(text, _zones())
        msg = f"{text!r} is not a time zone" + (f"; {hint}" if "mean" in hint else "; write it as Asia/Shanghai")
        raise ValueError(msg)
    ZoneInfo(text)
    return text


@dataclass(frozen=True, slots=True)
class Shape:
    """Reads what looks like its pattern as a whole."""

    pattern: str
    wanted: str

    def __call__(self, text: str) -> str:
        """The text as it is; ValueError where it looks otherwise."""
        if re.fullmatch(self.pattern, text) is None:
            msg = f"{text!r} is not {self.wanted}"
            raise ValueError(msg)
        return text


def read_currency(text: str) -> str:
    """An ISO 4217 code."""
    if text not in _CURRENCIES:
        msg = f"{text!r} is not a known currency; {did_you_mean(text, _CURRENCIES)}"
        raise ValueError(msg)
    return text


def _check_marks(text: str) -> None:
    found = _MARK.search(unicodedata.normalize("NFKC", text))
    if found is not None:
        msg = f"{found[0]!r} is a mark of templates and cannot stand in a text"
        raise ValueError(msg)


def read_plain(text: str) -> str:
    """A string that is not empty."""
    _check_marks(text)
    if not text.strip():
        msg = "the text is empty"
        raise ValueError(msg)
    return text


def read_text(value: str | dict[str, Any]) -> str | dict[str, Any]:
    """A text for customers: a string, or strings by language."""
    if not value or (isinstance(value, str) and not value.strip()):
        msg = "the text is empty"
        raise ValueError(msg)
    if isinstance(value, str):
        _check_marks(value)
    for language, words in value.items() if isinstance(value, dict) else ():
        read_translation(language, words)
    return value


def read_translation(language: str, words: Any) -> None:  # noqa: ANN401 - YAML values are of any type
    """One language of a text."""
    if language not in LANGUAGES:
        msg = f"unknown language {language!r}; {did_you_mean(language, LANGUAGES)}"
        raise ValueError(msg)
    if not isinstance(words, str):
        msg = f"the {language} text is {'empty' if words is None else 'no text; put numbers in quotes'}"
        raise ValueError(msg)  # noqa: TRY004 - what readers raise
    if not words.strip():
        msg = f"the {language} text is empty"
        raise ValueError(msg)
    _check_marks(words)


def read_step(value: str | dict[str, Any]) -> str | dict[str, Any]:
    """A step of a support chain: one agreement, or `any_of` several; those are read by a rule of their own."""
    return read_identifier(value) if isinstance(value, str) else value


def read_recurrence(value: dict[str, Any]) -> dict[str, Any]:
    """A window that comes back on a weekday or on a day of the month."""
    if ("weekday" in value) == ("day" in value):
        msg = "write a weekday or a day of the month: {weekday: saturday, nth: 3, hours: …} or {day: 15, hours: …}"
        raise ValueError(msg)
    if "nth" in value and "day" in value:
        msg = "nth goes with a weekday; a day of the month needs none"
        raise ValueError(msg)
    if value.get("nth") == 0:
        msg = "nth is 1 to 5, or -1 for the last of the month; leave it out for every week"
        raise ValueError(msg)
    return value


def read_trigger(value: dict[str, Any]) -> dict[str, Any]:
    """Months in a row, or so many of a longer run."""
    if ("of" in value) == (value.get("consecutive") is True):
        msg = "write either consecutive: true, or of: how many months are looked at"
        raise ValueError(msg)
    return value


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
"""Parts of a mail address as RFC 5321 has them, in ASCII: every mail server takes these."""

READERS: dict[str, Callable[[Any], Any]] = {
    "step": read_step,
    "recurrence": read_recurrence,
    "trigger": read_trigger,
    "text": read_text,
    "identifier": read_identifier,
    "version": Version.parse,
    "percent": read_percent,
    "goal": read_goal,
    "percentile": read_percentile,
    "limit": read_limit,
    "wall_time": read_wall_time,
    "date": read_date,
    "month": read_month,
    "window": read_window,
    "timezone": read_timezone,
    "due": Due.parse,
    "currency": read_currency,
    "region": read_region,
    "plain": read_plain,
    "date_format": read_date_format,
    "activity": Shape(r"[A-Z]{2,6}[1-9][0-9]?", "the number of an activity; write it like SLM1"),
    "query": read_query,
    "environment": Shape(
        r"[A-Z][A-Z0-9_]*", "the name of an environment variable, such as SLM_DB_URL; an address does not belong here"
    ),
    "priority": Shape(r"P[1-5]", "a priority; write P1 to P5"),
    "email": Shape(
        rf"(?=.{{6,254}}$)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z]{_LABEL}", "a mail address"
    ),
    "sha256": Shape(r"[0-9a-f]{64}", "a SHA-256 digest: 64 hexadecimal digits"),
    "docx": Shape(r"[^/\\\x00]+\.docx", "the name of a Word template without folders, such as sla.2026.zh-CN.docx"),
    "answers": Shape(r"[^/\\\x00.][^/\\\x00]*", "the name of a file beside the survey, without folders"),
    "glob": Shape(r"[^/\\\x00]*[^/\\\x00.][^/\\\x00]*", "a file name pattern; write it without folders: tickets*.csv"),
}
"""Rule name -> reader; a reader raises ValueError with a message for the user."""

PATTERNS: Mapping[str, str] = {
    "identifier": _IDENTIFIER.pattern,
    "date": _DATE.pattern,
    "window": _WINDOW.pattern,
    **{name: read.pattern for name, read in READERS.items() if isinstance(read, Shape)},
}
"""Rule name -> what all texts that it reads look like, where a pattern can tell; a reader may ask for more."""
