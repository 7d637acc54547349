"""Turning automatic top-up on, changing it and turning it off, as the subscriber does it (ISSA-063, AS-062)."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.db import after_commit, keys_of
from selfcare_app.kit import amount as typed_amount
from selfcare_app.kit import news
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Fault, NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema.money import AutomaticTopUp as Rule
from selfcare_app.orders import draft
from selfcare_app.orders.journey import Field, Journey, Step
from selfcare_app.orders.rules import DraftState
from selfcare_app.orders.tables import Draft
from selfcare_app.payments import hosted
from selfcare_app.payments.automatic import card, charge, rules, stop, tell
from selfcare_app.payments.automatic.outcome import WAY
from selfcare_app.payments.automatic.tables import AutomaticCharge, AutomaticTopUp, AutomaticTopUpTerms
from selfcare_app.payments.automatic.views import Begun, Confirmed, Last, Limits, Review, Standing, Sums
from selfcare_app.payments.hosted_tables import HostedPayment
from selfcare_app.subscribers.tables import Line

KIND = "automatic_top_up"
"""The kind of drafts and proofs."""

JOURNEY = Journey(
    KIND,
    (
        Step("sums", (Field("threshold"), Field("amount"), Field("month"), Field("card"))),
        Step("review"),
        Step("code"),
    ),
)
T = TypeVar("T")
_SILENT = ("automatic.changed", "automatic.off", "automatic.recovered")
"""Charges that were dropped before they left: nothing came of them that anybody has to know."""


class NotOffered(NotFound):
    """The operator tops up nobody's account by itself."""

    code = "automatic.not_offered"


class AnotherLine(Refused):
    """Another number of the same account has it on."""

    code = "automatic.another_line"


class TermsChanged(Refused):
    """What would be confirmed is not what was reviewed."""

    code = "automatic.terms_changed"


def standing(session: Session, actor: Subscriber, *, now: datetime) -> Standing:
    """How it stands. Raises kit.OwnOnly, NotOffered."""
    actor.require_own()
    rule = _rule(session)
    line, row = session.get_one(Line, actor.line_id), _own(session, actor)
    open_ = _charge(session, row, ("new", "sent")) if row else None
    return Standing(
        is_on=row is not None and row.state == "on",
        sums=tell.sums(session, row) if row else None,
        limits=_limits(session, rule),
        card_tail=row.card_tail if row else "",
        off_reason=row.off_reason if row else "",
        taken=tell.money(session, charge.month_taken(session, row, now) if row else 0, _currency(session)),
        last=_last(session, row) if row else None,
        next_at=open_.due_at if open_ is not None and open_.state == "new" else None,
        obstacle=_obstacle(session, line, now),
        waits=_waits(session, actor),
    )


def begin(
    session: Session, actor: Subscriber, *, threshold: str, amount: str, month: str, other_card: bool, now: datetime
) -> Begun:
    """A draft of what was typed, or what is wrong with it by field. Raises kit.OwnOnly, NotOffered, its obstacle."""
    actor.require_own()
    rule, line = _rule(session), session.get_one(Line, actor.line_id)
    if obstacle := _obstacle(session, line, now):
        raise obstacle
    faults: dict[str, Fault] = {}
    profile = operators.of(session)

    typed = {"threshold": threshold, "amount": amount, "month": month}
    read = {
        name: _kept(faults, name, partial(typed_amount.read, text, profile.currency, profile.currency_scale))
        for name, text in typed.items()
    }
    given = {name: money for name, money in read.items() if money is not None}
    if not faults:
        faults.update(rules.faults(Sums(**given), _limits(session, rule)))
    if faults:
        return Begun(None, faults)
    row = _own(session, actor)
    keeps = row is not None and row.state == "on" and not other_card
    answers = {name: str(each.minor) for name, each in given.items()} | {"card": "kept" if keeps else "new"}
    return Begun(draft.begin(session, actor, kind=KIND, answers={"sums": answers}, now=now).id, {})


def review(session: Session, actor: Subscriber, *, draft_id: UUID, now: datetime) -> Review:
    """What would be confirmed now, and what stands against it. Raises kit.OwnOnly, NotOffered, NoDraft, DraftClosed."""
    actor.require_own()
    _rule(session)
    return _review(session, actor, _open(session, actor, draft_id), now)


def confirm(
    session: Session, actor: Subscriber, *, draft_id: UUID, digest: str, acquirer: str, now: datetime
) -> Confirmed:
    """Changes what is on, or begins the payment by which the card is saved; once for a draft.

    `digest` is the review's, and the proof is bound to it. Raises what `review` raises, its obstacle, TermsChanged,
    kit.ProofNeeded, and what stands against a payment by card.
    """
    actor.require_own()
    _rule(session)
    line = session.exec(select(Line).where(Line.id == actor.line_id).with_for_update()).one()
    found = draft.row(session, actor, draft_id=draft_id)
    if found.kind == KIND and found.state == DraftState.DONE:
        begun = session.get(AutomaticTopUpTerms, draft_id)
        return Confirmed(begun.payment_id if begun else None)
    terms = _review(session, actor, _open(session, actor, draft_id), now)
    if terms.obstacle is not None:
        raise terms.obstacle
    if terms.digest != digest:
        raise TermsChanged()
    actor.require_proof(KIND, now, digest=digest)
    found.state, found.changed_at = DraftState.DONE, now
    if terms.saves_card:
        return _pay_first(session, actor, line, terms, acquirer, now)
    row = card.locked(session, line.account_id)
    if row is None or row.state != "on":
        raise TermsChanged()
    card.choose(session, row, _minor(terms.sums), now)
    tell.written(session, actor, row=row, action="automatic_top_up_changed", now=now)
    sums = tell.sums(session, row)
    args = {"amount": sums.amount, "threshold": sums.threshold, "month": sums.month}
    tell.by_sms(session, line_id=line.id, about="changed", args=args, dedup_key=f"{draft_id}:changed", now=now)
    after_commit(session, news.ring)
    return Confirmed(None)


def switch_off(session: Session, actor: Subscriber, *, now: datetime) -> None:
    """Turns it off at once, without a proof: that harms nobody. Again changes nothing. Raises kit.OwnOnly."""
    actor.require_own()
    own = _own(session, actor)
    row = card.locked(session, own.account_id) if own else None
    if row is None or row.line_id != actor.line_id or row.state != "on":
        return
    card.turn_off(session, actor, row=row, reason="own", now=now)
    tell.by_sms(session, line_id=row.line_id, about="off", args={}, dedup_key=f"{new_id()}:off", now=now)


def _pay_first(
    session: Session, actor: Subscriber, line: Line, terms: Review, acquirer: str, now: datetime
) -> Confirmed:
    # The payment's id is the draft's: confirmed twice it is one payment.
    begun = hosted.begin(
        session, actor, ticket=terms.draft_id, way=WAY, acquirer=acquirer, number="", amount=terms.sums.amount,
        keeps_card=True, now=now,
    )  # fmt: skip
    threshold, amount, month = _minor(terms.sums)
    session.add(
        AutomaticTopUpTerms(
            payment_id=begun.id, line_id=line.id, account_id=line.account_id, threshold_minor=threshold,
            amount_minor=amount, month_minor=month, currency=terms.sums.amount.currency,
            language=actor.language or line.language,
        )
    )  # fmt: skip
    session.flush()
    return Confirmed(begun.id)


def _review(session: Session, actor: Subscriber, found: Draft, now: datetime) -> Review:
    given, currency = found.answers["sums"], _currency(session)
    sums = Sums(*(tell.money(session, int(given[name]), currency) for name in ("threshold", "amount", "month")))
    row, line = _own(session, actor), session.get_one(Line, actor.line_id)
    saves = given["card"] != "kept" or row is None or row.state != "on"
    tail = "" if saves or row is None else row.card_tail
    said = [str(each) for each in _minor(sums)]
    # Which card is charged belongs to what is agreed to.
    bound = (str(found.id), str(line.id), currency, *said, "new" if saves else f"{row.changed_at if row else ''}")
    return Review(
        draft_id=found.id,
        sums=sums,
        saves_card=saves,
        card_tail=tail,
        digest=keys_of(session).mac("automatic_top_up_terms", *bound),
        obstacle=_obstacle(session, line, now),
    )


def _obstacle(session: Session, line: Line, now: datetime) -> Refused | None:
    other = select(AutomaticTopUp.line_id).where(
        AutomaticTopUp.account_id == line.account_id, AutomaticTopUp.line_id != line.id, AutomaticTopUp.state == "on"
    )
    if session.exec(other).first() is not None:
        return AnotherLine()
    return stop.why_not(session, line, now=now)


def _rule(session: Session) -> Rule:
    rule = operators.of(session).automatic_top_up
    if rule is None:
        raise NotOffered()
    return rule


def _own(session: Session, actor: Subscriber) -> AutomaticTopUp | None:
    return session.exec(select(AutomaticTopUp).where(AutomaticTopUp.line_id == actor.line_id)).first()


def _waits(session: Session, actor: Subscriber) -> UUID | None:
    query = (
        select(HostedPayment.id)
        .join(AutomaticTopUpTerms, col(AutomaticTopUpTerms.payment_id) == HostedPayment.id)
        .where(AutomaticTopUpTerms.line_id == actor.line_id, col(HostedPayment.state).in_(("new", "pending")))
        .order_by(col(HostedPayment.created_at).desc())
    )
    return session.exec(query).first()


def _charge(session: Session, row: AutomaticTopUp, states: tuple[str, ...]) -> AutomaticCharge | None:
    query = select(AutomaticCharge).where(
        AutomaticCharge.account_id == row.account_id,
        col(AutomaticCharge.state).in_(states),
        col(AutomaticCharge.reason).not_in(_SILENT),
    )
    return session.exec(query.order_by(col(AutomaticCharge.created_at).desc(), col(AutomaticCharge.id).desc())).first()


def _last(session: Session, row: AutomaticTopUp) -> Last | None:
    """What came of the last charge; one that waits for what stands against it says that."""
    found = _charge(session, row, ("new", "sent", "paid", "refused", "void", "disputed", "settled"))
    if found is not None and found.state == "new" and not found.reason:
        found = _charge(session, row, ("sent", "paid", "refused", "void", "disputed", "settled")) or found
    if found is None:
        return None
    at = found.finished_at or found.sent_at or found.created_at
    return Last(found.state, found.reason, at, tell.money(session, found.amount_minor, found.currency))


def _open(session: Session, actor: Subscriber, draft_id: UUID) -> Draft:
    row = draft.row(session, actor, draft_id=draft_id)
    if row.kind != KIND or row.state != DraftState.OPEN:
        raise draft.DraftClosed()
    JOURNEY.require("review", row.answers)
    return row


def _limits(session: Session, rule: Rule) -> Limits:
    return rules.limits(rule, operators.of(session).top_up, tell.money(session, 0, _currency(session)))


def _currency(session: Session) -> str:
    return operators.of(session).currency


def _minor(sums: Sums) -> tuple[int, int, int]:
    return sums.threshold.minor, sums.amount.minor, sums.month.minor


def _kept(faults: dict[str, Fault], name: str, read: Callable[[], T]) -> T | None:
    try:
        return read()
    except Refused as wrong:
        faults[name] = wrong
        return None
