"""Other ways to move money in the same tables: objects one by one, statements under row locks, ready rows at once."""

import sqlite3
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlmodel import Session, select

from selfcare_app.db import _SQLITE_PRAGMAS, Database, micros
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger.rules import floor
from selfcare_app.ledger.tables import LedgerAccount, Operation, Transfer
from selfcare_app.subscribers.tables import Account

ROWS = {
    "operation": "id, actor, kind, idempotency_key, digest, created_at, result, acted_by",
    "transfer": "id, operation_id, seq, code, debit_id, credit_id, amount_minor, created_at",
}
DIGEST = "0" * 64


def by_objects(database: Database, pair: tuple[UUID, UUID], now: datetime) -> None:
    """One transfer as one writes it first: the key looked for, objects fetched, compared, changed, added; a commit."""
    # Nothing stands in front of SQLite's own waiting for the one writer.
    with Session(database._writing) as session:
        key = str(new_id())
        known = select(Operation).where(
            Operation.actor == "orm", Operation.kind == "fee", Operation.idempotency_key == key
        )
        assert session.exec(known).one_or_none() is None
        payer = session.get(LedgerAccount, pair[0], with_for_update=True)
        revenue = session.get(LedgerAccount, pair[1], with_for_update=True)
        assert payer is not None
        assert revenue is not None
        owner = session.get(Account, payer.account_id)
        assert owner is not None
        assert payer.credits - payer.debits - payer.debits_pending - 1 >= floor(
            owner.settlement, owner.credit_limit_minor
        )
        operation = Operation(id=new_id(), actor="orm", kind="fee", idempotency_key=key, digest=DIGEST, created_at=now)
        session.add(operation)
        session.flush()
        payer.debits += 1
        revenue.credits += 1
        session.add(
            Transfer(
                id=new_id(),
                operation_id=operation.id,
                seq=0,
                code="fee",
                debit_id=payer.id,
                credit_id=revenue.id,
                amount_minor=1,
                created_at=now,
            )
        )
        session.commit()


def ready_rows(path: str, pairs: list[tuple[UUID, UUID]], now: datetime) -> Any:
    """A call that writes one transfer a pair in one transaction by the bare driver, out of rows that are ready."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    at = micros(now)
    operations, transfers, changes = [], [], []
    for payer, revenue in pairs:
        own, key = new_id().hex, str(new_id())
        operations.append((own, "bare", "fee", key, DIGEST, at, '{"transfers": []}', ""))
        transfers.append((new_id().hex, own, 0, "fee", payer.hex, revenue.hex, 1, at))
        changes += [(1, 0, payer.hex), (0, 1, revenue.hex)]

    def write() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            f"INSERT INTO operation ({ROWS['operation']}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", operations
        )
        connection.executemany(
            "UPDATE ledger_account SET debits = debits + ?, credits = credits + ? WHERE id = ?", changes
        )
        connection.executemany(f"INSERT INTO transfer ({ROWS['transfer']}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", transfers)
        connection.execute("COMMIT")

    return write


def by_statements(connection: psycopg.Connection, pair: tuple[UUID, UUID], now: datetime) -> None:
    """One transfer by plain statements under row locks; a commit each."""
    own = new_id()
    with connection.transaction():
        connection.execute("SELECT id FROM ledger_account WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (list(pair),))
        connection.execute(
            f"INSERT INTO operation ({ROWS['operation']}) VALUES (%s, 'bare', 'fee', %s, %s, %s, '{{}}', '')",
            (own, str(own), DIGEST, now),
        )
        connection.execute("UPDATE ledger_account SET debits = debits + 1 WHERE id = %s", (pair[0],))
        connection.execute("UPDATE ledger_account SET credits = credits + 1 WHERE id = %s", (pair[1],))
        connection.execute(
            f"INSERT INTO transfer ({ROWS['transfer']}) VALUES (%s, %s, 0, 'fee', %s, %s, 1, %s)",
            (new_id(), own, *pair, now),
        )
