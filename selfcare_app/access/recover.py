"""A forgotten password: number, code, a new password, inside (ISSA-021); it also opens a locked sign-in."""

from datetime import datetime, timedelta

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import admission, device, enumeration, event, standing
from selfcare_app.access import session as web_session
from selfcare_app.access.entrance import enter, notify
from selfcare_app.access.password import Owner
from selfcare_app.access.tables import Credential
from selfcare_app.access.views import Browser, Step
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Refused
from selfcare_app.subscribers.tables import Line

PURPOSE = admission.RECOVER


class SimChanged(Refused):
    """The SIM was replaced lately: an SMS code alone proves too little until `until` (NIST 800-63B 3.1.3.3)."""

    code = "access.sim_changed"


def begin(session: Session, actor: Visitor, *, number: str, browser: Browser, now: datetime) -> Step:
    """Sends the code for a number that has a password; refusals as in registration. Raises NotANumber, NoSmsWay."""
    standing.check_way(operators.of(session).recovery.methods)
    found = standing.find(session, number)
    fault = standing.why_not_recover(session, found)
    if fault is None and found.line is not None:
        fault = sim_changed(session, found.line, now)
    if fault is not None and enumeration.is_told(session, actor, msisdn=found.msisdn, now=now):
        return Step(fault, msisdn=found.msisdn)
    return admission.begin(
        session,
        actor,
        purpose=PURPOSE,
        msisdn=found.msisdn,
        line=None if fault else found.line,
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
    credential = session.get_one(Credential, line.id, with_for_update=True)
    credential.password_hash, credential.set_by, credential.set_at = password_hash, "web", now
    credential.failed, credential.next_try_at, credential.locked_at = 0, None, None
    web_session.end_others(session, line_id=line.id, keep=None, reason="password", now=now)
    device.forget_all(session, line_id=line.id)
    event.record(session, "recover", "done", line_id=line.id, address=actor.address, now=now)
    notify(session, line, about="password_changed", now=now)
    if line.access != "open":
        return Step(standing.closed(session, line), msisdn=row.msisdn)
    entered = enter(session, actor, line=line, method="recover", browser=browser, remember=True, now=now)
    return Step(msisdn=row.msisdn, entered=entered)


def sim_changed(session: Session, line: Line, now: datetime) -> SimChanged | None:
    """The refusal of what an SMS code may not do soon after the SIM was replaced; None where it may."""
    seconds = operators.of(session).code.refused_after_sim_change_seconds
    if line.sim_changed_at is None or line.sim_changed_at + timedelta(seconds=seconds) <= now:
        return None
    return SimChanged(until=line.sim_changed_at + timedelta(seconds=seconds))
