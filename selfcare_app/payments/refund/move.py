"""Moves a wrong payment's money by the ledger: back where it came from, and from there to the right number, once."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import AccountRef, Leg, NotEnough, post
from selfcare_app.ledger.reverse import AlreadyReversed, reverse
from selfcare_app.ledger.tables import LedgerAccount, Transfer
from selfcare_app.operators.schema.money import Refund as Rule
from selfcare_app.payments.refund.tables import RefundApplication
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers.tables import Account, Line

KIND = "refund"
CLEARING: AccountRef = ("refund_clearing", "")
NO_MONEY = ("promised", "voucher", KIND)
"""Channels whose rows are no payment that could have gone wrong: lent, activated by its code, returned itself."""


class Spent(Refused):
    """Of the money too little is left on the prepaid account that got it. ISSA-068."""

    code = "refund.spent"


class SameAccount(Refused):
    """Both numbers are paid for by one account: there is nothing to return."""

    code = "refund.same_account"


class Returned(Refused):
    """The payment was taken back already."""

    code = "refund.returned"


def back(
    session: Session,
    actor: Staff,
    *,
    row: RefundApplication,
    payment: Payment,
    line: Line,
    rule: Rule,
    now: datetime,
) -> UUID:
    """Takes the payment from the account that got it and gives it to that of `line`; the operation that gave it.

    Not a use case: the caller has made sure that the payment fits. Raises Spent, SameAccount, Returned.
    """
    if line.account_id == payment.account_id:
        raise SameAccount()
    amount = Money(payment.amount_minor, payment.currency, operators.of(session).currency_scale)
    receiver = session.get_one(Account, payment.account_id)
    # A postpaid account pays what is missing with its next bill; a prepaid one may not be brought into debt by us.
    may_overdraw = not (rule.prepaid_needs_unspent and receiver.settlement == "prepaid")
    wrong, right = ("subscriber", payment.account_id), ("subscriber", line.account_id)
    try:
        source = _taken_back(session, actor, row, payment, now, may_overdraw=may_overdraw)
        legs = [Leg(wrong, CLEARING, amount, KIND)] if source is None else []
        legs.append(Leg(source or CLEARING, right, amount, KIND))
        given = post(session, actor, kind=KIND, key=str(row.id), legs=legs, now=now, may_overdraw=may_overdraw)
    except NotEnough as wrong_spent:
        raise Spent() from wrong_spent
    except AlreadyReversed as done:
        raise Returned() from done
    session.add(
        Payment(
            id=new_id(), external_id=f"{KIND}:{row.id}", account_id=line.account_id, paid_at=now,
            amount_minor=amount.minor, currency=amount.currency, channel=KIND, operation_id=given.operation_id,
        )
    )  # fmt: skip
    return given.operation_id


def _taken_back(
    session: Session, actor: Staff, row: RefundApplication, payment: Payment, now: datetime, *, may_overdraw: bool
) -> AccountRef | None:
    """Reverses the payment's own transfer; gives where the money came from, None where the ledger never moved it.

    A payment from before the account's balance was imported is in that balance and has no transfer.
    """
    if payment.operation_id is None:
        return None
    query = (
        select(Transfer.id, LedgerAccount.kind, LedgerAccount.code)
        .join(LedgerAccount, col(LedgerAccount.id) == Transfer.debit_id)
        .where(Transfer.operation_id == payment.operation_id, Transfer.amount_minor == payment.amount_minor)
        .order_by(col(Transfer.seq))
        .limit(1)
    )
    transfer_id, kind, code = session.exec(query).one()
    reverse(session, actor, transfer_id=transfer_id, key=f"{KIND}:{row.id}", now=now, may_overdraw=may_overdraw)
    return kind, code
