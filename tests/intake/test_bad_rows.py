"""Each kind of bad row: it is named with file, line, column and reason, and the others load."""

import csv
import io
from pathlib import Path

import pytest

from selfcare_app.wiring import Wiring
from tests.intake.exports import ONE_USAGE, SMALL, Importing, write

GOOD = "G{n},,375291234567,2026-11-05T10:00:0{n}Z,call,outgoing,on_net,411,5,,,0.1,,"
HUGE = "9" * 30


def usage_row(**cells: str) -> str:
    """A good row of usage but for these cells."""
    values = dict(zip(ONE_USAGE.split(","), GOOD.format(n=5).split(","), strict=True)) | cells
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values.values())
    return line.getvalue()


CELLS = [
    ({"started_at": ""}, "started_at", "required"),
    ({"started_at": "2026-11-31T10:00:00Z"}, "started_at", "not_a_moment"),
    ({"started_at": "2026-02-29T10:00:00Z"}, "started_at", "not_a_moment"),
    ({"started_at": "2026-11-05T24:00:00Z"}, "started_at", "not_a_moment"),
    ({"started_at": "2026-11-05T10:00:60Z"}, "started_at", "not_a_moment"),
    ({"started_at": "2026-11-05T10:00:00"}, "started_at", "not_a_moment"),
    ({"started_at": "05.11.2026 10:00:00"}, "started_at", "not_a_moment"),
    ({"started_at": "1969-12-31T23:59:59Z"}, "started_at", "not_a_moment"),
    ({"started_at": "9999-12-31T23:59:59Z"}, "started_at", "not_a_moment"),
    ({"started_at": "٢٠٢٦-11-05T10:00:00Z"}, "started_at", "not_a_moment"),
    ({"msisdn": "37529123456"}, "msisdn", "not_a_number"),
    ({"msisdn": "291234567"}, "msisdn", "not_a_number"),
    ({"msisdn": "48501234567"}, "msisdn", "not_a_number"),
    ({"msisdn": "37529123456x"}, "msisdn", "not_a_number"),
    ({"msisdn": "375297654321"}, "msisdn", "nobody_had_number"),
    ({"msisdn": "375291234567", "started_at": "2026-06-15T05:59:59Z"}, "msisdn", "nobody_had_number"),
    ({"msisdn": ""}, "line_id", "either"),
    ({"msisdn": "", "line_id": "L9"}, "line_id", "unknown_line"),
    ({"kind": "fax"}, "kind", "not_a_word"),
    ({"kind": ""}, "kind", "required"),
    ({"direction": "sideways"}, "direction", "not_a_word"),
    ({"zone": "moon"}, "zone", "not_a_word"),
    ({"duration_seconds": "-1"}, "duration_seconds", "negative"),
    ({"duration_seconds": "1.5"}, "duration_seconds", "not_whole"),
    ({"duration_seconds": "1e3"}, "duration_seconds", "not_whole"),
    ({"duration_seconds": "1_000"}, "duration_seconds", "not_whole"),
    ({"duration_seconds": "+5"}, "duration_seconds", "not_whole"),
    ({"duration_seconds": "٣"}, "duration_seconds", "not_whole"),
    ({"duration_seconds": "31622401"}, "duration_seconds", "too_large"),
    ({"bytes_in": HUGE}, "bytes_in", "too_large"),
    ({"bytes_in": "9" * 5000}, "bytes_in", "too_large"),
    ({"bytes_out": str(2**63)}, "bytes_out", "too_large"),
    ({"charge": "0,5"}, "charge", "not_money"),
    ({"charge": "-0.5"}, "charge", "negative"),
    ({"charge": "0.1234567"}, "charge", "too_fine"),
    ({"charge": "NaN"}, "charge", "not_money"),
    ({"charge": "1e5"}, "charge", "not_money"),
    ({"charge": HUGE}, "charge", "too_large"),
    ({"peer": "7" * 41}, "peer", "too_long"),
    ({"peer": "a\x07b"}, "peer", "control"),
    ({"service": "x" * 65}, "service", "too_long"),
    ({"record_id": "x" * 65}, "record_id", "too_long"),
]


@pytest.mark.parametrize(("cells", "column", "reason"), CELLS)
def test_a_bad_cell_costs_its_row_alone(
    loaded: Importing, wires: Wiring, tmp_path: Path, cells: dict[str, str], column: str, reason: str
) -> None:
    rows = [GOOD.format(n=1), usage_row(**cells), GOOD.format(n=2)]
    done = loaded(write(tmp_path / "bad", usage="\n".join([ONE_USAGE, *rows, ""])))
    assert done.findings == [("usage.csv", 3, column, reason)]
    assert done.counts["usage"] == (2, 0, 0, 1)
    assert (done.rejects / "usage.csv").read_text("utf-8") == f"{ONE_USAGE}\n{rows[1]}\n"
    assert f"usage.csv,3,{column},{reason}," in done.told()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("X,,375291234567", "field_count"),
        (GOOD.format(n=5) + ",more", "field_count"),
        ('X,,375291234567,2026-11-05T10:00:00Z,call,outgoing,on_net,"411"x,5,,,0,,', "quote"),
        (usage_row(peer="4\x0011"), "nul"),
        (usage_row().replace("411", "41\r1"), "quote"),
    ],
)
def test_a_row_that_cannot_be_split_costs_itself_alone(
    loaded: Importing, tmp_path: Path, row: str, reason: str
) -> None:
    content = "\n".join([ONE_USAGE, GOOD.format(n=1), row, GOOD.format(n=2), ""])
    done = loaded(write(tmp_path / "bad", usage=content))
    assert done.findings == [("usage.csv", 3, "", reason)]
    assert done.counts["usage"] == (2, 0, 0, 1)
    assert (done.rejects / "usage.csv").read_bytes().decode() == f"{ONE_USAGE}\n{row}\n"


def test_a_quote_that_is_never_closed_swallows_nothing(loaded: Importing, tmp_path: Path) -> None:
    opened = usage_row().replace("411", '"411')
    done = loaded(write(tmp_path / "bad", usage="\n".join([ONE_USAGE, GOOD.format(n=1), opened, GOOD.format(n=2), ""])))
    assert done.findings == [("usage.csv", 3, "", "quote")]
    assert done.counts["usage"] == (2, 0, 0, 1)


def test_bytes_of_another_encoding(loaded: Importing, tmp_path: Path) -> None:
    foreign = usage_row(peer="Банк").encode("cp1251")
    content = b"\n".join([ONE_USAGE.encode(), GOOD.format(n=1).encode(), foreign, GOOD.format(n=2).encode(), b""])
    done = loaded(write(tmp_path / "bad", usage=content))
    assert done.findings == [("usage.csv", 3, "", "encoding")]
    assert done.counts["usage"] == (2, 0, 0, 1)
    assert (done.rejects / "usage.csv").read_bytes() == ONE_USAGE.encode() + b"\n" + foreign + b"\n"


def test_every_fault_of_a_row_is_named(loaded: Importing, tmp_path: Path) -> None:
    row = usage_row(kind="fax", duration_seconds="-1")
    done = loaded(write(tmp_path / "bad", usage=f"{ONE_USAGE}\n{row}\n"))
    assert done.findings == [
        ("usage.csv", 2, "kind", "not_a_word"),
        ("usage.csv", 2, "duration_seconds", "negative"),
    ]
    assert done.report.rejected == 1


TABLES = [
    ("clients", "C3,alien,Некто,,,,", "kind", "not_a_word"),
    ("clients", "C3,person,,,,,", "name", "required"),
    ("clients", "C3,person,Некто,,,,31.12.2020", "contract_on", "not_a_day"),
    ("clients", "C3,person,Некто,,,,2020-02-30", "contract_on", "not_a_day"),
    ("accounts", "A3,C9,1000003,2020-03-01,prepaid,,,,", "client_id", "unknown_client"),
    ("accounts", "A3,C1,1000001,2020-03-01,prepaid,,,,", "number", "account_number_taken"),
    ("accounts", "A3,C1,1000003,2020-03-01,prepaid,,,5.00,", "balance_as_of", "balance_without_moment"),
    ("accounts", "A3,C1,1000003,2020-03-01,prepaid,,-5,,", "credit_limit", "negative"),
    ("tariff_plans", "super8,Супер 8,prepaid,9.00,6000,2000000,,yes,2026-01-01T00:00:00Z,", "fee", "version_changed"),
    ("services", "whocalled,Иначе,,0,2020-01-01T00:00:00Z", "description", "version_changed"),
    ("lines", "L3,A9,,,phone,super8,,,no,2020-03-01", "account_id", "unknown_account"),
    ("lines", "L3,A1,,,phone,none,,,no,2020-03-01", "tariff_plan", "unknown_tariff_plan"),
    ("lines", "L3,A1,375291234567,,phone,super8,,,no,2020-03-01", "msisdn", "number_of_another_line"),
    (
        "lines",
        "L3,A1,375291234569,2027-01-01T00:00:00Z,phone,super8,,,no,2020-03-01",
        "number_since",
        "number_since_late",
    ),
    ("lines", "L3,A1,,,phone,super8,,,perhaps,2020-03-01", "puk1_registration", "not_a_word"),
    ("sims", "893750100000000003,L9,1234,12345678,4321,87654321,2020-03-01T09:00:00Z,", "line_id", "unknown_line"),
    ("sims", "893750100000000001,L2,1234,12345678,4321,87654321,2020-03-01T09:00:00Z,", "iccid", "sim_of_another_line"),
    ("sims", "893750100000000003,L1,1234,1234567,4321,87654321,2020-03-01T09:00:00Z,", "puk1", "not_digits"),
    ("line_services", "S2,L1,nothing,2021-05-05T00:00:00Z,", "service", "unknown_service"),
    ("line_services", "S2,L9,whocalled,2021-05-05T00:00:00Z,", "line_id", "unknown_line"),
    ("allowances", "L9,m,З,seconds,1,0,no,2026-11-01,2026-12-01,2026-11-17T21:00:00Z", "line_id", "unknown_line"),
    ("allowances", "L1,m,З,seconds,1,0,no,2026-12-01,2026-12-01,2026-11-17T21:00:00Z", "period_until", "period_empty"),
    (
        "allowances",
        "L1,minutes,З,seconds,6000,1,no,2026-11-01,2026-12-01,2026-11-10T00:00:00Z",
        "as_of",
        "allowance_older",
    ),
    ("payments", "P3,A9,2026-11-01T10:00:00Z,5.00,BYN,cash", "account_id", "unknown_account"),
    ("payments", "P3,A1,2026-11-01T10:00:00Z,0,BYN,cash", "amount", "not_money"),
    ("payments", "P3,A1,2026-11-01T10:00:00Z,5.001,BYN,cash", "amount", "too_fine"),
    ("payments", "P3,A1,2026-11-01T10:00:00Z,5.00,BYN,pigeon", "channel", "not_a_word"),
    ("payments", "P3,A1,2026-11-01T10:00:00Z,5.00,USD,cash", "currency", "other_currency"),
    ("payments", "P1,A1,2026-11-01T10:00:00Z,6.00,BYN,cash", "amount", "payment_changed"),
]


@pytest.mark.parametrize(("table", "row", "column", "reason"), TABLES)
def test_bad_rows_of_every_table(
    loaded: Importing, tmp_path: Path, table: str, row: str, column: str, reason: str
) -> None:
    done = loaded(write(tmp_path / "bad", **{table: SMALL[table] + row + "\n"}))
    line = SMALL[table].count("\n") + 1
    assert done.findings == [(f"{table}.csv", line, column, reason)]
    header = SMALL[table].splitlines()[0]
    assert (done.rejects / f"{table}.csv").read_text("utf-8") == f"{header}\n{row}\n"
    assert done.counts[table][3] == 1


def test_a_payment_in_two_versions_within_a_file(importing: Importing, tmp_path: Path) -> None:
    payments = (
        SMALL["payments"] + "P1,A1,2026-11-01T10:00:00Z,5.00,BYN,cash\nP1,A1,2026-11-01T10:00:00Z,7.00,BYN,cash\n"
    )
    done = importing(write(tmp_path / "twice", **SMALL | {"payments": payments}))
    assert done.findings == [("payments.csv", 5, "amount", "payment_changed")]
    assert done.counts["payments"] == (2, 0, 1, 1)
