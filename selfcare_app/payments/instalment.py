"""Instalments: how each purchase stands, and paying the next one or all of the rest from the balance."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.access import halt, subjects
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.ledger.post import Leg, post
from selfcare_app.messaging import outbox
from selfcare_app.payments import instalment_rules as rules
from selfcare_app.payments.instalment_tables import Instalment, InstalmentPayment
from selfcare_app.payments.instalment_views import InstalmentView, Paid
from selfcare_app.subscribers.tables import Line

KIND = "instalment"
"""The kind of the operations, and the code of their transfers."""


class NotOffered(Refused):
    """The operator does not take instalments from the balance."""

    code = "instalment.not_offered"


class NoInstalment(NotFound):
    """The line has no such purchase."""

    code = "instalment.none"


class PaidOff(Refused):
    """Everything is paid already."""

    code = "instalment.paid_off"


class Changed(Refused):
    """What would be paid is not what was shown: `amount` is due now. Nothing was moved."""

    code = "instalment.changed"


class TicketUsed(Refused):
    """The page's ticket was used for another payment."""

    code = "instalment.ticket_used"


def read(session: Session, actor: Subscriber, *, now: datetime) -> tuple[InstalmentView, ...]:
    """The line's purchases: those to be paid first, the next due on top. ISSA-056, ADM-024."""
    query = select(Instalment).where(Instalment.line_id == actor.line_id)
    return _in_order(session, session.exec(query).all(), may_pay=_may_pay(session, actor))


def of_client(session: Session, actor: Subscriber, *, now: datetime) -> tuple[InstalmentView, ...]:
    """The purchases of all lines of the organisation that the actor looks after, by number. ADM-010.

    Raises subjects.NotAKeeper.
    """
    kept = subjects.kept_accounts(session, own=session.get_one(Line, actor.signed_line_id), now=now)
    if not kept:
        raise subjects.NotAKeeper()
    query = (
        select(Instalment, Line.msisdn)
        .join(Line, col(Line.id) == Instalment.line_id)
        .where(col(Line.account_id).in_([account.id for account in kept]), Line.state != "closed")
        .order_by(col(Line.msisdn), col(Instalment.bought_on))
    )
    return tuple(
        _view(session, row, may_pay=False, number=Msisdn(msisdn) if msisdn else None)
        for row, msisdn in session.exec(query).all()
    )


def pay(
    session: Session,
    actor: Subscriber,
    *,
    instalment_id: UUID,
    ticket: UUID,
    whole: bool,
    shown_minor: int,
    rest_minor: int,
    now: datetime,
) -> Paid:
    """Pays the next payment, or the whole rest, from the balance; once for a ticket however often it is asked.

    `shown_minor` is the amount that the subscriber agreed to and `rest_minor` what the page said is left, so that two
    pages never pay twice for one wish. ISSA-057. Raises kit.OwnOnly, NotOffered, security.Halted, NoInstalment,
    PaidOff, Changed, TicketUsed, ledger.NotEnough.
    """
    actor.require_own()
    if not _may_pay(session, actor):
        raise NotOffered()
    line = session.get_one(Line, actor.line_id, with_for_update=True)
    row = _locked(session, actor, instalment_id)
    earlier = session.get(InstalmentPayment, ticket)
    if earlier is not None:
        return _again(session, earlier, row)
    if stopped := halt.why_not(session, line_id=line.id):
        raise stopped
    amount = _due(session, row, whole=whole, shown_minor=shown_minor, rest_minor=rest_minor)
    leg = Leg(("subscriber", line.account_id), ("revenue", KIND), amount, KIND)
    posted = post(session, actor, kind=KIND, key=str(ticket), legs=[leg], now=now)
    session.add(
        InstalmentPayment(
            id=ticket,
            instalment_id=row.id,
            line_id=line.id,
            paid_at=now,
            amount_minor=amount.minor,
            operation_id=posted.operation_id,
        )
    )
    session.flush()
    after = _view(session, row, may_pay=True)
    details = {"instalment": row.external_id, "amount": amount.text}
    record(session, actor, line_id=line.id, action="instalment_paid", details=details, now=now)
    _tell(session, line, after, amount, ticket, now)
    return Paid(ticket, amount, after)


def _may_pay(session: Session, actor: Subscriber) -> bool:
    rule = operators.of(session).instalments
    return rule is not None and rule.self_write_off and actor.acting is None


def _locked(session: Session, actor: Subscriber, instalment_id: UUID) -> Instalment:
    own = select(Instalment).where(Instalment.id == instalment_id, Instalment.line_id == actor.line_id)
    row = session.exec(own.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NoInstalment()
    return row


def _again(session: Session, earlier: InstalmentPayment, row: Instalment) -> Paid:
    if earlier.instalment_id != row.id:
        raise TicketUsed()
    return Paid(earlier.id, _money(session, earlier.amount_minor), _view(session, row, may_pay=True))


def _due(session: Session, row: Instalment, *, whole: bool, shown_minor: int, rest_minor: int) -> Money:
    rest = _rest(session, row)
    if rest == 0:
        raise PaidOff()
    amount = rules.due(rest, row.monthly_minor, whole=whole)
    if (amount, rest) != (shown_minor, rest_minor):
        raise Changed(amount=_money(session, amount))
    return _money(session, amount)


def _rest(session: Session, row: Instalment) -> int:
    # What billing tells of a later moment holds what was paid here before it.
    paid = select(func.sum(InstalmentPayment.amount_minor)).where(
        InstalmentPayment.instalment_id == row.id, InstalmentPayment.paid_at > row.as_of
    )
    return max(0, row.rest_minor - int(session.exec(paid).one() or 0))


def _in_order(session: Session, rows: Sequence[Instalment], *, may_pay: bool) -> tuple[InstalmentView, ...]:
    views = [_view(session, row, may_pay=may_pay) for row in rows]
    return tuple(sorted(views, key=lambda each: (each.left == 0, each.next_on or each.matures_on, each.title)))


def _view(session: Session, row: Instalment, *, may_pay: bool, number: Msisdn | None = None) -> InstalmentView:
    rest = _rest(session, row)
    left = rules.left(rest, row.monthly_minor)
    ahead = rules.left(row.rest_minor, row.monthly_minor) - left
    return InstalmentView(
        id=row.id,
        title=row.title,
        bought_on=row.bought_on,
        matures_on=row.matures_on,
        payments=row.payments,
        left=left,
        monthly=_money(session, row.monthly_minor),
        rest=_money(session, rest),
        upcoming=_money(session, rules.due(rest, row.monthly_minor, whole=False)),
        next_on=rules.next_on(row.next_on, ahead) if left else None,
        as_of=row.as_of,
        may_pay=may_pay and left > 0,
        number=number,
    )


def _money(session: Session, minor: int) -> Money:
    profile = operators.of(session)
    return Money(minor, profile.currency, profile.currency_scale)


def _tell(session: Session, line: Line, after: InstalmentView, amount: Money, ticket: UUID, now: datetime) -> None:
    if line.msisdn is None:
        return
    args = {"amount": amount, "title": after.title}
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or operators.of(session).default_language,
        key="instalment.sms.paid" if after.left else "instalment.sms.paid_off",
        args=args | ({"rest": after.rest} if after.left else {}),
        dedup_key=f"{KIND}:{ticket}",
        now=now,
    )
