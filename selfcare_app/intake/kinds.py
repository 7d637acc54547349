"""Kinds of columns: what may stand in a cell, and how a whole column of it is read."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np

from selfcare_app.db import moment
from selfcare_app.intake.cells import MOST, Column, Each, Reader, Whole, day_of, exact, money, optional, text_of, words
from selfcare_app.intake.findings import BadCell, Faults, Reason
from selfcare_app.intake.form import CLOCK, MILLISECONDS, MINOR, UNITS, Form
from selfcare_app.intake.moments import Moments
from selfcare_app.intake.octets import Cells
from selfcare_app.kit.money import RATE_SCALE
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.usage.identity import record_keys

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})")
_PLUS_AND_SPACES = str.maketrans("", "", " +-()\u00a0")
_LONGEST_PEER = 40
_RATE_PLACES = len(str(RATE_SCALE)) - 1


class Kind(Protocol):
    """Makes the reader of a column `name` in a file of that form."""

    def reader(self, name: str, form: Form, *, required: bool) -> Reader: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most `most` characters."""

    most: int = 200

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        return Each(text_of(self.most, required=required), "")


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies a record at its source, of at most `most` bytes, as its digest; 0 where the cell is empty."""

    most: int = 64

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        def read(cells: Cells, faults: Faults, column: str) -> Column:
            for row in np.flatnonzero(cells.lengths > self.most).tolist() if cells.longest > self.most else ():
                faults.add(row, column, Reason.TOO_LONG, {"most": self.most})
            return np.where(cells.lengths == 0, 0, record_keys([cells.words()], len(cells)))

        return read


@dataclass(frozen=True, slots=True)
class Digits:
    """A text of so many digits."""

    least: int
    most: int

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        def one(text: str) -> str:
            if not (text.isascii() and text.isdigit() and self.least <= len(text) <= self.most):
                raise BadCell(Reason.NOT_DIGITS if text else Reason.REQUIRED, least=self.least, most=self.most)
            return text

        return Each(one, "")


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number from 0 on; counted in `of` (time, data) it may come in another unit."""

    of: str = ""
    most: int = MOST

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        unit = form.units.get(name, "")
        if unit == CLOCK:
            return Each(_clock, 0, np.int64)
        if unit == MILLISECONDS:
            return Each(_milliseconds, 0, np.int64)
        factor = UNITS[self.of].get(unit, 1) if self.of else 1
        return Whole(factor=factor, most=self.most, required=required, decimal=form.decimal)


@dataclass(frozen=True, slots=True)
class Amount:
    """Money: in the file units of currency with a decimal mark, in the program minor units."""

    signed: bool = False
    above_zero: bool = False
    nothing: bool = False
    """Whether an empty cell is no amount instead of zero."""

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        places = 0 if form.units.get(name) == MINOR else form.profile.currency_scale
        one = money(places, signed=self.signed, required=required, decimal=form.decimal, least=self.above_zero)
        return Each(optional(one), None) if self.nothing else Each(one, 0, np.int64)


@dataclass(frozen=True, slots=True)
class Charge:
    """A price of usage, finer than a minor unit: ten-thousandths of it in the program."""

    empty: int = 0

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        places = _RATE_PLACES + (0 if form.units.get(name) == MINOR else form.profile.currency_scale)
        one = money(places, signed=False, required=required, decimal=form.decimal)
        empty = self.empty
        return Each(one if required else lambda text: one(text) if text else empty, 0, np.int64)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment as microseconds of UTC, for columns of millions of rows."""

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        return Moments(form.moment, form.zone)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as an aware datetime; an empty cell is none unless one is required."""

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        micros = Moments(form.moment, form.zone).one

        def one(text: str) -> datetime | None:
            return moment(micros(text)) if text or required else None

        return Each(one, None)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day."""

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        one = day_of(form.day)
        return Each(one if required else optional(one), None)


@dataclass(frozen=True)
class Word:
    """One of a few words; an empty cell means `otherwise` where there is one. Numbers make a column of int64."""

    meanings: Mapping[str, Any]
    otherwise: Any = None

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        values = list(self.meanings.values())
        number = isinstance(values[0], int) and not isinstance(values[0], bool)
        one = words(self.meanings, otherwise=self.otherwise)
        return Each(one, values[0], np.int64 if number else np.object_)


def flag(otherwise: bool) -> Word:
    """Yes or no in the spellings that exports have."""
    return Word({"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}, otherwise)


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A number of the operator's country in canonical digits; `own`: with one of the operator's prefixes."""

    own: bool = False

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        parse = number_of(form)
        numbering = form.profile.numbering

        def one(text: str) -> str | None:
            if not text:
                if required:
                    raise BadCell(Reason.REQUIRED)
                return None
            number = parse(text)
            if self.own and not number.national(numbering).startswith(numbering.prefixes):
                raise BadCell(Reason.NOT_OWN_NUMBER)
            return str(number)

        return Each(one, None)


@dataclass(frozen=True, slots=True)
class Peer:
    """The other side: a number of any country, a short number or a sender's name."""

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        return _Peers(form)


class _Peers:
    """Reads numbers that are canonical already without looking at each."""

    def __init__(self, form: Form) -> None:
        self._as_it_is = form.numbers == "international"
        self._slow = Each(peer_of(form), "")

    def __call__(self, cells: Cells, faults: Faults, column: str) -> Column:
        if self._as_it_is and cells.longest <= 15 and cells.whole()[1].all():
            texts = np.empty(len(cells), np.object_)
            texts[:] = cells.texts
            return texts
        return self._slow(cells, faults, column)


def number_of(form: Form) -> Callable[[str], Msisdn]:
    """Reads a number of the operator's country. Raises BadCell."""
    numbering = form.profile.numbering
    length = len(numbering.country_code) + numbering.national_length

    def one(text: str) -> Msisdn:
        if len(text) == length and text.startswith(numbering.country_code) and text.isascii() and text.isdigit():
            return Msisdn(text)
        digits = text.translate(_PLUS_AND_SPACES)
        if form.numbers in ("national", "trunk") and len(digits) != numbering.national_length:
            digits = _without_trunk(digits, numbering.trunk_prefixes, numbering.national_length)
        elif form.numbers == "international" and len(digits) <= numbering.national_length:
            raise BadCell(Reason.NOT_A_NUMBER)
        try:
            return Msisdn.parse(digits, numbering)
        except NotANumber as wrong:
            raise BadCell(Reason.NOT_A_NUMBER) from wrong

    return one


def peer_of(form: Form) -> Callable[[str], str]:
    """Reads the other side; what looks like a number of the own country gets the country code."""
    numbering, text_one = form.profile.numbering, text_of(_LONGEST_PEER, required=False)

    def one(text: str) -> str:
        plain = text_one(text)
        digits = plain.translate(_PLUS_AND_SPACES)
        if not (digits.isascii() and digits.isdigit()):
            return plain
        if form.numbers == "international" or plain.startswith("+"):
            return digits
        national = _without_trunk(digits, numbering.trunk_prefixes, numbering.national_length)
        return numbering.country_code + national if len(national) == numbering.national_length else digits

    return one


def _without_trunk(digits: str, trunks: tuple[str, ...], length: int) -> str:
    for trunk in trunks:
        if digits.startswith(trunk) and len(digits) == len(trunk) + length:
            return digits[len(trunk) :]
    return digits


def _clock(text: str) -> int:
    if not text:
        return 0
    if (found := _CLOCK.fullmatch(text.strip())) is None or int(found[2]) > 59 or int(found[3]) > 59:
        raise BadCell(Reason.NOT_A_DURATION)
    return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])


def _milliseconds(text: str) -> int:
    if not text:
        return 0
    value = exact(text, ".", Reason.NOT_WHOLE)
    if value < 0:
        raise BadCell(Reason.NEGATIVE)
    if value > MOST:
        raise BadCell(Reason.TOO_LARGE, most=MOST)
    # A part of a second is counted as a whole one, as it is charged.
    return math.ceil(value / 1000)
