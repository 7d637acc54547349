"""Accounts of the ledger: found and locked in one order, made when first needed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from selfcare_app.kit.bulk import chunks
from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger import rules
from selfcare_app.ledger.rules import AccountKey, Sums
from selfcare_app.ledger.tables import LedgerAccount
from selfcare_app.subscribers.tables import Account


class NoAccount(NotFound):
    """There is no such personal account, or it is kept in another currency."""

    code = "ledger.no_account"


@dataclass(frozen=True, slots=True)
class Locked:
    """An account that this transaction alone may change, as it stands.

    `owner_id` is the personal account that it belongs to, `floor_minor` the lowest that spending may lead to; the
    operator's own accounts have neither.
    """

    id: UUID
    key: AccountKey
    owner_id: UUID | None
    floor_minor: int | None
    sums: Sums


def lock(session: Session, keys: Collection[AccountKey]) -> tuple[Locked, ...]:
    """The accounts in ascending order of id, locked in that order; those that are missing are made.

    Raises NoAccount for a personal account that does not exist in that currency.
    """
    found = _locked(session, keys)
    missing = set(keys) - {account.key for account in found}
    if not missing:
        return found
    if make(session, missing):
        raise NoAccount()
    return _locked(session, keys)


def make(session: Session, keys: Collection[AccountKey]) -> set[AccountKey]:
    """Opens accounts; gives the keys that can't be had: of a personal account that does not exist in that currency."""
    owners = _owners(session, keys)
    wrong = {key for key in keys if key[0] in rules.PERSONAL and not _fits(key, owners.get(key[1]))}
    rows = [_row(key, owners) for key in sorted(set(keys) - wrong)]
    if rows:
        session.connection().execute(insert_new(session, LedgerAccount).on_conflict_do_nothing(), rows)
    return wrong


def ids(accounts: Sequence[Locked]) -> dict[AccountKey, UUID]:
    """The ids of accounts by their keys."""
    return {account.key: account.id for account in accounts}


def insert_new(session: Session, table: type[object]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of the session's dialect that knows ON CONFLICT."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def key_of(row: LedgerAccount) -> AccountKey:
    """What an account is found by."""
    return row.kind, row.code, row.currency


def _standing() -> Select[Any]:
    ledger = LedgerAccount
    columns = (
        ledger.id,
        ledger.kind,
        ledger.code,
        ledger.currency,
        ledger.account_id,
        ledger.debits,
        ledger.credits,
        ledger.debits_pending,
        ledger.credits_pending,
        Account.settlement,
        Account.credit_limit_minor,
    )
    query: Select[Any] = select(*columns)  # type: ignore[call-overload]
    own = tuple_(col(ledger.kind), col(ledger.code), col(ledger.currency))
    return (
        query.join(Account, col(Account.id) == ledger.account_id, isouter=True)
        .where(own.in_(bindparam("keys", expanding=True)))
        .order_by(col(ledger.id))
        .with_for_update(of=ledger)
    )


# On PostgreSQL rows are locked as they leave the sort, so two operations never wait for each other in a circle;
# on SQLite the transaction already holds the only write lock and FOR UPDATE is not written at all.
_STANDING = _standing()


def _locked(session: Session, keys: Collection[AccountKey]) -> tuple[Locked, ...]:
    rows = session.connection().execute(_STANDING, {"keys": list(keys)})
    return tuple(_as_locked(*row) for row in rows)


def _as_locked(own_id: UUID, kind: str, code: str, currency: str, owner_id: UUID | None, *rest: Any) -> Locked:
    *sums, settlement, limit = rest
    floor = rules.floor_of(kind, settlement, limit)
    if kind == rules.BONUS:
        owner_id = UUID(code)
    return Locked(own_id, (kind, code, currency), owner_id, floor, Sums(*sums))


def _owners(session: Session, keys: Iterable[AccountKey]) -> dict[str, Account]:
    personal = {code for kind, code, _ in keys if kind in rules.PERSONAL}
    found: dict[str, Account] = {}
    for some in chunks(personal):
        query = select(Account).where(col(Account.id).in_([UUID(code) for code in some]))
        found |= {str(row.id): row for row in session.exec(query).all()}
    return found


def _fits(key: AccountKey, owner: Account | None) -> bool:
    """Whether the personal account is there, and money is in its currency; bonus units have one of their own."""
    return owner is not None and (owner.currency == key[2]) == (key[0] == rules.SUBSCRIBER)


def _row(key: AccountKey, owners: Mapping[str, Account]) -> dict[str, Any]:
    kind, code, currency = key
    owner = owners[code] if kind in rules.PERSONAL else None
    return {
        "id": new_id(),
        "kind": kind,
        "code": code,
        "currency": currency,
        "account_id": owner.id if owner and kind == rules.SUBSCRIBER else None,
        "floor_minor": rules.floor_of(kind, owner.settlement, owner.credit_limit_minor) if owner else None,
        "debits": 0,
        "credits": 0,
        "debits_pending": 0,
        "credits_pending": 0,
    }
