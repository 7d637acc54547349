"""The month run over all lines: fees with their rows and packages, then the bills of the month, beside the bare writes."""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlmodel import col

from bench.row import Row
from selfcare_app.bills import run as bill_run
from selfcare_app.bills.tables import Bill, BillEntry, BillRow
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.db import Database, metadata
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger.tables import LedgerAccount, Operation, Transfer
from selfcare_app.manage import tables
from selfcare_app.operators.registry import profile as profile_of
from selfcare_app.orders.fees import run as fee_run
from selfcare_app.subscribers.tables import Account, Client, Line, LineService
from selfcare_app.usage.tables import Allowance

LINES, QUICK = 100_000, 2_000
GOAL_SECONDS = 300
_AT_ONCE = 1_000
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_BEFORE = datetime(2026, 11, 30, 12, tzinfo=UTC)
_THEN = datetime(2026, 12, 1, 3, tzinfo=UTC)
_LAST_DAY = datetime(2026, 12, 31, 12, tzinfo=UTC)
_CLOSING = datetime(2027, 1, 4, 3, tzinfo=UTC)
_WRITTEN = (Operation, Transfer, FeeCharge, Allowance, Bill, BillRow, BillEntry)
_FEES, _BILLS = System("fees"), System("bills")


def run(quick: bool) -> list[Row]:
    """One row: seconds for a whole month of all lines, a third of which have a service too."""
    lines = QUICK if quick else LINES
    tables.load()
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as folder:
        database = Database(
            f"sqlite:///{Path(folder) / 'month.db'}", info={"profile": profile_of("issa"), "keys": Keyring(bytes(32))}
        )
        metadata.create_all(database.engine)
        _fill(database, lines)
        _fees(database, _BEFORE)
        _bills(database, _BEFORE)
        fees = _timed(_fees, database, _THEN)
        _check(database, lines)
        # November's bills are empty and January's fees are another month's: neither is measured.
        _fees(database, _LAST_DAY)
        _bills(database, _LAST_DAY)
        _fees(database, _CLOSING)
        bills = _timed(_bills, database, _CLOSING)
        _check_bills(database, lines)
        took = fees + bills
        database.close()
        floor = _floor(Path(folder) / "month.db", Path(folder) / "bare.db")
    allowed = GOAL_SECONDS * lines / LINES
    goal = f"<= {GOAL_SECONDS} s for {LINES:,}"
    name = f"{lines:,} lines: fees {fees:.1f} s, bills {bills:.1f} s"
    return [Row("month run", name, floor, took, "s", took / floor, goal, took <= allowed)]


def _timed(work: Callable[[Database, datetime], None], database: Database, now: datetime) -> float:
    began = time.perf_counter()
    work(database, now)
    return time.perf_counter() - began


def _fees(database: Database, now: datetime) -> None:
    going = True
    while going:
        with database.transaction() as session:
            going = fee_run.take_next(session, _FEES, now=now)


def _bills(database: Database, now: datetime) -> None:
    going = True
    while going:
        with database.transaction() as session:
            going = bill_run.close_next(session, _BILLS, now=now)


def _check(database: Database, lines: int) -> None:
    with database.snapshot() as session:
        charged = session.execute(select(func.count(), func.sum(FeeCharge.amount_minor))).one()
        kept = session.execute(
            select(func.sum(LedgerAccount.credits - LedgerAccount.debits)).where(
                col(LedgerAccount.kind) == "subscriber"
            )
        ).scalar_one()
    services = -(-lines // 3)
    expected = (lines + services, 1_490 * lines + 190 * services)
    if tuple(charged) != expected or kept != 10_000 * lines - expected[1]:
        raise AssertionError(f"{charged} instead of {expected}, {kept} left")


def _check_bills(database: Database, lines: int) -> None:
    with database.snapshot() as session:
        query = select(func.count(), func.sum(Bill.charges_minor)).where(col(Bill.month) == date(2026, 12, 1))
        found = tuple(session.execute(query).one())
    expected = (lines, 1_490 * lines + 190 * -(-lines // 3))
    if found != expected:
        raise AssertionError(f"{found} instead of {expected}")


def _floor(source: Path, file: Path) -> float:
    """The rows that the run has written put into bare tables by the driver alone, in as many transactions."""
    bare = sqlite3.connect(file, isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("ATTACH ? AS source", (str(source),))
    took = 0.0
    for table in _WRITTEN:
        name = table.__tablename__
        rows = bare.execute(f"SELECT * FROM source.{name}").fetchall()
        bare.execute(f"CREATE TABLE main.{name} AS SELECT * FROM source.{name} WHERE 0")
        signs = ", ".join("?" * len(rows[0]))
        began = time.perf_counter()
        for start in range(0, len(rows), fee_run.CHUNK):
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(f"INSERT INTO main.{name} VALUES ({signs})", rows[start : start + fee_run.CHUNK])
            bare.execute("COMMIT")
        took += time.perf_counter() - began
    bare.close()
    return took


def _fill(database: Database, lines: int) -> None:
    with database.transaction() as session:
        session.add(
            TariffPlan(
                id=new_id(), code="basic", name="Basic", fee_minor=1_490, package={"seconds": 6_000, "bytes": 2**30},
                valid_from=_LONG_AGO,
            )
        )  # fmt: skip
        session.add(Service(id=new_id(), code="melody", name="Melody", fee_minor=190, valid_from=_LONG_AGO))
    for start in range(0, lines, _AT_ONCE):
        rows: dict[type[Any], list[dict[str, Any]]] = {
            t: [] for t in (Client, Account, LedgerAccount, Line, LineService)
        }
        for no in range(start, min(start + _AT_ONCE, lines)):
            _one(rows, no)
        with database.transaction() as session:
            for table, some in rows.items():
                if some:
                    session.execute(insert(table), some)


def _one(rows: dict[type[Any], list[dict[str, Any]]], no: int) -> None:
    client, account, line = new_id(), new_id(), new_id()
    rows[Client].append({"id": client, "external_id": str(no), "kind": "person", "name": "-"})
    rows[Account].append(
        {
            "id": account, "external_id": str(no), "client_id": client, "number": str(no), "opened_on": date(2020, 1, 1),
            "currency": "BYN", "settlement": "prepaid",
        }
    )  # fmt: skip
    rows[LedgerAccount].append(
        {
            "id": new_id(), "kind": "subscriber", "code": str(account), "currency": "BYN", "account_id": account,
            "credits": 10_000, "floor_minor": 0,
        }
    )  # fmt: skip
    rows[Line].append(
        {
            "id": line, "no": no, "external_id": str(no), "account_id": account, "tariff_plan": "basic",
            "activated_on": date(2020, 1, 1),
        }
    )  # fmt: skip
    if no % 3 == 0:
        rows[LineService].append(
            {"id": new_id(), "external_id": str(no), "line_id": line, "service": "melody", "connected_at": _LONG_AGO}
        )
