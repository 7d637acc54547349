"""Changing a line's plan, services or Пауза: choose, check, confirm, take back while it is not done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import halt
from selfcare_app.db import after_commit, keys_of
from selfcare_app.journal.record import record
from selfcare_app.kit import news
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.messaging import outbox
from selfcare_app.operators.effect import due_at
from selfcare_app.operators.schema.vocabulary import EffectKind
from selfcare_app.orders import agreement, draft, order, pause, services, tariff
from selfcare_app.orders.change_kind import Asked, Intent, Kind, asked
from selfcare_app.orders.change_views import Part, Terms
from selfcare_app.orders.fees import settle
from selfcare_app.orders.fees.take import Bill
from selfcare_app.orders.obstacles import NotOffered, TermsChanged, closed, shortage
from selfcare_app.orders.rules import DraftState
from selfcare_app.orders.tables import Draft
from selfcare_app.orders.views import DraftView, OrderView
from selfcare_app.subscribers.tables import Line

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (tariff.CHANGE, services.CONNECTING, services.DISCONNECTING, pause.PAUSING, pause.RESUMING)
}
_STEP, _SUBJECT = "choose", "subject"
LONGEST_SUBJECT = 64


@dataclass(frozen=True, slots=True)
class Weighed:
    """A change as it would be now: what is asked, what it comes to, its bill, when it is due, what is against it."""

    asked: Asked
    intent: Intent
    bill: Bill
    due_at: datetime
    obstacle: Refused | None


def begin(session: Session, actor: Subscriber, *, kind: str, subject: str, now: datetime) -> DraftView:
    """A draft of a change, `subject` the code of its plan or service; the same change is the same draft.

    Raises NotOffered, kit.NotAllowed, agreement.NotAgreed, and what stands against it, money apart.
    """
    actor.require_change()
    line = order.lock_line(session, actor.line_id)
    weighed = _weigh(session, actor, _kind(kind), line, subject[:LONGEST_SUBJECT], now, with_money=False)
    if weighed.obstacle is not None:
        raise weighed.obstacle
    answers = {_STEP: {_SUBJECT: subject}}
    for unfinished in draft.unfinished(session, actor, kind=kind):
        if unfinished.answers == answers:
            return unfinished
    return draft.begin(session, actor, kind=kind, answers=answers, now=now)


def review(session: Session, actor: Subscriber, *, draft_id: UUID, now: datetime) -> Terms:
    """What would be confirmed now: price, day, what ends with it, and what stands against it. AS-054.

    Raises NotOffered, orders.NoDraft, orders.DraftClosed.
    """
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind not in KINDS or row.state != DraftState.OPEN:
        raise draft.DraftClosed()
    return _terms(session, actor, row, session.get_one(Line, actor.line_id), now)


def confirm(session: Session, actor: Subscriber, *, draft_id: UUID, digest: str, now: datetime) -> OrderView:
    """Turns the draft into an order; the order's id is the draft's, and confirming again gives the same order.

    `digest` is the review's: it says exactly what the subscriber has seen. ISSA-089, ISSA-090, ISSA-041, ISSA-042.
    Raises what `review` raises, the review's obstacle, TermsChanged, kit.ProofNeeded.
    """
    actor.require_change()
    line = order.lock_line(session, actor.line_id)
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind in KINDS and row.state == DraftState.DONE:
        return order.own(session, actor, order_id=draft_id)
    terms = review(session, actor, draft_id=draft_id, now=now)
    if terms.obstacle is not None:
        raise terms.obstacle
    if terms.digest != digest:
        raise TermsChanged()
    if terms.needs_code:
        actor.require_proof(terms.kind, now, digest=digest)
    placed = order.place(
        session,
        actor,
        order_id=draft_id,
        kind=terms.kind,
        subject=terms.subject if KINDS[terms.kind].many else "",
        params={"code": terms.subject, "name": terms.name, "old_name": terms.old_name},
        price=terms.total if terms.total.minor > 0 else _zero(terms.total),
        due_at=terms.due_at,
        now=now,
    )
    row.state, row.changed_at = DraftState.DONE, now
    session.flush()
    if KINDS[terms.kind].tells_acceptance:
        tell(session, line, placed, f"accepted_{placed.kind}", now)
    _write_down(session, actor, "ordered_change", placed, now)
    after_commit(session, news.ring)
    return placed


def withdraw(session: Session, actor: Subscriber, *, order_id: UUID, now: datetime) -> OrderView:
    """Takes the order back before it is carried out: nothing changes, nothing is charged.

    Raises orders.NoOrder, orders.TooLate, kit.NotAllowed.
    """
    actor.require_change()
    order.lock_line(session, actor.line_id)
    found = order.own(session, actor, order_id=order_id)
    if found.kind not in KINDS:
        raise order.NoOrder()
    taken_back = order.withdraw(session, actor, order_id=order_id, kind=found.kind, now=now)
    _write_down(session, actor, "withdrew_order", taken_back, now)
    return taken_back


def tell(session: Session, line: Line, placed: OrderView, what: str, now: datetime) -> None:
    """Writes the subscriber of an order's fate by SMS."""
    if line.msisdn is None:
        return
    args = {"no": placed.no, "name": placed.params.get("name", ""), "due": placed.due_at, "price": placed.price}
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or operators.of(session).default_language,
        key=f"change.sms.{what}",
        args=args,
        dedup_key=f"{placed.kind}:{placed.id}:{what}",
        now=now,
    )


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise NotOffered()
    return KINDS[name]


def _weigh(
    session: Session, actor: Subscriber, kind: Kind, line: Line, subject: str, now: datetime, *, with_money: bool
) -> Weighed:
    profile = operators.of(session)
    due = due_at(kind.effect(profile), confirmed_at=now, zone=profile.zone)
    about = asked(session, line, subject, due)
    feature = kind.feature(about)
    if not profile.has(feature):
        raise NotOffered()
    intent = kind.intend(about)
    bill = settle.bill(
        session,
        line,
        before=about.known,
        after=intent.after,
        since=about.day,
        price_of=about.price_of,
        once=intent.once,
        now=now,
    )
    waiting = order.open_order(session, actor, kind=kind.name, subject=subject if kind.many else "")
    refusals = (
        halt.why_not(session, line_id=line.id),
        order.OpenOrder(no=waiting.no) if waiting else None,
        agreement.NotAgreed() if agreement.is_missing(session, line) else None,
        intent.obstacle,
        kind.why_not(session, line, now),
        closed(session, feature, now),
        shortage(session, line, about.money(bill.minor)) if with_money and not kind.may_owe(profile) else None,
    )
    return Weighed(about, intent, bill, due, next((refused for refused in refusals if refused), None))


def _terms(session: Session, actor: Subscriber, row: Draft, line: Line, now: datetime) -> Terms:
    kind, subject = KINDS[row.kind], str(row.answers[_STEP][_SUBJECT])
    weighed = _weigh(session, actor, kind, line, subject, now, with_money=True)
    profile, intent = operators.of(session), weighed.intent
    effect = kind.effect(profile)
    # A promise "within a day" moves with the clock; what was agreed to is the promise, and otherwise the day.
    moving = effect.kind in (EffectKind.AT_ONCE, EffectKind.WITHIN)
    promise = f"{effect.kind}:{effect.at_least_seconds}:{effect.at_most_seconds}"
    when = promise if moving else weighed.due_at.isoformat()
    parts = _parts(weighed)
    said = [f"{part.item}:{part.name}:{part.amount.minor}" for part in parts]
    fees = [str(fee.minor) if fee else "" for fee in (intent.fee, intent.old_fee)]
    bound = (row.kind, str(row.id), str(line.id), subject, when, intent.old_name, *fees, *said, *intent.ends)
    return Terms(
        draft_id=row.id,
        kind=row.kind,
        subject=subject,
        name=intent.name,
        total=weighed.asked.money(weighed.bill.minor),
        due_at=weighed.due_at,
        effect=effect.kind,
        at_least_seconds=effect.at_least_seconds or 0,
        at_most_seconds=effect.at_most_seconds,
        digest=keys_of(session).mac("change_terms", *bound),
        description=intent.description,
        old_name=intent.old_name,
        fee=intent.fee,
        fee_period=intent.fee_period,
        old_fee=intent.old_fee,
        old_fee_period=intent.old_fee_period,
        parts=parts,
        ends=intent.ends,
        no_return=intent.no_return,
        not_given_back=intent.not_given_back,
        needs_code=row.kind == tariff.KIND and profile.proofs.tariff_change is not None,
        obstacle=weighed.obstacle,
    )


def _parts(weighed: Weighed) -> tuple[Part, ...]:
    steps = [(step.share.item, step.share.price.name, step.minor) for step in weighed.bill.steps]
    once = [(one.item, weighed.intent.name, one.minor) for one in weighed.bill.once]
    return tuple(Part(item, name, weighed.asked.money(minor)) for item, name, minor in once + steps)


def _zero(like: Money) -> Money:
    return Money(0, like.currency, like.scale)


def _write_down(session: Session, actor: Subscriber, action: str, placed: OrderView, now: datetime) -> None:
    # What a delegate does is written down where his right is checked.
    if not actor.acting:
        record(session, actor, line_id=actor.line_id, action=action, details={"no": placed.no}, now=now)
