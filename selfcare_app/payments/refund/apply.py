"""Applying for the return of a wrong payment: what was paid where, the check, the code, the wait for the answer."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.access import halt
from selfcare_app.db import keys_of
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.messaging import outbox
from selfcare_app.operators.schema.money import Refund as Rule
from selfcare_app.orders import draft
from selfcare_app.orders.journey import Field, Journey, Step
from selfcare_app.orders.rules import LOWEST_NO, DraftState
from selfcare_app.orders.views import DraftView
from selfcare_app.payments.refund import rules, typed
from selfcare_app.payments.refund.tables import RefundApplication
from selfcare_app.payments.refund.views import ApplicationView, Review, Terms
from selfcare_app.subscribers.tables import Line

KIND = "refund"
DETAILS = "details"
JOURNEY = Journey(
    KIND,
    (
        Step(DETAILS, (Field("number"), Field("amount"), Field("paid_on"), Field("receipt", required=False))),
        Step("review"),
        Step("code"),
    ),
)
SHOWN = 50


class NotOffered(NotFound):
    """The operator takes no such applications in the cabinet."""

    code = "refund.not_offered"


class NoNumber(Refused):
    """The line has no number that a payment could have been meant for."""

    code = "refund.no_number"


class TooManyWaiting(Refused):
    """As many applications as may wait do."""

    code = "refund.too_many_waiting"


class AppliedAlready(Refused):
    """The same payment is under review already: application `no`."""

    code = "refund.applied_already"


class TermsChanged(Refused):
    """What would be applied for is not what was reviewed."""

    code = "refund.terms_changed"


class NoApplication(NotFound):
    """The line has no such application."""

    code = "refund.no_application"


def terms(session: Session, actor: Subscriber, *, now: datetime) -> Terms:
    """The conditions, and what stands against an application now. Raises NotOffered, kit.OwnOnly."""
    actor.require_own()
    rule, line = _rule(session), session.get_one(Line, actor.line_id)
    profile = operators.of(session)
    today = now.astimezone(profile.zone).date()
    return Terms(
        number=Msisdn(line.msisdn) if line.msisdn else None,
        most=Money(rule.max_minor, profile.currency, profile.currency_scale),
        days=rule.max_age_days,
        digits=rule.max_differing_digits,
        working_days=rule.review_working_days,
        earliest=today - timedelta(days=rule.max_age_days),
        latest=today,
        obstacle=_obstacle(session, line, rule),
    )


def mine(session: Session, actor: Subscriber) -> tuple[ApplicationView, ...]:
    """The line's applications, the newest first. Raises kit.OwnOnly."""
    actor.require_own()
    query = select(RefundApplication).where(RefundApplication.line_id == actor.line_id)
    rows = session.exec(query.order_by(col(RefundApplication.applied_at).desc()).limit(SHOWN)).all()
    return tuple(view(session, row) for row in rows)


def begin(
    session: Session, actor: Subscriber, *, number: str, amount: str, paid_on: str, receipt: str, now: datetime
) -> DraftView:
    """A draft of what was typed, if it meets the conditions. ISSA-065, ISSA-066, ISSA-067, ISSA-069.

    Raises NotOffered, kit.OwnOnly, what stands against it, and orders.NotAnswered with the refusal of each field.
    """
    actor.require_own()
    rule, line = _rule(session), session.get_one(Line, actor.line_id)
    refusal = _obstacle(session, line, rule)
    if refusal is not None:
        raise refusal
    told = typed.read(
        operators.of(session), rule, own=line.msisdn or "", number=number, amount=amount, paid_on=paid_on,
        receipt=receipt, now=now,
    )  # fmt: skip
    answers = {DETAILS: told.answers}
    for unfinished in draft.unfinished(session, actor, kind=KIND):
        if unfinished.answers == answers:
            return unfinished
    return draft.begin(session, actor, kind=KIND, answers=answers, now=now)


def review(session: Session, actor: Subscriber, *, draft_id: UUID, now: datetime) -> Review:
    """What would be applied for now. Raises NotOffered, kit.OwnOnly, NoDraft, DraftClosed, StepNotYet, NotAnswered."""
    actor.require_own()
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind != KIND or row.state != DraftState.OPEN:
        raise draft.DraftClosed()
    JOURNEY.require("review", row.answers)
    rule, line = _rule(session), session.get_one(Line, actor.line_id)
    profile, right = operators.of(session), Msisdn(line.msisdn or "")
    # Looked at anew: a day later the payment may be too old.
    told = typed.read(profile, rule, own=right, now=now, **row.answers[DETAILS])
    due_on = rules.review_by(now.astimezone(profile.zone).date(), rule.review_working_days)
    bound = (right, told.number, told.amount.text, str(told.paid_on), told.receipt)
    return Review(
        draft_id=draft_id,
        right=right,
        wrong=told.number,
        amount=told.amount,
        paid_on=told.paid_on,
        receipt=told.receipt,
        due_on=due_on,
        digest=keys_of(session).mac("refund_terms", str(draft_id), str(actor.line_id), *bound),
        obstacle=_obstacle(session, line, rule) or _same(session, line, told),
    )


def confirm(session: Session, actor: Subscriber, *, draft_id: UUID, digest: str, now: datetime) -> ApplicationView:
    """Hands the application in, once however often it is confirmed. ISSA-070.

    `digest` is the review's, and the proof is bound to it. Raises what `review` raises, its obstacle, TermsChanged,
    kit.ProofNeeded.
    """
    actor.require_own()
    # Who applies twice at once waits here, so that no more wait than may.
    line = session.exec(select(Line).where(Line.id == actor.line_id).with_for_update()).one()
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind == KIND and row.state == DraftState.DONE:
        return own(session, actor, application_id=draft_id)
    told = review(session, actor, draft_id=draft_id, now=now)
    if told.obstacle is not None:
        raise told.obstacle
    if told.digest != digest:
        raise TermsChanged()
    if operators.of(session).proofs.refund is not None:
        actor.require_proof(KIND, now, digest=digest)
    made = RefundApplication(
        id=draft_id, no=_unused_no(session), line_id=line.id, right_number=told.right, wrong_number=told.wrong,
        amount_minor=told.amount.minor, currency=told.amount.currency, paid_on=told.paid_on, receipt=told.receipt,
        applied_at=now, due_on=told.due_on,
    )  # fmt: skip
    session.add(made)
    row.state, row.changed_at = DraftState.DONE, now
    session.flush()
    record(session, actor, line_id=line.id, action="refund_applied", details={"no": made.no}, now=now)
    args = {"no": made.no, "due": made.due_on}
    tell(session, line, "applied", args, dedup_key=f"{KIND}:{made.id}:applied", now=now)
    return view(session, made)


def own(session: Session, actor: Subscriber, *, application_id: UUID) -> ApplicationView:
    """One of the line's applications. Raises NoApplication, kit.OwnOnly."""
    actor.require_own()
    query = select(RefundApplication).where(
        RefundApplication.id == application_id, RefundApplication.line_id == actor.line_id
    )
    row = session.exec(query).one_or_none()
    if row is None:
        raise NoApplication()
    return view(session, row)


def view(session: Session, row: RefundApplication) -> ApplicationView:
    """The row as its subscriber sees it."""
    return ApplicationView(
        id=row.id,
        no=row.no,
        right=Msisdn(row.right_number),
        wrong=Msisdn(row.wrong_number),
        amount=Money(row.amount_minor, row.currency, operators.of(session).currency_scale),
        paid_on=row.paid_on,
        applied_at=row.applied_at,
        due_on=row.due_on,
        state=row.state,
        reason=row.reason,
        decided_at=row.decided_at,
    )


def tell(session: Session, line: Line, what: str, args: dict[str, object], *, dedup_key: str, now: datetime) -> None:
    """Sends the line an SMS `refund.sms.<what>`; a line without a number hears nothing."""
    if line.msisdn is None:
        return
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or operators.of(session).default_language,
        key=f"refund.sms.{what}",
        args=args,
        dedup_key=dedup_key,
        now=now,
    )


def _rule(session: Session) -> Rule:
    rule = operators.of(session).refund
    if rule is None:
        raise NotOffered()
    return rule


def _obstacle(session: Session, line: Line, rule: Rule) -> Refused | None:
    stopped = halt.why_not(session, line_id=line.id)
    if stopped is not None:
        return stopped
    if line.msisdn is None:
        return NoNumber()
    waiting = select(func.count()).select_from(RefundApplication).where(*_waiting(line))
    return TooManyWaiting() if session.exec(waiting).one() >= rule.waiting_at_once else None


def _same(session: Session, line: Line, told: typed.Told) -> AppliedAlready | None:
    query = select(RefundApplication.no).where(
        *_waiting(line),
        RefundApplication.wrong_number == told.number,
        RefundApplication.amount_minor == told.amount.minor,
        RefundApplication.paid_on == told.paid_on,
    )
    no = session.exec(query).one_or_none()
    return None if no is None else AppliedAlready(no=no)


def _waiting(line: Line) -> tuple[bool, bool]:
    return RefundApplication.line_id == line.id, RefundApplication.state == "waiting"


def _unused_no(session: Session) -> int:
    # Drawn and not counted: a number tells nobody how many applications there are.
    while True:
        no = LOWEST_NO + secrets.randbelow(9 * LOWEST_NO)
        if session.exec(select(RefundApplication.no).where(RefundApplication.no == no)).one_or_none() is None:
            return no
