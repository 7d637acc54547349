"""Sees accounts fall below what was chosen: each fall makes one charge, and no fall makes two."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger.tables import LedgerAccount
from selfcare_app.payments.automatic import card
from selfcare_app.payments.automatic.tables import AutomaticCharge, AutomaticTopUp


def watch(session: Session, actor: System, *, limit: int, now: datetime) -> int:
    """Takes note of what fell below or rose again since it was looked last; gives how many charges were made due.

    The fall, its number and its charge are one transaction: a second worker and one that comes back after a crash
    find the fall seen.
    """
    begun = 0
    for row in _changed(session, limit):
        if row.is_below:
            row.is_below = False
            card.drop(session, row.account_id, "automatic.recovered", now)
            continue
        row.is_below, row.falls = True, row.falls + 1
        session.add(charge_of(row, attempt=1, due_at=now, now=now))
        session.flush()
        begun += 1
    return begun


def charge_of(row: AutomaticTopUp, *, attempt: int, due_at: datetime, now: datetime) -> AutomaticCharge:
    """A charge for the row's present fall."""
    return AutomaticCharge(
        id=new_id(),
        account_id=row.account_id,
        line_id=row.line_id,
        fall=row.falls,
        attempt=attempt,
        amount_minor=row.amount_minor,
        currency=row.currency,
        acquirer=row.acquirer,
        created_at=now,
        due_at=due_at,
    )


def _changed(session: Session, limit: int) -> list[AutomaticTopUp]:
    sums = col(LedgerAccount.credits) - col(LedgerAccount.debits)
    has: ColumnElement[int] = func.coalesce(sums, 0)
    open_ = (
        select(AutomaticCharge.id)
        .where(AutomaticCharge.account_id == AutomaticTopUp.account_id, col(AutomaticCharge.state).in_(("new", "sent")))
        .exists()
    )
    is_below = col(AutomaticTopUp.is_below)
    fell = is_below.is_(False) & (has < col(AutomaticTopUp.threshold_minor)) & ~open_
    rose = is_below.is_(True) & (has >= col(AutomaticTopUp.threshold_minor))
    query = (
        select(AutomaticTopUp)
        .join(LedgerAccount, col(LedgerAccount.account_id) == AutomaticTopUp.account_id, isouter=True)
        .where(AutomaticTopUp.state == "on", fell | rose)
        .order_by(col(AutomaticTopUp.account_id))
        .limit(limit)
        .with_for_update(of=AutomaticTopUp, skip_locked=True)
    )
    return list(session.exec(query.execution_options(populate_existing=True)).all())
