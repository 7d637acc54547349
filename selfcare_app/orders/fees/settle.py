"""What a change of a line adds to the fees of months and days that were taken already, or gives back of them."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.ledger.post import post
from selfcare_app.orders.fees import facts, progress, take
from selfcare_app.orders.fees.rules import Every, Facts, PriceOf, Step, difference, period_of, shares
from selfcare_app.orders.views import OrderView
from selfcare_app.subscribers.tables import Account, Line


def bill(
    session: Session,
    line: Line,
    *,
    before: Facts,
    after: Facts,
    since: date,
    price_of: PriceOf,
    once: tuple[take.OneOff, ...] = (),
    now: datetime,
) -> take.Bill:
    """The bill of a change that holds from the local day `since`: fees of no period, and differences up to now."""
    profile = operators.of(session)
    pausing, today = facts.pausing(profile), now.astimezone(profile.zone).date()
    steps: list[Step] = []
    for every in Every:
        for day in _periods(every, since, max(since, today)):
            taken = progress.has_taken(session, every, day, line.no)
            was, will = (shares(each, price_of, every, day, pausing) for each in (before, after))
            steps += difference(was, will, taken=taken)
    currency = session.get_one(Account, line.account_id).currency
    return take.Bill(line.id, line.account_id, currency, tuple(steps), tuple(one for one in once if one.minor))


def charge(
    session: Session,
    actor: Subscriber | System,
    *,
    made: take.Bill,
    order: OrderView,
    may_overdraw: bool,
    now: datetime,
) -> None:
    """Moves the bill's money by the order, and writes its rows. Raises ledger.NotEnough."""
    legs = take.legs(made, operators.of(session).currency_scale)
    if not legs:
        return
    posted = post(session, actor, kind=order.kind, key=str(order.id), legs=legs, now=now, may_overdraw=may_overdraw)
    rows = take.rows(session, made, cause=str(order.id), operation_id=posted.operation_id, order_id=order.id, now=now)
    take.write(session, rows)


def _periods(every: Every, since: date, until: date) -> Iterator[date]:
    """The first days of the months, or the days, from the one of `since` to the one of `until`."""
    day = period_of(every, since)[0]
    while day <= until:
        yield day
        day = period_of(every, day)[1]
