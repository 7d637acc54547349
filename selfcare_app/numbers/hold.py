"""Holding a number for a while: one holder at any instant, some at once, and never longer than it was promised."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, update
from sqlmodel import Session, col, select

from selfcare_app.access import account_lock, halt, quota, sim_window
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.numbers import memory, rules
from selfcare_app.numbers.rules import State
from selfcare_app.numbers.search import offered
from selfcare_app.numbers.tables import NumberHold, PoolNumber
from selfcare_app.numbers.views import Held
from selfcare_app.operators import Profile
from selfcare_app.subscribers.tables import Line


class Taken(Refused):
    """Somebody else has the number: `number`."""

    code = "numbers.taken"


class NoSuchNumber(NotFound):
    """The number is not among those that the operator offers."""

    code = "numbers.no_such_number"


class TooManyHolds(Refused):
    """The session holds as many numbers as it may: `limit`."""

    code = "numbers.too_many_holds"


class TooManyHoldsToday(Refused):
    """The line has held as many numbers today as it may: `limit`."""

    code = "numbers.too_many_holds_today"


def hold(session: Session, actor: Subscriber, *, number: str, now: datetime) -> Held:
    """Takes a free number out of everybody else's sight; the same session asking again changes nothing, nor the end.

    ISSA-091. Raises NotOffered, kit.NotANumber, NoSuchNumber, Taken, TooManyHolds(limit), TooManyHoldsToday(limit).
    """
    actor.require_change()
    profile, rule, plan = offered(session)
    msisdn = Msisdn.parse(number, profile.numbering)
    if not msisdn.startswith(plan.prefixes):
        raise NoSuchNumber()
    line = lock_line(session, actor.line_id)
    stopped = halt.why_not(session, line_id=line.id) or account_lock.why_not(session, line_id=line.id)
    if stopped is not None:
        raise stopped
    factor = sim_window.limits_factor(session, line_id=line.id, session_id=actor.session_id, now=now)
    own = held_by(session, actor, now=now)
    for kept in own:
        if kept.number == msisdn:
            return kept
    at_once = sim_window.halved(rule.holds_per_session, factor)
    if len(own) >= at_once:
        raise TooManyHolds(limit=at_once)
    _count_today(session, actor, profile, sim_window.halved(rule.holds_per_day, factor), now)
    _take(session, msisdn, now)
    until = now + timedelta(seconds=rule.hold_seconds)
    session.add(
        NumberHold(
            id=new_id(),
            number=int(msisdn),
            line_id=actor.line_id,
            session_id=actor.session_id,
            created_at=now,
            expires_at=until,
        )
    )
    session.flush()
    return next(kept for kept in held_by(session, actor, now=now) if kept.number == msisdn)


def held_by(session: Session, actor: Subscriber, *, now: datetime) -> tuple[Held, ...]:
    """What the session holds, the oldest first."""
    profile, rule, _ = offered(session)
    query = (
        select(NumberHold.number, PoolNumber.category, NumberHold.expires_at)
        .join(PoolNumber, col(PoolNumber.number) == col(NumberHold.number))
        .where(*_own(actor), *_live(now))
        .order_by(col(NumberHold.created_at), col(NumberHold.id))
    )
    found = []
    for number, index, until in session.exec(query).all():
        category = rules.category_at(rule, index)
        found.append(Held(Msisdn(number), category, rules.price(profile, rule, category), until))
    return tuple(found)


def release(session: Session, actor: Subscriber, *, number: str, now: datetime) -> None:
    """Lets a number go that the session holds; one that it does not hold is left alone."""
    lock_line(session, actor.line_id)
    digits = int(Msisdn.parse(number, offered(session)[0].numbering))
    _let_go(session, (*_own(actor), col(NumberHold.number) == digits, col(NumberHold.order_id).is_(None)), now)


def release_of(session: Session, session_ids: Collection[UUID], now: datetime) -> None:
    """Frees what ended sessions held; what an order has claimed stays with the order. ISSA-024."""
    if session_ids:
        _let_go(session, (col(NumberHold.session_id).in_(session_ids), col(NumberHold.order_id).is_(None)), now)


def forget_of(session: Session, session_ids: Select[UUID]) -> None:
    """Takes sessions that are about to be forgotten out of what they held."""
    session.execute(update(NumberHold).where(col(NumberHold.session_id).in_(session_ids)).values(session_id=None))


def sweep(session: Session, actor: System, *, now: datetime, limit: int = 500) -> int:
    """Frees numbers whose hold has run out; gives how many."""
    over = (
        select(NumberHold.id)
        .where(col(NumberHold.released_at).is_(None), col(NumberHold.order_id).is_(None), NumberHold.expires_at <= now)
        .order_by(col(NumberHold.expires_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = session.exec(over).all()
    return _let_go(session, (col(NumberHold.id).in_(ids),), now) if ids else 0


def claim_for_order(session: Session, actor: Subscriber, *, number: str, order_id: UUID, now: datetime) -> bool:
    """Turns the session's live hold into an order's claim, which does not run out; False if there is no such hold."""
    claimed = session.connection().execute(
        update(NumberHold)
        .where(*_own(actor), *_live(now), col(NumberHold.number) == int(number))
        .values(order_id=order_id)
    )
    return claimed.rowcount == 1


def free_of_order(session: Session, *, order_id: UUID, now: datetime) -> None:
    """Gives a number back that an order had claimed."""
    _let_go(session, (col(NumberHold.order_id) == order_id,), now)


def lock_line(session: Session, line_id: UUID) -> Line:
    """The line, which nobody else acts upon until this transaction ends: the first lock of all acts on its number."""
    # Rows that merely name the line may be added meanwhile, or the end of a session and an act would wait in a circle.
    return session.exec(select(Line).where(Line.id == line_id).with_for_update(key_share=True)).one()


def _own(actor: Subscriber) -> tuple[ColumnElement[bool], ...]:
    return (col(NumberHold.session_id) == actor.session_id, col(NumberHold.line_id) == actor.line_id)


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    # By the hour on the clock and not by the sweeper: a hold is over when its time is, whoever has noticed.
    unreleased, unclaimed = col(NumberHold.released_at).is_(None), col(NumberHold.order_id).is_(None)
    return (unreleased, unclaimed, col(NumberHold.expires_at) > now)


def _count_today(session: Session, actor: Subscriber, profile: Profile, limit: int, now: datetime) -> None:
    today = now.astimezone(profile.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = (today + timedelta(days=1)).astimezone(now.tzinfo)
    subject = str(actor.line_id)
    if quota.take_until(session, scope="number_hold", subject=subject, limit=limit, until=tomorrow, now=now) is None:
        raise TooManyHoldsToday(limit=limit)


def _take(session: Session, number: Msisdn, now: datetime) -> None:
    over = (
        col(NumberHold.number) == int(number),
        col(NumberHold.order_id).is_(None),
        col(NumberHold.expires_at) <= now,
    )
    _let_go(session, over, now)
    taken = session.connection().execute(
        update(PoolNumber)
        .where(col(PoolNumber.number) == int(number), col(PoolNumber.state) == State.FREE)
        .values(state=State.HELD)
    )
    if taken.rowcount == 1:
        memory.changed(session, [(int(number), 0)])
        return
    if session.get(PoolNumber, int(number)) is None:
        raise NoSuchNumber()
    raise Taken(number=number)


def _let_go(session: Session, which: Sequence[ColumnElement[bool]], now: datetime) -> int:
    ended = session.connection().execute(
        update(NumberHold)
        .where(*which, col(NumberHold.released_at).is_(None))
        .values(released_at=now)
        .returning(col(NumberHold.number))
    )
    numbers = [row.number for row in ended]
    if not numbers:
        return 0
    freed = session.connection().execute(
        update(PoolNumber)
        .where(col(PoolNumber.number).in_(numbers), col(PoolNumber.state) == State.HELD)
        .values(state=State.FREE)
        .returning(col(PoolNumber.number), col(PoolNumber.category))
    )
    memory.changed(session, [(row.number, row.category + 1) for row in freed])
    return len(numbers)
