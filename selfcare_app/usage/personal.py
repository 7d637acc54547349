"""The read of "personal information": who the subscriber is, on what terms, what is left, what the month before cost.

It stands here because this is the lowest area that may see what is left of packages together with plan and balance.
"""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import session as sessions
from selfcare_app.catalogue import plan
from selfcare_app.kit.actor import Subscriber
from selfcare_app.ledger import balance
from selfcare_app.subscribers import find
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import allowance, charges
from selfcare_app.usage.views import Personal


def read(session: Session, actor: Subscriber, *, now: datetime) -> Personal:
    """The actor's own data. Raises find.NoSuchLine. ISSA-049, ISSA-050, ISSA-052, ISSA-053, IH-009, AS-040."""
    person = find.person(session, actor)
    return Personal(
        person=person,
        standing=balance.standing(session, actor, now=now),
        plan=plan.of_line(session, actor, now=now),
        packages=allowance.left(session, actor, now=now),
        previous_month=charges.previous(session, actor, now=now),
        dates=sessions.dates(session, actor),
        bonus_units=_bonus_units(session, actor),
    )


def _bonus_units(session: Session, actor: Subscriber) -> int | None:
    """Units at hand; None where the operator gives none, and for a delegate, whose they are not to see."""
    if actor.acting or operators.of(session).bonus is None:
        return None
    return balance.units_of_account(session, session.get_one(Line, actor.line_id).account_id)
