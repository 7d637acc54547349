"""The home page's read: money, packages, what comes next, what was last, what needs the person, in one snapshot.

It stands here because this is the lowest area that may see payments, orders, usage, plans and balances together.
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, col, select

from selfcare_app.catalogue import plan
from selfcare_app.kit.actor import Subscriber
from selfcare_app.ledger import balance
from selfcare_app.orders.tables import Order
from selfcare_app.payments import movements, rules
from selfcare_app.payments.views import Need, Overview
from selfcare_app.subscribers import find
from selfcare_app.usage import allowance, charges

MOVEMENTS = 6

needs_of: list[Callable[[Session, Subscriber], tuple[Need, ...]]] = []
"""What else needs the person: of the rooms above, called with (session, actor)."""


def read(session: Session, actor: Subscriber, *, now: datetime) -> Overview:
    """What the home page shows of the actor's own line. Raises find.NoSuchLine.

    ISSA-038, ISSA-039, ISSA-047, ISSA-053, IH-009, AS-041.
    """
    person = find.person(session, actor)
    standing = balance.standing(session, actor, now=now)
    packages = allowance.left(session, actor, now=now)
    upcoming = plan.upcoming(session, actor, now=now)
    this_month, _ = charges.months(session, actor, now=now)
    return Overview(
        person=person,
        standing=standing,
        plan=plan.of_line(session, actor, now=now),
        packages=packages,
        upcoming=upcoming,
        this_month=this_month,
        movements=movements.last(session, actor, limit=MOVEMENTS, now=now),
        needs=(
            *rules.needs(person, standing, upcoming, packages),
            *_orders(session, actor),
            *(need for needs in needs_of for need in needs(session, actor)),
        ),
    )


def _orders(session: Session, actor: Subscriber) -> tuple[Need, ...]:
    query = select(Order).where(Order.line_id == actor.line_id, Order.state == "accepted").order_by(col(Order.due_at))
    return tuple(
        Need("order", "info", {"kind": row.kind, "due": row.due_at}, order_id=row.id)
        for row in session.exec(query).all()
    )
