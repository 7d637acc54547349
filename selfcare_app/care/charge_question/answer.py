"""The desk's part: the queue, a question with its receipt, the answer, and a correction that takes two employees."""

from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from selfcare_app import operators
from selfcare_app.access import desk_look, desk_second, event, staff
from selfcare_app.access.staff import Duty
from selfcare_app.care.charge_question import kept, rules
from selfcare_app.care.charge_question.ask import rule_of
from selfcare_app.care.charge_question.tables import ChargeQuestion
from selfcare_app.care.charge_question.views import AtDesk, Correction, FeeOf, Waiting
from selfcare_app.catalogue import charges
from selfcare_app.catalogue.charges import FeeCharged
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.messaging import outbox
from selfcare_app.operators.schema.care import ChargeQuestion as Rule
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.rating import correct, receipt
from selfcare_app.usage.views_receipt import Receipt

KIND = "correction"
SHOWN = 50


class NotOpen(NotFound):
    """There is no such question that is open: it was answered, or never was."""

    code = "question.not_open"


class NothingToCorrect(Refused):
    """Rated anew, the charge comes to the same: there is nothing to correct."""

    code = "question.nothing_to_correct"


class OtherSums(Refused):
    """The month comes to other sums by now than what was asked for; ask anew."""

    code = "question.other_sums"


class CorrectionWaits(Refused):
    """A correction waits for the second employee: he decides first, or it is withdrawn."""

    code = "question.correction_waits"


def queue(session: Session, actor: Staff, *, now: datetime) -> tuple[Waiting, ...]:
    """What is open, the most urgent first, without a word of whose it is. Raises NotOffered, staff.NotYourDuty."""
    _require(session, actor)
    query = (
        select(ChargeQuestion)
        .where(ChargeQuestion.state == "open")
        .order_by(col(ChargeQuestion.due_on), col(ChargeQuestion.asked_at))
        .limit(SHOWN)
    )
    today = now.astimezone(operators.of(session).zone).date()
    asked = desk_second.asked_for(session, kind=KIND, now=now)
    return tuple(
        Waiting(
            id=row.id,
            no=row.no,
            is_fee=row.fee_id is not None,
            amount=kept.money(session, row),
            reason=row.reason,
            asked_at=row.asked_at,
            due_on=row.due_on,
            is_late=row.due_on < today,
            asked_by=asked.get(str(row.id), ""),
        )
        for row in session.exec(query).all()
    )


def look(session: Session, actor: Staff, *, question_id: UUID, now: datetime) -> UUID:
    """Opens a question: written down for its subscriber like every look at a line; gives the look.

    `desk_look.count_look` is committed before. Raises NotOffered, staff.NotYourDuty, NotOpen.
    """
    _require(session, actor)
    row = _open(session, col(ChargeQuestion.id) == question_id)
    line = session.get_one(Line, row.line_id)
    return desk_look.look_at(session, actor, line=line, reason=desk_look.Reason.REQUEST, now=now)


def show(session: Session, actor: Staff, *, look_id: UUID, no: int, now: datetime) -> AtDesk:
    """The question with the receipt of its charge. Raises NotOffered, staff.NotYourDuty, LookOver, NotOpen."""
    _require(session, actor)
    _, line = desk_look.looked(session, actor, look_id=look_id, now=now)
    row = _found(session, _those(col(ChargeQuestion.no) == no, col(ChargeQuestion.line_id) == line.id))
    found, fee = _receipt(session, row)
    return AtDesk(
        question=kept.shown(session, [row])[0],
        number=line.msisdn or "",
        receipt=found,
        fee=fee,
        correction=_would(session, row) if found is not None and found.source == receipt.RATED else None,
        draft=kept.opened(session, "answer", row) or "",
        is_late=row.due_on < now.astimezone(operators.of(session).zone).date(),
        asked_by=_asked_by(session, row, now),
    )


def reply(session: Session, actor: Staff, *, look_id: UUID, no: int, words: str, now: datetime) -> None:
    """Answers a question; its subscriber is told. ISSA-111.

    Raises NotOffered, staff.NotYourDuty, LookOver, NotOpen, CorrectionWaits, rules.NoWords, TooLong, NotPlain.
    """
    rule = _require(session, actor)
    row = _looked(session, actor, look_id, no, now)
    if _asked_by(session, row, now):
        raise CorrectionWaits()
    said = rules.words(words, most=rule.max_length)
    row.answer = kept.sealed(session, "answer", row.id, said)
    _end(session, actor, row, "explained", now)


def ask_correction(session: Session, actor: Staff, *, look_id: UUID, no: int, words: str, now: datetime) -> UUID:
    """Asks a second employee to have the month of the charge rated anew; no money moves before (ASVS 2.3.5).

    What he confirms is the sums as they are now, and the answer in `words`. Raises what `reply` raises,
    NothingToCorrect, desk_second.AskedAlready.
    """
    rule = _require(session, actor)
    row = _looked(session, actor, look_id, no, now)
    if _asked_by(session, row, now):
        raise CorrectionWaits()
    said = rules.words(words, most=rule.max_length)
    found, _ = _receipt(session, row)
    would = _would(session, row) if found is not None and found.source == receipt.RATED else None
    if would is None or not would.records:
        raise NothingToCorrect()
    row.answer = kept.sealed(session, "answer", row.id, said)
    terms = {KIND: str(row.id), "no": str(row.no), **_sums(would.before, would.after)}
    return desk_second.ask(session, actor, kind=KIND, line_id=row.line_id, terms=terms, reason=str(row.no), now=now)


def carry_out(session: Session, actor: Staff, *, line_id: UUID, terms: dict[str, str], now: datetime) -> None:
    """Corrects what another employee asked for. Not a use case: `desk_second` has made sure of both.

    Raises NotOpen, OtherSums where the month comes to other sums than both employees saw.
    """
    row = _open(session, col(ChargeQuestion.id) == UUID(terms[KIND]), col(ChargeQuestion.line_id) == line_id)
    if row.answer is None:
        raise NotOpen()
    done = correct.correct(session, actor, line_id=line_id, month=_month(session, row), now=now)
    if not done.records or _sums(done.before, done.after) != {name: terms[name] for name in ("before", "after")}:
        raise OtherSums()
    details = {"no": row.no, **_sums(done.before, done.after)}
    record(session, actor, line_id=line_id, action="charge_corrected", details=details, now=now)
    row.month_before_minor, row.month_after_minor = done.before.minor, done.after.minor
    _end(session, actor, row, "corrected", now)


def _require(session: Session, actor: Staff) -> Rule:
    staff.require(actor, Duty.QUESTIONS)
    return rule_of(session)


def _open(session: Session, *which: ColumnElement[bool]) -> ChargeQuestion:
    """The question, locked until the transaction ends. Raises NotOpen."""
    return _found(session, _those(*which).with_for_update().execution_options(populate_existing=True))


def _those(*which: ColumnElement[bool]) -> SelectOfScalar[ChargeQuestion]:
    return select(ChargeQuestion).where(*which, ChargeQuestion.state == "open")


def _found(session: Session, query: SelectOfScalar[ChargeQuestion]) -> ChargeQuestion:
    row = session.exec(query).one_or_none()
    if row is None:
        raise NotOpen()
    return row


def _looked(session: Session, actor: Staff, look_id: UUID, no: int, now: datetime) -> ChargeQuestion:
    """The same of a question that the employee has opened. Raises LookOver, NotOpen."""
    _, line = desk_look.looked(session, actor, look_id=look_id, now=now)
    return _open(session, col(ChargeQuestion.no) == no, col(ChargeQuestion.line_id) == line.id)


def _receipt(session: Session, row: ChargeQuestion) -> tuple[Receipt | None, FeeCharged | None]:
    """The receipt of the charge; none once the record is not kept any more."""
    charge = kept.charge_of(row)
    if isinstance(charge, FeeOf):
        return None, charges.of_line(session, line_id=row.line_id, charge_id=charge.fee_id)
    try:
        found = receipt.of_line(session, line_id=row.line_id, record_key=charge.key, started_at=charge.started_at)
    except receipt.NoSuchRecord:
        return None, None
    return found, None


def _would(session: Session, row: ChargeQuestion) -> Correction:
    found = correct.preview(session, line_id=row.line_id, month=_month(session, row))
    return Correction(found.records, found.before, found.after)


def _month(session: Session, row: ChargeQuestion) -> date:
    """A day of the month that the record is of."""
    return cast(datetime, row.started_at).astimezone(operators.of(session).zone).date()


def _sums(before: Money, after: Money) -> dict[str, str]:
    return {"before": f"{before.text} {before.currency}", "after": f"{after.text} {after.currency}"}


def _asked_by(session: Session, row: ChargeQuestion, now: datetime) -> str:
    return desk_second.asked_for(session, kind=KIND, now=now).get(str(row.id), "")


def _end(session: Session, actor: Staff, row: ChargeQuestion, outcome: str, now: datetime) -> None:
    row.state, row.outcome, row.answered_at, row.answered_by = "answered", outcome, now, actor.staff_id
    event.record(session, "desk", f"question_{outcome}", line_id=row.line_id, now=now, login=actor.login, no=row.no)
    record(session, actor, line_id=row.line_id, action="question_answered", details={"no": row.no}, now=now)
    line = session.get_one(Line, row.line_id)
    if line.msisdn is None or not rule_of(session).answer_by_sms:
        return
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or operators.of(session).default_language,
        key=f"question.sms.{outcome}",
        args={"no": row.no},
        dedup_key=f"charge_question:{row.id}:answered",
        now=now,
    )


desk_second.carried_out_by[KIND] = carry_out
