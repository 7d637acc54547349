"""Turns columns of cells into columns of values: whole columns at once where all is well, cell by cell where not."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from selfcare_app.intake.findings import At, BadCell, Faults, Reason
from selfcare_app.intake.octets import Cells, Flags, Places

Value = TypeVar("Value")
Integers = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]
Column = Integers | Objects

MOST = 2**63 - 1
_REMEMBERED = 100_000
_SHOWN = 80
_DAY = date(2026, 10, 31)
_REPEATING = 0.3


class Reader(Protocol):
    """Reads a column of cells; a cell that can't be read is named in `faults` and has any value."""

    def __call__(self, cells: Cells, faults: Faults, column: str) -> Column: ...


class Memo(dict[str, Any]):
    """Remembers what a text means, because most cells repeat."""

    def __init__(self, one: Callable[[str], Any]) -> None:
        super().__init__()
        self._one = one

    def __missing__(self, text: str) -> Any:
        value = self._one(text)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[text] = value
        return value


def shown(text: str) -> str:
    """A cell as a report quotes it."""
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[: _SHOWN + 1])
    return plain if len(text) <= _SHOWN else plain[:_SHOWN] + "…"


class Each(Generic[Value]):
    """Reads every cell by one function from text to value, which raises BadCell; `kind` is that of the column."""

    def __init__(self, one: Callable[[str], Value], otherwise: Value, kind: type[np.generic] = np.object_) -> None:
        self._memo = Memo(one)
        self._otherwise, self._kind = otherwise, kind
        self._repeats = True

    def __call__(self, cells: Cells, faults: Faults, column: str) -> Column:
        if not self._repeats or not len(cells):
            return self._read(cells.texts, faults, column, None)
        samples, which = cells.distinct()
        self._repeats = len(samples) < _REPEATING * len(cells) + 100
        return self._read(samples, faults, column, which)[which]

    def _read(self, texts: list[str], faults: Faults, column: str, which: Places | None) -> Column:
        made = np.empty(len(texts), self._kind)
        try:
            made[:] = list(map(self._memo.__getitem__, texts))
        except BadCell:
            made[:] = [self._or_fault(text, place, faults, column, which) for place, text in enumerate(texts)]
        return made

    def _or_fault(self, text: str, place: int, faults: Faults, column: str, which: Places | None) -> Value:
        try:
            value: Value = self._memo[text]
        except BadCell as bad:
            for row in [place] if which is None else np.flatnonzero(which == place).tolist():
                faults.add(row, column, bad.reason, {"value": shown(text), **bad.params})
            return self._otherwise
        return value


class Whole:
    """Whole numbers from 0 on times `factor`, an empty cell being 0 unless one is required; a column of int64."""

    def __init__(self, *, factor: int = 1, most: int = MOST, required: bool = False, decimal: str = ".") -> None:
        self._most, self._factor, self._required = most, factor, required
        self._slow = Each(lambda text: _whole(text, factor, most, required=required, decimal=decimal), 0, np.int64)

    def __call__(self, cells: Cells, faults: Faults, column: str) -> Integers:
        values, good = cells.whole()
        good &= values <= self._most // self._factor
        values = values * self._factor
        if self._required:
            good &= cells.lengths > 0
        return mended(values, ~good, self._slow, cells, faults, column)


def mended(values: Integers, bad: Flags, reader: Reader, cells: Cells, faults: Faults, column: str) -> Integers:
    """The values, those that are `bad` read again cell by cell."""
    if not bad.any():
        return values
    rows = np.flatnonzero(bad)
    values[rows] = reader(cells.rows(rows), At(faults, rows), column)
    return values


def _whole(text: str, factor: int, most: int, *, required: bool, decimal: str) -> int:
    if not text and not required:
        return 0
    value = exact(text, decimal, Reason.NOT_WHOLE) * factor
    if value < 0:
        raise BadCell(Reason.NEGATIVE)
    if value > most:
        raise BadCell(Reason.TOO_LARGE, most=most)
    if value != int(value):
        if factor == 1:
            raise BadCell(Reason.NOT_WHOLE)
        # A part of a second or of a byte is counted as a whole one, as it is charged.
        return int(value) + 1
    return int(value)


def exact(text: str, decimal: str, reason: Reason) -> Decimal:
    """The number that a text says, with `decimal` as its mark. Raises BadCell."""
    plain = text.replace(decimal, ".", 1) if decimal != "." else text
    digits = plain.removeprefix("-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit()) or plain.endswith(".") or not text:
        raise BadCell(Reason.REQUIRED if not text else reason)
    if len(digits) > 40:
        raise BadCell(Reason.TOO_LARGE, most=MOST)
    try:
        return Decimal(plain)
    except InvalidOperation as wrong:
        raise BadCell(reason) from wrong


def money(
    places: int, *, signed: bool, required: bool, decimal: str = ".", least: bool = False
) -> Callable[[str], int]:
    """Reads an amount into units of 10^-places of what the text counts; `least`: only above zero."""

    def one(text: str) -> int:
        if not text and not required:
            return 0
        scaled = exact(text, decimal, Reason.NOT_MONEY).scaleb(places)
        if scaled != int(scaled):
            raise BadCell(Reason.TOO_FINE, places=places)
        if scaled < 0 and not signed:
            raise BadCell(Reason.NEGATIVE)
        if abs(scaled) > MOST:
            raise BadCell(Reason.TOO_LARGE, most=MOST)
        if least and scaled <= 0:
            raise BadCell(Reason.NOT_MONEY)
        return int(scaled)

    return one


def words(meanings: Mapping[str, Value], *, otherwise: Value | None = None) -> Callable[[str], Value]:
    """Reads one of a few words in any case; an empty cell means `otherwise` if that is given."""
    known = {word.casefold(): value for word, value in meanings.items()}

    def one(text: str) -> Value:
        if not text and otherwise is not None:
            return otherwise
        if not text:
            raise BadCell(Reason.REQUIRED)
        try:
            return known[text.strip().casefold()]
        except KeyError:
            raise BadCell(Reason.NOT_A_WORD, words=", ".join(meanings)) from None

    return one


def text_of(most: int, *, required: bool) -> Callable[[str], str]:
    """Reads a text of at most `most` characters without control characters; spaces around it are taken away."""

    def one(text: str) -> str:
        plain = text.strip()
        if required and not plain:
            raise BadCell(Reason.REQUIRED)
        if len(plain) > most:
            raise BadCell(Reason.TOO_LONG, most=most)
        if not plain.isprintable() and any(sign < " " and sign not in "\n\t" for sign in plain):
            raise BadCell(Reason.CONTROL)
        return plain

    return one


def optional(one: Callable[[str], Value]) -> Callable[[str], Value | None]:
    """Reads an empty cell as nothing."""
    return lambda text: one(text) if text.strip() else None


def day_of(form: str) -> Callable[[str], date]:
    """Reads a day: `iso`, or a pattern of strptime."""

    example = _DAY.isoformat() if form == "iso" else _DAY.strftime(form)

    def one(text: str) -> date:
        if not text:
            raise BadCell(Reason.REQUIRED)
        try:
            found = date.fromisoformat(text) if form == "iso" else datetime.strptime(text, form).date()  # noqa: DTZ007 - a day
        except ValueError as wrong:
            raise BadCell(Reason.NOT_A_DAY, example=example) from wrong
        if not 1900 <= found.year <= 2200:
            raise BadCell(Reason.NOT_A_DAY, example=example)
        return found

    return one
