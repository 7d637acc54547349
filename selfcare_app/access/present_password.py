"""The present password as fresh proof of who sits there: counted like a try at changing it (ASVS 7.5.1)."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app.access import change_password, event, quota
from selfcare_app.access.views import Claim
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Fault


def claim(session: Session, actor: Subscriber, *, now: datetime) -> Claim:
    """Counts a try. Commit, compare off the transaction, then `settle`. Raises kit.OwnOnly."""
    actor.require_own()
    return change_password.claim(session, actor, now=now)


def settle(session: Session, actor: Subscriber, *, claim: Claim, right: bool, now: datetime) -> Fault | None:
    """The refusal, or None for the right one. Not raised: the try must stay counted."""
    if claim.fault is not None:
        return claim.fault
    if not right:
        event.record(session, "present_password", "wrong", line_id=actor.line_id, session_id=actor.session_id, now=now)
        return change_password.WrongCurrent()
    quota.give_back(session, scope=change_password.SCOPE, subject=str(actor.line_id), now=now)
    return None
