"""Money that banks and terminals take: is there such an account, and credit it, once for each payment of theirs."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.ledger.post import KeyReused, Leg, post
from selfcare_app.messaging import inbox
from selfcare_app.payments import rules_top_up
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers.tables import Account, Line

KIND = "cash_desk"
CHANNEL = "terminal"
_POSTED_BY = System(job=KIND)


class Result(IntEnum):
    """Answers of the protocol that terminals speak."""

    DONE = 0
    LATER = 1
    MALFORMED_ACCOUNT = 4
    NO_ACCOUNT = 5
    FORBIDDEN = 7
    TOO_LITTLE = 241
    TOO_MUCH = 242
    OTHER = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What a desk is answered: `payment_no` and `amount` are there once it is credited."""

    result: Result
    payment_no: int = 0
    amount: Money | None = None


def check(session: Session, actor: System, *, account: str, amount: Money | None) -> Answer:
    """Whether that number or personal account may get money, and so much of it if an amount is named."""
    found = _found(session, account)
    if isinstance(found, Result):
        return Answer(found)
    return Answer(_limits(session, amount) if amount is not None else Result.DONE)


def pay(
    session: Session, actor: System, *, desk: str, payment_id: str, account: str, amount: Money, now: datetime
) -> Answer:
    """Credits the account, once for the desk's own number of the payment; the same number again is the same answer.

    The same number with another account or amount is refused: nothing moves.
    """
    found = _found(session, account)
    credited = _credited(session, desk, payment_id)
    if credited is not None:
        is_same = isinstance(found, Result) or found.account_id == credited.account_id
        if not is_same or (credited.amount_minor, credited.currency) != (amount.minor, amount.currency):
            return Answer(Result.OTHER)
        return _done(credited.operation_id, amount)
    if isinstance(found, Result):
        return Answer(found)
    if (refused := _limits(session, amount)) is not Result.DONE:
        return Answer(refused)
    leg = Leg(("cash_in", CHANNEL), ("subscriber", found.account_id), amount, CHANNEL)
    # Of two deliveries at once the second waits here until the first is in the books.
    inbox.accept(session, actor, source=f"{KIND}:{desk}", message_id=payment_id, now=now)
    try:
        posted = post(session, _POSTED_BY, kind=KIND, key=f"{desk}:{payment_id}", legs=[leg], now=now)
    except KeyReused:
        return Answer(Result.OTHER)
    if _credited(session, desk, payment_id) is None:
        session.add(
            Payment(
                id=new_id(),
                external_id=_name(desk, payment_id),
                account_id=found.account_id,
                paid_at=now,
                amount_minor=amount.minor,
                currency=amount.currency,
                channel=CHANNEL,
                operation_id=posted.operation_id,
            )
        )
        said = {"desk": desk, "amount": amount.text, "currency": amount.currency}
        record(session, _POSTED_BY, line_id=found.id, action="topped_up", details=said, now=now)
    return _done(posted.operation_id, amount)


def _name(desk: str, payment_id: str) -> str:
    return f"{KIND}:{desk}:{payment_id}"


def _credited(session: Session, desk: str, payment_id: str) -> Payment | None:
    return session.exec(select(Payment).where(Payment.external_id == _name(desk, payment_id))).one_or_none()


def _done(operation_id: UUID | None, amount: Money) -> Answer:
    # The upper half of the id: its moment and chance, as a number of twenty digits at most.
    return Answer(Result.DONE, operation_id.int >> 64 if operation_id else 0, amount)


def _found(session: Session, account: str) -> Line | Result:
    profile = operators.of(session)
    live = select(Line).join(Account, col(Account.id) == Line.account_id).where(Line.state != "closed")
    live = live.where(Account.currency == profile.currency)
    try:
        number = Msisdn.parse(account, profile.numbering)
    except NotANumber:
        number = None
    if number is not None and (line := session.exec(live.where(Line.msisdn == number)).one_or_none()):
        return line
    if not (account.isascii() and account.isalnum() and len(account) <= 20):
        return Result.MALFORMED_ACCOUNT
    by_account = live.where(Account.number == account).order_by(col(Line.no)).limit(1)
    return session.exec(by_account).first() or Result.NO_ACCOUNT


def _limits(session: Session, amount: Money) -> Result:
    refusal = rules_top_up.refusal(operators.of(session).top_up, amount, is_other=False)
    if refusal is None:
        return Result.DONE
    return Result.TOO_LITTLE if isinstance(refusal, rules_top_up.TooLittle) else Result.TOO_MUCH
