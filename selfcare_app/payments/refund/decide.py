"""The desk's part: the queue of applications, each accepted by two employees or refused by one with a reason."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import desk_second, event, staff
from selfcare_app.access.staff import Duty
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.ledger import balance
from selfcare_app.operators.schema.money import Refund as Rule
from selfcare_app.payments.refund import move, rules
from selfcare_app.payments.refund.apply import KIND, NotOffered, tell, view
from selfcare_app.payments.refund.move import Spent
from selfcare_app.payments.refund.tables import RefundApplication
from selfcare_app.payments.refund.views import AtDesk, Candidate
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers.tables import Account, Line

SHOWN = 50
_DAY = timedelta(days=1)


class NotWaiting(NotFound):
    """There is no such application that waits: it was decided, or never was."""

    code = "refund.not_waiting"


class NoSuchPayment(NotFound):
    """No such payment to the wrong number fits the application, or it was returned already."""

    code = "refund.no_such_payment"


class NoReason(Refused):
    """An application is refused for one of the reasons that there are."""

    code = "refund.no_reason"


def queue(session: Session, actor: Staff, *, now: datetime) -> tuple[AtDesk, ...]:
    """What waits, the most urgent first. ISSA-070. Raises NotOffered, staff.NotYourDuty."""
    rule = _rule(session, actor)
    query = (
        select(RefundApplication)
        .where(RefundApplication.state == "waiting")
        .order_by(col(RefundApplication.due_on), col(RefundApplication.applied_at))
        .limit(SHOWN)
    )
    today = now.astimezone(operators.of(session).zone).date()
    asked = desk_second.asked_for(session, kind=KIND, now=now)
    return tuple(
        AtDesk(
            application=view(session, row),
            receipt=row.receipt,
            candidates=_candidates(session, row, rule),
            is_late=row.due_on < today,
            asked_by=asked.get(str(row.id), ""),
        )
        for row in session.exec(query).all()
    )


def accept(session: Session, actor: Staff, *, application_id: UUID, payment_id: UUID, now: datetime) -> UUID:
    """Asks a second employee to have the payment returned; nothing is moved before (ASVS 2.3.5).

    Raises NotOffered, staff.NotYourDuty, NotWaiting, NoSuchPayment, move.Spent, desk_second.AskedAlready.
    """
    rule = _rule(session, actor)
    row = _waiting(session, application_id)
    found = next((each for each in _candidates(session, row, rule) if each.payment_id == payment_id), None)
    if found is None:
        raise NoSuchPayment()
    if found.is_spent:
        raise Spent()
    told = view(session, row)
    terms = {KIND: str(row.id), "payment": str(payment_id), "amount": f"{told.amount.text} {told.amount.currency}"}
    reason = str(row.no)
    return desk_second.ask(session, actor, kind=KIND, line_id=row.line_id, terms=terms, reason=reason, now=now)


def carry_out(session: Session, actor: Staff, *, line_id: UUID, terms: dict[str, str], now: datetime) -> None:
    """Returns the payment that another employee asked for. Not a use case: `desk_second` has made sure of both.

    Raises NotOffered, NotWaiting, NoSuchPayment, move.Spent, move.SameAccount.
    """
    rule = operators.of(session).refund
    if rule is None:
        raise NotOffered()
    row = _waiting(session, UUID(terms[KIND]))
    payment = _payment(session, row, UUID(terms["payment"]))
    line = session.get_one(Line, row.line_id)
    operation_id = move.back(session, actor, row=row, payment=payment, line=line, rule=rule, now=now)
    row.payment_id, row.operation_id = payment.id, operation_id
    _end(session, actor, row, "accepted", "", now)
    amount = view(session, row).amount
    has = balance.of_account(session, line.account_id)
    args = {"no": row.no, "amount": amount, "balance": has}
    tell(session, line, "accepted", args, dedup_key=f"{KIND}:{row.id}:decided", now=now)
    wrong = session.exec(select(Line).where(Line.msisdn == row.wrong_number)).one()
    record(session, actor, line_id=wrong.id, action="refund_taken", details={"no": row.no}, now=now)
    tell(session, wrong, "taken", {"amount": amount}, dedup_key=f"{KIND}:{row.id}:taken", now=now)


def refuse(session: Session, actor: Staff, *, application_id: UUID, reason: str, now: datetime) -> None:
    """Refuses an application for a reason, which the subscriber reads in the SMS. ISSA-070.

    Raises NotOffered, staff.NotYourDuty, NoReason, NotWaiting.
    """
    _rule(session, actor)
    if reason not in tuple(rules.Refusal):
        raise NoReason()
    row = _waiting(session, application_id)
    _end(session, actor, row, "refused", reason, now)
    line = session.get_one(Line, row.line_id)
    tell(session, line, f"refused_{reason}", {"no": row.no}, dedup_key=f"{KIND}:{row.id}:decided", now=now)


def _rule(session: Session, actor: Staff) -> Rule:
    staff.require(actor, Duty.REFUNDS)
    rule = operators.of(session).refund
    if rule is None:
        raise NotOffered()
    return rule


def _waiting(session: Session, application_id: UUID) -> RefundApplication:
    """The application, locked until the transaction ends. Raises NotWaiting."""
    query = select(RefundApplication).where(
        RefundApplication.id == application_id, RefundApplication.state == "waiting"
    )
    row = session.exec(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotWaiting()
    return row


def _payment(session: Session, row: RefundApplication, payment_id: UUID) -> Payment:
    """The payment that fits, locked, so that of two applications for it one is too late. Raises NoSuchPayment."""
    session.exec(select(Payment.id).where(Payment.id == payment_id).with_for_update()).one_or_none()
    found = next((each for each in _fitting(session, row) if each.id == payment_id), None)
    if found is None:
        raise NoSuchPayment()
    return found


def _candidates(session: Session, row: RefundApplication, rule: Rule) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(each.id, each.paid_at, each.channel, _is_spent(session, each, rule))
        for each in _fitting(session, row)
    )


def _fitting(session: Session, row: RefundApplication) -> list[Payment]:
    """Payments of the told amount to the wrong number around the told day, which were not returned yet."""
    zone = operators.of(session).zone
    since = datetime.combine(row.paid_on - _DAY, time.min, zone)
    until = datetime.combine(row.paid_on + 2 * _DAY, time.min, zone)
    returned = select(RefundApplication.payment_id).where(col(RefundApplication.payment_id).is_not(None))
    query = (
        select(Payment)
        .join(Line, col(Line.account_id) == Payment.account_id)
        .where(
            Line.msisdn == row.wrong_number,
            Payment.amount_minor == row.amount_minor,
            Payment.currency == row.currency,
            Payment.paid_at >= since,
            Payment.paid_at < until,
            col(Payment.channel).not_in(move.NO_MONEY),
            col(Payment.id).not_in(returned),
        )
        .order_by(col(Payment.paid_at), col(Payment.id))
    )
    return list(session.exec(query).all())


def _is_spent(session: Session, payment: Payment, rule: Rule) -> bool:
    account = session.get_one(Account, payment.account_id)
    needs_unspent = rule.prepaid_needs_unspent and account.settlement == "prepaid"
    return needs_unspent and balance.of_account(session, account.id).minor < payment.amount_minor


def _end(session: Session, actor: Staff, row: RefundApplication, state: str, reason: str, now: datetime) -> None:
    row.state, row.reason, row.decided_at, row.decided_by = state, reason, now, actor.staff_id
    event.record(session, "desk", f"refund_{state}", line_id=row.line_id, now=now, login=actor.login, no=row.no)
    record(session, actor, line_id=row.line_id, action=f"refund_{state}", details={"no": row.no}, now=now)


desk_second.carried_out_by[KIND] = carry_out
