"""Takes payments from the operator's export: those that the balance does not hold yet move it through the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table, insert
from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.kit.actor import System
from selfcare_app.kit.bulk import Row, Sieve, Written, found, one_at_a_time
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.batch import Instruction, post_many
from selfcare_app.ledger.post import Leg
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers import load as subscribers

PAYMENT: Table = Payment.__table__  # type: ignore[attr-defined]
KIND = "payment"
CASH_IN = ("cash_in", "payment")
_TOLD = ("account_id", "paid_at", "amount_minor", "currency")


def payments(session: Session, actor: System, *, rows: Sequence[Row], now: datetime) -> Written:
    """Payments by `external_id`; `account_id` is the account's external one.

    A payment later than the moment of its account's balance is posted; earlier ones are in that balance already and
    are history, and so are those of an account whose balance is not known. Refuses `unknown_account`,
    `other_currency`, `payment_changed`.
    """
    one_at_a_time(session)
    accounts = found(session, subscribers.ACCOUNT, ("external_id",), ((row["account_id"],) for row in rows))
    by_id = {account["id"]: account for account in accounts.values()}
    sieve = Sieve(rows)
    sieve.refer(session, subscribers.ACCOUNT, "account_id", "account_id", "unknown_account")
    for row in sieve.rows:
        row["currency"] = row.get("currency") or by_id[row["account_id"]]["currency"]
    sieve.refuse(lambda row: _other_currency(row, by_id[row["account_id"]]))
    known = found(session, PAYMENT, ("external_id",), ((row["external_id"],) for row in sieve.rows))
    told: dict[str, Row] = {external_id: row for (external_id,), row in known.items()}
    for row in sieve.rows:
        told.setdefault(row["external_id"], row)
    sieve.refuse(lambda row: _changed(row, told[row["external_id"]]))
    fresh = {row["external_id"]: row for row in sieve.rows if (row["external_id"],) not in known}
    if fresh:
        new = list(fresh.values())
        moved = _posted(session, actor, [row for row in new if _moves(row, by_id[row["account_id"]])], now)
        made = [{**row, "id": new_id(), "operation_id": moved.get(row["external_id"])} for row in new]
        session.connection().execute(insert(PAYMENT), made)
    return sieve.settled(Written(len(fresh), 0, len(sieve.rows) - len(fresh)))


def _other_currency(row: Row, account: Row) -> tuple[str, str, str] | None:
    return None if row["currency"] == account["currency"] else ("currency", "other_currency", row["currency"])


def _changed(row: Row, told: Row) -> tuple[str, str, str] | None:
    other = next((name for name in _TOLD if row[name] != told[name]), None)
    return None if other is None else (other, "payment_changed", row["external_id"])


def _moves(row: Row, account: Row) -> bool:
    as_of: datetime | None = account["balance_as_of"]
    return as_of is not None and row["paid_at"] > as_of


def _posted(session: Session, actor: System, rows: Sequence[Row], now: datetime) -> Mapping[str, UUID]:
    """Moves the money of payments; gives their operations."""
    scale = operators.of(session).currency_scale
    operations = [
        Instruction(
            KIND,
            row["external_id"],
            (
                Leg(
                    CASH_IN, ("subscriber", row["account_id"]), Money(row["amount_minor"], row["currency"], scale), KIND
                ),
            ),
        )
        for row in rows
    ]
    moved: dict[str, UUID] = {}
    outcomes = post_many(session, actor, operations=operations, now=now)
    for row, outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, Fault):
            raise outcome
        moved[row["external_id"]] = outcome.operation_id
    return moved
