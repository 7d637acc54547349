"""What must hold in the ledger, asked of the database as it stands: sums, floors, keys, holds, reversals, replays."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from selfcare_app.kit.invariant import Check, Rows
from selfcare_app.kit.money import Money
from selfcare_app.ledger import pending, reverse, rules
from selfcare_app.ledger.rules import Leg
from selfcare_app.ledger.tables import LedgerAccount, MoneyHold, Operation, Transfer

OVERDUE = timedelta(hours=1)
"""So long after its time a hold that is still open is a finding: the worker ends it within seconds."""

_AT_ONCE = 10_000

_UNBALANCED = """
SELECT currency, SUM(debits) AS debits, SUM(credits) AS credits,
  SUM(debits_pending) AS debits_pending, SUM(credits_pending) AS credits_pending
FROM ledger_account GROUP BY currency
HAVING SUM(debits) <> SUM(credits) OR SUM(debits_pending) <> SUM(credits_pending)
"""
_SUMS_DIFFER = """
WITH moved AS (
  SELECT id, SUM(debited) AS debited, SUM(credited) AS credited, SUM(out_held) AS out_held, SUM(in_held) AS in_held
  FROM (
    SELECT debit_id AS id, amount_minor AS debited, 0 AS credited, 0 AS out_held, 0 AS in_held FROM transfer
    UNION ALL SELECT credit_id, 0, amount_minor, 0, 0 FROM transfer
    UNION ALL SELECT debit_id, 0, 0, amount_minor, 0 FROM money_hold WHERE outcome = ''
    UNION ALL SELECT credit_id, 0, 0, 0, amount_minor FROM money_hold WHERE outcome = ''
  ) AS side GROUP BY id
)
SELECT a.id AS account, a.debits, a.credits, a.debits_pending, a.credits_pending, m.debited, m.credited
FROM ledger_account a LEFT JOIN moved m ON m.id = a.id
WHERE a.debits <> COALESCE(m.debited, 0) OR a.credits <> COALESCE(m.credited, 0)
  OR a.debits_pending <> COALESCE(m.out_held, 0) OR a.credits_pending <> COALESCE(m.in_held, 0)
"""
_BELOW_FLOOR = """
SELECT id AS account, credits - debits - debits_pending AS spendable, floor_minor FROM ledger_account
WHERE credits - debits - debits_pending < floor_minor
  OR (floor_minor IS NULL AND kind IN ('subscriber', 'bonus'))
"""
_NOT_CONSERVED = """
SELECT s.currency, s.balances, COALESCE(f.came_in, 0) AS came_in, COALESCE(f.went_out, 0) AS went_out
FROM (
  SELECT currency, SUM(credits - debits) AS balances FROM ledger_account WHERE kind = 'subscriber' GROUP BY currency
) AS s LEFT JOIN (
  SELECT d.currency,
    SUM(CASE WHEN c.kind = 'subscriber' THEN t.amount_minor ELSE 0 END) AS came_in,
    SUM(CASE WHEN d.kind = 'subscriber' THEN t.amount_minor ELSE 0 END) AS went_out
  FROM transfer t JOIN ledger_account d ON d.id = t.debit_id JOIN ledger_account c ON c.id = t.credit_id
  WHERE (d.kind = 'subscriber') <> (c.kind = 'subscriber') GROUP BY d.currency
) AS f ON f.currency = s.currency
WHERE s.balances <> COALESCE(f.came_in, 0) - COALESCE(f.went_out, 0)
"""
_CROSSED = """
SELECT t.id AS transfer FROM transfer t
JOIN ledger_account d ON d.id = t.debit_id JOIN ledger_account c ON c.id = t.credit_id WHERE d.currency <> c.currency
"""
_WITHOUT_EFFECT = """
SELECT o.id AS operation FROM operation o
WHERE NOT EXISTS (SELECT 1 FROM transfer t WHERE t.operation_id = o.id)
  AND NOT EXISTS (SELECT 1 FROM money_hold h WHERE h.operation_id = o.id OR h.ended_by = o.id)
"""
_WITHOUT_OPERATION = """
SELECT t.id AS transfer FROM transfer t WHERE NOT EXISTS (SELECT 1 FROM operation o WHERE o.id = t.operation_id)
"""
_TWICE = """
SELECT MIN(CAST(id AS TEXT)) AS operation, COUNT(*) AS times FROM operation
GROUP BY actor, kind, idempotency_key HAVING COUNT(*) > 1
"""
_BADLY_ENDED = """
SELECT h.operation_id AS operation, h.outcome FROM money_hold h
LEFT JOIN operation e ON e.id = h.ended_by
WHERE (h.outcome <> '' AND e.id IS NULL)
  OR (h.outcome = 'settled' AND h.ended_at >= h.expires_at)
  OR (h.outcome = 'expired' AND h.ended_at < h.expires_at)
  OR (h.outcome = 'settled') <> EXISTS (
    SELECT 1 FROM transfer t WHERE t.operation_id = h.ended_by AND t.seq = h.seq
    AND t.debit_id = h.debit_id AND t.credit_id = h.credit_id AND t.amount_minor = h.amount_minor)
"""
_ENDED_APART = """
SELECT operation_id AS operation, COUNT(DISTINCT outcome) AS outcomes FROM money_hold
GROUP BY operation_id HAVING COUNT(DISTINCT outcome) > 1 OR COUNT(DISTINCT ended_by) > 1
"""
_BADLY_REVERSED = """
SELECT r.id AS transfer, r.reverses FROM transfer r LEFT JOIN transfer t ON t.id = r.reverses
WHERE r.reverses IS NOT NULL AND (
  t.id IS NULL OR r.amount_minor > t.amount_minor OR r.debit_id <> t.credit_id OR r.credit_id <> t.debit_id)
"""
_REVERSED_TWICE = """
SELECT reverses AS transfer, COUNT(*) AS times FROM transfer WHERE reverses IS NOT NULL
GROUP BY reverses HAVING COUNT(*) > 1
"""


def checks() -> tuple[Check, ...]:
    """I1 to I5, I7, I8 and I17 of the ledger."""
    return (
        Check("I1", "debits are credits, in each currency", _asked(_UNBALANCED)),
        Check("I2", "running sums are the sums of transfers and open holds", _asked(_SUMS_DIFFER)),
        Check("I3", "no account is below its floor", _asked(_BELOW_FLOOR)),
        Check("I4", "what subscribers have is what came in less what went out", _asked(_NOT_CONSERVED, _CROSSED)),
        Check(
            "I5",
            "operations have transfers, transfers operations, keys are used once",
            _asked(_WITHOUT_EFFECT, _WITHOUT_OPERATION, _TWICE),
        ),
        Check("I7", "a hold ends once, as a whole and in its time", _holds),
        Check("I8", "a transfer is reversed once, by its mirror image", _asked(_BADLY_REVERSED, _REVERSED_TWICE)),
        Check("I17", "an operation that is repeated is known again", _replayed),
    )


def _asked(*queries: str) -> Callable[[Session, datetime], Rows]:
    def find(session: Session, now: datetime) -> Rows:
        for query in queries:
            yield from _rows(session.connection(), query)

    return find


def _rows(connection: Connection, query: str) -> Iterator[dict[str, object]]:
    for row in connection.execute(text(query)).mappings():
        yield dict(row)


def _holds(session: Session, now: datetime) -> Rows:
    yield from _asked(_BADLY_ENDED, _ENDED_APART)(session, now)
    overdue = select(MoneyHold.operation_id).where(MoneyHold.outcome == "", col(MoneyHold.expires_at) <= now - OVERDUE)
    for hold_id in session.exec(overdue.distinct()).all():
        yield {"operation": hold_id, "outcome": "overdue"}


def _replayed(session: Session, now: datetime) -> Rows:
    """Operations whose digest or result is not that of what they did: repeated, they would be taken for another act."""
    ended = select(MoneyHold.ended_by, MoneyHold.operation_id).where(MoneyHold.outcome == pending.SETTLED)
    settled = {ending: hold_id for ending, hold_id in session.exec(ended.distinct()).all()}
    for operation, rows in _by_operation(session, Transfer, Transfer.id, Transfer.reverses):
        said, (transfer_ids, reversed_ids) = _legs(rows), zip(*(row[-2:] for row in rows), strict=True)
        more: tuple[str, ...] = ()
        if operation.id in settled:
            more = (pending.SETTLED, str(settled[operation.id]))
        elif reversed_ids[0] is not None:
            more = (reverse.KIND, str(reversed_ids[0]))
        if operation.result["transfers"] != [str(each) for each in transfer_ids]:
            yield {"operation": operation.id, "differs": "result"}
        if operation.digest != rules.digest(said, *more):
            yield {"operation": operation.id, "differs": "digest"}
    for operation, rows in _by_operation(session, MoneyHold):
        if operation.digest != rules.digest(_legs(rows), "hold"):
            yield {"operation": operation.id, "differs": "digest"}


def _by_operation(session: Session, table: Any, *more: Any) -> Iterator[tuple[Row[Any], list[Row[Any]]]]:
    """Every operation with its rows of a table, in order: its own four columns, six of the leg, then `more`."""
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(  # type: ignore[call-overload]
            Operation.id,
            Operation.digest,
            Operation.result,
            debit.kind,
            debit.code,
            credit.kind,
            credit.code,
            debit.currency,
            table.amount_minor,
            table.code,
            *more,
        )
        .join(table, col(table.operation_id) == Operation.id)
        .join(debit, col(debit.id) == table.debit_id)
        .join(credit, col(credit.id) == table.credit_id)
        .order_by(col(Operation.id), col(table.seq))
    )
    rows = session.execute(query.execution_options(yield_per=_AT_ONCE))
    for _, own in groupby(rows, key=lambda row: row[0]):
        legs = list(own)
        yield legs[0], legs


def _legs(rows: list[Row[Any]]) -> list[Leg]:
    legs = []
    for row in rows:
        paid, paid_code, got, got_code, currency, minor, code = tuple(row)[3:10]
        legs.append(Leg((paid, paid_code), (got, got_code), Money(minor, currency), code))
    return legs
