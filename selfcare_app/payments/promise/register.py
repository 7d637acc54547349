"""Registering a promised payment: the amount, the check, and the money at once until it is taken back."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import halt
from selfcare_app.journal.record import record
from selfcare_app.kit import amount as typed_amount
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.messaging import outbox
from selfcare_app.operators.schema.money import PromisedPayment as Rule
from selfcare_app.orders import draft
from selfcare_app.orders.journey import Field, Journey, Step
from selfcare_app.orders.rules import DraftState
from selfcare_app.orders.views import DraftView
from selfcare_app.payments.promise import rules
from selfcare_app.payments.promise.tables import PromisedPayment
from selfcare_app.payments.promise.views import Offer, PromiseView, Review
from selfcare_app.subscribers.tables import Account, Line

KIND = "promised_payment"
JOURNEY = Journey(KIND, (Step("amount", (Field("amount", longest=24),)), Step("review")))
SHOWN = 50


class NotOffered(NotFound):
    """The operator lends nothing against a promise."""

    code = "promise.not_offered"


class ActiveAlready(Refused):
    """As many as may be active are: possible again when it is repaid, or taken back at `until`."""

    code = "promise.active_already"


class LineClosed(Refused):
    """The line is out of service for good."""

    code = "promise.line_closed"


class NoPromise(NotFound):
    """The account has no such promised payment."""

    code = "promise.none"


def offer(session: Session, actor: Subscriber, *, now: datetime) -> Offer:
    """What the actor may promise now. Raises NotOffered."""
    rule, account = _rule(session), _account(session, actor)
    return Offer(
        least=_money(session, rule.min_minor, account),
        most=_money(session, rule.max_minor, account),
        valid_days=rule.valid_days,
        obstacle=_obstacle(session, actor, account, rule),
    )


def mine(session: Session, actor: Subscriber) -> tuple[PromiseView, ...]:
    """The account's registered payments with their state, the newest first. ISSA-059, IH-014. Raises NotOffered."""
    _rule(session)
    query = (
        select(PromisedPayment)
        .join(Line, col(Line.account_id) == PromisedPayment.account_id)
        .where(Line.id == actor.line_id)
        .order_by(col(PromisedPayment.made_at).desc(), col(PromisedPayment.id).desc())
        .limit(SHOWN)
    )
    return tuple(_view(session, row) for row in session.exec(query).all())


def one(session: Session, actor: Subscriber, *, promise_id: UUID) -> PromiseView:
    """One of them. Raises NoPromise."""
    query = (
        select(PromisedPayment)
        .join(Line, col(Line.account_id) == PromisedPayment.account_id)
        .where(Line.id == actor.line_id, PromisedPayment.id == promise_id)
    )
    row = session.exec(query).one_or_none()
    if row is None:
        raise NoPromise()
    return _view(session, row)


def begin(session: Session, actor: Subscriber, *, amount: str, now: datetime) -> DraftView:
    """A draft for the typed amount; the same amount is the same draft. ISSA-060, ISSA-061.

    Raises NotOffered, kit.NotAllowed, kit.NotAnAmount, rules.TooMuch, rules.TooLittle, and what stands against it.
    """
    actor.require_change()
    rule, account = _rule(session), _account(session, actor)
    read = typed_amount.read(amount, account.currency, operators.of(session).currency_scale)
    rules.check(read, rule)
    refusal = _obstacle(session, actor, account, rule)
    if refusal is not None:
        raise refusal
    answers = {"amount": {"amount": read.text}}
    for unfinished in draft.unfinished(session, actor, kind=KIND):
        if unfinished.answers == answers:
            return unfinished
    return draft.begin(session, actor, kind=KIND, answers=answers, now=now)


def review(session: Session, actor: Subscriber, *, draft_id: UUID, now: datetime) -> Review:
    """What would be registered now. Raises NotOffered, NoDraft, DraftClosed, StepNotYet."""
    rule, account = _rule(session), _account(session, actor)
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind != KIND or row.state != DraftState.OPEN:
        raise draft.DraftClosed()
    JOURNEY.require("review", row.answers)
    scale = operators.of(session).currency_scale
    amount = typed_amount.read(row.answers["amount"]["amount"], account.currency, scale)
    return Review(draft_id, amount, rules.due_at(now, rule), _obstacle(session, actor, account, rule))


def confirm(session: Session, actor: Subscriber, *, draft_id: UUID, now: datetime) -> PromiseView:
    """Lends the amount at once; confirmed again it is the same promise. ISSA-060, ISSA-062, IH-026, ADM-006.

    Raises what `review` raises and its obstacle, kit.NotAllowed.
    """
    actor.require_change()
    # Everybody who promises for the account waits here, so that no more are active than may be.
    account = _account(session, actor, is_locked=True)
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind == KIND and row.state == DraftState.DONE:
        return one(session, actor, promise_id=draft_id)
    terms, rule = review(session, actor, draft_id=draft_id, now=now), _rule(session)
    rules.check(terms.amount, rule)
    slot = rules.free_slot(_taken(session, account), rule)
    if terms.obstacle is not None or slot is None:
        raise terms.obstacle or ActiveAlready()
    leg = Leg(receivable(account.id), ("subscriber", account.id), terms.amount, KIND)
    lent = post(session, actor, kind=KIND, key=str(draft_id), legs=[leg], now=now)
    made = PromisedPayment(
        id=draft_id, account_id=account.id, line_id=actor.line_id, slot=slot, amount_minor=terms.amount.minor,
        currency=account.currency, made_at=now, due_at=terms.due_at, transfer_id=lent.transfers[0],
    )  # fmt: skip
    session.add(made)
    row.state, row.changed_at = DraftState.DONE, now
    session.flush()
    _tell(session, actor, made, now)
    return _view(session, made)


def receivable(account_id: UUID) -> tuple[str, str]:
    """The operator's account that shows what this personal account has promised and not paid (I10)."""
    return "promised_receivable", str(account_id)


def _rule(session: Session) -> Rule:
    rule = operators.of(session).promised_payment
    if rule is None:
        raise NotOffered()
    return rule


def _account(session: Session, actor: Subscriber, *, is_locked: bool = False) -> Account:
    query = select(Account).join(Line, col(Line.account_id) == Account.id).where(Line.id == actor.line_id)
    return session.exec(query.with_for_update(of=Account) if is_locked else query).one()


def _obstacle(session: Session, actor: Subscriber, account: Account, rule: Rule) -> Refused | None:
    stopped = halt.why_not(session, line_id=actor.line_id)
    if stopped is not None:
        return stopped
    if session.get_one(Line, actor.line_id).state == "closed":
        return LineClosed()
    if rules.free_slot(_taken(session, account), rule) is not None:
        return None
    first = select(PromisedPayment.due_at).where(*_active(account)).order_by(col(PromisedPayment.due_at))
    return ActiveAlready(until=session.exec(first.limit(1)).one())


def _taken(session: Session, account: Account) -> list[int]:
    return list(session.exec(select(PromisedPayment.slot).where(*_active(account))).all())


def _active(account: Account) -> tuple[bool, bool]:
    return PromisedPayment.account_id == account.id, PromisedPayment.state == "active"


def _tell(session: Session, actor: Subscriber, made: PromisedPayment, now: datetime) -> None:
    amount = Money(made.amount_minor, made.currency, operators.of(session).currency_scale)
    if not actor.acting:
        details = {"amount": amount.text, "currency": amount.currency}
        record(session, actor, line_id=actor.line_id, action="promised_payment", details=details, now=now)
    line = session.get_one(Line, actor.line_id)
    if line.msisdn is None:
        return
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or actor.language or operators.of(session).default_language,
        key="promise.sms.made",
        args={"amount": amount, "due": made.due_at},
        dedup_key=f"{KIND}:{made.id}:made",
        now=now,
    )


def _money(session: Session, minor: int, account: Account) -> Money:
    return Money(minor, account.currency, operators.of(session).currency_scale)


def _view(session: Session, row: PromisedPayment) -> PromiseView:
    amount = Money(row.amount_minor, row.currency, operators.of(session).currency_scale)
    return PromiseView(row.id, amount, row.made_at, row.due_at, row.state, row.ended_at)
