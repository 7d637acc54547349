"""Kinds of columns of price rules: on which days of the week they hold, and at which time of day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from selfcare_app.catalogue.price_list import EVERY_DAY, WHOLE_DAY
from selfcare_app.intake.cells import MOST, Each, Reader, exact
from selfcare_app.intake.findings import BadCell, Reason
from selfcare_app.intake.form import Form

ANY = -1
"""A word that means any direction or any zone."""
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of the week as digits, 1 for Monday: `12345`; an empty cell is every day. Bits in the program."""

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        return Each(_weekdays, EVERY_DAY, np.int64)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time of day, `22:30`; `otherwise` where the cell is empty. Minutes from midnight in the program."""

    otherwise: int = WHOLE_DAY[0]

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        return Each(lambda text: _minute(text) if text.strip() else self.otherwise, self.otherwise, np.int64)


@dataclass(frozen=True, slots=True)
class Mask:
    """Several of a few words with spaces between them, each a bit by its number; an empty cell is `otherwise`."""

    numbers: Mapping[str, int]
    otherwise: int

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        def one(text: str) -> int:
            mask = 0
            for word in text.casefold().split():
                if word not in self.numbers:
                    raise BadCell(Reason.NOT_A_WORD, words=", ".join(self.numbers))
                mask |= 1 << self.numbers[word]
            return mask or self.otherwise

        return Each(one, self.otherwise, np.int64)


@dataclass(frozen=True, slots=True)
class Step:
    """A whole number from 1 on."""

    def reader(self, name: str, form: Form, *, required: bool) -> Reader:
        return Each(_step, 1, np.int64)


def _step(text: str) -> int:
    if not text:
        raise BadCell(Reason.REQUIRED)
    step = exact(text, ".", Reason.NOT_WHOLE)
    if step != int(step) or step < 1:
        raise BadCell(Reason.NOT_WHOLE)
    if step > MOST:
        raise BadCell(Reason.TOO_LARGE, most=MOST)
    return int(step)


def _weekdays(text: str) -> int:
    days = text.strip()
    if not re.fullmatch("[1-7]*", days) or len(set(days)) != len(days):
        raise BadCell(Reason.NOT_WEEKDAYS)
    return sum(1 << int(day) - 1 for day in days) or EVERY_DAY


def _minute(text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    minute = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else WHOLE_DAY[1] + 1
    if minute > WHOLE_DAY[1]:
        raise BadCell(Reason.NOT_A_TIME)
    return minute
