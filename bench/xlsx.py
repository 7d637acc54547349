"""A file of 100 000 records of call detail as XLSX: against XlsxWriter alone, and whether memory stays flat as it grows.

The same cells of the same types go to both. Memory is the most that a process held above what it held before the file,
each file in a process of its own, so that none inherits another's.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from bench.row import Row
from selfcare_app.adapters.documents import xlsx_stream
from selfcare_app.adapters.documents.table import Cell, Column, Form, Table

_AREA = "files"
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_GOAL = 10.0
_FLAT_MEGABYTES = 32.0
_ROUNDS = 3
_BEGIN = datetime(2026, 10, 1)  # noqa: DTZ001 - local, as a spreadsheet has no zones
_COLUMNS = (
    Column("When", Form.MOMENT, 20),
    Column("What", width=20),
    Column("Number", width=20),
    Column("Where", width=28),
    Column("Service"),
    Column("How long", Form.SPAN, 14),
    Column("Volume", Form.DECIMAL, 14),
    Column("Charge", Form.DECIMAL, 18),
)

Rows = Iterable[tuple[Cell, ...]]
Write = Callable[[IO[bytes], Rows], None]


def run(quick: bool) -> list[Row]:
    """Rows of the table: seconds of the processor, which others on the machine do not lengthen, and megabytes."""
    few, many = (1_000, 10_000) if quick else (10_000, 100_000)
    times: dict[str, list[float]] = {"floor": [], "product": []}
    for _ in range(_ROUNDS):
        times["floor"].append(_alone(_bare, many, ready=True)[0])
        times["product"].append(_alone(_product, many, ready=True)[0])
    floor, product = (statistics.median(each) for each in times.values())
    grown = [max(_alone(_product, count, ready=False)[1] for _ in range(2)) for count in (few, many)]
    name = f"{many // 1000} 000 records"
    return [
        Row(
            _AREA, f"XLSX of {name} against XlsxWriter constant_memory", floor, product, "s", floor / product,
            f">= {_GOAL:g}", floor / product >= _GOAL,
        ),
        Row(
            _AREA, f"memory above the start, {name} against {few // 1000} 000", grown[0], grown[1], "MB",
            grown[1] / max(grown[0], 0.1), f"<= {_FLAT_MEGABYTES:g} MB", grown[1] <= _FLAT_MEGABYTES,
        ),
    ]  # fmt: skip


def _alone(write: Write, count: int, *, ready: bool) -> tuple[float, float]:
    """Seconds and megabytes of one file, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_measured, write, count, ready).result()


def _measured(write: Write, count: int, ready: bool) -> tuple[float, float]:
    with tempfile.TemporaryFile() as file:
        # A small one first: what the libraries load for themselves is no part of a file's size.
        write(file, list(_rows(10)))
    _CLEAR.write_text("5")
    before = _kilobytes("VmRSS")
    # Timed over rows that are there; for memory they come one by one, as they do from the database.
    rows = list(_rows(count)) if ready else _rows(count)
    with tempfile.TemporaryFile() as file:
        began = time.process_time()
        write(file, rows)
        took = time.process_time() - began
    return took, (_kilobytes("VmHWM") - before) / 1024


def _kilobytes(name: str) -> int:
    """A figure of this process from Linux; the high-water mark counts from the moment it was cleared."""
    said = next(line for line in _STATUS.read_text().splitlines() if line.startswith(name))
    return int(said.split()[1])


def _rows(count: int) -> Iterator[tuple[Cell, ...]]:
    for n in range(count):
        yield (
            _BEGIN + timedelta(seconds=26 * n),
            "Outgoing call" if n % 3 else "Internet",
            f"375 29 {n % 900 + 100}-{n % 90 + 10}-{n % 70 + 20}",
            "own network" if n % 2 else "another mobile network",
            "" if n % 3 else "YouTube",
            timedelta(seconds=n % 4_000),
            Decimal(n * 977 % 10**9).scaleb(-7),
            Decimal(n * 31 % 10**6).scaleb(-4),
        )


def _product(file: IO[bytes], rows: Rows) -> None:
    xlsx_stream.write(file, Table("Records", _COLUMNS, rows))


def _bare(file: IO[bytes], rows: Rows) -> None:
    """The library's own loop over the same cells."""
    with tempfile.TemporaryDirectory() as directory:
        options = {"constant_memory": True, "tmpdir": directory, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            looks: list[Any] = [book.add_format({"num_format": _LOOKS[column.form]}) for column in _COLUMNS]
            sheet = book.add_worksheet("Records")
            for place, column in enumerate(_COLUMNS):
                sheet.write_string(0, place, column.heading)
            for number, row in enumerate(rows, 1):
                for place, cell in enumerate(row):
                    sheet.write(number, place, cell, looks[place])


_LOOKS = {Form.TEXT: "@", Form.MOMENT: "dd.mm.yyyy hh:mm:ss", Form.SPAN: "[h]:mm:ss", Form.DECIMAL: "#,##0.00##"}
