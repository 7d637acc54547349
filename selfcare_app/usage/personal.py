"""The read of "personal information": who the subscriber is, on what terms, what is left, what the month before cost.

It stands here because this is the lowest area that may see what is left of packages together with plan and balance.
"""

from datetime import datetime

from sqlmodel import Session

from selfcare_app.access import session as sessions
from selfcare_app.catalogue import plan
from selfcare_app.kit.actor import Subscriber
from selfcare_app.ledger import balance
from selfcare_app.subscribers import find
from selfcare_app.usage import allowance, charges
from selfcare_app.usage.views import Personal


def read(session: Session, actor: Subscriber, *, now: datetime) -> Personal:
    """The actor's own data. Raises find.NoSuchLine. ISSA-049, ISSA-050, ISSA-052, ISSA-053, IH-009, AS-040."""
    person = find.person(session, actor)
    _, previous_month = charges.months(session, actor, now=now)
    return Personal(
        person=person,
        standing=balance.standing(session, actor, now=now),
        plan=plan.of_line(session, actor, now=now),
        packages=allowance.left(session, actor, now=now),
        previous_month=previous_month,
        dates=sessions.dates(session, actor),
    )
