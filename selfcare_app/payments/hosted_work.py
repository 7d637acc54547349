"""What the worker and callbacks do with hosted payments: opened, asked after, credited once, void (R11)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.payments import hosted_rules, other_line
from selfcare_app.payments.automatic import card
from selfcare_app.payments.dispute import opened as opened_dispute
from selfcare_app.payments.hosted_rules import Verdict
from selfcare_app.payments.hosted_seen import view
from selfcare_app.payments.hosted_tables import HostedPayment
from selfcare_app.payments.hosted_views import Asked, Facts, HostedView, Opened
from selfcare_app.payments.tables import Payment

KIND = "top_up"
CLAIM_SECONDS = 60
_POSTED_BY = System(job=KIND)
"""The same whoever brings the facts: the callback's operation and the worker's are one."""

_WORKED_ON = ("new", "pending", "failed")

on_end: list[Callable[..., None]] = []
"""Who else is told how a payment ended: called with (session, payment_id=, state=, now=)."""


def claim(session: Session, actor: System, *, by: str, limit: int, now: datetime) -> tuple[Asked, ...]:
    """Takes up to `limit` payments that something is due for; nobody else gets them for CLAIM_SECONDS."""
    free = col(HostedPayment.claimed_until).is_(None) | (col(HostedPayment.claimed_until) <= now)
    due = (
        select(HostedPayment)
        .where(col(HostedPayment.state).in_(_WORKED_ON), col(HostedPayment.due_at) <= now, free)
        .order_by(col(HostedPayment.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    scale = operators.of(session).currency_scale
    taken = []
    for row in session.exec(due).all():
        row.claimed_by, row.claimed_until = by, now + timedelta(seconds=CLAIM_SECONDS)
        row.attempts += 1
        amount = Money(row.amount_minor, row.currency, scale)
        taken.append(
            Asked(
                row.id,
                row.no,
                amount,
                row.language,
                row.created_at,
                reference=row.reference,
                way=row.way,
                acquirer=row.acquirer,
                is_open=row.state != "new",
                keeps_card=row.keeps_card,
            )
        )
    return tuple(taken)


def opened(session: Session, actor: System, *, payment_id: UUID, by: str, checkout: Opened, now: datetime) -> None:
    """Records where the person pays; the acquirer is asked in five minutes if it says nothing."""
    row = _claimed(session, payment_id, by)
    if row is None or row.state != "new":
        return
    row.state, row.url, row.reference = "pending", checkout.url, checkout.reference
    row.due_at = hosted_rules.next_question(row.created_at, 0)
    _release(row)


def not_opened(session: Session, actor: System, *, payment_id: UUID, by: str, now: datetime) -> None:
    """The acquirer did not answer: tried again soon, given up after a quarter of an hour."""
    row = _claimed(session, payment_id, by)
    if row is None or row.state != "new":
        return
    again = now + hosted_rules.pause(row.attempts)
    if again > row.created_at + hosted_rules.OPENED_WITHIN:
        _void(session, row, now)
    row.due_at = again if row.state == "new" else None
    _release(row)


def answered(session: Session, actor: System, *, payment_id: UUID, by: str, facts: Facts | None, now: datetime) -> str:
    """What the acquirer said when it was asked; what is not paid after a day is void. Gives the state."""
    row = _claimed(session, payment_id, by)
    if row is None or row.state not in _WORKED_ON:
        return ""
    row.asked += 1
    row.due_at = hosted_rules.next_question(row.created_at, row.asked)
    if row.due_at is not None and row.due_at <= now:
        # After a long stop one question is enough for all that were missed.
        row.asked, row.due_at = len(hosted_rules.ASKED_AFTER), None
    _release(row)
    if facts is not None:
        _judge(session, row, facts, now)
    if row.due_at is None and row.state == "pending":
        _void(session, row, now)
    if row.due_at is None:
        row.url = ""
    return row.state


def not_answered(session: Session, actor: System, *, payment_id: UUID, by: str, now: datetime) -> None:
    """The acquirer could not be asked: again in an hour, for five days."""
    row = _claimed(session, payment_id, by)
    if row is None or row.state not in _WORKED_ON:
        return
    row.due_at = hosted_rules.after_silence(row.created_at, now)
    _release(row)
    if row.due_at is None and row.state == "pending":
        _void(session, row, now)


def take(session: Session, actor: System, *, acquirer: str, facts: Facts, now: datetime) -> str:
    """What a callback says whose signature was right. Gives the payment's state, "" where there is no such payment."""
    row = _row(session, facts.payment_id)
    if row is None or row.acquirer != acquirer:
        return ""
    _judge(session, row, facts, now)
    return row.state


def of_no(session: Session, actor: System, *, acquirer: str, no: int) -> HostedView | None:
    """The payment of that number at that acquirer; None where there is none."""
    query = select(HostedPayment).where(HostedPayment.no == no, HostedPayment.acquirer == acquirer)
    row = session.exec(query).one_or_none()
    return None if row is None else view(row, operators.of(session))


def _judge(session: Session, row: HostedPayment, facts: Facts, now: datetime) -> None:
    verdict = hosted_rules.verdict(
        state=row.state,
        amount_minor=row.amount_minor,
        currency=row.currency,
        transaction_id=row.transaction_id,
        facts=facts,
    )
    if verdict is Verdict.CREDIT and _is_anothers(session, row, facts):
        verdict = Verdict.DISPUTE
    if verdict is Verdict.CREDIT:
        _credit(session, row, facts, now)
    elif verdict is Verdict.FAIL:
        _end(session, row, "failed", now)
        _give_back(session, row, now)
    elif verdict is Verdict.DISPUTE:
        _dispute(session, row, facts, now)


def _credit(session: Session, row: HostedPayment, facts: Facts, now: datetime) -> None:
    amount = Money(row.amount_minor, row.currency, operators.of(session).currency_scale)
    if row.is_other and row.state in ("failed", "void"):
        other_line.count_anyway(session, line_id=row.line_id, amount=amount, now=now)
    leg = Leg(("cash_in", row.way), ("subscriber", row.account_id), amount, row.way)
    posted = post(session, _POSTED_BY, kind=KIND, key=str(row.id), legs=[leg], now=now)
    row.operation_id, row.transaction_id = posted.operation_id, facts.transaction_id
    session.add(
        Payment(
            id=new_id(),
            external_id=f"{row.acquirer}:{facts.transaction_id}",
            account_id=row.account_id,
            paid_at=now,
            amount_minor=row.amount_minor,
            currency=row.currency,
            channel=row.way,
            operation_id=posted.operation_id,
        )
    )
    _end(session, row, "paid", now)
    said = {"no": row.no, "amount": amount.text, "currency": row.currency}
    record(session, _POSTED_BY, line_id=row.line_id, action="topped_up", details=said, now=now)
    if row.keeps_card:
        card.came(session, _POSTED_BY, payment_id=row.id, acquirer=row.acquirer, kept=facts.card, now=now)


def _dispute(session: Session, row: HostedPayment, facts: Facts, now: datetime) -> None:
    """Nothing is credited: the desk compares it with the acquirer's own list."""
    asked = Money(row.amount_minor, row.currency, operators.of(session).currency_scale)
    to = {"line_id": row.line_id, "account_id": row.account_id}
    if not opened_dispute.note(session, **to, way=row.way, acquirer=row.acquirer, asked=asked, facts=facts, now=now):
        return
    said = {"no": row.no, "told": f"{facts.amount_minor} {facts.currency}", "transaction": facts.transaction_id}
    record(session, _POSTED_BY, line_id=row.line_id, action="top_up_disputed", outcome="refused", details=said, now=now)
    if row.state != "paid":
        _end(session, row, "disputed", now)


def _void(session: Session, row: HostedPayment, now: datetime) -> None:
    _end(session, row, "void", now)
    _give_back(session, row, now)


def _give_back(session: Session, row: HostedPayment, now: datetime) -> None:
    if row.is_other:
        amount = Money(row.amount_minor, row.currency, operators.of(session).currency_scale)
        other_line.uncount(session, line_id=row.line_id, amount=amount, counted_at=row.created_at, now=now)


def _end(session: Session, row: HostedPayment, state: str, now: datetime) -> None:
    row.state, row.finished_at = state, now
    if state != "failed":
        # With another card the same checkout may still be paid, so what has failed keeps its address and its question.
        row.url, row.due_at = "", None
    session.flush()
    for tell in on_end:
        tell(session, payment_id=row.id, state=state, now=now)


def _is_anothers(session: Session, row: HostedPayment, facts: Facts) -> bool:
    """Whether the very money was taken for another payment already."""
    return opened_dispute.is_credited(session, row.acquirer, facts.transaction_id)


def _row(session: Session, payment_id: UUID) -> HostedPayment | None:
    query = select(HostedPayment).where(HostedPayment.id == payment_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one_or_none()


def _claimed(session: Session, payment_id: UUID, by: str) -> HostedPayment | None:
    row = _row(session, payment_id)
    return row if row is not None and row.claimed_by == by else None


def _release(row: HostedPayment) -> None:
    row.claimed_by, row.claimed_until = "", None
