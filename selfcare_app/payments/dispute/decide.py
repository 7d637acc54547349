"""The desk's part: what waits to be compared, credited by two employees as it was told, or closed for a reason."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import desk_second, event, staff
from selfcare_app.access.staff import Duty
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.ledger.post import Leg, post
from selfcare_app.messaging import outbox
from selfcare_app.payments.automatic.tables import AutomaticCharge
from selfcare_app.payments.dispute import opened
from selfcare_app.payments.dispute.tables import PaymentDispute
from selfcare_app.payments.hosted_tables import HostedPayment
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers.tables import Line

KIND = "dispute"
SHOWN = 50


class Closing(StrEnum):
    """Why nothing is credited."""

    NOT_TAKEN = "not_taken"
    GIVEN_BACK = "given_back"
    CREDITED = "credited"


class NotWaiting(NotFound):
    """There is no such payment that waits to be compared: it was decided, or never was."""

    code = "dispute.not_waiting"


class NotCreditable(Refused):
    """What was told is no sum in the account's currency: it is settled with the acquirer."""

    code = "dispute.not_creditable"


class CreditedAlready(Refused):
    """The money of that transaction stands on an account already."""

    code = "dispute.credited_already"


class NoReason(Refused):
    """A payment is closed for one of the reasons that there are."""

    code = "dispute.no_reason"


@dataclass(frozen=True, slots=True)
class AtDesk:
    """What waits: `told` is None where it is no sum in the account's currency, then `told_text` says what it is."""

    id: UUID
    number: Msisdn | None
    acquirer: str
    transaction_id: str
    asked: Money
    told: Money | None
    told_text: str
    told_at: datetime
    asked_by: str


def queue(session: Session, actor: Staff, *, now: datetime) -> tuple[AtDesk, ...]:
    """What waits, the oldest first. Raises staff.NotYourDuty."""
    staff.require(actor, Duty.REFUNDS)
    asked = desk_second.asked_for(session, kind=KIND, now=now)
    query = (
        select(PaymentDispute, Line.msisdn)
        .join(Line, col(Line.id) == PaymentDispute.line_id)
        .where(PaymentDispute.state == "waiting")
        .order_by(col(PaymentDispute.told_at), col(PaymentDispute.id))
        .limit(SHOWN)
    )
    return tuple(
        AtDesk(
            id=row.id,
            number=Msisdn(msisdn) if msisdn else None,
            acquirer=row.acquirer,
            transaction_id=row.transaction_id,
            asked=_money(session, row.asked_minor, row.currency),
            told=_told(session, row),
            told_text=f"{row.told_minor} {row.told_currency}",
            told_at=row.told_at,
            asked_by=asked.get(str(row.id), ""),
        )
        for row, msisdn in session.exec(query).all()
    )


def accept(session: Session, actor: Staff, *, dispute_id: UUID, now: datetime) -> UUID:
    """Asks a second employee to credit what was told; nothing is moved before (ASVS 2.3.5).

    Raises staff.NotYourDuty, NotWaiting, NotCreditable, CreditedAlready, desk_second.AskedAlready.
    """
    staff.require(actor, Duty.REFUNDS)
    row = _waiting(session, dispute_id)
    told = _creditable(session, row)
    terms = {KIND: str(row.id), "amount": f"{told.text} {told.currency}", "transaction": row.transaction_id}
    return desk_second.ask(session, actor, kind=KIND, line_id=row.line_id, terms=terms, reason=row.acquirer, now=now)


def carry_out(session: Session, actor: Staff, *, line_id: UUID, terms: dict[str, str], now: datetime) -> None:
    """Credits what another employee asked for. Not a use case: `desk_second` has made sure of both.

    Raises NotWaiting, NotCreditable, CreditedAlready.
    """
    row = _waiting(session, UUID(terms[KIND]))
    told = _creditable(session, row)
    leg = Leg(("cash_in", row.way), ("subscriber", row.account_id), told, row.way)
    posted = post(session, actor, kind=KIND, key=str(row.id), legs=[leg], now=now)
    session.add(
        Payment(
            id=new_id(),
            external_id=f"{row.acquirer}:{row.transaction_id}",
            account_id=row.account_id,
            paid_at=now,
            amount_minor=told.minor,
            currency=told.currency,
            channel=row.way,
            operation_id=posted.operation_id,
        )
    )
    row.operation_id = posted.operation_id
    _end(session, actor, row, "credited", "", now)


def close(session: Session, actor: Staff, *, dispute_id: UUID, reason: str, now: datetime) -> None:
    """Closes it with nothing credited, for a reason that the subscriber reads in the SMS.

    Raises staff.NotYourDuty, NoReason, NotWaiting.
    """
    staff.require(actor, Duty.REFUNDS)
    if reason not in tuple(Closing):
        raise NoReason()
    _end(session, actor, _waiting(session, dispute_id), "closed", reason, now)


def _waiting(session: Session, dispute_id: UUID) -> PaymentDispute:
    query = select(PaymentDispute).where(PaymentDispute.id == dispute_id, PaymentDispute.state == "waiting")
    row = session.exec(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotWaiting()
    return row


def _creditable(session: Session, row: PaymentDispute) -> Money:
    told = _told(session, row)
    if told is None or not row.transaction_id:
        raise NotCreditable()
    if opened.is_credited(session, row.acquirer, row.transaction_id):
        raise CreditedAlready()
    return told


def _told(session: Session, row: PaymentDispute) -> Money | None:
    is_sum = row.told_currency == row.currency and row.told_minor > 0
    return _money(session, row.told_minor, row.currency) if is_sum else None


def _end(session: Session, actor: Staff, row: PaymentDispute, state: str, reason: str, now: datetime) -> None:
    row.state, row.reason, row.decided_at, row.decided_by = state, reason, now, actor.staff_id
    session.flush()
    hosted, charge = session.get(HostedPayment, row.of_id), session.get(AutomaticCharge, row.of_id)
    if hosted is not None and hosted.state == "disputed":
        hosted.state = "settled"
    if charge is not None and charge.state == "disputed":
        charge.state, charge.reason = "settled", "automatic.settled"
    details = {"transaction": row.transaction_id, **({"reason": reason} if reason else {})}
    event.record(session, "desk", f"{KIND}_{state}", line_id=row.line_id, now=now, login=actor.login)
    record(session, actor, line_id=row.line_id, action=f"{KIND}_{state}", details=details, now=now)
    _tell(session, row, now)


def _tell(session: Session, row: PaymentDispute, now: datetime) -> None:
    line = session.get_one(Line, row.line_id)
    if line.msisdn is None:
        return
    is_credited = row.state == "credited"
    args = {"asked": _money(session, row.asked_minor, row.currency)}
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or operators.of(session).default_language,
        key="dispute.sms.credited" if is_credited else f"dispute.sms.closed_{row.reason}",
        args=args | ({"told": _money(session, row.told_minor, row.currency)} if is_credited else {}),
        dedup_key=f"{KIND}:{row.id}",
        now=now,
    )


def _money(session: Session, minor: int, currency: str) -> Money:
    return Money(minor, currency, operators.of(session).currency_scale)


desk_second.carried_out_by[KIND] = carry_out
