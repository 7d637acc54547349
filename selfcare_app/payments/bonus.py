"""Bonus units of the account that pays for a line: how many, where from, and what they can be exchanged for."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from selfcare_app import operators
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.ledger.rules import BONUS
from selfcare_app.ledger.tables import LedgerAccount, Transfer
from selfcare_app.operators.schema.money import Bonus
from selfcare_app.payments import gift
from selfcare_app.payments.bonus_rules import CURRENCY
from selfcare_app.payments.bonus_tables import Gift, GiftExchange
from selfcare_app.payments.bonus_views import BonusEntry, BonusStanding
from selfcare_app.subscribers.tables import Line

SHOWN = 50
"""How many entries of the history the page shows."""


class NotOffered(Refused):
    """The operator has no bonus units."""

    code = "bonus.not_offered"


def standing(session: Session, actor: Subscriber, *, now: datetime) -> BonusStanding:
    """Units at hand, gifts, the last entries. IH-038, AS-044. Raises kit.OwnOnly, NotOffered."""
    actor.require_own()
    rule = offered(session)
    own = _account(session, session.get_one(Line, actor.line_id))
    return BonusStanding(
        units=0 if own is None else own.credits - own.debits - own.debits_pending,
        gifts=gift.offered(session, now=now) if rule.gift_catalogue else (),
        history=() if own is None else _history(session, own),
    )


def offered(session: Session) -> Bonus:
    """The operator's rule. Raises NotOffered."""
    rule = operators.of(session).bonus
    if rule is None:
        raise NotOffered()
    return rule


def _account(session: Session, line: Line) -> LedgerAccount | None:
    query = select(LedgerAccount).where(
        LedgerAccount.kind == BONUS,
        LedgerAccount.code == str(line.account_id),
        LedgerAccount.currency == CURRENCY,
    )
    return session.exec(query).one_or_none()


def _history(session: Session, own: LedgerAccount) -> tuple[BonusEntry, ...]:
    query = (
        select(Transfer, Gift.name)
        .join(GiftExchange, col(GiftExchange.operation_id) == Transfer.operation_id, isouter=True)
        .join(Gift, col(Gift.id) == GiftExchange.gift_id, isouter=True)
        .where(or_(Transfer.credit_id == own.id, Transfer.debit_id == own.id))
        .order_by(col(Transfer.created_at).desc(), col(Transfer.id).desc())
        .limit(SHOWN)
    )
    return tuple(
        BonusEntry(
            row.id,
            row.created_at,
            row.code,
            row.amount_minor if row.credit_id == own.id else -row.amount_minor,
            name or "",
        )
        for row, name in session.exec(query).all()
    )
