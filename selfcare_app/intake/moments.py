"""Reads columns of points in time: a whole column at once where the pattern has fixed places, else cell by cell."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from selfcare_app.db import micros
from selfcare_app.intake.cells import Each, Integers, mended
from selfcare_app.intake.findings import BadCell, Faults, Reason
from selfcare_app.intake.octets import Cells, Flags, Octets

ISO, EPOCH, EPOCH_MS = "iso", "epoch", "epoch_ms"
_ISO_UTC = "%Y-%m-%dT%H:%M:%SZ"
_WIDTHS = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
_SECOND = 1_000_000
_QUARTER = 900 * _SECOND
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
EXAMPLE = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
_DIGIT = re.compile(r"\d")
_MONTH_DAYS = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of a moment stand in a text of fixed length."""

    length: int
    parts: dict[str, tuple[int, int]]
    signs: tuple[tuple[int, int], ...]


class Moments:
    """Microseconds since 1970 from cells like `form` (`iso`, `epoch`, `epoch_ms`, or a pattern of strptime).

    A cell without an offset is local time of `zone`, the earlier one of two that the clock shows twice; without a zone
    it is a fault. An empty cell is a fault.
    """

    def __init__(self, form: str = ISO, zone: ZoneInfo | None = None) -> None:
        self._form, self._zone = form, zone
        self._places = _places(_ISO_UTC if form == ISO else form)
        self._local = zone if form not in (ISO, EPOCH, EPOCH_MS) else None
        self._slow = Each(self.one, 0, np.int64)
        self._example = _example(form)

    def __call__(self, cells: Cells, faults: Faults, column: str) -> Integers:
        values = np.zeros(len(cells), np.int64)
        if self._places is None or (self._local is None and self._form != ISO):
            return mended(values, np.ones(len(cells), bool), self._slow, cells, faults, column)
        bad = cells.lengths != self._places.length
        rows = np.flatnonzero(~bad)
        if len(rows):
            found, good = _from_places(cells.rows(rows).matrix(self._places.length), self._places)
            values[rows] = found if self._local is None else to_utc(found, self._local)
            bad[rows[~good]] = True
        return mended(values, bad, self._slow, cells, faults, column)

    def one(self, text: str) -> int:
        """Microseconds since 1970 that one cell says. Raises BadCell."""
        if not text:
            raise BadCell(Reason.REQUIRED)
        try:
            found = self._parsed(text.strip())
        except (ValueError, OverflowError) as wrong:
            raise BadCell(Reason.NOT_A_MOMENT, example=self._example) from wrong
        if found.tzinfo is None:
            if self._zone is None:
                raise BadCell(Reason.NOT_A_MOMENT, example=self._example)
            found = found.replace(tzinfo=self._zone).astimezone(UTC)
        if not _EARLIEST <= found < _LATEST:
            raise BadCell(Reason.NOT_A_MOMENT, example=self._example)
        return micros(found)

    def _parsed(self, text: str) -> datetime:
        if self._form == ISO:
            if not _DIGIT.match(text) or len(text) < len("2026-10-31"):
                raise ValueError(text)
            return datetime.fromisoformat(text)
        if self._form in (EPOCH, EPOCH_MS):
            if not (text.isascii() and text.isdigit() and len(text) < 16):
                raise ValueError(text)
            unit = 1000 if self._form == EPOCH_MS else 1
            return _EARLIEST + timedelta(seconds=int(text) // unit, milliseconds=(int(text) % unit))
        return datetime.strptime(text, self._form)  # noqa: DTZ007 - the zone is the mapping's


def _example(form: str) -> str:
    if form == ISO:
        return EXAMPLE.isoformat()
    if form in (EPOCH, EPOCH_MS):
        return str(int(EXAMPLE.timestamp()) * (1000 if form == EPOCH_MS else 1))
    return EXAMPLE.strftime(form)


def _places(form: str) -> _Places | None:
    parts: dict[str, tuple[int, int]] = {}
    signs: list[tuple[int, int]] = []
    at, marked = 0, False
    for sign in form:
        if marked:
            if sign not in _WIDTHS or sign in parts:
                return None
            parts[sign] = (at, _WIDTHS[sign])
            at += _WIDTHS[sign]
            marked = False
        elif sign == "%":
            marked = True
        else:
            signs.append((at, ord(sign)))
            at += 1
    return _Places(at, parts, tuple(signs)) if {"Y", "m", "d"} <= parts.keys() else None


def _from_places(signs: Octets, places: _Places) -> tuple[Integers, Flags]:
    """Microseconds on the clock, and which rows are true moments (the others are anything)."""
    good = np.ones(len(signs), bool)
    for at, sign in places.signs:
        good &= signs[:, at] == sign
    figures = {}
    for name, (at, width) in places.parts.items():
        digits = signs[:, at : at + width] - np.uint8(48)
        good &= (digits <= 9).all(axis=1)
        figures[name] = digits.astype(np.int64) @ (10 ** np.arange(width - 1, -1, -1))
    zero = np.zeros(len(signs), np.int64)
    year, month, day = figures["Y"], figures["m"], figures["d"]
    hour, minute, second = (figures.get(name, zero) for name in "HMS")
    good &= _is_calendar(year, month, day) & (hour < 24) & (minute < 60) & (second < 60)
    seconds: Integers = ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    return np.where(good, seconds * _SECOND, 0), good


def _is_calendar(year: Integers, month: Integers, day: Integers) -> Flags:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _MONTH_DAYS[np.clip(month, 1, 12) - 1] - ((month == 2) & ~leap)
    flags: Flags = (year >= 1970) & (year < 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= last)
    return flags


def _days(year: Integers, month: Integers, day: Integers) -> Integers:
    """Days since 1970 in the Gregorian calendar; years begin in March, so that the leap day is the last one."""
    shifted = np.where(month <= 2, year - 1, year)
    era_year = (month + 9) % 12
    days: Integers = (
        365 * shifted + shifted // 4 - shifted // 100 + shifted // 400 + (153 * era_year + 2) // 5 + day - 1
    )
    return days - 719_468


def to_utc(local: Integers, zone: ZoneInfo) -> Integers:
    """Microseconds of UTC from microseconds of a zone's wall clock, the earlier of two that it shows twice."""
    quarters, places = np.unique(local // _QUARTER, return_inverse=True)
    offsets = np.array([_offset(int(quarter), zone) for quarter in quarters], np.int64)
    utc: Integers = local - offsets[places]
    return utc


@lru_cache(maxsize=65_536)
def _offset(quarter: int, zone: ZoneInfo) -> int:
    wall = (_EARLIEST + timedelta(microseconds=quarter * _QUARTER)).replace(tzinfo=zone)
    return (wall.utcoffset() or timedelta()) // timedelta(microseconds=1)
