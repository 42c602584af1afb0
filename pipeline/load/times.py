"""Written times as instants, a column at a time.

Only what is written in full (`2026-03-02 09:05:00`, every number with its zeros) is read here; for anything else the
caller asks `Row.instant`, whose reading is the one that counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.load.instants import ISO, YEARS
from pipeline.model.records import MISSING

Instants = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

_CODES = {"%Y": "YYYY", "%m": "MM", "%d": "DD", "%H": "hh", "%M": "mm", "%S": "ss"}
_LETTERS = "YMDhms"
_WEEK = 7 * 86400
_ISO_MASKS = tuple(f"YYYY-MM-DD{between}hh:mm:ss{zone}" for between in "T " for zone in ("", "Z", "+HH:II", "-HH:II"))
_DAYS = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def read_times(cells: pa.Array, formats: tuple[str, ...], timezone: str) -> tuple[Instants, Marks]:
    """UTC seconds of each cell, MISSING where empty; and which cells could be read here."""
    count = len(cells)
    lengths, starts, content = _buffers(cells)
    instants = np.full(count, MISSING, np.int64)
    done = lengths == 0
    for mask in masks(formats):
        rows = np.flatnonzero(~done & (lengths == len(mask.text)))
        if rows.size:
            found, good = mask.read(content[starts[rows][:, None] + np.arange(len(mask.text))], timezone)
            instants[rows[good]] = found[good]
            done[rows[good]] = True
    return instants, done


def _buffers(cells: pa.Array) -> tuple[Instants, Instants, npt.NDArray[np.uint8]]:
    """Bytes of each cell, where they start, and all of them."""
    _, offsets, content = cells.buffers()
    edges = np.frombuffer(offsets, np.int32, len(cells) + 1, 4 * cells.offset).astype(np.int64)
    return np.diff(edges), edges[:-1], np.frombuffer(content or b"", np.uint8)


@dataclass(frozen=True, slots=True)
class Mask:
    """A form of written time of fixed width: a letter stands for a digit, anything else for itself."""

    text: str

    def read(self, characters: npt.NDArray[np.uint8], timezone: str) -> tuple[Instants, Marks]:
        """The instants of n cells given as n x width characters, and which of them have this form and exist."""
        values = {letter: np.zeros(len(characters), np.int64) for letter in _LETTERS + "HI"}
        good = np.ones(len(characters), bool)
        for at, letter in enumerate(self.text):
            column = characters[:, at]
            if letter in values:
                digit = column.astype(np.int64) - ord("0")
                good &= (digit >= 0) & (digit <= 9)  # noqa: PLR2004 - a decimal digit
                values[letter] = 10 * values[letter] + digit
            else:
                good &= column == ord(letter)
        year, month, day = values["Y"], values["M"], values["D"]
        good &= (year >= YEARS[0]) & (year <= YEARS[1]) & (month >= 1) & (month <= 12) & (day >= 1)  # noqa: PLR2004
        leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
        longest = _DAYS[np.where(good, month, 1) - 1] - ((month == 2) & ~leap)  # noqa: PLR2004 - February
        good &= (day <= longest) & (values["h"] < 24) & (values["m"] < 60) & (values["s"] < 60)  # noqa: PLR2004
        good &= (values["H"] < 24) & (values["I"] < 60)  # noqa: PLR2004
        wall = 86400 * _days(year, month, day) + 3600 * values["h"] + 60 * values["m"] + values["s"]
        if self.text.endswith("Z"):
            return wall, good
        if self.text.endswith("II"):
            away = 3600 * values["H"] + 60 * values["I"]
            return wall - away if "+" in self.text else wall + away, good
        return _from_local(wall, timezone), good


@cache
def masks(formats: tuple[str, ...]) -> tuple[Mask, ...]:
    """The forms of fixed width among those formats, in their order.

    A format that is not of fixed width ends the list: what comes after it may not take precedence.
    """
    found: list[Mask] = []
    for written in formats:
        if written == ISO:
            found += map(Mask, _ISO_MASKS)
            continue
        mask = re.sub("%.", lambda code: _CODES.get(code[0], "%"), written)
        if "%" in mask or not {"YYYY", "MM", "DD"} <= set(re.findall("Y+|M+|D+", mask)):
            break
        if re.sub("%.", "", written).strip("-/.:T "):
            break  # a letter of the format itself would be taken for a digit
        found.append(Mask(mask))
    return tuple(found)


def _days(year: Instants, month: Instants, day: Instants) -> Instants:
    """Days since 1970-01-01 of dates of the Gregorian calendar (years begin in March, so that leap days come last)."""
    year = year - (month <= 2)  # noqa: PLR2004 - January and February
    since = (month + 9) % 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * since + 2) // 5 + day - 1 - 719468


def _from_local(wall: Instants, timezone: str) -> Instants:
    """UTC seconds of local wall clock times; the first of a time that comes twice."""
    edges, offsets = _offsets(timezone)
    return wall - offsets[np.searchsorted(edges, wall, side="right")]


@cache
def _offsets(timezone: str) -> tuple[Instants, Instants]:
    """Wall clock seconds from which another offset from UTC counts, and the offsets before, between and after."""
    zone = ZoneInfo(timezone)

    def offset(seconds: int) -> int:
        away = datetime.fromtimestamp(seconds, UTC).astimezone(zone).utcoffset()
        return int((away or timedelta(0)).total_seconds())

    day = int(datetime(YEARS[0] - 1, 12, 30, tzinfo=UTC).timestamp())
    end = int(datetime(YEARS[1] + 1, 1, 3, tzinfo=UTC).timestamp())
    edges, offsets = [], [offset(day)]
    for start in range(day, end, _WEEK):  # no zone changes its clocks twice in a week
        low, high = start, start + _WEEK
        if offset(high) == offsets[-1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
        before, after = offsets[-1], offset(start + _WEEK)
        edges.append(high + max(before, after))
        offsets.append(after)
    return np.array(edges, np.int64), np.array(offsets, np.int64)
