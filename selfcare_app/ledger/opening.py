"""The balances that personal accounts come with from the operator's billing: posted once, never overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger import account, rules
from selfcare_app.ledger.rules import AccountRef, Leg
from selfcare_app.ledger.tables import LedgerAccount, Operation, Transfer
from selfcare_app.subscribers.tables import Account

KIND = "opening"
SOURCE: AccountRef = (KIND, "import")
_ACTOR = "system:opening"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Opening:
    """The balance of a personal account at its import; below zero is a debt."""

    account_id: UUID
    balance: Money


def post_openings(session: Session, actor: System, *, openings: Sequence[Opening], now: datetime) -> int:
    """Opens in the ledger each personal account that is not in it yet, with its balance; how many were opened.

    A later balance of an account that is open is not posted: from the opening on, the ledger's own sums are the
    balance. Whole chunks are written by a few statements, so that an operator's million accounts take a minute.
    Raises account.NoAccount.
    """
    opened = 0
    for start in range(0, len(openings), _CHUNK):
        chunk = {opening.account_id: opening.balance for opening in openings[start : start + _CHUNK]}
        chunk = {account_id: chunk[account_id] for account_id in chunk.keys() - _open(session, chunk)}
        if chunk:
            _write(session, chunk, now)
            opened += len(chunk)
    return opened


def _open(session: Session, account_ids: dict[UUID, Money]) -> set[UUID]:
    known = select(LedgerAccount.account_id).where(col(LedgerAccount.account_id).in_(account_ids))
    return {account_id for account_id in session.exec(known).all() if account_id is not None}


def _write(session: Session, balances: dict[UUID, Money], now: datetime) -> None:
    floors = _floors(session, balances)
    connection = session.connection()
    own_ids = {account_id: new_id() for account_id in balances}
    rows = [_account_row(own_ids[a], a, balance, floors[a]) for a, balance in balances.items()]
    connection.execute(insert(LedgerAccount), rows)
    moved = {a: balance for a, balance in balances.items() if balance.minor}
    if not moved:
        return
    source_ids = _count_at_source(session, moved)
    operations, transfers = [], []
    for account_id, balance in moved.items():
        operation, transfer = new_id(), new_id()
        operations.append(_operation_row(operation, transfer, account_id, balance, now))
        sides = (own_ids[account_id], source_ids[balance.currency])
        debit, credit = sides if balance.minor < 0 else sides[::-1]
        transfers.append(
            {
                "id": transfer,
                "operation_id": operation,
                "seq": 0,
                "code": KIND,
                "debit_id": debit,
                "credit_id": credit,
                "amount_minor": abs(balance.minor),
                "created_at": now,
            }
        )
    connection.execute(insert(Operation), operations)
    connection.execute(insert(Transfer), transfers)


def _floors(session: Session, balances: dict[UUID, Money]) -> dict[UUID, int]:
    query = select(Account).where(col(Account.id).in_(balances))
    found = {row.id: row for row in session.exec(query).all()}
    for account_id, balance in balances.items():
        if account_id not in found or found[account_id].currency != balance.currency:
            raise account.NoAccount()
    return {a: rules.floor(row.settlement, row.credit_limit_minor) for a, row in found.items()}


def _account_row(own_id: UUID, account_id: UUID, balance: Money, floor: int) -> dict[str, object]:
    return {
        "id": own_id,
        "kind": rules.SUBSCRIBER,
        "code": str(account_id),
        "currency": balance.currency,
        "account_id": account_id,
        "debits": max(0, -balance.minor),
        "credits": max(0, balance.minor),
        "floor_minor": min(floor, balance.minor),
    }


def _count_at_source(session: Session, moved: dict[UUID, Money]) -> dict[str, UUID]:
    """Adds what is moved to the running sums of the source of each currency; gives the sources' ids."""
    ids = {}
    for currency in sorted({balance.currency for balance in moved.values()}):
        minors = [balance.minor for balance in moved.values() if balance.currency == currency]
        (source,) = account.lock(session, [rules.key_of(SOURCE, currency)])
        given, taken = sum(m for m in minors if m > 0), -sum(m for m in minors if m < 0)
        session.connection().execute(
            update(LedgerAccount)
            .where(col(LedgerAccount.id) == source.id)
            .values(debits=col(LedgerAccount.debits) + given, credits=col(LedgerAccount.credits) + taken)
        )
        ids[currency] = source.id
    return ids


def _operation_row(
    operation: UUID, transfer: UUID, account_id: UUID, balance: Money, now: datetime
) -> dict[str, object]:
    own: AccountRef = (rules.SUBSCRIBER, account_id)
    debit, credit = (own, SOURCE) if balance.minor < 0 else (SOURCE, own)
    leg = Leg(debit, credit, Money(abs(balance.minor), balance.currency, balance.scale), KIND)
    return {
        "id": operation,
        "actor": _ACTOR,
        "kind": KIND,
        "idempotency_key": str(account_id),
        "digest": rules.digest([leg]),
        "created_at": now,
        "result": {"transfers": [str(transfer)]},
    }
