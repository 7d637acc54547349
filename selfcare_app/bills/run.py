"""The run that closes months: a bill for each account, chunk by chunk, each chunk a transaction, exactly once."""

from datetime import date, datetime, time

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.bills import close, rules
from selfcare_app.bills.tables import Bill, BillRun
from selfcare_app.catalogue.charge_rules import month_of
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.money import Money
from selfcare_app.ledger.account import insert_new
from selfcare_app.operators import Profile
from selfcare_app.orders.fees.rules import Every
from selfcare_app.orders.fees.tables import FeeRun
from selfcare_app.subscribers.tables import Account

CHUNK = 500
"""Accounts in one transaction."""


def close_next(session: Session, actor: System, *, now: datetime, chunk: int = CHUNK) -> bool:
    """Closes the earliest month that is due for the next accounts; False when nothing is left to be closed.

    Bills, their rows and how far the run has come are one transaction: a worker that dies in between has done nothing,
    one started by mistake finds the row locked, and one that was down closes every month that it has missed, one after
    another. R1, R12, R22.
    """
    run = _next_due(session, now)
    if run is None:
        return False
    accounts = _accounts(session, run, chunk)
    if not accounts:
        _done(session, actor, run, now)
        return True
    close.close(session, accounts=accounts, month=run.month, now=now)
    session.connection().execute(
        update(BillRun)
        .where(col(BillRun.month) == run.month)
        .values(after_id=accounts[-1].id, accounts=col(BillRun.accounts) + len(accounts))
    )
    return True


def is_due(session: Session, actor: System, *, now: datetime) -> bool:
    """Whether `close_next` would find or make anything: a look that writes nothing."""
    waiting = session.exec(select(BillRun).where(col(BillRun.done_at).is_(None))).one_or_none()
    return waiting is None or _is_due(session, waiting.month, now)


def _next_due(session: Session, now: datetime) -> BillRun | None:
    query = select(BillRun).where(col(BillRun.done_at).is_(None))
    waiting = session.exec(query).one_or_none()
    if waiting is None:
        # What was before the program began is the former billing's.
        _make(session, rules.month_at(now, operators.of(session).zone), now)
        return None
    if not _is_due(session, waiting.month, now):
        return None
    locked = query.where(BillRun.month == waiting.month).with_for_update(skip_locked=True)
    return session.exec(locked.execution_options(populate_existing=True)).one_or_none()


def _is_due(session: Session, month: date, now: datetime) -> bool:
    """The month is over, no late record is waited for, and its fees are taken to the last day."""
    profile = operators.of(session)
    if now < rules.closes_at(month, _days_of_grace(profile), lambda day: datetime.combine(day, time.min, profile.zone)):
        return False
    taken = select(FeeRun.period, func.max(FeeRun.period_until)).where(col(FeeRun.done_at).is_not(None))
    until = dict(session.exec(taken.group_by(FeeRun.period)).all())
    return all(every in until and until[every] >= month_of(month)[1] for every in Every)


def _days_of_grace(profile: Profile) -> int:
    late = profile.late_usage
    return max(late.home_days, late.roaming_days) if profile.charging.bill_waits_for_late_usage else 0


def _accounts(session: Session, run: BillRun, chunk: int) -> list[Account]:
    query = select(Account).where(col(Account.opened_on) < run.month_until)
    if run.after_id is not None:
        query = query.where(col(Account.id) > run.after_id)
    return list(session.exec(query.order_by(col(Account.id)).limit(chunk)).all())


def _done(session: Session, actor: System, run: BillRun, now: datetime) -> None:
    session.connection().execute(update(BillRun).where(col(BillRun.month) == run.month).values(done_at=now))
    _make(session, run.month_until, now)
    charged = select(func.coalesce(func.sum(Bill.charges_minor), 0)).where(Bill.month == run.month)
    profile = operators.of(session)
    total = Money(int(session.exec(charged).one()), profile.currency, profile.currency_scale)
    details = {
        "since": run.month.isoformat(),
        "accounts": run.accounts,
        "charges": total.text,
        "currency": total.currency,
    }
    record(session, actor, line_id=None, action="month_closed", details=details, now=now)


def _make(session: Session, month: date, now: datetime) -> None:
    row = {"month": month, "month_until": month_of(month)[1], "after_id": None, "began_at": now, "accounts": 0}
    session.connection().execute(insert_new(session, BillRun).values(row).on_conflict_do_nothing())
