"""Paying in by a voucher: the code once, for the own number or another one, wrong codes counted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import event, quota
from selfcare_app.db import keys_of
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Fault, NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.ledger import balance
from selfcare_app.ledger.post import Leg, post
from selfcare_app.messaging import outbox
from selfcare_app.operators.schema.money import Voucher as Rule
from selfcare_app.payments.tables import Payment
from selfcare_app.payments.voucher import rules
from selfcare_app.payments.voucher.tables import Voucher
from selfcare_app.payments.voucher.views import Attempt, Offer, Redeemed
from selfcare_app.subscribers.tables import Account, Line

KIND = "voucher"
_SCOPE = "voucher.fails"
_DAY = 86_400


class NotOffered(NotFound):
    """The operator sells no such cards."""

    code = "voucher.not_offered"


class Malformed(Refused):
    """A code has `digits` digits; nothing was looked up, nothing counted. ISSA-064, IH-024."""

    code = "voucher.malformed"


class Unknown(Refused):
    """There is no such card, or it is used up by somebody else: which of the two is not told. `left` tries today."""

    code = "voucher.unknown"


class FailsOver(Refused):
    """Too many wrong codes; again at `until`. ASVS 2.4.1."""

    code = "voucher.fails_over"


class Expired(Refused):
    """The card's time ran out on `on`."""

    code = "voucher.expired"


class Blocked(Refused):
    """The operator has withdrawn the card: lost, stolen, or never sold."""

    code = "voucher.blocked"


class OwnLineOnly(Refused):
    """With this operator a card pays for the own number alone."""

    code = "voucher.own_line_only"


class NoSuchNumber(Refused):
    """No line in service with this operator has the number, or it is kept in another currency."""

    code = "voucher.no_such_number"


class NoResult(NotFound):
    """Nothing was paid in from this line under that name."""

    code = "voucher.no_result"


def redeem(session: Session, actor: Subscriber, *, code: str, number: str, now: datetime) -> Attempt:
    """Pays the card's value into the account of the own line, or of `number` where the operator allows that.

    A wrong code counts for the line that is signed in; the same card again by the same line gives the same operation.
    What is refused for the code's sake stands in the answer, so that the count stays. ISSA-064, IH-024, IH-025, AS-062.

    Raises NotOffered, Malformed, OwnLineOnly, kit.NotANumber, kit.NotAllowed.
    """
    actor.require_change()
    rule, msisdn = _rule(session), _number(session, number)
    plain = rules.code_of(code, rule.digits)
    if plain is None:
        raise Malformed(digits=rule.digits)
    subject, limit = str(actor.signed_line_id), rule.fails_per_day
    # Counted before it is looked up and given back after: whoever tries many at once waits here for one another.
    count = quota.take(session, scope=_SCOPE, subject=subject, limit=limit, seconds=_DAY, now=now)
    if count is None:
        until = quota.resets_at(session, scope=_SCOPE, subject=subject, now=now)
        return Attempt(fault=FailsOver(until=until))
    card = _found(session, plain)
    if card is None or (card.state == "redeemed" and card.by_line_id != actor.line_id):
        event.record(
            session, KIND, "wrong", line_id=actor.signed_line_id, session_id=actor.session_id,
            address=actor.address, now=now,
        )  # fmt: skip
        return Attempt(fault=Unknown(left=limit - count))
    quota.give_back(session, scope=_SCOPE, subject=subject, now=now)
    return _settled(session, actor, card, msisdn, now)


def offer(session: Session, actor: Subscriber, *, now: datetime) -> Offer:
    """What the page begins with: the own number, and until when no code is taken. Raises NotOffered."""
    rule, subject = _rule(session), str(actor.signed_line_id)
    own = session.get_one(Line, actor.line_id).msisdn
    is_over = quota.used(session, scope=_SCOPE, subject=subject, now=now) >= rule.fails_per_day
    until = quota.resets_at(session, scope=_SCOPE, subject=subject, now=now) if is_over else None
    return Offer(Msisdn(own) if own else None, until)


def result(session: Session, actor: Subscriber, *, operation_id: UUID) -> Redeemed:
    """What was paid in by a card from the actor's line. Raises NoResult."""
    query = select(Voucher).where(Voucher.redeemed_by == operation_id, Voucher.by_line_id == actor.line_id)
    card = session.exec(query).one_or_none()
    if card is None or card.redeemed_at is None:
        raise NoResult()
    own, paid = session.get_one(Line, actor.line_id), session.get_one(Line, card.line_id)
    return Redeemed(
        amount=_value(session, card),
        number=Msisdn(paid.msisdn) if paid.msisdn else None,
        at=card.redeemed_at,
        balance=balance.of_account(session, own.account_id) if own.account_id == paid.account_id else None,
    )


def macs(session: Session, code: str) -> tuple[str, ...]:
    """What a card of that code may be kept under, the key in use first."""
    return keys_of(session).macs("voucher", code)


def _rule(session: Session) -> Rule:
    rule = operators.of(session).voucher
    if rule is None:
        raise NotOffered()
    return rule


def _number(session: Session, typed: str) -> Msisdn | None:
    """The number to pay for, None for the own one. Raises OwnLineOnly, NotANumber."""
    profile = operators.of(session)
    if not typed.strip():
        return None
    if not _rule(session).other_lines:
        raise OwnLineOnly()
    try:
        return Msisdn.parse(typed, profile.numbering)
    except NotANumber as wrong:
        raise NotANumber(example=profile.numbering.input_hint) from wrong


def _found(session: Session, code: str) -> Voucher | None:
    query = select(Voucher).where(col(Voucher.code_mac).in_(macs(session, code))).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).first()


def _settled(session: Session, actor: Subscriber, card: Voucher, msisdn: Msisdn | None, now: datetime) -> Attempt:
    if card.state == "redeemed":
        return Attempt(card.redeemed_by)
    if card.state != "active":
        return Attempt(fault=Blocked())
    if rules.is_over(card.expires_at, now):
        return Attempt(fault=Expired(on=card.expires_at.astimezone(operators.of(session).zone).date()))
    paid = _line(session, actor, msisdn, card.currency)
    if isinstance(paid, Fault):
        return Attempt(fault=paid)
    return Attempt(_paid_in(session, actor, card, paid, now))


def _line(session: Session, actor: Subscriber, msisdn: Msisdn | None, currency: str) -> Line | NoSuchNumber:
    whose = Line.id == actor.line_id if msisdn is None else Line.msisdn == msisdn
    query = (
        select(Line)
        .join(Account, col(Account.id) == Line.account_id)
        .where(whose, Line.state != "closed", Account.currency == currency)
    )
    return session.exec(query).one_or_none() or NoSuchNumber()


def _paid_in(session: Session, actor: Subscriber, card: Voucher, line: Line, now: datetime) -> UUID:
    amount = _value(session, card)
    leg = Leg(("voucher_liability", ""), ("subscriber", line.account_id), amount, KIND)
    operation_id = post(session, actor, kind=KIND, key=card.code_mac, legs=[leg], now=now).operation_id
    used = update(Voucher).where(col(Voucher.code_mac) == card.code_mac, col(Voucher.state) == "active")
    owner = {"line_id": line.id, "by_line_id": actor.line_id}
    spent = session.connection().execute(
        used.values(state="redeemed", redeemed_by=operation_id, redeemed_at=now, **owner)
    )
    if spent.rowcount != 1:
        # The row is locked above, so nobody can have come between: a card paid in twice must never be written.
        raise AssertionError("a voucher was redeemed twice")
    session.add(
        Payment(
            id=new_id(), external_id=f"{KIND}:{operation_id}", account_id=line.account_id, paid_at=now,
            amount_minor=amount.minor, currency=amount.currency, channel=KIND, operation_id=operation_id,
        )
    )  # fmt: skip
    session.flush()
    session.expire(card)
    _tell(session, actor, line, amount, operation_id, now)
    return operation_id


def _tell(session: Session, actor: Subscriber, line: Line, amount: Money, operation_id: UUID, now: datetime) -> None:
    if not actor.acting:
        details = {"amount": amount.text, "currency": amount.currency}
        record(session, actor, line_id=actor.line_id, action="voucher_redeemed", details=details, now=now)
    if line.msisdn is None:
        return
    has = balance.of_account(session, line.account_id)
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or operators.of(session).default_language,
        key="voucher.sms.paid_in",
        args={"amount": amount, "balance": has},
        dedup_key=f"{KIND}:{operation_id}",
        now=now,
    )


def _value(session: Session, card: Voucher) -> Money:
    return Money(card.value_minor, card.currency, operators.of(session).currency_scale)
