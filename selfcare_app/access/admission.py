"""A visitor on the way in: number, code, password; each step is a row's stage, found by the visitor's cookie."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, select

from selfcare_app import operators
from selfcare_app.access import one_time_code, puk1, puk1_way, token
from selfcare_app.access.one_time_code import Holder
from selfcare_app.access.tables import Admission
from selfcare_app.access.views import Attempt, Step
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Denied, Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema.vocabulary import Method
from selfcare_app.subscribers.tables import Line

REGISTER, RECOVER, SIGN_IN = "register", "recover", "sign_in"
CODE, GUARDED, PASSWORD = "code", "guarded", "password"


guards: list[Callable[[Session, Admission, datetime], bool]] = []
"""Who asks for more than a right code before the next step."""


class Over(Denied):
    """The steps were not passed in this browser, or too long ago: begin again."""

    code = "access.admission_over"


def begin(
    session: Session,
    actor: Visitor,
    *,
    purpose: str,
    msisdn: str,
    line: Line | None,
    method: Method = Method.SMS,
    admission_token: str = "",
    next_path: str = "",
    now: datetime,
) -> Step:
    """The first step done: sends the code and waits for it, or waits for PUK1.

    A code that can't be sent now is no end: `fault` says when.

    The same browser asking for the same number again goes on with the same admission, and its code stays good.
    """
    row, value = _live(session, admission_token, purpose, now), ""
    asked = (msisdn, line.id if line else None, method, CODE)
    same = row is not None and (row.msisdn, row.line_id, row.method, row.stage) == asked
    if row is None or not same:
        if row is not None:
            row.ended_at = now
        value = token.make()
        row = Admission(
            id=new_id(),
            token_digest=token.digest(value),
            purpose=purpose,
            msisdn=msisdn,
            line_id=line.id if line else None,
            method=method,
            stage=CODE,
            created_at=now,
            expires_at=_expiry(session, now),
            address=actor.address,
            next_path=next_path,
        )
        session.add(row)
        session.flush()
    if method == Method.PUK1:
        row.expires_at = _expiry(session, now)
        return Step(token=value, msisdn=msisdn, admitted=True)
    step = _sent(session, actor, row, value, now)
    if isinstance(step.fault, one_time_code.Wait) and one_time_code.is_live(session, row.id, purpose, now):
        return replace(step, fault=None)
    return step


def send_again(session: Session, actor: Visitor, *, purpose: str, admission_token: str, now: datetime) -> Step:
    """Sends another code for the same admission (ISSA-009). Raises Over."""
    row = _at(session, admission_token, purpose, CODE, now)
    if row.method != Method.SMS:
        raise Over()
    return _sent(session, actor, row, "", now)


def count_try(session: Session, actor: Visitor, *, purpose: str, admission_token: str, now: datetime) -> Attempt:
    """Counts a try at the admission's code; commit before `check_code`. Raises Over."""
    row = _at(session, admission_token, purpose, CODE, now)
    if row.method == Method.PUK1:
        return puk1_way.count(session, row, now)
    return one_time_code.count(session, _holder(session, actor, row), purpose=purpose, now=now)


def check_code(
    session: Session, actor: Visitor, *, purpose: str, admission_token: str, attempt: Attempt, code: str, now: datetime
) -> Step:
    """Compares a counted try. A right code moves the admission on under a new cookie value. Raises Over."""
    row = _at(session, admission_token, purpose, CODE, now)
    fault = _compared(session, actor, row, attempt, code, now)
    if fault is not None:
        resend_at = one_time_code.resend_at(session, row.msisdn, purpose, now) if row.method == Method.SMS else None
        return Step(fault, msisdn=row.msisdn, resend_at=resend_at, admitted=True)
    is_guarded = any(call(session, row, now) for call in guards)
    return move_on(session, row, to=GUARDED if is_guarded else PASSWORD, now=now)


def move_on(session: Session, row: Admission, *, to: str = PASSWORD, now: datetime) -> Step:
    """The next stage, under a new cookie value."""
    value = token.make()
    row.stage, row.token_digest, row.expires_at = to, token.digest(value), _expiry(session, now)
    return Step(token=value, msisdn=row.msisdn, guarded=to == GUARDED)


def typed(session: Session, actor: Visitor, *, purpose: str, admission_token: str, code: str, now: datetime) -> str:
    """The digits of what was typed, if they can be what is asked for. Raises Over, Malformed, which costs no try."""
    row, profile = _at(session, admission_token, purpose, CODE, now), operators.of(session)
    return puk1.digits(code, profile) if row.method == Method.PUK1 else one_time_code.digits(code, profile)


def proven(session: Session, *, purpose: str, admission_token: str, now: datetime) -> tuple[Admission, Line]:
    """The admission whose code was right, and its line. Raises Over."""
    row = _at(session, admission_token, purpose, PASSWORD, now)
    return row, session.get_one(Line, row.line_id)


def guarded(session: Session, *, admission_token: str, now: datetime) -> tuple[Admission, Line]:
    """The admission that a passkey is asked for before the password can be replaced, and its line. Raises Over."""
    row = _at(session, admission_token, RECOVER, GUARDED, now)
    return row, session.get_one(Line, row.line_id)


def begin_guarded(session: Session, actor: Visitor, *, line: Line, method: Method, now: datetime) -> Step:
    """A recovery whose first proof was given elsewhere (a letter) and that a passkey is asked for next."""
    value = token.make()
    session.add(
        Admission(
            id=new_id(),
            token_digest=token.digest(value),
            purpose=RECOVER,
            msisdn=line.msisdn or "",
            line_id=line.id,
            method=method,
            stage=GUARDED,
            created_at=now,
            expires_at=_expiry(session, now),
            address=actor.address,
        )
    )
    return Step(token=value, msisdn=line.msisdn or "", guarded=True)


def _compared(
    session: Session, actor: Visitor, row: Admission, attempt: Attempt, typed: str, now: datetime
) -> Fault | None:
    if row.method == Method.PUK1:
        return puk1_way.settle(session, row, attempt=attempt, typed=typed, now=now)
    holder, purpose = _holder(session, actor, row), row.purpose
    fault = one_time_code.settle(session, holder, attempt=attempt, purpose=purpose, digest="", typed=typed, now=now)
    return one_time_code.Wrong(left=attempt.tries_left) if fault is None and row.line_id is None else fault


def _at(session: Session, admission_token: str, purpose: str, stage: str, now: datetime) -> Admission:
    row = _live(session, admission_token, purpose, now)
    if row is None or row.stage != stage:
        raise Over()
    return row


def _live(session: Session, admission_token: str, purpose: str, now: datetime) -> Admission | None:
    if not admission_token:
        return None
    query = select(Admission).where(
        Admission.token_digest == token.digest(admission_token),
        Admission.purpose == purpose,
        Admission.ended_at == None,  # noqa: E711 - SQL
        Admission.expires_at > now,
    )
    return session.exec(query.with_for_update()).one_or_none()


def _sent(session: Session, actor: Visitor, row: Admission, value: str, now: datetime) -> Step:
    holder, fault = _holder(session, actor, row), None
    row.expires_at = _expiry(session, now)
    try:
        with session.begin_nested():
            one_time_code.send(session, holder, purpose=row.purpose, digest="", now=now)
    except Fault as refusal:
        fault = refusal
    return Step(fault, value, row.msisdn, one_time_code.resend_at(session, row.msisdn, row.purpose, now), admitted=True)


def _holder(session: Session, actor: Visitor, row: Admission) -> Holder:
    line: Line | None = session.get(Line, row.line_id) if row.line_id else None
    language = (line.language if line else "") or actor.language or operators.of(session).default_language
    # Whoever typed the right password is no longer a stranger: only strangers have quotas by address.
    return Holder(row.id, row.msisdn, row.line_id, language, "" if row.purpose == SIGN_IN else actor.address)


def _expiry(session: Session, now: datetime) -> datetime:
    return now + timedelta(seconds=operators.of(session).session.idle_seconds)
