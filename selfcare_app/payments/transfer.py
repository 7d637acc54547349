"""Giving money to another subscriber: whom and how much, check, confirm with fresh proof; once or by schedule."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, or_, select

from selfcare_app import operators
from selfcare_app.access import sim_window
from selfcare_app.db import after_commit, keys_of
from selfcare_app.kit import amount as typed_amount
from selfcare_app.kit import news
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Fault, NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators.schema.vocabulary import Recurrence
from selfcare_app.orders import draft
from selfcare_app.orders.journey import Field, Journey, NoSuchChoice, Step
from selfcare_app.orders.rules import DraftState
from selfcare_app.orders.tables import Draft
from selfcare_app.payments import transfer_recipient as recipients
from selfcare_app.payments import transfer_rules as rules
from selfcare_app.payments import transfer_schedule as schedules
from selfcare_app.payments import transfer_send as sending
from selfcare_app.payments.transfer_send import KIND, offered
from selfcare_app.payments.transfer_tables import MoneyTransfer
from selfcare_app.payments.transfer_views import Begun, Done, Standing, Terms, Transferred
from selfcare_app.subscribers.tables import Line

JOURNEY = Journey(
    KIND,
    (
        Step("to", (Field("number"), Field("amount"), Field("recurrence", required=False), Field("day"))),
        Step("review"),
        Step("code"),
    ),
)
T = TypeVar("T")
SHOWN = 20
"""How many transfers the page shows."""


class TermsChanged(Refused):
    """What would be confirmed is not what was reviewed."""

    code = "sharing.terms_changed"


class NoTransfer(NotFound):
    """There is no such transfer among the actor's own."""

    code = "sharing.no_transfer"


def standing(session: Session, actor: Subscriber, *, now: datetime) -> Standing:
    """What the page begins with. IH-033, IH-035, AS-064. Raises kit.OwnOnly, NotOffered."""
    actor.require_own()
    rule, line = offered(session), session.get_one(Line, actor.line_id)
    has = sending.funds(session, line)
    factor = sim_window.limits_factor(session, line_id=line.id, session_id=actor.session_id, now=now)
    return Standing(
        funds=has,
        least=Money(rule.min_minor, has.currency, has.scale),
        most=Money(int(rule.max_minor * factor), has.currency, has.scale),
        fee=sending.fee_of(session),
        schedules=schedules.own(session, actor),
        history=_history(session, actor),
        obstacle=sending.stopped(session, line, session_id=actor.session_id, now=now),
    )


def begin(
    session: Session,
    actor: Subscriber,
    *,
    number: str,
    amount: str,
    recurrence: str = "",
    day: str = "",
    now: datetime,
) -> Begun:
    """A draft of what was typed, or what is wrong with it by field; the number is counted either way (T13).

    Raises kit.OwnOnly, NotOffered and what stands against any transfer.
    """
    actor.require_own()
    rule, profile = offered(session), operators.of(session)
    line = sending.lock(session, actor.line_id)
    if refusal := sending.stopped(session, line, session_id=actor.session_id, now=now):
        raise refusal
    faults: dict[str, Fault] = {}
    recipient = _kept(faults, "number", lambda: _recipient(session, line, number, now))
    money = _kept(faults, "amount", lambda: typed_amount.read(amount, profile.currency, profile.currency_scale))
    when = _kept(faults, "recurrence", lambda: _recurrence(rule.recurrences, recurrence))
    on = _kept(faults, "day", lambda: rules.day_of(when, day) if when else 0)
    if recipient is None or money is None or faults:
        return Begun(None, faults)
    if refusal := _over_limits(session, actor, line, recipient, money, when, now):
        return Begun(None, {"amount": refusal})
    given = {"number": recipient.msisdn, "amount": str(money.minor), "recurrence": when or "", "day": str(on)}
    return Begun(draft.begin(session, actor, kind=KIND, answers={"to": given}, now=now).id)


def review(session: Session, actor: Subscriber, *, draft_id: UUID, now: datetime) -> Terms:
    """What would be confirmed now, and what stands against it.

    Raises kit.OwnOnly, NotOffered, NoDraft, DraftClosed, NoRecipient, OwnNumber.
    """
    actor.require_own()
    offered(session)
    line, row = session.get_one(Line, actor.line_id), _open(session, actor, draft_id)
    return _terms(session, actor, line, row, now)[0]


def confirm(session: Session, actor: Subscriber, *, draft_id: UUID, digest: str, now: datetime) -> Done:
    """Sends the money, or begins the schedule; once for a draft however often it is asked.

    `digest` is the review's, and the proof is bound to it. IH-033, IH-034, AS-064. Raises what `review` raises, its
    obstacle, TermsChanged, kit.ProofNeeded.
    """
    actor.require_own()
    offered(session)
    line = sending.lock(session, actor.line_id)
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind == KIND and row.state == DraftState.DONE:
        return done(session, actor, transfer_id=draft_id)
    terms, recipient = _terms(session, actor, line, _open(session, actor, draft_id), now)
    if terms.obstacle is not None:
        raise terms.obstacle
    if terms.digest != digest:
        raise TermsChanged()
    if operators.of(session).proofs.transfer is not None:
        actor.require_proof(KIND, now, digest=digest)
    row.state, row.changed_at = DraftState.DONE, now
    if terms.recurrence:
        schedules.begin(session, actor, terms=terms, recipient=recipient, now=now)
    else:
        key = str(draft_id)
        sending.send(
            session,
            actor,
            line=line,
            recipient=recipient,
            money=terms.amount,
            transfer_id=draft_id,
            key=key,
            now=now,
        )
    after_commit(session, news.ring)
    return done(session, actor, transfer_id=draft_id)


def done(session: Session, actor: Subscriber, *, transfer_id: UUID) -> Done:
    """What came of a confirmed draft. Raises kit.OwnOnly, NoTransfer."""
    actor.require_own()
    own = (MoneyTransfer.id == transfer_id, MoneyTransfer.line_id == actor.line_id)
    row = session.exec(select(MoneyTransfer).where(*own)).one_or_none()
    if row is not None:
        return Done(row.id, _seen(session, actor, row), None)
    scheduled = schedules.one(session, actor, schedule_id=transfer_id)
    if scheduled is None:
        raise NoTransfer()
    return Done(scheduled.id, None, scheduled)


def _recipient(session: Session, line: Line, number: str, now: datetime) -> Line:
    msisdn = Msisdn.parse(number, operators.of(session).numbering)
    if msisdn == line.msisdn:
        raise recipients.OwnNumber()
    if refusal := recipients.budget(session, line_id=line.id, number=msisdn, rule=offered(session), now=now):
        raise refusal
    return recipients.find(session, line, msisdn)


def _recurrence(allowed: tuple[Recurrence, ...], typed: str) -> Recurrence | None:
    if typed and typed not in allowed:
        raise NoSuchChoice()
    return Recurrence(typed) if typed else None


def _kept(faults: dict[str, Fault], name: str, read: Callable[[], T]) -> T | None:
    try:
        return read()
    except Refused as wrong:
        faults[name] = wrong
        return None


def _over_limits(
    session: Session,
    actor: Subscriber,
    line: Line,
    recipient: Line,
    money: Money,
    recurrence: Recurrence | None,
    now: datetime,
) -> Refused | None:
    refusal = sending.over_limits(session, line, recipient, money, session_id=actor.session_id, now=now)
    if recurrence is None:
        return refusal
    # What is left of this day and month says nothing about the days of a schedule.
    at_once = refusal if isinstance(refusal, rules.TooLittle | rules.TooMuch) else None
    return at_once or schedules.refusal(session, line, recurrence, money)


def _open(session: Session, actor: Subscriber, draft_id: UUID) -> Draft:
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind != KIND or row.state != DraftState.OPEN:
        raise draft.DraftClosed()
    JOURNEY.require("review", row.answers)
    return row


def _terms(session: Session, actor: Subscriber, line: Line, row: Draft, now: datetime) -> tuple[Terms, Line]:
    profile, given = operators.of(session), row.answers["to"]
    money = Money(int(given["amount"]), profile.currency, profile.currency_scale)
    recipient = recipients.find(session, line, Msisdn(given["number"]))
    fee, recurrence, day = sending.fee_of(session), given["recurrence"], int(given["day"])
    first = None
    if recurrence:
        first = rules.following(Recurrence(recurrence), day, now.astimezone(profile.zone).date())
    # Whose number it is belongs to what is agreed to: a number can be another's tomorrow.
    said = (given["number"], str(recipient.id), given["amount"], money.currency, str(fee.minor), recurrence, str(day))
    terms = Terms(
        draft_id=row.id,
        number=Msisdn(given["number"]),
        amount=money,
        fee=fee,
        total=money + fee,
        recurrence=recurrence,
        day=day,
        first_on=first,
        digest=keys_of(session).mac("transfer_terms", str(row.id), str(line.id), *said),
        obstacle=_obstacle(session, actor, line, recipient, money, recurrence, now),
    )
    return terms, recipient


def _obstacle(
    session: Session, actor: Subscriber, line: Line, recipient: Line, money: Money, recurrence: str, now: datetime
) -> Refused | None:
    refusal = sending.stopped(session, line, session_id=actor.session_id, now=now)
    if refusal is not None:
        return refusal
    regular = Recurrence(recurrence) if recurrence else None
    limits = _over_limits(session, actor, line, recipient, money, regular, now)
    if limits is not None or regular is not None:
        return limits
    return sending.short(session, line, money + sending.fee_of(session))


def _history(session: Session, actor: Subscriber) -> tuple[Transferred, ...]:
    table = MoneyTransfer
    sides = or_(col(table.line_id) == actor.line_id, col(table.recipient_line_id) == actor.line_id)
    query = select(table).where(sides).order_by(col(table.sent_at).desc(), col(table.id).desc()).limit(SHOWN)
    return tuple(_seen(session, actor, row) for row in session.exec(query).all())


def _seen(session: Session, actor: Subscriber, row: MoneyTransfer) -> Transferred:
    came_in, scale = row.recipient_line_id == actor.line_id, operators.of(session).currency_scale
    return Transferred(
        id=row.id,
        at=row.sent_at,
        number=Msisdn(row.sender if came_in else row.recipient),
        amount=Money(row.amount_minor, row.currency, scale),
        fee=Money(0 if came_in else row.fee_minor, row.currency, scale),
        came_in=came_in,
        by_schedule=row.schedule_id is not None,
    )
