"""The one way to move money: an operation with its key, its transfers and the running sums, all or nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, insert, update
from sqlmodel import Session, col, select

from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.errors import Denied, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger import account, rules
from selfcare_app.ledger.account import Locked
from selfcare_app.ledger.rules import AccountKey, AccountRef, Change, Leg
from selfcare_app.ledger.tables import LedgerAccount, Operation, Transfer
from selfcare_app.subscribers.tables import Line

__all__ = ["AccountRef", "KeyReused", "Leg", "NotEnough", "NotYours", "Posted", "post"]


class NotEnough(Refused):
    """The debited account has too little: `available`, `needed` and `missing` are Money."""

    code = "ledger.not_enough"


class KeyReused(Refused):
    """The key has been used for something else; nothing was moved."""

    code = "ledger.key_reused"


class NotYours(Denied):
    """A subscriber can debit the account of the own line only."""

    code = "ledger.not_yours"


@dataclass(frozen=True, slots=True)
class Posted:
    """An operation as it was posted, the same at every repetition; `transfers` are in the order of the legs."""

    operation_id: UUID
    transfers: tuple[UUID, ...]
    posted_at: datetime


def post(
    session: Session,
    actor: Subscriber | System,
    *,
    kind: str,
    key: str,
    legs: Sequence[Leg],
    now: datetime,
    may_overdraw: bool = False,
) -> Posted:
    """Moves the legs' amounts as one operation, once for the actor's `kind` and `key` however often it is asked.

    A balance below its floor (credit limit made smaller, imported debt) can still be paid into, never spent from;
    `may_overdraw` is for money that is already spent elsewhere. After a refusal the transaction stays usable and
    nothing of the operation is in it. ISSA-040.

    Raises NotEnough(available, needed, missing), KeyReused, NotYours, account.NoAccount.
    """
    rules.check(legs)
    posted = Posted(new_id(), tuple(new_id() for _ in legs), now)
    claim = Operation(
        id=posted.operation_id,
        actor=_name(actor),
        kind=kind,
        idempotency_key=key,
        digest=rules.digest(legs),
        created_at=now,
        result={"transfers": [str(transfer) for transfer in posted.transfers]},
    )
    with session.begin_nested():
        if not _claimed(session, claim):
            return _replayed(session, claim)
        changes = rules.changes(legs)
        accounts = account.lock(session, changes)
        _check_owner(session, actor, accounts, changes)
        for locked in accounts:
            _move(session, locked, changes[locked.key], _scale(legs), may_overdraw=may_overdraw)
        _write_transfers(session, posted, legs, {locked.key: locked.id for locked in accounts})
    return posted


def _name(actor: Subscriber | System) -> str:
    # By the line and not by the session: the same act sent again after a new sign-in is the same act.
    return f"{actor.kind}:{actor.line_id}" if isinstance(actor, Subscriber) else f"{actor.kind}:{actor.job}"


def _claimed(session: Session, claim: Operation) -> bool:
    # On PostgreSQL a rival with the same key waits here for our end; on SQLite there are no rivals.
    once = account.insert_new(session, Operation).values(claim.model_dump()).on_conflict_do_nothing()
    return session.connection().execute(once.returning(col(Operation.id))).first() is not None


def _replayed(session: Session, claim: Operation) -> Posted:
    same_key = select(Operation).where(
        Operation.actor == claim.actor,
        Operation.kind == claim.kind,
        Operation.idempotency_key == claim.idempotency_key,
    )
    earlier = session.exec(same_key).one()
    if earlier.digest != claim.digest:
        raise KeyReused()
    return Posted(earlier.id, tuple(UUID(text) for text in earlier.result["transfers"]), earlier.created_at)


def _check_owner(
    session: Session, actor: Subscriber | System, accounts: Collection[Locked], changes: dict[AccountKey, Change]
) -> None:
    debited = {a.account_id for a in accounts if a.account_id is not None and changes[a.key].debits}
    if not debited or isinstance(actor, System):
        return
    own = session.exec(select(Line.account_id).where(Line.id == actor.line_id)).one_or_none()
    if debited != {own}:
        raise NotYours()


def _move(session: Session, locked: Locked, change: Change, scale: int, *, may_overdraw: bool) -> None:
    balance = col(LedgerAccount.credits) - col(LedgerAccount.debits)
    after = balance + (change.credits - change.debits)
    values = {
        "debits": col(LedgerAccount.debits) + change.debits,
        "credits": col(LedgerAccount.credits) + change.credits,
    }
    moved = update(LedgerAccount).where(col(LedgerAccount.id) == locked.id)
    if locked.floor_minor is not None:
        floor = _least(balance, locked.floor_minor)
        if may_overdraw:
            floor = _least(after, floor)
        # The right-hand sides are the row as it was: what was already below the floor may not sink further.
        values["floor_minor"] = floor
        moved = moved.where(after >= floor)
    if session.connection().execute(moved.values(values)).rowcount != 1:
        raise _not_enough(session, locked, change, scale)


def _least(left: ColumnElement[int], right: ColumnElement[int] | int) -> ColumnElement[int]:
    return case((left < right, left), else_=right)


def _not_enough(session: Session, locked: Locked, change: Change, scale: int) -> NotEnough:
    row = session.exec(select(LedgerAccount).where(LedgerAccount.id == locked.id)).one()
    available = max(0, row.credits - row.debits - (locked.floor_minor or 0))
    needed = change.debits - change.credits
    currency = locked.key[2]
    return NotEnough(
        available=Money(available, currency, scale),
        needed=Money(needed, currency, scale),
        missing=Money(needed - available, currency, scale),
    )


def _write_transfers(
    session: Session, posted: Posted, legs: Sequence[Leg], account_ids: dict[AccountKey, UUID]
) -> None:
    rows = [
        {
            "id": transfer_id,
            "operation_id": posted.operation_id,
            "seq": seq,
            "code": leg.code,
            "debit_id": account_ids[rules.key_of(leg.debit, leg.amount.currency)],
            "credit_id": account_ids[rules.key_of(leg.credit, leg.amount.currency)],
            "amount_minor": leg.amount.minor,
            "created_at": posted.posted_at,
        }
        for seq, (transfer_id, leg) in enumerate(zip(posted.transfers, legs, strict=True))
    ]
    session.connection().execute(insert(Transfer), rows)


def _scale(legs: Sequence[Leg]) -> int:
    return legs[0].amount.scale
