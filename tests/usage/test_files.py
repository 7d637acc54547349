"""Files of call detail: equal to the records, harmless to open, flat in memory whatever their size."""

import csv
import io
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from selfcare_app.adapters.documents import csv_stream, xlsx_stream
from selfcare_app.adapters.documents.table import Cell, Column, Form, Table
from selfcare_app.endpoints.call_detail_file import CallDetailFile
from selfcare_app.i18n import catalogue
from selfcare_app.i18n.speak import Speaker
from selfcare_app.usage import export
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.views import Choice
from tests.usage.conftest import Detail, utc

EVIL = ["=1+1", "+375291234567", "-1", "@x", "\t=", "\r=1", '=HYPERLINK("http://evil.example")', "＝1+1"]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=30)


def read_csv(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def written(*tables: Table) -> Any:
    file = io.BytesIO()
    xlsx_stream.write(file, *tables)
    return openpyxl.load_workbook(file)


def table(rows: Sequence[Sequence[Cell]], *forms: Form) -> Table:
    return Table("Лист", [Column(f"Столбец {n}", form) for n, form in enumerate(forms)], rows)


@pytest.mark.security("asvs_1_2_10")
@given(st.lists(st.tuples(TEXT, TEXT), max_size=20))
def test_csv_gives_back_every_text(rows: list[tuple[str, str]]) -> None:
    data = b"".join(csv_stream.stream(table(rows, Form.TEXT, Form.TEXT)))
    back = read_csv(data)[1:]
    assert [tuple(cell.removeprefix("'") for cell in row) for row in back] == [
        tuple(cell.removeprefix("'") for cell in row) for row in rows
    ]


@pytest.mark.security("asvs_1_2_10")
@given(st.lists(TEXT.filter(bool), min_size=1, max_size=20))
@example(["\x07bell", "_x0041_", " a ", "a\rb\n", "<&>\"'", "]]>", "\ufffe", "\ud800", "_x0", "x" * 32_767])
def test_a_workbook_gives_back_every_text(texts: list[str]) -> None:
    cells = [cell for (cell,) in written(table([[text] for text in texts], Form.TEXT)).active.iter_rows(min_row=2)]
    assert [unescape(cell.value).removeprefix("'") for cell in cells] == [text.removeprefix("'") for text in texts]
    assert {cell.data_type for cell in cells} == {"s"}


def test_csv_is_quoted_as_the_standard_says() -> None:
    data = b"".join(csv_stream.stream(table([['a"b', "c;d"], ["e\nf", "g,h"]], Form.TEXT, Form.TEXT)))
    assert data.decode("utf-8-sig") == 'Столбец 0;Столбец 1\r\n"a""b";"c;d"\r\n"e\nf";g,h\r\n'


@pytest.mark.security("asvs_1_2_10")
@pytest.mark.parametrize("text", EVIL)
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    evil = Table(text, [Column(text)], [[text]])
    for row in read_csv(b"".join(csv_stream.stream(evil))):
        assert row[0].startswith("'")
    evil = Table("x", [Column(text)], [[text]])
    for cell in (cell for row in written(evil).active.iter_rows() for cell in row):
        assert cell.data_type == "s"
        assert cell.value.startswith("'")


def test_cells_keep_their_types() -> None:
    at = utc("2026-10-01 12:30:05").replace(tzinfo=None)
    row: list[Cell] = [at, timedelta(hours=30), 7, Decimal("-1.2345"), None, "x"]
    forms = (Form.MOMENT, Form.SPAN, Form.COUNT, Form.DECIMAL, Form.DECIMAL, Form.TEXT)
    sheet = written(table([row], *forms)).active
    moment, span, count, amount, nothing, text = next(sheet.iter_rows(min_row=2))
    assert (moment.value, moment.is_date) == (row[0], True)
    assert (span.value, span.number_format) == (row[1], "[h]:mm:ss")
    assert (count.value, amount.value, nothing.value, text.value) == (7, -1.2345, None, "x")
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert read_csv(b"".join(csv_stream.stream(table([row], *forms))))[1] == [
        "01.10.2026 12:30:05",
        "30:00:00",
        "7",
        "-1,2345",
        "",
        "x",
    ]


def filled(detail: Detail, count: int) -> tuple[Any, list[dict[str, Any]]]:
    """A line with so many records of October, and the records as they were put in."""
    chance, start = random.Random(7), utc("2026-09-30 21:00")
    rows = []
    for n in range(count):
        kind = chance.choice(list(Kind))
        rows.append(
            {
                "started_at": start + timedelta(seconds=chance.randrange(31 * 86_400)),
                "record_key": n + 1,
                "kind": kind,
                "direction": 1 if kind is Kind.DATA else chance.choice([1, 2]),
                "zone": chance.randrange(6),
                "peer": "" if kind is Kind.DATA else chance.choice(["375291112233", "411", "=cmd", "+7"]),
                "duration_seconds": chance.randrange(4000),
                "bytes_in": chance.randrange(2**31) if kind is Kind.DATA else 0,
                "bytes_out": chance.randrange(2**20) if kind is Kind.DATA else 0,
                "charge_units": chance.randrange(10**7),
            }
        )
    line = detail.line()
    detail.records(line, rows)
    return detail.actor(line), sorted(rows, key=lambda row: (row["started_at"], row["record_key"]))


def file_of(detail: Detail, actor: Any, language: str = "ru") -> CallDetailFile:
    choice = Choice("2026-10")

    def batch(after: tuple[int, int] | None = None) -> export.Batch:
        return detail.ask(export.batch, actor, choice=choice, after=after, size=700)  # type: ignore[no-any-return]

    return CallDetailFile(Speaker(language, detail.profile), detail.profile, batch(), batch)


def test_files_equal_the_records(detail: Detail) -> None:
    actor, rows = filled(detail, 10_000)
    file = file_of(detail, actor)
    book = written(file.records(), file.totals())
    sheet = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    lines = read_csv(b"".join(csv_stream.stream(file_of(detail, actor).records())))[1:]
    assert len(sheet) == len(lines) == len(rows) == 10_000
    zone, peers = detail.profile.zone, {"375291112233": "375 29 111-22-33", "=cmd": "'=cmd", "+7": "'+7", "": None}
    for row, cells, line in zip(rows, sheet, lines, strict=True):
        at = row["started_at"].astimezone(zone).replace(tzinfo=None)
        assert cells[0] == at
        assert line[0] == f"{at:%d.%m.%Y %H:%M:%S}"
        assert cells[2] == peers.get(row["peer"], row["peer"])
        assert line[2] == (peers.get(row["peer"], row["peer"]) or "")
        assert (cells[5] or timedelta()) == timedelta(seconds=row["duration_seconds"])
        octets = row["bytes_in"] + row["bytes_out"]
        assert round((cells[6] or 0) * 2**20) == octets
        assert round(Decimal(line[6].replace(",", ".") or 0) * 2**20) == octets
        assert Decimal(str(cells[7])) * 10**6 == row["charge_units"]
        assert Decimal(line[7].replace(",", ".")) * 10**6 == row["charge_units"]
    totals = {cells[0]: cells[1:] for cells in book.worksheets[1].iter_rows(min_row=2, values_only=True)}
    assert totals["Всего"][0] == 10_000
    assert totals["Всего"][1] == timedelta(seconds=sum(row["duration_seconds"] for row in rows))
    assert round(Decimal(str(totals["Всего"][3])) * 10**6) == sum(row["charge_units"] for row in rows)
    assert totals["SMS"][0] == sum(row["kind"] is Kind.SMS for row in rows)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_headings_and_name_are_in_the_readers_language(embedded: Detail, language: str) -> None:
    actor, _ = filled(embedded, 20)
    file = file_of(embedded, actor, language)
    words = catalogue.load(language)
    headings = [column.heading for column in file.records().columns]
    assert headings[0] == words["usage.document.moment"]
    assert headings[-1] == str(words["usage.document.charge"]).replace("{currency}", "BYN")
    assert file.name == str(words["usage.document.file_name"]).replace("{period}", "2026-10")
    events = {cells[1] for cells in file.records().rows}
    assert events <= {words[key] for key in words if key.startswith("usage.event.")}


def test_an_empty_period_is_a_file_with_headings_and_a_total_of_nothing(embedded: Detail) -> None:
    file = file_of(embedded, embedded.actor(embedded.line()))
    book = written(file.records(), file.totals())
    assert book.worksheets[0].max_row == 1
    assert [cell.value for cell in book.worksheets[1][2]][:2] == ["Всего", 0]


GROWTH = """
import resource, sys
from datetime import datetime, timedelta
from decimal import Decimal
from selfcare_app.adapters.documents import csv_stream, xlsx_stream
from selfcare_app.adapters.documents.table import Column, Form, Table
columns = [Column("a", Form.MOMENT), Column("b"), Column("c"), Column("d", Form.SPAN), Column("e", Form.DECIMAL)]
def rows(count):
    for n in range(count):
        at = datetime(2026, 10, 1) + timedelta(seconds=n)
        yield at, f"событие {n % 7}", f"375 29 {n:07}", timedelta(seconds=n % 900), Decimal(n) / 10000
class Sink:
    at = 0
    def write(self, data): self.at += len(data); return len(data)
    def tell(self): return self.at
    def flush(self): pass
def make(form, count):
    made = Table("x", columns, rows(count))
    if form == "csv":
        for piece in csv_stream.stream(made): pass
    else:
        xlsx_stream.write(Sink(), made)
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
make(sys.argv[1], 1_000)
before = peak()
make(sys.argv[1], 100_000)
print(peak() - before)
"""


@pytest.mark.security("asvs_15_2_2")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_hundred_times_longer_file_takes_no_more_memory(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GROWTH, form],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert int(done.stdout) < 32_000, "kilobytes"


def test_batches_are_read_one_by_one(embedded: Detail) -> None:
    actor, rows = filled(embedded, 2_000)
    sizes, keys, after = [], [], None
    while not sizes or after:
        batch = embedded.ask(export.batch, actor, choice=Choice("2026-10"), after=after, size=300)
        sizes.append(len(batch.records))
        keys += [record.key for record in batch.records]
        after = batch.last
    assert sizes == [300] * 6 + [200]
    assert keys == [row["record_key"] for row in rows]
