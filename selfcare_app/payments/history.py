"""Payments received for the account that pays for the actor's line."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.access import subjects
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.operators.schema.vocabulary import Period
from selfcare_app.payments import rules
from selfcare_app.payments.history_views import ClientPayment, PaymentsOfPeriod, PeriodsOffered
from selfcare_app.payments.tables import Payment
from selfcare_app.payments.views import PaymentView
from selfcare_app.subscribers.tables import Line

SHOWN = 200
_DAY = timedelta(days=1)


class NoSuchPeriod(Refused):
    """Payments are shown from `first` to `last`, by whole months where the operator has it so."""

    code = "history.no_such_period"


class BackToFront(Refused):
    """The first day comes after the last one."""

    code = "history.back_to_front"


def last(session: Session, actor: Subscriber, *, limit: int, now: datetime) -> tuple[PaymentView, ...]:
    """The last payments, newest first, however they came in."""
    return _newest(session, actor, limit, col(Payment.paid_at) <= now)


def offered(session: Session, actor: Subscriber, *, now: datetime) -> PeriodsOffered:
    """The periods that can be asked for today: this month and as many before it as the operator shows."""
    today = now.astimezone(operators.of(session).zone).date()
    months = rules.months_back(today, operators.of(session).payments.history_months_back)
    return PeriodsOffered(months, months[-1], today)


def of_period(session: Session, actor: Subscriber, *, first: date, last_day: date, now: datetime) -> PaymentsOfPeriod:
    """Payments of a period with their total. ISSA-058, IH-012, IH-013, AS-043. Raises NoSuchPeriod, BackToFront."""
    within = _within(session, actor, first, last_day, now)
    own = select(Line.account_id).where(Line.id == actor.line_id).scalar_subquery()
    total, count = _total(session, col(Payment.account_id) == own, *within)
    return PaymentsOfPeriod(first, last_day, _newest(session, actor, SHOWN, *within), total, count)


def of_client(session: Session, actor: Subscriber, *, first: date, last_day: date, now: datetime) -> PaymentsOfPeriod:
    """The same for all accounts of the organisation that the signed-in administrator looks after. ADM-006.

    Raises subjects.NotAKeeper, NoSuchPeriod, BackToFront.
    """
    own = session.get_one(Line, actor.signed_line_id)
    kept = subjects.kept_accounts(session, own=own, now=now)
    if not kept:
        raise subjects.NotAKeeper()
    numbers = {account.id: account.number for account in kept}
    within = (col(Payment.account_id).in_(numbers), *_within(session, actor, first, last_day, now))
    total, count = _total(session, *within)
    query = select(Payment).where(*within).order_by(col(Payment.paid_at).desc(), col(Payment.id).desc()).limit(SHOWN)
    scale = operators.of(session).currency_scale
    payments = tuple(
        ClientPayment(
            row.id, row.paid_at, Money(row.amount_minor, row.currency, scale), row.channel, numbers[row.account_id]
        )
        for row in session.exec(query).all()
    )
    return PaymentsOfPeriod(first, last_day, payments, total, count)


def _within(
    session: Session, actor: Subscriber, first: date, last_day: date, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    """The condition of a period that may be shown. Raises NoSuchPeriod, BackToFront."""
    shown, profile = offered(session, actor, now=now), operators.of(session)
    if first > last_day:
        raise BackToFront()
    by_month = profile.payments.history_period is Period.MONTH
    if first < shown.earliest or last_day > shown.latest or (by_month and not _is_month(first, last_day, shown)):
        raise NoSuchPeriod(first=shown.earliest, last=shown.latest)
    since = datetime.combine(first, time.min, profile.zone)
    until = min(datetime.combine(last_day + _DAY, time.min, profile.zone), now + timedelta(microseconds=1))
    return col(Payment.paid_at) >= since, col(Payment.paid_at) < until


def _total(session: Session, *which: ColumnElement[bool]) -> tuple[Money, int]:
    profile = operators.of(session)
    query = select(func.coalesce(func.sum(Payment.amount_minor), 0), func.count()).select_from(Payment).where(*which)
    total, count = session.exec(query).one()
    return Money(int(total), profile.currency, profile.currency_scale), count


def _is_month(first: date, last_day: date, shown: PeriodsOffered) -> bool:
    return first in shown.months and last_day == min(rules.last_of_month(first), shown.latest)


def _newest(session: Session, actor: Subscriber, limit: int, *within: ColumnElement[bool]) -> tuple[PaymentView, ...]:
    query = (
        select(Payment)
        .join(Line, col(Line.account_id) == Payment.account_id)
        .where(Line.id == actor.line_id, *within)
        .order_by(col(Payment.paid_at).desc(), col(Payment.id).desc())
        .limit(limit)
    )
    scale = operators.of(session).currency_scale
    return tuple(
        PaymentView(row.id, row.paid_at, Money(row.amount_minor, row.currency, scale), row.channel)
        for row in session.exec(query).all()
    )
