"""Checking the journal: a million entries, beside what reading the same rows and hashing as many texts takes at least."""

import hashlib
import hmac
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bench.row import Row
from selfcare_app.db import Database, metadata, micros
from selfcare_app.journal import check, rules
from selfcare_app.journal.tables import JournalEntry, JournalHead
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.sealing import Keyring
from selfcare_app.subscribers.tables import Account, Client, Line

ENTRIES, QUICK = 1_000_000, 20_000
GOAL_SECONDS = 60
_AT_ONCE = 10_000
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def run(quick: bool) -> list[Row]:
    """One row: seconds for a full check."""
    entries, keys = QUICK if quick else ENTRIES, Keyring(bytes(32))
    with tempfile.TemporaryDirectory(prefix="selfcare-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'journal.db'}", info={"keys": keys})
        metadata.create_all(database.engine)
        _fill(database, keys, entries)
        floor = _floor(database)
        began = time.perf_counter()
        with database.snapshot() as session:
            report = check.check(session, keys)
        took = time.perf_counter() - began
        database.close()
    if report.entries != entries or report.findings:
        raise AssertionError(f"{report.entries} entries, {report.findings[:3]}")
    allowed = GOAL_SECONDS * entries / ENTRIES
    goal = f"<= {GOAL_SECONDS} s a million"
    return [Row("journal", f"check {entries:,} entries", floor, took, "s", took / floor, goal, took <= allowed)]


def _floor(database: Database) -> float:
    """Reads the same rows with nothing between, and makes one keyed digest of each."""
    began = time.perf_counter()
    with database.engine.connect() as connection:
        for row in connection.exec_driver_sql("SELECT * FROM journal_entry ORDER BY stream, seq"):
            hmac.new(b"key", "".join(map(str, row)).encode(), hashlib.sha256).digest()
    return time.perf_counter() - began


def _fill(database: Database, keys: Keyring, entries: int) -> None:
    line_id, before, link = _line(database), "", ""
    with database.transaction() as session:
        for start in range(1, entries + 1, _AT_ONCE):
            rows: list[dict[str, Any]] = []
            for seq in range(start, min(start + _AT_ONCE, entries + 1)):
                row = _entry(line_id, seq)
                link = rules.line_hash(str(line_id), row | {"id": str(row["id"]), "at": micros(row["at"])}, link)
                said = {**row, "id": str(row["id"]), "at": micros(row["at"])}
                text = rules.entry_text(0, seq, str(line_id), said, "", link)
                hashed = keys.mac(rules.KEY, text, before)
                links = {"line_hash": link, "prev_hash": before, "hash": hashed}
                rows.append({**row, "stream": 0, "line_id": line_id, "line_seq": seq, "session_id": None, **links})
                before = hashed
            session.execute(insert(JournalEntry), rows)
        session.add(JournalHead(stream=0, seq=entries, hash=before))


def _entry(line_id: Any, seq: int) -> dict[str, Any]:
    return {
        "seq": seq,
        "id": new_id(),
        "at": _BEGAN + timedelta(seconds=seq),
        "actor": "subscriber",
        "actor_id": str(line_id),
        "actor_name": "",
        "role": "",
        "action": "viewed_calls",
        "outcome": "done",
        "details_digest": "",
    }


def _line(database: Database) -> Any:
    client, account, line_id = new_id(), new_id(), new_id()
    with database.transaction() as session:
        session.add(Client(id=client, external_id="1", kind="person", name="-"))
        session.flush()
        session.add(
            Account(
                id=account,
                external_id="1",
                client_id=client,
                number="1",
                opened_on=date(2020, 1, 1),
                currency="BYN",
                settlement="prepaid",
            )
        )
        session.flush()
        session.add(
            Line(
                id=line_id,
                no=1,
                external_id="1",
                account_id=account,
                tariff_plan="-",
                activated_on=date(2020, 1, 1),
            )
        )
    return line_id
