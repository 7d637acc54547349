"""A new password for somebody who knows the present one (ISSA-019)."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import alarm, event, quota, standing
from selfcare_app.access import session as web_session
from selfcare_app.access.password import Owner
from selfcare_app.access.tables import Credential
from selfcare_app.access.views import Claim, Step
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.subscribers.tables import Line

SCOPE = "password_change"
_DAY = 86_400


class WrongCurrent(Refused):
    """The present password is another one."""

    code = "access.wrong_current"


class TooMany(Refused):
    """The present password was mistyped too often; it can be changed again at `until`."""

    code = "access.password_tries_over"


def owner(session: Session, actor: Subscriber) -> Owner:
    """Whose password is being chosen, for its rules. Raises kit.OwnOnly."""
    actor.require_own()
    line = session.get_one(Line, actor.line_id)
    return Owner(line.msisdn or "", standing.words_about(session, line))


def claim(session: Session, actor: Subscriber, *, now: datetime) -> Claim:
    """Counts a try at the present password (ASVS 6.2.3). Commit, compare off the transaction, then `settle`.

    Raises kit.OwnOnly.
    """
    actor.require_own()
    limit, subject = operators.of(session).lockout.attempts, str(actor.line_id)
    tries = quota.take(session, scope=SCOPE, subject=subject, limit=limit, seconds=_DAY, now=now)
    if tries is None:
        until = quota.resets_at(session, scope=SCOPE, subject=subject, now=now)
        return Claim("", actor.line_id, fault=TooMany(until=until))
    kept = session.get_one(Credential, actor.line_id).password_hash
    return Claim("", actor.line_id, failures=tries, kept=kept)


def settle(
    session: Session, actor: Subscriber, *, claim: Claim, right: bool, password_hash: str, now: datetime
) -> Step:
    """Sets the new password, ends the other sessions and tells the owner; or says that the present one was wrong.

    The refusal is not raised: the try must stay counted.
    """
    if claim.fault is not None:
        return Step(claim.fault)
    if not right:
        event.record(session, "password_change", "wrong", line_id=actor.line_id, session_id=actor.session_id, now=now)
        return Step(WrongCurrent())
    quota.give_back(session, scope=SCOPE, subject=str(actor.line_id), now=now)
    credential = session.get_one(Credential, actor.line_id, with_for_update=True)
    if credential.password_hash != claim.kept:
        return Step(WrongCurrent())
    credential.choose(password_hash, by="web", now=now)
    web_session.end_others(session, line_id=actor.line_id, keep=actor.session_id, reason="password", now=now)
    event.record(session, "password_change", "done", line_id=actor.line_id, session_id=actor.session_id, now=now)
    record(session, actor, line_id=actor.line_id, action="password_changed", now=now)
    alarm.tell(session, line_id=actor.line_id, kind="password_changed", now=now)
    return Step()
