"""Accounts of the ledger: found and locked in one order, made when first needed."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger import rules
from selfcare_app.ledger.rules import AccountKey
from selfcare_app.ledger.tables import LedgerAccount
from selfcare_app.subscribers.tables import Account


class NoAccount(NotFound):
    """There is no such personal account, or it is kept in another currency."""

    code = "ledger.no_account"


@dataclass(frozen=True, slots=True)
class Locked:
    """An account that this transaction alone may change; `floor_minor` is None where there is none."""

    id: UUID
    key: AccountKey
    account_id: UUID | None
    floor_minor: int | None


def lock(session: Session, keys: Collection[AccountKey]) -> tuple[Locked, ...]:
    """The accounts in ascending order of id, locked in that order; those that are missing are made.

    Raises NoAccount for a personal account that does not exist in that currency.
    """
    found = _locked(session, keys)
    missing = sorted(set(keys) - {account.key for account in found})
    if not missing:
        return found
    for key in missing:
        _make(session, key)
    return _locked(session, keys)


def insert_new(session: Session, table: type[object]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of the session's dialect that knows ON CONFLICT."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _locked(session: Session, keys: Collection[AccountKey]) -> tuple[Locked, ...]:
    # On PostgreSQL rows are locked as they leave the sort, so two operations never wait for each other in a circle;
    # on SQLite the transaction already holds the only write lock and FOR UPDATE is not written at all.
    ledger = LedgerAccount
    query = (
        select(ledger, Account.settlement, Account.credit_limit_minor)
        .join(Account, col(Account.id) == ledger.account_id, isouter=True)
        .where(tuple_(col(ledger.kind), col(ledger.code), col(ledger.currency)).in_(list(keys)))
        .order_by(col(ledger.id))
        .with_for_update(of=ledger)
        .execution_options(populate_existing=True)
    )
    return tuple(
        Locked(
            row.id,
            (row.kind, row.code, row.currency),
            row.account_id,
            rules.floor(settlement, limit) if row.kind == rules.SUBSCRIBER else None,
        )
        for row, settlement, limit in session.exec(query).all()
    )


def _make(session: Session, key: AccountKey) -> None:
    kind, code, currency = key
    owner = _owner(session, code, currency) if kind == rules.SUBSCRIBER else None
    values = {"id": new_id(), "kind": kind, "code": code, "currency": currency, "debits": 0, "credits": 0}
    if owner is not None:
        floor = rules.floor(owner.settlement, owner.credit_limit_minor)
        values |= {"account_id": owner.id, "floor_minor": floor}
    session.connection().execute(insert_new(session, LedgerAccount).values(values).on_conflict_do_nothing())


def _owner(session: Session, code: str, currency: str) -> Account:
    owner = session.get(Account, UUID(code))
    if owner is None or owner.currency != currency:
        raise NoAccount()
    return owner
