"""Call detail out of ten million records: a page and the sums, beside the same statement on the bare driver.

Activity of lines is lognormal, as in life: most have some hundred records in half a year, the busiest some thousands.
"""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert

from bench.row import Row
from selfcare_app import operators
from selfcare_app.db import Database, metadata, micros
from selfcare_app.kit.actor import Proof, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Account, Client, Line
from selfcare_app.usage import detailing, statements
from selfcare_app.usage.selection import Selection, select
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.usage.views import CallRecord, Choice

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
SINCE = datetime(2026, 4, 30, 21, tzinfo=UTC)
MONTH = Choice("2026-10")
RECORDS_A_LINE = 625
BUSIEST = 9_710
SAMPLE = 120
"""Lines that are asked for, of which the `BUSY` busiest."""
BUSY = 20
ROUNDS = 10
_AREA = "call detail"

Milliseconds = list[float]


@dataclass
class Scale:
    """A database of so many records, and some of its lines as signed-in subscribers."""

    records: int
    path: Path
    db: Database
    actors: list[Subscriber]


def run(quick: bool) -> list[Row]:
    """Rows of the table: floor and product in milliseconds unless `unit` says otherwise."""
    small, large = (100_000, 1_000_000) if quick else (1_000_000, 10_000_000)
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as directory:
        few, many = (_filled(Path(directory), records) for records in (small, large))
        try:
            return [*_against_fewer(few, many), *_against_bare(many), _size(few)]
        finally:
            few.db.close()
            many.db.close()


def _against_fewer(few: Scale, many: Scale) -> Iterator[Row]:
    what = f"p95, {_short(many.records)} records against {_short(few.records)}"
    for name, ask in (("page", _page_use_case), ("sums", _sums_use_case)):
        floor, product = _beside(few, ask, many, ask)
        yield _row(f"{name} of a month, {what}", _p95(floor), _p95(product), 2)


def _against_bare(scale: Scale) -> Iterator[Row]:
    raw = scale.db.engine.raw_connection()
    bare: Any = raw.driver_connection
    for name, floor_ask, call, use_case in (
        ("page", _page_bare(bare), _page_call, _page_use_case),
        ("sums", _sums_bare(bare), _sums_call, _sums_use_case),
    ):
        floor, product = _beside(scale, floor_ask, scale, call)
        yield _row(f"{name} against the prepared statement, p50", _p50(floor), _p50(product), 3)
        yield _row(f"{name} against the prepared statement, p95", _p95(floor), _p95(product), 3)
        floor, product = _beside(scale, floor_ask, scale, use_case)
        yield _row(f"{name} with checks and transaction, p50", _p50(floor), _p50(product), 6)
    raw.close()


def _size(scale: Scale) -> Row:
    """Records kept in the order they are read, against a table with row numbers whose index is the same key."""
    with sqlite3.connect(scale.path) as connection:
        connection.execute("VACUUM")
    other = scale.path.with_suffix(".rowid")
    with sqlite3.connect(other, isolation_level=None) as connection:
        connection.execute("ATTACH ? AS kept", (str(scale.path),))
        connection.execute("CREATE TABLE usage_record AS SELECT * FROM kept.usage_record")
        connection.execute("CREATE UNIQUE INDEX the_key ON usage_record (line_no, started_at, record_key)")
    rowid, clustered = other.stat().st_size / 1e6, scale.path.stat().st_size / 1e6
    ratio = rowid / clustered
    return Row(
        _AREA,
        "size against row numbers with the key as an index",
        rowid,
        clustered,
        "MB",
        ratio,
        ">= 1.4",
        ratio >= 1.4,
    )


def _row(what: str, floor: float, product: float, goal: float) -> Row:
    ratio = product / floor
    return Row(_AREA, what, floor, product, "ms", ratio, f"<= {goal:g}", ratio <= goal)


Ask = Callable[[Scale, Subscriber], Callable[[], Any]]


def _beside(one: Scale, ask_one: Ask, other: Scale, ask_other: Ask) -> tuple[Milliseconds, Milliseconds]:
    """For each line the median of so many turns, both sides in turns: what else the machine does falls out."""
    sides = ((one, ask_one, one.actors), (other, ask_other, other.actors))
    turns: tuple[list[Milliseconds], ...] = tuple([[] for _ in actors] for _, _, actors in sides)
    for _ in range(ROUNDS + 1):
        for place in range(SAMPLE):
            for times, (scale, ask, actors) in zip(turns, sides, strict=True):
                call = ask(scale, actors[place])
                begun = time.perf_counter()
                call()
                times[place].append((time.perf_counter() - begun) * 1000)
    floor, product = ([statistics.median(found[1:]) for found in side] for side in turns)
    return floor, product


def _page_use_case(scale: Scale, actor: Subscriber) -> Callable[[], Any]:
    def call() -> Any:
        with scale.db.snapshot() as session:
            return detailing.page(session, actor, choice=MONTH, now=NOW)

    return call


def _sums_use_case(scale: Scale, actor: Subscriber) -> Callable[[], Any]:
    def call() -> Any:
        with scale.db.snapshot() as session:
            return detailing.totals(session, actor, choice=MONTH, now=NOW)

    return call


def _page_call(scale: Scale, actor: Subscriber) -> Callable[[], Any]:
    opened = scale.db.snapshot()
    session = opened.__enter__()
    values = _page_values(select(session, actor, choice=MONTH, now=NOW))
    statement = statements.page(session, by_number=False)

    def call() -> Any:
        found = tuple(map(CallRecord._make, statement.run(session, values)))
        opened.__exit__(None, None, None)
        return found

    return call


def _sums_call(scale: Scale, actor: Subscriber) -> Callable[[], Any]:
    opened = scale.db.snapshot()
    session = opened.__enter__()
    chosen = select(session, actor, choice=MONTH, now=NOW)

    def call() -> Any:
        found = detailing.added(session, chosen)
        opened.__exit__(None, None, None)
        return found

    return call


def _page_bare(bare: sqlite3.Connection) -> Ask:
    return _bare(bare, statements.page, _page_values)


def _sums_bare(bare: sqlite3.Connection) -> Ask:
    return _bare(bare, statements.sums, _sums_values)


def _bare(bare: sqlite3.Connection, statement: Any, values_of: Callable[[Selection], dict[str, Any]]) -> Ask:
    def ask(scale: Scale, actor: Subscriber) -> Callable[[], Any]:
        with scale.db.snapshot() as session:
            prepared = statement(session, by_number=False)
            parameters = prepared.parameters(values_of(select(session, actor, choice=MONTH, now=NOW)))
        return lambda: bare.execute(prepared.text, parameters).fetchall()

    return ask


def _page_values(chosen: Selection) -> dict[str, Any]:
    span = chosen.stretches
    return chosen.values | {"since": span[0].since, "at": span[-1].until, "key": 0, "limit": 51}


def _sums_values(chosen: Selection) -> dict[str, Any]:
    (span,) = chosen.stretches
    return chosen.values | {"since": span.since, "until": span.until, "midnight": micros(span.midnight)}


def _filled(directory: Path, records: int) -> Scale:
    path = directory / f"{records}.db"
    profile = operators.profile(operators.DEFAULT)
    db = Database(f"sqlite:///{path}", info={"profile": profile})
    metadata.create_all(db.engine, tables=[model.__table__ for model in (Client, Account, Line, UsageRecord)])  # type: ignore[attr-defined]
    chance = np.random.default_rng(records)
    count = records // RECORDS_A_LINE
    activity = chance.lognormal(0, 1, count)
    sizes = np.minimum(BUSIEST, np.maximum(1, (activity / activity.sum() * records).astype(int)))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        put = str(insert(UsageRecord).compile(dialect=db.engine.dialect))
        connection.executemany(put, _records(chance, sizes))
    connection.close()
    by_size = [int(place) + 1 for place in np.argsort(sizes)]
    others = chance.choice(by_size[:-BUSY], SAMPLE - BUSY, replace=False).tolist()
    return Scale(records, path, db, [_subscriber(db, no) for no in others + by_size[-BUSY:]])


def _records(chance: np.random.Generator, sizes: Any) -> Iterator[tuple[Any, ...]]:
    span, begin = int((NOW - SINCE).total_seconds()), micros(SINCE)
    for no, size in enumerate(sizes.tolist(), 1):
        at = (np.sort(chance.integers(0, span, size)) * 1_000_000 + begin).tolist()
        kinds = chance.choice([1, 2, 3, 4], size, p=[0.6, 0.2, 0.01, 0.19]).tolist()
        rest = chance.integers(0, [2**62, 2, 10**7, 600, 10**8, 10**6], (size, 6)).tolist()
        for n, kind in enumerate(kinds):
            key, way, peer, seconds, octets, units = rest[n]
            data = kind == 4
            number = "" if data else f"37529{peer:07}"
            direction = 1 if data else way + 1
            yield no, at[n], key, kind, direction, 1, number, seconds, 0, octets if data else 0, units, "", ""


def _subscriber(db: Database, no: int) -> Subscriber:
    client, account, line = new_id(), new_id(), new_id()
    day = date(2020, 1, 1)
    with db.transaction() as session:
        session.add(Client(id=client, external_id=str(client), kind="person", name="x"))
        session.flush()
        columns: dict[str, Any] = {"opened_on": day, "currency": "BYN", "settlement": "prepaid"}
        session.add(Account(id=account, external_id=str(account), client_id=client, number=str(no), **columns))
        session.flush()
        columns = {"external_id": str(line), "account_id": account, "tariff_plan": "x", "activated_on": day}
        session.add(Line(id=line, no=no, **columns))
    proof = Proof("call_detail", "sms", NOW, NOW + timedelta(hours=1))
    return Subscriber(line, line, (proof,))


def _p50(times: Milliseconds) -> float:
    return statistics.median(times)


def _p95(times: Milliseconds) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _short(records: int) -> str:
    return f"{records // 1_000_000} M" if records >= 1_000_000 else f"{records // 1000} k"
