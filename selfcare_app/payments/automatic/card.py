"""The card of automatic top-up: it comes with the payment that saves it, is sealed, and is forgotten when it is off."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.db import keys_of
from selfcare_app.kit.actor import Actor, System
from selfcare_app.ledger import balance
from selfcare_app.payments.automatic import tell
from selfcare_app.payments.automatic.tables import AutomaticCharge, AutomaticTopUp, AutomaticTopUpTerms
from selfcare_app.payments.hosted_views import Card

_PURPOSE = "card"


def came(session: Session, actor: System, *, payment_id: UUID, acquirer: str, kept: Card | None, now: datetime) -> None:
    """The payment was paid: what was confirmed with it begins, if the acquirer has kept the card."""
    terms = session.get(AutomaticTopUpTerms, payment_id)
    if terms is None:
        return
    row = locked(session, terms.account_id)
    is_anothers = row is not None and row.state == "on" and row.line_id != terms.line_id
    if kept is None or is_anothers:
        tell.by_sms(
            session, line_id=terms.line_id, about="no_card", args={}, dedup_key=f"{payment_id}:no_card", now=now
        )
        return
    row = row or AutomaticTopUp(
        account_id=terms.account_id, line_id=terms.line_id, state="off", threshold_minor=0, amount_minor=1,
        month_minor=1, currency=terms.currency, acquirer=acquirer, changed_at=now,
    )  # fmt: skip
    row.line_id, row.currency, row.language = terms.line_id, terms.currency, terms.language
    row.acquirer, row.card_tail = acquirer, kept.tail
    row.token = keys_of(session).seal(_PURPOSE, _place(row.account_id), kept.token.encode())
    choose(session, row, (terms.threshold_minor, terms.amount_minor, terms.month_minor), now)
    session.add(row)
    session.flush()
    tell.written(session, actor, row=row, action="automatic_top_up_on", now=now)
    chosen = tell.sums(session, row)
    args = {"amount": chosen.amount, "threshold": chosen.threshold, "month": chosen.month}
    tell.by_sms(session, line_id=row.line_id, about="on", args=args, dedup_key=f"{payment_id}:on", now=now)


def choose(session: Session, row: AutomaticTopUp, sums: tuple[int, int, int], now: datetime) -> None:
    """Other sums from now on, in minor units; an account that is below already falls below with them anew."""
    row.threshold_minor, row.amount_minor, row.month_minor = sums
    row.state, row.off_reason, row.refusals, row.changed_at = "on", "", 0, now
    row.is_below = False
    drop(session, row.account_id, "automatic.changed", now)


def turn_off(session: Session, actor: Actor, *, row: AutomaticTopUp, reason: str, now: datetime) -> None:
    """Nothing is charged any more, and the token is forgotten; what has left goes to its end."""
    row.state, row.off_reason, row.token, row.changed_at = "off", reason, None, now
    drop(session, row.account_id, "automatic.off", now)
    tell.written(session, actor, row=row, action="automatic_top_up_off", now=now, why=reason)


def drop(session: Session, account_id: UUID, reason: str, now: datetime) -> None:
    """What waits to be charged is not charged."""
    query = select(AutomaticCharge).where(AutomaticCharge.account_id == account_id, AutomaticCharge.state == "new")
    for row in session.exec(query.execution_options(populate_existing=True)).all():
        row.state, row.reason, row.due_at, row.finished_at = "void", reason, None, now
    session.flush()


def token(session: Session, row: AutomaticTopUp) -> str:
    """What the acquirer charges the card by. Raises kit.sealing.Tampered."""
    return keys_of(session).unseal(_PURPOSE, _place(row.account_id), row.token or b"").decode()


def locked(session: Session, account_id: UUID) -> AutomaticTopUp | None:
    """The account's row, ours until the transaction ends: it is locked before its charges, always."""
    query = select(AutomaticTopUp).where(col(AutomaticTopUp.account_id) == account_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one_or_none()


def is_short(session: Session, row: AutomaticTopUp) -> bool:
    """Whether the account has less than was chosen."""
    return balance.of_account(session, row.account_id).minor < row.threshold_minor


def _place(account_id: UUID) -> str:
    return f"automatic_top_up.token.{account_id}"
