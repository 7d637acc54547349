"""What every writer of files is given: columns of one type each, rows of plain values, text that no program runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum

Cell = str | int | Decimal | datetime | timedelta | None
"""Times are local and without a zone, as a spreadsheet has none; None is an empty cell."""

_RUNS = frozenset("=+-@\t\r\n＝＋－＠")


class Form(Enum):
    """How the values of a column are written."""

    TEXT = "text"
    MOMENT = "moment"
    SPAN = "span"
    COUNT = "count"
    DECIMAL = "decimal"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the type of its values, and how many characters wide it is shown."""

    heading: str
    form: Form = Form.TEXT
    width: int = 16


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, its columns and its rows, which are read once."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


def harmless(text: str) -> str:
    """The text with a `'` before what a spreadsheet would take for a formula (ASVS 1.2.10)."""
    return f"'{text}" if text[:1] in _RUNS else text
