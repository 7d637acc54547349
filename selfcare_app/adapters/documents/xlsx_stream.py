"""XLSX with typed cells, written row by row so that its size costs no memory."""

import tempfile
from typing import IO, Any

import xlsxwriter

from selfcare_app.adapters.documents.table import Cell, Form, Table, harmless

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMATS: dict[Form, dict[str, Any]] = {
    Form.TEXT: {},
    Form.MOMENT: {"num_format": "dd.mm.yyyy hh:mm:ss", "align": "left"},
    Form.SPAN: {"num_format": "[h]:mm:ss"},
    Form.COUNT: {"num_format": "#,##0"},
    Form.DECIMAL: {"num_format": "#,##0.00##"},
}
_HEADING = {"bold": True, "bg_color": "#E8E8E8", "bottom": 1, "text_wrap": True, "valign": "top"}
_LONGEST_NAME = 31


def write(file: IO[bytes], *tables: Table) -> None:
    """Writes a workbook with a sheet for each table; headings stay in sight and can be filtered by."""
    with tempfile.TemporaryDirectory(prefix="selfcare-xlsx-") as directory:
        options = {"constant_memory": True, "tmpdir": directory, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            heading = book.add_format(_HEADING)
            formats = {form: book.add_format(look) for form, look in _FORMATS.items()}
            for table in tables:
                _write_sheet(book.add_worksheet(table.name[:_LONGEST_NAME]), table, heading, formats)


def _write_sheet(sheet: Any, table: Table, heading: Any, formats: dict[Form, Any]) -> None:
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, harmless(column.heading), heading)
    looks = [formats[column.form] for column in table.columns]
    last = 0
    for last, row in enumerate(table.rows, 1):
        for place, cell in enumerate(row):
            _write_cell(sheet, last, place, cell, looks[place])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _write_cell(sheet: Any, row: int, place: int, cell: Cell, look: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(row, place, harmless(cell), look)
    else:
        sheet.write(row, place, cell, look)
