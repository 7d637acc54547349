"""What a batch reads and writes, one statement a table whatever its size, in the words of either engine."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Connection
from sqlmodel import Session

from selfcare_app.db import micros, moment
from selfcare_app.ledger import rules
from selfcare_app.ledger.asked import Key
from selfcare_app.ledger.operation import Posted
from selfcare_app.ledger.rules import AccountKey

Row = tuple[Any, ...]

Counts = tuple[int, int, int]
"""How many operations, accounts and transfers were written."""

_OPERATION = "id, actor, kind, idempotency_key, digest, created_at, result, acted_by, session_id"
_TRANSFER = "id, operation_id, seq, code, debit_id, credit_id, amount_minor, created_at"


@dataclass(slots=True)
class Kept:
    """An account that this transaction alone may change: as it was, and as it will be. `id` is as the driver has it.

    `spendable` is what is there and not held, with all that the batch has done so far.
    """

    id: Any
    key: AccountKey
    base_floor: int | None
    debits: int
    credits: int
    held: int
    floor: int | None
    spendable: int
    more_debits: int = 0
    more_credits: int = 0

    def add(self, debits: int, credits: int, floor: int | None) -> None:
        """One operation more, after which the floor is another one."""
        self.more_debits += debits
        self.more_credits += credits
        self.spendable += credits - debits
        self.floor = floor


@dataclass(frozen=True, slots=True)
class Sqlite:
    """SQLite: sets go in as one JSON text, rows by the driver's own loop over one prepared statement."""

    connection: Connection

    _LOCKED: ClassVar[str] = """
SELECT a.id, a.kind, a.code, a.currency, a.debits, a.credits, a.debits_pending, p.settlement, p.credit_limit_minor
FROM json_each(?) AS k CROSS JOIN ledger_account AS a
  ON a.kind = k.value ->> 0 AND a.code = k.value ->> 1 AND a.currency = k.value ->> 2
LEFT JOIN account AS p ON p.id = a.account_id ORDER BY a.id
"""
    _KNOWN: ClassVar[str] = """
SELECT o.actor, o.kind, o.idempotency_key, o.digest, o.id, o.result, o.created_at
FROM json_each(?) AS k CROSS JOIN operation AS o
  ON o.actor = k.value ->> 0 AND o.kind = k.value ->> 1 AND o.idempotency_key = k.value ->> 2
"""
    _CHANGE: ClassVar[str] = """
UPDATE ledger_account SET debits = debits + ?, credits = credits + ?, floor_minor = ?
WHERE id = ? AND debits = ? AND credits = ? AND debits_pending = ?
"""
    _OPERATIONS: ClassVar[str] = (
        f"INSERT INTO operation ({_OPERATION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608
    )
    _TRANSFERS: ClassVar[str] = f"INSERT INTO transfer ({_TRANSFER}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608

    def locked(self, keys: Collection[AccountKey]) -> list[Kept]:
        """The accounts that there are, in ascending order of id."""
        rows = self._run(self._LOCKED, (json.dumps(list(keys)),))
        return [_kept(*row) for row in rows]

    def known(self, keys: Collection[Key]) -> Iterator[tuple[Key, tuple[str, Posted]]]:
        """The operations that have one of the keys: their digest and what they gave back."""
        for actor, kind, key, digest, own_id, result, at in self._run(self._KNOWN, (json.dumps(keys),)):
            yield (actor, kind, key), (digest, _posted(UUID(own_id), json.loads(result), moment(at)))

    def write(self, operations: Sequence[Row], accounts: Sequence[Kept], transfers: Sequence[Row]) -> Counts:
        """Writes operations whose keys are free, and if all were: adds what the batch moved to accounts that are still
        as they were, and writes the transfers; gives how many of each."""
        claimed = self._operations(operations)
        if claimed != len(operations):
            return claimed, 0, 0
        return claimed, self._many(self._CHANGE, [_change(kept) for kept in accounts]), self._transfers(transfers)

    def _operations(self, rows: Sequence[Row]) -> int:
        stamps = {at: micros(at) for at in {row[5] for row in rows}}
        return self._many(
            self._OPERATIONS,
            [
                (own_id.hex, actor, kind, key, digest, stamps[at], result, acted_by, session_id and session_id.hex)
                for own_id, actor, kind, key, digest, at, result, acted_by, session_id in rows
            ],
        )

    def _transfers(self, rows: Sequence[Row]) -> int:
        stamps = {at: micros(at) for at in {row[7] for row in rows}}
        return self._many(
            self._TRANSFERS,
            [
                (own_id.hex, operation.hex, seq, code, debit, credit, minor, stamps[at])
                for own_id, operation, seq, code, debit, credit, minor, at in rows
            ],
        )

    def _run(self, statement: str, values: Row) -> Any:
        return self.connection.exec_driver_sql(statement, values)

    def _many(self, statement: str, rows: list[Row]) -> int:
        return self.connection.exec_driver_sql(statement, rows).rowcount


@dataclass(frozen=True, slots=True)
class Postgres:
    """PostgreSQL: sets go in as one array a column, in one statement."""

    connection: Connection

    _LOCKED: ClassVar[str] = """
SELECT a.id, a.kind, a.code, a.currency, a.debits, a.credits, a.debits_pending, p.settlement, p.credit_limit_minor
FROM ledger_account AS a
JOIN unnest(%s::text[], %s::text[], %s::text[]) AS k(kind, code, currency)
  ON a.kind = k.kind AND a.code = k.code AND a.currency = k.currency
LEFT JOIN account AS p ON p.id = a.account_id ORDER BY a.id FOR UPDATE OF a
"""
    _KNOWN: ClassVar[str] = """
SELECT k.actor, k.kind, k.key, o.digest, o.id, o.result, o.created_at
FROM unnest(%s::text[], %s::text[], %s::text[]) AS k(actor, kind, key) CROSS JOIN LATERAL (
  SELECT * FROM operation WHERE actor = k.actor AND kind = k.kind AND idempotency_key = k.key LIMIT 1
) AS o
"""
    # Everything is written by one statement: each of them is a way to the server and back.
    _WRITE: ClassVar[str] = f"""
WITH claimed AS (
  INSERT INTO operation ({_OPERATION})
  SELECT v.id, v.actor, v.kind, v.key, v.digest, v.at, v.result::json, v.acted_by, v.session_id
  FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[],
    %s::uuid[]) AS v(id, actor, kind, key, digest, at, result, acted_by, session_id)
  ON CONFLICT DO NOTHING RETURNING 1
), changed AS (
  UPDATE ledger_account AS a
  SET debits = a.debits + v.more_debits, credits = a.credits + v.more_credits, floor_minor = v.floor_minor
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS v(more_debits, more_credits, floor_minor, id, debits, credits, held)
  WHERE a.id = v.id AND a.debits = v.debits AND a.credits = v.credits AND a.debits_pending = v.held
    AND (SELECT count(*) FROM claimed) = %s
  RETURNING 1
), moved AS (
  INSERT INTO transfer ({_TRANSFER})
  SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::int[], %s::text[], %s::uuid[], %s::uuid[], %s::bigint[],
    %s::timestamptz[])
  WHERE (SELECT count(*) FROM claimed) = %s
  RETURNING 1
)
SELECT (SELECT count(*) FROM claimed), (SELECT count(*) FROM changed), (SELECT count(*) FROM moved)
"""  # noqa: S608 - constants

    def locked(self, keys: Collection[AccountKey]) -> list[Kept]:
        """The accounts that there are, in ascending order of id, locked in that order."""
        return [_kept(*row) for row in self._run(self._LOCKED, _columns(keys))]

    def known(self, keys: Collection[Key]) -> Iterator[tuple[Key, tuple[str, Posted]]]:
        """The operations that have one of the keys: their digest and what they gave back."""
        for *key, digest, own_id, result, at in self._run(self._KNOWN, _columns(keys)):
            yield (key[0], key[1], key[2]), (digest, _posted(own_id, result, at))

    def write(self, operations: Sequence[Row], accounts: Sequence[Kept], transfers: Sequence[Row]) -> Counts:
        """Writes operations whose keys are free, and if all were: adds what the batch moved to accounts that are still
        as they were, and writes the transfers; gives how many of each. Waits for a rival who writes one of the keys."""
        count = len(operations)
        changes = _columns([_change(kept) for kept in accounts])
        claimed, changed, moved = self._run(
            self._WRITE, (*_columns(operations), *changes, count, *_columns(transfers), count)
        ).one()
        return claimed, changed, moved

    def _run(self, statement: str, values: Row) -> Any:
        return self.connection.exec_driver_sql(statement, values)


def of(session: Session) -> Sqlite | Postgres:
    """The statements of the session's engine."""
    connection = session.connection()
    return Postgres(connection) if connection.dialect.name == "postgresql" else Sqlite(connection)


def _change(kept: Kept) -> Row:
    return kept.more_debits, kept.more_credits, kept.floor, kept.id, kept.debits, kept.credits, kept.held


def _columns(rows: Collection[Row]) -> Row:
    """Each column as an array in PostgreSQL's own words: the driver would ask each value for its type."""
    return tuple([_array(column) for column in zip(*rows, strict=True)])


def _array(values: Sequence[Any]) -> str:
    if len(set(values)) == 1:
        return "{" + ",".join([_quoted(values[0])] * len(values)) + "}"
    if None in values:
        return "{" + ",".join(map(_quoted, values)) + "}"
    text = '","'.join(map(str, values))
    if "\\" in text or text.count('"') != 2 * len(values) - 2:
        text = ",".join(map(_quoted, values))
        return "{" + text + "}"
    return '{"' + text + '"}'


def _quoted(value: Any) -> str:
    if value is None:
        return "NULL"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _posted(own_id: UUID, result: Mapping[str, Any], at: datetime) -> Posted:
    return Posted(own_id, tuple([UUID(text) for text in result["transfers"]]), at)


def _kept(own_id: Any, kind: str, code: str, currency: str, *rest: Any) -> Kept:
    debits, credits, held, settlement, limit = rest
    floor = rules.floor_of(kind, settlement, limit)
    return Kept(own_id, (kind, code, currency), floor, debits, credits, held, floor, credits - debits - held)
