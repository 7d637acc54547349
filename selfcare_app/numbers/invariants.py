"""What must hold of numbers and their changes: one holder, none after the session, and what a change leaves behind."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.access.tables import WebSession
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.invariant import Check, Rows
from selfcare_app.ledger.tables import Operation
from selfcare_app.messaging.outbox import ROWS_KEPT
from selfcare_app.messaging.tables import Outbox
from selfcare_app.numbers.eligibility import KIND
from selfcare_app.numbers.tables import NumberHold
from selfcare_app.orders.rules import OrderState
from selfcare_app.orders.tables import Order


def checks() -> tuple[Check, ...]:
    """The parts of I5, I6, I11, I14 and I15 that are the numbers'."""
    return (
        Check("I5", "a number change that costs something has been paid", _paid),
        Check("I6", "a number change has told its subscriber", _told),
        Check("I11", "a number is held once", _held_twice),
        Check("I14", "a number change is in the journal, once", _recorded),
        Check("I15", "no hold on a number outlives its session", _outlived),
    )


def _done(session: Session) -> list[Order]:
    return list(session.exec(select(Order).where(Order.kind == KIND, Order.state == OrderState.DONE)).all())


def _paid(session: Session, now: datetime) -> Rows:
    paid = set(session.exec(select(Operation.idempotency_key).where(Operation.kind == KIND)).all())
    for order in _done(session):
        if bool(order.price_minor) != (str(order.id) in paid):
            yield {"order": order.id, "price": order.price_minor}


def _told(session: Session, now: datetime) -> Rows:
    sent = set(session.exec(select(Outbox.dedup_key).where(col(Outbox.dedup_key).startswith(f"{KIND}:"))).all())
    for order in _done(session):
        lately = order.finished_at is not None and order.finished_at > now - ROWS_KEPT / 2
        if lately and f"{KIND}:{order.id}:done" not in sent:
            yield {"order": order.id}


def _recorded(session: Session, now: datetime) -> Rows:
    query = select(JournalEntry.line_id, JournalEntry.at).where(JournalEntry.action == "number_changed")
    entries: Counter[tuple[UUID | None, datetime | None]] = Counter(session.exec(query).all())
    for order in _done(session):
        if entries[order.line_id, order.finished_at] != 1:
            yield {"order": order.id, "line": order.line_id}


def _held_twice(session: Session, now: datetime) -> Rows:
    live = select(NumberHold.id, NumberHold.number).where(col(NumberHold.released_at).is_(None))
    seen: set[int] = set()
    for hold_id, number in session.exec(live.order_by(col(NumberHold.created_at))).all():
        if number in seen:
            yield {"hold": hold_id}
        seen.add(number)


def _outlived(session: Session, now: datetime) -> Rows:
    ended = (
        select(NumberHold.id)
        .join(WebSession, col(WebSession.id) == NumberHold.session_id)
        .where(
            col(NumberHold.released_at).is_(None),
            col(NumberHold.order_id).is_(None),
            col(WebSession.ended_at).is_not(None),
        )
    )
    for hold_id in session.exec(ended).all():
        yield {"hold": hold_id}
