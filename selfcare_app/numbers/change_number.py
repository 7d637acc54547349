"""Changing one's number: choose, check, confirm with a code, take back while it is not done."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.db import after_commit, keys_of
from selfcare_app.journal.record import record
from selfcare_app.kit import news
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.messaging import outbox
from selfcare_app.numbers import hold
from selfcare_app.numbers.eligibility import KIND, obstacle
from selfcare_app.numbers.search import offered
from selfcare_app.numbers.views import Held, Review, Standing
from selfcare_app.operators.effect import due_at
from selfcare_app.operators.schema.vocabulary import EffectKind
from selfcare_app.orders import draft, order
from selfcare_app.orders.journey import Field, Journey, Step
from selfcare_app.orders.rules import DraftState
from selfcare_app.orders.views import DraftView, OrderView
from selfcare_app.subscribers.tables import Line

JOURNEY = Journey(KIND, (Step("number", (Field("number"),)), Step("review"), Step("code")))


class HoldOver(Refused):
    """The hold on the chosen number has ended, or it is another session's: `number`."""

    code = "numbers.hold_over"


class TermsChanged(Refused):
    """What would be confirmed is not what was reviewed: another price, day or number."""

    code = "numbers.terms_changed"


class NotWithdrawable(Refused):
    """The operator does not let such an order be taken back."""

    code = "numbers.not_withdrawable"


def standing(session: Session, actor: Subscriber, *, now: datetime) -> Standing:
    """What the page of choice begins with; with an order that waits, its id. Raises NotOffered."""
    _, rule, _ = offered(session)
    line = session.get_one(Line, actor.line_id)
    waiting = order.open_order(session, actor, kind=KIND)
    return Standing(
        number=Msisdn(line.msisdn) if line.msisdn else None,
        held=hold.held_by(session, actor, now=now),
        obstacle=obstacle(session, actor, line=line, rule=rule, price=None, now=now),
        order_id=waiting.id if waiting else None,
    )


def begin(session: Session, actor: Subscriber, *, number: str, now: datetime) -> DraftView:
    """A draft for a number that the session holds; the same number is the same draft. ISSA-091.

    Raises NotOffered, kit.NotANumber, HoldOver and what eligibility says.
    """
    profile, rule, _ = offered(session)
    msisdn = Msisdn.parse(number, profile.numbering)
    line = hold.lock_line(session, actor.line_id)
    held = _held(session, actor, msisdn, now)
    refusal = obstacle(session, actor, line=line, rule=rule, price=None, now=now)
    if refusal is not None:
        raise refusal
    answers = {"number": {"number": str(held.number)}}
    for unfinished in draft.unfinished(session, actor, kind=KIND):
        if unfinished.answers == answers:
            return unfinished
    return draft.begin(session, actor, kind=KIND, answers=answers, now=now)


def review(session: Session, actor: Subscriber, *, draft_id: UUID, now: datetime) -> Review:
    """What would be confirmed now: number, price, day, what becomes of the old number, and what stands against it.

    Raises NotOffered, NoDraft, DraftClosed, StepNotYet, HoldOver.
    """
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind != KIND or row.state != DraftState.OPEN:
        raise draft.DraftClosed()
    JOURNEY.require("review", row.answers)
    line = session.get_one(Line, actor.line_id)
    return _reviewed(session, actor, line, draft_id, Msisdn(row.answers["number"]["number"]), now)


def confirm(session: Session, actor: Subscriber, *, draft_id: UUID, digest: str, now: datetime) -> OrderView:
    """Turns the draft into an order; the order's id is the draft's, and confirming again gives the same order.

    `digest` is the review's: it says exactly what the subscriber has seen, and the proof is bound to it.
    ISSA-091, ISSA-040, ISSA-041, ISSA-042. Raises what `review` raises, the review's obstacle, TermsChanged,
    kit.ProofNeeded.
    """
    actor.require_change()
    line = hold.lock_line(session, actor.line_id)
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind == KIND and row.state == DraftState.DONE:
        return order.own(session, actor, order_id=draft_id)
    terms = review(session, actor, draft_id=draft_id, now=now)
    if terms.obstacle is not None:
        raise terms.obstacle
    if terms.digest != digest:
        raise TermsChanged()
    if operators.of(session).proofs.number_change is not None:
        actor.require_proof(KIND, now, digest=digest)
    placed = order.place(
        session,
        actor,
        order_id=draft_id,
        kind=KIND,
        params={"number": terms.number, "old_number": terms.old_number, "category": terms.category},
        price=terms.price,
        due_at=terms.due_at,
        now=now,
    )
    row.state, row.changed_at = DraftState.DONE, now
    # In the order in which the end of a session takes them: the draft, then the hold.
    session.flush()
    if not hold.claim_for_order(session, actor, number=terms.number, order_id=draft_id, now=now):
        raise HoldOver(number=terms.number)
    _tell(session, actor, line, placed, now)
    _write_down(session, actor, "ordered_number_change", placed, now)
    after_commit(session, news.ring)
    return placed


def withdraw(session: Session, actor: Subscriber, *, order_id: UUID, now: datetime) -> OrderView:
    """Takes the order back before it is carried out: the number is free again, nothing is charged.

    Raises NotOffered, NotWithdrawable, orders.NoOrder, orders.TooLate.
    """
    actor.require_change()
    _, rule, _ = offered(session)
    if not rule.withdrawable:
        raise NotWithdrawable()
    hold.lock_line(session, actor.line_id)
    taken_back = order.withdraw(session, actor, order_id=order_id, kind=KIND, now=now)
    hold.free_of_order(session, order_id=order_id, now=now)
    _write_down(session, actor, "withdrew_order", taken_back, now)
    return taken_back


def _reviewed(session: Session, actor: Subscriber, line: Line, draft_id: UUID, number: Msisdn, now: datetime) -> Review:
    profile, rule, _ = offered(session)
    held = _held(session, actor, number, now)
    due = due_at(rule.effect, confirmed_at=now, zone=profile.zone)
    # A promise "within a day" moves with the clock; what was agreed to is the promise, and otherwise the day.
    moving = rule.effect.kind in (EffectKind.AT_ONCE, EffectKind.WITHIN)
    promise = f"{rule.effect.kind}:{rule.effect.at_least_seconds}:{rule.effect.at_most_seconds}"
    when = promise if moving else due.isoformat()
    terms = (number, str(held.price.minor), held.price.currency, when)
    return Review(
        draft_id=draft_id,
        number=number,
        old_number=Msisdn(line.msisdn or ""),
        category=held.category,
        price=held.price,
        due_at=due,
        effect=rule.effect.kind,
        at_least_seconds=rule.effect.at_least_seconds or 0,
        at_most_seconds=rule.effect.at_most_seconds,
        quarantine_days=rule.quarantine_days,
        held_until=held.until,
        digest=keys_of(session).mac("number_change_terms", str(draft_id), str(actor.line_id), *terms),
        obstacle=obstacle(session, actor, line=line, rule=rule, price=held.price, now=now),
    )


def _held(session: Session, actor: Subscriber, number: Msisdn, now: datetime) -> Held:
    for held in hold.held_by(session, actor, now=now):
        if held.number == number:
            return held
    raise HoldOver(number=number)


def _write_down(session: Session, actor: Subscriber, action: str, placed: OrderView, now: datetime) -> None:
    # What a delegate does is written down where his right is checked.
    if not actor.acting:
        record(session, actor, line_id=actor.line_id, action=action, details={"no": placed.no}, now=now)


def _tell(session: Session, actor: Subscriber, line: Line, placed: OrderView, now: datetime) -> None:
    if line.msisdn is None:
        return
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or actor.language or operators.of(session).default_language,
        key="numbers.sms.accepted",
        args={"no": placed.no, "number": Msisdn(placed.params["number"]), "due": placed.due_at, "price": placed.price},
        dedup_key=f"{KIND}:{placed.id}:accepted",
        now=now,
    )
