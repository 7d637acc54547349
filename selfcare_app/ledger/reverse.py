"""Taking a transfer back: by the same transfer the other way round, once for ever."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.kit.actor import Staff, System
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.ledger import account, operation, rules, running_sums, transfers
from selfcare_app.ledger.operation import Mover, Posted
from selfcare_app.ledger.rules import Leg
from selfcare_app.ledger.tables import LedgerAccount, Transfer
from selfcare_app.subscribers.tables import Line

KIND = "reversal"


class NoTransfer(NotFound):
    """There is no such transfer, or it touches none of the actor's accounts."""

    code = "ledger.no_transfer"


class AlreadyReversed(Refused):
    """The transfer has been taken back before."""

    code = "ledger.already_reversed"


def reverse(
    session: Session, actor: Mover, *, transfer_id: UUID, key: str, now: datetime, may_overdraw: bool = False
) -> Posted:
    """Moves a transfer's amount back, under the transfer's own code, once for the actor's `key`, and once at all.

    A subscriber takes back only what touches the account of the own line, and is asked for the money like anybody who
    spends it. `may_overdraw` is for a correction that has to be, whatever is left there.

    Raises NoTransfer, AlreadyReversed, NotEnough(available, needed, missing), NotYours, KeyReused.
    """
    leg = _mirrored(session, actor, transfer_id)
    legs = [leg]
    digest = rules.digest(legs, KIND, str(transfer_id))
    claim = operation.new(actor, kind=KIND, key=key, digest=digest, now=now, transfers=1)
    with session.begin_nested():
        if not operation.claimed(session, claim):
            return operation.posted(operation.earlier(session, claim))
        changes = rules.changes(legs)
        accounts = account.lock(session, changes)
        # Asked under the lock of both accounts: whoever takes the same transfer back waits there.
        if session.exec(select(Transfer.id).where(Transfer.reverses == transfer_id)).first() is not None:
            raise AlreadyReversed()
        running_sums.check_owner(session, actor, accounts=accounts, changes=changes)
        running_sums.change(session, accounts, changes, scale=leg.amount.scale, may_overdraw=may_overdraw)
        transfers.write(session, operation.posted(claim), legs, account.ids(accounts), reverses=transfer_id)
    return operation.posted(claim)


def _mirrored(session: Session, actor: Mover, transfer_id: UUID) -> Leg:
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(Transfer.amount_minor, Transfer.code, debit, credit)
        .join(debit, col(debit.id) == Transfer.debit_id)
        .join(credit, col(credit.id) == Transfer.credit_id)
        .where(Transfer.id == transfer_id)
    )
    if not isinstance(actor, System | Staff):
        own = select(Line.account_id).where(Line.id == actor.line_id).scalar_subquery()
        query = query.where(or_(col(debit.account_id) == own, col(credit.account_id) == own))
    found = session.exec(query).one_or_none()
    if found is None:
        raise NoTransfer()
    minor, code, paid, got = found
    amount = Money(minor, paid.currency, operators.of(session).currency_scale)
    return Leg((got.kind, got.code), (paid.kind, paid.code), amount, code)
