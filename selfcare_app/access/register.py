"""Registration: number, the code of an SMS or PUK1, password, inside (ISSA-005…007, ISSA-014)."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import admission, alarm, enumeration, event, puk1_way, standing
from selfcare_app.access.entrance import enter
from selfcare_app.access.password import Owner
from selfcare_app.access.tables import Credential
from selfcare_app.access.views import Browser, Step
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators.schema.vocabulary import Method

PURPOSE = admission.REGISTER


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
    """Sends the code for a number that has no password yet, or waits for its PUK1.

    A number that can't be registered is told why within the visitor's budget, and after it goes on like any other: no
    SMS goes out and no code will be right (ISSA-006, ISSA-016). Raises NotANumber, NoSmsWay.
    """
    standing.check_way(operators.of(session).registration.methods, method)
    found = standing.find(session, number, audience)
    fault: Refused | None = standing.why_not_register(session, found)
    if fault is None and found.line is not None and method == Method.PUK1:
        fault = puk1_way.why_not(session, found.line, now)
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
    """Sets the first password and lets in at once (ISSA-007, ISSA-050). Raises admission.Over."""
    row, line = admission.proven(session, purpose=PURPOSE, admission_token=browser.admission_token, now=now)
    row.ended_at = now
    if session.get(Credential, line.id, with_for_update=True) is not None:
        return Step(standing.AlreadyRegistered(), msisdn=row.msisdn)
    session.add(Credential(line_id=line.id, password_hash=password_hash, set_by="web", set_at=now, registered_at=now))
    session.flush()
    event.record(session, "register", "done", line_id=line.id, address=actor.address, now=now)
    record(session, actor, line_id=line.id, action="registered", now=now)
    alarm.tell(session, line_id=line.id, kind="registered", now=now)
    entered = enter(session, actor, line=line, method="register", browser=browser, remember=True, now=now)
    return Step(msisdn=Msisdn(row.msisdn), entered=entered)
