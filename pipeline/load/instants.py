"""Written times as instants: whole UTC seconds, by the date formats of a profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

YEARS = (1990, 2100)
"""Tools write 0001-01-01 or 9999-12-31 for nothing; such a time must not stretch the calendars to it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 3600
_FAR = Decimal(10) ** 15


def _number(written: str, decimal: str) -> Decimal:
    """A number with the profile's decimal sign; ValueError for anything else."""
    if decimal != ".":
        if "." in written:
            raise ValueError(written)
        written = written.replace(decimal, ".")
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise ValueError(written) from None
    if not number.is_finite() or abs(number) > _FAR:
        raise ValueError(written)
    return number


def _epoch(written: str, decimal: str) -> datetime:
    return _EPOCH + timedelta(seconds=int(_number(written, decimal).to_integral_value(ROUND_FLOOR)))


def _epoch_ms(written: str, decimal: str) -> datetime:
    return _EPOCH + timedelta(seconds=int((_number(written, decimal) / 1000).to_integral_value(ROUND_FLOOR)))


def _serial(first_day: datetime) -> Callable[[str, str], datetime]:
    """Days since a day; the nearest second, since a written fraction of a day is itself rounded."""

    def read(written: str, decimal: str) -> datetime:
        seconds = (_number(written, decimal) * _DAY).to_integral_value(ROUND_HALF_UP)
        return first_day + timedelta(seconds=int(seconds))

    return read


def _iso(written: str, _decimal: str) -> datetime:
    return datetime.fromisoformat(written)


ISO = "iso"

NAMED: Mapping[str, Callable[[str, str], datetime]] = {
    ISO: _iso,
    "epoch": _epoch,
    "epoch_ms": _epoch_ms,
    # Excel counts 1900-02-29, which there was not; days before it are of no interest here
    "excel": _serial(datetime(1899, 12, 30)),  # noqa: DTZ001 - local time, like every time without offset
    "excel-1904": _serial(datetime(1904, 1, 1)),  # noqa: DTZ001 - as above
}
"""Date formats that are no pattern of `strptime`: ISO 8601, seconds and milliseconds since 1970, days of Excel."""


@lru_cache(maxsize=200_000)
def read_instant(written: str, formats: tuple[str, ...], timezone: str, decimal: str = ".") -> int:
    """UTC seconds of a written time; ValueError when no format fits."""
    for pattern in formats:
        try:
            named = NAMED.get(pattern)
            moment = named(written, decimal) if named else datetime.strptime(written, pattern)  # noqa: DTZ007 - zone added below
        except (ValueError, OverflowError):
            continue
        if not YEARS[0] <= moment.year <= YEARS[1]:
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(timezone))
        return int(moment.astimezone(UTC).timestamp())
    raise ValueError(written)
