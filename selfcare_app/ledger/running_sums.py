"""Running sums of accounts: changed under the lock, never below the floor, and what was written is read back."""

from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, Uuid, bindparam, update
from sqlmodel import Session, col, select

from selfcare_app.kit.actor import Staff, System
from selfcare_app.kit.errors import Denied, Refused
from selfcare_app.kit.money import Money
from selfcare_app.ledger import rules
from selfcare_app.ledger.account import Locked
from selfcare_app.ledger.operation import Mover
from selfcare_app.ledger.rules import AccountKey, Change, Sums, Unsound
from selfcare_app.ledger.tables import LedgerAccount
from selfcare_app.subscribers.tables import Line

_TABLE = LedgerAccount
# The database adds, and its CHECK has the last word on the floor; what it made of it comes back.
_CHANGE = (
    update(_TABLE)
    .where(col(_TABLE.id) == bindparam("own_id", type_=Uuid()))
    .values(
        debits=col(_TABLE.debits) + bindparam("more_debits", type_=BigInteger()),
        credits=col(_TABLE.credits) + bindparam("more_credits", type_=BigInteger()),
        debits_pending=col(_TABLE.debits_pending) + bindparam("more_debits_pending", type_=BigInteger()),
        credits_pending=col(_TABLE.credits_pending) + bindparam("more_credits_pending", type_=BigInteger()),
        floor_minor=bindparam("floor", type_=BigInteger()),
    )
    .returning(col(_TABLE.debits), col(_TABLE.credits), col(_TABLE.debits_pending), col(_TABLE.credits_pending))
)


class NotEnough(Refused):
    """The debited account has too little: `available`, `needed` and `missing` are Money."""

    code = "ledger.not_enough"


class NotYours(Denied):
    """A subscriber can debit the account of the own line only."""

    code = "ledger.not_yours"


def check_owner(
    session: Session, actor: Mover, *, accounts: Sequence[Locked], changes: Mapping[AccountKey, Change]
) -> None:
    """Raises NotYours if a subscriber takes money, or holds it, on a personal account that is not the own line's."""
    if isinstance(actor, System | Staff):
        return
    debited = {a.owner_id for a in accounts if a.owner_id is not None and takes(changes[a.key])}
    if not debited:
        return
    own = session.exec(select(Line.account_id).where(Line.id == actor.line_id)).one_or_none()
    if debited != {own}:
        raise NotYours()


def takes(change: Change) -> bool:
    """Whether a change takes money from the account, now or later."""
    return bool(change.debits or change.debits_pending)


def change(
    session: Session,
    accounts: Sequence[Locked],
    changes: Mapping[AccountKey, Change],
    *,
    scale: int,
    may_overdraw: bool = False,
) -> None:
    """Adds the changes to the accounts, which are locked. Raises NotEnough; Unsound if the books would not balance."""
    done = {}
    for locked in accounts:
        added = changes[locked.key]
        after = locked.sums.plus(added)
        floor = locked.floor_minor
        if floor is not None:
            floor = rules.lowest(locked.sums, after, floor, may_overdraw=may_overdraw)
            if after.spendable < floor:
                raise not_enough(locked.key, locked.floor_minor, locked.sums, added, scale)
        done[locked.key] = _written(session, locked, added, floor).since(locked.sums)
        if done[locked.key] != added:
            raise Unsound(f"account {locked.id} was changed by {done[locked.key]} instead of {added}")
    rules.check_balanced(done)


def not_enough(key: AccountKey, floor_minor: int | None, sums: Sums, added: Change, scale: int) -> NotEnough:
    """The refusal for an account that stands at `sums`."""
    available = max(0, sums.spendable - (floor_minor or 0))
    needed = added.debits + added.debits_pending - added.credits
    return NotEnough(
        available=Money(available, key[2], scale),
        needed=Money(needed, key[2], scale),
        missing=Money(needed - available, key[2], scale),
    )


def _written(session: Session, locked: Locked, added: Change, floor: int | None) -> Sums:
    values = {
        "own_id": locked.id,
        "more_debits": added.debits,
        "more_credits": added.credits,
        "more_debits_pending": added.debits_pending,
        "more_credits_pending": added.credits_pending,
        "floor": floor,
    }
    return Sums(*session.connection().execute(_CHANGE, values).one())
