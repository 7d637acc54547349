"""A locked sign-in opened by РУНА: the counters begin anew, and nobody is let in by it (AS-019)."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import event, runa, standing
from selfcare_app.access.tables import Credential
from selfcare_app.access.views import Attempt, Step
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.operators.schema.vocabulary import Method


class NotHere(NotFound):
    """The operator opens a locked sign-in by other ways."""

    code = "runa.no_unlock"


class NotRight(Refused):
    """One answer for every failure: no such number, none active, another code, no tries left."""

    code = "runa.not_right"


def count(session: Session, actor: Visitor, *, number: str, now: datetime) -> Attempt:
    """Counts a try at the number's active РУНА. Commit before `settle`. Raises NotANumber, NotHere."""
    if Method.RUNA not in operators.of(session).lockout.unlock_methods:
        raise NotHere()
    found = standing.find(session, number)
    if found.line is None:
        return Attempt(NotRight(), Method.RUNA)
    return runa.count(session, line_id=found.line.id, now=now)


def settle(session: Session, actor: Visitor, *, number: str, attempt: Attempt, typed: str, now: datetime) -> Step:
    """Compares a counted try; a right one ends the run of wrong passwords from unknown devices. Nobody is signed in."""
    found = standing.find(session, number)
    if found.line is None or found.credential is None:
        return Step(NotRight(), msisdn=found.msisdn)
    if runa.settle(session, line_id=found.line.id, attempt=attempt, typed=typed, now=now) is not None:
        return Step(NotRight(), msisdn=found.msisdn)
    credential = session.get_one(Credential, found.line.id, with_for_update=True, populate_existing=True)
    credential.failed, credential.next_try_at, credential.locked_at = 0, None, None
    event.record(session, "sign_in", "unlocked", line_id=found.line.id, address=actor.address, method="runa", now=now)
    record(
        session, actor, line_id=found.line.id, action="sign_in_unlocked", details={"method": Method.RUNA.value}, now=now
    )
    return Step(msisdn=found.msisdn)
