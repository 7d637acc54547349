"""XLSX with typed cells, zipped row by row so that its size costs no memory (ECMA-376, texts kept in their cells)."""

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from selfcare_app.adapters.documents import xlsx_parts as parts
from selfcare_app.adapters.documents.table import Cell, Form, Table, harmless

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROWS_AT_ONCE = 500
_QUICK = 1
"""Level of compression: a file a third larger, in a fraction of the time."""
_LONGEST_NAME = 31
_LONGEST_TEXT = 32_767
_LAST_ROW = 1_048_576
_DAY_SECONDS = 86_400
_EMPTY = "<c/>"
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's times have no zone
_LOOKS = {Form.TEXT: "", Form.MOMENT: ' s="1"', Form.SPAN: ' s="2"', Form.COUNT: ' s="3"', Form.DECIMAL: ' s="4"'}
_HEADING = ' s="5"'
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_ODD = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x")
_NOT_IN_XML = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


class TooLong(ValueError):
    """A sheet has no more rows than 1 048 576."""


def write(file: IO[bytes], *tables: Table) -> None:
    """Writes a workbook with a sheet for each table; headings stay in sight and can be filtered by. Raises TooLong."""
    names = [_NOT_IN_A_NAME.sub(" ", table.name)[:_LONGEST_NAME] for table in tables]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_QUICK) as book:
        ranges = [_write_sheet(book, number, table) for number, table in enumerate(tables, 1)]
        for path, text in parts.around([quoteattr(escape_odd(name)) for name in names], names, ranges).items():
            book.writestr(path, text)


def _write_sheet(book: zipfile.ZipFile, number: int, table: Table) -> str:
    """Writes one sheet; gives the range that its filter covers, such as `$A$1:$H$11`."""
    last_letter = parts.letter(len(table.columns) - 1)
    looks = [f"<c{_LOOKS[column.form]}><v>" for column in table.columns]
    with book.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as sheet:
        sheet.write(parts.sheet_head([column.width for column in table.columns], is_first=number == 1).encode())
        headings = "".join(_text(column.heading, _HEADING) for column in table.columns)
        sheet.write(f"<row>{headings}</row>".encode())
        last, rows = 1, iter(table.rows)
        while piece := list(islice(rows, _ROWS_AT_ONCE)):
            sheet.write(_rows(piece, looks).encode())
            last += len(piece)
            if last > _LAST_ROW:
                raise TooLong()
        sheet.write(parts.sheet_foot(f"A1:{last_letter}{last}").encode())
    return f"$A$1:${last_letter}${last}"


def _rows(piece: Sequence[Sequence[Cell]], looks: Sequence[str]) -> str:
    """Rows as text, made column by column: what is asked of one cell is asked of all of its column at once."""
    # Cells stand in the order of the columns, so that none has to name its place: an empty one is there too.
    columns = [_column(column, look) for look, column in zip(looks, zip(*piece, strict=True), strict=True)]
    return f"<row>{'</row><row>'.join(map(''.join, zip(*columns, strict=True)))}</row>"


def _column(column: Sequence[Cell], look: str) -> Iterable[str]:
    types = set(map(type, column))
    if types == {str}:
        return map(_text, column)
    if len(types) == 1 and (way := _WAYS.get(types.pop())):
        return [f"{look}{said}</v></c>" for said in map(way, column)]
    return [_cell(cell, look) for cell in column]


def _cell(cell: Cell, look: str) -> str:
    if type(cell) is str:
        return _text(cell)
    return _EMPTY if cell is None else f"{look}{_WAYS[type(cell)](cell)}</v></c>"


@lru_cache(maxsize=4096)
def _text(text: str, look: str = "") -> str:
    """A text as a cell; words come again and again, so that they are made once."""
    if not text:
        return _EMPTY
    said = harmless(text)[:_LONGEST_TEXT]
    if _ODD.search(said):
        said = escape(escape_odd(said))
    space = ' xml:space="preserve"' if said != said.strip() else ""
    return f'<c{look} t="inlineStr"><is><t{space}>{said}</t></is></c>'


def escape_odd(text: str) -> str:
    """Signs that XML has no room for, in the spreadsheet's own way: `_x0007_`."""
    return _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _moment(cell: datetime) -> str:
    since = cell - _EPOCH
    return repr(since.days + since.seconds / _DAY_SECONDS)


@lru_cache(maxsize=8192)
def _span(cell: timedelta) -> str:
    return repr(cell.days + cell.seconds / _DAY_SECONDS)


_WAYS: dict[type, Callable[[Any], str]] = {int: str, Decimal: str, datetime: _moment, timedelta: _span}
