"""Orders: placed when they are confirmed, carried out once when they are due, or taken back before."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, update
from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.page import Page
from selfcare_app.orders.rules import LOWEST_NO, OrderState
from selfcare_app.orders.tables import Order
from selfcare_app.orders.views import Due, OrderView
from selfcare_app.subscribers.tables import Line

PAGE_SIZE = 20


class NoOrder(NotFound):
    """The line has no such order."""

    code = "orders.no_order"


class TooLate(Refused):
    """The order has its end already; it can't be taken back."""

    code = "orders.too_late"


class OpenOrder(Refused):
    """The line has an order of this kind that waits: number `no`."""

    code = "orders.open_order"


def place(
    session: Session,
    actor: Subscriber,
    *,
    order_id: UUID,
    kind: str,
    params: Mapping[str, Any],
    price: Money,
    due_at: datetime,
    now: datetime,
    subject: str = "",
) -> OrderView:
    """A new order, accepted. The caller holds the line's lock. Raises OpenOrder(no)."""
    waiting = open_order(session, actor, kind=kind, subject=subject)
    if waiting is not None:
        raise OpenOrder(no=waiting.no)
    order = Order(
        id=order_id,
        no=_unused_no(session),
        line_id=actor.line_id,
        session_id=actor.session_id,
        actor=actor.name,
        kind=kind,
        subject=subject,
        params=dict(params),
        price_minor=price.minor,
        currency=price.currency,
        accepted_at=now,
        due_at=due_at,
    )
    session.add(order)
    session.flush()
    return view(session, order)


def own(session: Session, actor: Subscriber, *, order_id: UUID) -> OrderView:
    """An order of the actor's line. Raises NoOrder."""
    order = session.exec(select(Order).where(Order.id == order_id, Order.line_id == actor.line_id)).one_or_none()
    if order is None:
        raise NoOrder()
    return view(session, order)


def list_own(session: Session, actor: Subscriber, *, cursor: str = "") -> Page[OrderView]:
    """The line's orders, the newest first, a page at a time. ISSA-045."""
    query = select(Order).where(Order.line_id == actor.line_id).order_by(col(Order.id).desc()).limit(PAGE_SIZE + 1)
    if cursor:
        query = query.where(col(Order.id) < UUID(cursor))
    rows = session.exec(query).all()
    items = tuple(view(session, order) for order in rows[:PAGE_SIZE])
    return Page(items, next=str(items[-1].id) if len(rows) > PAGE_SIZE else None)


def lock_line(session: Session, line_id: UUID) -> Line:
    """The line, which nobody else acts upon until this transaction ends."""
    # Rows that merely name the line may be added meanwhile, or the end of a session and an act would wait in a circle.
    query = select(Line).where(Line.id == line_id).with_for_update(key_share=True)
    return session.exec(query.execution_options(populate_existing=True)).one()


def open_order(session: Session, actor: Subscriber, *, kind: str, subject: str = "") -> OrderView | None:
    """The line's order of the kind, about that, that waits, if there is one."""
    query = select(Order).where(
        Order.line_id == actor.line_id,
        Order.kind == kind,
        Order.subject == subject,
        Order.state == OrderState.ACCEPTED,
    )
    order = session.exec(query).one_or_none()
    return None if order is None else view(session, order)


def waiting(session: Session, line_id: UUID, *, kinds: Collection[str]) -> tuple[OrderView, ...]:
    """The line's orders of these kinds that wait, the one that is due first in front."""
    query = select(Order).where(
        Order.line_id == line_id, col(Order.kind).in_(kinds), Order.state == OrderState.ACCEPTED
    )
    return tuple(view(session, order) for order in session.exec(query.order_by(col(Order.due_at))).all())


def accepted_since(session: Session, line_id: UUID, *, kind: str, since: datetime) -> int:
    """How many orders of the kind the line has given since then that were carried out or wait."""
    states = (OrderState.ACCEPTED, OrderState.DONE)
    query = select(func.count()).where(
        Order.line_id == line_id, Order.kind == kind, col(Order.state).in_(states), col(Order.accepted_at) >= since
    )
    return session.exec(query).one()


def carried_out_at(session: Session, line_id: UUID, *, kind: str) -> list[datetime]:
    """When orders of the kind were carried out for the line."""
    query = select(Order.finished_at).where(
        Order.line_id == line_id, Order.kind == kind, Order.state == OrderState.DONE
    )
    return [moment for moment in session.exec(query).all() if moment is not None]


def withdraw(session: Session, actor: Subscriber, *, order_id: UUID, kind: str, now: datetime) -> OrderView:
    """Takes an accepted order back; the caller holds the line's lock and undoes what the order had claimed.

    Taking back again changes nothing. Raises NoOrder, TooLate.
    """
    order = own(session, actor, order_id=order_id)
    if order.kind != kind:
        raise NoOrder()
    if order.state == OrderState.WITHDRAWN:
        return order
    if not finish(session, order_id=order_id, state=OrderState.WITHDRAWN, now=now):
        raise TooLate()
    return own(session, actor, order_id=order_id)


def due(session: Session, actor: System, *, limit: int, now: datetime) -> tuple[Due, ...]:
    """Accepted orders whose time has come, the longest waiting first."""
    query = (
        select(Order.id, Order.kind)
        .where(Order.state == OrderState.ACCEPTED, Order.due_at <= now)
        .order_by(col(Order.due_at), col(Order.id))
        .limit(limit)
    )
    return tuple(Due(order_id, kind) for order_id, kind in session.exec(query).all())


def claim(session: Session, actor: System, *, order_id: UUID, now: datetime) -> tuple[OrderView, UUID] | None:
    """A due order and its line, both locked until this transaction ends; None if it is not for us any more.

    The work and the order's end are one transaction: a worker that dies in between has done nothing.
    """
    # The line first, as the subscriber's own acts do: nobody waits for the other in a ring.
    locked = (
        select(Line.id)
        .join(Order, col(Order.line_id) == col(Line.id))
        .where(Order.id == order_id, Order.state == OrderState.ACCEPTED, Order.due_at <= now)
        .with_for_update(of=Line, skip_locked=True)
    )
    line_id = session.exec(locked).one_or_none()
    if line_id is None:
        return None
    order = session.exec(select(Order).where(Order.id == order_id, Order.state == OrderState.ACCEPTED)).one_or_none()
    return None if order is None else (view(session, order), line_id)


def finish(session: Session, *, order_id: UUID, state: OrderState, now: datetime, failure: str = "") -> bool:
    """Ends an accepted order; False if it had its end already."""
    ended = session.connection().execute(
        update(Order)
        .where(col(Order.id) == order_id, col(Order.state) == OrderState.ACCEPTED)
        .values(state=state, finished_at=now, failure=failure)
    )
    session.expire_all()
    return ended.rowcount == 1


def view(session: Session, order: Order) -> OrderView:
    """The row as it leaves the area."""
    return OrderView(
        id=order.id,
        no=order.no,
        kind=order.kind,
        state=OrderState(order.state),
        params=order.params,
        price=Money(order.price_minor, order.currency, operators.of(session).currency_scale),
        accepted_at=order.accepted_at,
        due_at=order.due_at,
        finished_at=order.finished_at,
        failure=order.failure,
        subject=order.subject,
    )


def forget_of(session: Session, session_ids: Select[UUID]) -> None:
    """Takes sessions that are about to be forgotten out of the orders that were placed in them."""
    session.connection().execute(update(Order).where(col(Order.session_id).in_(session_ids)).values(session_id=None))


def _unused_no(session: Session) -> int:
    # Drawn and not counted: an order's number tells nobody how many orders there are.
    while True:
        no = LOWEST_NO + secrets.randbelow(9 * LOWEST_NO)
        if session.exec(select(Order.no).where(Order.no == no)).one_or_none() is None:
            return no
