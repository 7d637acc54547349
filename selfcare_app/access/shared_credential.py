"""A password that also opens a partner's service: the partner asks whether it is right and hears yes or no (ISSA-013).

A try counts here against the same lock as a sign-in, so that a partner's form is no second way to guess.
"""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import event, sign_in
from selfcare_app.access.tables import Credential
from selfcare_app.access.views import Claim
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System, Visitor
from selfcare_app.kit.errors import NotFound
from selfcare_app.subscribers.tables import Line


class NotShared(NotFound):
    """No other service takes the operator's passwords."""

    code = "access.not_shared"


def claim(session: Session, actor: Visitor, *, number: str, now: datetime) -> Claim:
    """Counts a try from the address that the partner reports; commit, compare, then `settle`.

    Raises NotShared, NotANumber.
    """
    if operators.of(session).sign_in.shared_with is None:
        raise NotShared()
    return sign_in.claim(session, actor, number=number, now=now)


def settle(session: Session, actor: Visitor, *, claim: Claim, right: bool, now: datetime) -> bool:
    """Whether it is right and of an open cabinet; a password for a single sign-in is none of the partner's."""
    if claim.fault is not None:
        return False
    if not right or claim.line_id is None or not claim.kept:
        sign_in.note_wrong(session, actor, claim=claim, now=now)
        return False
    sign_in.forgive(session, actor, claim=claim, now=now)
    line, credential = session.get_one(Line, claim.line_id), session.get_one(Credential, claim.line_id)
    good = line.access == "open" and credential.temporary_until is None
    service = operators.of(session).sign_in.shared_with or ""
    event.record(session, "partner", "right" if good else "closed", line_id=line.id, address=actor.address, now=now)
    outcome = "done" if good else "refused"
    asker = System(job="interface")
    record(
        session,
        asker,
        line_id=line.id,
        action="password_checked",
        outcome=outcome,
        details={"service": service},
        now=now,
    )
    return good
