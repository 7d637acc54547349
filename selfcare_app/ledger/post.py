"""The one way to move money: an operation with its key, its transfers and the running sums, all or nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session

from selfcare_app.ledger import account, operation, rules, running_sums, transfers
from selfcare_app.ledger.account import Locked, NoAccount
from selfcare_app.ledger.operation import KeyReused, Mover, Posted
from selfcare_app.ledger.rules import AccountKey, AccountRef, Leg
from selfcare_app.ledger.running_sums import NotEnough, NotYours

__all__ = ["AccountRef", "KeyReused", "Leg", "Mover", "NotEnough", "NotYours", "Posted", "post"]


def post(
    session: Session,
    actor: Mover,
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
    digest = rules.digest(legs)
    claim = operation.new(actor, kind=kind, key=key, digest=digest, now=now, transfers=len(legs))
    changes = rules.changes(legs)
    with session.begin_nested():
        # The accounts before the key, as a batch does: the other way round they would wait for each other for ever.
        accounts, missing = _lock(session, changes)
        if not operation.claimed(session, claim):
            return operation.posted(operation.earlier(session, claim))
        if missing is not None:
            raise missing
        running_sums.check_owner(session, actor, accounts=accounts, changes=changes)
        running_sums.change(session, accounts, changes, scale=legs[0].amount.scale, may_overdraw=may_overdraw)
        transfers.write(session, operation.posted(claim), legs, account.ids(accounts))
    return operation.posted(claim)


def _lock(session: Session, changes: Collection[AccountKey]) -> tuple[tuple[Locked, ...], NoAccount | None]:
    """The accounts; or what is wrong with them, to be said only if the key is free."""
    try:
        return account.lock(session, changes), None
    except NoAccount as missing:
        return (), missing
