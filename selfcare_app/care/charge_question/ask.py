"""The subscriber's part: a question about a charge that is his own, once a charge at a time, so many a day."""

import secrets
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from selfcare_app import operators
from selfcare_app.access import quota
from selfcare_app.care.charge_question import kept, rules
from selfcare_app.care.charge_question.tables import ChargeQuestion
from selfcare_app.care.charge_question.views import Charge, FeeOf, Question, Terms
from selfcare_app.catalogue import charges
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Fault, NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.operators.schema.care import ChargeQuestion as Rule
from selfcare_app.orders.draft import NotAnswered
from selfcare_app.orders.rules import LOWEST_NO
from selfcare_app.payments.refund.rules import review_by
from selfcare_app.payments.views import Need
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.rating import receipt

SHOWN = 50
_A_DAY = "charge_question.day"


class NotOffered(NotFound):
    """The operator answers no such questions in the cabinet."""

    code = "question.not_offered"


class AskedAlready(Refused):
    """About this charge question `no` is open."""

    code = "question.asked_already"


class TooMany(Refused):
    """As many questions as may be asked a day were; the next one `again`."""

    code = "question.too_many"


def rule_of(session: Session) -> Rule:
    """The operator's rule. Not a use case. Raises NotOffered."""
    rule = operators.of(session).charge_question
    if rule is None:
        raise NotOffered()
    return rule


def terms(session: Session, actor: Subscriber, *, charge: Charge, now: datetime) -> Terms:
    """What can be asked about a charge of the actor's line, and what was asked already.

    Raises NotOffered, kit.OwnOnly, and what reading the receipt does: ProofNeeded, NoSuchRecord, NoSuchCharge.
    """
    actor.require_own()
    rule = rule_of(session)
    charged_at, amount = _charged(session, actor, charge, now)
    return Terms(
        charge=charge,
        charged_at=charged_at,
        amount=amount,
        reasons=tuple(rule.reasons),
        max_length=rule.max_length,
        working_days=rule.answer_working_days,
        answer_by_sms=rule.answer_by_sms,
        latest=about(session, actor, charge=charge),
    )


def ask(
    session: Session, actor: Subscriber, *, ticket: UUID, charge: Charge, reason: str, words: str, now: datetime
) -> Question:
    """Asks about a charge of the actor's line, once however often it is sent with the same `ticket`. ISSA-111.

    Raises what `terms` raises, NotAnswered with the refusal of each field, AskedAlready, TooMany.
    """
    actor.require_own()
    rule = rule_of(session)
    # Who asks twice at once waits here, so that one question about a charge is open.
    line = session.exec(select(Line).where(Line.id == actor.line_id).with_for_update()).one()
    query = select(ChargeQuestion).where(ChargeQuestion.id == ticket, ChargeQuestion.line_id == line.id)
    if (same := session.exec(query).one_or_none()) is not None:
        return kept.shown(session, [same])[0]
    _, amount = _charged(session, actor, charge, now)
    chosen, said = _read(rule, reason, words)
    open_one = session.exec(_of_line(actor).where(_is_about(charge), ChargeQuestion.state == "open")).one_or_none()
    if open_one is not None:
        raise AskedAlready(no=open_one.no)
    _count(session, line, rule, now)
    today = now.astimezone(operators.of(session).zone).date()
    row = ChargeQuestion(
        id=ticket, no=_unused_no(session), line_id=line.id, **_columns(charge), amount_minor=amount.minor,
        currency=amount.currency, reason=chosen, words=kept.sealed(session, "words", ticket, said), asked_at=now,
        due_on=review_by(today, rule.answer_working_days),
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, actor, line_id=line.id, action="charge_questioned", details={"no": row.no}, now=now)
    return kept.shown(session, [row])[0]


def about(session: Session, actor: Subscriber, *, charge: Charge) -> Question | None:
    """The latest question of the actor's line about a charge. Raises kit.OwnOnly."""
    actor.require_own()
    row = session.exec(_of_line(actor).where(_is_about(charge)).limit(1)).first()
    return kept.shown(session, [row])[0] if row is not None else None


def mine(session: Session, actor: Subscriber) -> tuple[Question, ...]:
    """The line's questions, the newest first. Raises NotOffered, kit.OwnOnly."""
    actor.require_own()
    rule_of(session)
    return kept.shown(session, session.exec(_of_line(actor).limit(SHOWN)).all())


def read(session: Session, actor: Subscriber, *, now: datetime) -> int:
    """Notes that the answers of the line have been seen; gives how many were new. Raises kit.OwnOnly."""
    actor.require_own()
    seen = update(ChargeQuestion).where(*_unread(actor)).values(read_at=now)
    return session.execute(seen).rowcount  # type: ignore[attr-defined, no-any-return]


def needs(session: Session, actor: Subscriber) -> tuple[Need, ...]:
    """What the home page says of answers that were not read. Not a use case."""
    if actor.acting or operators.of(session).charge_question is None:
        return ()
    new = session.exec(select(func.count()).select_from(ChargeQuestion).where(*_unread(actor))).one()
    return (Need("answer", "info", {"n": new}),) if new else ()


def _charged(session: Session, actor: Subscriber, charge: Charge, now: datetime) -> tuple[datetime, Money]:
    """When and how much, as the charge's own receipt says: what is another's is not found there."""
    if isinstance(charge, FeeOf):
        fee = charges.receipt(session, actor, charge_id=charge.fee_id)
        return fee.charged_at, fee.amount
    found = receipt.read(session, actor, record_key=charge.key, started_at=charge.started_at, now=now)
    return found.record.at, found.charge


def _read(rule: Rule, reason: str, words: str) -> tuple[str, str]:
    faults: dict[str, Fault] = {}
    chosen = said = ""
    try:
        chosen = rules.reason(reason, offered=tuple(rule.reasons))
    except Refused as refused:
        faults["reason"] = refused
    try:
        said = rules.words(words, most=rule.max_length)
    except Refused as refused:
        faults["words"] = refused
    if faults:
        raise NotAnswered(faults=faults)
    return chosen, said


def _count(session: Session, line: Line, rule: Rule, now: datetime) -> None:
    zone = operators.of(session).zone
    until = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    subject = str(line.id)
    if quota.take_until(session, scope=_A_DAY, subject=subject, limit=rule.per_day, until=until, now=now) is None:
        raise TooMany(again=until)


def _columns(charge: Charge) -> dict[str, Any]:
    if isinstance(charge, FeeOf):
        return {"fee_id": charge.fee_id}
    return {"started_at": charge.started_at, "record_key": charge.key}


def _of_line(actor: Subscriber) -> SelectOfScalar[ChargeQuestion]:
    mine = select(ChargeQuestion).where(ChargeQuestion.line_id == actor.line_id)
    return mine.order_by(col(ChargeQuestion.asked_at).desc(), col(ChargeQuestion.id).desc())


def _is_about(charge: Charge) -> ColumnElement[bool]:
    if isinstance(charge, FeeOf):
        return col(ChargeQuestion.fee_id) == charge.fee_id
    return (col(ChargeQuestion.started_at) == charge.started_at) & (col(ChargeQuestion.record_key) == charge.key)


def _unread(actor: Subscriber) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ChargeQuestion.line_id) == actor.line_id,
        col(ChargeQuestion.state) == "answered",
        col(ChargeQuestion.read_at).is_(None),
    )


def _unused_no(session: Session) -> int:
    # Drawn and not counted: a number tells nobody how many questions there are.
    while True:
        no = LOWEST_NO + secrets.randbelow(9 * LOWEST_NO)
        if session.exec(select(ChargeQuestion.no).where(ChargeQuestion.no == no)).one_or_none() is None:
            return no
