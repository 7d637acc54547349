"""Top-up on an acquirer's page, as the subscriber begins it and sees what became of it (ISSA-063, AS-062, AS-063)."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from selfcare_app import operators
from selfcare_app.access import quota
from selfcare_app.db import after_commit
from selfcare_app.journal.record import record
from selfcare_app.kit import news
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators import Profile
from selfcare_app.payments import other_line, rules_top_up
from selfcare_app.payments.hosted_seen import view
from selfcare_app.payments.hosted_tables import HostedPayment
from selfcare_app.payments.hosted_views import HostedView, Offer
from selfcare_app.subscribers.tables import Account, Line

_LOOKED_BACK = timedelta(days=1)
_DAY_SECONDS = 86_400
_OPEN = ("new", "pending")
_LEAST_NO, _NUMBERS = 100_000_000, 900_000_000


class WayClosed(Refused):
    """There is no such way to pay here."""

    code = "topup.way_closed"


class NoSuchNumber(Refused):
    """The number is nobody's here: nothing can be put on it."""

    code = "topup.no_such_number"


class TooManyNumbers(Refused):
    """Too many numbers of others were named today; `again` is when one may name others."""

    code = "topup.too_many_numbers"


class TooManyOpen(Refused):
    """So many payments were begun and not finished that no more is begun; `limit` says how many."""

    code = "topup.too_many_open"


class TicketSpent(Refused):
    """The form was sent already with something else in it."""

    code = "topup.ticket_spent"


class NoPayment(NotFound):
    """The line has begun no such payment."""

    code = "topup.no_payment"


def offer(session: Session, actor: Subscriber, *, now: datetime) -> Offer:
    """What may be paid from the page, and what was begun and is not finished."""
    line = session.get_one(Line, actor.line_id)
    profile = operators.of(session)
    rule = profile.top_up
    left = None
    if rule.other_lines and rule.other_max_per_month_minor is not None:
        counted = quota.used(session, scope=rules_top_up.SCOPE, subject=str(line.id), now=now)
        left = _money(profile, max(0, rule.other_max_per_month_minor - counted))
    query = _own(actor).where(col(HostedPayment.state).in_(_OPEN), col(HostedPayment.created_at) > now - _LOOKED_BACK)
    open_ = session.exec(query.order_by(col(HostedPayment.created_at).desc())).all()
    return Offer(
        number=Msisdn(line.msisdn) if line.msisdn else None,
        least=_money(profile, rules_top_up.least(rule, is_other=False)),
        most=_money(profile, rules_top_up.most(rule, is_other=False)),
        other_least=_money(profile, rules_top_up.least(rule, is_other=True)) if rule.other_lines else None,
        other_most=_money(profile, rules_top_up.most(rule, is_other=True)) if rule.other_lines else None,
        other_left=left,
        unfinished=tuple(view(row, profile) for row in open_),
    )


def name_other(session: Session, actor: Subscriber, *, number: str, now: datetime) -> None:
    """Counts that a number is named, if it is another's: who tries all numbers finds out nothing (T13).

    Raises kit.not_a_number, TooManyNumbers.
    """
    line, profile = session.get_one(Line, actor.line_id), operators.of(session)
    if not number.strip() or Msisdn.parse(number, profile.numbering) == line.msisdn:
        return
    scope, subject = "top_up.named", str(actor.line_id)
    limit = profile.top_up.named_per_day
    if quota.take(session, scope=scope, subject=subject, limit=limit, seconds=_DAY_SECONDS, now=now) is None:
        again = quota.resets_at(session, scope=scope, subject=subject, now=now)
        raise TooManyNumbers(again=again or now)


def begin(
    session: Session,
    actor: Subscriber,
    *,
    ticket: UUID,
    way: str,
    acquirer: str,
    number: str,
    amount: Money,
    keeps_card: bool = False,
    now: datetime,
) -> HostedView:
    """Writes down what is going to be paid; the worker has the acquirer's page opened afterwards.

    `ticket` was made when the form was shown: the same form sent twice is one payment. `number` is empty for one's
    own line. With `keeps_card` the acquirer is asked to keep the card. ISSA-063, AS-062, AS-063.

    Raises kit.not_a_number, WayClosed, TicketSpent, NoSuchNumber, TooManyOpen, rules_top_up.OwnOnly, TooLittle,
    TooMuch, MonthSpent.
    """
    own = session.get_one(Line, actor.line_id, with_for_update=True)
    profile = operators.of(session)
    if way not in profile.top_up.ways or not acquirer:
        raise WayClosed()
    own_number = Msisdn(own.msisdn or "")
    typed = Msisdn.parse(number, profile.numbering) if number.strip() else own_number
    earlier = session.exec(_own(actor).where(HostedPayment.id == ticket)).one_or_none()
    if earlier is not None:
        return _same(earlier, profile, amount=amount, msisdn=typed, way=way)
    is_other = typed != own_number
    refusal = rules_top_up.refusal(profile.top_up, amount, is_other=is_other)
    if refusal is not None:
        raise refusal
    credited = _credited(session, own, typed, amount) if is_other else own
    _check_open(session, actor, profile, now)
    if is_other:
        other_line.count(session, line_id=own.id, amount=amount, now=now)
    row = HostedPayment(
        id=ticket,
        no=_unused_no(session),
        line_id=own.id,
        account_id=credited.account_id,
        msisdn=typed,
        is_other=is_other,
        way=way,
        acquirer=acquirer,
        amount_minor=amount.minor,
        currency=amount.currency,
        language=actor.language or own.language,
        keeps_card=keeps_card,
        created_at=now,
        due_at=now,
    )
    session.add(row)
    session.flush()
    said = {"no": row.no, "amount": amount.text, "currency": amount.currency}
    record(session, actor, line_id=own.id, action="began_top_up", details=said, now=now)
    after_commit(session, news.ring)
    return view(row, profile)


def own(session: Session, actor: Subscriber, *, payment_id: UUID) -> HostedView:
    """A payment that the actor's line has begun. Raises NoPayment."""
    row = session.exec(_own(actor).where(HostedPayment.id == payment_id)).one_or_none()
    if row is None:
        raise NoPayment()
    return view(row, operators.of(session))


def _own(actor: Subscriber) -> SelectOfScalar[HostedPayment]:
    return select(HostedPayment).where(HostedPayment.line_id == actor.line_id)


def _same(row: HostedPayment, profile: Profile, *, amount: Money, msisdn: str, way: str) -> HostedView:
    if (row.amount_minor, row.msisdn, row.way) != (amount.minor, msisdn, way):
        raise TicketSpent()
    return view(row, profile)


def _credited(session: Session, own: Line, msisdn: Msisdn, amount: Money) -> Line:
    query = (
        select(Line)
        .join(Account, col(Account.id) == Line.account_id)
        .where(Line.msisdn == msisdn, Line.state != "closed", Account.currency == amount.currency)
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NoSuchNumber()
    return found


def _check_open(session: Session, actor: Subscriber, profile: Profile, now: datetime) -> None:
    since = now - _LOOKED_BACK
    query = select(func.count()).where(
        HostedPayment.line_id == actor.line_id,
        col(HostedPayment.state).in_(_OPEN),
        col(HostedPayment.created_at) > since,
    )
    if session.exec(query).one() >= profile.top_up.unfinished_at_once:
        raise TooManyOpen(limit=profile.top_up.unfinished_at_once)


def _unused_no(session: Session) -> int:
    while True:
        no = _LEAST_NO + secrets.randbelow(_NUMBERS)
        if session.exec(select(HostedPayment.id).where(HostedPayment.no == no)).first() is None:
            return no


def _money(profile: Profile, minor: int) -> Money:
    return Money(minor, profile.currency, profile.currency_scale)
