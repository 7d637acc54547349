"""A forgotten password: number, code, a new password, inside (ISSA-021); it also opens a locked sign-in."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import (
    admission,
    alarm,
    device,
    enumeration,
    event,
    passkey_recovery,
    puk1_way,
    sim_window,
    standing,
)
from selfcare_app.access import session as web_session
from selfcare_app.access.entrance import enter
from selfcare_app.access.password import Owner
from selfcare_app.access.tables import Admission, Credential
from selfcare_app.access.views import Browser, Step
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Visitor
from selfcare_app.operators.schema.vocabulary import Method

PURPOSE = admission.RECOVER


def _guarded(session: Session, row: Admission, now: datetime) -> bool:
    """Whether a right code is not enough for the number: it has a passkey (ASVS 6.4.3)."""
    line_id = row.line_id if row.purpose == PURPOSE else None
    return line_id is not None and passkey_recovery.is_due(session, line_id=line_id, now=now)


admission.guards[:] = [_guarded]


def begin(
    session: Session,
    actor: Visitor,
    *,
    number: str,
    method: Method = Method.SMS,
    audience: str = "",
    browser: Browser,
    now: datetime,
) -> Step:
    """Sends the code for a number that has a password, or waits for its PUK1; refusals as in registration.

    Raises NotANumber, NoSmsWay.
    """
    standing.check_way(operators.of(session).recovery.methods, method)
    found = standing.find(session, number, audience)
    fault = standing.why_not_recover(session, found)
    if fault is None and found.line is not None:
        is_puk1 = method == Method.PUK1
        # A card that was put in another's place brings its PUK1 along.
        fault = (puk1_way.why_not(session, found.line, now) if is_puk1 else None) or sim_window.sim_changed(
            session, found.line, now
        )
    if fault is not None and enumeration.is_told(session, actor, msisdn=found.msisdn, now=now):
        return Step(fault, msisdn=found.msisdn)
    return admission.begin(
        session,
        actor,
        purpose=PURPOSE,
        msisdn=found.msisdn,
        line=None if fault else found.line,
        method=method,
        admission_token=browser.admission_token,
        now=now,
    )


def owner(session: Session, actor: Visitor, *, admission_token: str, now: datetime) -> Owner:
    """Whose password is being chosen, for its rules. Raises admission.Over."""
    row, line = admission.proven(session, purpose=PURPOSE, admission_token=admission_token, now=now)
    return Owner(row.msisdn, standing.words_about(session, line))


def finish(session: Session, actor: Visitor, *, password_hash: str, browser: Browser, now: datetime) -> Step:
    """Sets the new password, ends every session, forgets every device, tells the owner, and lets in.

    Raises admission.Over.
    """
    row, line = admission.proven(session, purpose=PURPOSE, admission_token=browser.admission_token, now=now)
    row.ended_at = now
    passkey_recovery.spend(session, line_id=line.id, now=now)
    credential = session.get_one(Credential, line.id, with_for_update=True)
    credential.choose(password_hash, by="recovery", now=now)
    web_session.end_others(session, line_id=line.id, keep=None, reason="password", now=now)
    device.forget_all(session, line_id=line.id)
    event.record(session, "recover", "done", line_id=line.id, address=actor.address, now=now)
    record(session, actor, line_id=line.id, action="password_recovered", now=now)
    alarm.tell(session, line_id=line.id, kind="password_changed", now=now)
    if line.access != "open":
        return Step(standing.closed(session, line), msisdn=row.msisdn)
    entered = enter(session, actor, line=line, method="recover", browser=browser, remember=True, now=now)
    return Step(msisdn=row.msisdn, entered=entered)
