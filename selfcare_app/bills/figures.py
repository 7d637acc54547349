"""What bills say to other areas: what a line was charged for a month, and what an account owes by when."""

from datetime import date, datetime, time
from uuid import UUID

from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.bills import rules, sources
from selfcare_app.bills.tables import Bill, BillRow
from selfcare_app.payments.debt import Owed
from selfcare_app.subscribers.tables import Line

_MONTHS = 24
"""So many bills back a debt is looked for."""


def of_line(session: Session, line_id: UUID, month: date) -> int | None:
    """What the line was charged for the month that begins then, later adjustments of it included, in minor units.

    None where the month is not closed for the account that pays for the line.
    """
    closed = select(Bill).join(Line, col(Line.account_id) == Bill.account_id)
    if session.exec(closed.where(Line.id == line_id, Bill.month == month)).one_or_none() is None:
        return None
    charged = select(func.coalesce(func.sum(BillRow.amount_minor), 0)).where(
        BillRow.line_id == line_id, BillRow.part == rules.CHARGE, BillRow.period == month
    )
    return int(session.exec(charged).one())


def owed(session: Session, account_id: UUID) -> Owed | None:
    """What is not paid yet of all bills of an account, and by when it was or is to be paid; None without a bill."""
    query = select(Bill).where(Bill.account_id == account_id).order_by(col(Bill.month).desc()).limit(_MONTHS)
    bills = session.exec(query).all()
    if not bills:
        return None
    since = datetime.combine(bills[0].month, time.min, operators.of(session).zone)
    moved = sources.open_transfers(session, [account_id], since)[account_id]
    rest = max(0, -bills[0].closing_minor - sum(each.minor for each in moved if each.minor > 0))
    return Owed(bills[0].month, rest, rules.due_of(rest, [(bill.charges_minor, bill.due_on) for bill in bills]))
