"""The worker's part: carries number changes out when they are due, and wakes numbers that have rested long enough."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.ledger.post import Leg, post
from selfcare_app.messaging import outbox
from selfcare_app.numbers import hold, memory, rules
from selfcare_app.numbers.eligibility import KIND, LineNotActive
from selfcare_app.numbers.rules import State
from selfcare_app.numbers.search import offered
from selfcare_app.numbers.tables import NumberHold, PoolNumber
from selfcare_app.orders import order
from selfcare_app.orders.rules import OrderState
from selfcare_app.orders.views import OrderView
from selfcare_app.subscribers.tables import Line, LineNumber


class NumberLost(Refused):
    """The number that the order had claimed is not its any more."""

    code = "numbers.lost"


def carry_out(session: Session, actor: System, *, order_id: UUID, now: datetime) -> bool:
    """Does a due order or ends it with the reason why not; False if it is not for us any more.

    Line, pool, money, order and messages change in one transaction, so that it happens once or not at all.
    ISSA-040, ISSA-091.
    """
    claimed = order.claim(session, actor, order_id=order_id, now=now)
    if claimed is None:
        return False
    todo, line_id = claimed
    line = session.get_one(Line, line_id)
    try:
        with session.begin_nested():
            _change(session, actor, todo, line, now)
    except Refused as refused:
        session.expire_all()
        _fail(session, todo, line, refused, now)
        return True
    order.finish(session, order_id=order_id, state=OrderState.DONE, now=now)
    return True


def wake_rested(session: Session, actor: System, *, now: datetime, limit: int = 1000) -> int:
    """Offers numbers again that have rested long enough; gives how many."""
    rested = (
        select(PoolNumber.number)
        .where(col(PoolNumber.rests_until) <= now, PoolNumber.state == State.RESTING)
        .order_by(col(PoolNumber.rests_until))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    numbers = session.exec(rested).all()
    if not numbers:
        return 0
    woken = session.connection().execute(
        update(PoolNumber)
        .where(col(PoolNumber.number).in_(numbers), col(PoolNumber.state) == State.RESTING)
        .values(state=State.FREE, rests_until=None)
        .returning(col(PoolNumber.number), col(PoolNumber.category))
    )
    changes = [(row.number, row.category + 1) for row in woken]
    memory.changed(session, changes)
    return len(changes)


def _change(session: Session, actor: System, todo: OrderView, line: Line, now: datetime) -> None:
    number, old = Msisdn(todo.params["number"]), line.msisdn
    if line.state != "active":
        raise LineNotActive()
    _hand_over(session, todo, int(number), now)
    if todo.price.minor:
        leg = Leg(("subscriber", line.account_id), ("revenue", KIND), todo.price, KIND)
        post(session, actor, kind=KIND, key=str(todo.id), legs=[leg], now=now)
    session.connection().execute(
        update(LineNumber)
        .where(col(LineNumber.line_id) == line.id, col(LineNumber.valid_until).is_(None))
        .values(valid_until=now)
    )
    session.add(LineNumber(id=new_id(), line_id=line.id, msisdn=number, valid_from=now))
    line.msisdn, line.number_changed_at = number, now
    session.flush()
    record(session, actor, line_id=line.id, action="number_changed", details={"no": todo.no}, now=now)
    args = {"no": todo.no, "number": number, "price": todo.price}
    _tell(session, todo, line, number, "done", args, now)
    if old is not None:
        _rest(session, int(old), now)
        _tell(session, todo, line, old, "done_old", args, now)


def _hand_over(session: Session, todo: OrderView, number: int, now: datetime) -> None:
    """The number goes from the order's claim to the line."""
    released = session.connection().execute(
        update(NumberHold)
        .where(
            col(NumberHold.order_id) == todo.id, col(NumberHold.number) == number, col(NumberHold.released_at).is_(None)
        )
        .values(released_at=now)
    )
    assigned = session.connection().execute(
        update(PoolNumber)
        .where(col(PoolNumber.number) == number, col(PoolNumber.state) == State.HELD)
        .values(state=State.ASSIGNED)
    )
    if (released.rowcount, assigned.rowcount) != (1, 1):
        raise NumberLost()


def _rest(session: Session, number: int, now: datetime) -> None:
    """The old number is nobody's for a while; one that the pool did not know is one of its numbers from now on."""
    _, rule, plan = offered(session)
    until = now + timedelta(days=rule.quarantine_days)
    row = session.get(PoolNumber, number)
    if row is None:
        if not str(number).startswith(plan.prefixes):
            return
        index = rules.index_of(rule, rules.category_of(str(number)))
        row = PoolNumber(number=number, category=len(rule.categories) - 1 if index is None else index)
        session.add(row)
    row.state, row.rests_until = State.RESTING, until
    session.flush()


def _fail(session: Session, todo: OrderView, line: Line, refused: Refused, now: datetime) -> None:
    """Nothing is charged, the number is free again, and the subscriber is told why."""
    _, _, reason = refused.code.partition(".")
    order.finish(session, order_id=todo.id, state=OrderState.FAILED, failure=reason, now=now)
    hold.free_of_order(session, order_id=todo.id, now=now)
    if line.msisdn is not None:
        args = {"no": todo.no, "number": Msisdn(todo.params["number"])}
        _tell(session, todo, line, line.msisdn, f"failed_{reason}", args, now)


def _tell(
    session: Session, todo: OrderView, line: Line, recipient: str, what: str, args: dict[str, Any], now: datetime
) -> None:
    outbox.enqueue(
        session,
        recipient=recipient,
        language=line.language or operators.of(session).default_language,
        key=f"numbers.sms.{what}",
        args=args,
        dedup_key=f"{KIND}:{todo.id}:{what}",
        now=now,
    )
