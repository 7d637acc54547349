"""CSV for the spreadsheets of the countries where the operators are, as a stream of bytes.

Semicolons part the fields and a comma the decimals, because that is what Excel opens in two clicks under Russian,
Ukrainian and Belarusian regional settings; the byte order mark tells it that the letters are UTF-8. Lines end with CRLF
and fields are quoted as RFC 4180 says, so that every reader of CSV gets back what was written.
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

from selfcare_app.adapters.documents.table import Cell, Table, harmless

CONTENT_TYPE = "text/csv; charset=utf-8"
SEPARATOR = ";"
_MARK = b"\xef\xbb\xbf"
_ROWS_AT_ONCE = 500


def stream(table: Table) -> Iterator[bytes]:
    """The file in pieces of some hundred lines: the headings, then the rows."""
    yield _MARK + _lines([[harmless(column.heading) for column in table.columns]])
    rows = iter(table.rows)
    while piece := list(islice(rows, _ROWS_AT_ONCE)):
        yield _lines([[_said(cell) for cell in row] for row in piece])


def _lines(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=SEPARATOR, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _said(cell: Cell) -> str:
    return _WAYS[type(cell)](cell)


def _span(value: timedelta) -> str:
    minutes, seconds = divmod(value // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


_WAYS: dict[type, Callable[..., str]] = {
    str: harmless,
    int: str,
    Decimal: lambda value: format(value, "f").replace(".", ","),
    datetime: lambda value: format(value, "%d.%m.%Y %H:%M:%S"),
    timedelta: _span,
    type(None): lambda _value: "",
}
