"""What is wrong with a file, a row or a cell: a reason, its place and its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt


class Reason(StrEnum):
    """Why a row can't be read; each has the sentence `intake.error.<value>`."""

    FIELD_COUNT = "field_count"
    QUOTE = "quote"
    NUL = "nul"
    ENCODING = "encoding"
    LINE_TOO_LONG = "line_too_long"
    REQUIRED = "required"
    EITHER = "either"
    NOT_WHOLE = "not_whole"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    CONTROL = "control"
    NOT_MONEY = "not_money"
    TOO_FINE = "too_fine"
    NOT_A_DURATION = "not_a_duration"
    NOT_A_MOMENT = "not_a_moment"
    NOT_A_DAY = "not_a_day"
    NOT_WEEKDAYS = "not_weekdays"
    NOT_A_TIME = "not_a_time"
    NOT_A_WORD = "not_a_word"
    NOT_DIGITS = "not_digits"
    NOT_A_NUMBER = "not_a_number"
    NOT_OWN_NUMBER = "not_own_number"
    EMPTY_FILE = "empty_file"
    NO_COLUMN = "no_column"
    TWO_COLUMNS = "two_columns"
    BROKEN_ARCHIVE = "broken_archive"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: `line` is the physical line from 1 (0 for the whole file), `column` as the file names it."""

    file: str
    line: int
    column: str
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Faults:
    """What is wrong with the rows of one window, by row."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[int, list[tuple[str, str, Mapping[str, Any]]]] = {}

    def add(self, row: int, column: str, reason: str, params: Mapping[str, Any]) -> None:
        """Row `row` can't be taken."""
        self._rows.setdefault(row, []).append((column, reason, params))

    def __bool__(self) -> bool:
        return bool(self._rows)

    def rows(self) -> dict[int, list[tuple[str, str, Mapping[str, Any]]]]:
        """All of them, in the order of rows."""
        return dict(sorted(self._rows.items()))


class At(Faults):
    """Faults told of by place in a selection of rows, kept by the rows' own places."""

    __slots__ = ("_faults", "_places")

    def __init__(self, faults: Faults, places: npt.NDArray[np.int64]) -> None:
        super().__init__()
        self._faults, self._places = faults, places

    def add(self, row: int, column: str, reason: str, params: Mapping[str, Any]) -> None:
        """Row `row` of the selection can't be taken."""
        self._faults.add(int(self._places[row]), column, reason, params)


class BadCell(Exception):
    """The text of a cell says nothing that its column may say."""

    def __init__(self, reason: Reason, **params: Any) -> None:
        super().__init__(reason)
        self.reason, self.params = reason, params
