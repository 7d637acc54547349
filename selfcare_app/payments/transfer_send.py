"""Sends money from one line's account to another's: what stands against it, the ledger, the messages."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.access import account_lock, halt, handset_password, sim_window
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.ledger import account, balance
from selfcare_app.ledger.post import Leg, post
from selfcare_app.ledger.rules import SUBSCRIBER, key_of
from selfcare_app.ledger.tables import LedgerAccount
from selfcare_app.messaging import outbox
from selfcare_app.operators.schema.money import Transfer
from selfcare_app.payments import transfer_rules as rules
from selfcare_app.payments.transfer_rules import Sent
from selfcare_app.payments.transfer_tables import MoneyTransfer
from selfcare_app.subscribers.tables import Line

KIND = "transfer"
"""The kind of drafts, operations and proofs."""

_PROMISED = "promised_receivable"


class NotOffered(Refused):
    """The operator has no transfers between subscribers."""

    code = "sharing.not_offered"


class LineNotActive(Refused):
    """The sender's line is paused or blocked."""

    code = "sharing.line_not_active"


class Locked(Refused):
    """The owner has turned the account lock on: no money goes away."""

    code = "sharing.locked"


class SimChanged(Refused):
    """The SIM was replaced lately: no money goes away before `until` (T5)."""

    code = "sharing.sim_changed"


class NotEnough(Refused):
    """Of the sender's own money there is `available`, and `needed` would go; `missing` is missing."""

    code = "sharing.not_enough"


def lock(session: Session, line_id: UUID) -> Line:
    """The sender's line as it is now, ours until the transaction ends.

    Whoever sends money to it meanwhile needs no more than that its key stays: two who give to each other do not wait
    for each other in a ring.
    """
    query = select(Line).where(Line.id == line_id).with_for_update(key_share=True)
    return session.exec(query.execution_options(populate_existing=True)).one()


def offered(session: Session) -> Transfer:
    """The operator's rule. Raises NotOffered."""
    rule = operators.of(session).transfer
    if rule is None:
        raise NotOffered()
    return rule


def stopped(session: Session, line: Line, *, session_id: UUID | None, now: datetime) -> Refused | None:
    """Why no money may go from the line at all now; None where it may."""
    if halted := halt.why_not(session, line_id=line.id):
        return halted
    if account_lock.why_not(session, line_id=line.id) is not None:
        return Locked()
    if sim_window.limits_factor(session, line_id=line.id, session_id=session_id, now=now) == sim_window.NOTHING:
        changed = sim_window.sim_changed(session, line, now)
        return SimChanged(until=changed.params["until"] if changed else now)
    if lately := handset_password.set_lately(session, line, now):
        return lately
    return LineNotActive() if line.state != "active" else None


def over_limits(
    session: Session, line: Line, recipient: Line, money: Money, *, session_id: UUID | None, now: datetime
) -> Refused | None:
    """Why the limits forbid it now; the caller holds the line's lock where it goes on to send."""
    factor = sim_window.limits_factor(session, line_id=line.id, session_id=session_id, now=now)
    sent = _sent(session, line.id, recipient.id, now)
    return rules.refusal(offered(session), sent, money, factor=factor, now=now, zone=operators.of(session).zone)


def fee_of(session: Session) -> Money:
    """What one transfer costs its sender."""
    profile = operators.of(session)
    return Money(offered(session).fee_minor, profile.currency, profile.currency_scale)


def funds(session: Session, line: Line) -> Money:
    """The account's own money: neither a credit limit, nor what was promised or is held, can be given away."""
    has = balance.of_account(session, line.account_id)
    query = select(LedgerAccount).where(
        col(LedgerAccount.kind).in_((SUBSCRIBER, _PROMISED)),
        LedgerAccount.code == str(line.account_id),
        LedgerAccount.currency == has.currency,
    )
    books = {row.kind: row for row in session.exec(query.execution_options(populate_existing=True)).all()}
    own, promised = books.get(SUBSCRIBER), books.get(_PROMISED)
    owed = max(0, promised.debits - promised.credits) if promised else 0
    held = own.debits_pending if own else 0
    return Money(max(0, has.minor - owed - held), has.currency, has.scale)


def short(session: Session, line: Line, total: Money) -> NotEnough | None:
    """The refusal where the account's own money is less than `total`."""
    has = funds(session, line)
    return NotEnough(available=has, needed=total, missing=total - has) if has < total else None


def send(
    session: Session,
    actor: Subscriber | System,
    *,
    line: Line,
    recipient: Line,
    money: Money,
    transfer_id: UUID,
    key: str,
    schedule_id: UUID | None = None,
    now: datetime,
) -> MoneyTransfer:
    """Moves the money, once for the key, and tells both. The caller holds the line's lock and has seen the limits.

    IH-033, AS-064. Raises NotEnough, ledger.NotEnough.
    """
    fee = fee_of(session)
    legs = [Leg(("subscriber", line.account_id), ("subscriber", recipient.account_id), money, KIND)]
    if fee.minor:
        legs.append(Leg(("subscriber", line.account_id), ("revenue", KIND), fee, f"{KIND}_fee"))
    # What refers to the recipient's line would lock its key after the accounts: it is locked before them. Then all
    # accounts at once and in the ledger's order, so that nobody waits for the other in a ring.
    session.exec(select(Line.id).where(Line.id == recipient.id).with_for_update(read=True, key_share=True)).one()
    account.lock(session, {key_of(side, money.currency) for leg in legs for side in (leg.debit, leg.credit)})
    if refusal := short(session, line, money + fee):
        raise refusal
    posted = post(session, actor, kind=KIND, key=key, legs=legs, now=now)
    row = MoneyTransfer(
        id=transfer_id,
        line_id=line.id,
        sender=line.msisdn or "",
        recipient_line_id=recipient.id,
        recipient=recipient.msisdn or "",
        amount_minor=money.minor,
        fee_minor=fee.minor,
        currency=money.currency,
        sent_at=now,
        schedule_id=schedule_id,
        operation_id=posted.operation_id,
    )
    session.add(row)
    session.flush()
    details = {"to": Msisdn(row.recipient).masked, "amount": money.text}
    record(session, actor, line_id=line.id, action="money_transferred", details=details, now=now)
    _tell_both(session, row, line, recipient, money, fee, now)
    return row


def tell(session: Session, line: Line, key: str, args: dict[str, object], *, dedup_key: str, now: datetime) -> None:
    """An SMS to the line's handset in its language; nothing where it has no number."""
    if line.msisdn:
        outbox.enqueue(
            session,
            recipient=line.msisdn,
            language=line.language or operators.of(session).default_language,
            key=key,
            args=args,
            dedup_key=dedup_key,
            now=now,
        )


def _tell_both(
    session: Session, row: MoneyTransfer, line: Line, recipient: Line, money: Money, fee: Money, now: datetime
) -> None:
    sent: dict[str, object] = {"amount": money, "number": Msisdn(row.recipient)}
    key = "sharing.sms.sent_fee" if fee.minor else "sharing.sms.sent"
    tell(session, line, key, sent | ({"fee": fee} if fee.minor else {}), dedup_key=f"{KIND}:{row.id}:sent", now=now)
    came: dict[str, object] = {"amount": money, "number": Msisdn(row.sender)}
    tell(session, recipient, "sharing.sms.received", came, dedup_key=f"{KIND}:{row.id}:received", now=now)


def _sent(session: Session, line_id: UUID, recipient_id: UUID, now: datetime) -> Sent:
    zone, table = operators.of(session).zone, MoneyTransfer
    own = table.line_id == line_id
    today, today_minor = session.exec(
        select(func.count(), func.sum(table.amount_minor)).where(own, table.sent_at >= rules.day_began(now, zone))
    ).one()
    month_minor = session.exec(
        select(func.sum(table.amount_minor)).where(own, table.sent_at >= rules.month_began(now, zone))
    ).one()
    first_at, there = session.exec(
        select(func.min(col(table.sent_at)), func.sum(table.amount_minor)).where(
            own, table.recipient_line_id == recipient_id
        )
    ).one()
    return Sent(int(today_minor or 0), today, int(month_minor or 0), int(there or 0), first_at)
