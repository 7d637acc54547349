"""What an account has: the running sums of the ledger, and nothing else, are the balance."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.ledger import rules
from selfcare_app.ledger.account import NoAccount
from selfcare_app.ledger.tables import LedgerAccount, Transfer
from selfcare_app.ledger.views import Standing
from selfcare_app.subscribers.tables import Account, Line


def of_account(session: Session, account_id: UUID) -> Money:
    """Credits less debits of a personal account; nothing has moved yet: zero. Raises NoAccount."""
    query = (
        select(Account.currency, LedgerAccount.credits, LedgerAccount.debits)
        .join(LedgerAccount, col(LedgerAccount.account_id) == Account.id, isouter=True)
        .where(Account.id == account_id)
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NoAccount()
    currency, credits, debits = found
    return Money((credits or 0) - (debits or 0), currency, operators.of(session).currency_scale)


def standing(session: Session, actor: Subscriber, *, now: datetime) -> Standing:
    """How the account that pays for the actor's line stands. Raises NoAccount. ISSA-038, ISSA-049, AS-041."""
    query = select(Account).join(Line, col(Line.account_id) == Account.id).where(Line.id == actor.line_id)
    account = session.exec(query).one_or_none()
    if account is None:
        raise NoAccount()
    balance = of_account(session, account.id)
    lowest = Money(rules.floor(account.settlement, account.credit_limit_minor), balance.currency, balance.scale)
    reached = [moment for moment in (account.balance_as_of, _last_movement(session, account.id)) if moment]
    return Standing(balance, balance - _held(session, account.id, balance) - lowest, max(reached, default=None))


def units_of_account(session: Session, account_id: UUID) -> int:
    """Bonus units at hand of a personal account."""
    query = select(LedgerAccount.credits, LedgerAccount.debits, LedgerAccount.debits_pending).where(
        LedgerAccount.kind == rules.BONUS, LedgerAccount.code == str(account_id)
    )
    return sum(credits - debits - held for credits, debits, held in session.exec(query).all())


def _held(session: Session, account_id: UUID, like: Money) -> Money:
    query = select(LedgerAccount.debits_pending).where(LedgerAccount.account_id == account_id)
    return Money(session.exec(query).one_or_none() or 0, like.currency, like.scale)


def _last_movement(session: Session, account_id: UUID) -> datetime | None:
    own = select(LedgerAccount.id).where(LedgerAccount.account_id == account_id).scalar_subquery()
    # One look at the end of each side's index; an OR of the two would read the whole history.
    sides = [
        session.exec(select(func.max(Transfer.created_at)).where(side == own)).one()
        for side in (col(Transfer.debit_id), col(Transfer.credit_id))
    ]
    return max((moment for moment in sides if moment), default=None)
