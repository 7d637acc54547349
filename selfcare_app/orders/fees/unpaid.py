"""Lines that do not work because their whole fee was not there: it is taken, and they work, when it is."""

from datetime import datetime

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.money import Money
from selfcare_app.ledger.tables import LedgerAccount
from selfcare_app.orders.fees import facts, run
from selfcare_app.orders.fees.progress import Taken
from selfcare_app.orders.fees.rules import Every, period_of
from selfcare_app.orders.fees.tables import FeeRun
from selfcare_app.subscribers.tables import Account, Line


def take_again(session: Session, actor: System, *, now: datetime, limit: int = 100) -> int:
    """Takes the fees of the present month and day from lines whose balance covers them now; gives how many work again.

    AS-042.
    """
    has = col(LedgerAccount.credits) - col(LedgerAccount.debits)
    query = (
        select(Line, Account.settlement, Account.currency)
        .join(Account, col(Account.id) == Line.account_id)
        .join(LedgerAccount, col(LedgerAccount.account_id) == Account.id)
        .where(col(Line.unpaid_minor) > 0, has >= col(Line.unpaid_minor))
        .order_by(col(Line.no))
        .limit(limit)
        .with_for_update(of=Line, key_share=True, skip_locked=True)
    )
    payers = [run.Payer(*row) for row in session.exec(query).all()]
    return sum(_take(session, actor, payer, now) for payer in payers)


def is_any(session: Session, actor: System) -> bool:
    """Whether any line waits for its fee."""
    return session.exec(select(Line.id).where(col(Line.unpaid_minor) > 0).limit(1)).first() is not None


def _take(session: Session, actor: System, payer: run.Payer, now: datetime) -> bool:
    today = now.astimezone(operators.of(session).zone).date()
    price_of = facts.Prices(session)
    for every in Every:
        since = period_of(every, today)[0]
        begun = select(FeeRun).where(FeeRun.period == every, FeeRun.period_from == since)
        row = session.exec(begun.where(col(FeeRun.after_no) >= payer.line.no)).one_or_none()
        if row is not None:
            taken = run.take_from(session, actor, run=row, payers=[payer], price_of=price_of, every=every, now=now)
            _write_down(session, actor, payer, taken, now)
    return not payer.line.unpaid_minor


def _write_down(session: Session, actor: System, payer: run.Payer, taken: Taken, now: datetime) -> None:
    # It is one line's and of no run.
    if taken.fees:
        amount = Money(taken.minor, payer.currency, operators.of(session).currency_scale)
        details = {"amount": amount.text, "currency": amount.currency}
        record(session, actor, line_id=payer.line.id, action="fee_taken", details=details, now=now)
