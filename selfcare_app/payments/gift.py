"""Gifts for bonus units: what is offered now, and taking one."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import halt
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, NotEnough, post
from selfcare_app.ledger.rules import BONUS
from selfcare_app.messaging import outbox
from selfcare_app.payments.bonus_rules import CURRENCY
from selfcare_app.payments.bonus_tables import Gift, GiftExchange
from selfcare_app.payments.bonus_views import GiftView, Taken
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.tables import Allowance

KIND = "gift"


class NoGift(NotFound):
    """The gift is not in the catalogue, or not any more."""

    code = "bonus.no_gift"


class TooFew(Refused):
    """There are `units` at hand, `missing` are missing."""

    code = "bonus.too_few"


class LineNotActive(Refused):
    """The line is paused or blocked: the gift's days would pass unused."""

    code = "bonus.line_not_active"


class TicketUsed(Refused):
    """The page's ticket was used for another gift."""

    code = "bonus.ticket_used"


def offered(session: Session, *, now: datetime) -> tuple[GiftView, ...]:
    """The version of each gift that is in force, the cheapest first. IH-038."""
    query = select(Gift).where(Gift.valid_from <= now).order_by(col(Gift.code), col(Gift.valid_from))
    latest = {row.code: row for row in session.exec(query).all()}
    in_force = [row for row in latest.values() if row.valid_until is None or row.valid_until > now]
    return tuple(
        GiftView(row.id, row.name, row.description, row.units, row.kind, row.amount, row.days)
        for row in sorted(in_force, key=lambda row: (row.units, row.name))
    )


def take(session: Session, actor: Subscriber, *, gift_id: UUID, ticket: UUID, now: datetime) -> Taken:
    """Exchanges units for a gift, which is the line's at once; once for a ticket however often it is asked. IH-038.

    Raises kit.OwnOnly, NoGift, TooFew, LineNotActive, TicketUsed, security.Halted.
    """
    actor.require_own()
    rule = operators.of(session).bonus
    if rule is None or not rule.gift_catalogue:
        raise NoGift()
    line = session.get_one(Line, actor.line_id, with_for_update=True, populate_existing=True)
    earlier = session.get(GiftExchange, ticket)
    if earlier is not None:
        return _again(session, actor, earlier, gift_id)
    if stopped := halt.why_not(session, line_id=line.id):
        raise stopped
    if line.state != "active":
        raise LineNotActive()
    gift = next((each for each in offered(session, now=now) if each.id == gift_id), None)
    if gift is None:
        raise NoGift()
    leg = Leg((BONUS, line.account_id), ("bonus_spent", KIND), Money(gift.units, CURRENCY, 0), "bonus_gift")
    try:
        posted = post(session, actor, kind=KIND, key=str(ticket), legs=[leg], now=now)
    except NotEnough as short:
        raise TooFew(units=short.params["available"].minor, missing=short.params["missing"].minor) from short
    return _given(session, actor, line, gift, ticket, posted.operation_id, now)


def _given(
    session: Session, actor: Subscriber, line: Line, gift: GiftView, ticket: UUID, operation_id: UUID, now: datetime
) -> Taken:
    today = now.astimezone(operators.of(session).zone).date()
    until = today + timedelta(days=gift.days)
    session.add(
        Allowance(
            id=new_id(),
            line_id=line.id,
            code=f"gift-{ticket}",
            name=gift.name,
            kind=gift.kind,
            total=gift.amount,
            promo=True,
            period_from=today,
            period_until=until,
            as_of=now,
        )
    )
    exchange = GiftExchange(
        id=ticket,
        line_id=line.id,
        gift_id=gift.id,
        units=gift.units,
        taken_at=now,
        until=until,
        operation_id=operation_id,
    )
    session.add(exchange)
    session.flush()
    details = {"gift": gift.name, "units": gift.units}
    record(session, actor, line_id=line.id, action="bonus_exchanged", details=details, now=now)
    if line.msisdn:
        outbox.enqueue(
            session,
            recipient=line.msisdn,
            language=line.language or operators.of(session).default_language,
            key="bonus.sms.gift",
            args={"name": gift.name, "last": until - timedelta(days=1)},
            dedup_key=f"{KIND}:{ticket}",
            now=now,
        )
    return Taken(ticket, gift.name, gift.units, until)


def _again(session: Session, actor: Subscriber, earlier: GiftExchange, gift_id: UUID) -> Taken:
    if (earlier.gift_id, earlier.line_id) != (gift_id, actor.line_id):
        raise TicketUsed()
    return Taken(earlier.id, session.get_one(Gift, gift_id).name, earlier.units, earlier.until)
