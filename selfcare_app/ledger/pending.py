"""Money that is held first and moved later, or let go: what is held can't be spent meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.kit.actor import Staff, System
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.ledger import account, operation, rules, running_sums, transfers
from selfcare_app.ledger.account import Locked
from selfcare_app.ledger.operation import Mover, Posted
from selfcare_app.ledger.rules import Leg, Unsound
from selfcare_app.ledger.tables import LedgerAccount, MoneyHold, Operation

SETTLED, VOIDED, EXPIRED = "settled", "voided", "expired"


class NoHold(NotFound):
    """There is no such hold, or it is somebody else's."""

    code = "ledger.no_hold"


class HoldEnded(Refused):
    """The hold has its end already, and another one than is asked for."""

    code = "ledger.hold_ended"


class HoldExpired(Refused):
    """The time of the hold is over; the money goes back."""

    code = "ledger.hold_expired"


@dataclass(frozen=True, slots=True)
class Held:
    """Money held as one operation until `expires_at`, the same at every repetition."""

    hold_id: UUID
    held_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Open:
    """A hold of which the accounts are locked."""

    operation: Operation
    rows: Sequence[MoneyHold]
    legs: Sequence[Leg]
    accounts: Sequence[Locked]


def hold(
    session: Session, actor: Mover, *, kind: str, key: str, legs: Sequence[Leg], expires_at: datetime, now: datetime
) -> Held:
    """Holds the legs' amounts as one operation, once for the actor's `kind` and `key`; nothing moves yet.

    Raises NotEnough(available, needed, missing), KeyReused, NotYours, account.NoAccount; ValueError for an end that is
    not to come.
    """
    rules.check(legs)
    if expires_at <= now:
        raise ValueError("a hold ends later than it begins")
    claim = operation.new(actor, kind=kind, key=key, digest=rules.digest(legs, "hold"), now=now, transfers=0)
    with session.begin_nested():
        if not operation.claimed(session, claim):
            return _again(session, operation.earlier(session, claim))
        changes = rules.held(legs)
        accounts = account.lock(session, changes)
        running_sums.check_owner(session, actor, accounts=accounts, changes=changes)
        running_sums.change(session, accounts, changes, scale=legs[0].amount.scale)
        _write(session, claim, legs, accounts, expires_at)
    return Held(claim.id, now, expires_at)


def settle(session: Session, actor: Mover, *, hold_id: UUID, now: datetime) -> Posted:
    """Moves what is held, once however often and by whomever it is asked; the operation is of the hold's kind.

    Raises NoHold, HoldEnded(outcome) if it was let go, HoldExpired if its time is over.
    """
    with session.begin_nested():
        held = _locked(session, actor, hold_id)
        outcome = held.rows[0].outcome
        if outcome == SETTLED:
            return operation.posted(session.get_one(Operation, held.rows[0].ended_by))
        if outcome:
            raise HoldEnded(outcome=outcome)
        if held.rows[0].expires_at <= now:
            raise HoldExpired()
        changes = rules.held(held.legs, move=True)
        running_sums.change(session, held.accounts, changes, scale=held.legs[0].amount.scale)
        ended = _end(session, actor, held, SETTLED, now)
        transfers.write(session, operation.posted(ended), held.legs, account.ids(held.accounts))
    return operation.posted(ended)


def void(session: Session, actor: Mover, *, hold_id: UUID, now: datetime) -> None:
    """Lets go of what is held; does nothing if that has been done.

    Raises NoHold, HoldEnded(outcome) if it was settled.
    """
    with session.begin_nested():
        held = _locked(session, actor, hold_id)
        if held.rows[0].outcome == SETTLED:
            raise HoldEnded(outcome=SETTLED)
        if not held.rows[0].outcome:
            _let_go(session, actor, held, VOIDED, now)


def expire(session: Session, actor: System, *, now: datetime, limit: int = 500) -> int:
    """Lets go of holds whose time is over; gives how many."""
    over = (
        select(MoneyHold.operation_id)
        .where(MoneyHold.outcome == "", MoneyHold.seq == 0, col(MoneyHold.expires_at) <= now)
        .order_by(col(MoneyHold.expires_at))
        .limit(limit)
    )
    expired = 0
    for hold_id in session.exec(over).all():
        with session.begin_nested():
            held = _locked(session, actor, hold_id)
            if not held.rows[0].outcome:
                _let_go(session, actor, held, EXPIRED, now)
                expired += 1
    return expired


def _again(session: Session, earlier: Operation) -> Held:
    expires_at = session.exec(
        select(MoneyHold.expires_at).where(MoneyHold.operation_id == earlier.id, MoneyHold.seq == 0)
    ).one()
    return Held(earlier.id, earlier.created_at, expires_at)


def _write(
    session: Session, claim: Operation, legs: Sequence[Leg], accounts: Sequence[Locked], expires_at: datetime
) -> None:
    account_ids = account.ids(accounts)
    rows = [
        {
            "operation_id": claim.id,
            "seq": seq,
            "code": leg.code,
            "debit_id": account_ids[rules.key_of(leg.debit, leg.amount.currency)],
            "credit_id": account_ids[rules.key_of(leg.credit, leg.amount.currency)],
            "amount_minor": leg.amount.minor,
            "created_at": claim.created_at,
            "expires_at": expires_at,
            "outcome": "",
        }
        for seq, leg in enumerate(legs)
    ]
    session.connection().execute(insert(MoneyHold), rows)


def _locked(session: Session, actor: Mover, hold_id: UUID) -> _Open:
    """The hold with its accounts locked: whoever ends it waits here for whoever is ending it."""
    found = session.get(Operation, hold_id)
    if found is None or not (isinstance(actor, System | Staff) or found.actor == operation.name(actor)):
        raise NoHold()
    accounts = account.lock(session, _keys(session, hold_id))
    own = select(MoneyHold).where(MoneyHold.operation_id == hold_id).order_by(col(MoneyHold.seq))
    rows = session.exec(own.execution_options(populate_existing=True)).all()
    keys = {each.id: each.key for each in accounts}
    scale = operators.of(session).currency_scale
    legs = []
    for row in rows:
        debit, credit = keys[row.debit_id], keys[row.credit_id]
        legs.append(Leg(debit[:2], credit[:2], Money(row.amount_minor, debit[2], scale), row.code))
    return _Open(found, rows, legs, accounts)


def _keys(session: Session, hold_id: UUID) -> list[rules.AccountKey]:
    sides = [
        select(side).where(MoneyHold.operation_id == hold_id) for side in (MoneyHold.debit_id, MoneyHold.credit_id)
    ]
    query = select(LedgerAccount).where(col(LedgerAccount.id).in_(sides[0].union(sides[1])))
    keys = [account.key_of(row) for row in session.exec(query).all()]
    if not keys:
        raise NoHold()
    return keys


def _let_go(session: Session, actor: Mover, held: _Open, outcome: str, now: datetime) -> None:
    changes = rules.held(held.legs, move=False)
    running_sums.change(session, held.accounts, changes, scale=held.legs[0].amount.scale)
    _end(session, actor, held, outcome, now)


def _end(session: Session, actor: Mover, held: _Open, outcome: str, now: datetime) -> Operation:
    """The operation that ends the hold, and the mark on the hold that it has its end."""
    own = held.operation
    count = len(held.legs) if outcome == SETTLED else 0
    digest = rules.digest(held.legs, outcome, str(own.id))
    ending = operation.new(actor, kind=own.kind, key=f"{outcome}:{own.id}", digest=digest, now=now, transfers=count)
    if not operation.claimed(session, ending):
        raise Unsound(f"hold {own.id} is open and was ended before")
    marked = session.connection().execute(
        update(MoneyHold)
        .where(col(MoneyHold.operation_id) == own.id, col(MoneyHold.outcome) == "")
        .values(outcome=outcome, ended_by=ending.id, ended_at=now)
    )
    if marked.rowcount != len(held.rows):
        raise Unsound(f"{marked.rowcount} legs of hold {own.id} were ended instead of {len(held.rows)}")
    return ending
